"""Food words: the one table of what foods, allergies and diets are called, and what stands behind each word.

A term is a tuple of words in their base form; its labels are its own name, its groups and what comes with them. Knows
nothing of people, meals or sentences. Heuristic; cross-reactions after the EAACI 2014 food allergy guidelines.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property

from fitsense.contracts.strictness import Strict, check_contract
from fitsense.knowledge.catalogue import read_table
from fitsense.knowledge.foods import DietTag, load_foods

Term = tuple[str, ...]
Labels = frozenset[str]
FILE = "food_words.yaml"
_WORD = re.compile(r"[a-z]+")


class FoodGroup(Strict):
    """One label: the words of meals that contain it, names of the whole of it, and what an allergy to it takes along."""

    words: list[str]
    said: list[str] = []
    of: list[str] = []
    also: list[str] = []
    kin: list[str] = []
    spreads: bool = True
    hides: bool = False


class SaidRow(Strict):
    """Other names of an allergy, and the labels that it rules out."""

    said: list[str]
    out: list[str]


class DietRow(Strict):
    """One diet: words of it, its tag, labels that a meal may not name, and two that may not share a meal."""

    words: list[str]
    tag: DietTag
    out: list[str]
    apart: list[str] = []


class FoodWords(Strict):
    """The whole table, as food_words.yaml explains it."""

    groups: dict[str, FoodGroup]
    dishes: dict[str, list[str]]
    harmless: list[str]
    plant_stems: list[str]
    plant_heads: list[str]
    plant_pairs: dict[str, list[str]]
    said: list[SaidRow]
    diets: list[DietRow]
    free: dict[str, list[str]]
    meatless: dict[str, list[str]]
    plain: list[str]
    not_food: list[str]
    filler: list[str]
    spellings: dict[str, str]
    spelled_right: list[str]


@cache
def load_food_words() -> FoodWords:
    """Read food_words.yaml; raises ContractError naming the field that is wrong."""
    return check_contract(FoodWords, read_table(FILE), FILE)


def strip_accents(text: str) -> str:
    """Drop accents, letter for letter: "creme fraiche" for its French spelling."""
    return "".join(unicodedata.normalize("NFKD", letter)[:1] for letter in text)


def split_words(text: str) -> list[str]:
    """The words of a lower-case text, without accents and possessives."""
    return _WORD.findall(strip_accents(text).replace("'s", ""))


def singular(word: str) -> str:
    """The plain singular of a regular plural; other words as they are."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:[sxz]|ch|sh|to)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True)
class Lexicon:
    """Terms and their labels in meals; terms and labels ruled out where an allergy names them; catalogue names."""

    labels: dict[Term, Labels]
    said: dict[Term, Labels]
    names: dict[Term, str]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of a term."""
        return frozenset(word for term in (*self.labels, *self.said) for word in term)

    @cached_property
    def longest(self) -> int:
        """Words of the longest term."""
        return max(map(len, (*self.labels, *self.said)))

    def base_form(self, word: str) -> str:
        """The form of a word that the terms use: as it is, or its singular."""
        forms = (word, singular(word), word.removesuffix("s"), word.removesuffix("es"))
        return next((form for form in forms if form in self.vocabulary), singular(word))

    def find_within(self, term: Term) -> list[Term]:
        """The known terms inside a term, longest first at each place."""
        found, at = [], 0
        while at < len(term):
            ends = (end for end in range(len(term), at, -1) if term[at:end] in self.labels and term[at:end] != term)
            end = next(ends, None)
            found += [term[at:end]] if end else []
            at = end or at + 1
        return found


@cache
def load_lexicon() -> Lexicon:
    """All terms: groups, dishes, plants' milks, words that only look like food, and the catalogue's own names."""
    table = load_food_words()
    lexicon = Lexicon(_read_group_terms(table), _read_said(table), {})
    lexicon.labels.update(_read_plant_terms(table, lexicon.labels))
    for words, labels in table.dishes.items():
        lexicon.labels[_as_term(words)] = _own_names(table, _as_term(words)) | _expand(table, labels)
    lexicon.labels.update({_as_term(words): frozenset() for words in table.harmless})
    return _add_catalogue(table, lexicon)


def _as_term(words: str) -> Term:
    return tuple(split_words(words))


def _own_names(table: FoodWords, term: Term) -> Labels:
    """A term as its own label, with its words that name a food but no group."""
    return frozenset({" ".join(term), *(word for word in term if word not in table.plain and word not in table.groups)})


def _expand(table: FoodWords, labels: list[str]) -> Labels:
    """Labels with what comes with them and the wider groups that hold them."""
    found, left = set(), list(labels)
    while left:
        label = left.pop()
        if label in found:
            continue
        found.add(label)
        left += table.groups[label].also if label in table.groups else []
        left += [name for name, group in table.groups.items() if label in group.of]
    return frozenset(found)


def _read_group_terms(table: FoodWords) -> dict[Term, Labels]:
    found: dict[Term, Labels] = {}
    for name, group in table.groups.items():
        for term in map(_as_term, group.words):
            found[term] = found.get(term, frozenset()) | _own_names(table, term) | _expand(table, [name])
    return found


def _read_plant_terms(table: FoodWords, labels: dict[Term, Labels]) -> dict[Term, Labels]:
    found = {}
    for stem in table.plant_stems:
        term = _as_term(stem)
        for head in (*table.plant_heads, *table.plant_pairs.get(stem, ())):
            found[(*term, *_as_term(head))] = labels.get(term, frozenset()) | _own_names(table, term)
    return found


def _read_said(table: FoodWords) -> dict[Term, Labels]:
    found: dict[Term, Labels] = {}
    rows = [(row.said, row.out) for row in table.said] + [(group.said, [name]) for name, group in table.groups.items()]
    for words, out in rows:
        for term in map(_as_term, words):
            found[term] = found.get(term, frozenset()) | frozenset(out)
    return found


def _add_catalogue(table: FoodWords, lexicon: Lexicon) -> Lexicon:
    """Add the names of foods.yaml: what stands inside the name and, above all, the allergens of the row."""
    terms = {}
    for name, food in load_foods().items():
        term = tuple(lexicon.base_form(word) for word in split_words(name))
        terms[term] = name
        known = term in lexicon.labels
        for word in () if known else term:
            if word not in table.plain:
                lexicon.labels.setdefault((word,), frozenset({word}))
        inner = lexicon.labels[term] if known else frozenset().union(*map(lexicon.labels.get, lexicon.find_within(term)))
        lexicon.labels[term] = inner | _own_names(table, term) | _expand(table, food.allergens)
    return Lexicon(lexicon.labels, lexicon.said, terms)
