"""Does an answer belong to its question, and do a record's tags belong to its input?

An answer that is valid by itself may still be someone else's: a shuffled label passes every schema. These tests compare
what the answer must have taken from the request.
"""

import re

from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import ContractError, load_contract

AGE_BANDS = ((18, "under_18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"), (999, "65+"))
MIN_SHARED_WORDS = 0.3  # of a chat answer's longer words, in its facts or question (heuristic)


def answer_fits(request: Request, text: str) -> bool | None:
    """Whether an answer shows marks of its own request; None where it shows none either way (no changes at all)."""
    if RESPONSES[request.prompt_type] is None:
        return chat_fits(request, text)
    try:
        answer = load_contract(RESPONSES[request.prompt_type], text, request.prompt_type)
    except ContractError:
        return False
    if request.prompt_type == "plan_creation":
        return plan_fits(request.input, answer)
    known = {exercise.name for day in request.input.plan for exercise in day.exercises}
    named = [change.exercise for change in answer.changes if change.action != "add"]
    if request.prompt_type == "plan_modification":
        named += [name for name in answer.kept if name in known]
    return all(name in known for name in named) if named else None


def plan_fits(profile: Profile, plan) -> bool:
    """Whether a plan's days, minutes and calories are the ones this profile asked for."""
    week = plan.workout_plan.weekly_schedule
    fits = len(week) <= profile.preferences.days_per_week
    fits &= all(day.duration <= profile.preferences.workout_duration for day in week)
    if profile.derived is not None:
        fits &= plan.nutrition_suggestions.calorie_target == profile.derived.calorie_target
        fits &= len(week) == profile.derived.sessions
    return bool(fits)


def chat_fits(request: Request, text: str) -> bool | None:
    """Whether enough of an answer's longer words come from the facts and the question; None without facts."""
    if not request.input.facts:
        return None
    words = long_words(text)
    ground = long_words(" ".join([request.input.question, *request.input.facts]))
    return not words or len(words & ground) / len(words) >= MIN_SHARED_WORDS


def long_words(text: str) -> set[str]:
    """The different words of five letters or more, lower case."""
    return set(re.findall(r"[a-z]{5,}", text.lower()))


def find_wrong_tags(request: Request, tags: dict) -> list[str]:
    """Names of slice tags that contradict the input (of condition_flag, its injury half)."""
    source, (age, gender) = request.input, read_person(request)
    if isinstance(source, Profile):
        goal, injuries = source.goals[0], source.constraints.injuries
    else:
        goal, injuries = source.person.goal, source.person.injuries
    expected = {"age_band": next(name for limit, name in AGE_BANDS if age < limit), "sex": gender, "goal_type": goal}
    if isinstance(source, Profile) and source.personal_info.activity_level:
        expected["activity_level"] = source.personal_info.activity_level
    wrong = [tag for tag, value in expected.items() if tags.get(tag) != value]
    if (tags.get("condition_flag") in ("injury", "both")) != bool(injuries):
        wrong.append("condition_flag")
    return wrong


def read_person(request: Request) -> tuple[int, str]:
    """Age in years and gender of the person a request is about."""
    about = request.input.personal_info if isinstance(request.input, Profile) else request.input.person
    return about.age, about.gender
