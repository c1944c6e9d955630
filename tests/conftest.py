"""Shared fixtures: the one real smoke run, killed in every stage up to training and resumed, and one that never was."""

import os
from pathlib import Path

import pytest
from smoke_runs import KILL_MOMENTS, RUN_ID, SMOKE, kill_when, run_all


@pytest.fixture(scope="session")
def outputs(tmp_path_factory) -> Path:
    """Where this test session's runs live."""
    return Path(os.environ.get("FITSENSE_OUTPUTS") or tmp_path_factory.mktemp("outputs"))


@pytest.fixture(scope="session")
def smoke_run(outputs) -> Path:
    """A finished smoke run that was killed and resumed five times: in each data stage, and after a training checkpoint."""
    run_dir, arguments = outputs / RUN_ID, [*SMOKE, "--run-id", RUN_ID]
    if not (run_dir / "07_coaching_demo" / "manifest.json").is_file():
        for stage in KILL_MOMENTS:
            kill_in(stage, run_dir, *arguments)
        done = run_all(outputs, *arguments)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return run_dir


def kill_in(stage: str, run_dir: Path, *arguments: str) -> None:
    """Start the run and kill it in one stage, which must then not look finished."""
    folder = run_dir / stage
    assert kill_when(run_dir.parent, lambda: any(folder.glob(KILL_MOMENTS[stage])), *arguments), f"{stage}: ended before the kill"
    assert not (folder / "manifest.json").exists(), f"{stage}: a killed stage must not look finished"


@pytest.fixture(scope="session")
def undisturbed(outputs) -> Path:
    """The four data stages of the same parameters, run once, one after another."""
    run_dir = outputs / "undisturbed"
    for stage in list(KILL_MOMENTS)[:4]:
        if not (run_dir / stage / "manifest.json").is_file():
            done = run_all(outputs, *SMOKE, "--run-id", run_dir.name, "--only", stage[:2])
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return run_dir


def pytest_collection_modifyitems(items):
    """Mark what needs the smoke run, so that it can be run apart; the longest of the others comes first."""
    for item in items:
        if "smoke_run" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.smoke)
    items.sort(key=lambda item: "undisturbed" not in getattr(item, "fixturenames", ()))
