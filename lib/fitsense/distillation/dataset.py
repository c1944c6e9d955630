"""Build the distillation dataset: records, splits, manifest and card, byte for byte the same from the same inputs."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fitsense.artifacts import sha256_file, write_json, write_jsonl, write_text
from fitsense.distillation.card import write_card
from fitsense.distillation.filtering import CountTokens, DatasetError, join_records
from fitsense.distillation.splitting import SPLITS, split_by_user
from fitsense.params import DistillationParams

QUANTILES = (0, 0.25, 0.5, 0.75, 0.95, 1)


@dataclass(frozen=True)
class Dataset:
    """What build_dataset made: all records, the same records by split, and the manifest."""

    records: list[dict]
    split: dict[str, list[dict]]
    manifest: dict


def build_dataset(queries: list[dict], responses: list[dict], folder: Path, params: DistillationParams, seed: int,
                  count_tokens: CountTokens) -> Dataset:
    """Join, filter, split and write the dataset into `folder`; raises DatasetError.

    `count_tokens(user turn, response)` gives a record's length in the student's tokens.
    """
    records, left_out = join_records(queries, responses, params.max_tokens, count_tokens)
    if not records:
        raise DatasetError(f"all_records.jsonl: no usable record of {len(queries)} queries; left out: {left_out}")
    split = split_by_user(records, params.val_fraction, params.test_fraction, seed)
    files = {"all_records.jsonl": records} | {f"{name}.jsonl": split[name] for name in SPLITS}
    hashes = {name: sha256_file(write_jsonl(folder / name, rows)) for name, rows in files.items()}
    manifest = {
        "n_queries": len(queries), "n_records": len(records), "left_out": left_out, "seed": seed,
        "parameters": params.model_dump(mode="json"), "teachers": count_teachers(records),
        "splits": {name: describe_split(split[name], len(records)) for name in SPLITS},
        "tokens_by_prompt_type": {kind: describe_lengths([r for r in records if r["context"]["prompt_type"] == kind])
                                  for kind in sorted({r["context"]["prompt_type"] for r in records})},
        "user_sets_sha256": {name: hash_users(split[name]) for name in SPLITS}, "sha256": hashes}
    write_json(folder / "dataset_manifest.json", manifest)
    write_text(folder / "README.md", write_card(records, manifest))
    return Dataset(records, split, manifest)


def describe_split(records: list[dict], n_all: int) -> dict:
    """Counts of one split: users, records, share, by prompt type and goal, token lengths."""
    contexts = [record["context"] for record in records]
    return {"n_users": len({context["user_id"] for context in contexts}), "n_records": len(records),
            "share": round(len(records) / n_all, 4),
            "by_prompt_type": count_sorted(context["prompt_type"] for context in contexts),
            "by_goal_type": count_sorted(context["slice_tags"]["goal_type"] for context in contexts),
            "tokens": describe_lengths(records)}


def count_sorted(values) -> dict[str, int]:
    """Counts by value, sorted by value."""
    return dict(sorted(Counter(values).items()))


def count_teachers(records: list[dict]) -> dict[str, int]:
    """Records by `provider/model`."""
    return count_sorted(f"{r['metadata']['provider']}/{r['metadata']['model_name']}" for r in records)


def describe_lengths(records: list[dict]) -> dict[str, int]:
    """Quantiles and total of record lengths in tokens."""
    lengths = [record["metadata"]["n_tokens"] for record in records]
    found = np.quantile(lengths, QUANTILES, method="nearest").astype(int).tolist()
    named = {f"q{round(q * 100):02d}": value for q, value in zip(QUANTILES, found, strict=True)}
    return named | {"total": sum(lengths)}


def hash_users(records: list[dict]) -> str:
    """sha256 of the sorted user ids of a split: two datasets with equal hashes hold out the same people."""
    users = sorted({record["context"]["user_id"] for record in records})
    return hashlib.sha256("\n".join(map(str, users)).encode()).hexdigest()
