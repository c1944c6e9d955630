"""Checks of a whole plan against a person's limits, one function per matter; the verifier puts them together.

Each function returns violations whose rule_id stands in the knowledge rules. Knows nothing of how plans are made.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from fitsense.contracts.plan import ExerciseEntry, Plan, SessionDay
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.safety.effort import exceeds_cap, read_rir
from fitsense.safety.energy import FLOOR_KCAL, calorie_bounds, energy_need
from fitsense.safety.food_limits import list_allergies
from fitsense.safety.meals import find_forbidden_foods
from fitsense.safety.screening import INTENSITY_ORDER, Limits, is_allowed, keeps_light, screen
from fitsense.safety.session_time import session_minutes
from fitsense.safety.spacing import MOST_DAYS_OFF, count_gaps, has_long_rest, needs_spacing, tells_to_move
from fitsense.safety.text_checks import iter_texts
from fitsense.safety.violations import Violation, error
from fitsense.safety.volume import count_weekly_sets, weekly_set_bounds

MAX_LOAD_STEP = 10
NOT_KNOWN = "is not in the exercise catalogue"
KEEP = "if_time_constrained.shortened_version.exercises_to_keep"
PROTEIN_BOUNDS, FAT_BOUNDS = (10, 40), (15, 45)
MAX_REPS = 60
LIGHT_LEAST_REPS = 6  # fewer repetitions with some in reserve mean a heavy load
MAX_DAYS_SAME_STRENGTH = 5
STATED_MINUTES_SLACK = 5
_STEP = re.compile(r"\b(?:add|increase|up|raise|plus|heavier|more)\b[^.;]*?(\d+(?:\.\d+)?)\s*(?:%|per ?cent)|"
                   r"(\d+(?:\.\d+)?)\s*(?:%|per ?cent) (?:more|heavier|extra|increase|jump)\b", re.I)
# A sentence about training is no recipe: "ribs down", "crab walk" and "liver disease" name no food.
_EATS = re.compile(r"\b(?:eats?|eating(?! disorder)|drink\w*|sip|snack\w*|handful|meals?|breakfast|lunch|dinner|"
                   r"have (?:an?|some))\b", re.I)
_REPS_WORDS = re.compile(r"(?:s|secs?|seconds?|mins?|minutes?|reps?|x|to|each|per|side|leg|arm|way|hold)")
_TIMED = re.compile(r"\d\s*(?:s|sec\w*|min\w*)\b", re.I)
LIMIT_REASONS = {
    "limit_equipment": "needs equipment this person does not have",
    "limit_level": "is above this person's level",
    "limit_seated": "is not done seated",
    "limit_joint_load": "loads an injured part too much",
    "limit_movement": "has a movement this person must avoid",
    "limit_intensity": "is harder than this person's intensity cap",
}


@dataclass(frozen=True)
class Case:
    """A plan and the person it is for."""

    profile: Profile
    plan: Plan

    @cached_property
    def limits(self) -> Limits:
        """The person's limits."""
        return screen(self.profile)

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """(dotted place, text) of every string of the plan."""
        return list(iter_texts(self.plan))

    def sessions(self) -> Iterator[tuple[str, SessionDay]]:
        """Yield (dotted place, session)."""
        for index, session in enumerate(self.plan.workout_plan.weekly_schedule):
            yield f"workout_plan.weekly_schedule.{index}", session

    @cached_property
    def entries(self) -> list[tuple[str, SessionDay, ExerciseEntry, Exercise | None]]:
        """(dotted place, session, entry, its catalogue exercise or None) of every entry."""
        return [(f"{place}.exercises.{index}", session, entry, find_exercise(entry.name))
                for place, session in self.sessions() for index, entry in enumerate(session.exercises)]

    def why_not(self, exercise: Exercise) -> str | None:
        """The rule an exercise breaks for this person, or None."""
        return is_allowed(exercise, self.limits, self.profile.preferences.equipment_access,
                          self.profile.personal_info.fitness_level)


def check_exercises(case: Case) -> list[Violation]:
    """Every exercise is in the catalogue and allowed for the person."""
    found = []
    for place, session, entry, exercise in case.entries:
        rule = "check_unknown_exercise" if exercise is None else case.why_not(exercise)
        if rule is not None:
            reason = LIMIT_REASONS.get(rule, NOT_KNOWN)
            found.append(error(rule, f"{place}.name", f"{session.day}: {entry.name} {reason}"))
    return found


