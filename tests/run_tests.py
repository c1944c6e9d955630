"""What `make test` runs: unit tests, one real smoke run that is killed and resumed, nbval on that run's executed notebooks.

Everything is written to a temporary folder, never to outputs/. Pass --full for the slower checks too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN_ID = "smoke-test"
# Two workers of one thread each; a file's tests stay together and start in the order in which they were collected.
TWO_WORKERS = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
# Executed notebooks, in two lanes side by side. Opening a stage takes back its manifest until it is done, so that no notebook
# may run beside one that reads it: each lane works on a copy of the run of its own, its notebooks one after another.
LANES = (("01", "02", "03", "04", "05"), ("06", "07"))


def run_phase(name: str, commands: list[list[str]], environments: list[dict[str, str]]) -> bool:
    """Run pytest commands side by side, show their output whole and in order; True if all passed."""
    started = time.monotonic()
    print(f"== {name}", flush=True)
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=5"]

    def run(command: list[str], environment: dict[str, str], later: bool) -> subprocess.CompletedProcess:
        return subprocess.run([*pytest, *command], cwd=ROOT, env=environment, check=False, text=True, capture_output=later)

    with ThreadPoolExecutor() as pool:
        ended = list(pool.map(run, commands, environments, [place > 0 for place in range(len(commands))]))
    for one in ended[1:]:
        print(one.stdout, one.stderr, flush=True)
    print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    return not any(one.returncode for one in ended)


def run_all_phases(folder: Path, full: bool) -> bool:
    """The three phases, up to the first that fails."""
    chosen = "" if full else " and not full"
    shared = {**os.environ, "FITSENSE_BATCH": "1", "TOKENIZERS_PARALLELISM": "false"}
    outputs = shared | {"FITSENSE_OUTPUTS": str(folder)}
    one_thread = {"OMP_NUM_THREADS": "1"}
    return (run_phase("units", [[*TWO_WORKERS, "-m", f"not smoke{chosen}", "tests"]], [outputs | one_thread])
            and run_phase("smoke run, killed and resumed", [["-m", f"smoke{chosen}", "tests/test_run.py"]], [outputs])
            and run_phase("notebooks run again", *copy_lanes(folder, shared | one_thread)))


def copy_lanes(folder: Path, shared: dict[str, str]) -> tuple[list[list[str]], list[dict[str, str]]]:
    """The commands and environments of the lanes, each with its copy of the run."""
    commands, environments = [], []
    for lane in LANES:
        copy = folder / f"lane-{lane[0]}"
        shutil.copytree(folder / RUN_ID, copy / RUN_ID)
        notebooks = [str(next((copy / RUN_ID / "notebooks").glob(f"{number}_*.ipynb"))) for number in lane]
        commands.append(["--nbval-lax", "--nbval-cell-timeout=600", *notebooks])
        environments.append(shared | {"FITSENSE_OUTPUTS": str(copy)})
    return commands, environments


def main() -> int:
    """Run everything, then remove what was written."""
    folder = Path(tempfile.mkdtemp(prefix="fitsense-test-"))
    try:
        return 0 if run_all_phases(folder, "--full" in sys.argv) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
