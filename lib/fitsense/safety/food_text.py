"""Foods in a sentence: which are named, what "X-free" and "vegan" take away from them, and which are only denied.

Words stand in knowledge/food_words.yaml. Reads words, not recipes. Knows nothing of people or what they may eat.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from fitsense.knowledge.food_words import Labels, Lexicon, Term, load_food_words, load_lexicon, singular, strip_accents
from fitsense.safety.language import has_strange_word
from fitsense.safety.spelling import is_one_edit

LEAST_TYPO = 5
_WORD = re.compile(r"(?<!')\b[a-z]+")
_JOINED = re.compile(r"[\s\-]*(?:'s)?[\s\-]*")
_PHRASE_ENDS = frozenset(["and", "with", "or", "on", "plus", "in", "of", "then", "from", "but", "over", "topped", "beside"])
_DENIALS = frozenset(["no", "without", "not", "never", "avoid", "avoiding", "minus", "excluding"])
_DENIAL_PAIRS = frozenset([("instead", "of"), ("rather", "than"), ("free", "of"), ("free", "from")])
_DENIAL_FILLERS = frozenset(["any", "added", "more", "extra", "your", "the", "a", "an", "of", "eat", "eating", "drink",
                             "drinking", "add", "adding", "use", "using", "have"])


@dataclass(frozen=True)
class Piece:
    """One term, or one other word (no labels): its words, where it stands, whether a mark parts it from the last."""

    term: Term
    labels: Labels | None
    first: int
    last: int
    apart: bool


@dataclass(frozen=True)
class Named:
    """A food that a text names: words as written, its labels, and labels that "X-free" or "vegan" before it take away."""

    text: str
    parts: tuple[tuple[str, Labels], ...]
    term: Term
    labels: Labels
    freed: Labels = frozenset()
    meatless: Labels = frozenset()


@lru_cache(maxsize=4096)
def mend_word(word: str) -> str:
    """The base form that the table uses for a word, common and one-letter misspellings mended."""
    lexicon, table = load_lexicon(), load_food_words()
    spelled = table.spellings.get(word) or table.spellings.get(singular(word)) or word
    base = lexicon.base_form(spelled)
    if base in lexicon.vocabulary or " " in base or len(word) < LEAST_TYPO:
        return base
    if word in table.spelled_right or not has_strange_word(word):
        return base
    near = (known for known in sorted(lexicon.vocabulary) if len(known) >= LEAST_TYPO and is_one_edit(base, known))
    return next(near, base)


def split_tokens(text: str) -> list[tuple[str, int, int]]:
    """The words of a normalised text in base form, with where they start and end."""
    found = []
    for match in _WORD.finditer(strip_accents(text)):
        found += [(word, *match.span()) for word in mend_word(match[0]).split()]
    return found


def find_pieces(text: str, known: dict[Term, Labels]) -> list[Piece]:
    """Cut a normalised text into terms of `known`, the longest that fit first, and other words."""
    tokens, pieces, at = split_tokens(text), [], 0
    joined = [at > 0 and _JOINED.fullmatch(text[tokens[at - 1][2]:token[1]]) is not None for at, token in enumerate(tokens)]
    while at < len(tokens):
        end = min(len(tokens), at + load_lexicon().longest)
        while end > at + 1 and not (all(joined[at + 1:end]) and tuple(t[0] for t in tokens[at:end]) in known):
            end -= 1
        term = tuple(token[0] for token in tokens[at:end])
        pieces.append(Piece(term, known.get(term), tokens[at][1], tokens[end - 1][2], at > 0 and not joined[at]))
        at = end
    return pieces


@lru_cache(maxsize=4096)
def read_foods(text: str) -> tuple[Named, ...]:
    """The foods that a normalised text names and does not deny, in order."""
    lexicon = load_lexicon()
    pieces = find_pieces(text, lexicon.labels)
    denied, found = _find_denied(pieces), []
    freed, meatless = frozenset(), frozenset()
    for at, piece in enumerate(pieces):
        takes, spares = _read_free(pieces, at), _read_meatless(pieces, at)
        if (piece.apart or piece.term[0] in _PHRASE_ENDS) and not _goes_on(pieces, at):
            freed = meatless = frozenset()
        if takes is not None or spares is not None:
            freed, meatless = freed | (takes or frozenset()), meatless | (spares or frozenset())
        elif piece.labels and at not in denied:
            words = text[piece.first:piece.last]
            found.append(Named(words, _name_parts(words, lexicon), piece.term, piece.labels, freed, meatless))
    return tuple(found)


def _name_parts(words: str, lexicon: Lexicon) -> tuple[tuple[str, Labels], ...]:
    """The single words of a longer name that are foods themselves, as written: "peanut" of "peanut butter"."""
    tokens = split_tokens(words)
    if len(tokens) < 2:
        return ()
    return tuple((words[start:end], lexicon.labels[(word,)]) for word, start, end in tokens if lexicon.labels.get((word,)))


def _word_at(pieces: list[Piece], at: int) -> str:
    return " ".join(pieces[at].term) if 0 <= at < len(pieces) else ""


def _read_free(pieces: list[Piece], at: int) -> Labels | None:
    """What "X-free" or "non-X" takes away, where a piece is its X (nothing for "free" and "non" themselves)."""
    after, then, before = (_word_at(pieces, at + step) for step in (1, 2, -1))
    if _word_at(pieces, at) == "free" and before and not pieces[at].apart and after not in ("range", "from", "of"):
        return frozenset()
    if _word_at(pieces, at) == "non":
        return frozenset()
    is_free = after == "free" and then not in ("range", "from", "of") and not pieces[at + 1].apart
    if not (is_free or (before == "non" and not pieces[at].apart)):
        return None
    table, term = load_food_words(), pieces[at].term
    return frozenset(table.free.get(" ".join(term), load_lexicon().said.get(term, frozenset({" ".join(term)}))))


def _read_meatless(pieces: list[Piece], at: int) -> Labels | None:
    """What "vegan" or "plant-based" before a name takes away."""
    table = load_food_words().meatless
    pair = f"{_word_at(pieces, at)} {_word_at(pieces, at + 1)}"
    words = next((words for words in (pair, _word_at(pieces, at)) if words in table), None)
    if words is None and _word_at(pieces, at) == "based" and _word_at(pieces, at - 1) == "plant":
        return frozenset()
    return None if words is None else frozenset(table[words])


def _goes_on(pieces: list[Piece], at: int) -> bool:
    """Whether a chain of "X-free" goes on over a comma or an "and": "gluten-free, dairy-free pizza"."""
    start = at + 1 if pieces[at].term[0] in _PHRASE_ENDS else at
    was_free = _word_at(pieces, at - 1) == "free" or _word_at(pieces, at - 1) in load_food_words().meatless
    return was_free and start < len(pieces) and _read_free(pieces, start) is not None


def _find_denied(pieces: list[Piece]) -> frozenset[int]:
    """Places of the foods after "no", "without" ..., and of those that "or" adds directly."""
    denied: set[int] = set()
    for at in range(len(pieces)):
        pair = (_word_at(pieces, at - 1), _word_at(pieces, at))
        if _word_at(pieces, at) in _DENIALS or pair in _DENIAL_PAIRS:
            denied |= _follow_denial(pieces, at + 1)
    return frozenset(denied)


def _follow_denial(pieces: list[Piece], at: int) -> set[int]:
    found: set[int] = set()
    while at < len(pieces) and not pieces[at].apart:
        if pieces[at].labels is not None:
            found.add(at)
            if _word_at(pieces, at + 1) not in ("or", "nor") or pieces[at + 1].apart:
                break
            at += 1
        elif _word_at(pieces, at) not in _DENIAL_FILLERS:
            break
        at += 1
    return found
