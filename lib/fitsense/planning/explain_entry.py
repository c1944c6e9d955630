"""Explain one line of a session: why this exercise, and which rule decided sets, repetitions, rest and effort.

Knows nothing of the week around it beyond the kind of day.
"""

from collections.abc import Iterator

from fitsense.contracts.plan import ExerciseEntry, SessionDay
from fitsense.knowledge.exercises import Exercise, find_exercise
from fitsense.planning.causes import find_bar, find_cause, list_causes
from fitsense.planning.dose import LOW_COMPLETION, count_most_sets, is_light, is_run_down, is_small, list_rests
from fitsense.planning.reading import Case, Said
from fitsense.planning.selection import OLDER, find_liked_activities
from fitsense.planning.splits import EASY_KINDS, needs_cardio
from fitsense.planning.tables import load_tables, name_goal
from fitsense.safety.effort import read_rir


def explain_entry(case: Case, place: str, session: SessionDay, entry: ExerciseEntry, kind: str) -> Iterator[Said]:
    """The exercise, then each of its numbers."""
    exercise = find_exercise(entry.name)
    if exercise is None:
        yield Said(place, f"{entry.name} is not in the catalogue", "check_unknown_exercise")
        return
    yield _explain_choice(case, place, entry, exercise, kind)
    yield _explain_sets(case, f"{place}.sets", entry, exercise)
    yield _explain_amount(case, place, entry, exercise)
    yield _explain_effort(case, f"{place}.intensity", entry, exercise)
    yield _explain_rest(case, f"{place}.rest", entry, exercise)
    yield Said(f"{place}.gamified_stats", "points for the sets and minutes done", "game_points")


def _explain_choice(case: Case, place: str, entry: ExerciseEntry, exercise: Exercise, kind: str) -> Said:
    name, pattern = exercise.name, exercise.pattern.replace("_", " ")
    if exercise.kind == "balance":
        return case.because("require_balance", place, f"{name}: balance work, {'; '.join(exercise.cues).lower()}",
                            "dose_balance_65", "")
    if exercise.kind == "cardio":
        return _explain_cardio(case, place, exercise, kind)
    if exercise.kind == "mobility":
        return Said(place, f"{name} keeps the {' and '.join(exercise.primary)} moving at easy effort", "mobility_work")
    trained = f"{name} trains {' and '.join(exercise.primary)}"
    said = {row.exercise.lower(): row for row in case.profile.feedback.previous_workouts}.get(name.lower())
    if said is not None and said.enjoyment >= 4:
        return Said(place, f"{trained}; you liked it", "liked_first")
    barred = _find_barred(case, exercise)
    if barred is not None:
        other, row = barred
        return Said(place, f"{trained} ({pattern}); {other} is left out ({row['say']})", row["rule_id"])
    access = case.profile.preferences.equipment_access.replace("_", " ")
    level = case.profile.personal_info.fitness_level
    return Said(place, f"{trained} ({pattern}), among the first that suit {access} and {level} level", "exercise_choice")


def _find_barred(case: Case, exercise: Exercise) -> tuple[str, dict] | None:
    """The exercise that would have come first of its pattern, where only the person's limits rule it out."""
    for other in case.selector.list_ruled_out(exercise.pattern):
        row = find_bar(other, case.limits)
        if row is not None:
            return other.name, row
    return None


def _explain_cardio(case: Case, place: str, exercise: Exercise, kind: str) -> Said:
    name = exercise.name
    if name in find_liked_activities(case.profile.preferences.preferred_activities)[0]:
        return Said(place, f"{name}: steady work of a kind you like", "liked_first")
    if kind == "gentle":
        return case.because("max_intensity", place, f"{name} at talking pace, nothing harder for now",
                            "screen_short_session", "")
    if kind in EASY_KINDS:
        return Said(place, f"{name}: easy minutes towards the 150 a week that do adults well", "dose_aerobic_minutes")
    if needs_cardio(case.selector):
        return Said(place, f"{name} closes the session, whatever the goal", "cardio_for_condition")
    return Said(place, f"{name} comes last, after the strength work, for {name_goal(case.goal)}", "cardio_with_strength")


