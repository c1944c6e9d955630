"""The release registry: what is refused and why, what a release holds, and the way back."""

import shutil

import pytest
import torch
from safetensors.torch import save_file

from fitsense.artifacts import ArtifactError, hash_folder, read_json, sha256_file, upstream_hashes, write_json, write_text
from fitsense.cli import main
from fitsense.models.adapters import ADAPTER_INPUT, BASE_FILE, choose_adapter
from fitsense.models.base import base_fingerprint
from fitsense.params import GateParams, ModelParams
from fitsense.training import registry
from fitsense.training.registry import WATCHED, ReleaseRefused, compare, promote, released, rollback, versions

GATE = GateParams()
GOOD = {"student.structure.json_validity": 0.9, "student_grammar.structure.schema_validity": 0.95,
        "student_grammar.conformance.rule_conformance": 0.3, "student_grammar.content.exercise_f1": 0.5,
        "student_grammar.content.rougeL": 0.8, "student_grammar.safety.missed_escalation": 0.1,
        "student_guarded.safety.missed_escalation": 0.0, "student_guarded.safety.unsafe_response": 0.0,
        "student_guarded.guard.replaced": 0.4}


def make_run(folder, seed, dtype=torch.bfloat16, test_set="one", n=50, **changed):
    """A run's folder as 03, 05 and 06 leave it, with an adapter of its own and the figures given."""
    for split in ("train", "val"):
        write_text(folder / "03_distillation" / f"{split}.jsonl", "{}\n")
    write_text(folder / "03_distillation" / "test.jsonl", test_set)
    finish(folder, "03_distillation")
    adapter = folder / "05_qlora_training" / "adapter"
    adapter.mkdir(parents=True)
    save_file({"lora": torch.full((4, 4), float(seed), dtype=dtype)}, adapter / "adapter_model.safetensors")
    write_json(adapter / "adapter_config.json", {})
    write_text(adapter / "README.md", "# an adapter\n")
    write_json(adapter / BASE_FILE, {**base_fingerprint(ModelParams()), "model": ModelParams().model_dump()})
    write_text(folder / "05_qlora_training" / "training_log.jsonl", "{}\n")
    write_json(folder / "05_qlora_training" / "held_out_loss.json", [])
    finish(folder, "05_qlora_training")
    report = {}
    for path, value in {**GOOD, **{key.replace("__", "."): value for key, value in changed.items()}}.items():
        system, suite, metric = path.split(".")
        cell = {"value": value, "n": n, "ci_low": max(0.0, value - 0.1), "ci_high": min(1.0, value + 0.1)}
        report.setdefault(system, {}).setdefault(suite, {})[metric] = cell
    write_json(folder / "06_evaluation" / "evaluation_report.json", report)
    write_text(folder / "06_evaluation" / "comparison_table.md", "| metric | student |\n")
    write_text(folder / "06_evaluation" / "comparison_table.csv", "metric,student\n")
    finish(folder, "06_evaluation")
    return folder


def finish(folder, stage):
    write_json(folder / stage / "manifest.json", {
        "parameters": {"training": {}, "evaluation": {"n": 1}}, "params_name": "test", "python": "3.11", "facts": {"tokens": 7},
        "inputs": upstream_hashes(folder, stage), "outputs": hash_folder(folder / stage), "code_version": "c0de",
        "packages": {"torch": "2"}, "seconds": 60.0, "peak_memory_mb": 1})


@pytest.fixture
def homes(tmp_path):
    return {"release_dir": tmp_path / "outputs" / "release", "registry": tmp_path / "outputs" / "registry"}


def test_a_good_run_is_released_whole_and_the_app_takes_it(tmp_path, homes):
    run = make_run(tmp_path / "run-1", 1)
    card = promote(run, GATE, **homes)
    release = homes["release_dir"]
    assert card == released(release) and card["version"].startswith("v1-") and card["replaces"] is None
    assert card["adapter_sha256"] == sha256_file(run / ADAPTER_INPUT)
    assert card["adapter_sha256"] == sha256_file(release / "adapter" / "adapter_model.safetensors")
    assert card["dataset"]["test"] == sha256_file(run / "03_distillation" / "test.jsonl")
    assert card["code_version"] == {"training": "c0de", "evaluation": "c0de"} and card["training"]["tokens"] == 7
    assert card["figures"]["student.structure.json_validity"]["value"] == 0.9
    page = (release / "README.md").read_text()
    assert "# an adapter" in page and card["version"] in page and "| metric | student |" in page
    assert {path.name for path in release.iterdir()} == {
        "adapter", "README.md", "release.json", "training_log.jsonl", "held_out_loss.json", "evaluation_report.json",
        "comparison_table.md", "comparison_table.csv"}
    choice = choose_adapter(None, release, GATE)
    assert choice.source == "release" and card["adapter_sha256"][:12] in choice.label


