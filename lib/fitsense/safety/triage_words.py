"""Words of a message for triage: tokens with every form they may stand for, cut into sentences.

A token carries its word as written, with its spelling mended, and its stem; numbers become names such as `highscore`,
`bphigh` or `dur_long` by `_read_span`. Knows nothing of what the words mean; the lists are in `triage_words.yaml`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from fitsense.artifacts import read_yaml
from fitsense.safety.lexicon import lexicon_words
from fitsense.safety.spelling import known_words, mend_word, tidy_word

_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_UNIT = (r"(?P<unit>seconds?|secs?|minutes?|mins?|minuts?|hours?|hrs?|(?:(?<=\d)|(?<=\d ))[sh]|days?|nights?|mornings?|evenings?|"
         r"weeks?|wks?|wk|weekends?|"
         r"fortnights?|months?|mths?|mth|years?|yrs?|yr|decades?)\b")
_TOKEN = re.compile(
    r"(?=[\dacefhmnost])(?:"  # the letters that a number may begin with: most words skip what follows
    r"(?P<bp>\b\d{2,3} ?(?:/|over) ?\d{2,3}\b)"
    r"|(?P<score>\b(?:\d{1,2}(?:\.\d)?|" + "|".join(_NUMBERS) + r") ?(?:/|out of|of|outta) ?(?:10|ten)\b)"
    r"|(?P<span>\b(?:(?P<count>\d+(?:\.\d)?|an?|half an?|" + "|".join(_NUMBERS)
    + r"|(?:a )?couple(?: of)?|(?:a )?few|several|many|some)"
    r"[ -]?(?:or (?:two|three|so) |to \w+ |more |good |straight |solid |full )?)" + _UNIT
    + r"(?P<ago> (?:ago|back|before|earlier|previous)\b)?))"
    r"|(?P<num>\b\d+(?:[.,]\d+)?(?![\da-z]))"
    r"|(?P<word>[a-z0-9@$]*[a-z][a-z0-9@$!]*(?:'[a-z]+)*)"
    r"|(?P<stop>[.!?;\n]+)|(?P<pause>,|:|\(|\)| -+ )")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+(?=(?:but|however|although|though|yet)\b)|,\s+(?=(?:and )?(?:now|today)\b)")
_ENDINGS = ("ing", "ies", "ied", "ier", "ed", "es", "s", "d", "in")
_GESTATION = (5, 42)
_PAUSE, _STOP, _NOT = ((frozenset({one}), frozenset({one}), one != "not") for one in (",", ".", "not"))


class Token(NamedTuple):
    """One word: its forms, as written (mended) alone, whether matching may skip it, where it stands, its sentence."""

    forms: frozenset[str]
    written: frozenset[str]
    filler: bool
    start: int
    end: int
    sentence: int


@lru_cache(maxsize=1)
def load_words() -> dict:
    """Read `triage_words.yaml`: fillers, irregular forms, contractions; cached."""
    table = read_yaml("fitsense.safety", "triage_words.yaml")
    table["fillers"] = frozenset(table["fillers"].split())
    table["irregular"] = {form: stem for stem, forms in table["irregular"].items() for form in forms.split()}
    return table


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a normalised text begin and end; "but" and ", now" begin one as well."""
    cuts = [match.span() for match in _SENTENCE.finditer(text)]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def read_tokens(text: str, sentences: list[tuple[int, int]]) -> list[Token]:
    """The tokens of a normalised text."""
    tokens, index, previous = [], 0, ""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while index + 1 < len(sentences) and start >= sentences[index + 1][0]:
            index += 1
        word = match[0]
        for read in _word_forms(word) if match.lastgroup == "word" else _read(match, previous, text):
            tokens.append(Token(*read, start, end, index))
        previous = word
    return tokens


def _read(match: re.Match, previous: str, text: str) -> list[tuple[frozenset[str], frozenset[str], bool]]:
    kind = match.lastgroup
    kind = "span" if kind in ("unit", "ago", "count") else kind
    if kind in ("stop", "pause"):
        return [_PAUSE if kind == "pause" else _STOP]
    names = frozenset(_read_number(kind, match, previous, text[match.end():match.end() + 12]))
    return [(names, names, False)]


def _read_number(kind: str, match: re.Match, previous: str, after: str) -> set[str]:
    if kind == "bp":
        return _read_pressure(*map(int, re.findall(r"\d+", match[0])))
    if kind == "score":
        return _read_score(match[0])
    if kind == "span":
        return _read_span(match["count"], match["unit"], match["ago"] is not None, previous, after)
    return _read_plain(match[0].replace(",", "."))


