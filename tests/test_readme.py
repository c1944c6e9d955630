"""The README's generated tables are those of the published run, and the pages it links to exist and are small."""

import re

from fitsense.params import ROOT
from fitsense.report import with_generated_blocks

README = (ROOT / "README.md").read_text()


def test_generated_tables_have_not_drifted():
    assert with_generated_blocks(README) == README, "repair: python run_all.py --params params/default.yaml --publish"


def test_links_exist_and_pages_are_small():
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).is_file(), link
    for page in (ROOT / "reports").rglob("*"):
        assert not page.is_file() or page.stat().st_size < 2 * 2**20, page


def test_every_folder_of_the_map_exists():
    for folder in re.findall(r"^\| `([\w/]+)`", README, re.M):
        assert (ROOT / folder).is_dir() or folder[:2].isdigit(), folder