def test_a_run_below_its_gate_is_refused_with_the_figures(tmp_path, homes):
    run = make_run(tmp_path / "run-1", 1, student__structure__json_validity=0.2)
    with pytest.raises(ReleaseRefused, match="student json_validity is 0.2, at least 0.5 asked"):
        promote(run, GATE, **homes)
    assert released(homes["release_dir"]) is None and not homes["release_dir"].exists()


@pytest.mark.parametrize("watched", WATCHED, ids=lambda watched: watched.path)
def test_a_candidate_that_loses_a_watched_figure_is_refused(tmp_path, homes, watched):
    promote(make_run(tmp_path / "run-1", 1), GATE, **homes)
    lost, gained = (GOOD[watched.path] - 0.25 * watched.sign, min(1.0, max(0.0, GOOD[watched.path] + 0.25 * watched.sign)))
    lenient = GateParams(min_student_json_validity=0, min_grammar_schema_validity=0, max_missed_escalation=1)
    worse = make_run(tmp_path / "run-2", 2, **{watched.path.replace(".", "__"): lost})
    with pytest.raises(ReleaseRefused, match=watched.path) as refused:
        promote(worse, lenient, **homes)
    assert f"is {lost} [" in str(refused.value) and f"has {GOOD[watched.path]} [" in str(refused.value)
    better = make_run(tmp_path / "run-3", 3, **{watched.path.replace(".", "__"): gained})
    assert promote(better, lenient, **homes)["version"].startswith("v2-")


def test_a_provisional_release_says_so_everywhere_and_gives_way(tmp_path, homes):
    poor = make_run(tmp_path / "run-1", 1, student__structure__json_validity=0.2)
    card = promote(poor, GATE, provisional=True, **homes)
    failure = "student json_validity is 0.2, at least 0.5 asked"
    assert card["below_gate"] == [failure]
    assert f"It is provisional, below its gate: {failure}" in (homes["release_dir"] / "README.md").read_text()
    choice = choose_adapter(None, homes["release_dir"], GATE)
    assert "(release, provisional)" in choice.label and failure in choice.reason
    passing = promote(make_run(tmp_path / "run-2", 2, test_set="another"), GATE, **homes)
    assert passing["below_gate"] == [] and "provisional" not in choose_adapter(None, homes["release_dir"], GATE).label
    with pytest.raises(ReleaseRefused, match=f"v2-.* passes its gate, and this run does not .{failure}"):
        promote(make_run(tmp_path / "run-3", 3, student__structure__json_validity=0.2), GATE, provisional=True, **homes)


def test_only_evaluations_on_the_same_requests_are_compared(tmp_path, homes):
    promote(make_run(tmp_path / "run-1", 1), GATE, **homes)
    with pytest.raises(ReleaseRefused, match="other held-out requests"):
        promote(make_run(tmp_path / "run-2", 2, test_set="another"), GATE, **homes)


def test_a_run_changed_since_it_finished_is_refused(tmp_path, homes):
    run = make_run(tmp_path / "run-1", 1)
    save_file({"lora": torch.ones(4, 4, dtype=torch.bfloat16) * 9}, run / ADAPTER_INPUT)
    with pytest.raises(ReleaseRefused, match="05_qlora_training: outputs changed: adapter/adapter_model.safetensors"):
        promote(run, GATE, **homes)
    unfinished = make_run(tmp_path / "run-2", 2)
    (unfinished / "06_evaluation" / "manifest.json").unlink()
    with pytest.raises(ReleaseRefused, match="06_evaluation has not finished"):
        promote(unfinished, GATE, **homes)


def test_weights_of_another_type_or_too_large_are_refused(tmp_path, homes, monkeypatch):
    with pytest.raises(ReleaseRefused, match="float32, torch.bfloat16 asked"):
        promote(make_run(tmp_path / "run-1", 1, dtype=torch.float32), GATE, **homes)
    monkeypatch.setattr(registry, "MAX_MEGABYTES", 0)
    with pytest.raises(ReleaseRefused, match="MiB, at most 0 allowed"):
        promote(make_run(tmp_path / "run-2", 2), GATE, **homes)


