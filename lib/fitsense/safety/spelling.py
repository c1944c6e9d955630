"""Spelling: mend typos, spaced-out letters and digit-for-letter spellings towards the words that triage knows.

A word that is English as far as we know is never mended; the mended form is read beside the others. Knows nothing of
what the words mean; text-speak and real words that look like typos are listed in `wording.yaml`.
"""

import re
from functools import lru_cache

from fitsense.safety.language import english_words, is_inflected
from fitsense.safety.lexicon import lexicon_words
from fitsense.safety.wording import load_wording

_LEET = str.maketrans({"3": "e", "1": "i", "0": "o", "@": "a", "$": "s", "4": "a", "5": "s", "!": "i"})
_SPACED = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_LETTER, _SIGN = re.compile(r"[a-z]"), re.compile(r"[@$0-9!]")
_ENDINGS = ("ing", "ed", "es", "s", "d", "er", "ly", "y", "est", "ful")
LEAST_MENDED, LEAST_TWO_EDITS, MOST_MENDED = 4, 8, 30  # letters; heuristics


@lru_cache(maxsize=1)
def _word_lists() -> tuple[frozenset[str], frozenset[str], dict[str, str]]:
    table = load_wording()
    return frozenset(table["alarm_words"].split()), frozenset(table["real_words"].split()), table["typos"]


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Every word that is never mended: everyday English, our tables, and real words that look like typos."""
    return frozenset({*english_words(), *lexicon_words(), *_word_lists()[0], *_word_lists()[1]})


@lru_cache(maxsize=4096)
def split_spaced(text: str) -> str:
    """Join "c h e s t p a i n" and break it before the alarm words it holds."""
    return _SPACED.sub(lambda run: _break_run(run[0].replace(" ", "")), text)


def _break_run(joined: str) -> str:
    words = sorted(_word_lists()[0], key=lambda word: (-len(word), word))
    return " ".join(re.sub("(" + "|".join(words) + ")", r" \1 ", joined).split())


@lru_cache(maxsize=16384)
def tidy_word(word: str) -> str:
    """A word without drawn-out letters, and with its digits read as letters where that makes an alarm word."""
    core = word.rstrip("!")
    if _SIGN.search(core) and _LETTER.search(core):
        plain = core.translate(_LEET)
        core = plain if plain in known_words() and len(plain) >= LEAST_MENDED else core
    if not _REPEATED.search(core):
        return core
    double, single = _REPEATED.sub(r"\1\1", core), _REPEATED.sub(r"\1", core)
    return double if double in known_words() else single


@lru_cache(maxsize=16384)
def mend_word(word: str) -> str:
    """The word of our tables that a misspelt one stands for, else the word itself."""
    typos = _word_lists()[2]
    if word in typos:
        return typos[word]
    if not LEAST_MENDED <= len(word) <= MOST_MENDED or not word.isalpha():
        return word
    if word in known_words() or is_inflected(word, known_words(), _ENDINGS):
        return word
    candidates = {target for form in _shorten(word) for target in _targets().get(form, ())}
    ranked = sorted((rank, target) for target in candidates if (rank := _distance(word, target)) is not None)
    return ranked[0][1] if ranked else word


def _shorten(word: str) -> set[str]:
    """The word and every form of it with one letter left out; with two for a long one."""
    once = _drop_letter(word)
    twice = [form for one in once for form in _drop_letter(one)] if len(word) >= LEAST_TWO_EDITS else []
    return {word, *once, *twice}


def _drop_letter(word: str) -> set[str]:
    """Every form of a word with one letter left out, its first letter kept."""
    return {word[:i] + word[i + 1:] for i in range(1, len(word))}


@lru_cache(maxsize=1)
def _targets() -> dict[str, tuple[str, ...]]:
    """Shortened form -> words of the lexicon that it may stand for."""
    found: dict[str, list[str]] = {}
    for target in sorted(lexicon_words() | _word_lists()[0]):
        if len(target) >= LEAST_MENDED and target.isalpha():
            for form in _shorten(target):
                found.setdefault(form, []).append(target)
    return {form: tuple(targets) for form, targets in found.items()}


def _distance(word: str, target: str) -> int | None:
    """1 for one edit, 2 for two edits in long words, None for more; the first letter is kept."""
    if is_one_edit(word, target):
        return 1
    if min(len(word), len(target)) < LEAST_TWO_EDITS or word[0] != target[0]:
        return None
    return 2 if (any(is_one_edit(form, target) for form in _drop_letter(word))
                 or any(is_one_edit(word, form) for form in _drop_letter(target))) else None


def is_one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns a into b, first letter kept."""
    if a[0] != b[0] or abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i in range(min(len(a), len(b))) if a[i] != b[i]), min(len(a), len(b)))
    left, right = a[start:], b[start:]
    return (left[1:] == right[1:] or left[1:] == right or left == right[1:]
            or (left[:2] == right[:2][::-1] and left[2:] == right[2:]))
