"""Food limits: what a diet and allergies, in a person's own words, rule out; by knowledge/food_words.yaml.

An allergy rules out its group and the kin of it. What nobody recognises is kept as such: then no food may be named. Knows
nothing of meals or plans.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from fitsense.contracts.profile import Constraints
from fitsense.knowledge.food_words import Labels, load_food_words, load_lexicon, singular
from fitsense.knowledge.foods import Allergen, DietTag
from fitsense.safety.food_text import find_pieces
from fitsense.safety.wording import normalise_text

ALLERGENS = frozenset(get_args(Allergen))
_CLAUSE = re.compile(r"[,;:&+\n()\[\]]|(?<!\bn)/|\b(?:and|or|plus)\b|\.(?=\s|$)")
_AVOIDED = re.compile(
    r"\b(?:no|not|never|without|avoid\w*|don'?t eat|do not eat|allergic to|intolerant to|except|but not)\s+([^.;]+)|"
    r"\b([a-z]+)[- ]free\b"
)
_ALLERGIC = re.compile(r"\b(?:allerg|anaphyla)|intoleran|\bc(?:o)?eliac|\bsensitiv\w+ to\b")
_LEFT_OUT_FOODS = ("gluten", "dairy", "milk", "lactose")  # a diet only by being left out
_LEFT_OUT = (
    r"\b(?:no|not|non|never|without|avoid\w*|don'?t|cannot|can'?t|allerg\w+|intoleran\w+|free (?:of|from))\b[^.;,]*\b{0}\b|"
    r"\b{0}\b(?: products?)?[ -]*(?:free|intoleran|allerg|sensitiv)|^{0}$"
)
_NOT_A_DIET = re.compile(r"\b(?:not|never|isn't|no longer|used to be|was|non|ex)[ -]+(?:(?:an?|strictly|fully|really)[ -]+)*$")
_NOTHING = re.compile(r"\b(?:no|nothing|don'?t|do not|avoid\w*)\b")  # "nothing that is not vegan" is vegan
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Ban:
    """One thing ruled out: labels, foods without a tag, or two labels in one meal; `reason` names the person's words."""

    reason: str
    labels: Labels = frozenset()
    tag: DietTag | None = None
    apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoodLimits:
    """All bans of one person, and the allergies that nobody recognised; `hidden`: one hides in mixed foods."""

    bans: tuple[Ban, ...] = ()
    unknown: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def tags(self) -> frozenset[DietTag]:
        """The diet tags asked for."""
        return frozenset(ban.tag for ban in self.bans if ban.tag)

    @property
    def apart(self) -> tuple[str, ...]:
        """Two labels that may not share a meal, or none."""
        return next((ban.apart for ban in self.bans if ban.apart), ())


def list_allergies(given: Constraints) -> list[str]:
    """The allergies a person names, those told among the conditions included ("coeliac disease")."""
    told = [clause for text in given.conditions for clause in _told_clauses(split_clauses(normalise_text(text)))]
    return [*(given.allergies or []), *told]


def _told_clauses(clauses: list[str]) -> list[str]:
    """The clauses of a condition that tell of an allergy, and every food beside one: "allergic to nuts and shellfish"."""
    if not any(map(_ALLERGIC.search, clauses)):
        return []
    return [clause for clause in clauses if _ALLERGIC.search(clause) or rule_out(clause)]


def split_clauses(text: str) -> list[str]:
    """Cut a person's words at commas, brackets, "and", "or"."""
    return [clause.strip(" .") for clause in _CLAUSE.split(text) if clause.strip(" .")]


@lru_cache(maxsize=1024)
def read_food_limits(diet: str, allergies: tuple[str, ...]) -> FoodLimits:
    """Read a diet and allergies in a person's own words."""
    eaten, bans, unknown = normalise_text(diet), [], []
    for text in map(normalise_text, allergies):
        clauses = {clause: rule_out(clause) for clause in split_clauses(text)}
        bans += [Ban(f"allergy to {text}", labels) for labels in clauses.values() if labels]
        unknown += _list_unknown(text, clauses)
    hiding = {name for name, group in load_food_words().groups.items() if group.hides}
    hidden = any(hiding & (rule_out(clause, kin=False) or frozenset())
                 for text in allergies for clause in split_clauses(normalise_text(text)))
    return FoodLimits((*bans, *_read_diet(eaten)), tuple(unknown), hidden)


def _read_diet(eaten: str) -> list[Ban]:
    """Bans of a diet: by its words, and by what it says to avoid."""
    reason, table = f"diet: {eaten}", load_food_words()
    bans = [Ban(reason, frozenset(row.out), row.tag, tuple(row.apart))
            for row in table.diets if any(_is_diet(word, eaten) for word in row.words)]
    avoided = [clause for texts in _AVOIDED.findall(eaten) for clause in split_clauses("".join(texts))]
    return bans + [Ban(reason, labels) for labels in (rule_out(clause, kin=False) for clause in avoided) if labels]


def _is_diet(word: str, eaten: str) -> bool:
    """Whether a diet's words name it: "not vegan" does not, nor does "lots of milk"; "milk free" and "no milk" do."""
    if word in _LEFT_OUT_FOODS:
        return re.search(_LEFT_OUT.format(word), eaten) is not None
    said = [eaten[:found.start()] for found in re.finditer(re.escape(word), eaten)]
    return any(_NOTHING.search(before) or not _NOT_A_DIET.search(before) for before in said)


def _list_unknown(text: str, clauses: dict[str, Labels | None]) -> list[str]:
    """The clauses nobody recognised; the whole text where none of them says anything."""
    unknown = [clause for clause, labels in clauses.items() if labels is None and not _is_filler(clause)]
    if not unknown and all(labels is None for labels in clauses.values()):
        return [text] if text else []
    return unknown


def rule_out(clause: str, kin: bool = True) -> Labels | None:
    """Labels that one allergy rules out, none for one that is not to food; None where nobody recognised it.

    Without `kin` (what a diet avoids) a member rules out its group only where the group is an allergen.
    """
    lexicon = load_lexicon()
    pieces = find_pieces(clause, lexicon.labels | lexicon.said)
    out: Labels = frozenset()
    for piece in pieces:
        if piece.term in lexicon.said:
            out |= lexicon.said[piece.term]
        elif piece.labels:
            out |= {" ".join(piece.term)} | _spread(piece.labels, kin)
    if not out:
        return frozenset() if _is_not_food(clause) else None
    return out | _find_kin(out) if kin else out


def _spread(labels: Labels, kin: bool) -> Labels:
    groups = load_food_words().groups
    return frozenset(label for label in labels
                     if label not in groups or label in ALLERGENS or (kin and groups[label].spreads))


def _find_kin(labels: Labels) -> Labels:
    groups = load_food_words().groups
    return frozenset(kin for label in labels if label in groups for kin in groups[label].kin)


def _is_not_food(clause: str) -> bool:
    """Whether a clause names an allergy that is not to food, or none at all, and says nothing else."""
    pattern = "|".join(rf"\b{re.escape(words)}(?:s|es)?(?![a-z])" for words in load_food_words().not_food)
    return re.search(pattern, clause) is not None and _is_filler(re.sub(pattern, " ", clause))


def _is_filler(clause: str) -> bool:
    known = load_food_words().filler
    return all(len(word) == 1 or word in known or singular(word) in known for word in _WORD.findall(clause))
