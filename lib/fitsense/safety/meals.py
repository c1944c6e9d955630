"""Meals: foods in a text that a person is allergic to or does not eat, by the table `meals.yaml`.

Reads words, not recipes: what it names is wrong, what it does not name may still be. Knows nothing of plans.
"""

import re
from functools import lru_cache
from importlib.resources import files

import yaml

from fitsense.safety.wording import normalise_text

_FREE = re.compile(r"\b[\w-]+[- ]free(?: \w+)?|\b(?:no|without|not|never|avoid|instead of) (?:\w+ )?\w+")


@lru_cache(maxsize=1)
def load_meals() -> dict:
    """Read `meals.yaml` with its words compiled; cached."""
    table = yaml.safe_load((files("fitsense.safety") / "meals.yaml").read_text(encoding="utf-8"))
    for row in [*table["allergies"], *table["diets"]]:
        row["said"], row["foods"] = (_compile(row[key], table["macros"]) for key in ("said", "foods"))
    return table


def _compile(words: str, macros: dict[str, str]) -> re.Pattern:
    for name, text in macros.items():
        words = words.replace(f"<{name}>", text)
    return re.compile(rf"\b(?:{words})(?:s|es)?\b")


def find_forbidden_foods(text: str, diet: str, allergies: list[str]) -> list[tuple[str, str]]:
    """Find (food, why) for foods in a text that a diet or allergies, in the person's own words, forbid."""
    table = load_meals()
    words = _FREE.sub(" ", normalise_text(text))
    eaten, sick = normalise_text(diet), [normalise_text(allergy) for allergy in allergies]
    rows = [(row, f"allergy to {said}") for said in sick for row in table["allergies"] if row["said"].search(said)]
    rows += [(row, f"diet: {eaten}") for row in table["diets"] if row["said"].search(eaten)]
    return list(dict.fromkeys((match[0], reason) for row, reason in rows for match in row["foods"].finditer(words)))
