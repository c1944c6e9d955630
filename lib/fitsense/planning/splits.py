"""Splits: which days of the week, what kind of day each is, and which patterns it trains.

Rules split_by_days, dose_frequency_level, recovery_days. Knows nothing of single exercises, sets or minutes.
"""

import re

from fitsense.contracts.plan import DAYS, MAX_ENTRIES_PER_WEEK, Day
from fitsense.contracts.profile import Profile
from fitsense.planning.selection import Selector, find_liked_activities
from fitsense.planning.tables import load_tables

CROWDED_ENTRIES = 20  # a plan with a referral or lines for two parts still keeps within 2,100 tokens
EASY_KINDS = ("recovery", "steady", "gentle")
CARDIO_GOALS = {"weight_loss", "endurance_improvement"}


def is_careful(profile: Profile, selector: Selector) -> bool:
    """Tell whether age or limits ask for a gentler week: fewer hard days, smaller steps."""
    return profile.personal_info.age >= 65 or selector.limits.max_intensity != "high" or selector.limits.seated_only


def is_gentle(selector: Selector) -> bool:
    """Tell whether only gentle movement is safe for now: easy cardio and mobility, no strength work."""
    return selector.limits.max_intensity == "low"


def choose_weekdays(n_days: int, said: str) -> list[Day]:
    """Choose training days, spread over the week; "no Tuesdays" and "weekends only" in the person's words are kept.

    May give fewer than n_days where their words leave fewer.
    """
    text = said.lower()
    free = [day for day in DAYS if not _is_excluded(day, text)]
    if re.search(r"\b(?:only (?:at |on )?(?:the )?weekends?|weekends? only)\b", text):
        free = ["Saturday", "Sunday"]
    elif re.search(r"\b(?:only (?:on )?(?:week ?days)|week ?days only|no weekends?|not at weekends?)\b", text):
        free = [day for day in free if day not in ("Saturday", "Sunday")]
    usual: list[Day] = load_tables()["weekdays"][n_days]
    if set(usual) <= set(free):
        return usual
    n_days = min(n_days, len(free))
    return [free[index * len(free) // n_days] for index in range(n_days)] or ["Monday"]


def _is_excluded(day: Day, text: str) -> bool:
    return bool(
        re.search(rf"\b(?:no|not|never|except|busy|without|can't|cannot)\s+(?:\w+\s+){{0,2}}?{day.lower()}s?\b", text)
    )


def list_day_kinds(profile: Profile, selector: Selector, n_days: int) -> list[str]:
    """The kind of each day in order: strength days by the split, easy days between them."""
    if is_gentle(selector):
        return ["gentle"] * n_days
    tables, level = load_tables(), profile.personal_info.fitness_level
    most = tables["strength_days"]["careful" if is_careful(profile, selector) else level]
    most = min(most, tables["strength_days_by_goal"].get(profile.goals[0], most), n_days)
    kinds = _spread_easy_days(_strength_kinds(profile, selector, most), n_days)
    if profile.goals[0] != "endurance_improvement":
        return kinds
    easy = iter(("steady", "recovery") * len(kinds))
    return [next(easy) if kind == "recovery" else kind for kind in kinds]


def _strength_kinds(profile: Profile, selector: Selector, n_strength: int) -> list[str]:
    if selector.limits.seated_only:
        return [("seated_a", "seated_b")[index % 2] for index in range(n_strength)]
    if profile.goals[0] == "mobility":
        return [("mobile_a", "mobile_b")[index % 2] for index in range(n_strength)]
    return list(load_tables()["splits"][n_strength])


def _spread_easy_days(kinds: list[str], n_days: int) -> list[str]:
    """Put the easy days after the strength days they follow, as evenly as the week allows."""
    n_easy, spread = n_days - len(kinds), []
    for index, kind in enumerate(kinds):
        spread.append(kind)
        due = (index + 1) * n_easy // len(kinds)
        spread += ["recovery"] * (due - spread.count("recovery"))
    return spread


def count_exercises(minutes: int, n_days: int, selector: Selector) -> int:
    """Exercises a session by minutes, under the weekly cap of entries (lower where much else must be said)."""
    tables = load_tables()
    wanted = next(
        (count for most, count in tables["exercises_by_minutes"] if minutes <= most), tables["most_exercises"]
    )
    crowded = selector.limits.referral is not None or len(selector.limited_parts()) >= 2
    most = CROWDED_ENTRIES if crowded else MAX_ENTRIES_PER_WEEK
    return max(2, min(wanted, most // n_days))


def list_patterns(kind: str, profile: Profile, selector: Selector, index: int, n_exercises: int) -> list[str]:
    """The patterns of one day: from the front of its kind's list; balance and cardio take the last places."""
    patterns = load_tables()["days"][kind]["patterns"]
    if kind in EASY_KINDS:
        n_exercises = min(n_exercises, len(patterns))
    ends = _last_places(kind, profile, selector, index, n_exercises)
    if len(ends) >= n_exercises:
        turns = [*ends, "strength"] if n_exercises == 1 else ends
        ends = [end for end in [turns[index % len(turns)]] if end != "strength"]
    return [*patterns[: max(0, n_exercises - len(ends))], *ends]


def _last_places(kind: str, profile: Profile, selector: Selector, index: int, n_exercises: int) -> list[str]:
    goals, ends = profile.goals, []
    if selector.limits.require_balance and (n_exercises > 2 or index % 2 == 0):
        ends.append("balance")
    if kind in EASY_KINDS:
        return ends
    likes_stretching = find_liked_activities(profile.preferences.preferred_activities)[1]
    if _wants_cardio(goals, n_exercises, index):
        ends.append("cardio")
    elif n_exercises >= 4 and goals[0] != "mobility" and ("mobility" in goals or likes_stretching):
        ends.append("mobility")
    return ends


def _wants_cardio(goals: list[str], n_exercises: int, index: int) -> bool:
    """Cardio closes every session of a cardio goal, and where there is room for it those of general fitness."""
    if goals[0] in CARDIO_GOALS or (n_exercises >= 3 and CARDIO_GOALS & set(goals)):
        return True
    has_room = n_exercises >= 4 or (n_exercises == 3 and index % 2 == 1)
    return goals[0] == "general_fitness" and has_room