def check_effort(case: Case) -> list[Violation]:
    """Sessions and entries keep the intensity cap and the fewest repetitions in reserve."""
    cap, found = case.limits.max_intensity, []
    for place, session in case.sessions():
        if INTENSITY_ORDER.index(session.intensity_level) > INTENSITY_ORDER.index(cap):
            found.append(error("check_intensity_cap", f"{place}.intensity_level",
                                   f"{session.day} is {session.intensity_level}; at most {cap} for this person"))
    for place, session, entry, exercise in case.entries:
        steady = exercise is not None and exercise.kind != "strength"
        rir = None if steady else read_rir(entry.intensity)
        if rir is not None and rir < case.limits.min_rir:
            found.append(error("check_min_rir", f"{place}.intensity", f"{session.day}: {entry.name} at "
                                   f"{entry.intensity}; keep at least {case.limits.min_rir} repetitions in reserve"))
        elif exceeds_cap(entry.intensity, cap, steady):
            found.append(error("check_intensity_cap", f"{place}.intensity",
                                   f"{session.day}: {entry.name} at {entry.intensity}; at most {cap} for this person"))
    return found


def check_dose(case: Case) -> list[Violation]:
    """Rests are long enough between strength sets; repetitions are readable, not absurd, and not so few that loads are heavy."""
    found, age = [], case.profile.personal_info.age
    for place, session, entry, exercise in case.entries:
        strength = exercise is not None and exercise.kind == "strength"
        if strength and entry.sets > 1 and entry.rest < case.limits.min_rest:
            found.append(error("check_min_rest", f"{place}.rest", f"{session.day}: {entry.name} rests "
                                   f"{entry.rest} s; at least {case.limits.min_rest} s"))
        if entry.reps is not None and not is_sane_reps(entry.reps):
            found.append(error("check_reps", f"{place}.reps",
                                   f"{session.day}: {entry.name} for {entry.reps!r}; a number of 1 to {MAX_REPS}"))
        elif strength and entry.reps is not None and is_too_heavy(entry.reps, age, case.limits):
            found.append(error("check_least_reps", f"{place}.reps", f"{session.day}: {entry.name} for {entry.reps}; at "
                                   f"least {LIGHT_LEAST_REPS}, since loads stay light for this person"))
    return found


def is_too_heavy(reps: str, age: int, limits: Limits) -> bool:
    """Whether a set is so short that its load must be heavy, for someone whose loads stay light."""
    return keeps_light(age, limits) and not _TIMED.search(reps) and min(map(int, re.findall(r"\d+", reps))) < LIGHT_LEAST_REPS


@lru_cache(maxsize=4096)
def is_sane_reps(reps: str) -> bool:
    """Whether repetitions are a plain number, at least 1 and (unless timed) at most MAX_REPS; "8 to failure" is none."""
    numbers = [int(number) for number in re.findall(r"\d+", reps)]
    if not numbers or reps.lstrip().startswith("-"):
        return False
    if not all(_REPS_WORDS.fullmatch(word) for word in re.findall(r"[a-z]+", reps.lower())):
        return False
    return min(numbers) >= 1 and (max(numbers) <= MAX_REPS or bool(_TIMED.search(reps)))


def check_time(case: Case) -> list[Violation]:
    """Sessions fit the person's minutes, counted and as stated; no more days than asked for."""
    asked, found = case.profile.preferences, []
    most = min(asked.workout_duration, case.limits.max_session_min)
    for place, session in case.sessions():
        minutes = session_minutes(session.exercises, case.limits)
        longest = max(minutes, session.duration)
        if longest > most:
            found.append(error("check_session_minutes", f"{place}.duration",
                                   f"{session.day} takes {longest} minutes; at most {most}"))
        elif session.duration < minutes - STATED_MINUTES_SLACK:
            found.append(Violation("check_stated_minutes", "warning", f"{place}.duration",
                                   f"{session.day} says {session.duration} minutes but takes {minutes}"))
    days, most_days = len(case.plan.workout_plan.weekly_schedule), min(asked.days_per_week, case.limits.max_days)
    if days > most_days:
        found.append(error("check_days", "workout_plan.weekly_schedule", f"{days} training days; at most {most_days}"))
    return found


