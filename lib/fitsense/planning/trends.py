"""Trends: what weeks of logs say of adherence, strength, recovery and weight.

Strength by estimated one-repetition maximum (Epley 1985, sets of 10 repetitions or fewer), else by mean repetitions.
Knows nothing of what to do about it.
"""

from dataclasses import dataclass
from statistics import mean, median

from fitsense.contracts.logs import ExerciseLog, WeekLog

HIGH_ADHERENCE, LOW_ADHERENCE = 0.8, 0.5
POOR_SLEEP_H, FAIR_SLEEP_H = 6.0, 7.0
IMPROVING, DECLINING = 0.01, -0.02
EPLEY_MOST_REPS = 10


@dataclass(frozen=True)
class Target:
    """What one exercise aims at: sets, repetitions from-to, RIR; load (kg) and smallest step (kg) where known."""

    name: str
    sets: int
    rep_min: int
    rep_max: int
    rir: float
    weight_kg: float = 0.0
    step_kg: float | None = None
    each_side: bool = False


def estimate_one_rep_max(weight_kg: float, reps: int) -> float:
    """Estimated one-repetition maximum in kg by Epley: w (1 + r / 30); w itself for one repetition."""
    return weight_kg if reps <= 1 else weight_kg * (1 + reps / 30)


def find_logs(week: WeekLog, name: str) -> list[ExerciseLog]:
    """All logs of one exercise in a week, by name without letter case."""
    return [
        log
        for session in week.sessions
        for log in session.exercises
        if log.name.strip().lower() == name.strip().lower() and log.sets
    ]


def score_strength(week: WeekLog, name: str) -> float | None:
    """Best estimated maximum of the week, or mean repetitions where no load was used; None without logs."""
    sets = [one for log in find_logs(week, name) for one in log.sets]
    loaded = [one for one in sets if one.weight_kg > 0 and 1 <= one.reps <= EPLEY_MOST_REPS]
    if loaded:
        return max(estimate_one_rep_max(one.weight_kg, one.reps) for one in loaded)
    if not sets:
        return None
    return mean(one.reps * max(one.weight_kg, 1.0) for one in sets)


def change_of(weeks: list[WeekLog], name: str) -> float | None:
    """Relative change of strength from the first to the last week that has logs; None with fewer than two."""
    kinds = [_is_loaded(week, name) for week in weeks]
    scores = [score_strength(week, name) for week in weeks]
    usable = [score for score, kind in zip(scores, kinds, strict=True) if score and kind == kinds[-1]]
    return usable[-1] / usable[0] - 1 if len(usable) >= 2 else None


def _is_loaded(week: WeekLog, name: str) -> bool:
    return any(
        one.weight_kg > 0 and 1 <= one.reps <= EPLEY_MOST_REPS for log in find_logs(week, name) for one in log.sets
    )


def judge_trend(weeks: list[WeekLog], targets: list[Target]) -> str:
    """Trend of strength: the median change over the exercises."""
    found = [change for target in targets if (change := change_of(weeks, target.name)) is not None]
    if not found:
        return "unknown"
    middle = median(found)
    return "improving" if middle > IMPROVING else "declining" if middle < DECLINING else "steady"


def judge_adherence(weeks: list[WeekLog]) -> str:
    """Sessions done of those planned, in words."""
    planned = sum(week.sessions_planned for week in weeks)
    if not planned:
        return "unknown"
    share = sum(len(week.sessions) for week in weeks) / planned
    return "high" if share >= HIGH_ADHERENCE else "moderate" if share >= LOW_ADHERENCE else "low"


def judge_recovery(weeks: list[WeekLog]) -> str:
    """Recovery by the last week's sleep."""
    hours = weeks[-1].sleep_hours_avg if weeks else None
    if hours is None:
        return "unknown"
    return "poor" if hours < POOR_SLEEP_H else "fair" if hours < FAIR_SLEEP_H else "good"


def is_failing(week: WeekLog, target: Target) -> bool | None:
    """Tell whether the mean repetitions of a week fell under the target; None without logs."""
    sets = [one.reps for log in find_logs(week, target.name) for one in log.sets]
    return mean(sets) < target.rep_min if sets else None


def count_failing_weeks(weeks: list[WeekLog], target: Target) -> int:
    """How many of the last weeks in a row fell under the target; weeks without the exercise are passed over."""
    count = 0
    for verdict in (is_failing(week, target) for week in reversed(weeks)):
        if verdict is False:
            break
        count += 1 if verdict else 0
    return count


def weekly_weight_change(weeks: list[WeekLog]) -> float | None:
    """Change of body mass a week as a share of body mass; None with fewer than two weighed weeks."""
    weighed = [(week.week, week.bodyweight_kg) for week in weeks if week.bodyweight_kg is not None]
    if len(weighed) < 2 or weighed[-1][0] == weighed[0][0]:
        return None
    (first, start), (last, end) = weighed[0], weighed[-1]
    return (end - start) / start / (last - first)
