"""Shared fixtures: the one real smoke run, killed in training and resumed."""

import os
from pathlib import Path

import pytest
from smoke_runs import RUN_ID, kill_when, run_all


@pytest.fixture(scope="session")
def outputs(tmp_path_factory) -> Path:
    """Where this test session's runs live."""
    return Path(os.environ.get("FITSENSE_OUTPUTS") or tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="session")
def smoke_run(outputs) -> Path:
    """A finished smoke run that was killed once while training, after a checkpoint, and resumed."""
    run_dir = outputs / RUN_ID
    arguments = ["--params", "params/smoke.yaml", "--run-id", RUN_ID]
    if not (run_dir / "07_coaching_demo" / "manifest.json").is_file():
        checkpoints = run_dir / "05_qlora_training" / "checkpoints"
        killed = kill_when(outputs, lambda: any(checkpoints.glob("checkpoint-*/trainer_state.json")), *arguments)
        assert killed, "the run ended before it could be killed in training"
        done = run_all(outputs, *arguments)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return run_dir


def pytest_collection_modifyitems(items):
    """Mark what needs the smoke run, so that it can be run apart."""
    for item in items:
        if "smoke_run" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.smoke)