def check_volume(case: Case) -> list[Violation]:
    """Weekly sets per muscle stay under the bound of the level, a helping muscle counting half."""
    level = case.profile.personal_info.fitness_level
    rows = [(entry.name, entry.sets) for _, _, entry, _ in case.entries]
    return volume_violations(rows, level, "workout_plan.weekly_schedule")


def volume_violations(rows: list[tuple[str, int]], level: str, place: str) -> list[Violation]:
    """Find muscles whose weekly sets, from (exercise name, sets) rows, exceed the bound of the level."""
    most = weekly_set_bounds(level)[1]
    return [error("check_weekly_sets", place, f"{muscle}: {total:g} weekly sets; at most {most:g} for {level}")
            for muscle, total in weekly_sets(rows).items() if total > most]


def weekly_sets(rows: list[tuple[str, int]]) -> dict[str, float]:
    """Weekly working sets per muscle of (exercise name, sets) rows; only strength work counts."""
    known = [(find_exercise(name), sets) for name, sets in rows]
    return count_weekly_sets([(list(exercise.primary), list(exercise.secondary), sets)
                              for exercise, sets in known if exercise is not None and exercise.kind == "strength"])


def check_repeats(case: Case) -> list[Violation]:
    """No exercise twice in a session, no strength exercise on nearly every day."""
    found, days = [], Counter()
    for place, session in case.sessions():
        names = Counter(entry.name.strip().lower() for entry in session.exercises)
        found += [error("check_duplicate_exercise", f"{place}.exercises", f"{session.day}: {name} {n} times")
                  for name, n in names.items() if n > 1]
        days.update(names.keys())
    for name, n in sorted(days.items()):
        exercise = find_exercise(name)
        if exercise is not None and exercise.kind == "strength" and n > MAX_DAYS_SAME_STRENGTH:
            found.append(error("check_repeated_entries", "workout_plan.weekly_schedule",
                                   f"{exercise.name} on {n} days; at most {MAX_DAYS_SAME_STRENGTH}"))
    return found


def check_balance(case: Case) -> list[Violation]:
    """A person who needs balance work gets some, where the catalogue has any that is allowed."""
    if not case.limits.require_balance or any(exercise is not None and exercise.kind == "balance"
                                              for *_, exercise in case.entries):
        return []
    if not any(exercise.kind == "balance" and case.why_not(exercise) is None for exercise in load_exercises().values()):
        return []
    return [Violation("check_balance_work", "warning", "workout_plan.weekly_schedule", "no balance work this week")]


def check_spacing(case: Case) -> list[Violation]:
    """Strength days apart and no long stretch without activity, where a condition asks for it."""
    if not needs_spacing(case.limits):
        return []
    found, place = [], "workout_plan.weekly_schedule"
    strength = {session.day for _, session, _, exercise in case.entries if exercise is not None and exercise.kind == "strength"}
    if 1 in count_gaps(tuple(strength)):
        found.append(error("check_strength_apart", place, "strength work on two days in a row; a day between for this person"))
    days = [session.day for _, session in case.sessions()]
    if has_long_rest(days, case.limits) and not any(tells_to_move(text) for _, text in case.texts):
        found.append(Violation("check_days_off", "warning", place, f"{max(count_gaps(days)) - 1} days in a row off; at most "
                               f"{MOST_DAYS_OFF}, or words that ask for easy activity between"))
    return found


def check_progression(case: Case) -> list[Violation]:
    """No load step above ten percent, in numbers or in words."""
    found = []
    weeks = case.plan.workout_plan.progression_plan
    for name in ("week_1", "week_2", "week_3", "week_4"):
        week, place = getattr(weeks, name), f"workout_plan.progression_plan.{name}"
        said = [float(step[1] or step[2]) for line in week.exercise_progressions for step in _STEP.finditer(line)]
        found += _step_violation(max([week.intensity_increase, *said]), place)
    easy = case.plan.adaptive_recommendations.if_too_easy.increase_weight
    return found + _step_violation(easy, "adaptive_recommendations.if_too_easy.increase_weight")


