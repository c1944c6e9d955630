"""Partitions: the world written piece by piece, by one process or several, always the same bytes.

A partition is `partition_size` people in a row. What is in it follows from (seed, user ids) alone: every person has streams of
their own (numpy SeedSequence), quotas come from (seed, block), so neither the number of workers nor the other partitions
change a byte. One partition is written as `<table>.parquet`; several as `<table>.parquet/part-00000.parquet`, ... .
"""

import shutil
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from fitsense.artifacts import write_jsonl, write_text
from fitsense.contracts.tables import TABLES, ddl_text
from fitsense.params import SynthesisParams
from fitsense.synthesis.storage import write_table
from fitsense.synthesis.world import World, simulate


def count_partitions(params: SynthesisParams) -> int:
    """How many partitions there are."""
    return -(-params.n_users // params.partition_size)


def simulate_partition(params: SynthesisParams, seed: int, number: int) -> World:
    """Simulate one partition (0-based); the catalogue tables are in the first alone."""
    first = number * params.partition_size + 1
    last = min(params.n_users, first + params.partition_size - 1)
    return simulate(params, seed, range(first, last + 1), catalogue=number == 0)


def write_partitions(params: SynthesisParams, seed: int, folder: Path) -> list[Path]:
    """Simulate and write every partition, `tables.sql` and `queries.jsonl`; returns the paths, sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear_tables(folder)
    work, numbers = partial(_write_partition, params, seed, folder), range(count_partitions(params))
    if min(params.workers, len(numbers)) == 1:
        paths = [path for number in numbers for path in work(number)]
    else:
        with ProcessPoolExecutor(min(params.workers, len(numbers)), mp_context=get_context("spawn")) as pool:
            paths = [path for written in pool.map(work, numbers) for path in written]
    return sorted([*paths, write_text(folder / "tables.sql", ddl_text()), _join_queries(folder, len(numbers))])


def _write_partition(params: SynthesisParams, seed: int, folder: Path, number: int) -> list[Path]:
    world = simulate_partition(params, seed, number)
    write_jsonl(_query_part(folder, number), world.queries)
    paths = [_table_path(folder, name, number, count_partitions(params)) for name in TABLES
             if number == 0 or len(world.tables[name])]
    for path in paths:
        name = path.stem if path.parent == folder else path.parent.stem
        write_table(name, world.tables[name], path)
    return paths


def _table_path(folder: Path, name: str, number: int, n_partitions: int) -> Path:
    whole = folder / f"{name}.parquet"
    return whole if n_partitions == 1 else whole / f"part-{number:05d}.parquet"


def _query_part(folder: Path, number: int) -> Path:
    return folder / f".queries-{number:05d}.jsonl"


def _join_queries(folder: Path, n_partitions: int) -> Path:
    """One `queries.jsonl` of all partitions in order, whole or not at all."""
    path, temporary = folder / "queries.jsonl", folder / ".queries.jsonl.partial"
    with temporary.open("wb") as joined:
        for part in (_query_part(folder, number) for number in range(n_partitions)):
            with part.open("rb") as one:
                shutil.copyfileobj(one, joined)
            part.unlink()
    temporary.replace(path)
    return path


def _clear_tables(folder: Path) -> None:
    """Take away the tables of an earlier run: a file must not hide in the place of a folder, nor old parts in it."""
    for name in TABLES:
        path = folder / f"{name}.parquet"
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
