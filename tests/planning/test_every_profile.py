"""Plans of any profile at all keep every limit: hypothesis looks for one that does not."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from any_profile import any_profile, list_health_words
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from planning_people import spread_profiles

from fitsense.contracts.plan import MAX_ENTRIES_PER_WEEK, MAX_NOTE_WORDS, Plan, iter_entries
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import make_request
from fitsense.contracts.strictness import check_contract, dump_compact
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.derive import with_derived
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
from fitsense.safety.energy import calorie_bounds
from fitsense.safety.screening import Limits, is_allowed, load_screening, read_words, screen
from fitsense.safety.session_time import session_minutes
from fitsense.safety.verifier import verify_plan

# No shrinking: a failure shows what was drawn at once, instead of after minutes.
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}
QUICK, DEEP = settings(max_examples=500, derandomize=True, **QUIET), settings(max_examples=5000, **QUIET)
HARMED = ("under_18", "pregnan", "eating_disorder", "postpartum", "very_low_bmi", "wheelchair", "diabetes", "insulin",
          "kidney")


def names_of(plan: Plan) -> list[str]:
    """Every exercise that a plan names, those of its recommendations included."""
    advice = plan.adaptive_recommendations
    return [*(entry.name for _, entry in iter_entries(plan)), *advice.if_too_difficult.modify_exercises,
            *advice.if_too_easy.add_exercises, *advice.if_time_constrained.shortened_version.exercises_to_keep]


def assert_sound(profile: Profile) -> Plan:
    """Whatever must hold of every plan; the verifier's own rules and, written anew here, the ones that matter most."""
    plan, limits = prescribe(profile), screen(profile)
    assert verify_plan(profile, plan) == []
    assert check_contract(Plan, plan.model_dump(mode="json"), "plan") == plan
    sessions, asked = plan.workout_plan.weekly_schedule, profile.preferences
    assert len(list(iter_entries(plan))) <= MAX_ENTRIES_PER_WEEK and 1 <= len(sessions) <= asked.days_per_week
    for session in sessions:
        minutes = session_minutes(session.exercises, limits)
        assert minutes <= session.duration <= asked.workout_duration
        assert all(len(entry.notes.split()) <= MAX_NOTE_WORDS for entry in session.exercises)
    for name in names_of(plan):
        exercise = find_exercise(name)
        assert is_allowed(exercise, limits, asked.equipment_access, profile.personal_info.fitness_level) is None
    assert_food_is_safe(profile, limits, plan)
    return plan


def assert_food_is_safe(profile: Profile, limits: Limits, plan: Plan) -> None:
    """Calories within bounds, none where a number would harm; macros that add up."""
    food = plan.nutrition_suggestions
    bounds = calorie_bounds(profile, limits)
    assert (food.calorie_target is None) == (bounds is None)
    assert bounds is None or bounds[0] <= food.calorie_target <= bounds[1]
    if any(part in rule for rule, _ in limits.reasons for part in HARMED):
        assert food.calorie_target is None
    assert food.macros.protein + food.macros.carbs + food.macros.fat == 100


@QUICK
@given(any_profile())
def test_every_profile_has_a_sound_plan(profile):
    assert_sound(profile)


@pytest.mark.full
@pytest.mark.parametrize("piece", range(4))
def test_20000_profiles_have_a_sound_plan(piece):
    seed(piece)(DEEP(given(any_profile())(assert_sound_only)))()


def assert_sound_only(profile):
    """For hypothesis, whose functions return nothing."""
    assert_sound(profile)


def decide(profile: Profile) -> list:
    """All of a plan but its wording: what is trained and eaten, and the signs to stop on."""
    plan = prescribe(profile)
    adaptations = plan.workout_plan.adaptations.model_dump(exclude={"referral"})
    return [plan.workout_plan.weekly_schedule, plan.workout_plan.progression_plan, plan.nutrition_suggestions,
            plan.adaptive_recommendations, adaptations, re.findall(r"Stop on [^.]*", plan.workout_plan.overview)]


@settings(max_examples=50, derandomize=True, **QUIET)
@given(any_profile(), st.randoms(use_true_random=False))
def test_the_order_in_which_limits_are_told_decides_nothing(profile, rng):
    def shuffle(listed: list) -> list:
        return rng.sample(listed, len(listed))

    value = profile.model_dump(mode="json")
    for key in ("injuries", "conditions", "medications", "allergies"):
        if value["constraints"].get(key):
            value["constraints"][key] = shuffle(value["constraints"][key])
    value["goals"] = [*value["goals"][:1], *shuffle(value["goals"][1:])]
    assert decide(check_contract(Profile, value, "profile")) == decide(profile)


@settings(max_examples=40, derandomize=True, **QUIET)
@given(any_profile(), st.integers(0, 100), st.lists(st.floats(25, 350), max_size=12), st.integers(0, 8000))
def test_game_and_history_change_nothing(profile, stat, weights, eaten):
    value = profile.model_dump(mode="json")
    value["gamified_stats"] = {"health": stat, "strength": stat, "agility": stat, "endurance": stat, "xp": stat, "level": 3}
    value["metrics"] |= {"weight_history": weights, "calorie_intake": eaten}
    value["personal_info"]["training_years"] = stat / 2
    value["constraints"]["location"] = "garage"
    other = with_derived(check_contract(Profile, value, "profile"))
    answer = respond(make_request("plan_creation", profile))
    assert respond(make_request("plan_creation", other)) == answer
    assert prescribe(profile) == prescribe(other)


def digest_plans() -> str:
    """One digest of the plans of people from every corner."""
    plans = "\n".join(dump_compact(prescribe(profile)) for profile in spread_profiles(40))
    return hashlib.sha256(plans.encode()).hexdigest()


def test_another_process_with_other_hashes_writes_the_same_plans():
    here = Path(__file__).parent
    code = f"import sys; sys.path.insert(0, {str(here)!r}); import test_every_profile as t; print(t.digest_plans())"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == digest_plans()


def test_the_words_cover_every_row_of_the_screening_tables():
    table, words = load_screening(), list_health_words()
    rows = [*table["words"], *table["injury_words"]]
    assert [row["rule_id"] for row in rows if not any(row["pattern"].search(text) for text in words)] == []
    when = {row["rule_id"] for row in rows if "when" in row}
    known = {rule for text in words for rule in (row["rule_id"] for row in read_words(text)[0])}
    assert {row["rule_id"] for row in rows} - known <= when
