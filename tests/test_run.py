"""The whole pipeline on the smoke parameters: every stage is there, the training resumed, every figure has its interval."""

import pytest
from smoke_runs import RUN_ID, SMOKE, run_all, run_here

from fitsense.artifacts import STAGES, hash_folder, read_json, read_jsonl
from fitsense.params import ROOT


def test_smoke_run_writes_every_stage(smoke_run):
    for stage in STAGES:
        manifest = read_json(smoke_run / stage / "manifest.json")
        assert manifest["outputs"] == hash_folder(smoke_run / stage), stage
        assert manifest["seconds"] > 0 and manifest["peak_memory_mb"] > 0
    assert "Headline" in (smoke_run / "reports" / "index.html").read_text()
    assert len(list((smoke_run / "reports").glob("0*.html"))) == 7
    assert not [path.name for path in ROOT.iterdir() if path.is_socket()], "kernels leave nothing in the repository"


def test_training_resumed_from_its_checkpoint(smoke_run):
    rows = read_jsonl(smoke_run / "05_qlora_training" / "training_log.jsonl")
    steps, tokens = [row["step"] for row in rows], [row["num_tokens"] for row in rows]
    assert steps == list(range(1, len(steps) + 1)), "the log must be whole across the kill"
    assert all(a < b for a, b in zip(tokens, tokens[1:], strict=False)), "tokens are counted on after the kill"
    assert read_json(smoke_run / "05_qlora_training" / "manifest.json")["facts"]["tokens"] == tokens[-1]
    assert not (smoke_run / "05_qlora_training" / "checkpoints").exists()


def test_every_metric_has_n_and_interval(smoke_run):
    report = read_json(smoke_run / "06_evaluation" / "evaluation_report.json")
    for system in ("base", "student", "student_grammar", "student_guarded", "teacher", "nearest"):
        for suite in ("structure", "content", "conformance", "safety", "latency"):
            for metric, cell in report[system][suite].items():
                assert {"value", "n", "ci_low", "ci_high"} <= set(cell), (system, suite, metric)
                if cell["value"] is not None:
                    assert cell["n"] > 0 and cell["ci_low"] <= cell["value"] + 1e-9 <= cell["ci_high"] + 2e-9, metric
    assert report["teacher"]["structure"]["schema_validity"]["value"] == 1.0
    assert sum(report["student_guarded"]["guard"][verdict]["value"]
               for verdict in ("accepted", "repaired", "replaced")) == pytest.approx(1, abs=1e-3)


def test_second_start_finds_everything_up_to_date(smoke_run, outputs):
    done = run_all(outputs, *SMOKE, "--run-id", RUN_ID)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": up to date") == len(STAGES)
    assert "report:" in done.stdout and "make demo" in done.stdout


def test_a_later_stage_never_starts_on_an_earlier_one_of_other_parameters(smoke_run, monkeypatch, capsys, outputs):
    code = run_here(outputs, monkeypatch, *SMOKE, "--run-id", RUN_ID, "--set", "synthesis.n_users=41", "--from", "06")
    error = capsys.readouterr().err
    assert code == 2 and "01_synthesis: parameters changed, so 06_evaluation cannot start" in error
    assert f"--set synthesis.n_users=41 --run-id {RUN_ID} --from 01" in error
    assert (smoke_run / "06_evaluation" / "manifest.json").is_file()
