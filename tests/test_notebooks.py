"""Notebooks: short cells, no logic of their own, parameters that are read, stored without outputs."""

import ast
import re

import nbformat
import pytest

from fitsense.artifacts import STAGES
from fitsense.params import ROOT

NOTEBOOKS = [ROOT / "notebooks" / f"{stage}.ipynb" for stage in STAGES]
PARAMETERS = {"PARAMS_FILE": "params/smoke.yaml", "RUN_ID": "", "OVERRIDES": []}
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Try)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_are_exactly_seven():
    assert sorted((ROOT / "notebooks").glob("*.ipynb")) == NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_size_and_purity(path):
    cells = code_cells(path)
    assert len(cells) <= 15 and sum(len(cell.source.splitlines()) for cell in cells) <= 120
    for cell in cells:
        assert len(cell.source.splitlines()) <= 20, cell.source
        assert not re.search(r"^\s*[!%]|sys\.path|\bopen\(|cuda|is_available", cell.source, re.M), cell.source
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, FORBIDDEN)], cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_are_the_three_literals_and_all_read(path):
    cells = code_cells(path)
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assigned = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(tagged[0].source).body}
    assert assigned == PARAMETERS
    rest = "\n".join(cell.source for cell in cells if cell is not tagged[0])
    assert all(re.search(rf"\b{name}\b", rest) for name in PARAMETERS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_story_opens_its_stage_asserts_and_finishes(path):
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    for word in ("**Reads**", "**Writes**", "**Takes**", f'open_stage("{path.stem}"', "assert ", "stage.finish(", "learned"):
        assert word in text, f"{path.name}: no {word}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs_and_kernel_noise(path):
    notebook = nbformat.read(path, as_version=4)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"} and len(notebook.metadata.language_info) == 1
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
