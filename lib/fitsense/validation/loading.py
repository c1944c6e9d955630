"""Read what 01 and 03 wrote: tables as data frames, records by split, broken lines as findings rather than crashes."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fitsense.artifacts import ArtifactError
from fitsense.contracts.tables import TABLES
from fitsense.validation.checks import Check, make_check

SPLITS = ("train", "val", "test")
RECORD_FILES = ("all_records", *SPLITS)


@dataclass(frozen=True)
class Material:
    """What is validated: tables by name, records by file (all_records, train, val, test), and how reading them went."""

    tables: dict[str, pd.DataFrame]
    records: dict[str, list[dict]]
    reading: list[Check]

    @property
    def placed(self) -> list[tuple[str, dict]]:
        """(split, record) for every record of the three splits."""
        return [(split, record) for split in SPLITS for record in self.records[split]]


def load_material(tables_folder: Path, records_folder: Path) -> Material:
    """Read all tables and record files; raises ArtifactError only where a whole file is missing."""
    records, reading = {}, []
    for name in RECORD_FILES:
        records[name], check = read_records(records_folder / f"{name}.jsonl")
        reading.append(check)
    return Material(read_tables(tables_folder), records, reading)


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table of the schema from Parquet, each one file or a folder of parts, in dependency order."""
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").exists()]
    if missing:
        raise ArtifactError(f"{folder / missing[0]}.parquet: missing; repair: run stage 01 again")
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}


def read_records(path: Path) -> tuple[list[dict], Check]:
    """Every whole record of a JSONL file, and the check `<file>.readable`: each line JSON, the last one ended."""
    if not path.is_file():
        raise ArtifactError(f"{path}: missing; repair: run stage 03 again")
    text = path.read_text(encoding="utf-8")
    records, faults = [], [] if text.endswith("\n") else ["the last line does not end: the file was cut off"]
    for number, line in enumerate(text.splitlines(), 1):
        try:
            records.append(json.loads(line))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    if not records:
        faults.append("no records")
    return records, make_check(f"{path.name}.readable", text.count("\n"), faults, "every line is one JSON object")
