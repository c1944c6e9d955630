"""The simulated world: equal bytes, keys that hold, plausible people, questions that keep their contracts."""

import re
from collections import Counter

import numpy as np
import pytest
from sqlalchemy.exc import IntegrityError

from fitsense.artifacts import ArtifactError
from fitsense.contracts.plan import iter_entries
from fitsense.contracts.requests import INPUTS, INSTRUCTIONS, PROMPT_TYPES, make_request, user_turn
from fitsense.contracts.strictness import CONTROL, check_contract
from fitsense.contracts.tables import TABLES, ddl_text
from fitsense.knowledge.exercises import load_exercises
from fitsense.params import SynthesisParams
from fitsense.safety.screening import ACCESS_ORDER, read_words, screen
from fitsense.safety.triage import triage_text
from fitsense.synthesis import figures, views
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.people import simulate_people
from fitsense.synthesis.storage import load_database, make_sqlite, read_tables
from fitsense.synthesis.world import digest_files, simulate, write_world

PARAMS = SynthesisParams(n_users=40, n_days=28)
RECORD_KEYS = ["query_id", "user_id", "scenario_id", "prompt_type", "slice_tags", "expected_safety_constraints",
               "context_summary", "instruction", "input"]


@pytest.fixture(scope="module")
def world():
    return simulate(PARAMS, 7)


@pytest.fixture(scope="module")
def town():
    """More people, fewer days: for shares."""
    return simulate(SynthesisParams(n_users=200, n_days=14), 7)


