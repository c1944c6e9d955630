"""Which run the app opens, and the settings it was made with."""

import os

import pytest

from fitsense.artifacts import write_json
from fitsense.coach.choice import newest_run, params_of
from fitsense.params import Params, load_params, stage_params


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    return tmp_path


def finish(outputs, run, stage, when):
    path = outputs / run / stage / "manifest.json"
    write_json(path, {})
    os.utime(path, (when, when))


def test_no_run_is_none(outputs):
    assert newest_run() is None


def test_the_run_evaluated_last_comes_before_one_trained_later(outputs):
    finish(outputs, "only-trained", "05_qlora_training", 300)
    assert newest_run() == outputs / "only-trained"
    finish(outputs, "old", "06_evaluation", 100)
    finish(outputs, "new", "06_evaluation", 200)
    assert newest_run() == outputs / "new"


def finish_demo(outputs, run, overrides):
    """The manifest that 07 leaves: its name and its parameters."""
    made = load_params("params/smoke.yaml", overrides)
    write_json(outputs / run / "07_coaching_demo" / "manifest.json", {
        "params_name": made.name, "parameters": stage_params(made, "07_coaching_demo"), "inputs": {}, "outputs": {}, "facts": {},
        "code_version": "", "packages": {}, "seconds": 1, "peak_memory_mb": 1})
    return made


def test_settings_are_those_the_run_was_made_with(outputs):
    assert params_of(None) == params_of(outputs / "nothing") == Params(name="demo")
    made = finish_demo(outputs, "r", ["demo.timeout_s=17", "gate.max_missed_escalation=0.01"])
    found = params_of(outputs / "r")
    assert found.demo == made.demo and found.gate == made.gate and found.evaluation == made.evaluation
    assert found.demo.timeout_s == 17 and found.name == "smoke"


def test_a_manifest_of_unknown_settings_is_refused(outputs):
    finish_demo(outputs, "r", [])
    manifest = outputs / "r" / "07_coaching_demo" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"timeout_s"', '"time_out"'))
    with pytest.raises(ValueError, match="time_out"):
        params_of(outputs / "r")
