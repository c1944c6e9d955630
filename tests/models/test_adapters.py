"""Adapters: only on the weights they were trained on; the app's choice and its reason."""

import pytest

from fitsense.artifacts import RELEASE_CARD, sha256_file, write_json, write_text
from fitsense.models.adapters import (
    ADAPTER_INPUT,
    BASE_FILE,
    AdapterError,
    adapter_model_params,
    check_adapter,
    choose_adapter,
)
from fitsense.models.base import BaseModelError, base_fingerprint, ensure_base
from fitsense.params import GateParams, ModelParams

MODEL = ModelParams()


def make_adapter(folder, model=MODEL):
    write_json(folder / "adapter_config.json", {})
    write_text(folder / "adapter_model.safetensors", "weights")
    write_json(folder / BASE_FILE, {**base_fingerprint(model), "model": model.model_dump()})
    return folder


def make_run(folder, json_validity):
    make_adapter(folder / "05_qlora_training" / "adapter")
    digest = sha256_file(folder / ADAPTER_INPUT)
    write_json(folder / "06_evaluation" / "manifest.json", {"inputs": {ADAPTER_INPUT: digest}})
    cell = {"n": 9, "ci_low": 0, "ci_high": 1}
    write_json(folder / "06_evaluation" / "evaluation_report.json", {
        "student": {"structure": {"json_validity": {"value": json_validity, **cell}}},
        "student_grammar": {"structure": {"schema_validity": {"value": 1.0, **cell}}},
        "student_guarded": {"safety": {"missed_escalation": {"value": 0.0, **cell}}}})
    return folder


def test_an_adapter_of_other_weights_is_refused(tmp_path):
    folder = make_adapter(tmp_path / "a", ModelParams(name="gemma3-270m"))
    with pytest.raises(AdapterError, match="trained on name 'gemma3-270m'"):
        check_adapter(folder, MODEL)
    assert adapter_model_params(folder).name == "gemma3-270m"


def test_an_incomplete_adapter_is_refused(tmp_path):
    folder = make_adapter(tmp_path / "a")
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(AdapterError, match="missing"):
        check_adapter(folder, MODEL)


def test_choice_prefers_a_passing_run_then_the_release_then_rules(tmp_path):
    gate, release = GateParams(), tmp_path / "release"
    good, poor = make_run(tmp_path / "good", 1.0), make_run(tmp_path / "poor", 0.1)
    assert choose_adapter(None, release, gate).source == "rules"
    assert choose_adapter(good, release, gate).source == "run"
    below = choose_adapter(poor, release, gate)
    assert below.source == "run" and "json_validity is 0.1, at least 0.5" in below.reason
    (good / ADAPTER_INPUT).write_bytes(b"trained again")
    assert "its evaluation is of another adapter" in choose_adapter(good, release, gate).reason
    good = make_run(tmp_path / "good", 1.0)
    make_adapter(release / "adapter")
    assert choose_adapter(poor, release, gate).source == "run", "without its card a release is not whole"
    write_json(release / RELEASE_CARD, {"below_gate": []})
    assert choose_adapter(good, release, gate).source == "run"
    fallback = choose_adapter(poor, release, gate)
    assert fallback.source == "release" and fallback.reason.startswith("this run's adapter is the released one")
    assert "json_validity" not in fallback.reason, "its card tells what it lacks, once"
    write_text(release / "adapter" / "adapter_model.safetensors", "others")
    fallback = choose_adapter(poor, release, gate)
    assert fallback.source == "release" and "json_validity is 0.1" in fallback.reason


@pytest.mark.parametrize("model", [ModelParams(name="smollm3"), ModelParams(source="local", path="/nowhere")])
def test_an_unknown_base_is_named(model):
    with pytest.raises(BaseModelError, match="allowed"):
        ensure_base(model)
