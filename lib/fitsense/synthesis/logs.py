"""Logs: the weeks of a simulated life as the compact training logs that `progress_adaptation` carries.

Every session done is listed, so that done/planned stays true; exercises and sets are cut until the request is short.
Timed work is written in the plan's own unit (seconds or minutes) in the place of repetitions. Knows nothing of wording.
"""

import numpy as np

from fitsense.contracts.plan import Plan, SessionDay
from fitsense.contracts.requests import CompactDay, CompactExercise, compact_week
from fitsense.synthesis.dice import happens, pick_one, read_yaml
from fitsense.synthesis.life import Life, SessionDone, SetDone, week_average


def count_full_weeks(life: Life) -> int:
    """Whole weeks lived."""
    return life.n_days // 7


def loaded_week(plan: Plan, life: Life, before_week: int) -> list[CompactDay]:
    """The compact week with the last load used before a week (0-based) for every exercise that carries one."""
    loads = {}
    for session in life.sessions:
        if session.week < before_week:
            entries = plan.workout_plan.weekly_schedule[session.plan_day].exercises
            loads |= {entry.name: done[-1].weight_kg for entry, done in zip(entries, session.sets, strict=True)}
    return [CompactDay(day=day.day, exercises=[_with_load(one, loads.get(one.name, 0.0)) for one in day.exercises])
            for day in compact_week(plan)]


def _with_load(exercise: CompactExercise, load: float) -> CompactExercise:
    return exercise.model_copy(update={"weight_kg": load}) if load else exercise


def write_week(rng: np.random.Generator, plan: Plan, life: Life, week: int, n_exercises: int, n_sets: int) -> dict:
    """One week (0-based) as a log: at most n_exercises a session and n_sets each, the first ones of the session."""
    schedule = plan.workout_plan.weekly_schedule
    done = [session for session in life.sessions if session.week == week]
    log = {"week": week + 1, "sessions_planned": len(schedule),
           "sessions": [write_session(schedule[one.plan_day], one, n_exercises, n_sets) for one in done]}
    sleep, calories, weight = (week_average(values, week) for values in (life.sleep, life.calories, life.weight))
    if sleep is not None:
        log["sleep_hours_avg"] = round(sleep, 1)
    if calories is not None:
        log["calories_avg"] = int(round(calories, -1))
    if weight is not None:
        log["bodyweight_kg"] = round(weight, 1)
    note = _pick_note(rng, len(done) / len(schedule), sleep)
    return log | ({"note": note} if note else {})


def write_session(planned: SessionDay, done: SessionDone, n_exercises: int, n_sets: int) -> dict:
    """One session: counted exercises before timed ones, cut to n_exercises and n_sets."""
    pairs = sorted(zip(planned.exercises, done.sets, strict=True), key=lambda pair: pair[1][0].reps is None)
    return {"day": planned.day, "exercises": [
        {"name": entry.name, "sets": [_write_set(one, entry.duration is not None) for one in sets[:n_sets]]}
        for entry, sets in pairs[:n_exercises]]}


def _write_set(one: SetDone, in_minutes: bool) -> dict:
    counted = one.reps if one.reps is not None else round(one.seconds / 60) if in_minutes else one.seconds
    return {"reps": min(counted, 200), "weight_kg": one.weight_kg, "rir": one.rir}


def _pick_note(rng: np.random.Generator, adherence: float, sleep: float | None) -> str | None:
    table = read_yaml("requests.yaml")
    said, chance = rng.random(), happens(rng, table["note_share"])
    mood = "missed" if adherence < 0.6 else "tired" if (sleep or 8) < 6.3 else "good" if said < 0.4 else "plain"
    note = pick_one(rng, table["notes"][mood])
    return note if chance else None
