"""Applying changes: reasoned changes carried out on a full plan or on a compact week, contract kept.

Raises ContractError naming the change where it names a day or exercise that is not there, or one the catalogue lacks.
Knows nothing of whether a change is wise: the verifier judges the result.
"""

import math
import re
from functools import partial

from fitsense.contracts.changes import Change
from fitsense.contracts.plan import MAX_NOTE_WORDS, ExerciseEntry, Plan
from fitsense.contracts.requests import CompactDay
from fitsense.contracts.strictness import ContractError, check_contract
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.planning.dose import choose_rest
from fitsense.planning.sessions import write_stats
from fitsense.safety.effort import read_rir
from fitsense.safety.screening import Limits
from fitsense.safety.session_time import entry_minutes, session_minutes

# Rest is that of the day's lifts; without any, the shortest usual rest of any goal (tables.yaml), so that it fits.
DEFAULT_REST, DEFAULT_RIR, DEFAULT_REPS, DEFAULT_SETS, DEFAULT_MINUTES = 45, 3, "8-12", 2, 10
GENTLE_RIR = 4  # where only gentle movement is safe (dose.choose_rir)
STEP_KG, REST_STEP = 0.5, 5
_MINUTES = re.compile(r"(\d{1,3}(?:\.\d+)?) min")


def apply_changes(plan: Plan, changes: list[Change], limits: Limits | None = None, minutes: int | None = None) -> Plan:
    """Carry out changes on a plan; a day left empty goes, day durations follow; raises ContractError.

    What is new rests at least `limits.min_rest` seconds and keeps at least `limits.min_rir` repetitions in reserve. A day that
    has grown beyond the person's `minutes` rests less, as far as that helps.
    """
    limits = limits or Limits()
    values = plan.model_dump(mode="json")
    days = values["workout_plan"]["weekly_schedule"]
    before = {session.day: _work_minutes(session.exercises) for session in plan.workout_plan.weekly_schedule}
    days = _apply_all(days, changes, partial(_swap_entry, limits), partial(_add_entry, limits), _adjust_entry)
    for day in days:
        entries = [ExerciseEntry.model_validate(entry) for entry in day["exercises"]]
        if minutes is not None:
            entries = _rest_less(entries, limits, minutes)
            day["exercises"] = [entry.model_dump(mode="json") for entry in entries]
        grown = _work_minutes(entries) - before[day["day"]]
        day["duration"] = min(max(day["duration"] + grown, 5), 180)
    values["workout_plan"]["weekly_schedule"] = days
    short = values["adaptive_recommendations"]["if_time_constrained"]["shortened_version"]
    short["exercises_to_keep"] = _follow_changes(short["exercises_to_keep"], changes, days)
    return check_contract(Plan, values, "plan")


def _rest_less(entries: list[ExerciseEntry], limits: Limits, minutes: int) -> list[ExerciseEntry]:
    """The entries with the longest rests shortened, five seconds at a time, until the session takes at most `minutes`."""
    floor = max(limits.min_rest, DEFAULT_REST)
    while session_minutes(entries, limits) > minutes:
        longest = max(entries, key=lambda entry: entry.rest)
        if longest.rest <= floor:
            return entries
        shorter = longest.model_copy(update={"rest": max(floor, longest.rest - REST_STEP)})
        entries = [shorter if entry is longest else entry for entry in entries]
    return entries


def _follow_changes(names: list[str], changes: list[Change], days: list[dict]) -> list[str]:
    """Names of exercises after changes: what was swapped under its new name, what is gone left out, at least one."""
    week = {entry["name"].lower(): entry["name"] for day in days for entry in day["exercises"]}
    swapped = {change.exercise.lower(): change.replacement.lower() for change in changes if change.action == "swap"}
    now = [name.lower() if name.lower() in week else swapped.get(name.lower()) for name in names]
    return list(dict.fromkeys(week[name] for name in now if name in week)) or [days[0]["exercises"][0]["name"]]


def apply_to_week(week: list[CompactDay], changes: list[Change]) -> list[CompactDay]:
    """Carry out changes on a compact week; loads follow load_change_pct to the nearest 0.5 kg; raises ContractError."""
    days = _apply_all(
        [day.model_dump(mode="json") for day in week], changes, _swap_compact, _add_compact, _adjust_compact
    )
    return [check_contract(CompactDay, day, "plan") for day in days]


