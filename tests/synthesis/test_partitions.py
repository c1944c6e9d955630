"""Partitions: any number of workers and any subset of people, the same bytes."""

import pandas as pd
import pytest

from fitsense.artifacts import read_jsonl
from fitsense.contracts.tables import TABLES
from fitsense.params import SynthesisParams
from fitsense.synthesis.partitions import count_partitions, simulate_partition, write_partitions
from fitsense.synthesis.rows import CATALOGUE
from fitsense.synthesis.storage import load_database, make_sqlite, read_tables
from fitsense.synthesis.world import digest_files, simulate, write_world

PARAMS = SynthesisParams(n_users=50, n_days=21, partition_size=20)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one-worker")
    return folder, write_partitions(PARAMS, 7, folder)


def test_one_and_two_workers_give_equal_bytes(written, tmp_path):
    two = write_partitions(PARAMS.model_copy(update={"workers": 2}), 7, tmp_path)
    assert [path.relative_to(tmp_path) for path in two] == [path.relative_to(written[0]) for path in written[1]]
    assert digest_files(two) == digest_files(written[1])
    other_seed = write_partitions(PARAMS, 8, tmp_path)
    assert digest_files(other_seed) != digest_files(written[1])


def test_parts_together_are_the_whole_world(written):
    folder, _ = written
    assert count_partitions(PARAMS) == 3 and len(list((folder / "workouts.parquet").iterdir())) == 3
    whole, tables = simulate(PARAMS, 7), read_tables(folder)
    assert read_jsonl(folder / "queries.jsonl") == whole.queries
    for name in TABLES:
        assert len(pd.read_parquet(folder / f"{name}.parquet")) == len(tables[name]) == len(whole.tables[name]), name
    assert tables["workout_sets"].weight_kg.tolist() == whole.tables["workout_sets"].weight_kg.tolist()
    assert load_database(tables, make_sqlite())["users"] == 50
    for name in CATALOGUE:
        assert [path.name for path in (folder / f"{name}.parquet").iterdir()] == ["part-00000.parquet"]


def test_one_partition_is_written_as_files_and_takes_the_place_of_folders(written, tmp_path):
    single = PARAMS.model_copy(update={"partition_size": 50})
    write_partitions(PARAMS, 7, tmp_path)
    paths = write_partitions(single, 7, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in paths} and (tmp_path / "users.parquet").is_file()
    plain = write_world(simulate(single, 7), tmp_path / "plain")
    assert digest_files(plain) == digest_files(paths)


def test_a_partition_alone_is_the_same(written):
    alone = simulate_partition(PARAMS, 7, 2)
    assert [person.user_id for person in alone.people] == list(range(41, 51))
    last = pd.read_parquet(written[0] / "weight_logs.parquet" / "part-00002.parquet")
    assert last.weight_kg.tolist() == alone.tables["weight_logs"].weight_kg.tolist() and len(last) > 20
