"""Seeded corruptions: each is caught by the check that is named for it."""

import random

import pytest

from fitsense.artifacts import ArtifactError
from fitsense.validation.checks import Check
from fitsense.validation.loading import load_material
from fitsense.validation.record_checks import check_records, examine_records
from fitsense.validation.table_checks import check_tables
from fitsense.validation.unit_checks import check_units

POUNDS = 2.20462


def failed(checks: list[Check]) -> set[str]:
    return {check.name for check in checks if not check.passed}


def failed_records(material) -> set[str]:
    return failed(check_records(material, examine_records(material)))


def find(material, split, kind) -> dict:
    return next(r for r in material.records[split] if r["context"]["prompt_type"] == kind)


def test_clean_data_pass_every_check(pristine):
    checks = [*pristine.reading, *check_tables(pristine.tables), *check_units(pristine.tables),
              *check_records(pristine, examine_records(pristine))]
    assert failed(checks) == set(), [check for check in checks if not check.passed]
    assert len(checks) > 100 and len({check.name for check in checks}) == len(checks)
    assert sum(check.n for check in checks if check.name.startswith("records.labels_match")) >= 60


def test_leaked_user(material):
    leaked = find(material, "train", "coaching_question")
    moved = material.records["train"].pop(material.records["train"].index(leaked))
    material.records["test"].append(moved)
    assert failed_records(material) == {"split.users_disjoint"}


def test_duplicated_record(material):
    record = material.records["train"][0]
    for name in ("train", "all_records"):
        material.records[name].append(record | {"record_id": "r-copy"})
    assert failed_records(material) == {"split.records_unique"}


def test_truncated_jsonl(folders, tmp_path):
    tables, records = folders
    for path in records.glob("*.jsonl"):
        text = path.read_text()
        (tmp_path / path.name).write_text(text[:-40] if path.name == "val.jsonl" else text)
    material = load_material(tables, tmp_path)
    assert failed(material.reading) == {"val.jsonl.readable"}
    assert "split.union" in failed_records(material)
    (tmp_path / "val.jsonl").unlink()
    with pytest.raises(ArtifactError, match="val.jsonl"):
        load_material(tables, tmp_path)


@pytest.mark.parametrize(("table", "column", "factor", "name"), [
    ("weight_logs", "weight_kg", POUNDS, "units.weight_logs_kg"),
    ("user_profiles", "height_cm", 0.01, "user_profiles.constraints"),
    ("user_profiles", "weight_kg", POUNDS, "units.height_and_weight"),
    ("sleep_duration_logs", "hours", 60, "units.sleep_hours"),
    ("calorie_intake_logs", "kcal", 4.184, "units.calories_kcal"),
    ("workouts", "duration_min", 60, "units.session_minutes"),
])
def test_wrong_unit(material, table, column, factor, name):
    frame = material.tables[table]
    frame[column] = (frame[column] * factor).round().astype(frame[column].dtype)
    assert name in failed(check_tables(material.tables) + check_units(material.tables))


@pytest.mark.parametrize("kind", ["plan_creation", "plan_modification", "progress_adaptation", "coaching_question"])
def test_shuffled_labels(material, kind):
    records = [r for split in ("train", "val", "test") for r in material.records[split]
               if r["context"]["prompt_type"] == kind]
    answers = [record["response"] for record in records]
    random.Random(3).shuffle(answers)
    for record, answer in zip(records, answers, strict=True):
        record["response"] = answer
    assert f"records.labels_match.{kind}" in failed_records(material)


def test_shuffled_triage_is_unsafe(material):
    records = [r for split in ("train", "val", "test") for r in material.records[split]
               if r["context"]["prompt_type"] == "safety_adjustment"]
    answers = [record["response"] for record in records]
    for record, answer in zip(records, answers[1:] + answers[:1], strict=True):
        record["response"] = answer
    assert "records.response_safety" in failed_records(material)


def change_response(material, kind, old, new):
    record = find(material, "train", kind)
    assert old in record["response"]
    record["response"] = record["response"].replace(old, new, 1)


def test_broken_response_contract(material):
    change_response(material, "plan_creation", '"workout_plan"', '"workout"')
    assert {"records.response_contract"} <= failed_records(material)


def test_exercise_nobody_knows(material):
    record = find(material, "train", "plan_creation")
    name = record["response"].split('"exercises":[{"name":"', 1)[1].split('"', 1)[0]
    record["response"] = record["response"].replace(name, "Flying Trapeze")
    assert "records.response_safety" in failed_records(material)


def test_edited_request(material):
    record = find(material, "train", "coaching_question")
    record["instruction"] = record["instruction"].replace("Input:\n{", "Input:\n{ ", 1)
    assert "records.request_contract" in failed_records(material)


def test_wrong_tag(material):
    record = find(material, "train", "plan_creation")
    wrong = {"male": "female", "female": "male", "other": "male"}[record["context"]["slice_tags"]["sex"]]
    record["context"]["slice_tags"]["sex"] = wrong
    assert failed_records(material) == {"records.slice_tags"}


def test_missing_key_and_wrong_kind(material):
    del material.records["train"][0]["context"]["scenario_id"]
    assert "records.keys" in failed_records(material)


def test_number_where_text_belongs(material):
    material.records["train"][0]["metadata"]["n_tokens"] = 3.5
    assert failed_records(material) == {"records.keys"}


def test_user_nobody_knows(material):
    material.tables["users"] = material.tables["users"].iloc[1:]
    assert "records.users_known" in failed_records(material)
    assert "user_profiles.foreign_keys" in failed(check_tables(material.tables))


def test_empty_split(material):
    material.records["val"].clear()
    assert "split.nonempty" in failed_records(material)


def test_table_faults(material):
    tables = material.tables
    tables["goals"] = tables["goals"].assign(surprise=1)
    tables["weight_logs"].loc[0, "weight_kg"] = None
    tables["user_profiles"]["age"] = tables["user_profiles"]["age"].astype(str)
    tables["workouts"].loc[1, "workout_id"] = tables["workouts"].loc[0, "workout_id"]
    assert failed(check_tables(tables)) == {"goals.columns", "weight_logs.columns", "user_profiles.columns",
                                            "workouts.primary_key", "workout_exercises.foreign_keys"}
