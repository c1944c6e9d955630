"""Build the distillation dataset: records, splits, manifest and card, byte for byte the same from the same inputs."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fitsense.artifacts import sha256_file, write_json, write_jsonl, write_text
from fitsense.distillation.audit import describe_audit, drop_leaks, find_leaks
from fitsense.distillation.card import write_card
from fitsense.distillation.filtering import LEAKED, CountTokens, DatasetError, join_records
from fitsense.distillation.splitting import SPLITS, split_by_user
from fitsense.params import DistillationParams

QUANTILES = (0, 0.25, 0.5, 0.75, 0.95, 1)
FORMAT_VERSION = 2  # of the records and the manifest; 2: the leakage audit, the version itself


@dataclass(frozen=True)
class Dataset:
    """What build_dataset made: all records, the same by split, manifest, leakage audit, and the records that it dropped."""

    records: list[dict]
    split: dict[str, list[dict]]
    manifest: dict
    audit: dict
    dropped: list[dict]


def build_dataset(queries: list[dict], responses: list[dict], folder: Path, params: DistillationParams, seed: int,
                  count_tokens: CountTokens) -> Dataset:
    """Join, filter, split, audit and write the dataset into `folder`; raises DatasetError.

    `count_tokens(user turn, response)` gives a record's length in the student's tokens.
    """
    records, left_out = join_records(queries, responses, params.max_tokens, count_tokens)
    if not records:
        raise DatasetError(f"all_records.jsonl: no usable record of {len(queries)} queries; left out: {left_out}")
    split = split_by_user(records, params.val_fraction, params.test_fraction, seed)
    leaks = find_leaks(split, params.near_duplicate_similarity, seed)
    audit = describe_audit(split, leaks, params)
    if params.drop_near_duplicates:
        split, left_out = drop_leaks(split, leaks), left_out | {LEAKED: len(leaks)}
    kept = {record["record_id"] for rows in split.values() for record in rows}
    dropped = [record for record in records if record["record_id"] not in kept]
    records = [record for record in records if record["record_id"] in kept]
    files = {"all_records.jsonl": records} | {f"{name}.jsonl": split[name] for name in SPLITS}
    hashes = {name: sha256_file(write_jsonl(folder / name, rows)) for name, rows in files.items()}
    manifest = make_manifest(records, split, params, hashes, left_out) | {"seed": seed, "n_queries": len(queries)}
    manifest["leakage"] = summarise_audit(audit)
    write_json(folder / "leakage_audit.json", audit)
    write_json(folder / "dataset_manifest.json", manifest)
    write_text(folder / "README.md", write_card(records, manifest))
    return Dataset(records, split, manifest, audit, dropped)


def make_manifest(records: list[dict], split: dict[str, list[dict]], params: DistillationParams, hashes: dict[str, str],
                  left_out: dict[str, int]) -> dict:
    """What the dataset is; its version is the format's and, since equal files are one version, a hash of their hashes."""
    digest = hashlib.sha256("\n".join(f"{name} {hashes[name]}" for name in sorted(hashes)).encode()).hexdigest()
    kinds = sorted({record["context"]["prompt_type"] for record in records})
    return {
        "format_version": FORMAT_VERSION, "version": f"{FORMAT_VERSION}.{digest[:12]}", "n_records": len(records),
        "left_out": left_out, "parameters": params.model_dump(mode="json"), "teachers": count_teachers(records),
        "splits": {name: describe_split(split[name], len(records)) for name in SPLITS},
        "tokens_by_prompt_type": {kind: describe_lengths([r for r in records if r["context"]["prompt_type"] == kind])
                                  for kind in kinds},
        "user_sets_sha256": {name: hash_users(split[name]) for name in SPLITS}, "sha256": hashes}


def summarise_audit(audit: dict) -> dict:
    """The audit without its pairs, which stand in leakage_audit.json."""
    found = {key: value for key, value in audit["near_duplicates"].items() if key != "pairs"}
    return {"shared_users": len(audit["shared_users"]), "near_duplicates": found}


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
    return describe_numbers(lengths, QUANTILES) | {"total": sum(lengths)}


def describe_numbers(lengths: list[int], quantiles: tuple[float, ...]) -> dict[str, int]:
    """Quantiles of whole numbers as `q00` to `q100`: each is one of the numbers."""
    found = np.quantile(lengths, quantiles, method="nearest").astype(int).tolist()
    return {f"q{round(q * 100):02d}": value for q, value in zip(quantiles, found, strict=True)}


def hash_users(records: list[dict]) -> str:
    """sha256 of the sorted user ids of a split: two datasets with equal hashes hold out the same people."""
    users = sorted({record["context"]["user_id"] for record in records})
    return hashlib.sha256("\n".join(map(str, users)).encode()).hexdigest()
