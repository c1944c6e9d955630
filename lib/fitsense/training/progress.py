"""What a person sees while a model trains: one live line a step, and checkpoints by the clock."""

import math
import time

from transformers import TrainerCallback

from fitsense.artifacts import clock_text
from fitsense.training.records import TokenisedRecord


class LiveLine(TrainerCallback):
    """Print step, loss, tokens, tokens/s and time left after every optimiser step."""

    def __init__(self, n_epoch_tokens: int):
        self.n_epoch_tokens = n_epoch_tokens
        self.started, self.first_step = 0.0, 0

    def on_train_begin(self, args, state, control, **kwargs):
        """Start the clock (a resumed run starts at its checkpoint's step)."""
        self.started, self.first_step = time.monotonic(), state.global_step

    def on_log(self, args, state, control, logs=None, **kwargs):
        """One line a logged step."""
        if not logs or "loss" not in logs:
            return
        done = state.global_step - self.first_step
        elapsed = time.monotonic() - self.started
        left = elapsed / max(done, 1) * (state.max_steps - state.global_step)
        tokens = self.n_epoch_tokens * state.epoch
        speed = self.n_epoch_tokens * args.num_train_epochs * done / state.max_steps / max(elapsed, 1e-9)
        print(f"step {state.global_step}/{state.max_steps}  loss {logs['loss']:.3f}  {tokens:,.0f} tokens  "
              f"{speed:.0f} tokens/s  {clock_text(left)} left", flush=True)


class ClockCheckpoint(TrainerCallback):
    """Ask for a checkpoint every so many seconds, whatever a step takes."""

    def __init__(self, every_s: int):
        self.every_s, self.last = every_s, -math.inf  # the first step saves: a fast machine may end before every_s

    def on_step_end(self, args, state, control, **kwargs):
        """Save when the time has come."""
        if time.monotonic() - self.last >= self.every_s:
            control.should_save, self.last = True, time.monotonic()
        return control


def describe_selection(records: list[TokenisedRecord]) -> list[dict]:
    """Records, users and tokens by prompt type, as rows for a table."""
    rows = []
    for kind in sorted({record.prompt_type for record in records}):
        chosen = [record for record in records if record.prompt_type == kind]
        lengths = [record.n_tokens for record in chosen]
        rows.append({"prompt_type": kind, "records": len(chosen), "users": len({r.user_id for r in chosen}),
                     "tokens": sum(lengths), "longest": max(lengths)})
    return rows
