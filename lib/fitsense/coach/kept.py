"""How much of an answer the student wrote itself: of all it may decide, the share that reached the person.

Compares field by field at the full path, never across places. What the rules, tables or arithmetic always settle
(SETTLED) is left out: it is nobody's merit. Knows no rules.
"""

from collections.abc import Iterator
from typing import Any

# Paths that the guard settles whatever the student wrote, and what is a game or follows from the rest; * is any index.
SETTLED = frozenset({
    "workout_plan.overview", "workout_plan.adaptations", "workout_plan.progression_plan",
    "workout_plan.weekly_schedule.*.day", "workout_plan.weekly_schedule.*.duration",
    "workout_plan.weekly_schedule.*.exercises.*.notes", "workout_plan.weekly_schedule.*.exercises.*.gamified_stats",
    "nutrition_suggestions", "adaptive_recommendations.if_too_difficult.reduce_weight",
    "adaptive_recommendations.if_too_easy.increase_weight",
    "adaptive_recommendations.if_time_constrained.shortened_version.circuit_format",
    "stop_signs", "see_professional", "safety_note", "kept", "assessment", "deload", "calorie_change"})


def share_kept(written: Any, final: Any) -> float:
    """Share (0-1, two decimals) of the final answer's fields that stand at the same place in what the student wrote.

    `written` is the student's own JSON, its sessions and entries in the order of the final ones, {} where none was
    taken over. An entry under another name counts for nothing.
    """
    marks = list(_compare(written, final, ""))
    return round(sum(marks) / len(marks), 2) if marks else 0.0


def share_words(raw_text: str, final_text: str) -> float:
    """The same for a chat answer, which only ever loses its end or is replaced: the share of its words that are raw."""
    raw, final = raw_text.split(), final_text.split()
    return round(sum(a == b for a, b in zip(raw, final, strict=False)) / len(final), 2) if final else 0.0


def count_exercises(written: dict, final: dict) -> tuple[int, int]:
    """Exercise entries of the final plan whose name the student wrote in that place, and all of them."""
    marks = [_name(entry) is not None and _name(entry) == _name(said)
             for session, own in _pairs(_week(final), _week(written))
             for entry, said in _pairs(_part(session, "exercises"), _part(own, "exercises"))]
    return sum(marks), len(marks)


def _compare(written: Any, final: Any, path: str) -> Iterator[bool]:
    """Whether each leaf of the final answer that counts is the student's, in order."""
    if path in SETTLED:
        return
    if isinstance(final, dict):
        is_other = path.endswith("exercises.*") and _name(final) != _name(written)
        for key, value in final.items():
            yield from _compare({} if is_other else _part(written, key), value, f"{path}.{key}" if path else key)
    elif isinstance(final, list):
        for value, said in _pairs(final, written):
            yield from _compare(said, value, f"{path}.*")
    else:
        yield type(written) is type(final) and written == final


def _pairs(final: Any, written: Any) -> list[tuple[Any, Any]]:
    final, written = (value if isinstance(value, list) else [] for value in (final, written))
    return [(value, written[place] if place < len(written) else {}) for place, value in enumerate(final)]


def _week(value: Any) -> Any:
    return _part(_part(value, "workout_plan"), "weekly_schedule")


def _part(value: Any, key: str) -> Any:
    return value.get(key, {}) if isinstance(value, dict) else {}


def _name(value: Any) -> Any:
    return _part(value, "name") or None
