"""Runs of run_all.py as a person would start them, and the kill -9 that comes at a chosen moment."""

import os
import runpy
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
RUN_ID = "smoke-test"
SMOKE = ["--params", "params/smoke.yaml"]
# The moment to kill a stage in: as soon as work of its own stands in its folder (".session.json" is there from its opening).
KILL_MOMENTS = {"01_synthesis": "queries.jsonl", "02_teacher_labelling": "[!.]*.jsonl", "03_distillation": "[!.]*.jsonl",
                "04_validation": "[!.]*.json", "05_qlora_training": "checkpoints/checkpoint-*/trainer_state.json"}
DATA_STAGES = tuple(KILL_MOMENTS)[:4]


def run_all(outputs: Path, *arguments: str, **options) -> subprocess.CompletedProcess:
    """Run run_all.py as a person would, with outputs/ elsewhere."""
    environment = {**os.environ, "FITSENSE_OUTPUTS": str(outputs)}
    return subprocess.run([sys.executable, "run_all.py", *arguments], cwd=ROOT, env=environment, text=True,
                          capture_output=True, check=False, **options)


def run_here(outputs: Path, monkeypatch, *arguments: str) -> int:
    """run_all.py's exit code, in this process: for what ends before any notebook starts."""
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(outputs))
    monkeypatch.setattr(sys, "argv", ["run_all.py", *arguments])
    return runpy.run_path(str(ROOT / "run_all.py"), run_name="run_all")["main"]()


def kill_in(stage: str, run_dir: Path, *arguments: str) -> None:
    """Start the run and kill it in one stage, which must then not look finished."""
    folder = run_dir / stage
    assert kill_when(run_dir.parent, lambda: any(folder.glob(KILL_MOMENTS[stage])), *arguments), f"{stage}: ended before the kill"
    assert not (folder / "manifest.json").exists(), f"{stage}: a killed stage must not look finished"


def kill_when(outputs: Path, condition, *arguments: str, patience_s: float = 240) -> bool:
    """Start run_all.py and SIGKILL it and its kernel as soon as condition() holds; False if it ended first."""
    environment = {**os.environ, "FITSENSE_OUTPUTS": str(outputs)}
    process = subprocess.Popen([sys.executable, "run_all.py", *arguments], cwd=ROOT, env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + patience_s
    while process.poll() is None and not condition():
        if time.monotonic() > deadline:
            _kill_tree(process.pid)
            raise TimeoutError("the moment to kill the run never came")
        time.sleep(0.02)
    ended_first = process.poll() is not None
    if not ended_first:
        _kill_tree(process.pid)
    process.wait()
    return not ended_first


def _kill_tree(pid: int) -> None:
    """SIGKILL a process and everything it started: a kernel runs in a session of its own, out of killpg's reach."""
    parent = psutil.Process(pid)
    for process in [*parent.children(recursive=True), parent]:
        process.kill()
