"""Strategies for any request about a plan: what people ask, report and log, about the engine's own week or a stranger's.

Sentences come from the tables of synthetic people, whole, in pairs, and cut up; slots are filled from the plan at hand.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from any_profile import any_profile, junk, list_health_words
from hypothesis import strategies as st

from fitsense.contracts.plan import DAYS, Plan
from fitsense.contracts.profile import BODY_PARTS, Profile
from fitsense.contracts.requests import Request, compact_week, make_request, person_of
from fitsense.knowledge.exercises import load_exercises
from fitsense.planning.facts import retrieve_facts
from fitsense.planning.prescribe import prescribe

FREE = ["swap", "add", "more", "less", "drop", "harder", "easier", "my knee hurts", "20 minutes", "two days", "core", "cardio",
        "legs", "push-ups", "dumbbells", "no equipment", "hotel", "instead", "hate", "boring", "the whole thing", "0 minutes",
        "999 min", "squat", "back", "shoulder aches", "and", "but", "not", "please", "one day", "half an hour", "six days",
        "lighter", "more weight", "Monday", "Sundays", "chest", "mobility", "balance", "I fainted", "chest pain", "pregnant"]
SLOTS = {"days": ["one", "2", "3", "six"], "minutes": ["5", "10", "20", "45", "300"],
         "part": [part.replace("_", " ") for part in BODY_PARTS],
         "equipment": ["dumbbells", "a gym membership", "resistance bands"],
         "area": ["core", "legs", "cardio", "mobility", "balance", "arms"]}
REPS = ["8-12", "5", "30 s", "20 min", "8 each side", "30 s each side", "1", "60", "1.5 min", "lots", "10 sec", "to failure",
        "2 minutes", "x min", " min", "12 min", "100"]
MOST_MESSAGE = 600


@dataclass(frozen=True)
class Asked:
    """A person, the plan they have, and what they ask."""

    profile: Profile
    plan: Plan
    request: Request


@cache
def _read(name: str) -> dict:
    return yaml.safe_load((files("fitsense.synthesis") / name).read_text(encoding="utf-8"))


def _list_requests() -> list[str]:
    return [text for row in _read("requests.yaml")["modification"].values() for text in row["say"]]


def _list_questions() -> list[str]:
    return [text for row in _read("requests.yaml")["coaching"].values() for text in row["say"]]


def _list_messages() -> list[str]:
    return [text for row in _read("safety_messages.yaml")["scenarios"] for text in row["say"]]


def _sentences(templates: list[str]) -> st.SearchStrategy[str]:
    told = st.sampled_from(list_health_words()).map(lambda words: f"I was just told I have {words}.")
    free = st.lists(st.one_of(st.sampled_from(FREE), st.sampled_from([*BODY_PARTS, *DAYS])), min_size=1, max_size=6)
    one = st.one_of(st.sampled_from(templates), st.sampled_from(templates), free.map(" ".join), told, junk)
    return st.lists(one, min_size=1, max_size=2).map(" ".join)


@st.composite
def _message(draw, templates: list[str], names: list[str]) -> str:
    slots = {**SLOTS, "exercise": [*names, names[0].split()[-1].lower() + "s", "Moon Press"]}
    text = draw(_sentences(templates))
    filled = re.sub(r"\{(\w+)\}", lambda slot: draw(st.sampled_from(slots.get(slot[1], ["thing"]))), text)
    return filled[:MOST_MESSAGE].strip() or "x"


def _strange_week() -> st.SearchStrategy[list[dict]]:
    """A week that somebody else wrote: names we do not know, repetitions that nobody can do, an exercise twice."""
    odd = st.sampled_from(["Moon Press", "bench", " squat ", "Push-ups!", "膝"])
    name = st.one_of(st.sampled_from(sorted(load_exercises())), odd)
    item = st.fixed_dictionaries({"name": name, "sets": st.integers(1, 10), "reps": st.sampled_from(REPS)},
                                 optional={"weight_kg": st.floats(0, 600)})
    days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)
    return days.flatmap(lambda listed: st.tuples(*(st.fixed_dictionaries(
        {"day": st.just(day), "exercises": st.lists(item, min_size=1, max_size=5)}) for day in listed)).map(list))


def _logs(names: list[str]) -> st.SearchStrategy[list[dict]]:
    one_set = st.fixed_dictionaries({"reps": st.one_of(st.integers(0, 20), st.integers(0, 200)), "rir": st.floats(0, 10),
                                     "weight_kg": st.one_of(st.just(0.0), st.floats(0, 600))})
    done = st.fixed_dictionaries({"name": st.sampled_from([*names, names[0].upper(), "Moon Press"]),
                                  "sets": st.one_of(st.lists(one_set, max_size=3), one_set.map(lambda done: [done] * 3))})
    notes = [note for row in _read("requests.yaml")["notes"].values() for note in row]
    week = st.fixed_dictionaries(
        {"week": st.integers(1, 520), "sessions_planned": st.integers(0, 14),
         "sessions": st.lists(st.fixed_dictionaries({"exercises": st.lists(done, max_size=3)}), max_size=3)},
        optional={"sleep_hours_avg": st.floats(0, 16), "calories_avg": st.integers(0, 8000), "bodyweight_kg": st.floats(25, 350),
                  "note": st.one_of(st.sampled_from([*notes, *_list_messages()]), junk)})
    return st.lists(week, max_size=4)


@st.composite
def any_asked(draw, prompt_type: str, own_plan: bool = True) -> Asked:
    """A person with the engine's own plan (or with a stranger's week) and any request of one type about it."""
    profile = draw(any_profile())
    plan, person = prescribe(profile), person_of(profile)
    week = [day.model_dump(mode="json") for day in compact_week(plan)] if own_plan else draw(_strange_week())
    names = list(dict.fromkeys(item["name"] for day in week for item in day["exercises"]))
    payload = {"person": person.model_dump(mode="json"), "plan": week}
    if prompt_type == "plan_modification":
        payload["request"] = draw(_message(_list_requests(), names))
    elif prompt_type == "safety_adjustment":
        payload["message"] = draw(_message(_list_messages(), names))
    elif prompt_type == "progress_adaptation":
        payload["logs"] = draw(_logs(names))
    else:
        question = draw(_message(_list_questions(), names))
        facts = retrieve_facts(question, person, compact_week(plan))
        payload = {"person": payload["person"], "question": question, "facts": facts}
    return Asked(profile, plan, make_request(prompt_type, payload))
