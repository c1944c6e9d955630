"""A PostgreSQL server of the test's own, from the wheel's binaries: a fresh cluster, reachable by a Unix socket alone."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# PostgreSQL refuses to run as root, and a test may run as root: then it runs as the user without rights that every Unix has.
SERVANT = "nobody" if os.geteuid() == 0 else None


@contextmanager
def serve_postgres() -> Iterator[str]:
    """Start a server in a short temporary folder (a socket's path is bounded) and yield its SQLAlchemy URL; stop it after."""
    root = Path(tempfile.mkdtemp(prefix="fitsense-pg-"))
    try:
        programs, data = make_home(root), root / "data"
        run(programs / "initdb", "--auth=trust", "--encoding=utf8", "--no-locale", "-U", "postgres", "--no-sync", "-D", data)
        run(programs / "pg_ctl", "-D", data, "-w", "-l", data / "log", "-o", f"-c listen_addresses= -k {root} -F", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={root}"
        finally:
            run(programs / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")
    finally:
        shutil.rmtree(root)


def make_home(root: Path) -> Path:
    """The folder of the server's programs: the wheel's own, or a copy that the servant may read."""
    wheel = Path(importlib.util.find_spec("pgserver").submodule_search_locations[0])
    if SERVANT is None:
        return wheel / "pginstall" / "bin"
    shutil.copytree(wheel / "pginstall", root / "pgserver" / "pginstall")
    if (wheel.parent / "pgserver.libs").is_dir():
        shutil.copytree(wheel.parent / "pgserver.libs", root / "pgserver.libs")
    shutil.chown(root, SERVANT)
    return root / "pgserver" / "pginstall" / "bin"


def run(program: Path, *arguments) -> None:
    """Run one of the server's programs; its words are the message when it fails."""
    # Output goes to a file: the server inherits it, and a pipe would stay open as long as the server runs.
    with tempfile.TemporaryFile() as words:
        done = subprocess.run([program, *map(str, arguments)], user=SERVANT, stdout=words, stderr=words, cwd="/", check=False)
        words.seek(0)
        assert done.returncode == 0, f"{program.name}: {words.read().decode()}"
