"""Reading people's own words: normalise text, split it into clauses, tell control, past and other people.

Knows nothing of conditions, symptoms or plans; only how an English sentence is turned round.
"""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_NOT_CONTROLLED = re.compile(
    r"\b(?:not|n't|isnt|never|no longer|poorly|badly|barely|partly|hardly)\s+(?:\w+\s+){0,3}?(?:controlled|managed|stable|"
    r"under control|checked|treated|sure|known|well)|uncontrolled|out of control|unstable|unsure|untreated|unchecked|unmanaged|"
    r"\bno idea\b|n'?t know|\bunknown\b|\bmaybe\b|\bborderline\b|\bsevere\b|\bflar(?:e|ing)|\bgetting worse\b|\?")
_CONTROLLED = re.compile(r"\b(?:controlled|under (?:good )?control|well[- ]managed|managed|stable|in (?:target )?range)\b")
_CLEARED = re.compile(
    r"\b(?:cleared|signed off|all clear|(?:doctor|cardiologist|physio|surgeon|gp|specialist|midwife|team)\s+(?:\w+\s+){0,3}?"
    r"(?:fine|ok|okay|approved|cleared|agreed|happy)|checked (?:out )?(?:and|by)|fully (?:healed|recovered))\b")
_NOT_CLEARED = re.compile(
    r"\b(?:not|n't|never|without|havent|no)\s+(?:\w+\s+){0,3}?(?:clear(?:ed|ance)?|checked|signed off|seen|healed|"
    r"recovered)\b|\bawaiting\b|\bwaiting\b")
_YEARS_AGO = re.compile(
    r"\b(?:(?:[2-9]|\d{2}|two|three|four|five|six|seven|eight|nine|ten|many|several)\+?\s+(?:years|yrs)\s+ago|"
    r"as a (?:child|kid|teen\w*)|in (?:my )?(?:childhood|teens|twenties)|decades? ago|in (?:19\d\d|200\d|201\d))\b")
_OTHER_PERSON = re.compile(
    r"\b(?:family history|runs in (?:my|the) family|my (?:wife|husband|mum|mom|mother|dad|father|brother|sister|son|daughter|"
    r"grand\w+|uncle|aunt|friend|girlfriend|boyfriend|partner|neighbou?r|colleague|dog)(?:'s)?)\b")


@lru_cache(maxsize=4096)
def normalise_text(text: str) -> str:
    """Lower-case, plain quotes and dashes, no invisible characters, single spaces."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _INVISIBLE.sub("", text)
    text = text.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'").replace("\u2013", "-").replace("\u2014", "-")
    return re.sub(r"\s+", " ", text).strip()


def is_controlled(text: str) -> bool:
    """Tell whether normalised words say a condition is under control; "unsure" and silence count as not."""
    return bool(_CONTROLLED.search(text)) and not _NOT_CONTROLLED.search(text)


def is_cleared(text: str) -> bool:
    """Tell whether normalised words say a professional has looked at it and cleared it."""
    return bool(_CLEARED.search(text)) and not _NOT_CLEARED.search(text)


def is_long_past(text: str) -> bool:
    """Tell whether normalised words place it two or more years back."""
    return bool(_YEARS_AGO.search(text))


def is_about_other(text: str) -> bool:
    """Tell whether normalised words are about somebody else."""
    return bool(_OTHER_PERSON.search(text))
