"""Effort: what an entry's intensity words mean in repetitions in reserve or against an intensity cap.

RPE = 10 - RIR (Zourdos 2016). The caps on RPE for steady work are heuristics.
"""

import re
from functools import lru_cache

from fitsense.safety.screening import INTENSITY_ORDER
from fitsense.safety.wording import normalise_text

MAX_STEADY_RPE: dict[str, float] = {"low": 4.0, "moderate": 6.0, "high": 10.0}
HEAVY_PERCENT = 85.0
_RANGE = r"(\d+(?:\.\d+)?)(?:\s*(?:-|to)\s*(\d+(?:\.\d+)?))?"
_RIR = re.compile(rf"\brir\s*(?:of|[:=-])?\s*{_RANGE}|{_RANGE}\s*(?:rir\b(?!\s*[:=-]?\s*\d)|rep(?:etition)?s? in reserve)")
_RPE = re.compile(rf"\brpe\s*(?:of|[:=-])?\s*{_RANGE}|{_RANGE}\s*rpe\b(?!\s*[:=-]?\s*\d)")
# Every person keeps at least one repetition in reserve (screening.Limits.min_rir): nobody is sent to the very end.
TO_THE_END = re.compile(
    r"\b(?:till|til|until) (?:you |your \w+ )?(?:simply |really |literally |completely )?"
    r"(?:can't|can ?not|cannot|drop|collapse|fail|failure|faint|vomit|throw up|puke|exhaust\w*|give out|gives? out|"
    r"nothing is left)\b|(?<!close )(?<!next )\bto (?:complete |absolute |total |utter |muscular |the point of )*"
    r"(?:failure|exhaustion)\b(?! (?:is|are|was) not| isn't)|"
    r"\b(?:test|find|try|hit|attempt|max out|go for|work up to) (?:\w+ ){0,2}?(?:one[- ]?rep(?:etition)?[- ]?max\w*|1 ?-?rms?\b|"
    r"max(?:imum|imal)?(?:es|s)?\b|personal (?:best|record)|pr\b|pb\b)|"
    r"\b(?:all[- ]out|max(?:imum|imal)? effort|heavy singles?|everything you(?:'ve| have) got|leave nothing in the tank|amrap|"
    r"as many (?:good )?(?:rep(?:etition)?s? )?as (?:possible|you can)|1 ?rm test|"
    r"(?:no|zero|without any) rep(?:etition)?s? (?:left|in reserve))\b")
_FAILURE = re.compile(rf"{TO_THE_END.pattern}|\bfailure\b")  # as an entry's effort the word alone is enough
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|per ?cent\b)")
_WORDS: dict[str, re.Pattern] = {
    "high": re.compile(r"\b(?:high|hard|vigorous|hiit|sprint\w*|heavy|intense|maximal|explosive)\b"),
    "moderate": re.compile(r"\b(?:moderate|medium|brisk|somewhat hard)\b"),
}


@lru_cache(maxsize=4096)
def read_rir(intensity: str) -> float | None:
    """Fewest repetitions in reserve that the words allow ("RIR 2-3" -> 2, "RPE 8" -> 2, "failure" -> 0), or None."""
    words = normalise_text(intensity)
    if _FAILURE.search(words):
        return 0.0
    found = _RIR.search(words)
    if found:
        return min(float(number) for number in found.groups() if number)
    rpe = read_rpe(words)
    return None if rpe is None else 10 - rpe


def read_rpe(intensity: str) -> float | None:
    """The highest effort out of ten that the words name ("RPE 7-8" -> 8), or None."""
    found = _RPE.search(normalise_text(intensity))
    return max(float(number) for number in found.groups() if number) if found else None


@lru_cache(maxsize=4096)
def exceeds_cap(intensity: str, cap: str, is_steady: bool) -> bool:
    """Whether words of effort lie above a cap low|moderate|high; RPE counts against the cap only for steady work."""
    words = normalise_text(intensity)
    rpe = read_rpe(words)
    if is_steady and rpe is not None and rpe > MAX_STEADY_RPE[cap]:
        return True
    percents = [float(number) for number in _PERCENT.findall(words)]
    if cap != "high" and max(percents, default=0) >= HEAVY_PERCENT:
        return True
    above = INTENSITY_ORDER[INTENSITY_ORDER.index(cap) + 1:]
    return any(level in _WORDS and _WORDS[level].search(words) for level in above)
