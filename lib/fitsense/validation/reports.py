"""The door of this room: read, check, and write the four reports."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from fitsense.artifacts import write_json
from fitsense.contracts.tables import METADATA
from fitsense.params import ValidationParams
from fitsense.validation.anomalies import find_anomalies
from fitsense.validation.bias import measure_bias
from fitsense.validation.checks import Check, make_report
from fitsense.validation.loading import Material, load_material
from fitsense.validation.plausibility import check_plausibility
from fitsense.validation.record_checks import check_records, examine_records
from fitsense.validation.row_checks import check_rows
from fitsense.validation.statistics import compute_statistics
from fitsense.validation.table_checks import check_tables, coerce_columns
from fitsense.validation.unit_checks import check_units


@dataclass(frozen=True)
class Reports:
    """The four reports as written."""

    validation: dict
    stats: dict
    anomalies: dict
    bias: dict


def validate_data(tables_folder: Path, records_folder: Path, folder: Path, params: ValidationParams,
                  seed: int) -> Reports:
    """Validate the tables of 01 and the records of 03; write the four reports into `folder`."""
    material = load_material(tables_folder, records_folder)
    reports = judge_material(material, params, seed)
    for name, report in (("validation", reports.validation), ("stats", reports.stats), ("anomaly", reports.anomalies),
                         ("bias", reports.bias)):
        write_json(folder / f"{name}_report.json", report)
    return reports


def judge_material(material: Material, params: ValidationParams, seed: int) -> Reports:
    """Compute the four reports of material already read."""
    examined = examine_records(material)
    checks, tables = check_data(material.tables)
    material = replace(material, tables=tables)
    checks = [*material.reading, *checks, *check_records(material, examined)]
    return Reports(make_report(checks), compute_statistics(material, examined),
                   find_anomalies(material, examined, params, seed), measure_bias(examined, params, seed))


def check_data(tables: dict[str, pd.DataFrame]) -> tuple[list[Check], dict[str, pd.DataFrame]]:
    """Every check on tables, and the tables that later ones may read: what breaks its columns is reported, then coerced."""
    checks = check_tables(tables)
    broken = {check.name.removesuffix(".columns") for check in checks if check.name.endswith(".columns") and not check.passed}
    sound = {name: coerce_columns(METADATA.tables[name], frame) if name in broken else frame for name, frame in tables.items()}
    return [*checks, *check_units(sound), *check_rows(sound), *check_plausibility(sound)], sound