def _step_violation(step: float, place: str) -> list[Violation]:
    if step <= MAX_LOAD_STEP:
        return []
    return [error("check_load_step", place, f"a step of {step:g} %; at most {MAX_LOAD_STEP} %")]


def check_recommended(case: Case) -> list[Violation]:
    """Exercises named in the recommendations are in the catalogue and allowed."""
    advice, found = case.plan.adaptive_recommendations, []
    lists = {"if_too_difficult.modify_exercises": advice.if_too_difficult.modify_exercises,
             "if_too_easy.add_exercises": advice.if_too_easy.add_exercises,
             KEEP: advice.if_time_constrained.shortened_version.exercises_to_keep}
    for place, names in lists.items():
        for index, name in enumerate(names):
            exercise = find_exercise(name)
            rule = "check_unknown_exercise" if exercise is None else case.why_not(exercise)
            if rule is not None:
                found.append(error(rule, f"adaptive_recommendations.{place}.{index}",
                                       f"{name} {LIMIT_REASONS.get(rule, NOT_KNOWN)}"))
    return found


def check_kept(case: Case) -> list[Violation]:
    """What is kept when time is short is in the week."""
    week = {entry.name.strip().lower() for _, _, entry, _ in case.entries}
    names = case.plan.adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep
    return [error("check_change_target", f"adaptive_recommendations.{KEEP}.{index}", f"{name} is not in the week")
            for index, name in enumerate(names) if name.strip().lower() not in week]


def check_calories(case: Case) -> list[Violation]:
    """The calorie target is null where a number would harm, and within bounds elsewhere."""
    target, place = case.plan.nutrition_suggestions.calorie_target, "nutrition_suggestions.calorie_target"
    bounds = calorie_bounds(case.profile, case.limits)
    if target is None:
        return []
    if bounds is None:
        return [error("check_calorie_number", place, f"{target} kcal; no number for this person (null)")]
    low, high = bounds
    if low <= target <= high:
        return []
    rule = "check_calorie_need"
    if target < low and not case.limits.allow_deficit:
        rule = "check_calorie_deficit"
    elif target < min(FLOOR_KCAL[case.profile.personal_info.gender], low):
        rule = "check_calorie_floor"
    need = energy_need(case.profile)
    return [error(rule, place, f"{target} kcal; {low} to {high} for a need of {need} kcal")]


def check_macros(case: Case) -> list[Violation]:
    """Protein and fat shares are plausible."""
    macros, found = case.plan.nutrition_suggestions.macros, []
    for name, (low, high) in {"protein": PROTEIN_BOUNDS, "fat": FAT_BOUNDS}.items():
        share = getattr(macros, name)
        if not low <= share <= high:
            found.append(error("check_macros", f"nutrition_suggestions.macros.{name}",
                                   f"{share} % {name}; {low} to {high} %"))
    return found


def check_referral(case: Case) -> list[Violation]:
    """A person who should talk to a professional first is told so, in the words of the rules: "None needed." is no referral."""
    needed, said = case.limits.referral, case.plan.workout_plan.adaptations.referral
    if needed is None or said == needed:
        return []
    return [error("check_referral", "workout_plan.adaptations.referral", f"{said!r}; needed: {needed}")]


def check_meals(case: Case) -> list[Violation]:
    """What to eat around training, and any sentence that tells to eat, names no food that is ruled out for the person."""
    given = case.profile.constraints
    diet, allergies = given.diet or "", list_allergies(given)
    if not diet and not allergies:
        return []
    return [error("check_meals", place, f"{food}: {reason}")
            for place, text in case.texts for said in ([text] if "meal_timing" in place else _list_eating(text))
            for food, reason in find_forbidden_foods(said, diet, allergies)]


@lru_cache(maxsize=4096)
def _list_eating(text: str) -> list[str]:
    """The sentences of a text that tell to eat or drink."""
    return [said for said in re.split(r"[.;!?:]", text) if _EATS.search(said)]


PLAN_CHECKS: tuple[Callable[[Case], list[Violation]], ...] = (
    check_exercises, check_effort, check_dose, check_time, check_volume, check_repeats, check_balance,
    check_spacing, check_progression, check_recommended, check_kept, check_calories, check_macros, check_referral, check_meals)
