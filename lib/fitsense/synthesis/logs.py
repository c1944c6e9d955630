"""Logs: the weeks of a simulated life as the compact training logs that `progress_adaptation` carries.

Every session written down is listed, so that done/planned stays true; exercises and sets are cut until the request is short.
Timed work is written in the plan's own unit (seconds or minutes) in the place of repetitions.
"""

from collections.abc import Iterator

import numpy as np

from fitsense.contracts.plan import Plan, SessionDay
from fitsense.contracts.requests import CompactDay
from fitsense.synthesis.body import WEEK
from fitsense.synthesis.life import Life, SessionDone, SetDone
from fitsense.synthesis.phrasing import write_note

# Logs are cut until the input fits: (exercises a session, sets an exercise).
LOG_SIZES = ((3, 3), (3, 2), (2, 2), (2, 1), (1, 1))
TIRED_BELOW_H = 6.3


def count_full_weeks(life: Life) -> int:
    """Whole weeks lived."""
    return life.n_days // WEEK


def add_loads(week: list[dict], plan: Plan, life: Life, before_week: int) -> list[dict]:
    """A compact week with the last load written down before a week (0-based) for every exercise that carries one."""
    done, loads = life.training, {}
    last = int(np.searchsorted(done.day, before_week * WEEK))
    n_rows = int(np.searchsorted(done.session, last))
    ends = np.searchsorted(done.sets.row, np.arange(n_rows), side="right") - 1
    names = [entry.name for day in plan.workout_plan.weekly_schedule for entry in day.exercises]
    for entry, load in zip(done.entry[:n_rows].tolist(), done.sets.weight[ends].tolist(), strict=True):
        loads[names[entry]] = load
    return [day | {"exercises": [one | ({"weight_kg": loads[one["name"]]} if loads.get(one["name"]) else {})
                                 for one in day["exercises"]]} for day in week]


def dump_week(week: list[CompactDay]) -> list[dict]:
    """A compact week as plain values."""
    return [day.model_dump(mode="json") for day in week]


def write_weeks(rng: np.random.Generator, plan: Plan, life: Life, first: int, last: int) -> list[dict]:
    """Weeks first..last - 1 (0-based) as logs, with the largest of LOG_SIZES."""
    return [_write_week(rng, plan, life, week) for week in range(first, last)]


def cut_sizes(logs: list[dict]) -> Iterator[list[dict]]:
    """The same weeks ever smaller: fewer sets and exercises; then without the oldest week, again from the largest size."""
    for start in range(len(logs)):
        for n_exercises, n_sets in LOG_SIZES:
            yield [week | {"sessions": [_cut(one, n_exercises, n_sets) for one in week["sessions"]]} for week in logs[start:]]


def _cut(session: dict, n_exercises: int, n_sets: int) -> dict:
    return session | {"exercises": [one | {"sets": one["sets"][:n_sets]} for one in session["exercises"][:n_exercises]]}


def _write_week(rng: np.random.Generator, plan: Plan, life: Life, week: int) -> dict:
    schedule, done = plan.workout_plan.weekly_schedule, life.read_week(week)
    log = {"week": week + 1, "sessions_planned": len(schedule),
           "sessions": [write_session(schedule[one.plan_day], one) for one in done]}
    span = (week * WEEK, week * WEEK + WEEK - 1)
    sleep, calories, weight = (one.average(*span) for one in (life.sleep, life.calories, life.weight))
    if sleep is not None:
        log["sleep_hours_avg"] = round(sleep, 1)
    if calories is not None:
        log["calories_avg"] = int(round(calories, -1))
    if weight is not None:
        log["bodyweight_kg"] = round(weight, 1)
    events = [event for event in life.events if event.overlaps(*span)]
    note = write_note(rng, events, _judge_mood(done, schedule, sleep), week)
    return log | ({"note": note} if note else {})


def _judge_mood(done: list[SessionDone], schedule: list[SessionDay], sleep: float | None) -> str:
    """What a week's note may say where no event explains it: only what the logs bear out."""
    if len(done) < 0.6 * len(schedule):
        return "missed"
    if (sleep or 8) < TIRED_BELOW_H:
        return "tired"
    return "good" if len(done) >= len(schedule) else "plain"


def write_session(planned: SessionDay, done: SessionDone) -> dict:
    """One session: counted exercises before timed ones, cut to the largest of LOG_SIZES."""
    n_exercises, n_sets = LOG_SIZES[0]
    pairs = sorted(zip(planned.exercises, done.sets, strict=True), key=lambda pair: pair[1][0].reps is None)
    return {"day": planned.day, "exercises": [
        {"name": entry.name, "sets": [_write_set(one, entry.duration is not None) for one in sets[:n_sets]]}
        for entry, sets in pairs[:n_exercises]]}


def _write_set(one: SetDone, in_minutes: bool) -> dict:
    counted = one.reps if one.reps is not None else round(one.seconds / 60) if in_minutes else one.seconds
    return {"reps": min(counted, 200), "weight_kg": one.weight_kg, "rir": one.rir}
