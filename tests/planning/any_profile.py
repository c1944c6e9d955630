"""Strategies for any profile that the contract allows: every corner, in words that the tables know, unknown words and junk.

Words of a table are read off its patterns, one for every way a row can be said, so that no row is left out.
"""

import random
from functools import cache
from importlib.resources import files
from re import _parser as pattern_parser  # the standard library's own reader of patterns; Python is pinned to 3.11 and 3.12
from typing import get_args

import yaml
from hypothesis import strategies as st

from fitsense.contracts.profile import BODY_PARTS, Activity, Equipment, Gender, Goal, Level, Profile
from fitsense.contracts.strictness import CONTROL, check_contract
from fitsense.knowledge.exercises import load_exercises
from fitsense.knowledge.food_words import load_food_words
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import load_screening

UNKNOWN = ["Ehlers something", "waiting for results", "blorbitis", "meine Knie tun weh", "膝が痛い", "a new tablet", "asdf",
           "?", "none", "no"]
TURNS = ["", "", ", controlled", ", not controlled", ", cleared by my doctor", " in 2012", ", not checked yet", " since March"]
TIMES = ["", "no Mondays", "weekends only", "only weekdays", "evenings after 8", "busy on Tuesdays, no Fridays", "no mornings",
         "no Monday, not Tuesday, never Wednesday, no Thursdays, except Friday, no Saturday, no Sunday", "night shifts"]
ODD_DIETS = ["vegan keto", "no fruit, no rice, no potatoes", "everything except fish", "halal, low carb", "carnivore", "none"]
MOST_WORDS = 120


def spell_out(pattern: str, rng: random.Random) -> str:
    """One text that a pattern matches, lookarounds aside: each branch and count chosen by chance."""
    return "".join(_spell(node, rng) for node in pattern_parser.parse(pattern))


def _spell(node, rng: random.Random) -> str:
    kind, what = str(node[0]), node[1]
    if kind == "LITERAL":
        return chr(what)
    if kind == "IN":
        return _spell(rng.choice([one for one in what if str(one[0]) != "NEGATE"]), rng)
    if kind == "RANGE":
        return chr(rng.randint(*what))
    if kind == "CATEGORY":
        return {"CATEGORY_DIGIT": "4", "CATEGORY_SPACE": " "}.get(str(what), "x")
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        count = rng.randint(what[0], min(int(what[1]), what[0] + 1))
        return "".join(_spell(inner, rng) for _ in range(count) for inner in what[2])
    if kind == "SUBPATTERN":
        return "".join(_spell(inner, rng) for inner in what[-1])
    if kind == "BRANCH":
        return "".join(_spell(inner, rng) for inner in rng.choice(what[1]))
    return "x" if kind == "ANY" else ""


@cache
def list_health_words() -> tuple[str, ...]:
    """What the screening tables know: every pattern of every row said twice, and the phrases that synthetic people use."""
    rng, table = random.Random(0), load_screening()
    said = [(row, spell_out(pattern, rng).strip()) for row in [*table["words"], *table["injury_words"]]
            for pattern in row["match"] for _ in range(2)]
    people = yaml.safe_load((files("fitsense.synthesis") / "people.yaml").read_text(encoding="utf-8"))["conditions"]
    phrases = [text for row in people for text in [*row["phrases"], *row["medications"]]]
    return tuple(dict.fromkeys([text for row, text in said if row["pattern"].search(text)] + phrases))


@cache
def list_food_words() -> tuple[str, ...]:
    """What the food tables know an allergy or a diet by."""
    table = load_food_words()
    groups = [text for group in table.groups.values() for text in [*group.said, *group.words[:3]]]
    return tuple(dict.fromkeys([*groups, *(text for row in table.diets for text in row.words), *table.not_food]))


def _fit(text: str) -> str:
    return CONTROL.sub("", text)[:MOST_WORDS].strip() or "x"


junk = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(_fit)
unknown = st.one_of(st.sampled_from(UNKNOWN), junk)


