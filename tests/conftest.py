"""Shared fixtures: the one real smoke run, killed in every stage up to training and resumed, and one that never was."""

import os
from pathlib import Path

import pytest
from smoke_runs import DATA_STAGES, RUN_ID, SMOKE, kill_in, kill_when, run_all


@pytest.fixture(scope="session")
def outputs(tmp_path_factory) -> Path:
    """Where this test session's runs live."""
    return Path(os.environ.get("FITSENSE_OUTPUTS") or tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="session")
def data_stages(outputs) -> Path:
    """A smoke run up to 04, killed in each of its stages and resumed."""
    run_dir, arguments = outputs / RUN_ID, [*SMOKE, "--run-id", RUN_ID]
    if not (run_dir / DATA_STAGES[-1] / "manifest.json").is_file():
        for stage in DATA_STAGES:
            kill_in(stage, run_dir, *arguments)
        run_until_training(run_dir, *arguments)
    return run_dir


@pytest.fixture(scope="session")
def undisturbed(outputs) -> Path:
    """The four data stages of the same parameters, run once, one after another."""
    run_dir = outputs / "undisturbed"
    if not (run_dir / DATA_STAGES[-1] / "manifest.json").is_file():
        run_until_training(run_dir, *SMOKE, "--run-id", run_dir.name)
    return run_dir


@pytest.fixture(scope="session")
def smoke_run(data_stages, outputs) -> Path:
    """That run to its end, killed once more after a checkpoint of the training, and resumed."""
    arguments = [*SMOKE, "--run-id", RUN_ID]
    if not (data_stages / "07_coaching_demo" / "manifest.json").is_file():
        kill_in("05_qlora_training", data_stages, *arguments)
        done = run_all(outputs, *arguments)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return data_stages


def run_until_training(run_dir: Path, *arguments: str) -> None:
    """Start the run and end it when the data stages are done."""
    assert kill_when(run_dir.parent, (run_dir / "05_qlora_training").exists, *arguments), "it ended before the training"
    assert all((run_dir / stage / "manifest.json").is_file() for stage in DATA_STAGES)


def pytest_collection_modifyitems(items):
    """Mark what needs the smoke run, so that it can be run apart; the longest of the others comes first."""
    for item in items:
        if "smoke_run" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.smoke)
    items.sort(key=lambda item: "data_stages" not in getattr(item, "fixturenames", ()))
