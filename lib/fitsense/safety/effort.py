"""Effort: what an entry's intensity words mean in repetitions in reserve or against an intensity cap.

RPE = 10 - RIR (Zourdos 2016). The caps on RPE for steady work are heuristics.
"""

import re

from fitsense.safety.screening import INTENSITY_ORDER

MAX_STEADY_RPE: dict[str, float] = {"low": 4.0, "moderate": 6.0, "high": 10.0}
HEAVY_PERCENT = 85.0
_RIR = re.compile(r"\brir\s*(?:of|[:=-])?\s*(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?|"
                  r"(\d+)\s*(?:rir\b|reps? in reserve)", re.I)
_RPE = re.compile(r"\brpe\s*(?:of|[:=-])?\s*(\d+(?:\.\d+)?)(?:\s*-\s*(\d+(?:\.\d+)?))?|(\d+)\s*rpe\b", re.I)
_FAILURE = re.compile(r"\b(?:to failure|failure|amrap|max(?:imum|imal)? effort|all[- ]out|"
                      r"1 ?rm test|until exhaustion|(?:no|zero|without any) rep(?:etition)?s? (?:left|in reserve))\b", re.I)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_WORDS: dict[str, re.Pattern] = {
    "high": re.compile(r"\b(?:high|hard|vigorous|hiit|sprint\w*|heavy|intense|maximal|explosive)\b", re.I),
    "moderate": re.compile(r"\b(?:moderate|medium|brisk|somewhat hard)\b", re.I),
}


def read_rir(intensity: str) -> float | None:
    """Fewest repetitions in reserve that the words allow ("RIR 2-3" -> 2, "RPE 8" -> 2, "failure" -> 0), or None."""
    if _FAILURE.search(intensity):
        return 0.0
    found = _RIR.search(intensity)
    if found:
        return min(float(number) for number in found.groups() if number)
    rpe = read_rpe(intensity)
    return None if rpe is None else 10 - rpe


def read_rpe(intensity: str) -> float | None:
    """The highest effort out of ten that the words name ("RPE 7-8" -> 8), or None."""
    found = _RPE.search(intensity)
    return max(float(number) for number in found.groups() if number) if found else None


def exceeds_cap(intensity: str, cap: str, is_steady: bool) -> bool:
    """Whether words of effort lie above a cap low|moderate|high; RPE counts against the cap only for steady work."""
    rpe = read_rpe(intensity)
    if is_steady and rpe is not None and rpe > MAX_STEADY_RPE[cap]:
        return True
    percents = [float(number) for number in _PERCENT.findall(intensity)]
    if cap != "high" and max(percents, default=0) >= HEAVY_PERCENT:
        return True
    above = INTENSITY_ORDER[INTENSITY_ORDER.index(cap) + 1:]
    return any(level in _WORDS and _WORDS[level].search(intensity) for level in above)
