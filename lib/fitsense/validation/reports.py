"""The door of this room: read, check, and write the four reports."""

from dataclasses import dataclass
from pathlib import Path

from fitsense.artifacts import write_json
from fitsense.params import ValidationParams
from fitsense.validation.anomalies import find_anomalies
from fitsense.validation.bias import measure_bias
from fitsense.validation.checks import make_report
from fitsense.validation.loading import Material, load_material
from fitsense.validation.record_checks import check_records, examine_records
from fitsense.validation.statistics import compute_statistics
from fitsense.validation.table_checks import check_tables
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
    checks = [*material.reading, *check_tables(material.tables), *check_units(material.tables),
              *check_records(material, examined)]
    return Reports(make_report(checks), compute_statistics(material, examined),
                   find_anomalies(material, examined, params), measure_bias(examined, params, seed))