def _read_pressure(upper: int, lower: int) -> set[str]:
    if not (80 <= upper <= 290 and 35 <= lower <= 190 and upper > lower + 10):
        return {"num"}
    bands = (("bpsevere", 180, 110), ("bphigh", 150, 95), ("bpborder", 140, 90))
    return {"bp", next((name for name, high, low in bands if upper >= high or lower >= low), "bplow" if upper < 90 else "bpok")}


def _read_score(text: str) -> set[str]:
    first = re.match(r"[\d.]+|[a-z]+", text)[0]
    value = _NUMBERS.index(first) + 1 if first in _NUMBERS else float(first)
    return {"score", "lowscore" if value <= 4 else "midscore" if value <= 5 else "highscore"}


def _read_span(count: str, unit: str, ago: bool, previous: str, after: str) -> set[str]:
    """A stretch of time: `dur_` or `ago_` min, hour, day, week (under three), long or year; `gest` for weeks of pregnancy."""
    first = re.sub(r"^(?:a )(?=couple|few)", "", count.strip()).split()[0]
    value = (float(first) if first[0].isdigit() else _NUMBERS.index(first) + 1 if first in _NUMBERS else
             {"a": 1, "an": 1, "half": 1, "couple": 2, "few": 3, "several": 4, "many": 9}.get(first, 2))
    bucket = _bucket(unit, value)
    kind = "ago" if ago else "dur"
    names = {f"{kind}_{bucket}", kind}
    if bucket == "long" and (value > 26 if unit[0] == "w" else unit[:2] == "mo" and value > 5 or unit[:2] == "mt" and value > 5):
        names.add(f"{kind}_old")
    if bucket == "hour" and value <= 5:
        names.add("dur_short")
    low, high = _GESTATION
    if unit.startswith(("w", "wk")) and "end" not in unit and first[0].isdigit() and low <= value <= high and not ago:
        names.add("gest")
        goes_on = re.match(r" (?:in(?:to)?|of|out|post|after|ago|on|off|with|to|since|later|streak|plan|program\w*|block|now)\b",
                           after)
        if previous.strip(" .,!") in ("", "i", "i'm", "im", "at", "am", "about", "nearly", "almost") and not goes_on:
            names.add("gest_told")
    return names


def _bucket(unit: str, value: float) -> str:
    if unit[0] == "s":
        return "min"
    if unit.startswith("mi"):
        return "min"
    if unit[0] == "h":
        return "hour"
    if unit[0] in "dne" and not unit.startswith("dec") or unit.startswith("morn"):
        return "day" if value < 21 else "long"
    if unit[0] in "wf":
        return "week" if value < 3 and (unit[0] == "w" or value < 2) else "long"
    return "long" if unit[0] == "m" else "year"


def _read_plain(text: str) -> set[str]:
    value = float(text)
    names = {text, "num"}
    bands = (("satslow", 60, 91.9), ("hrslow", 25, 44.9), ("hrfast", 115, 260),
             ("feverc", 38, 42), ("feverf", 100.4, 108), ("hotday", 28, 46), ("sugarlowmg", 30, 69), ("bpupper", 165, 280),
             ("fewkcal", 100, 900), ("manynum", 9, 500), ("yearnum", 1950, 2035))
    names |= {name for name, low, high in bands if low <= value <= high}
    if "." in text:
        names |= {name for name, low, high in (("sugarlow", 1, 3.95), ("sugarhigh", 14, 35)) if low <= value <= high}
    if "." in text and 37.9 <= value <= 42.5:
        names.add("fevertemp")
    return names


@lru_cache(maxsize=16384)
def _word_forms(word: str) -> list[tuple[frozenset[str], frozenset[str], bool]]:
    """The tokens a word stands for: "can't" is two, "heart's" is one; each with all its forms."""
    table, word = load_words(), tidy_word(word)
    mended = table["contractions"].get(word) or mend_word(word)
    parts = mended.split()
    if len(parts) > 1:
        return [one for part in parts for one in _word_forms(part)]
    if mended.endswith("n't"):
        return [_token({"ca": "can", "wo": "will", "sha": "shall", "ai": "be"}.get(mended[:-3], mended[:-3])), _NOT]
    return [_token(re.sub(r"'(?:s|m|re|ve|d|ll)?\b", "", mended) if "'" in mended else mended)]


def _token(word: str) -> tuple[frozenset[str], frozenset[str], bool]:
    fillers, base = load_words()["fillers"], stem(word)
    return frozenset({word, base}), frozenset({word}), word in fillers or base in fillers


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of an English word where our lists know it, else the word."""
    irregular = load_words()["irregular"]
    if word in irregular:
        return irregular[word]
    bases = [(word[:-len(end)], end) for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3]
    candidates = [one for base, end in bases for one in (
        *((f"{base}y",) if end.startswith("i") and end != "ing" else (base, f"{base}e")),
        base[:-1] if base[-1] == base[-2] else base)]
    return next((one for known in (lexicon_words(), known_words()) for one in candidates if one in known), word)
