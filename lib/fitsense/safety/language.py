"""Language: whether a message is English at all, by everyday words and those of our own tables.

Knows nothing of what the words mean. Half of the words known, and three words at least, are heuristics.
"""

import re
from functools import lru_cache
from importlib.resources import files

from fitsense.artifacts import read_yaml

LEAST_WORDS, LEAST_TELLING = 3, 2
LATIN_END = "\u024f"
_TABLES = {"fitsense.safety": ("triage", "triage_lexicon", "triage_words", "screening", "wording"),
           "fitsense.knowledge": ("exercises", "foods", "rules", "safety_rules")}
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_ESCAPE = re.compile(r"\\+[a-zA-Z]")
_ENDINGS = ("'s", "s", "es", "ed", "d", "ing", "ly", "er")


def is_foreign(text: str) -> bool:
    """Tell whether most words of a normalised text are not English we know; one or two Latin-script words tell nothing.

    Words that languages share count for neither side; a text mostly in another script is foreign at any length.
    """
    words = _WORD.findall(text)
    letters = "".join(words)
    if sum(letter > LATIN_END for letter in letters) * 2 > len(letters):
        return True
    telling = [word for word in words if len(word) > 1 and word not in _load_words()[0]]
    if len(words) < LEAST_WORDS or len(telling) < LEAST_TELLING:
        return False
    return sum(map(_is_english, telling)) * 2 < len(telling)


def has_strange_word(text: str) -> bool:
    """Tell whether a normalised text has a word that is neither everyday English nor one of our tables."""
    return not all(len(word) == 1 or word in _load_words()[0] or _is_english(word) for word in _WORD.findall(text))


def english_words() -> frozenset[str]:
    """The English words of `language.yaml`, of our tables, and those that languages share."""
    return _load_words()[0] | _load_words()[1]


@lru_cache(maxsize=1)
def _load_words() -> tuple[frozenset[str], frozenset[str]]:
    """The words that languages share, and the English ones: the list of `language.yaml` and every word of our tables."""
    table = read_yaml("fitsense.safety", "language.yaml")
    ours = [(files(room) / f"{name}.yaml").read_text(encoding="utf-8") for room, names in _TABLES.items()
            for name in names]
    own_words = _WORD.findall(_ESCAPE.sub(" ", " ".join(ours)).lower())
    return frozenset(table["shared_words"].split()), frozenset([*table["english_words"].split(), *own_words])


@lru_cache(maxsize=8192)
def _is_english(word: str) -> bool:
    known = _load_words()[1]
    return word in known or is_inflected(word, known, _ENDINGS)


def is_inflected(word: str, known: frozenset[str], endings: tuple[str, ...]) -> bool:
    """Tell whether a word is a known one with an ending: as it stands, without its silent e, or its last letter doubled."""
    stems = [word.removesuffix(end) for end in endings if word.endswith(end) and len(word) - len(end) >= 3]
    return any(one in known or f"{one}e" in known or (one[-1] == one[-2] and one[:-1] in known) for one in stems)