def said_of(known: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A known word as it stands or turned round, two in one breath, or something nobody knows."""
    word = st.sampled_from(known)
    turned = st.tuples(word, st.sampled_from(TURNS)).map("".join)
    both = st.tuples(turned, st.sampled_from([" and ", ", ", "; ", ". "]), turned).map("".join)
    return st.one_of(word, turned, both, unknown).map(_fit)


def _few(one: st.SearchStrategy, most: int) -> st.SearchStrategy:
    """Mostly none or one of something, now and then as many as the contract takes."""
    return st.one_of(st.just([]), st.lists(one, min_size=1, max_size=2), st.lists(one, max_size=most))


def _edges(low: int, high: int) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(low, high), st.sampled_from([low, high]))


@st.composite
def any_body(draw) -> dict:
    """Age, sex, height and a weight of a body mass index of 13 to 60 (as far as the contract's kilograms go)."""
    height = draw(st.floats(100, 230))
    index = draw(st.one_of(st.floats(13, 60), st.sampled_from([13.0, 17.4, 17.5, 18.4, 18.5, 29.9, 30.0, 35.0, 60.0])))
    weight = min(max(index * (height / 100) ** 2, 25.0), 350.0)
    return {"age": draw(st.one_of(_edges(13, 100), st.sampled_from([17, 18, 64, 65, 74, 75]))), "height_cm": height,
            "weight_kg": weight, "gender": draw(st.sampled_from(get_args(Gender))),
            "fitness_level": draw(st.sampled_from(get_args(Level))),
            "activity_level": draw(st.sampled_from([None, *get_args(Activity)]))}


def _constraints() -> st.SearchStrategy[dict]:
    health, food = said_of(list_health_words()), said_of(list_food_words())
    return st.fixed_dictionaries({
        "injuries": st.one_of(st.just([]), st.sets(st.sampled_from(BODY_PARTS)).map(sorted), st.just(list(BODY_PARTS))),
        "conditions": _few(health, 8), "medications": st.one_of(st.none(), _few(health, 8)),
        "allergies": st.one_of(st.none(), _few(food, 8)),
        "diet": st.one_of(st.none(), food, st.sampled_from(ODD_DIETS)),
        "time_restrictions": st.one_of(st.sampled_from(TIMES), junk), "location": st.just("")})


def _preferences() -> st.SearchStrategy[dict]:
    liked = sorted({word for row in load_tables()["activities"] for word in row["words"]})
    return st.fixed_dictionaries({
        "workout_duration": st.one_of(_edges(10, 180), st.sampled_from([15, 20, 30, 45, 60])),
        "days_per_week": st.integers(1, 7), "equipment_access": st.sampled_from(get_args(Equipment)),
        "preferred_activities": _few(st.one_of(st.sampled_from(liked), junk), 8)})


def _metrics() -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({
        "weight_history": st.just([]), "workout_completion_rate": st.floats(0, 1),
        "average_intensity_rating": st.floats(0, 10), "sleep_hours": st.one_of(st.none(), st.floats(0, 16))})


def _feedback() -> st.SearchStrategy[list[dict]]:
    name = st.one_of(st.sampled_from(sorted(load_exercises())), st.sampled_from(["Moon Press", "zumba", "push ups"]), junk)
    return _few(st.fixed_dictionaries({"exercise": name, "enjoyment": st.integers(1, 5),
                                       "difficulty": st.sampled_from(["too_easy", "just_right", "too_hard"])}), 12)


STATS = {"health": 0, "strength": 50, "agility": 100, "endurance": 10, "xp": 0, "level": 1}


def any_profile() -> st.SearchStrategy[Profile]:
    """Any valid profile; what may change nothing (the game layer, histories, place) is plain here and tested by itself."""
    return st.fixed_dictionaries({
        "personal_info": any_body(), "goals": st.lists(st.sampled_from(get_args(Goal)), min_size=1, max_size=3),
        "preferences": _preferences(), "constraints": _constraints(), "metrics": _metrics(),
        "feedback": st.fixed_dictionaries({"previous_workouts": _feedback()}), "gamified_stats": st.just(STATS),
    }).map(lambda value: check_contract(Profile, value, "profile"))
