"""What `make test` runs: pytest, with one real smoke run in it, then nbval on that run's executed notebooks.

Everything is written to a temporary folder, never to outputs/. Pass --full for the slower checks too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run both, stop at the first that fails, remove what they wrote."""
    outputs = Path(tempfile.mkdtemp(prefix="fitsense-test-"))
    environment = {**os.environ, "FITSENSE_OUTPUTS": str(outputs), "FITSENSE_BATCH": "1", "TOKENIZERS_PARALLELISM": "false"}
    pytest = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    selection = [] if "--full" in sys.argv else ["-m", "not full"]
    try:
        for command in ([*pytest, *selection, "--durations=8", "tests"],
                        [*pytest, "--nbval-lax", "--nbval-cell-timeout=600",
                         str(outputs / "smoke-test" / "notebooks")]):
            code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
            if code:
                return code
        return 0
    finally:
        shutil.rmtree(outputs, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
