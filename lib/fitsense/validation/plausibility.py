"""Plausibility: rows that keep every key and bound and still cannot be true of a person: named checks over the tables.

`PLAUSIBILITY` lists them, `find_implausible(tables)` runs them. Each check joins what it needs, keeps the rows that are
absurd, and says why in the row's own values. A check whose tables or columns are missing raises KeyError: schema first.
Bounds are generous (ours, unless said): they find mistakes, not unusual people. Units: kg, cm, hours, kcal/day, years.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fitsense.validation.checks import Check, make_check
from fitsense.validation.row_checks import describe_finding

Tables = dict[str, pd.DataFrame]
MOST_FOUND = 20  # findings told of one check; `n_more` on the last one says how many are left untold
CONTRADICTIONS = (("hypertension", "hypertension not controlled"), ("type 1 diabetes", "type 2 diabetes"),
                  ("pregnancy", "postpartum"))
MEDICINE_FOR = {"insulin": ("type 1 diabetes", "type 2 diabetes"), "metformin": ("type 2 diabetes",),
                "levothyroxine": ("thyroid",), "sumatriptan": ("migraine",), "levetiracetam": ("epilepsy",),
                "salbutamol": ("asthma",), "alendronate": ("osteoporosis",)}
EPLEY_MOST_REPS = 10  # beyond, the estimated one-repetition maximum says little (Epley 1985)


@dataclass(frozen=True)
class Plausibility:
    """One check: its name, the table it is about, that table's key columns, the absurd rows, and what to say of each."""

    name: str
    table: str
    key: tuple[str, ...]
    reason: str  # filled from the row's columns
    find: Callable[[Tables], pd.DataFrame]


def find_implausible(tables: Tables) -> list[dict]:
    """Run every check; returns [{name, table, key, reason}], at most 20 rows a check, in the order of PLAUSIBILITY.

    `key` is {column: value} of the row. The last of a check's findings carries `n_more`, the rows not listed.
    """
    return [finding for check in PLAUSIBILITY for finding in _run(check, tables)]


def check_plausibility(tables: Tables) -> list[Check]:
    """The same as named checks, `plausible.<name>`, for the validation report."""
    return [make_check(f"plausible.{check.name}", len(tables[check.table]), map(describe_finding, _run(check, tables)),
                       "no row is absurd") for check in PLAUSIBILITY]


def _run(check: Plausibility, tables: Tables) -> list[dict]:
    absurd = check.find(tables)
    found = [{"name": check.name, "table": check.table, "key": {column: _plain(row[column]) for column in check.key},
              "reason": check.reason.format(**row)} for row in absurd.head(MOST_FOUND).to_dict("records")]
    if len(absurd) > MOST_FOUND:
        found[-1]["n_more"] = len(absurd) - MOST_FOUND
    return found


def _plain(value):
    return value.item() if isinstance(value, np.generic) else str(value) if not isinstance(value, int | str) else value


def _profiles(tables: Tables) -> pd.DataFrame:
    rows = tables["user_profiles"]
    return rows.assign(bmi=rows.weight_kg / (rows.height_cm / 100) ** 2)


def _conditions(tables: Tables) -> pd.DataFrame:
    """user_id, name, age, gender of every condition somebody has."""
    named = tables["user_conditions"].merge(tables["conditions"], on="condition_id")
    return named.merge(tables["user_profiles"][["user_id", "age", "gender"]], on="user_id")


def find_odd_builds(tables: Tables) -> pd.DataFrame:
    """Body mass index under 12 or over 70: below, nobody lives long; above, a wrong unit is likelier."""
    rows = _profiles(tables)
    return rows[(rows.bmi < 12) | (rows.bmi > 70)]


def find_early_starters(tables: Tables) -> pd.DataFrame:
    """More training years than years since the age of five."""
    rows = tables["user_profiles"]
    return rows[rows.training_years.fillna(0) > rows.age - 5]


def find_instant_experts(tables: Tables) -> pd.DataFrame:
    """Advanced without ever having trained."""
    rows = tables["user_profiles"]
    return rows[(rows.fitness_level == "advanced") & (rows.training_years.fillna(1) == 0)]