def _work_minutes(entries: list[ExerciseEntry]) -> int:
    return math.ceil(round(sum(entry_minutes(entry) for entry in entries), 6))


def _apply_all(days: list[dict], changes: list[Change], swap, add, adjust) -> list[dict]:
    for index, change in enumerate(changes):
        targets = _find_days(days, change, f"changes.{index}")
        for day in targets:
            place = _find_entry(day, change.exercise)
            if change.action == "add":
                day["exercises"].append(add(day, change, _know(change.exercise, f"changes.{index}.exercise")))
            elif change.action == "remove":
                del day["exercises"][place]
            elif change.action == "swap":
                other = _know(change.replacement, f"changes.{index}.replacement")
                day["exercises"][place] = swap(day["exercises"][place], change, other)
            else:
                day["exercises"][place] = adjust(day["exercises"][place], change)
        days = [day for day in days if day["exercises"]]
        if not days:
            raise ContractError(f"changes.{index}", change.exercise, "a change that leaves at least one exercise")
    return days


def _find_entry(day: dict, name: str) -> int | None:
    wanted = name.strip().lower()
    names = [entry["name"].strip().lower() for entry in day["exercises"]]
    return names.index(wanted) if wanted in names else None


def _find_days(days: list[dict], change: Change, place: str) -> list[dict]:
    """The days a change is about; raises ContractError where there is none, or where something would stand twice."""
    named = [day for day in days if change.day in (None, day["day"])]
    if not named:
        raise ContractError(f"{place}.day", change.day, "one of " + ", ".join(day["day"] for day in days))
    holding = [day for day in named if _find_entry(day, change.exercise) is not None]
    new = change.exercise if change.action == "add" else change.replacement if change.action == "swap" else None
    if new is not None and any(
        _find_entry(day, new) is not None for day in (named if change.action == "add" else holding)
    ):
        raise ContractError(f"{place}.exercise", new, "an exercise that the day does not have yet")
    if change.action == "add":
        return named
    if not holding:
        names = sorted({entry["name"] for day in named for entry in day["exercises"]})
        raise ContractError(f"{place}.exercise", change.exercise, "one of " + ", ".join(names))
    return holding


def _know(name: str, place: str) -> Exercise:
    exercise = find_exercise(name)
    if exercise is None:
        raise ContractError(place, name, f"one of the {len(load_exercises())} exercises of the catalogue")
    return exercise


def read_minutes(reps: str) -> int | None:
    """Whole minutes of "20 min"; None where the words are anything else, so that no week a stranger wrote is refused."""
    found = _MINUTES.fullmatch(reps)
    return int(float(found[1])) if found else None


def _dose(exercise: Exercise, sets: int | None, reps: str | None) -> dict:
    """Sets with reps, or minutes: "20 min" or a timed exercise become a duration."""
    minutes = read_minutes(reps or "")
    if minutes is not None:
        return {"sets": 1, "duration": minutes}
    if exercise.dose == "minutes":
        return {"sets": 1, "duration": DEFAULT_MINUTES}
    return {"sets": sets or DEFAULT_SETS, "reps": reps or suggest_reps(exercise)}


def suggest_reps(exercise: Exercise) -> str:
    """Plain repetitions, seconds or minutes where nothing else decides."""
    if exercise.dose == "minutes":
        return f"{DEFAULT_MINUTES} min"
    amount = {"seconds": "30 s", "reps": DEFAULT_REPS if exercise.kind == "strength" else "8"}[exercise.dose]
    return f"{amount} each side" if exercise.each_side else amount


def _write_entry(limits: Limits, exercise: Exercise, dose: dict, intensity: str | None, rest: int) -> dict:
    amount = dose.get("duration") or dose["sets"] * 5
    points = amount // 5 + 1 if "duration" in dose else dose["sets"]
    rest = 0 if "duration" in dose else choose_rest(exercise, rest, limits.min_rest)
    intensity = intensity or f"RIR {max(DEFAULT_RIR, _least_rir(limits))}"
    intensity = intensity if exercise.kind == "strength" else "RPE 4" if exercise.kind == "cardio" else "RPE 3"
    return {
        "name": exercise.name,
        **dose,
        "intensity": intensity,
        "rest": rest,
        "notes": exercise.cues[0],
        "gamified_stats": write_stats(exercise.kind, points, amount).model_dump(mode="json"),
    }


