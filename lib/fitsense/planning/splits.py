"""Splits: which days of the week, what kind of day each is, and which patterns it trains.

Rules split_by_days, dose_frequency_level, recovery_days, whole_body_apart, cardio_for_condition, check_strength_apart. Knows
nothing of single exercises, sets or rests.
"""

import re
from itertools import combinations

from fitsense.contracts.plan import DAYS, MAX_ENTRIES_PER_WEEK, Day
from fitsense.contracts.profile import Profile
from fitsense.planning.selection import Selector, find_liked_activities, is_careful
from fitsense.planning.tables import load_tables
from fitsense.safety.spacing import count_gaps, needs_spacing

CROWDED_ENTRIES = 20  # a plan with a referral or lines for two parts still keeps within 2,100 tokens
LIMITED_ENTRIES = 22  # with two reasons or more to tell
MANY_PARTS, MANY_PARTS_ENTRIES = 3, 18  # and with lines for three parts or more
EASY_KINDS = ("recovery", "steady", "gentle")
CARDIO_GOALS = {"weight_loss", "endurance_improvement"}
MOST_WHOLE_BODY_DAYS = 3
WEEKEND = ("Saturday", "Sunday")
_ONLY_WEEKENDS = re.compile(r"\b(?:only (?:at |on )?(?:the )?weekends?|weekends? only)\b")
_ONLY_WEEKDAYS = re.compile(r"\b(?:only (?:on )?(?:week ?days)|week ?days only|no weekends?|not at weekends?)\b")
# "busy on Mondays and Fridays", "no Monday, Tuesday or Friday"; of "no Mondays, Fridays are fine" only the first.
_WEEKDAY = rf"(?:{'|'.join(DAYS).lower()})s?\b(?!\s+(?:is|are|works?|ok|okay|fine|only|free)\b)"
_DENIED_DAYS = re.compile(rf"\b(?:no|not|never|except|busy|without|can't|cannot)\s+(?:\w+\s+){{0,3}}?{_WEEKDAY}"
                          rf"(?:(?:\s*[,/&]\s*|\s+)(?:(?:and|or|nor|on)\s+)*{_WEEKDAY})*")
LEAST_EASY, MOST_EASY, SHORT_EASY_MIN = 2, 3, 20  # entries of an easy day; minutes under which it has the fewest


def is_gentle(selector: Selector) -> bool:
    """Tell whether only gentle movement is safe for now: easy cardio and mobility, no strength work."""
    return selector.limits.max_intensity == "low"


def needs_cardio(selector: Selector) -> bool:
    """Tell whether aerobic work belongs to every session, whatever the goal (rule cardio_for_condition)."""
    return selector.has_rule(load_tables()["cardio_rules"])


def count_days(profile: Profile, selector: Selector) -> int:
    """Training days: as asked, or the most that the limits allow."""
    return min(profile.preferences.days_per_week, selector.limits.max_days)


def count_session_minutes(profile: Profile, selector: Selector) -> int:
    """Longest session in minutes: as asked, or the most that the limits allow."""
    return min(profile.preferences.workout_duration, selector.limits.max_session_min)


def choose_weekdays(n_days: int, said: str, apart: bool = False) -> list[Day]:
    """Choose training days as far apart as the person's words leave free ("no Tuesdays", "weekends only").

    `apart`: whole-body days with easy ones among them. May give fewer than n_days where their words leave fewer.
    """
    free = list_free_days(said)
    usual: list[Day] = load_tables()["weekdays"][n_days]
    if apart:
        usual = load_tables()["weekdays_apart"].get(n_days, usual)
    if set(usual) <= set(free):
        return usual
    choices = combinations(free, min(n_days, len(free)))
    return list(max(choices, key=lambda days: sorted(count_gaps(days)))) or ["Monday"]


def list_free_days(said: str) -> list[Day]:
    """The weekdays that a person's words leave free; all of them where they name none."""
    text = said.lower().replace("\u2019", "'")
    denied = " ".join(match[0] for match in _DENIED_DAYS.finditer(text))
    free = [day for day in DAYS if day.lower() not in denied]
    if _ONLY_WEEKENDS.search(text):
        free = [day for day in free if day in WEEKEND]
    elif _ONLY_WEEKDAYS.search(text):
        free = [day for day in free if day not in WEEKEND]
    return free


