"""Intents: what a request to change the plan asks for, read from its words by the table requests.yaml.

Knows nothing of what is done about it.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from fitsense.artifacts import read_yaml
from fitsense.contracts.plan import DAYS
from fitsense.contracts.requests import CompactDay
from fitsense.safety.reports import find_hurt_parts

IntentKind = Literal[
    "injury",
    "new_equipment",
    "less_equipment",
    "dislike",
    "fewer_days",
    "less_time",
    "too_easy",
    "too_hard",
    "more_of",
    "unclear",
]
_DAYS_WANTED = re.compile(
    r"\b(one|two|three|four|five|six|[1-6])\s+(?:training |workout )?(?:days?|sessions?|times|workouts)\b"
)
_MINUTES = re.compile(r"\b(\d{1,3}) ?min")
WORDS_OF_NAME = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Intent:
    """What is asked: the kind, and whatever of part, days, minutes, access, patterns and names the words give."""

    kind: IntentKind
    parts: tuple[str, ...] = ()
    day: str | None = None
    n_days: int | None = None
    minutes: int | None = None
    access: str | None = None
    patterns: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@cache
def load_requests() -> dict:
    """Read requests.yaml with its patterns compiled."""
    table = read_yaml("fitsense.planning", "requests.yaml")
    for row in [*table["intents"], *table["topics"]]:
        row["words"] = re.compile(row["words"])
    return table


def find_named(text: str, week: list[CompactDay]) -> tuple[str, ...]:
    """Exercises of the plan that the words name, whole names first ("the goblet squats"), then by their last word."""
    words = text.lower().replace("-", " ")
    names = list(dict.fromkeys(item.name for day in week for item in day.exercises))
    whole = [name for name in names if re.search(rf"\b{re.escape(name.lower().replace('-', ' '))}(?:s|es)?\b", words)]
    if whole:
        return tuple(whole)
    last = {name: WORDS_OF_NAME.findall(name.lower())[-1:] for name in names}  # a name may have no letters or digits at all
    return tuple(name for name, word in last.items() if word and re.search(rf"\b{word[0]}(?:s|es)?\b", words))


def read_intent(text: str, week: list[CompactDay]) -> Intent:
    """Read one request."""
    table, words = load_requests(), text.lower().replace("\u2019", "'")
    day = next((day for day in DAYS if re.search(rf"\b{day.lower()}s?\b", words)), None)
    if find_hurt_parts(words):
        return Intent("injury", parts=find_hurt_parts(words))
    named, patterns = find_named(words, week), _find_patterns(words)
    for row in table["intents"]:
        if not row["words"].search(words) or (row["kind"] == "dislike" and not (named or patterns)):
            continue
        return Intent(
            row["kind"],
            day=day,
            n_days=_read_days(words),
            minutes=_read_minutes(words),
            access=row.get("access"),
            patterns=patterns,
            names=named,
        )
    return Intent("unclear", names=named)


def _find_patterns(words: str) -> tuple[str, ...]:
    rows = [row for row in load_requests()["topics"] if row["words"].search(words)]
    return tuple(dict.fromkeys(pattern for row in rows for pattern in row["patterns"]))


def _read_days(words: str) -> int | None:
    found = _DAYS_WANTED.search(words)
    return None if found is None else load_requests()["numbers"].get(found[1]) or int(found[1])


def _read_minutes(words: str) -> int | None:
    found = _MINUTES.search(words)
    return int(found[1]) if found else 30 if "half an hour" in words else None