def find_odd_pregnancies(tables: Tables) -> pd.DataFrame:
    """Pregnancy or childbirth of somebody listed as male, or outside 12-55 years."""
    rows = _conditions(tables)
    return rows[rows.name.isin(["pregnancy", "postpartum"]) & ((rows.gender == "male") | ~rows.age.between(12, 55))]


def find_contradictions(tables: Tables) -> pd.DataFrame:
    """Two conditions that exclude each other."""
    rows = _conditions(tables).groupby("user_id").name.agg(set)
    found = [(user, first, second) for first, second in CONTRADICTIONS
             for user in rows.index[[{first, second} <= names for names in rows]]]
    return pd.DataFrame(found, columns=["user_id", "first", "second"])


def find_orphan_medicines(tables: Tables) -> pd.DataFrame:
    """A medicine that is for one illness only, without that illness."""
    held = _conditions(tables).groupby("user_id").name.agg(set).to_dict()
    rows = tables["user_medications"]
    orphan = [any(word in medicine and held.get(user, set()).isdisjoint(illnesses) for word, illnesses in MEDICINE_FOR.items())
              for user, medicine in zip(rows.user_id, rows.medication, strict=True)]
    return rows[np.array(orphan, dtype=bool)]


def find_harmful_targets(tables: Tables) -> pd.DataFrame:
    """A calorie target for somebody whom a number could harm."""
    limits = tables["user_medical_profiles"][["user_id", "calorie_number_allowed"]]
    rows = tables["calorie_targets"].merge(limits, on="user_id")
    return rows[~rows.calorie_number_allowed]


def find_hungry_days(tables: Tables) -> pd.DataFrame:
    """A day's food under 300 kcal or over 7,500: a slip of the finger or of the unit."""
    rows = tables["calorie_intake_logs"]
    return rows[(rows.kcal < 300) | (rows.kcal > 7500)]


def find_odd_nights(tables: Tables) -> pd.DataFrame:
    """Nights under one hour or over 14."""
    rows = tables["sleep_duration_logs"]
    return rows[(rows.hours < 1) | (rows.hours > 14)]


def find_weight_jumps(tables: Tables) -> pd.DataFrame:
    """Body mass that moves over 5 % and 1.5 kg between two weighings within a week: another unit, or another person."""
    rows = tables["weight_logs"].sort_values(["user_id", "logged_on"])
    day, before = pd.to_datetime(rows.logged_on), rows.groupby("user_id").weight_kg.shift()
    days = (day - day.groupby(rows.user_id).shift()).dt.days
    return rows.assign(before=before)[(days <= 7) & ((rows.weight_kg - before).abs() > 0.05 * before + 1.5)]


def find_strange_scales(tables: Tables) -> pd.DataFrame:
    """A first weighing over 8 % from the weight in the profile."""
    first = tables["weight_logs"].sort_values(["user_id", "logged_on"]).drop_duplicates("user_id")
    rows = first.merge(tables["user_profiles"][["user_id", "weight_kg"]], on="user_id", suffixes=("", "_told"))
    return rows[(rows.weight_kg / rows.weight_kg_told - 1).abs() > 0.08]


def _workouts(tables: Tables) -> pd.DataFrame:
    return tables["workouts"].merge(tables["plan_days"], on="plan_day_id").merge(tables["users"], on="user_id")


def find_wrong_weekdays(tables: Tables) -> pd.DataFrame:
    """A session done on another weekday than its day of the plan."""
    rows = _workouts(tables)
    rows = rows.assign(weekday=pd.to_datetime(rows.done_on).dt.day_name())
    return rows[rows.weekday != rows.day]


def find_early_workouts(tables: Tables) -> pd.DataFrame:
    """A session before the person joined."""
    rows = _workouts(tables)
    return rows[pd.to_datetime(rows.done_on) < pd.to_datetime(rows.joined_on)]


def find_double_workouts(tables: Tables) -> pd.DataFrame:
    """The same planned session twice on one day."""
    rows = tables["workouts"]
    return rows[rows.duplicated(["user_id", "plan_day_id", "done_on"])]


def _sets(tables: Tables) -> pd.DataFrame:
    done = tables["workout_exercises"].merge(tables["workouts"], on="workout_id")
    people = tables["user_profiles"][["user_id", "weight_kg"]].rename(columns={"weight_kg": "body_kg"})
    return tables["workout_sets"].merge(done, on="workout_exercise_id").merge(people, on="user_id")