def _explain_sets(case: Case, place: str, entry: ExerciseEntry, exercise: Exercise) -> Said:
    sets, metrics = entry.sets, case.profile.metrics
    if exercise.kind == "cardio":
        return Said(place, "one stretch without a break", "dose_aerobic_minutes")
    if exercise.kind == "balance":
        return Said(place, f"{sets} sets, short and fresh", "dose_balance_65")
    if exercise.kind == "mobility":
        return Said(place, f"{sets} sets, easy", "mobility_work")
    if is_run_down(case.profile):
        return Said(place, f"{sets} sets, fewer until sleep and recovery are better", "sleep_holds_load")
    if metrics.workout_completion_rate < LOW_COMPLETION:
        return Said(place, f"{sets} sets, a smaller plan that gets done", "adherence_first")
    small = exercise.pattern in load_tables()["small_patterns"]
    usual = load_tables()["dose"][case.goal]["sets"][case.profile.personal_info.fitness_level]
    most = count_most_sets(case.profile, case.selector)
    if case.profile.personal_info.age >= OLDER and sets <= 3:
        return Said(place, f"{sets} sets, enough at your age", "older_adult_dose")
    if most < usual and sets >= most - small and case.limits.max_intensity != "high":
        return case.because("max_intensity", place, f"{sets} sets at most", "sets_by_goal", "")
    if sets < most - small:
        return Said(place, f"{sets} sets: as many as your minutes and the weekly bound for each muscle hold", "sets_by_time")
    goals = {"muscle_gain": "muscle_ten_sets", "strength_increase": "strength_heavy"}
    rule = "sets_by_goal" if small else goals.get(case.goal, "sets_by_goal")
    return Said(place, f"{sets} sets for {name_goal(case.goal)}", rule)


def _explain_amount(case: Case, place: str, entry: ExerciseEntry, exercise: Exercise) -> Said:
    if entry.reps is None:
        return Said(f"{place}.duration", f"{entry.duration} minutes, what the session has left for it",
                    "dose_aerobic_minutes")
    place, reps = f"{place}.reps", entry.reps
    if exercise.kind == "mobility":
        return Said(place, f"{reps}, slow and without force", "mobility_work")
    if exercise.kind == "balance":
        return Said(place, f"{reps}, long enough to learn from", "dose_balance_65")
    if exercise.dose == "seconds":
        return Said(place, f"{reps} by level", "hold_time")
    counted = reps.replace(" each side", "") + " repetitions"
    counted += " each side" if "each side" in reps else ""
    if not is_small(exercise) and is_light(case.profile, case.selector):
        return case.because("max_intensity", place, f"{counted}, so that the load stays light", "careful_reps", "")
    if case.goal == "strength_increase" and not is_small(exercise):
        return Said(place, f"{counted}, heavy for strength", "strength_heavy")
    return Said(place, f"{counted} for {name_goal(case.goal)}", "reps_by_goal")


def _explain_effort(case: Case, place: str, entry: ExerciseEntry, exercise: Exercise) -> Said:
    if exercise.kind != "strength":
        if exercise.kind == "cardio" and case.limits.max_intensity != "high":
            return case.because("max_intensity", place, f"{entry.intensity} of 10: you can talk", "talk_test", "")
        return Said(place, f"{entry.intensity} of 10: you can talk", "talk_test")
    rir = read_rir(entry.intensity)
    left = f"{entry.intensity}: stop with {rir:g} left" if rir is not None else entry.intensity
    if is_run_down(case.profile):
        return Said(place, f"{left}, one more while sleep is short or training felt very hard", "sleep_holds_load")
    table = load_tables()["rir_muscle_gain" if case.goal == "muscle_gain" else "rir"]
    if case.limits.min_rir >= max(2, table[case.profile.personal_info.fitness_level]):
        row = find_cause(case.limits, "min_rir")
        if row is not None:
            return Said(place, f"{left} ({row['say']})", row["rule_id"])
    return Said(place, left, "effort_near_failure")


def _explain_rest(case: Case, place: str, entry: ExerciseEntry, exercise: Exercise) -> Said:
    if exercise.kind == "cardio":
        return Said(place, "no rest: it is one stretch", "dose_aerobic_minutes")
    if exercise.kind != "strength":
        return Said(place, f"{entry.rest} s, enough for easy work", "mobility_work")
    if entry.rest == case.limits.min_rest and any("min_rest" in row for row in list_causes(case.limits)):
        return case.because("min_rest", place, f"{entry.rest} s at least", "rest_by_goal", "")
    usual = list_rests(case.profile, case.selector)[0]
    if entry.rest < usual and not is_small(exercise):
        return Said(place, f"{entry.rest} s, shortened to fit your minutes", "sets_by_time")
    if usual < load_tables()["dose"][case.goal]["rest"] and not is_small(exercise):
        return Said(place, f"{entry.rest} s, enough for light loads", "rest_by_goal")
    return Said(place, f"{entry.rest} s for {name_goal(case.goal)}", "rest_by_goal")
