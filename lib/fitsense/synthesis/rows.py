"""Rows: people, plans and lives written out as the relational tables of `contracts.tables`, ids from the user id alone.

Every id is arithmetic on the user id, so a partition of the people gives the same rows. What there is little of is written
row by row; what is done and logged every day, in columns. Knows nothing of files.
"""

from collections.abc import Iterable
from datetime import date
from typing import get_args

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Date, Float

from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import BODY_PARTS, Equipment, Goal
from fitsense.contracts.tables import METADATA, TABLES
from fitsense.knowledge.exercises import load_exercises
from fitsense.safety.screening import ACCESS_ORDER
from fitsense.synthesis.dice import read_yaml
from fitsense.synthesis.life import Life
from fitsense.synthesis.people import SimulatedPerson

DAYS_PER_PLAN, ENTRIES_PER_DAY, WORKOUTS_PER_USER = 10, 20, 10_000
Rows = dict[str, list[tuple]]
Columns = dict[str, list[dict[str, np.ndarray]]]
IN_COLUMNS = ("workouts", "workout_exercises", "workout_sets", "calorie_intake_logs", "sleep_duration_logs", "weight_logs")
CATALOGUE = ("goals", "conditions", "equipment", "exercises", "exercise_equipment")


def build_tables(people: Iterable[SimulatedPerson], plans: dict[int, Plan], lives: dict[int, Life],
                 catalogue: bool = True) -> dict[str, pd.DataFrame]:
    """Write every table, in order of dependency; a table without rows keeps its columns; `catalogue`: what is not of people."""
    rows: Rows = {name: [] for name in TABLES}
    columns: Columns = {name: [] for name in IN_COLUMNS}
    _add_catalogue(rows)
    exercise_id = {row[1]: row[0] for row in rows["exercises"]}
    for person in people:
        plan, life = plans[person.user_id], lives[person.user_id]
        _add_person(rows, person, life)
        _add_health(rows, person)
        _add_plan(rows, person, plan, life, exercise_id)
        _add_workouts(columns, person, plan, life, exercise_id)
        _add_logs(rows, columns, person, plan, life)
    if not catalogue:
        rows |= {name: [] for name in CATALOGUE}
    return {name: _join(name, columns[name]) if name in IN_COLUMNS else _frame(name, rows[name]) for name in TABLES}


def _frame(name: str, rows: list[tuple]) -> pd.DataFrame:
    columns = METADATA.tables[name].columns
    frame = pd.DataFrame.from_records(rows, columns=[column.name for column in columns])
    return frame.astype({column.name: _dtype(column) for column in columns})


