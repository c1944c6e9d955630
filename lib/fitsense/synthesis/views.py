"""Views: small tables for a reader of the simulated world: one person, their plan, one question, rows per table.

Each takes a world and changes nothing.
"""

import pandas as pd

from fitsense.contracts.plan import iter_entries
from fitsense.contracts.requests import INPUTS
from fitsense.contracts.strictness import ContractError, check_contract, dump_compact
from fitsense.synthesis.queries import summarise
from fitsense.synthesis.world import World


def table_sizes(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows and columns of every table, parents before children."""
    rows = [(name, len(frame), len(frame.columns), ", ".join(frame.columns)) for name, frame in tables.items()]
    return pd.DataFrame(rows, columns=["table", "rows", "columns", "names"])


def show_people(world: World, count: int) -> pd.DataFrame:
    """The first people in a line each, as a reader would describe them."""
    rows = [(person.user_id, summarise(person), round(person.traits.adherence, 2)) for person in world.people[:count]]
    return pd.DataFrame(rows, columns=["user", "who", "hidden adherence"])


def pick_example(world: World) -> int:
    """A person worth looking at: the one with most sessions among those who lift a counted load and log their food."""
    def interest(person) -> tuple[bool, int]:
        life = world.lives[person.user_id]
        return bool((life.training.sets.weight > 0).any()) and len(life.calories) > 0, len(life.training.day)

    return max(world.people, key=interest).user_id


def show_plan(world: World, user_id: int) -> pd.DataFrame:
    """A person's planned week, an exercise a row."""
    rows = [(day.day, day.focus, entry.name, entry.sets, entry.reps or f"{entry.duration} min", entry.intensity,
             entry.rest, entry.notes) for day, entry in iter_entries(world.plans[user_id])]
    return pd.DataFrame(rows, columns=["day", "focus", "exercise", "sets", "reps", "intensity", "rest s", "cue"])


def show_questions(world: World, user_id: int) -> pd.DataFrame:
    """What one person asks, their own words where there are any, and the size of the request in characters."""
    rows = []
    for query in world.queries:
        if query["user_id"] == user_id:
            asked = query["input"]
            words = asked.get("request") or asked.get("message") or asked.get("question") or query["context_summary"]
            rows.append((query["query_id"], query["scenario_id"], words, len(dump_compact(asked))))
    return pd.DataFrame(rows, columns=["query", "scenario", "words", "characters"])


def show_query(world: World, number: int) -> dict:
    """One question as it is written, whole."""
    return world.queries[number]


def count_invalid(world: World) -> int:
    """How many questions break their prompt type's contract, checked again from the written form."""
    return sum(not _is_valid(query) for query in world.queries)


def _is_valid(query: dict) -> bool:
    try:
        check_contract(INPUTS[query["prompt_type"]], query["input"], query["query_id"])
    except ContractError:
        return False
    return True