def find_superhuman_sets(tables: Tables) -> pd.DataFrame:
    """An estimated one-repetition maximum (Epley, reps and reserve) over four and a half times body mass."""
    rows = _sets(tables)
    counted = rows[rows.reps.notna() & (rows.weight_kg > 0) & (rows.reps.fillna(0) <= EPLEY_MOST_REPS)]
    best = counted.weight_kg * (1 + (counted.reps.astype(float) + counted.rir) / 30)
    return counted.assign(best=best.round(1))[best > 4.5 * counted.body_kg]


def find_absent_equipment(tables: Tables) -> pd.DataFrame:
    """A planned exercise that needs equipment the person does not have."""
    owned = tables["user_profiles"][["user_id", "equipment_access"]].merge(
        tables["equipment"], left_on="equipment_access", right_on="name")[["user_id", "equipment_id", "equipment_access"]]
    days = tables["plan_days"].merge(tables["workout_plans"][["plan_id", "user_id"]], on="plan_id")
    rows = tables["plan_exercises"].merge(days[["plan_day_id", "user_id"]], on="plan_day_id").merge(owned, on="user_id")
    rows = rows.merge(tables["exercise_equipment"].assign(there=True), on=["exercise_id", "equipment_id"], how="left")
    return rows[rows.there.isna()]


def find_tired_loafers(tables: Tables) -> pd.DataFrame:
    """A session rated 9 or more of 10 with five or more repetitions in reserve on average."""
    spare = _sets(tables).groupby("workout_id").rir.mean().rename("spare").reset_index()
    rows = tables["workouts"].merge(spare, on="workout_id")
    return rows[(rows.effort >= 9) & (rows.spare >= 5)]


_USER, _LOG, _SET = ("user_id",), ("user_id", "logged_on"), ("workout_exercise_id", "set_number")
PLAUSIBILITY: tuple[Plausibility, ...] = (
    Plausibility("build", "user_profiles", _USER, "{weight_kg} kg at {height_cm} cm is {bmi:.1f} kg/m2", find_odd_builds),
    Plausibility("training_age", "user_profiles", _USER, "{training_years} training years at {age}", find_early_starters),
    Plausibility("level_without_training", "user_profiles", _USER, "advanced with no training years", find_instant_experts),
    Plausibility("pregnancy", "user_conditions", ("user_id", "condition_id"), "{name} at {age}, {gender}", find_odd_pregnancies),
    Plausibility("contradicting_conditions", "user_conditions", _USER, "{first} and {second} at once", find_contradictions),
    Plausibility("medicine_without_illness", "user_medications", ("user_id", "position"),
                 "{medication} without the illness it is for", find_orphan_medicines),
    Plausibility("calorie_target_where_harmful", "calorie_targets", _USER,
                 "{kcal} kcal for somebody whom a calorie number could harm", find_harmful_targets),
    Plausibility("day_of_food", "calorie_intake_logs", _LOG, "{kcal} kcal in a day", find_hungry_days),
    Plausibility("night", "sleep_duration_logs", _LOG, "{hours} hours of sleep", find_odd_nights),
    Plausibility("weight_jump", "weight_logs", _LOG, "{weight_kg} kg within a week of {before} kg", find_weight_jumps),
    Plausibility("first_weighing", "weight_logs", _LOG, "{weight_kg} kg, the profile says {weight_kg_told} kg",
                 find_strange_scales),
    Plausibility("weekday", "workouts", ("workout_id",), "done on a {weekday}, planned for {day}", find_wrong_weekdays),
    Plausibility("before_joining", "workouts", ("workout_id",), "done on {done_on}, joined on {joined_on}", find_early_workouts),
    Plausibility("session_twice", "workouts", ("workout_id",), "the same session twice on {done_on}", find_double_workouts),
    Plausibility("superhuman", "workout_sets", _SET, "{weight_kg} kg x {reps} is a maximum of {best} kg at {body_kg} kg",
                 find_superhuman_sets),
    Plausibility("absent_equipment", "plan_exercises", ("plan_exercise_id",), "exercise {exercise_id} with {equipment_access}",
                 find_absent_equipment),
    Plausibility("effort_and_reserve", "workouts", ("workout_id",), "effort {effort} with {spare:.1f} repetitions in reserve",
                 find_tired_loafers),
)
