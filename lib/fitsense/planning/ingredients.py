"""Ingredients: which food of the catalogue a person means by "2 tins of tuna in oil", and which nobody knows.

Knows nothing of meals; a food that is not certain is not recognised.
"""

import re

from fitsense.knowledge.food_words import load_food_words, load_lexicon, split_words
from fitsense.safety.food_text import find_pieces
from fitsense.safety.wording import normalise_text

_QUANTITY = re.compile(r"^.*?\bof\b\s*")
_CUTS = re.compile(r"\s(?:fillets?|chops?|cutlets?|slices?|florets?|pieces?|chunks?|leaves|loaf|block|tins?|cans?|packs?)$")
_ENDS = re.compile(r"[,(]|\b(?:in|with|without|from|for)\b")


def find_food(ingredient: str) -> str | None:
    """The food that an ingredient names: its last words are a food's name, or the one word the name begins with."""
    lexicon = load_lexicon()
    words = _CUTS.sub("", _QUANTITY.sub("", _ENDS.split(normalise_text(ingredient))[0]).strip())
    pieces = find_pieces(words, {term: frozenset() for term in lexicon.names} | lexicon.labels) if words else []
    if not pieces:
        return None
    term = pieces[-1].term
    if term in lexicon.names:
        return lexicon.names[term]
    alone = len(pieces) == 1 or all(piece.labels is None for piece in pieces[:-1])
    return _find_by_word(term[0]) if len(term) == 1 and alone else None


def _find_by_word(word: str) -> str | None:
    """The first food that one telling word names: "chicken" the chicken breast, "oats" the porridge oats."""
    lexicon, plain = load_lexicon(), load_food_words().plain
    telling = {name: [lexicon.base_form(part) for part in split_words(name)] for name in lexicon.names.values()}
    return next((name for name, parts in telling.items() if [part for part in parts if part not in plain] == [word]), None)
