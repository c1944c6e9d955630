"""Dose: sets, repetitions, rest and effort, from goal, level, limits and how the last weeks went.

Rules strength_heavy, effort_near_failure, rest_by_goal, older_adult_dose. Knows nothing of days or of the week.
"""

from dataclasses import dataclass

from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise
from fitsense.planning.selection import OLDER, Selector
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import keeps_light

EASY_REST_S, EASY_REST_MOST_S = 30, 45
LOW_COMPLETION, SHORT_SLEEP_H, HARD_RATING = 0.5, 6.0, 8.5


@dataclass(frozen=True)
class Dose:
    """One setting for the whole week: sets, rest (s) of main exercises, RIR, reps, seconds of holds.

    `trims`: sets of single exercises, fewer than the rest so that no muscle gets more than its weekly bound.
    """

    sets: int
    rest: int
    min_rest: int
    rir: int
    main_reps: str
    small_reps: str
    hold_s: int
    trims: tuple[tuple[str, int], ...] = ()

    def reps_of(self, exercise: Exercise) -> str:
        """Repetitions or seconds of one exercise, with "each side" where it has sides."""
        tables = load_tables()
        if exercise.dose == "seconds":
            amount = f"{tables['stretch_seconds'] if exercise.kind == 'mobility' else self.hold_s} s"
        elif exercise.kind != "strength":
            amount = str(tables["stretch_reps"])
        else:
            light = exercise.pattern in tables["light_patterns"]
            amount = self.small_reps if light or is_small(exercise) else self.main_reps
            if light or exercise.name in tables["hard_bodyweight"]:
                amount = min(amount, tables["light_reps"], key=_most_reps)
        return f"{amount} each side" if exercise.each_side else amount

    def sets_of(self, exercise: Exercise) -> int:
        """Sets of one exercise: one fewer of small exercises, at most two of a stretch or a balance drill."""
        if exercise.kind != "strength":
            return min(self.sets, 2)
        small = exercise.pattern in load_tables()["small_patterns"]
        sets = max(min(self.sets, 2), self.sets - 1) if small else self.sets
        return min(sets, dict(self.trims).get(exercise.name, sets)) if self.trims else sets

    def rest_of(self, exercise: Exercise) -> int:
        """Rest in seconds of one exercise of the week."""
        return choose_rest(exercise, self.rest, self.min_rest)


def is_small(exercise: Exercise) -> bool:
    """Tell whether an exercise is a small one: one joint or none moves, or its pattern is small."""
    return exercise.pattern in load_tables()["small_patterns"] or exercise.mechanic != "compound"


def _most_reps(reps: str) -> int:
    return int(reps.split("-")[-1])


def choose_rest(exercise: Exercise, rest: int, min_rest: int) -> int:
    """Rest in seconds: the main rest for large exercises, a shorter one for small, stretches and balance."""
    tables = load_tables()
    if exercise.kind != "strength":
        return max(EASY_REST_S, min(min_rest, EASY_REST_MOST_S))
    if is_small(exercise):
        return max(min(rest, tables["small_rest"]), min_rest)
    return max(rest, min_rest)


def count_most_sets(profile: Profile, selector: Selector) -> int:
    """Most sets: one fewer after short sleep or missed sessions, at most 3 from 65 on or with limits.

    Two with heart or pressure trouble and where only gentle movement is safe.
    """
    level, metrics = profile.personal_info.fitness_level, profile.metrics
    sets = load_tables()["dose"][profile.goals[0]]["sets"][level]
    if selector.limits.max_intensity == "low":
        return 2
    if selector.has_rule(load_tables()["pressure_rules"]):
        return 2
    if profile.personal_info.age >= OLDER or selector.limits.max_intensity == "moderate":
        sets = min(sets, 3)
    return max(2, sets - (1 if is_run_down(profile) or metrics.workout_completion_rate < LOW_COMPLETION else 0))


def is_run_down(profile: Profile) -> bool:
    """Tell whether sleep was short (under 6 h) or training felt very hard (8.5 or more of 10)."""
    metrics = profile.metrics
    short = metrics.sleep_hours is not None and metrics.sleep_hours < SHORT_SLEEP_H
    return short or metrics.average_intensity_rating >= HARD_RATING


def choose_rir(profile: Profile, selector: Selector) -> int:
    """Repetitions in reserve: by level and goal, never under the limits' minimum; one more when run down."""
    tables, level = load_tables(), profile.personal_info.fitness_level
    rir = tables["rir_muscle_gain" if profile.goals[0] == "muscle_gain" else "rir"][level]
    rir = max(rir + (1 if is_run_down(profile) else 0), selector.limits.min_rir)
    return max(rir, 4) if selector.limits.max_intensity == "low" else rir


def make_dose(profile: Profile, selector: Selector, sets: int, rest: int, short: bool = False) -> Dose:
    """The week's dose with given sets and rest; `short` takes the fewest repetitions."""
    tables, level = load_tables(), profile.personal_info.fitness_level
    row, rir = tables["dose"][profile.goals[0]], choose_rir(profile, selector)
    main, small = row["reps"][level], row["small"]
    if profile.goals[0] == "strength_increase" and profile.preferences.equipment_access == "no_equipment":
        main = tables["careful_reps" if selector.limits.seated_only else "bodyweight_strength_reps"]
    if is_light(profile, selector):
        least = tables["pressure_reps" if selector.has_rule(tables["pressure_rules"]) else "careful_reps"]
        main, small = (max(reps, least, key=_most_reps) for reps in (main, small))
    if short:
        main = small = tables["short_reps"]
    hold = tables["hold_seconds"]["beginner" if short else level]
    return Dose(
        sets=sets, rest=rest, min_rest=selector.limits.min_rest, rir=rir, main_reps=main, small_reps=small, hold_s=hold
    )


def is_light(profile: Profile, selector: Selector) -> bool:
    """Tell whether loads stay light (rule careful_reps): under 18, effort capped, or strength with three or more in reserve."""
    if keeps_light(profile.personal_info.age, selector.limits):
        return True
    return profile.goals[0] == "strength_increase" and choose_rir(profile, selector) >= 3


def list_rests(profile: Profile, selector: Selector) -> list[int]:
    """Rests to try (s), longest first, in steps of 30 from the goal's usual rest to its floor.

    Light loads and bodyweight need no more rest than general fitness does.
    """
    goal = profile.goals[0]
    no_weights = profile.preferences.equipment_access == "no_equipment"
    if goal == "strength_increase" and (no_weights or is_light(profile, selector)):
        goal = "general_fitness"
    row, least = load_tables()["dose"][goal], selector.limits.min_rest
    rests = [*range(row["rest"], row["rest_floor"], -30), row["rest_floor"]]
    return list(dict.fromkeys(max(rest, least) for rest in rests))
