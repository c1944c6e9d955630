"""The dataset card: README.md with the YAML that makes `datasets.load_dataset(folder)` find three splits.

all_records.jsonl is deliberately no split: it is the union of the three.
"""

import pyarrow
import yaml
from datasets import Features

SPLIT_FILES = {"train": "train.jsonl", "validation": "val.jsonl", "test": "test.jsonl"}


def write_card(records: list[dict], manifest: dict) -> str:
    """Write the card's text: YAML front matter, then what the data are, how they were made, and their limits."""
    return f"---\n{write_front_matter(records)}---\n\n{write_body(records[0], manifest)}"


def write_front_matter(records: list[dict]) -> str:
    """YAML: licence, splits, and the features of every column, so that no split guesses its own types."""
    features = Features.from_arrow_schema(pyarrow.Table.from_pylist(records).schema)
    return yaml.safe_dump({
        "pretty_name": "FitSense distillation", "license": "apache-2.0", "language": ["en"],
        "task_categories": ["text-generation"], "tags": ["synthetic", "fitness", "distillation"],
        "configs": [{"config_name": "default", "data_files": [{"split": split, "path": file}
                                                              for split, file in SPLIT_FILES.items()]}],
        "dataset_info": {"config_name": "default", "features": features._to_yaml_list()},
    }, sort_keys=False, allow_unicode=True)


def write_body(example: dict, manifest: dict) -> str:
    """Markdown: counts by split and type, the fields, how it was made, its limits."""
    return BODY.format(
        n_records=manifest["n_records"], n_queries=manifest["n_queries"], splits=_table_of_splits(manifest),
        types=_table_of_types(manifest), version=manifest["version"], audit=write_audit(manifest),
        left_out=_list_counts(manifest["left_out"]),
        teachers=_list_counts(manifest["teachers"]), context=", ".join(f"`{key}`" for key in example["context"]))


def write_audit(manifest: dict) -> str:
    """What the leakage audit found, in a sentence or two."""
    found = manifest["leakage"]["near_duplicates"]
    fate = "dropped from train" if found["dropped"] == found["found"] else "still in train"
    by_type = ", ".join(f"{kind} {one['found']} of {one['n_train']}" for kind, one in found["by_prompt_type"].items())
    return (f"Users in more than one split: {manifest['leakage']['shared_users']}. Of {found['n_train']} training requests, "
            f"{found['found']} were at least {found['similarity']:g} like one of {found['n_held_out']} held-out requests and are "
            f"{fate}. By prompt type: {by_type}.")


def _table_of_splits(manifest: dict) -> str:
    rows = [f"| {split} | {part['n_users']} | {part['n_records']} | {part['share']:.1%} | {part['tokens']['q50']} |"
            for split, part in zip(SPLIT_FILES, manifest["splits"].values(), strict=True)]
    return "\n".join(["| split | users | records | share | median tokens |", "|---|---|---|---|---|", *rows])


def _table_of_types(manifest: dict) -> str:
    counts = {kind: [part["by_prompt_type"].get(kind, 0) for part in manifest["splits"].values()]
              for kind in manifest["tokens_by_prompt_type"]}
    rows = [f"| {kind} | {' | '.join(map(str, values))} |" for kind, values in counts.items()]
    return "\n".join(["| prompt type | train | validation | test |", "|---|---|---|---|", *rows])


def _list_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())


BODY = """# FitSense distillation

{n_records} question-and-answer pairs for teaching a small language model to coach: written by a teacher, checked by
contract and by safety rules, split by person. The people are simulated; no record is about anyone real.
Version {version}: equal files have equal versions.

    from datasets import load_dataset
    dataset = load_dataset("path/to/this/folder")      # train, validation, test

## Splits

No person is in two splits. Prompt type and goal are balanced as far as whole people allow.

{splits}

{types}

`all_records.jsonl` is the union of the three, for counting; it is not a split.

## Leakage audit

{audit} Likeness is the exact Jaccard similarity of word pairs, after MinHash found the candidates; every pair stands in
`leakage_audit.json`.

## Fields

- `record_id`: stable id.
- `instruction`: the full user turn, as the student is asked in training and in use.
- `response`: the answer, a string: compact JSON with a fixed key order, or plain text for `coaching_question`.
- `context`: {context}.
- `metadata`: `provider` and `model_name` of the teacher, `n_tokens` of the whole record in the student's tokens.

## How it was made

Teachers (records): {teachers}. Of {n_queries} questions these were left out, by reason: {left_out}.
`dataset_manifest.json` holds counts, lengths, parameters and the sha256 of every file.

## Limits

Simulated people and rule-based answers: regular where life is not. Not medical advice, and no basis for decisions about
a person's treatment.
"""
