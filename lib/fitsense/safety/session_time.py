"""Session time: how many minutes an entry and a session take, the one formula of planner and verifier.

Knows nothing of which exercise it is. Four seconds a repetition and ten seconds to get ready are heuristics.
"""

import math
import re
from collections.abc import Iterable
from functools import lru_cache

from fitsense.contracts.plan import ExerciseEntry
from fitsense.safety.screening import Limits

SECONDS_PER_REP = 4
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")
_SIDES = re.compile(r"\b(?:each|per|/)\s*(?:side|leg|arm)|\beach\b|/side")


@lru_cache(maxsize=4096)
def work_seconds(reps: str) -> float:
    """Seconds of work in one set: "8-12" counts 12 reps, "30 s" as given, "2 min" as minutes, "each side" twice."""
    text = reps.lower()
    numbers = [float(number) for number in _NUMBERS.findall(text)]
    most = max(numbers, default=12.0)
    if re.search(r"\bmin(?:ute)?s?\b|\d\s*min", text):
        seconds = most * 60
    elif re.search(r"\d\s*s(?:ec(?:ond)?s?)?\b", text):
        seconds = most
    else:
        seconds = most * SECONDS_PER_REP
    return seconds * 2 if _SIDES.search(text) else seconds


def entry_minutes(entry: ExerciseEntry) -> float:
    """Minutes one entry takes: sets x (work + rest); a `duration` entry sets x (minutes + rest between sets)."""
    if entry.duration is not None:
        return entry.sets * entry.duration + (entry.sets - 1) * entry.rest / 60
    return entry.sets * (work_seconds(entry.reps or "") + entry.rest) / 60


def session_minutes(entries: Iterable[ExerciseEntry], limits: Limits) -> int:
    """Minutes of a whole session, rounded up: the entries, warm-up and cool-down."""
    minutes = sum(entry_minutes(entry) for entry in entries)
    return math.ceil(round(minutes, 6)) + limits.warm_up_min + limits.cool_down_min
