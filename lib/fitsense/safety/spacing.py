"""Spacing: how sessions lie in the week, for people who need strength days apart and no long stretch without activity.

With type 2 diabetes, strength work stands on days that do not follow each other, and no more than two days in a row pass
without activity (Kanaley 2022, 10.1249/MSS.0000000000002800). The week is a ring: Monday follows Sunday.
"""

import re
from collections.abc import Sequence

from fitsense.contracts.plan import DAYS, Day
from fitsense.safety.screening import Limits

APART_RULES = ("screen_diabetes_type_2",)
MOST_DAYS_OFF = 2
# Where moving more would harm, the days off stay as they are.
REST_RULES = ("screen_eating_disorder", "screen_very_low_bmi", "screen_pregnancy_contraindicated")
_TOLD = re.compile(r"\b(?:two days in a row|on other days|on the other days|every day)\b", re.I)


def count_gaps(days: Sequence[Day]) -> list[int]:
    """Days from each of these days to the next, in the order of the week and round it; 7 for a day alone, nothing for none."""
    places = sorted(map(DAYS.index, days))
    return [(later - early) % 7 or 7 for early, later in zip(places, [*places[1:], *places[:1]], strict=True)]


def needs_spacing(limits: Limits) -> bool:
    """Tell whether a condition asks for strength days apart."""
    return any(rule_id in APART_RULES for rule_id, _ in limits.reasons)


def has_long_rest(days: Sequence[Day], limits: Limits) -> bool:
    """Tell whether a week leaves more days in a row off than a condition allows, for someone whom moving would not harm."""
    harmed = any(rule_id in REST_RULES for rule_id, _ in limits.reasons)
    return needs_spacing(limits) and not harmed and max(count_gaps(days)) - 1 > MOST_DAYS_OFF


def tells_to_move(text: str) -> bool:
    """Tell whether words ask for activity on the days between sessions."""
    return bool(_TOLD.search(text))
