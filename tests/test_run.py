"""The whole pipeline on the smoke parameters: it resumes, it is reproducible, it says what is wrong."""

import shutil

import pytest
from smoke_runs import RUN_ID, SMOKE, run_all

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
    steps = [row["step"] for row in read_jsonl(smoke_run / "05_qlora_training" / "training_log.jsonl")]
    assert steps == list(range(1, len(steps) + 1)), "the log must be whole across the kill"
    assert not (smoke_run / "05_qlora_training" / "checkpoints").exists()


def test_users_never_shared_across_splits(smoke_run):
    folder = smoke_run / "03_distillation"
    users = [{record["context"]["user_id"] for record in read_jsonl(folder / f"{split}.jsonl")}
             for split in ("train", "val", "test")]
    assert all(users) and not users[0] & users[1] and not users[0] & users[2] and not users[1] & users[2]


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


@pytest.mark.parametrize(("arguments", "expected"), [
    (["--set", "training.epoch=2"], "did you mean training.epochs?"),
    (["--set", "training.epochs=-1"], "greater than 0"),
    (["--set", "training.epochs"], "must look like"),
    (["--only", "09"], "allowed: 01_synthesis"),
    (["--run-id", "../x"], "allowed: one folder name"),
    (["--run-id", "nothing-yet", "--only", "05"], "--from 01"),
])
def test_plain_errors_are_one_line_and_exit_2(outputs, arguments, expected):
    done = run_all(outputs, *SMOKE, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and expected in errors[0], done.stderr
    assert "Traceback" not in done.stderr


def test_a_later_stage_never_starts_on_an_earlier_one_of_other_parameters(smoke_run, outputs):
    done = run_all(outputs, *SMOKE, "--run-id", RUN_ID, "--set", "synthesis.n_users=41", "--from", "06")
    assert done.returncode == 2 and "01_synthesis: parameters changed, so 06_evaluation cannot start" in done.stderr
    assert f"--set synthesis.n_users=41 --run-id {RUN_ID} --from 01" in done.stderr
    assert (smoke_run / "06_evaluation" / "manifest.json").is_file()


def test_a_broken_manifest_is_made_again_by_a_plain_run(smoke_run, outputs):
    shutil.copytree(smoke_run / "01_synthesis", outputs / "broken" / "01_synthesis")
    (outputs / "broken" / "01_synthesis" / "manifest.json").write_text('{"stage": ')
    listed = run_all(outputs, *SMOKE, "--run-id", "broken", "--list")
    assert listed.returncode == 0 and "not finished" in listed.stdout.splitlines()[0]
    done = run_all(outputs, *SMOKE, "--run-id", "broken", "--only", "01")
    assert done.returncode == 0 and read_json(outputs / "broken" / "01_synthesis" / "manifest.json")["stage"] == "01_synthesis"


def test_unknown_params_file_names_those_there_are(outputs):
    done = run_all(outputs, "--params", "params/smok.yaml")
    assert done.returncode == 2 and "params/smoke.yaml" in done.stderr


def test_tampered_upstream_stops_the_next_stage(smoke_run, outputs):
    for stage in STAGES[:3]:
        shutil.copytree(smoke_run / stage, outputs / "tampered" / stage)
    path = outputs / "tampered" / "02_teacher_labelling" / "responses.jsonl"
    path.write_text(path.read_text().replace("a", "b", 1))
    done = run_all(outputs, *SMOKE, "--run-id", "tampered", "--only", "03", "--force")
    assert done.returncode == 2 and "02_teacher_labelling: outputs changed: responses.jsonl" in done.stderr
    assert "--from 02" in done.stderr and "Traceback" not in done.stderr


def test_missing_base_model_is_one_message(smoke_run, outputs, tmp_path, monkeypatch):
    for stage in STAGES[:4]:
        shutil.copytree(smoke_run / stage, outputs / "no-base" / stage, dirs_exist_ok=True)
    monkeypatch.setenv("FITSENSE_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # a port where nothing listens
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.setenv(name, "/dev/null" if name == "PIP_CONFIG_FILE" else "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    done = run_all(outputs, *SMOKE, "--run-id", "no-base", "--only", "05")
    assert done.returncode == 2 and "could not be fetched" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and not any((tmp_path / "empty").glob("*"))


def test_full_disk_stops_before_any_work(outputs, tmp_path, monkeypatch):
    import fitsense.pipeline as pipeline
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    monkeypatch.setattr(pipeline, "MIN_FREE_MB", 10**12)
    with pytest.raises(pipeline.PipelineError, match="no space left"):
        pipeline.run_pipeline(pipeline.RunRequest("params/smoke.yaml"))
    assert not any(path.name.startswith("0") for path in tmp_path.rglob("*"))


def test_disk_that_fills_during_a_write_leaves_nothing_half_written(tmp_path, monkeypatch):
    import errno
    import os

    from fitsense.artifacts import write_text
    from fitsense.pipeline import explain

    def refuse(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError) as caught:
        write_text(tmp_path / "a.json", "{}")
    assert not list(tmp_path.iterdir()) and "no space left" in explain(caught.value)