def count_strength_days(profile: Profile, selector: Selector, n_days: int) -> int:
    """Strength days of a week of n_days: at most what level, goal and limits call for."""
    tables, level = load_tables(), profile.personal_info.fitness_level
    most = tables["strength_days"]["careful" if is_careful(profile.personal_info.age, selector.limits) else level]
    by_rule = [days for rule_id, days in tables["strength_days_by_rule"].items() if selector.has_rule([rule_id])]
    return min([most, tables["strength_days_by_goal"].get(profile.goals[0], most), n_days, *by_rule])


def list_day_kinds(profile: Profile, selector: Selector, weekdays: list[Day]) -> list[str]:
    """The kind of each day in order: strength days by the split, easy days between them; fewer where none may follow another."""
    if is_gentle(selector):
        return ["gentle"] * len(weekdays)
    n_strength = count_strength_days(profile, selector, len(weekdays))
    if needs_spacing(selector.limits):
        n_strength = min(n_strength, _count_apart(weekdays))
    strength = _strength_kinds(profile, selector, n_strength)
    kinds = _set_apart(strength, weekdays) if len(strength) <= MOST_WHOLE_BODY_DAYS else _spread_easy(strength, len(weekdays))
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


def _set_apart(kinds: list[str], weekdays: list[Day]) -> list[str]:
    """Put whole-body days as far apart as the weekdays allow, the first such choice; the rest is easy."""
    hard = iter(kinds)
    chosen = max(combinations(weekdays, len(kinds)), key=lambda days: min(count_gaps(days)))
    return [next(hard) if day in chosen else "recovery" for day in weekdays]


def _count_apart(weekdays: list[Day]) -> int:
    """The most of these days of which no two follow each other."""
    return max(n for n in range(1, len(weekdays) + 1) for days in combinations(weekdays, n) if min(count_gaps(days)) > 1)


def _spread_easy(kinds: list[str], n_days: int) -> list[str]:
    """Put the easy days after the first upper and lower day, and the other half at the end of the week."""
    n_easy = n_days - len(kinds)
    early = (n_easy + 1) // 2
    return [*kinds[:2], *["recovery"] * early, *kinds[2:], *["recovery"] * (n_easy - early)]


def count_most_entries(selector: Selector) -> int:
    """Most entries of a week: fewer where much else must be said."""
    n_parts = len(selector.limited_parts())
    if n_parts >= MANY_PARTS:
        return MANY_PARTS_ENTRIES
    if selector.limits.referral is not None or n_parts >= 2:
        return CROWDED_ENTRIES
    return LIMITED_ENTRIES if len(selector.limits.reasons) >= 2 else MAX_ENTRIES_PER_WEEK


def bound_exercises(kinds: list[str], selector: Selector) -> int:
    """Most exercises a session under the weekly cap of entries, an easy day having the fewest."""
    n_easy = sum(kind in EASY_KINDS for kind in kinds)
    most = count_most_entries(selector)
    if n_easy == len(kinds):
        return max(LEAST_EASY, most // n_easy)
    return max(2, (most - LEAST_EASY * n_easy) // (len(kinds) - n_easy))


def count_exercises(minutes: int, kinds: list[str], selector: Selector) -> int:
    """Exercises a session by minutes, under the weekly cap of entries."""
    tables = load_tables()
    wanted = next(
        (count for most, count in tables["exercises_by_minutes"] if minutes <= most), tables["most_exercises"]
    )
    return max(2, min(wanted, bound_exercises(kinds, selector)))


def count_easy(kinds: list[str], selector: Selector, n_exercises: int, train_minutes: int) -> int:
    """Exercises of an easy day: what the strength days leave of the weekly cap, two in a short session."""
    n_easy = sum(kind in EASY_KINDS for kind in kinds)
    if not n_easy:
        return n_exercises
    left = (count_most_entries(selector) - n_exercises * (len(kinds) - n_easy)) // n_easy
    most = LEAST_EASY if train_minutes < SHORT_EASY_MIN else MOST_EASY
    return min(n_exercises, most, max(left, LEAST_EASY))


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
    if needs_cardio(selector) and n_exercises >= 3 or _wants_cardio(goals, n_exercises, index):
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
