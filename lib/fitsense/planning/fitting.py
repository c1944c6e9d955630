"""Fitting: the largest week that keeps to the person's minutes and to the weekly sets per muscle.

Tried in order (rule sets_by_time): shorter rests, then fewer sets down to two, then fewer exercises; one set only where
nothing else fits. Where time is left, exercises are added at the same dose. A muscle over its weekly bound takes sets from
its own exercises only. Knows nothing of wording, food or progression.
"""

from dataclasses import dataclass, replace

from fitsense.contracts.plan import Day
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise
from fitsense.planning.dose import Dose, count_most_sets, list_rests, make_dose
from fitsense.planning.selection import Selector
from fitsense.planning.splits import (
    CARDIO_GOALS,
    EASY_KINDS,
    MOST_WHOLE_BODY_DAYS,
    bound_exercises,
    choose_weekdays,
    count_days,
    count_easy,
    count_exercises,
    count_session_minutes,
    count_strength_days,
    list_day_kinds,
    list_patterns,
    needs_cardio,
)
from fitsense.planning.tables import load_tables
from fitsense.safety.session_time import work_seconds
from fitsense.safety.volume import count_weekly_sets, weekly_set_bounds

LEAST_CARDIO_MIN, LEAST_SETS = 3, 2


@dataclass(frozen=True)
class Pick:
    """One exercise of a day and the how-many-th turn of its pattern in the week it is (decides the cue shown)."""

    exercise: Exercise
    turn: int


@dataclass(frozen=True)
class DayDraft:
    """One day before its doses: weekday, kind of day, picks in order."""

    day: Day
    kind: str
    picks: tuple[Pick, ...]
    needs_cardio: bool = False


@dataclass(frozen=True)
class Fitted:
    """The week that fits: its days, the dose, exercises a session, minutes a session may train."""

    days: tuple[DayDraft, ...]
    dose: Dose
    n_exercises: int
    train_minutes: int


def fit_week(profile: Profile, selector: Selector) -> Fitted:
    """Find the largest week that fits; raises ValueError where not even one short set a session does."""
    minutes = count_train_minutes(profile, selector)
    n_days = count_days(profile, selector)
    apart = count_strength_days(profile, selector, n_days) <= MOST_WHOLE_BODY_DAYS
    weekdays = choose_weekdays(n_days, profile.constraints.time_restrictions, apart)
    kinds = list_day_kinds(profile, selector, weekdays)
    most = count_exercises(count_session_minutes(profile, selector), kinds, selector)
    for n_exercises in range(most, 0, -1):
        days = draft_week(profile, selector, weekdays, kinds, n_exercises, minutes)
        for dose in _list_doses(profile, selector, n_exercises):
            trimmed = _fit_dose(days, dose, profile, minutes)
            if trimmed is not None:
                return _add_exercises(profile, selector, kinds, Fitted(days, trimmed, n_exercises, minutes))
    raise ValueError(f"preferences.workout_duration: {minutes} minutes of training do not hold one set")


def _fit_dose(days: tuple[DayDraft, ...], dose: Dose, profile: Profile, minutes: int) -> Dose | None:
    """The dose with what its muscles' bounds trim; None where time or volume do not hold."""
    if not all(_fits(day, dose, profile, minutes) for day in days):
        return None
    return _trim_volume(days, dose, profile)


def _add_exercises(profile: Profile, selector: Selector, kinds: list[str], fitted: Fitted) -> Fitted:
    """Add exercises while every session has time for them at the same dose: no set, no minute of cardio goes."""
    most, weekdays = min(bound_exercises(kinds, selector), load_tables()["most_exercises"]), [day.day for day in fitted.days]
    bare = replace(fitted.dose, trims=())
    for n_exercises in range(fitted.n_exercises + 1, most + 1):
        days = draft_week(profile, selector, weekdays, kinds, n_exercises, fitted.train_minutes)
        if _fit_dose(days, bare, profile, fitted.train_minutes) != fitted.dose or fitted.dose.sets < LEAST_SETS:
            break
        pairs = zip(fitted.days, days, strict=True)
        if any(_count_cardio(old, fitted, profile) > _count_cardio(new, fitted, profile) for old, new in pairs):
            break
        fitted = Fitted(days, fitted.dose, n_exercises, fitted.train_minutes)
    return fitted


def _count_cardio(day: DayDraft, fitted: Fitted, profile: Profile) -> int:
    return cardio_minutes(day, fitted.dose, profile, fitted.train_minutes)


def _list_doses(profile: Profile, selector: Selector, n_exercises: int):
    rests, most_sets = list_rests(profile, selector), count_most_sets(profile, selector)
    for sets in range(most_sets, 1, -1):
        for rest in rests:
            yield make_dose(profile, selector, sets, rest)
    if n_exercises <= 2:
        yield make_dose(profile, selector, 2, rests[-1], short=True)
        yield make_dose(profile, selector, 1, rests[-1])
        yield make_dose(profile, selector, 1, rests[-1], short=True)


