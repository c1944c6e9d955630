"""What a person can mend ends a run before any notebook starts: one line, exit code 2, nothing half-written."""

import pytest
from smoke_runs import SMOKE, run_all, run_here


@pytest.mark.parametrize(("arguments", "expected"), [
    (["--set", "training.epoch=2"], "did you mean training.epochs?"),
    (["--set", "training.epochs=-1"], "greater than 0"),
    (["--set", "training.epochs"], "must look like"),
    (["--only", "09"], "allowed: 01_synthesis"),
    (["--run-id", "../x"], "allowed: one folder name"),
    (["--run-id", "nothing-yet", "--only", "05"], "--from 01"),
])
def test_plain_errors_are_one_line_and_exit_2(tmp_path, monkeypatch, capsys, arguments, expected):
    assert run_here(tmp_path, monkeypatch, *SMOKE, *arguments) == 2
    told = capsys.readouterr().err
    errors = [line for line in told.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and expected in errors[0], told


def test_unknown_params_file_names_those_there_are(tmp_path):
    done = run_all(tmp_path, "--params", "params/smok.yaml")
    assert done.returncode == 2 and "params/smoke.yaml" in done.stderr
    assert [line[:7] for line in done.stderr.splitlines()] == ["error: "], done.stderr


def test_full_disk_stops_before_any_work(tmp_path, monkeypatch):
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
