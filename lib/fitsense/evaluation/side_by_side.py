"""One request and what every system answered, side by side as HTML: for reading, not for measuring.

Every word that a person or a model wrote is escaped. Knows no metrics.
"""

import json
from html import escape

from IPython.display import HTML

from fitsense.evaluation.answers import read_object, workout_plan_of
from fitsense.evaluation.records import PLAN_TYPE, prompt_type, request_of
from fitsense.evaluation.suites import SYSTEM_MEANINGS

SHOWN = ("teacher", "student", "student_guarded", "base")
MAX_RAW = 1200
TABLE = "width:100%;table-layout:fixed;border-collapse:collapse;font-size:13px"
CELL = "vertical-align:top;text-align:left;padding:8px 10px;border-top:1px solid #e4e7eb;white-space:normal"


def list_examples(predictions: list[dict]) -> list[str]:
    """The record ids that most systems answered, plans first: what the picker offers."""
    systems: dict[tuple[bool, str], set[str]] = {}
    for prediction in predictions:
        place = (prediction["prompt_type"] != PLAN_TYPE, prediction["record_id"])
        systems.setdefault(place, set()).add(prediction["system"])
    most = max(map(len, systems.values()))
    return [record_id for (_, record_id), found in sorted(systems.items()) if len(found) == most]


def compare_answers(record_id: str, records: list[dict], predictions: list[dict],
                    systems: tuple[str, ...] = SHOWN) -> HTML:
    """The request in a line, then a column a system, ready for a notebook to display."""
    record = next(record for record in records if record["record_id"] == record_id)
    answers = {p["system"]: p for p in predictions if p["record_id"] == record_id and p["system"] in systems}
    ordered = [system for system in systems if system in answers]
    heads = "".join(f'<th style="{CELL}" title="{escape(SYSTEM_MEANINGS[system])}">{system}</th>' for system in ordered)
    cells = "".join(f'<td style="{CELL}">{_show_answer(answers[system])}</td>' for system in ordered)
    return HTML(f'<p><b>{escape(record_id)}</b>: {escape(describe_request(record))}</p>'
                f'<table style="{TABLE}"><tr>{heads}</tr><tr>{cells}</tr></table>')


def describe_request(record: dict) -> str:
    """The request in one readable line."""
    asked = request_of(record).input
    if prompt_type(record) == PLAN_TYPE:
        info, wants, limits = asked.personal_info, asked.preferences, asked.constraints
        worries = ", ".join([*limits.injuries, *limits.conditions]) or "no injuries or conditions"
        return (f"{info.age} years, {info.gender}, {info.fitness_level}; wants {', '.join(asked.goals)}; "
                f"{wants.days_per_week} days of {wants.workout_duration} min, {wants.equipment_access}; {worries}")
    words = next((getattr(asked, name) for name in ("message", "request", "question") if hasattr(asked, name)), None)
    return f"“{words}”" if words else f"{len(asked.logs)} week(s) of logs"


def _show_answer(prediction: dict) -> str:
    answer = read_object(prediction["raw_text"])
    note = "" if prediction["finish_reason"] == "stop" else "<i>cut off at the length limit</i><br>"
    if prediction.get("verdict"):
        note += f"<i>guard: {escape(prediction['verdict'])}</i><br>"
    if workout_plan_of(answer):
        return note + _show_plan(answer)
    text = prediction["raw_text"] if answer is None else json.dumps(answer, ensure_ascii=False, indent=1)
    return f'{note}<div style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(_cut(text))}</div>'


def _show_plan(answer: dict) -> str:
    plan = workout_plan_of(answer)
    lines = [f"<b>{escape(_cut(str(plan.get('name', 'no name'))))}</b>",
             escape(_cut(str(plan.get("overview", "no overview"))))]
    sessions = plan.get("weekly_schedule")
    for session in sessions if isinstance(sessions, list) else []:
        if isinstance(session, dict):
            lines.append(f"<b>{escape(str(session.get('day')))}</b> {escape(str(session.get('focus', '')))}")
            entries = session.get("exercises")
            lines += [_show_entry(entry) for entry in (entries if isinstance(entries, list) else [])]
    nutrition = answer.get("nutrition_suggestions")
    target = nutrition.get("calorie_target") if isinstance(nutrition, dict) else "not given"
    return "<br>".join([*lines, f"<b>Calories</b> {escape(str(target))}"])


def _show_entry(entry) -> str:
    if not isinstance(entry, dict):
        return escape(_cut(str(entry)))
    work = entry.get("reps") or f"{entry.get('duration')} min"
    return escape(_cut(f"{entry.get('name')} {entry.get('sets')} × {work}, {entry.get('intensity')}"))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_RAW else text[:MAX_RAW] + "…"
