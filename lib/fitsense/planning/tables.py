"""The engine's tables (tables.yaml), read once. Knows nothing of people."""

from functools import cache

from fitsense.artifacts import read_yaml
from fitsense.contracts.profile import Goal
from fitsense.knowledge.exercises import load_exercises


@cache
def load_tables() -> dict:
    """Read tables.yaml; raises ValueError where it names an exercise the catalogue has not."""
    tables = read_yaml("fitsense.planning", "tables.yaml")
    named = [name for pool in tables["pools"].values() for name in pool] + tables["endurance_cardio"]
    named += [name for row in tables["activities"] for name in row.get("cardio", [])]
    for name in named:
        if name not in load_exercises():
            raise ValueError(f"planning/tables.yaml: {name!r} is not in the exercise catalogue")
    return tables


def name_goal(goal: Goal) -> str:
    """The goal in words."""
    return load_tables()["goal_names"][goal]
