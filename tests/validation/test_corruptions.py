"""Forty-five seeded corruptions: each is caught by the check named for it, which says what and where; clean data raise none."""

import random
import re
from dataclasses import asdict, replace

import pyarrow.parquet as pq
import pytest
from corruptions import CORRUPTIONS

from fitsense.artifacts import ArtifactError
from fitsense.params import ValidationParams
from fitsense.synthesis.storage import to_arrow
from fitsense.validation.anomalies import find_anomalies
from fitsense.validation.bias import measure_bias
from fitsense.validation.loading import Material, load_material, read_tables
from fitsense.validation.record_checks import check_records, examine_records
from fitsense.validation.reports import Reports, check_data, judge_material

PARAMS = ValidationParams(n_permutations=999)


def judge(material) -> Reports:
    return judge_material(material, PARAMS, 7)


def name_checks(checks: list[dict]) -> dict[str, str]:
    return {check["name"]: check["detail"] for check in checks if not check["passed"]}


def name_findings(anomalies: dict) -> dict[str, str]:
    return {one["name"]: "; ".join(one["examples"]) for one in anomalies["findings"] if one["alert"]}


def name_slices(bias: dict) -> dict[str, str]:
    alerts = [(alert, *re.split("=|: ", alert)) for alert in bias["alerts"]]
    return {alert: f"gap {bias['slices'][tag][value][measure]['gap']}" for alert, tag, value, measure in alerts}


def list_alarms(reports: Reports) -> dict[str, str]:
    """Everything that failed or alerts, by name, with its message."""
    return (name_checks(reports.validation["checks"]) | name_findings(reports.anomalies) | name_slices(reports.bias))


def search_alarms(material, wanted: str) -> dict[str, str]:
    """The alarms of the tables, of the slices, or of the records: as much as is needed to meet the wanted one."""
    alarms = {}
    if not wanted.startswith(("records.", "split.", "response", "answers", "near", "sex=")):
        checks, tables = check_data(material.tables)
        alarms, material = name_checks([asdict(check) for check in checks]), replace(material, tables=tables)
    if wanted in alarms:
        return alarms
    examined = examine_records(material)
    if "=" in wanted:
        return name_slices(measure_bias(examined, PARAMS, 7))
    return (alarms | name_checks([asdict(check) for check in check_records(material, examined)])
            | name_findings(find_anomalies(material, examined, PARAMS, 7)))


@pytest.fixture(scope="session")
def clean(pristine) -> Reports:
    return judge(pristine)


def test_clean_data_raise_nothing(clean, pristine):
    assert list_alarms(clean) == {}
    names = [check["name"] for check in clean.validation["checks"]]
    assert len(names) > 100 and len(set(names)) == len(names)
    assert sum(check["n"] for check in clean.validation["checks"] if check["name"].startswith("records.labels_match")) >= 60


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_caught_by_name_and_place(material, name):
    corruption = CORRUPTIONS[name]
    told = corruption.corrupt(material, random.Random(3))
    alarms = search_alarms(material, corruption.check)
    assert corruption.check in alarms, f"{name}: only {alarms}"
    pattern = corruption.says if told is None else corruption.says.replace("{0}", re.escape(str(told)))
    assert re.search(pattern, alarms[corruption.check]), alarms[corruption.check]


def test_there_are_at_least_twenty_by_as_many_checks():
    assert len(CORRUPTIONS) >= 45 and len({one.check for one in CORRUPTIONS.values()}) >= 30


def test_truncated_jsonl(folders, tmp_path):
    tables, records = folders
    for path in records.glob("*.jsonl"):
        text = path.read_text()
        (tmp_path / path.name).write_text(text[:-40] if path.name == "val.jsonl" else text)
    alarms = list_alarms(judge(load_material(tables, tmp_path)))
    assert re.search(r"the last line does not end.*line \d+: ", alarms["val.jsonl.readable"])
    assert "on one side only" in alarms["split.union"]
    (tmp_path / "val.jsonl").unlink()
    with pytest.raises(ArtifactError, match="val.jsonl"):
        load_material(tables, tmp_path)


def test_a_missing_table_is_named(folders, tmp_path):
    for path in folders[0].glob("*.parquet"):
        if path.name != "weight_logs.parquet":
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(ArtifactError, match="weight_logs.parquet: missing"):
        load_material(tmp_path, folders[1])


def test_a_table_in_parts_reads_as_one(folders, pristine, tmp_path):
    for name, frame in pristine.tables.items():
        (tmp_path / f"{name}.parquet").mkdir()
        half = len(frame) // 2
        for number, part in enumerate((frame.iloc[:half], frame.iloc[half:])):
            pq.write_table(to_arrow(name, part), tmp_path / f"{name}.parquet" / f"part-{number}.parquet")
    tables = read_tables(tmp_path)
    assert all(tables[name].equals(frame) for name, frame in pristine.tables.items())


def test_several_faults_at_once_are_all_named(material: Material):
    generator = random.Random(5)
    chosen = ["a duplicated user", "numbers as text", "a missing number", "an extra column", "a broken foreign key", "a lost key"]
    for name in chosen:
        CORRUPTIONS[name].corrupt(material, generator)
    assert {CORRUPTIONS[name].check for name in chosen} <= set(list_alarms(judge(material)))
