"""The page of hard profiles is what the code writes, every plan on it verifies, and it needs nothing from outside."""

import re

import pytest

from fitsense.contracts.plan import iter_entries
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.prescribe import prescribe
from fitsense.planning.splits import EASY_KINDS
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import screen
from fitsense.safety.verifier import verify_plan
from fitsense.showcase import PAGE, load_people, render_page

MOST_BYTES = 300_000


def find_plan(words: str):
    """Profile and plan of the person whose line begins with these words."""
    profile = next(profile for who, profile in load_people() if who.startswith(words))
    return profile, prescribe(profile)


def list_names(plan) -> list[str]:
    return [entry.name for _, entry in iter_entries(plan)]


def test_the_committed_page_is_what_the_code_writes():
    page = render_page()
    assert page == render_page() and len(page.encode()) < MOST_BYTES
    assert PAGE.read_text(encoding="utf-8") == page, "stale: run python -m fitsense.showcase"


def test_the_page_needs_nothing_from_outside_and_suits_phones_and_dark_rooms():
    page = render_page()
    assert not re.search(r"<script|<link|src=|url\(|@import", page)
    assert 'name="viewport"' in page and "prefers-color-scheme:dark" in page
    assert page.count("<section id=") == len(load_people()) >= 22


@pytest.mark.parametrize(("who", "profile"), load_people(), ids=lambda value: value[:30] if isinstance(value, str) else "")
def test_every_plan_verifies(who, profile):
    assert verify_plan(profile, prescribe(profile)) == []


def test_no_weight_loss_plan_where_a_deficit_would_harm():
    for who in ("Eight weeks after birth", "An eating-disorder"):
        plan = find_plan(who)[1]
        assert "Weight Loss" not in plan.workout_plan.name and plan.nutrition_suggestions.calorie_target is None


def test_eating_disorder_and_very_low_weight_keep_weeks_small():
    for who, most in (("An eating-disorder", 4), ("A woman with a body mass index of 16", 3)):
        profile, plan = find_plan(who)
        assert len(plan.workout_plan.weekly_schedule) <= most == screen(profile).max_days
        assert all(session.duration <= 45 for session in plan.workout_plan.weekly_schedule)
        assert "150" not in str(plan.workout_plan.progression_plan)


def test_heart_and_pressure_get_steady_work_and_light_sets():
    plan = find_plan("High blood pressure")[1]
    for session in plan.workout_plan.weekly_schedule:
        assert session.exercises[-1].duration >= 10
        assert all(entry.sets <= 2 for entry in session.exercises)
    names = list_names(plan)
    assert not {"Barbell Row", "Barbell Deadlift", "Barbell Back Squat"} & set(names)


def test_nothing_on_the_floor_for_the_frail_the_operated_and_the_very_heavy():
    for who in ("A frail woman", "Abdominal surgery", "A man with a body mass index of 46"):
        plan = find_plan(who)[1]
        assert not any("floor" in find_exercise(name).flags for name in list_names(plan)), who


def test_no_free_weight_over_the_face_with_seizures():
    names = list_names(find_plan("Epilepsy")[1])
    assert not any({"over_face", "fall_risk"} & set(find_exercise(name).flags) for name in names)


def test_whole_body_days_are_never_neighbours():
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for who, profile in load_people():
        week = prescribe(profile).workout_plan.weekly_schedule
        kinds = {row["focus"]: kind for kind, row in load_tables()["days"].items()}
        hard = [days.index(session.day) for session in week if kinds[session.focus] not in EASY_KINDS]
        if len(hard) <= 3:
            assert all(later - early > 1 for early, later in zip(hard, hard[1:], strict=False)), who


def test_stop_signs_are_those_of_the_condition():
    for who, sign in (("Pregnant", "contractions"), ("Chest tightness", "emergency"), ("Type 1", "shaking")):
        assert sign in find_plan(who)[1].workout_plan.overview
