"""One app on the rules coach for the whole room: real server on loopback, real client."""

import sys
from pathlib import Path

import pytest

from fitsense.app.launch import launch_app

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    opened = launch_app(
        folder / "no_run", block=False, release_dir=folder / "no_release", store_path=folder / "interactions.sqlite"
    )
    yield opened
    opened.close()
