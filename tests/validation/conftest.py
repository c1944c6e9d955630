"""One small world, labelled and distilled once; every test gets a copy it may corrupt."""

import copy

import pytest

from fitsense.artifacts import read_jsonl
from fitsense.distillation.dataset import build_dataset
from fitsense.params import DistillationParams, SynthesisParams
from fitsense.synthesis.world import simulate, write_world
from fitsense.teacher.labelling import label_queries
from fitsense.teacher.rule_based import RuleBasedTeacher
from fitsense.validation.loading import Material, load_material


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """(tables folder, records folder) of a small run made by the real rooms."""
    root = tmp_path_factory.mktemp("run")
    world = simulate(SynthesisParams(n_users=24, n_days=14), 7)
    write_world(world, root / "01")
    label_queries(world.queries, RuleBasedTeacher(), root / "02")
    build_dataset(world.queries, read_jsonl(root / "02/responses.jsonl"), root / "03",
                  DistillationParams(val_fraction=0.2, test_fraction=0.2), 7, count_tokens)
    return root / "01", root / "03"


def count_tokens(turn: str, response: str) -> int:
    """A length without a tokenizer: four characters a token."""
    return (len(turn) + len(response)) // 4


@pytest.fixture(scope="session")
def pristine(folders) -> Material:
    """The material as read, shared; do not change it."""
    return load_material(*folders)


@pytest.fixture
def material(pristine) -> Material:
    """A deep copy to corrupt."""
    tables = {name: frame.copy() for name, frame in pristine.tables.items()}
    return Material(tables, copy.deepcopy(pristine.records), list(pristine.reading))