def count_train_minutes(profile: Profile, selector: Selector) -> int:
    """Minutes left for training between warm-up and cool-down."""
    limits = selector.limits
    return count_session_minutes(profile, selector) - limits.warm_up_min - limits.cool_down_min


def draft_week(
    profile: Profile, selector: Selector, weekdays: list[Day], kinds: list[str], n_exercises: int, minutes: int
) -> tuple[DayDraft, ...]:
    """Choose the exercises of every day: a pattern alternates its two best over the week, no day has one twice."""
    turns: dict[str, int] = {}
    days, n_easy = [], count_easy(kinds, selector, n_exercises, minutes)
    for index, kind in enumerate(kinds):
        used: dict[str, Pick] = {}
        for pattern in list_patterns(kind, profile, selector, index, n_easy if kind in EASY_KINDS else n_exercises):
            turn = turns.get(pattern, 0)
            exercise = selector.choose(pattern, turn, set(used))
            if exercise is not None:
                used[exercise.name] = Pick(exercise, turn)
                turns[pattern] = turn + 1
        days.append(DayDraft(weekdays[index], kind, _put_in_order(kind, used), needs_cardio(selector)))
    return tuple(days)


def _put_in_order(kind: str, used: dict[str, Pick]) -> tuple[Pick, ...]:
    """Large strength exercises first (rule order_large_first), cardio last; mobility days keep their own order."""
    small, mobile = load_tables()["small_patterns"], kind.startswith("mobile")

    def rank(pick: Pick) -> int:
        exercise = pick.exercise
        if is_timed(exercise):
            return 3
        if mobile or (exercise.kind == "strength" and exercise.pattern not in small):
            return 0
        return 1 if exercise.kind == "strength" else 2

    return tuple(sorted(used.values(), key=rank))


def is_timed(exercise: Exercise) -> bool:
    """Tell whether an exercise is done in minutes rather than in sets of repetitions or seconds."""
    return exercise.dose == "minutes"


def set_minutes(day: DayDraft, dose: Dose) -> float:
    """Minutes of everything in a day that is done in sets."""
    return (
        sum(
            dose.sets_of(pick.exercise) * (work_seconds(dose.reps_of(pick.exercise)) + dose.rest_of(pick.exercise))
            for pick in day.picks
            if not is_timed(pick.exercise)
        )
        / 60
    )


def cardio_minutes(day: DayDraft, dose: Dose, profile: Profile, train_minutes: int) -> int:
    """Minutes for each timed exercise of a day: what is left, up to the goal's most, in fives from ten on."""
    n_timed = sum(is_timed(pick.exercise) for pick in day.picks)
    if not n_timed:
        return 0
    tables, goal = load_tables(), profile.goals[0]
    most = tables["recovery_cardio_most"] if day.kind in ("recovery", "gentle") else tables["cardio_most"][goal]
    if n_timed and goal not in CARDIO_GOALS and day.kind not in EASY_KINDS:
        most = max(most, tables["cardio_most_condition"] if day.needs_cardio else 0)
    left = min(int(train_minutes - set_minutes(day, dose)) // n_timed, most)
    return left - left % 5 if left >= 10 else left


def _fits(day: DayDraft, dose: Dose, profile: Profile, train_minutes: int) -> bool:
    n_timed = sum(is_timed(pick.exercise) for pick in day.picks)
    tables, goal = load_tables(), profile.goals[0]
    most = tables["cardio_most"][goal] if goal in CARDIO_GOALS else tables["cardio_enough"]
    wanted = min(tables["cardio_share"][goal] * train_minutes, most)
    if day.kind in EASY_KINDS:
        wanted = min(tables["easy_cardio_share"] * train_minutes, tables["recovery_cardio_most"])
    kept = n_timed * max(LEAST_CARDIO_MIN, int(wanted)) if n_timed else 0
    return set_minutes(day, dose) + kept <= train_minutes


def _trim_volume(days: tuple[DayDraft, ...], dose: Dose, profile: Profile) -> Dose | None:
    """Take sets from the exercises of muscles over their weekly bound, the last first; None where two sets are too many."""
    bound = weekly_set_bounds(profile.personal_info.fitness_level)[1]
    picked = [pick.exercise for day in days for pick in day.picks if pick.exercise.kind == "strength"]
    while True:
        counted = [(list(exercise.primary), list(exercise.secondary), dose.sets_of(exercise)) for exercise in picked]
        over = {muscle for muscle, sets in count_weekly_sets(counted).items() if sets > bound}
        if not over:
            return dose
        spare = [exercise for exercise in picked if over & set(exercise.primary) and dose.sets_of(exercise) > LEAST_SETS]
        if not spare:
            return None
        most = max(dose.sets_of(exercise) for exercise in spare)
        name = next(exercise.name for exercise in reversed(spare) if dose.sets_of(exercise) == most)
        dose = replace(dose, trims=tuple(sorted({**dict(dose.trims), name: most - 1}.items())))
