"""The lexicon of triage: concepts in the words people use, and the little language their patterns are written in.

    chest tight        words in a row (fillers such as "my" or "really" may stand between)
    face|mouth droop   either word; CAPITALS name a concept defined above
    throat .. close    at most five other words between
    CHEST + PAIN       in one sentence, in any order, at most eight words apart, no other body part between
    CALF & BREATHLESS  both anywhere in the message
    left arm|jaw       in a row of triage.yaml "|" stands between whole phrases, not words
    ... - X | Y        not where the sentence has X or Y;   ... ~ X | Y   nor the message

Knows nothing of messages; `triage_concepts.py` finds the patterns in them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from fitsense.artifacts import read_yaml

ADJACENT, GAP, NEAR = 0, 5, 8


class Names(tuple):
    """The names that may stand at one place: words and concepts, and apart from them the phrases, which are looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        self.words = frozenset(name for name in self if " " not in name)
        self.phrases = tuple(name for name in self if " " in name)


@dataclass(frozen=True)
class Pattern:
    """One pattern: parts joined by "&", each a list of chains joined by "+", each of (names, gap before) elements."""

    parts: tuple[tuple[tuple[tuple[Names, int], ...], ...], ...]
    not_in_sentence: Names
    not_in_message: Names
    text: str
    keys: tuple[str, ...]  # one of these words or concepts must stand in the message at all
    musts: frozenset[str]  # and all of these
    choices: tuple[frozenset[str], ...]  # and one of each of these

    def may_stand(self, names: set[str]) -> bool:
        """Whether a message of these words and concepts has all that the pattern cannot do without."""
        return self.musts <= names and not any(map(names.isdisjoint, self.choices))

    @property
    def names(self) -> frozenset[str]:
        """Every name that the pattern looks for."""
        return frozenset(name for part in self.parts for chain in part for names, _ in chain for name in names)


@lru_cache(maxsize=1)
def load_lexicon() -> dict[str, tuple[Pattern, ...]]:
    """Read `triage_lexicon.yaml`: concept -> its patterns, in the order of the file; cached."""
    table = read_yaml("fitsense.safety", "triage_lexicon.yaml")
    return {name: tuple(parse_pattern(text) for text in split_patterns(patterns)) for name, patterns in table.items()}


def split_patterns(patterns: str | list[str]) -> list[str]:
    """The patterns of a table entry: a list, or one text with commas between."""
    given = patterns.split(",") if isinstance(patterns, str) else [one for text in patterns for one in text.split(",")]
    return [_spell_out(" ".join(one.split())) for one in given if one.strip()]


def _spell_out(text: str) -> str:
    """A pattern in the words that messages are read as: "cannot" as "can not", "pre-eclampsia" as two words, no "'s"."""
    text = re.sub(r"(?<=\w)[-&](?=\w)", " ", text)
    text = re.sub(r"\bwo(?:n't|nt)\b", "will not", re.sub(r"\bcan(?:'t|not)\b", "can not", text))
    text = re.sub(r"\b(do|does|did|is|are|was|were|has|have|had|would|should|could)n'?t\b", r"\1 not", text)
    return re.sub(r"(?<=[a-z])'(?:s|m|re|ve|d|ll)\b", "", text)


@lru_cache(maxsize=1)
def lexicon_names() -> frozenset[str]:
    """Every word, phrase and concept that the lexicon's patterns look for."""
    return frozenset(name for patterns in load_lexicon().values() for pattern in patterns for name in pattern.names)


@lru_cache(maxsize=1)
def lexicon_words() -> frozenset[str]:
    """Every plain word that the lexicon's patterns name."""
    return frozenset(name for name in lexicon_names() if name.islower() and name.isalpha())


@lru_cache(maxsize=16384)
def parse_pattern(text: str, whole: bool = False) -> Pattern:
    """Parse one pattern: "|" parts words in the lexicon ("jaw|arm hurt"), `whole` phrases in a rule ("jaw|left arm")."""
    main, _, rest = text.partition(" ~ ")
    main, _, local = main.partition(" - ")
    rest, _, late = rest.partition(" - ")
    parse = _parse_phrases if whole else _parse_chain
    parts = tuple(tuple(map(parse, part.split(" + "))) for part in main.split(" & "))
    nots = Names((*_names(local), *_names(late)))
    return Pattern(parts, nots, Names(_names(rest)), text, _pick_keys(parts), *_list_needs(parts))


def _pick_keys(parts: tuple) -> tuple[str, ...]:
    """The names of the element that should be the rarest: plain words before concepts, few before many, long before short."""
    elements = [tuple(_pick_word(name) for name in names) for part in parts for chain in part for names, _ in chain]
    return min(elements, key=lambda names: (sum(map(str.isupper, names)), len(names), -min(map(len, names))))


def _list_needs(parts: tuple) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """The names a pattern must have, and the sets of which it must have one; phrases are left to the search."""
    elements = [names.words for part in parts for chain in part for names, _ in chain if not names.phrases]
    return (frozenset(name for words in elements if len(words) == 1 for name in words),
            tuple(words for words in elements if len(words) > 1))


def _pick_word(name: str) -> str:
    """The longest plain word of a phrase, or its first concept where it has none."""
    words = [word for word in name.split() if "|" not in word and word != ".."]
    return max(words or [name.split()[0].split("|")[0]], key=lambda word: (not word.isupper(), len(word)))


class Index(NamedTuple):
    """The lexicon by the words that wake it: the mask's patterns, and concepts by place, told by one name or by patterns.

    `index`: place of the concept, plain words that must stand in the message besides, and the pattern; `keys`: all that wakes.
    """

    names: tuple[str, ...]
    mask: dict[str, list[Pattern]]
    plain: dict[str, list[int]]
    index: dict[str, list[tuple[int, frozenset[str], Pattern]]]
    keys: frozenset[str]


@lru_cache(maxsize=1)
def index_lexicon() -> Index:
    """The concepts in order, and for each word or concept the patterns it may be the key of."""
    mask, plain, index = defaultdict(list), defaultdict(list), defaultdict(list)
    for place, (concept, patterns) in enumerate(load_lexicon().items()):
        for pattern in patterns:
            for key in set(pattern.keys):
                if concept == "MASK":
                    mask[key].append(pattern)
                elif pattern.text == key:
                    plain[key].append(place)
                else:
                    index[key].append((place, frozenset(filter(str.islower, pattern.musts)) - {key}, pattern))
    return Index(tuple(load_lexicon()), dict(mask), dict(plain), dict(index), frozenset((*plain, *index)))


def _parse_chain(text: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    if any(" " in phrase for phrase in text.split("|")[1:-1]) and ".." not in text:
        return _parse_phrases(text)  # "gone|cut out|dark": a phrase in the middle can only be meant as a whole
    chain, gap = [], ADJACENT
    for word in text.split():
        if word == "..":
            gap = GAP
        else:
            chain.append((Names(word.split("|")), gap))
            gap = ADJACENT
    if not chain:
        raise ValueError(f"empty pattern: {text!r}")
    return tuple(chain)


def _parse_phrases(text: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    segments = [segment.strip() for segment in text.split("..")]
    return tuple((Names(segment.split("|")), GAP if index else ADJACENT) for index, segment in enumerate(segments))


def _names(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"\s*\|\s*", text.strip())) if text.strip() else ()
