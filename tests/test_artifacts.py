"""Artefacts: whole or absent, hashed, and named with their repair when something is wrong."""

import json
import os

import pytest

from fitsense.artifacts import (
    SESSION,
    ArtifactError,
    append_jsonl,
    clock_text,
    open_stage,
    read_json,
    read_jsonl_prefix,
    read_manifest,
    stale_reason,
    write_json,
    write_jsonl,
    write_text,
)


@pytest.fixture
def finished(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    stage = open_stage("01_synthesis", "params/smoke.yaml", "r")
    write_jsonl(stage.dir / "queries.jsonl", [{"a": 1}])
    stage.finish(n=1)
    return stage


def test_finished_stage_is_up_to_date_until_something_changes(finished):
    assert stale_reason(finished.run_dir, "01_synthesis", finished.params) is None
    changed = finished.params.model_copy(update={"seed": 8})
    assert stale_reason(finished.run_dir, "01_synthesis", changed) == "parameters changed"
    write_text(finished.dir / "queries.jsonl", "{}\n")
    assert stale_reason(finished.run_dir, "01_synthesis", finished.params) == "outputs changed: queries.jsonl"


def test_missing_and_tampered_upstream_name_file_and_repair(finished):
    following = open_stage("02_teacher_labelling", "params/smoke.yaml", "r")
    write_text(finished.dir / "queries.jsonl", "{}\n")
    with pytest.raises(ArtifactError, match=r"queries.jsonl: changed since .*--only 01 --force"):
        following.upstream("01_synthesis", "queries.jsonl")
    (finished.dir / "manifest.json").unlink()
    with pytest.raises(ArtifactError, match=r"has not finished; repair: python run_all.py .*--only 01"):
        read_manifest(finished.run_dir, "01_synthesis", "params/smoke.yaml")


def test_opening_a_stage_takes_its_manifest_back(finished):
    open_stage("01_synthesis", "params/smoke.yaml", "r")
    assert stale_reason(finished.run_dir, "01_synthesis", finished.params) == "not finished"


def killed_after(stage, seconds: float) -> None:
    """Leave a stage's folder as a kill would that many seconds after it was opened."""
    written = write_jsonl(stage.dir / "queries.jsonl", [{"a": 1}])
    began = read_json(stage.dir / SESSION)["began"]
    os.utime(stage.dir / SESSION, (began, began))
    os.utime(written, (began + seconds, began + seconds))


def test_the_seconds_of_killed_sessions_add_up_until_a_manifest_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    killed_after(open_stage("01_synthesis", "params/smoke.yaml", "r"), 100)
    again = open_stage("01_synthesis", "params/smoke.yaml", "r")
    assert again.spent_before == pytest.approx(100, abs=1)
    killed_after(again, 50)
    third = open_stage("01_synthesis", "params/smoke.yaml", "r")
    assert third.spent_before == pytest.approx(150, abs=1)
    killed_after(third, 25)
    assert open_stage("01_synthesis", "params/smoke.yaml", "r", ["seed=8"]).spent_before == 0, "other parameters: other work"
    killed_after(open_stage("01_synthesis", "params/smoke.yaml", "r"), 25)
    open_stage("01_synthesis", "params/smoke.yaml", "r").finish(n=1)
    assert open_stage("01_synthesis", "params/smoke.yaml", "r").spent_before == 0, "finished work is not begun again"


def test_work_found_done_keeps_the_seconds_and_memory_it_took(finished):
    taken = read_manifest(finished.run_dir, "01_synthesis") | {"seconds": 777.0, "peak_memory_mb": 10**6}
    write_json(finished.dir / "manifest.json", taken)
    killed_after(open_stage("01_synthesis", "params/smoke.yaml", "r"), 5)
    open_stage("01_synthesis", "params/smoke.yaml", "r").finish()
    again = read_manifest(finished.run_dir, "01_synthesis")
    assert (again["seconds"], again["peak_memory_mb"]) == (777.0, 10**6), "a kill between them forgets nothing"
    open_stage("01_synthesis", "params/smoke.yaml", "r", ["seed=8"]).finish()
    assert read_manifest(finished.run_dir, "01_synthesis")["seconds"] < 60, "other parameters: other work"


def test_a_session_file_of_older_code_counts_as_other_work(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    stage = open_stage("01_synthesis", "params/smoke.yaml", "r")
    write_json(stage.dir / SESSION, {"began": 0.0, "spent": 5.0})
    assert open_stage("01_synthesis", "params/smoke.yaml", "r").spent_before == 0


def test_a_log_cut_by_a_kill_loses_only_its_last_line(tmp_path):
    path = tmp_path / "log.jsonl"
    append_jsonl(path, {"n": 1})
    with path.open("a") as handle:
        handle.write('{"n": 2')
    assert read_jsonl_prefix(path) == [{"n": 1}]
    append_jsonl(path, {"n": 3})
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"n": 1}, {"n": 3}]


def test_a_clock_never_shows_sixty_seconds():
    assert [clock_text(seconds) for seconds in (0.2, 59.6, 125, 779.7)] == ["0:00", "1:00", "2:05", "13:00"]
