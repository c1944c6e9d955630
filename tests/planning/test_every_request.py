"""Answers to any request keep every limit, and so do the plans they lead to: hypothesis looks for one that does not."""

import pytest
from any_request import Asked, any_asked
from hypothesis import HealthCheck, Phase, given, seed, settings
from planning_people import make_profile, spread_profiles

from fitsense.coach.conversation import apply_to_plan, keep_applicable
from fitsense.contracts.changes import Adaptation
from fitsense.contracts.plan import DAYS
from fitsense.contracts.requests import (
    PROMPT_TYPES,
    RESPONSES,
    CompactDay,
    CompactExercise,
    ModificationInput,
    SafetyInput,
    compact_week,
    person_of,
)
from fitsense.contracts.strictness import load_contract
from fitsense.planning.changes import apply_to_week, modify
from fitsense.planning.intents import find_named
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
from fitsense.planning.safety_reply import reply_safety
from fitsense.safety.screening import screen, screen_person
from fitsense.safety.verifier import verify_answer, verify_plan

# No shrinking: a failure shows what was drawn at once, instead of after minutes.
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}
ABOUT_A_WEEK = [kind for kind in PROMPT_TYPES if kind not in ("plan_creation", "coaching_question")]


def assert_answered(asked: Asked, own_plan: bool) -> None:
    """The answer keeps its contract and every rule; its changes can be carried out, and lead to a plan that verifies."""
    text = respond(asked.request)
    assert verify_answer(asked.request, text) == []
    assert respond(asked.request) == text
    contract = RESPONSES[asked.request.prompt_type]
    if contract is None:
        return
    answer = load_contract(contract, text, "answer")
    apply_to_week(asked.request.input.plan, answer.changes)
    if own_plan:
        assert_plan_stays_sound(asked, answer)


def assert_plan_stays_sound(asked: Asked, answer) -> None:
    """Every change fits the plan where the short form of the person says all; elsewhere what does not fit is left out."""
    profile, plan = asked.profile, asked.plan
    kept, left_out = (answer, []) if isinstance(answer, Adaptation) else keep_applicable(profile, plan, answer)
    if screen(profile) == screen_person(person_of(profile)):
        assert left_out == []
    changed = apply_to_plan(profile, plan, kept.changes)
    assert [found for found in verify_plan(profile, changed) if found.severity == "error"] == []


def check_many(prompt_type: str, own_plan: bool, chosen: settings):
    """Look at as many requests as the settings say."""
    return chosen(given(any_asked(prompt_type, own_plan))(lambda asked: assert_answered(asked, own_plan)))


@pytest.mark.parametrize("prompt_type", [kind for kind in PROMPT_TYPES if kind != "plan_creation"])
def test_every_request_is_answered_safely(prompt_type):
    check_many(prompt_type, True, settings(max_examples=40, derandomize=True, **QUIET))()


@pytest.mark.parametrize("prompt_type", ABOUT_A_WEEK)
def test_a_week_that_somebody_else_wrote_is_answered_safely(prompt_type):
    check_many(prompt_type, False, settings(max_examples=25, derandomize=True, **QUIET))()


def test_a_name_without_letters_or_digits_is_no_reason_to_fail():
    week = [CompactDay(day="Monday", exercises=[CompactExercise(name=name, sets=2, reps="8") for name in ("膝", "Push-Up")])]
    assert find_named("I hate ups", week) == ("Push-Up",) and find_named("swap my 膝", week) == ("膝",)


def strange_week(*items: tuple[str, int, str]) -> list[CompactDay]:
    """One exercise a day: (name, sets, reps)."""
    return [CompactDay(day=day, exercises=[CompactExercise(name=name, sets=sets, reps=reps)])
            for day, (name, sets, reps) in zip(DAYS, items, strict=False)]


@pytest.mark.parametrize("text", ["too hard", "only 20 minutes per session", "make it easier"])
def test_less_is_less_on_every_day_that_has_an_exercise(text):
    week = strange_week(("Goblet Squat", 2, "8"), ("Goblet Squat", 5, "8"))
    person = person_of(make_profile(days=2, access="home_gym"))
    week_after = apply_to_week(week, modify(ModificationInput(person=person, plan=week, request=text)).changes)
    assert all(new.exercises[0].sets <= old.exercises[0].sets for new, old in zip(week_after, week, strict=True))
    eased = reply_safety(SafetyInput(person=person, plan=week, message="I slept badly this week")).changes
    assert eased and all(change.sets == 1 for change in eased)


@pytest.mark.parametrize("reps", [" min", "x min", "lots", "2 minutes"])
def test_odd_repetitions_are_no_reason_to_fail(reps):
    week = strange_week(("Easy Walk", 1, reps), ("Push-Up", 2, reps))
    person = person_of(make_profile(days=2))
    for text in ("too easy", "too hard", "only 10 minutes", "more core", "my wrist hurts", "one day fewer"):
        modify(ModificationInput(person=person, plan=week, request=text))


def test_a_swap_for_a_part_that_hurts_still_fits_the_minutes():
    for profile in spread_profiles(60):
        plan = prescribe(profile)
        given = ModificationInput(person=person_of(profile), plan=compact_week(plan), request="my back and knee ache")
        assert keep_applicable(profile, plan, modify(given))[1] == []


@pytest.mark.full
@pytest.mark.parametrize("own_plan", [True, False])
@pytest.mark.parametrize("prompt_type", ABOUT_A_WEEK)
def test_thousands_of_requests_are_answered_safely(prompt_type, own_plan):
    seed(0)(check_many(prompt_type, own_plan, settings(max_examples=1000, **QUIET)))()
