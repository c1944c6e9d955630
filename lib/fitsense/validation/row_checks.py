"""Checks that no single table can make: dates in order, links that stay with one person, nobody twice, nobody half there.

A finder takes the tables and returns what is wrong as `[{name, table, key, reason}]`; each finder is one named check, and
FINDERS is where another one is added. Tables must keep their columns first (table_checks).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median_low

import pandas as pd

from fitsense.validation.checks import Check, make_check

Tables = dict[str, pd.DataFrame]
DATED = {"workout_plans": "created_on", "workouts": "done_on", "calorie_targets": "valid_from", "sleep_targets": "valid_from",
         "calorie_intake_logs": "logged_on", "sleep_duration_logs": "logged_on", "weight_logs": "logged_on"}
LOGS = ("workouts", "calorie_intake_logs", "sleep_duration_logs", "weight_logs")
SLACK_DAYS = 14  # between the ends of a run's logs: people stop logging one thing before another (heuristic)
HAVE_ONE = ("user_profiles", "user_goals", "user_medical_profiles", "workout_plans", "sleep_targets")


def check_rows(tables: Tables) -> list[Check]:
    """One check a finder: `rows.dates`, `rows.links`, `rows.people_distinct`, `rows.people_whole`."""
    n_rows = sum(len(frame) for frame in tables.values())
    return [make_check(name, n_rows, [describe_finding(found) for found in find(tables)], holds)
            for name, (find, holds) in FINDERS.items()]


def describe_finding(found: dict) -> str:
    """A finding as one phrase: table, key, reason."""
    key = ", ".join(f"{column} {value}" for column, value in found["key"].items())
    return f"{found['table']} {key}: {found['reason']} ({found['name']})"


def find_wrong_dates(tables: Tables) -> list[dict]:
    """Dates before their person joined, and dates in the future: two weeks and more after the run's other logs end."""
    ends = [pd.to_datetime(tables[name][DATED[name]]).max() for name in LOGS if len(tables[name])]
    end = median_low(ends) + timedelta(days=SLACK_DAYS) if ends else pd.Timestamp.max
    joined = pd.to_datetime(tables["users"].set_index("user_id")["joined_on"])
    found = []
    for name, column in DATED.items():
        rows = tables[name].assign(date=pd.to_datetime(tables[name][column]))
        rows["joined"] = rows["user_id"].map(joined[~joined.index.duplicated()])
        early, late = rows[rows["date"] < rows["joined"]], rows[rows["date"] > end]
        found += [_finding("before_joining", name, row, f"{column} {row.date:%Y-%m-%d}, joined on {row.joined:%Y-%m-%d}")
                  for row in early.itertuples()]
        found += [_finding("in_the_future", name, row, f"{column} {row.date:%Y-%m-%d}, the run's logs end by {end:%Y-%m-%d}")
                  for row in late.itertuples()]
    return found


def find_crossed_links(tables: Tables) -> list[dict]:
    """Workouts that follow somebody else's plan, and days that a plan has twice."""
    days = tables["plan_days"].merge(tables["workout_plans"][["plan_id", "user_id"]], on="plan_id", how="left")
    done = tables["workouts"].merge(days[["plan_day_id", "user_id"]], on="plan_day_id", suffixes=("", "_of_plan"))
    crossed = done[done["user_id"] != done["user_id_of_plan"]]
    twice = days[days.duplicated(["plan_id", "day"])]
    return [*(_finding("another_persons_plan", "workouts", row, f"workout {row.workout_id} follows a plan of user "
                       f"{row.user_id_of_plan:.0f}") for row in crossed.itertuples()),
            *(_finding("day_twice", "plan_days", row, f"plan {row.plan_id} has {row.day} twice") for row in twice.itertuples())]


def find_twins(tables: Tables) -> list[dict]:
    """People whose profile equals another's in every column: one person entered twice under two ids."""
    profiles = tables["user_profiles"]
    columns = [column for column in profiles.columns if column != "user_id"]
    first = profiles.drop_duplicates(columns).set_index(columns)["user_id"]
    twins = profiles[profiles.duplicated(columns)]
    return [_finding("same_person", "user_profiles", row, f"every column equals that of user {first.loc[values]}")
            for row, values in zip(twins.itertuples(), twins[columns].itertuples(index=False, name=None), strict=True)]


def find_incomplete_people(tables: Tables) -> Iterator[dict]:
    """People without a row in a table where everybody has one: a table that was cut short."""
    for name in HAVE_ONE:
        lost = tables["users"][~tables["users"]["user_id"].isin(tables[name]["user_id"])]
        yield from (_finding("nothing_there", name, row, "no row, everybody else has one") for row in lost.itertuples())


def _finding(name: str, table: str, row, reason: str) -> dict:
    return {"name": name, "table": table, "key": {"user_id": row.user_id}, "reason": reason}


# By check: what finds its faults, and what holds when there are none.
FINDERS: dict[str, tuple[Callable, str]] = {
    "rows.dates": (find_wrong_dates, "no date before joining, none after the run"),
    "rows.links": (find_crossed_links, "workouts follow their own person's plan; no plan has a day twice"),
    "rows.people_distinct": (find_twins, "no two profiles are alike"),
    "rows.people_whole": (find_incomplete_people, "everybody has profile, goals, limits, plan and sleep target"),
}