def _join(name: str, parts: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Columns of many people one under the other; a nullable integer is missing where it is below 0."""
    frame = {}
    for column in METADATA.tables[name].columns:
        values = np.concatenate([part[column.name] for part in parts]) if parts else np.array([])
        if _dtype(column) == "Int64":
            values = pd.arrays.IntegerArray(values.astype(np.int64), values < 0)
        frame[column.name] = values if isinstance(column.type, Date) else pd.array(values, dtype=_dtype(column))
    return pd.DataFrame(frame)


def _dates(start: date, days: np.ndarray) -> np.ndarray:
    """Calendar dates of day indices, as Python dates."""
    return (np.datetime64(start) + days).astype("datetime64[D]").astype(object)


def _dtype(column) -> str:
    """The pandas type of a column: dates stay Python dates; integers that may be missing are nullable."""
    kind = column.type
    if isinstance(kind, Date):
        return "object"
    if isinstance(kind, Boolean):
        return "bool"
    if isinstance(kind, Float):
        return "float64"
    if kind.python_type is int:
        return "Int64" if column.nullable else "int64"
    return "str"


def _add_catalogue(rows: Rows) -> None:
    rows["goals"] = list(enumerate(get_args(Goal), 1))
    medical = [row["name"] for row in read_yaml("people.yaml")["conditions"]]
    named = [(f"{part} injury", "injury") for part in BODY_PARTS] + [(name, "medical") for name in medical]
    rows["conditions"] = [(number, *row) for number, row in enumerate(named, 1)]
    rows["equipment"] = list(enumerate(get_args(Equipment), 1))
    access = {name: number for number, name in rows["equipment"]}
    for number, one in enumerate(load_exercises().values(), 1):
        rows["exercises"].append((number, one.name, one.kind, one.pattern, one.level, ", ".join(one.primary),
                                  ", ".join(one.secondary), one.met, one.seated))
        rows["exercise_equipment"] += [(number, access[name]) for name in get_args(Equipment)
                                       if ACCESS_ORDER.index(name) >= ACCESS_ORDER.index(one.access)]


def _add_person(rows: Rows, person: SimulatedPerson, life: Life) -> None:
    profile, user = person.profile, person.user_id
    info, liked, given = profile.personal_info, profile.preferences, profile.constraints
    metrics, stats = profile.metrics, profile.gamified_stats
    rows["users"].append((user, life.start, life.start, None))
    rows["user_profiles"].append((
        user, info.age, info.gender, info.height_cm, info.weight_kg, info.fitness_level, info.activity_level,
        info.training_years, liked.workout_duration, liked.days_per_week, liked.equipment_access,
        ", ".join(liked.preferred_activities), given.time_restrictions, given.location, given.diet,
        metrics.workout_completion_rate, metrics.average_intensity_rating, metrics.sleep_hours,
        metrics.calorie_intake, stats.health, stats.strength, stats.agility, stats.endurance, stats.xp, stats.level))
    goals = list(get_args(Goal))
    rows["user_goals"] += [(user, goals.index(goal) + 1, rank) for rank, goal in enumerate(profile.goals, 1)]
    rows["user_allergies"] += [(user, place, words) for place, words in enumerate(given.allergies or [], 1)]


def _add_health(rows: Rows, person: SimulatedPerson) -> None:
    user, limits = person.user_id, person.limits
    number = {name: condition for condition, name, _ in rows["conditions"]}
    injured = [(f"{part} injury", part.replace("_", " ")) for part in person.health.injuries]
    named = [*injured, *person.health.conditions]
    rows["user_conditions"] += [(user, number[name], words) for name, words in named]
    rows["user_medications"] += [(user, place, words) for place, words in enumerate(person.health.medications, 1)]
    rows["user_medical_profiles"].append((user, person.health.flag, limits.max_intensity, limits.min_rir,
                                          limits.allow_calorie_number, limits.referral))


def _add_plan(rows: Rows, person: SimulatedPerson, plan: Plan, life: Life, exercise_id: dict[str, int]) -> None:
    user = person.user_id
    workout, target = plan.workout_plan, plan.nutrition_suggestions.calorie_target
    rows["workout_plans"].append((user, user, life.start, workout.name, workout.overview, target))
    for place, session in enumerate(workout.weekly_schedule):
        day_id = user * DAYS_PER_PLAN + place
        rows["plan_days"].append((day_id, user, session.day, session.focus, session.duration, session.intensity_level))
        for position, entry in enumerate(session.exercises, 1):
            entry_id = day_id * ENTRIES_PER_DAY + position
            rows["plan_exercises"].append((entry_id, day_id, exercise_id[entry.name], position, entry.intensity,
                                           entry.rest, entry.notes))
            rows["plan_sets"] += [(entry_id, number, entry.reps, entry.duration)
                                  for number in range(1, entry.sets + 1)]


def _add_workouts(columns: Columns, person: SimulatedPerson, plan: Plan, life: Life, exercise_id: dict[str, int]) -> None:
    user, done = person.user_id, life.training
    names = [entry.name for day in plan.workout_plan.weekly_schedule for entry in day.exercises]
    ids = np.array([exercise_id[name] for name in names])
    workout = user * WORKOUTS_PER_USER + 1 + np.arange(len(done.day))
    position = np.arange(len(done.session)) - np.searchsorted(done.session, done.session) + 1
    row_id = workout[done.session] * ENTRIES_PER_DAY + position
    columns["workouts"].append({"workout_id": workout, "user_id": np.full(len(workout), user),
                                "plan_day_id": user * DAYS_PER_PLAN + done.plan_day, "done_on": _dates(life.start, done.day),
                                "duration_min": done.minutes, "effort": done.effort})
    columns["workout_exercises"].append({"workout_exercise_id": row_id, "workout_id": workout[done.session],
                                         "exercise_id": ids[done.entry], "position": position})
    sets = done.sets
    columns["workout_sets"].append({"workout_exercise_id": row_id[sets.row], "set_number": sets.number, "reps": sets.reps,
                                    "seconds": sets.seconds, "weight_kg": sets.weight, "rir": sets.rir})


def _add_logs(rows: Rows, columns: Columns, person: SimulatedPerson, plan: Plan, life: Life) -> None:
    user, target = person.user_id, plan.nutrition_suggestions.calorie_target
    if target is not None:
        rows["calorie_targets"].append((user, life.start, target))
    rows["sleep_targets"].append((user, life.start, sleep_target(person)))
    for table, unit, log in (("calorie_intake_logs", "kcal", life.calories), ("sleep_duration_logs", "hours", life.sleep),
                             ("weight_logs", "weight_kg", life.weight)):
        columns[table].append({"user_id": np.full(len(log), user), "logged_on": _dates(life.start, log.days), unit: log.values})


def sleep_target(person: SimulatedPerson) -> float:
    """Hours of sleep a night to aim at: 9 under 18, else 8 (heuristic within the usual 7-9 and 8-10)."""
    return 9.0 if person.profile.personal_info.age < 18 else 8.0
