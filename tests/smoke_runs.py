"""Runs of run_all.py as a person would start them, and the kill -9 that comes at a chosen moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
