"""World: everything one experiment simulates, people, plans, lives, tables and questions, and how it is written down.

The same parameters and seed give the same bytes. Knows nothing of teachers.
"""

import gc
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from fitsense.artifacts import write_jsonl
from fitsense.contracts.plan import Plan
from fitsense.params import SynthesisParams
from fitsense.planning.derive import with_derived
from fitsense.planning.prescribe import prescribe
from fitsense.synthesis.life import Life, live_days
from fitsense.synthesis.people import SimulatedPerson, simulate_people
from fitsense.synthesis.queries import Asker, write_queries
from fitsense.synthesis.rows import build_tables
from fitsense.synthesis.storage import write_tables


@dataclass(frozen=True)
class World:
    """People, their plans and lives by user id, the relational tables, and the questions."""

    people: list[SimulatedPerson]
    plans: dict[int, Plan]
    lives: dict[int, Life]
    tables: dict[str, pd.DataFrame]
    queries: list[dict]


def simulate(params: SynthesisParams, seed: int, user_ids: Sequence[int] | None = None, catalogue: bool = True) -> World:
    """Simulate everybody, or only those named; nothing is written. `catalogue`: with the tables that are not of people."""
    with _no_garbage_collection():
        drawn = simulate_people(params, seed, user_ids)
        people = [replace(person, profile=with_derived(person.profile)) for person in drawn]
        plans = {person.user_id: prescribe(person.profile) for person in people}
        lives = {person.user_id: live_days(person, plans[person.user_id], params, seed) for person in people}
        askers = [Asker(person, plans[person.user_id], lives[person.user_id], seed) for person in people]
        queries = [record for asker in askers for record in write_queries(asker, params, seed)]
        return World(people, plans, lives, build_tables(people, plans, lives, catalogue), queries)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Nothing made here is garbage before the end: looking for it costs a seventh of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write_world(world: World, folder: Path) -> list[Path]:
    """Write the tables, `tables.sql` and `queries.jsonl`; returns the paths."""
    return [*write_tables(world.tables, folder), write_jsonl(folder / "queries.jsonl", world.queries)]


def digest_files(paths: list[Path]) -> str:
    """One sha256 over files' names and bytes: equal worlds, equal digests."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        name = f"{path.parent.name}/{path.name}" if path.parent.suffix == ".parquet" else path.name
        digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()
