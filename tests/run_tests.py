"""What `make test` runs: unit tests, one real smoke run that is killed and resumed, nbval on that run's executed notebooks.

Everything is written to a temporary folder, never to outputs/. Pass --full for the slower checks too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Tests that need no run of the whole go to two workers of one thread each. Notebooks run one after another: opening a stage
# takes back its manifest until it is done, so a later notebook beside it would find an unfinished stage.
TWO_WORKERS, ONE_THREAD = ["-n", "2", "--dist", "loadfile"], {"OMP_NUM_THREADS": "1"}


def list_phases(outputs: Path, full: bool) -> list[tuple[str, list[str], dict[str, str]]]:
    """(name, pytest arguments, environment) of every phase, in order."""
    chosen = "" if full else " and not full"
    notebooks = ["--nbval-lax", "--nbval-cell-timeout=600", str(outputs / "smoke-test" / "notebooks")]
    return [("units", [*TWO_WORKERS, "-m", f"not smoke{chosen}", "tests"], ONE_THREAD),
            ("smoke run, killed and resumed", ["-m", f"smoke{chosen}", "tests"], {}),
            ("notebooks run again", notebooks, {})]


def main() -> int:
    """Run the phases, stop at the first that fails, remove what they wrote."""
    outputs = Path(tempfile.mkdtemp(prefix="fitsense-test-"))
    shared = {**os.environ, "FITSENSE_OUTPUTS": str(outputs), "FITSENSE_BATCH": "1", "TOKENIZERS_PARALLELISM": "false"}
    try:
        for name, arguments, environment in list_phases(outputs, "--full" in sys.argv):
            started = time.monotonic()
            print(f"== {name}", flush=True)
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=5", *arguments]
            code = subprocess.run(command, cwd=ROOT, env=shared | environment, check=False).returncode
            print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
            if code:
                return code
        return 0
    finally:
        shutil.rmtree(outputs, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
