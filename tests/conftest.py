"""Shared fixtures: the one real smoke run, killed twice on its way and resumed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN_ID = "smoke-test"


def run_all(outputs: Path, *arguments: str, **options) -> subprocess.CompletedProcess:
    """Run run_all.py as a person would, with outputs/ elsewhere."""
    environment = {**os.environ, "FITSENSE_OUTPUTS": str(outputs)}
    return subprocess.run([sys.executable, "run_all.py", *arguments], cwd=ROOT, env=environment, text=True,
                          capture_output=True, check=False, **options)


def kill_when(outputs: Path, condition, *arguments: str, patience_s: float = 240) -> bool:
    """Start run_all.py in its own process group and SIGKILL all of it as soon as condition() holds; False if it ended first."""
    environment = {**os.environ, "FITSENSE_OUTPUTS": str(outputs)}
    process = subprocess.Popen([sys.executable, "run_all.py", *arguments], cwd=ROOT, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + patience_s
    while process.poll() is None and not condition():
        if time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError("the moment to kill the run never came")
        time.sleep(0.02)
    ended_first = process.poll() is not None
    if not ended_first:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return not ended_first


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
