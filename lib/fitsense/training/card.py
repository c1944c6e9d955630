"""The model card that travels with an adapter: what it is, what it saw, what it must not be used for."""

from fitsense.params import Params
from fitsense.training.continuation import TRAINED_ON_FILE
from fitsense.training.progress import describe_selection
from fitsense.training.records import TokenisedRecord, count_epoch_tokens


def adapter_card(params: Params, chosen: list[TokenisedRecord], log: list[dict], n_tokens_ever: int) -> str:
    """A Hugging Face model card as Markdown, generated from parameters, records and log.

    `n_tokens_ever`: tokens seen in this training and in those of the adapters that it goes on from.
    """
    training = params.training
    start = f"It goes on from another adapter ({n_tokens_ever:,} tokens seen in all). " if training.init_adapter else ""
    rows = "\n".join(f"| {row['prompt_type']} | {row['records']} | {row['users']} | {row['tokens']:,} |"
                     for row in describe_selection(chosen))
    return f"""---
base_model: {params.model.name}
library_name: peft
pipeline_tag: text-generation
tags: [lora, qlora, fitness, distillation]
---

# FitSense adapter on {params.model.name}

A LoRA adapter (r={training.lora_r}, alpha={training.lora_alpha}, dropout={training.lora_dropout}) trained by QLoRA on answers
of a deterministic planning engine to simulated people's questions. It belongs to the **NF4-quantised** base and
nowhere else: the more it has learned, the worse it fits other weights (`fitsense_base.json` holds the fingerprint that is
checked).

| prompt type | records | users | tokens an epoch |
|---|---|---|---|
{rows}

{count_epoch_tokens(chosen):,} tokens an epoch, {training.epochs:g} epoch(s), learning rate {training.learning_rate:g},
loss {log[0]['loss']:.3f} at the first step and {log[-1]['loss']:.3f} at the last. {start}The requests it has met are in
`{TRAINED_ON_FILE}`, by hash, so that a later training cannot be examined on them.

**Use**: behind the FitSense guard, which verifies and repairs what it writes. **Not for**: medical advice, diagnosis, or any
use without that guard. Trained on synthetic people only; measured figures are in the run's evaluation report.
"""
