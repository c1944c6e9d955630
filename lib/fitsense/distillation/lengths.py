"""Record lengths in the tokens of every base model at hand, against the longest record kept: nothing is cut unseen.

    report = report_lengths(dataset.records, tokenizers_at_hand(params.model), params.distillation.max_tokens)

A record that is too long for the student's own base was left out and counted; for another base it is counted here. Which bases
are at hand is this machine's affair, so token_lengths.json, alone in 03, may differ between machines.
"""

from functools import partial

from fitsense.contracts.requests import PROMPT_TYPES
from fitsense.distillation.dataset import QUANTILES, describe_numbers
from fitsense.distillation.filtering import CountTokens
from fitsense.models.base import cache_dir, known_bases
from fitsense.models.tokens import count_record_tokens, load_tokenizer
from fitsense.params import ModelParams


def tokenizers_at_hand(model: ModelParams) -> dict[str, CountTokens]:
    """By name, the length in tokens as each base counts it: the student's own, then every pinned base in the cache."""
    bases = {model.name: model} | {name: ModelParams(name=name) for name, pin in known_bases().items()
                                   if (cache_dir() / f"{name}-{pin['sha256'][:12]}" / "READY").is_file()}
    return {name: partial(count_record_tokens, load_tokenizer(base)) for name, base in bases.items()}


def report_lengths(records: list[dict], counters: dict[str, CountTokens], max_tokens: int) -> list[dict]:
    """token_lengths.json: one row a base and prompt type: records, token quantiles, and how many exceed `max_tokens`."""
    rows = []
    for base, count in counters.items():
        for kind in PROMPT_TYPES:
            lengths = [count(record["instruction"], record["response"]) for record in records
                       if record["context"]["prompt_type"] == kind]
            if lengths:
                rows.append({"base": base, "prompt_type": kind, "n": len(lengths), **describe_numbers(lengths, QUANTILES),
                             "max_tokens": max_tokens, "over": sum(length > max_tokens for length in lengths)})
    return rows
