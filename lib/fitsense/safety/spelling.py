"""Spelling of alarm words: mend the common typos, spaced-out letters and digit-for-letter spellings of a message.

Knows nothing of what the words mean; a mended text is matched beside the original, never instead of it.
"""

import re
from functools import lru_cache

from fitsense.safety.wording import load_wording

_LEET = str.maketrans({"3": "e", "1": "i", "0": "o", "@": "a", "$": "s", "4": "a", "5": "s", "!": "i"})
_SPACED = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_IS = re.compile(r"\b(\w{3,})'s\b")  # "my knee's swollen"
_WORD = re.compile(r"[a-z@$0-9'/!]+")


@lru_cache(maxsize=1)
def _word_lists() -> tuple[frozenset[str], frozenset[str], dict[str, str]]:
    table = load_wording()
    return frozenset(table["alarm_words"].split()), frozenset(table["real_words"].split()), table["typos"]


def mend_spelling(text: str) -> list[str]:
    """Return the readings of a normalised text: as written, and mended where that differs."""
    mended = _SPACED.sub(lambda run: _split_spaced(run[0]), text)
    mended = _IS.sub(r"\1 is", _WORD.sub(lambda word: _mend_word(word[0]), mended))
    return [text] if mended == text else [text, mended]


def _split_spaced(run: str) -> str:
    """Join "c h e s t p a i n" and break it before the alarm words it holds."""
    joined, words = run.replace(" ", ""), sorted(_word_lists()[0], key=len, reverse=True)
    return " ".join(re.sub("(" + "|".join(words) + ")", r" \1 ", joined).split())


@lru_cache(maxsize=8192)
def _mend_word(word: str) -> str:
    alarm, real, typos = _word_lists()
    end = re.search(r"!*$", word)[0]
    core = word[:len(word) - len(end)]
    if re.search(r"[a-z]", core) and re.search(r"[@$0-9!]", core):
        plain = core.translate(_LEET)
        core = plain if plain in alarm else core
    core = _REPEATED.sub(r"\1", core)
    if core in typos:
        return typos[core] + end
    if len(core) >= 5 and core not in alarm and core not in real:
        core = next((known for known in sorted(alarm) if len(known) >= 5 and is_one_edit(core, known)), core)
    return core + end


def is_one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns a into b, first letter kept."""
    if a[0] != b[0] or abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i in range(min(len(a), len(b))) if a[i] != b[i]), min(len(a), len(b)))
    left, right = a[start:], b[start:]
    return (left[1:] == right[1:] or left[1:] == right or left == right[1:]
            or (left[:2] == right[:2][::-1] and left[2:] == right[2:]))
