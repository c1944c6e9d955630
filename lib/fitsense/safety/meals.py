"""Meals: foods in a text that a person is allergic to or does not eat, and the foods of the catalogue that fit.

One reading of words for both, so that what fits is never refused. Reads words, not recipes: what it names is wrong, what
it does not name may still be. Knows nothing of plans.
"""

from functools import lru_cache

from fitsense.knowledge.food_words import load_lexicon
from fitsense.knowledge.foods import load_foods
from fitsense.safety.food_limits import Ban, FoodLimits, read_food_limits
from fitsense.safety.food_text import Named, read_foods
from fitsense.safety.wording import normalise_text


def find_forbidden_foods(text: str, diet: str, allergies: list[str]) -> list[tuple[str, str]]:
    """Find (food, why) for foods in a text that a diet or allergies, in the person's own words, forbid.

    Where nobody recognised an allergy every food is forbidden.
    """
    words, limits = normalise_text(text), read_food_limits(diet, tuple(allergies))
    named = read_foods(words)
    found = [(_shorten(item, ban), ban.reason) for ban in limits.bans for item in named if _is_banned(item, ban)]
    found += [pair for ban in limits.bans if ban.apart and " or " not in words for pair in _find_apart(named, ban)]
    found += [(item.text, f"allergy to {clause}, which nobody recognised") for clause in limits.unknown for item in named]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1024)
def list_fitting_foods(diet: str, allergies: tuple[str, ...]) -> frozenset[str]:
    """Names of the foods that fit a diet and every allergy; none where an allergy is not recognised."""
    lexicon, limits = load_lexicon(), read_food_limits(diet, allergies)
    if limits.unknown:
        return frozenset()
    return frozenset(name for term, name in lexicon.names.items() if fits(Named(name, (), term, lexicon.labels[term]), limits))


def fits(item: Named, limits: FoodLimits) -> bool:
    """Whether nothing forbids a food by itself."""
    return not any(_is_banned(item, ban) for ban in limits.bans)


def _is_banned(item: Named, ban: Ban) -> bool:
    freed = item.freed | (item.meatless if ban.tag else frozenset())
    if ban.labels & (item.labels - freed):
        return True
    name = load_lexicon().names.get(item.term)
    return ban.tag is not None and name is not None and not freed and ban.tag not in load_foods()[name].eaten_by()


def _shorten(item: Named, ban: Ban) -> str:
    """The part of a longer name that is forbidden by itself: "bread" of "wholemeal bread"."""
    return next((text for text, labels in item.parts if ban.labels & labels & item.labels), item.text)


def _find_apart(named: tuple[Named, ...], ban: Ban) -> list[tuple[str, str]]:
    one, other = ([item for item in named if label in item.labels - item.freed - item.meatless] for label in ban.apart)
    return [(item.text, f"{ban.reason}, not with {one[0].text}") for item in other] if one else []
