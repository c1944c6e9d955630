"""Which records a training run sees, and how a record becomes tokens and labels.

Selection is a function of the records, the parameters and the seed: shares of the token budget by prompt type, drawn at
random; with a small budget the shorter half of a type alone (a small student learns the format on it soonest).
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from fitsense.models.tokens import end_of_turn, end_of_turn_id, render_prompt
from fitsense.params import ParamsError, TrainingParams

IGNORED = -100  # the label that cross-entropy leaves out


@dataclass(frozen=True)
class TokenisedRecord:
    """One record ready to train on: token ids and labels of equal length (prompt tokens carry no label)."""

    record_id: str
    user_id: int
    prompt_type: str
    input_ids: list[int]
    labels: list[int]
    request_hash: str = ""

    @property
    def n_tokens(self) -> int:
        """Length, prompt included."""
        return len(self.input_ids)


def tokenise_record(tokenizer, record: dict) -> TokenisedRecord:
    """Render and tokenise one distillation record; only the response and its end-of-turn are trained."""
    prompt = tokenizer(render_prompt(tokenizer, record["instruction"]), add_special_tokens=False)["input_ids"]
    answer = tokenizer(record["response"] + end_of_turn(tokenizer), add_special_tokens=False)["input_ids"]
    context = record["context"]
    return TokenisedRecord(record["record_id"], context["user_id"], context["prompt_type"], prompt + answer,
                           [IGNORED] * len(prompt) + answer, hash_request(record["instruction"]))


def hash_request(turn: str) -> str:
    """The first 16 hex of a user turn's sha256 without its `derived` part, which a later library may compute otherwise."""
    instruction, _, payload = turn.partition("\nInput:\n")
    shown = {key: value for key, value in json.loads(payload).items() if key != "derived"}
    text = instruction + json.dumps(shown, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def assert_end_of_turn_trained(tokenizer, records: list[TokenisedRecord]) -> None:
    """Check that every record's last label is the token that ends a turn, unmasked: or the student never stops."""
    end = end_of_turn_id(tokenizer)
    for record in records:
        if record.labels[-1] != end or record.labels.count(end) != 1:
            raise ValueError(f"{record.record_id}: the end-of-turn label {end} is not trained exactly once")


def select_records(records: list[TokenisedRecord], training: TrainingParams, seed: int) -> list[TokenisedRecord]:
    """Choose one epoch's records within token_budget / epochs, then shuffle them; raises ParamsError if none fits.

    A prompt type without a share is not trained on; without a budget every record of the others is.
    """
    fitting = [record for record in records if record.n_tokens <= training.max_length]
    by_type = defaultdict(list)
    for record in sorted(fitting, key=lambda r: r.record_id):
        by_type[record.prompt_type].append(record)
    rng = np.random.default_rng(seed)
    budget = training.token_budget / training.epochs
    wanted = training.prompt_type_shares.model_dump()
    shares = {kind: wanted[kind] for kind in sorted(by_type) if wanted[kind]}
    shares = {kind: share / sum(shares.values()) for kind, share in shares.items()}
    if training.token_budget:
        chosen = [record for kind, share in shares.items()
                  for record in _fill(by_type[kind], budget * share, training.record_lengths, rng)]
    else:
        chosen = [record for kind in shares for record in by_type[kind]]
    if not chosen:
        shortest = min((record.n_tokens for record in records if wanted[record.prompt_type]), default=0)
        raise ParamsError(f"training.max_length: got {training.max_length}; allowed: at least {shortest}, the shortest of "
                          f"{len(records)} records of a prompt type with a share; repair: --set training.max_length=4096")
    order = rng.permutation(len(chosen))
    chosen = sorted(chosen, key=lambda r: r.record_id)
    return [chosen[index] for index in order]


def _fill(records: list[TokenisedRecord], budget: float, lengths: str, rng: np.random.Generator) -> list[TokenisedRecord]:
    """Draw records at random until the budget is spent, at least one; "shorter_half": only of that half, if it fills it."""
    by_length = sorted(records, key=lambda r: (r.n_tokens, r.record_id))
    shorter = by_length[:max(1, len(by_length) // 2)]
    pool = shorter if lengths == "shorter_half" and budget <= count_epoch_tokens(shorter) else by_length
    taken, spent = [], 0
    for index in rng.permutation(len(pool)):
        if taken and spent + pool[index].n_tokens > budget:
            continue
        taken.append(pool[index])
        spent += pool[index].n_tokens
    return taken


def count_epoch_tokens(records: list[TokenisedRecord]) -> int:
    """Tokens one pass sees, prompts included."""
    return sum(record.n_tokens for record in records)