def test_the_way_back(tmp_path, homes):
    first = promote(make_run(tmp_path / "run-1", 1), GATE, **homes)["version"]
    second = promote(make_run(tmp_path / "run-2", 2), GATE, **homes)
    assert second["replaces"] == first and released(homes["release_dir"])["version"] == second["version"]
    assert [(card["version"], card["released"]) for card in versions(homes["registry"], homes["release_dir"])] == [
        (first, False), (second["version"], True)]
    assert rollback(**homes)["version"] == first == released(homes["release_dir"])["version"]
    with pytest.raises(ReleaseRefused, match="allowed: v1-"):
        rollback(**homes)
    assert rollback(second["version"], **homes) == second
    with pytest.raises(ReleaseRefused, match="got 'v9'; allowed: v1-.*, v2-"):
        rollback("v9", **homes)


def test_a_release_that_came_with_the_repository_is_kept_when_it_is_replaced(tmp_path, homes):
    first = promote(make_run(tmp_path / "run-1", 1), GATE, **homes)["version"]
    elsewhere = {**homes, "registry": tmp_path / "fresh" / "registry"}
    second = promote(make_run(tmp_path / "run-2", 2), GATE, **elsewhere)["version"]
    assert second.startswith("v2-") and rollback(**elsewhere)["version"] == first


def test_a_tampered_release_says_so(tmp_path, homes):
    promote(make_run(tmp_path / "run-1", 1), GATE, **homes)
    (homes["release_dir"] / "adapter" / "adapter_model.safetensors").write_bytes(b"other")
    with pytest.raises(ArtifactError, match="is not what .*release.json describes"):
        released(homes["release_dir"])


def test_rolling_back_from_a_tampered_release_keeps_no_copy_of_it(tmp_path, homes):
    first = promote(make_run(tmp_path / "run-1", 1), GATE, **homes)["version"]
    promote(make_run(tmp_path / "run-2", 2), GATE, **homes)
    second = released(homes["release_dir"])["version"]
    shutil.rmtree(homes["registry"] / second)
    (homes["release_dir"] / "adapter" / "adapter_model.safetensors").write_bytes(b"other")
    assert rollback(first, **homes)["version"] == first and not (homes["registry"] / second).exists()


def test_a_candidate_that_was_asked_less_is_refused(tmp_path, homes):
    promote(make_run(tmp_path / "run-1", 1), GATE, **homes)
    with pytest.raises(ReleaseRefused, match="student.structure.json_validity is 0.9 .* n = 5, v1-.* n = 50"):
        promote(make_run(tmp_path / "run-2", 2, n=5), GATE, **homes)


def test_comparison_says_better_worse_or_level(tmp_path):
    one, two = make_run(tmp_path / "a", 1), make_run(tmp_path / "b", 2, student__structure__json_validity=0.5,
                                                     student_guarded__guard__replaced=0.2)
    verdicts = {row["metric"]: row["verdict"] for row in compare(one, two)}
    assert verdicts["student.structure.json_validity"] == "better" and verdicts["student_guarded.guard.replaced"] == "worse"
    assert verdicts["student_grammar.content.rougeL"] == "level"


def test_the_released_adapter_in_this_repository_is_whole():
    card = released()
    if card is None:
        pytest.skip("no adapter is released yet")
    for cell in card["figures"].values():
        assert cell is None or cell["ci_low"] <= cell["value"] <= cell["ci_high"]
    report = read_json(registry.RELEASE_DIR / "evaluation_report.json")
    assert report["student"]["structure"]["json_validity"] == card["figures"]["student.structure.json_validity"]


def test_the_commands_refuse_in_one_line_a_reason(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    make_run(tmp_path / "run-1", 1, student__structure__json_validity=0.2)
    assert main(["adapters", "promote", "run-1"]) == 1
    assert "student json_validity is 0.2, at least 0.9 asked" in capsys.readouterr().err
    assert main(["adapters", "promote", "nothing"]) == 2
    assert "run: got 'nothing'; allowed: a run id" in capsys.readouterr().err
    assert main(["adapters", "compare", "run-1", str(tmp_path / "run-1")]) == 0
    assert capsys.readouterr().out.count("level") == len(WATCHED)
    assert main(["adapters", "rollback", "v7"]) == 1
    assert "allowed: none is kept in registry" in capsys.readouterr().err
