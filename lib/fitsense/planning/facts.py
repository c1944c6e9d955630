"""Facts: what the catalogue, the rules and the person's own plan say about a question, at most six short lines.

Found by words, in a fixed order: exercises named, the plan's own lines, rules by topic. Knows nothing of answering.
"""

import re
from functools import cache

from fitsense.artifacts import read_yaml
from fitsense.contracts.plan import DAYS
from fitsense.contracts.requests import CompactDay, Person
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.knowledge.rules import load_rules
from fitsense.planning.intents import find_named
from fitsense.planning.nutrition import find_care_rule
from fitsense.planning.selection import select_for_person
from fitsense.safety.screening import Limits, screen_person

MOST_FACTS, MOST_EXERCISES, MOST_RULES, MOST_LENGTH = 6, 2, 3, 240


@cache
def load_topics() -> dict:
    """Read facts.yaml; raises KeyError where it names a rule there is not."""
    table = read_yaml("fitsense.planning", "facts.yaml")
    listed = [rule for row in [*table["topics"], *table["withheld"]] for rule in row["rules"]]
    for rule_id in [*table["usual"], *listed]:
        load_rules()[rule_id]
    return table


def retrieve_facts(
    question: str, person: Person, week: list[CompactDay], limits: Limits | None = None
) -> list[str]:
    """Collect at most six facts of at most 240 characters for a question; the same question gives the same facts.

    `limits` are those of the whole profile where it is at hand (it shows body mass index too), else the person's.
    """
    words, limits = question.lower(), limits or screen_person(person)
    exercises = find_asked(words, week)
    facts = [line for exercise in exercises for line in _tell_exercise(exercise, person)]
    facts += _tell_plan(words, exercises, week)
    facts += _tell_rules(words, limits)
    if not facts:
        facts = [load_rules()[rule_id].text for rule_id in load_topics()["usual"]]
    return [fact[:MOST_LENGTH] for fact in dict.fromkeys(facts)][:MOST_FACTS]


def find_asked(words: str, week: list[CompactDay]) -> list[Exercise]:
    """Exercises a question names: catalogue names in full first, then those of the plan by their last word."""
    spaced = words.replace("-", " ")
    named = [
        exercise
        for name, exercise in _list_spoken()
        if name in spaced and re.search(rf"\b{re.escape(name)}(?:s|es)?\b", spaced)
    ]
    longest = sorted(named, key=lambda exercise: (-len(exercise.name), exercise.name))[:MOST_EXERCISES]
    if longest:
        return [
            exercise
            for exercise in longest
            if not any(exercise is not other and exercise.name in other.name for other in longest)
        ]
    found = [find_exercise(name) for name in find_named(words, week)]
    return [exercise for exercise in found if exercise is not None][:MOST_EXERCISES]


@cache
def _list_spoken() -> tuple[tuple[str, Exercise], ...]:
    """Every exercise with its name as it is looked for: a plain search first spares most of the patterns."""
    return tuple((exercise.name.lower().replace("-", " "), exercise) for exercise in load_exercises().values())


def _tell_exercise(exercise: Exercise, person: Person) -> list[str]:
    """Cues and common mistake, and the easier form where the person may do it."""
    cues = "; ".join(cue.lower() for cue in exercise.cues)
    lines = [f"{exercise.name}: {cues}. Common mistake: {exercise.mistake.lower()}."]
    trained = " and ".join(exercise.primary)
    if exercise.kind == "strength":
        lines.append(f"{exercise.name} trains {trained}.")
    selector = select_for_person(person)
    if exercise.easier and selector.allows(load_exercises()[exercise.easier]):
        lines.append(f"An easier form of {exercise.name} is {exercise.easier}.")
    return lines


def _tell_plan(words: str, exercises: list[Exercise], week: list[CompactDay]) -> list[str]:
    names = {exercise.name for exercise in exercises}
    lines = [
        f"Your plan: {item.name} on {day.day}, {_dose_words(item.sets, item.reps)}."
        for day in week
        for item in day.exercises
        if item.name in names
    ][:2]
    if lines or not any(word in words for word in load_topics()["plan_words"]):
        return lines
    asked = [day for day in week if day.day.lower() in words]
    if not asked and any(day.lower() in words for day in DAYS):
        return ["Your plan trains on " + ", ".join(day.day for day in week) + "."]
    return [
        f"{day.day}: " + ", ".join(f"{item.name} {_dose_words(item.sets, item.reps)}" for item in day.exercises) + "."
        for day in (asked or week)[:2]
    ]


def _dose_words(sets: int, reps: str) -> str:
    return reps if reps.endswith(" min") else f"{sets} x {reps}"


def _tell_rules(words: str, limits: Limits) -> list[str]:
    """The rules on what is asked, at most three; whom to ask instead of a rule that could harm this person."""
    rows = [
        row
        for row in load_topics()["topics"]
        if any(word in words and re.search(rf"\b{re.escape(word)}", words) for word in row["words"])
    ]
    ids = list(
        dict.fromkeys(row["rules"][place] for place in range(MOST_RULES) for row in rows if place < len(row["rules"]))
    )
    withheld = _list_withheld(limits)
    return list(dict.fromkeys(withheld.get(rule_id) or load_rules()[rule_id].text for rule_id in ids))[:MOST_RULES]


def _list_withheld(limits: Limits) -> dict[str, str]:
    """Rules that may not be told to a person with these limits -> what is said instead."""
    no_advice = not (limits.allow_deficit and limits.allow_calorie_number)
    harmful = {
        "eating_less": no_advice,
        "protein_number": no_advice or bool(limits.unrecognised),
        "care_plan": find_care_rule(limits) is not None,
        "fluid": any(rule_id in load_topics()["fluid_rules"] for rule_id, _ in limits.reasons),
        "heavy_loads": limits.max_intensity != "high",
    }
    return {rule: row["say"] for row in load_topics()["withheld"] if harmful[row["where"]] for rule in row["rules"]}