def strings_of(value):
    """Every string inside nested JSON."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings_of(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings_of(inner)]
    return [value] if isinstance(value, str) else []


def test_same_seed_same_bytes_other_seed_other_bytes(world, tmp_path):
    first = write_world(world, tmp_path / "a")
    assert {path.name for path in first} == {f"{name}.parquet" for name in TABLES} | {"tables.sql", "queries.jsonl"}
    assert digest_files(write_world(simulate(PARAMS, 7), tmp_path / "b")) == digest_files(first)
    assert digest_files(write_world(simulate(PARAMS, 8), tmp_path / "c")) != digest_files(first)


def test_a_person_is_the_same_in_any_partition(world):
    alone = simulate_people(PARAMS, 7, [31, 3])
    assert [person.user_id for person in alone] == [31, 3]
    assert [person.profile for person in alone] == [world.people[30].profile, world.people[2].profile]


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


def test_people_are_plausible():
    people = simulate_people(SynthesisParams(n_users=300), 7)
    infos = [person.profile.personal_info for person in people]
    assert min(info.age for info in infos) >= 14 and max(info.age for info in infos) <= 85
    assert {person.slice_tags["age_band"] for person in people} == {"under_18", "18-24", "25-34", "35-44", "45-54",
                                                                    "55-64", "65+"}
    heights = {sex: np.mean([info.height_cm for info in infos if info.gender == sex]) for sex in ("male", "female")}
    assert 172 < heights["male"] < 179 and 159 < heights["female"] < 166
    shares = Counter(person.health.flag for person in people)
    assert 0.2 < (shares["injury"] + shares["both"]) / 300 < 0.4
    assert 0.2 < (shares["medical"] + shares["both"]) / 300 < 0.45
    short = np.mean([person.profile.preferences.workout_duration <= 30 for person in people])
    assert 0.5 < short < 0.8


def test_conditions_fit_the_person():
    people = simulate_people(SynthesisParams(n_users=150), 11)
    rows = {row["name"]: row for row in read_yaml("people.yaml")["conditions"]}
    named = [(person, name, words) for person in people for name, words in person.health.conditions]
    assert len({name for _, name, _ in named}) > 10
    for person, name, words in named:
        low, high = rows[name]["ages"]
        assert low <= person.profile.personal_info.age <= high and words in rows[name]["phrases"]
        assert person.profile.personal_info.gender in rows[name].get("sexes", [person.profile.personal_info.gender])


def test_screening_recognises_every_condition_but_the_rare_ones():
    for row in read_yaml("people.yaml")["conditions"]:
        for phrase in row["phrases"]:
            found, unknown = read_words(phrase)
            rare = row["name"] == "something rare"
            assert bool(unknown) == rare and bool(found) != rare, (phrase, unknown)


def test_feedback_names_exercises_within_reach():
    catalogue = load_exercises()
    for person in simulate_people(SynthesisParams(n_users=100), 7):
        reach = ACCESS_ORDER.index(person.profile.preferences.equipment_access)
        for workout in person.profile.feedback.previous_workouts:
            assert ACCESS_ORDER.index(catalogue[workout.exercise].access) <= reach


def test_training_follows_the_plan_and_gets_heavier():
    world = simulate(SynthesisParams(n_users=30, n_days=90), 7)
    gains = []
    for person in world.people:
        plan, life = world.plans[person.user_id], world.lives[person.user_id]
        assert all(0 <= session.day < 90 for session in life.sessions)
        for session in life.sessions:
            planned = plan.workout_plan.weekly_schedule[session.plan_day]
            assert life.date_of(session.day).strftime("%A") == planned.day
            assert [len(done) for done in session.sets] == [entry.sets for entry in planned.exercises]
        lifts = figures.lift_history(world, person.user_id)
        for _, one in lifts.groupby("name"):
            if len(one) >= 8:
                gains.append(one.e1rm.tail(3).mean() / one.e1rm.head(3).mean() - 1)
    assert len(gains) > 25 and 0.01 < np.median(gains) < 0.2


def test_no_calories_are_logged_where_a_number_would_harm(town):
    spared = [person.user_id for person in town.people if not screen(person.profile).allow_calorie_number]
    assert spared
    for name in ("calorie_targets", "calorie_intake_logs"):
        assert not set(spared) & set(town.tables[name].user_id)
        assert len(town.tables[name])


def test_body_mass_moves_slowly_and_some_days_are_missing(world):
    for person in world.people:
        log = world.lives[person.user_id].weight
        assert len(log) < PARAMS.n_days
        start = person.profile.personal_info.weight_kg
        assert all(abs(value - start) < 2.5 + start * 0.01 * PARAMS.n_days / 7 for value in log.values())


def test_one_question_of_each_type_and_contracts_hold(world):
    assert len(world.queries) == 5 * PARAMS.n_users
    assert len({query["query_id"] for query in world.queries}) == len(world.queries)
    for start in range(0, len(world.queries), 5):
        assert [query["prompt_type"] for query in world.queries[start:start + 5]] == list(PROMPT_TYPES)
    for query in world.queries:
        assert list(query) == RECORD_KEYS
        assert query["instruction"] == INSTRUCTIONS[query["prompt_type"]]
        assert re.fullmatch(r"q-\d{6}-\d+", query["query_id"]) and re.fullmatch(r"[a-z0-9-]+", query["scenario_id"])
        check_contract(INPUTS[query["prompt_type"]], query["input"], query["query_id"])
        assert not any(CONTROL.search(text) or "\n" in text or "{" in text for text in strings_of(query["input"]))
        assert "\n" not in query["context_summary"]
    assert views.count_invalid(world) == 0


def test_count_invalid_sees_a_broken_question(world):
    broken = {**world.queries[1], "input": {**world.queries[1]["input"], "request": ""}}
    assert views.count_invalid(type(world)(world.people, world.plans, world.lives, world.tables, [broken])) == 1


def test_more_questions_than_types_cycle():
    world = simulate(SynthesisParams(n_users=10, n_days=28, questions_per_user=12), 7)
    types = [query["prompt_type"] for query in world.queries if query["user_id"] == 4]
    assert types == [PROMPT_TYPES[number % 5] for number in range(12)]


def test_slice_tags_are_the_five_of_the_design(world):
    for query in world.queries:
        person = world.people[query["user_id"] - 1]
        tags = query["slice_tags"]
        assert list(tags) == ["age_band", "sex", "goal_type", "activity_level", "condition_flag"]
        assert tags["goal_type"] == person.profile.goals[0] and tags["sex"] == person.profile.personal_info.gender
        has = (bool(person.profile.constraints.injuries), bool(person.profile.constraints.conditions))
        expected = {(False, False): "none", (True, False): "injury", (False, True): "medical", (True, True): "both"}
        assert tags["condition_flag"] == expected[has]


def test_plan_requests_carry_derived_numbers_and_readable_limits(world):
    for query in world.queries:
        if query["prompt_type"] == "plan_creation":
            assert query["input"]["derived"]["sessions"] >= 1
        if query["prompt_type"] != "safety_adjustment":
            assert set(query["expected_safety_constraints"]) >= {"avoid", "referral", "min_rir", "calorie_number"}


def test_change_requests_name_only_what_is_true(town):
    kinds = Counter()
    for query in town.queries:
        if query["prompt_type"] != "plan_modification":
            continue
        kinds[query["scenario_id"]] += 1
        asked, text = query["input"], query["input"]["request"]
        if query["scenario_id"] in ("modify-dislike", "modify-too-hard", "modify-too-easy"):
            names = [one["name"] for day in asked["plan"] for one in day["exercises"]]
            assert any(name in text for name in names)
        if query["scenario_id"] == "modify-fewer-days":
            assert int(re.search(r"(\d+) day", text)[1]) < len(asked["plan"])
        if query["scenario_id"] == "modify-less-time" and asked["person"]["workout_duration"] > 10:
            assert int(re.search(r"\d+", text)[0]) < asked["person"]["workout_duration"]
    assert set(kinds) == {f"modify-{kind}" for kind in read_yaml("requests.yaml")["modification"]}


def test_logs_are_short_and_every_session_counts():
    world = simulate(SynthesisParams(n_users=80, n_days=42), 7)
    lengths, seen = [], Counter()
    for query in world.queries:
        if query["prompt_type"] != "progress_adaptation":
            continue
        lengths.append(len(user_turn(make_request(query["prompt_type"], query["input"]))))
        seen[len(query["input"]["logs"])] += 1
        life = world.lives[query["user_id"]]
        for week in query["input"]["logs"]:
            assert len(week["sessions"]) == sum(one.week == week["week"] - 1 for one in life.sessions)
            assert week["sessions_planned"] == len(query["input"]["plan"])
    assert set(seen) == {0, 1, 2, 3, 4}
    assert max(lengths) < 2850 and np.median(lengths) < 2000


def test_compact_plan_is_the_plan(world):
    query = world.queries[1]
    named = [one["name"] for day in query["input"]["plan"] for one in day["exercises"]]
    assert named == [entry.name for _, entry in iter_entries(world.plans[1])]


def scenario_phrases():
    """(expected class, phrase) of every phrase of the scenario table."""
    for row in read_yaml("safety_messages.yaml")["scenarios"]:
        for phrase in row["say"]:
            yield row["triage"], phrase.format(exercise="Goblet Squat")


def test_scenario_table_is_sound():
    rows = read_yaml("safety_messages.yaml")["scenarios"]
    by_id = {row["id"]: row for row in rows}
    assert len(by_id) == len(rows)
    pairs = [(row, by_id[row["pair"]]) for row in rows if "pair" in row]
    assert len(pairs) >= 15 and all(row["triage"] != other["triage"] for row, other in pairs)
    assert len({phrase for _, phrase in scenario_phrases()}) >= 150


def test_triage_agrees_with_the_scenario_table():
    judged = [(expected, triage_text(phrase).triage, phrase) for expected, phrase in scenario_phrases()]
    wrong = [row for row in judged if row[0] != row[1]]
    assert len(wrong) <= 0.03 * len(judged), wrong
    missed = [row for row in wrong if row[0] == "emergency"]
    assert not missed, missed


def test_safety_messages_cover_the_four_classes_in_their_shares(town):
    expected = [query["expected_safety_constraints"] for query in town.queries
                if query["prompt_type"] == "safety_adjustment"]
    shares = Counter(one["triage"] for one in expected)
    for name, percent in read_yaml("safety_messages.yaml")["shares"].items():
        assert abs(shares[name] / 200 - percent / 100) < 0.09


def test_coaching_questions_vary_and_carry_facts(world):
    asked = [query["input"] for query in world.queries if query["prompt_type"] == "coaching_question"]
    assert sum(len(row["say"]) for row in read_yaml("requests.yaml")["coaching"].values()) >= 40
    assert all(one["facts"] for one in asked) and len({one["question"] for one in asked}) > 15


def test_figures_draw_every_person(world):
    import matplotlib.pyplot as plt

    for draw in (figures.draw_population, figures.draw_health, figures.draw_wishes, figures.draw_questions):
        assert len(draw(world).axes) >= 2
    for user_id in (1, 17, 40):
        assert len(figures.draw_life(world, user_id).axes) >= 4
    plt.close("all")
    assert len(views.show_questions(world, 3)) == 5 and len(views.show_plan(world, 3))
    assert len(views.table_sizes(world)) == 25
