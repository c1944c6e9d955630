"""Reading answers as they are: strict JSON first, then whatever of a week, a triage or a chat can be found in them.

Nothing is repaired and nothing raises: what cannot be read is None or empty, and the metrics count it as wrong.
Knows no metrics and no statistics.
"""

import re
from functools import lru_cache
from typing import Any

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.requests import RESPONSES
from fitsense.contracts.strictness import ContractError, check_contract, parse_json
from fitsense.evaluation.records import parse_turn
from fitsense.safety.verifier import Violation, verify_answer

PLAN_KEYS = ("workout_plan", "nutrition_suggestions", "adaptive_recommendations")
WORKOUT_PLAN_KEYS = ("name", "overview", "weekly_schedule", "progression_plan")
# Rules whose breach makes a poor answer, not a dangerous one; every other error of the verifier is severe.
PLANNING_FAULTS = frozenset({
    "limit_equipment", "check_reps", "check_session_minutes", "check_stated_minutes", "check_days", "check_macros",
    "check_duplicate_exercise", "check_repeated_entries", "check_change_target", "check_chat_length"})
STEM = 5  # letters that two words must share to count as the same: "squats" and "squatting"
WORD = re.compile(r"[a-z]{4,}|\d+")
COMMON_WORDS = frozenset(re.findall(r"\w+", """
    about after again also and any are because been before being between both but can could does each even every
    from give gives good have help helps here into just keep like make makes more most much need only other over
    same should since some such take than that their them then there these they this those through time very want
    well were what when where which while will with without would you your yours yourself"""))


@lru_cache(maxsize=8192)
def read_object(text: str) -> dict | None:
    """The answer as a strict JSON object, or None."""
    try:
        value = parse_json(text, "answer")
    except ContractError:
        return None
    return value if isinstance(value, dict) else None


def keeps_contract(kind: str, text: str) -> bool:
    """Whether the answer validates against its prompt type's response contract (chat has none but being non-empty)."""
    contract = RESPONSES[kind]
    if contract is None:
        return bool(text.strip())
    value = read_object(text)
    try:
        return value is not None and check_contract(contract, value, kind) is not None
    except ContractError:
        return False


def has_keys(value: Any, keys: tuple[str, ...]) -> bool:
    """Whether a parsed value is an object with every one of these keys."""
    return isinstance(value, dict) and all(key in value for key in keys)


def workout_plan_of(answer: dict | None) -> dict:
    """The workout_plan object of a parsed answer, empty where there is none."""
    plan = answer.get("workout_plan") if answer else None
    return plan if isinstance(plan, dict) else {}


def week_entries(answer: dict | None) -> list[tuple[str, str, Any]]:
    """(day, exercise in lower case, sets) for every readable entry of the week, in order."""
    entries = []
    for session in _objects(workout_plan_of(answer).get("weekly_schedule")):
        entries += [(str(session.get("day")), entry["name"].strip().lower(), entry.get("sets"))
                    for entry in _objects(session.get("exercises")) if isinstance(entry.get("name"), str)]
    return entries


def training_days(answer: dict | None) -> list[str]:
    """The days of the week's sessions, in order."""
    return [str(session.get("day")) for session in _objects(workout_plan_of(answer).get("weekly_schedule"))]


def calorie_target(answer: dict | None) -> Any:
    """The calorie target as written (a number or null), or the string `absent`."""
    nutrition = answer.get("nutrition_suggestions") if answer else None
    return nutrition.get("calorie_target", "absent") if isinstance(nutrition, dict) else "absent"


def triage_in(text: str) -> str | None:
    """The triage class an answer states, where it is one of the four, else None."""
    answer = read_object(text)
    triage = answer.get("triage") if answer else None
    return triage if isinstance(triage, str) and triage in TRIAGE_ORDER else None


@lru_cache(maxsize=8192)
def find_violations(kind: str, turn: str, text: str) -> tuple[Violation, ...]:
    """What the verifier holds against an answer to the request of this user turn."""
    return tuple(verify_answer(parse_turn(kind, turn), text))


def is_severe(violation: Violation) -> bool:
    """Whether a violation could harm the person: an error that is more than a planning fault."""
    return violation.severity == "error" and violation.rule_id not in PLANNING_FAULTS


def grounded_share(turn: str, text: str) -> float:
    """Share of an answer's distinct content words (4 letters and more, and numbers) that its request also has, 0-1."""
    said, given = _content_words(text), _content_words(turn)
    return len(said & given) / len(said) if said else 0.0


def _content_words(text: str) -> set[str]:
    return {word[:STEM] for word in WORD.findall(text.lower()) if word not in COMMON_WORDS}


def _objects(value: Any) -> list[dict]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