def _least_rir(limits: Limits) -> int:
    return max(limits.min_rir, GENTLE_RIR) if limits.max_intensity == "low" else limits.min_rir


def _keep_effort(limits: Limits, entries: list[dict]) -> str | None:
    """The intensity of the first lift that is within the limits; None where there is none."""
    given = [entry["intensity"] for entry in entries if entry["intensity"].startswith("RIR")]
    return next((said for said in given if (read_rir(said) or 0) >= _least_rir(limits)), None)


def _add_entry(limits: Limits, day: dict, change: Change, exercise: Exercise) -> dict:
    lifts = [entry["rest"] for entry in day["exercises"] if entry["intensity"].startswith("RIR")]
    rest = change.rest if change.rest is not None else max(lifts, default=DEFAULT_REST)
    dose = _dose(exercise, change.sets, change.reps)
    return _write_entry(limits, exercise, dose, _keep_effort(limits, day["exercises"]), rest)


def _swap_entry(limits: Limits, entry: dict, change: Change, exercise: Exercise) -> dict:
    same_kind = ("duration" in entry) == (exercise.dose == "minutes")
    reps = change.reps or (_carry_reps(entry.get("reps"), entry["name"], exercise) if same_kind else None)
    if same_kind and "duration" in entry and change.reps is None:
        reps = f"{entry['duration']} min"
    rest = change.rest if change.rest is not None else entry["rest"] or DEFAULT_REST
    dose = _dose(exercise, change.sets or entry["sets"], reps)
    return _write_entry(limits, exercise, dose, _keep_effort(limits, [entry]), rest)


def _carry_reps(reps: str | None, old_name: str, exercise: Exercise) -> str | None:
    """Keep the repetitions where old and new are counted alike, otherwise plain ones of the new exercise."""
    old = find_exercise(old_name)
    alike = old is not None and (old.dose, old.each_side) == (exercise.dose, exercise.each_side)
    return reps if alike else None


def _adjust_entry(entry: dict, change: Change) -> dict:
    entry = {
        **entry,
        **({"sets": change.sets} if change.sets else {}),
        **({"rest": change.rest} if change.rest is not None else {}),
    }
    if change.reps is not None:
        entry = {key: value for key, value in entry.items() if key not in ("reps", "duration")}
        entry |= _dose(_know(entry["name"], "plan"), entry["sets"], change.reps)
    if change.load_change_pct is not None:
        note = f"Load {change.load_change_pct:+g} %."
        words = [note, *entry["notes"].split()]
        entry["notes"] = " ".join(words) if len(words) + 1 <= MAX_NOTE_WORDS else note
    return entry


def _swap_compact(entry: dict, change: Change, exercise: Exercise) -> dict:
    was_timed = entry["reps"].endswith(" min")
    reps = change.reps or (
        entry["reps"]
        if was_timed and exercise.dose == "minutes"
        else _carry_reps(entry["reps"], entry["name"], exercise) or suggest_reps(exercise)
    )
    timed = reps.endswith(" min")
    sets = 1 if timed else change.sets or (DEFAULT_SETS if was_timed else entry["sets"])
    return {"name": exercise.name, "sets": sets, "reps": reps}


def _add_compact(day: dict, change: Change, exercise: Exercise) -> dict:
    return {"name": exercise.name, "sets": change.sets, "reps": change.reps}


def _adjust_compact(entry: dict, change: Change) -> dict:
    entry = {**entry, "sets": change.sets or entry["sets"], "reps": change.reps or entry["reps"]}
    if change.load_change_pct is not None and entry.get("weight_kg"):
        raw = entry["weight_kg"] * (1 + change.load_change_pct / 100)
        entry["weight_kg"] = round(raw / STEP_KG) * STEP_KG
    return entry
