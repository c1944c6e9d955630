"""The simulated world: equal bytes, keys that hold, nothing implausible, figures that draw."""

import pytest
from sqlalchemy.exc import IntegrityError

from fitsense.artifacts import ArtifactError
from fitsense.contracts.tables import TABLES, ddl_text
from fitsense.params import SynthesisParams
from fitsense.synthesis import figures, views
from fitsense.synthesis.storage import load_database, make_sqlite, read_tables
from fitsense.synthesis.world import digest_files, simulate, write_world
from fitsense.validation.plausibility import find_implausible

PARAMS = SynthesisParams(n_users=40, n_days=28)


@pytest.fixture(scope="module")
def world():
    return simulate(PARAMS, 7)


def test_same_seed_same_bytes_other_seed_other_bytes(world, tmp_path):
    first = write_world(world, tmp_path / "a")
    assert {path.name for path in first} == {f"{name}.parquet" for name in TABLES} | {"tables.sql", "queries.jsonl"}
    assert digest_files(write_world(simulate(PARAMS, 7), tmp_path / "b")) == digest_files(first)
    assert digest_files(write_world(simulate(PARAMS, 8), tmp_path / "c")) != digest_files(first)


def test_a_person_is_the_same_in_any_partition(world):
    alone = simulate(PARAMS, 7, [31, 3])
    assert [person.user_id for person in alone.people] == [31, 3]
    assert [person.profile for person in alone.people] == [world.people[30].profile, world.people[2].profile]
    assert alone.queries[:5] == [query for query in world.queries if query["user_id"] == 31]


def test_fewer_people_are_a_prefix_of_the_rows(world):
    few = simulate(SynthesisParams(n_users=10, n_days=28), 7)
    assert few.queries == [query for query in world.queries if query["user_id"] <= 10]
    for name in ("workout_sets", "weight_logs", "plan_exercises"):
        assert few.tables[name].equals(world.tables[name].head(len(few.tables[name])))


def test_parquet_reads_back_and_keys_hold(world, tmp_path):
    write_world(world, tmp_path)
    tables = read_tables(tmp_path)
    counts = load_database(tables, make_sqlite(str(tmp_path / "town.db")))
    assert counts == {name: len(frame) for name, frame in world.tables.items()}
    assert counts["workout_sets"] > 1000 and counts["ai_interactions"] == 0
    (tmp_path / "goals.parquet").unlink()
    with pytest.raises(ArtifactError, match="goals.parquet"):
        read_tables(tmp_path)


@pytest.mark.parametrize("table, column, bad", [("workouts", "user_id", 999_999), ("plan_exercises", "exercise_id", 0),
                                                ("user_profiles", "age", 7), ("weight_logs", "weight_kg", 900.0)])
def test_a_broken_row_is_refused_by_the_database(world, table, column, bad):
    broken = dict(world.tables)
    broken[table] = broken[table].copy()
    broken[table].loc[broken[table].index[0], column] = bad
    with pytest.raises(IntegrityError):
        load_database(broken, make_sqlite())


def test_ddl_alone_builds_every_table():
    import sqlite3

    connection = sqlite3.connect(":memory:")
    connection.executescript(ddl_text())
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert found == set(TABLES) and len(TABLES) == 25


def test_nothing_implausible_is_found(world):
    assert find_implausible(world.tables) == []


def test_figures_draw_every_person(world):
    import matplotlib.pyplot as plt

    for draw in (figures.draw_population, figures.draw_sources, figures.draw_health, figures.draw_wishes, figures.draw_questions):
        assert len(draw(world).axes) >= 2
    for user_id in (1, 17, 40):
        assert len(figures.draw_life(world, user_id).axes) >= 4
    plt.close("all")
    assert len(views.show_questions(world, 3)) == 5 and len(views.show_plan(world, 3))
    assert len(views.table_sizes(world.tables)) == 25
