"""The arrows between rooms point one way, as the design's table says."""

import ast

import pytest

from fitsense.params import ROOT

PACKAGE = ROOT / "lib" / "fitsense"
EVERYWHERE = {"params", "artifacts", "near_duplicates", "plots", "statistics"}
MAY_IMPORT = {
    "contracts": set(),
    "knowledge": {"contracts"},
    "safety": {"contracts", "knowledge"},
    "planning": {"contracts", "knowledge", "safety"},
    "synthesis": {"contracts", "knowledge", "safety", "planning"},
    "teacher": {"contracts", "knowledge", "safety", "planning"},
    "models": {"contracts"},
    "distillation": {"contracts", "models"},
    "validation": {"contracts", "safety"},
    "training": {"contracts", "models"},
    "evaluation": {"contracts", "knowledge", "safety", "models"},
    "coach": {"contracts", "knowledge", "safety", "planning", "models"},
    "app": {"coach", "contracts", "knowledge"},
}


# Modules beside the rooms that rest on some of them; cli and pipeline may import every room.
BESIDE = {
    "report": {"artifacts", "evaluation", "page_style", "params"},
    "showcase": {"artifacts", "contracts", "knowledge", "page_style", "params", "planning", "safety"},
    "drift_page": {"artifacts", "page_style", "params", "validation"},
    "page_style": set(),
}


def imported_rooms(path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else (
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
        names |= {module.split(".")[1] for module in modules if module.startswith("fitsense.")}
        if isinstance(node, ast.ImportFrom) and node.module == "fitsense":
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_room_imports_only_what_it_may(room):
    allowed = MAY_IMPORT[room] | {room} | (EVERYWHERE if room != "contracts" else set())
    paths = sorted((PACKAGE / room).rglob("*.py"))
    assert len(paths) > 1, f"{room} is an empty room"
    for path in paths:
        assert imported_rooms(path) <= allowed, f"{path.relative_to(ROOT)} imports {imported_rooms(path) - allowed}"


@pytest.mark.parametrize("module", sorted(BESIDE))
def test_modules_beside_the_rooms_import_only_what_they_may(module):
    assert imported_rooms(PACKAGE / f"{module}.py") <= BESIDE[module]


def test_every_room_is_in_the_table():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == set(MAY_IMPORT)


def test_nothing_imports_a_notebook_and_foundations_import_no_room():
    for name in sorted(EVERYWHERE):
        assert imported_rooms(PACKAGE / f"{name}.py") <= EVERYWHERE
