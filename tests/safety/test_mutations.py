"""The verifier against seeded faults of every kind, on plans the engine wrote for varied people; and against right plans."""

import copy
import random
from functools import cache

import pytest
import training_faults  # noqa: F401 (registers its faults)
import word_faults  # noqa: F401 (registers its faults)
from plan_faults import FAULTS, PEOPLE, Seeding, free_day, make_seeding, person
from test_screening import make_profile

from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import BODY_PARTS, Profile
from fitsense.contracts.requests import make_request
from fitsense.contracts.strictness import check_contract, dump_compact
from fitsense.planning.prescribe import prescribe
from fitsense.safety.session_time import session_minutes
from fitsense.safety.verifier import verify_answer, verify_plan

N_PLANS, MOST_FALSE_ALARMS, LEAST_TRIED, MOST_TRIED = 1000, 0.01, 3, 8


@cache
def plan_of(name: str) -> tuple[Profile, Plan]:
    """One of the people and the engine's plan for them."""
    return person(name), prescribe(person(name))


def test_there_are_many_kinds_of_fault():
    assert len(FAULTS) >= 45


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_kind_of_fault_is_caught_wherever_it_fits(name):
    fault, tried, missed = FAULTS[name], 0, []
    for one in random.Random(name).sample(fault.people, len(fault.people)):
        profile, plan = plan_of(one)
        seeding = make_seeding(profile, plan)
        if tried == MOST_TRIED or not fault.seed(seeding):
            continue
        tried += 1
        request = make_request("plan_creation", profile)
        found = {violation.rule_id for violation in verify_answer(request, dump_compact(seeding.value))}
        if not found & fault.rules:
            missed.append((one, found))
    assert missed == []
    assert tried >= LEAST_TRIED, f"{name} was tried on {tried} people only"


def rename_plan(at: Seeding, rng: random.Random):
    at.value["workout_plan"]["name"] = rng.choice(["My week", "Strong start", "A week to like"])


def turn_round_two_alike(at: Seeding, rng: random.Random):
    for session in at.week:
        timed = [entry for entry in session["exercises"] if "duration" in entry]
        counted = [entry for entry in session["exercises"] if "duration" not in entry]
        rng.shuffle(counted)
        session["exercises"] = [*counted, *timed]


def one_set_fewer(at: Seeding, rng: random.Random):
    entry = rng.choice(at.entries())
    entry["sets"] = max(1, entry["sets"] - 1)


def longer_rest_where_there_is_time(at: Seeding, rng: random.Random):
    most = min(at.profile.preferences.workout_duration, at.limits.max_session_min)
    for session in at.week:
        before = copy.deepcopy(session)
        for entry in session["exercises"]:
            entry["rest"] += 15 if "duration" not in entry else 0
        entries = check_contract(Plan, at.value, "plan").workout_plan.weekly_schedule[at.week.index(session)].exercises
        session["duration"] = max(session_minutes(entries, at.limits), session["duration"])
        if session["duration"] > most:
            session.update(before)


def more_in_reserve(at: Seeding, rng: random.Random):
    for entry in at.entries("strength"):
        entry["intensity"] = "RIR 4"


def another_day(at: Seeding, rng: random.Random):
    at.week[-1]["day"] = free_day(at.week) or at.week[-1]["day"]


def plainer_words(at: Seeding, rng: random.Random):
    at.value["workout_plan"]["overview"] = "A calm week: no jumping, nothing deep, never through pain. Warm up first."


HARMLESS = [rename_plan, turn_round_two_alike, one_set_fewer, longer_rest_where_there_is_time, more_in_reserve, another_day,
            plainer_words]


def varied_people(n: int) -> list[Profile]:
    """People made of two of the table's each, with other ages, days, minutes and levels."""
    rng, people = random.Random(0), []
    for _ in range(n):
        one, other = (PEOPLE[name] for name in rng.sample(sorted(PEOPLE), 2))
        people.append(make_profile(**{
            "age": rng.randint(13, 95), "workout_duration": rng.randint(10, 120), "days_per_week": rng.randint(1, 7),
            "fitness_level": rng.choice(["beginner", "intermediate", "advanced"]), "weight_kg": rng.uniform(45, 140),
            "equipment_access": rng.choice(["no_equipment", "home_gym", "full_gym"]), **one,
            **{key: other[key] for key in ("injuries", "diet", "conditions", "age") if key in other},
            **({"injuries": rng.sample(BODY_PARTS, 2)} if rng.random() < 0.1 else {})}))
    return people


def test_right_plans_and_harmless_edits_raise_no_alarm():
    rng, alarms, n_edits = random.Random(1), [], 0
    for index, profile in enumerate(varied_people(N_PLANS)):
        plan = prescribe(profile)
        alarms += [(index, "as written", found.rule_id, found.reason) for found in verify_plan(profile, plan)]
        seeding, edit = make_seeding(profile, plan), HARMLESS[index % len(HARMLESS)]
        edit(seeding, rng)
        n_edits += 1
        edited = check_contract(Plan, seeding.value, "plan")
        alarms += [(index, edit.__name__, found.rule_id, found.reason) for found in verify_plan(profile, edited)]
    assert len({alarm[:2] for alarm in alarms}) <= MOST_FALSE_ALARMS * (N_PLANS + n_edits), alarms[:5]
    assert [alarm for alarm in alarms if alarm[1] == "as written"] == []
