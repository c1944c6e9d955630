"""Wording: the plan's name, overview, adaptations and progression, from named fields through few sentences.

Knows nothing of choosing exercises; says what was chosen and why.
"""

from fitsense.contracts.plan import Adaptations, ProgressionPlan, ProgressionWeek
from fitsense.contracts.profile import Profile
from fitsense.planning.dose import LOW_COMPLETION, is_run_down
from fitsense.planning.fitting import Fitted
from fitsense.planning.selection import Selector
from fitsense.planning.splits import EASY_KINDS, is_careful, is_gentle
from fitsense.planning.tables import load_tables, name_goal
from fitsense.safety.screening import Limits

MOST_OVERVIEW = 330
STOP_SIGN = "Stop on pain, dizziness or chest discomfort."


def name_split(profile: Profile, selector: Selector, fitted: Fitted) -> str:
    """The kind of split in words."""
    if selector.limits.seated_only:
        return "seated"
    if profile.goals[0] == "mobility":
        return "mobility"
    n_strength = sum(day.kind not in EASY_KINDS for day in fitted.days)
    return load_tables()["split_names"][n_strength]


def name_plan(profile: Profile, selector: Selector, fitted: Fitted) -> str:
    """The plan's name: days and goal."""
    return f"{len(fitted.days)}-Day Plan for {name_goal(profile.goals[0]).title()}"


def write_overview(profile: Profile, selector: Selector, fitted: Fitted, longest: int) -> str:
    """What the week is, how a session is built, and what was adapted and why; at most 330 characters."""
    limits = selector.limits
    text = (
        f"{_write_days(profile, selector, fitted)}, up to {longest} minutes with "
        f"{limits.warm_up_min} of warm-up and {limits.cool_down_min} of cool-down."
    )
    if len(fitted.days) < profile.preferences.days_per_week:
        text += " Fewer days than asked, to keep the days you have free."
    return _add_reasons(text, limits)


def _write_days(profile: Profile, selector: Selector, fitted: Fitted) -> str:
    goal, kinds = name_goal(profile.goals[0]), [day.kind for day in fitted.days]
    if is_gentle(selector):
        return f"{_count(len(kinds), 'gentle day')} a week of easy cardio and mobility, a start towards {goal}"
    n_easy = sum(kind in EASY_KINDS for kind in kinds)
    days = _count(len(kinds) - n_easy, f"{name_split(profile, selector, fitted)} day")
    easy = "cardio or easy day" if "steady" in kinds else "easy day"
    return f"{days}{f' and {_count(n_easy, easy)}' if n_easy else ''} a week for {goal}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _add_reasons(text: str, limits: Limits) -> str:
    kept: list[str] = []
    for _, reason in limits.reasons:
        if len(text) + len("; ".join([*kept, reason])) + 60 <= MOST_OVERVIEW:
            kept.append(reason)
    if kept:
        text += f" Adapted: {'; '.join(kept)}."
    return f"{text} {STOP_SIGN}" if limits.referral else text


def write_adaptations(profile: Profile, selector: Selector, fitted: Fitted) -> Adaptations:
    """What was adapted: effort and size of the plan, a referral where one is due, a line for each injured part."""
    lines = {f"{part}_friendly": load_tables()["part_lines"][part] for part in selector.limited_parts()}
    return Adaptations(
        difficulty_adjustment=_write_difficulty(profile, fitted), referral=selector.limits.referral, **lines
    )


def _write_difficulty(profile: Profile, fitted: Fitted) -> str:
    level, rir = profile.personal_info.fitness_level, fitted.dose.rir
    if fitted.days[0].kind == "gentle":
        return "Gentle movement only for now: easy effort, and stop well before you tire."
    text = f"{level.capitalize()} level: stop each set with {rir} reps in reserve."
    if profile.metrics.workout_completion_rate < LOW_COMPLETION:
        text += " Smaller start, since under half of the past sessions were done."
    if is_run_down(profile):
        text += " Less effort until sleep and recovery are better."
    return text


def write_progression(profile: Profile, selector: Selector, fitted: Fitted) -> ProgressionPlan:
    """Four weeks of small steps (2-10 %, rule load_step), the fourth a deload (rule deload_week)."""
    tables = load_tables()
    if is_gentle(selector):
        return _join_weeks(tables["load_steps"]["gentle"], tables["gentle_progression"])
    steps = tables["load_steps"]["careful" if is_careful(profile, selector) else "usual"]
    picked = [pick.exercise for day in fitted.days for pick in day.picks]
    lifts = list(dict.fromkeys(exercise.name for exercise in picked if exercise.kind == "strength"))[:2]
    harder = f"Raise the load by {steps[2]} % where all sets hit the top reps."
    if profile.preferences.equipment_access == "no_equipment":
        harder = f"Make it {steps[2]} % harder: fuller bag, slower lowering or more reps."
    lines = [
        f"Learn {' and '.join(lifts) or 'each exercise'}; log every set.",
        f"Add 1-2 reps a set, then raise the load by {steps[1]} %.",
        harder,
        "Deload: half the sets, same exercises and days.",
    ]
    return _join_weeks(steps, lines)


def _join_weeks(steps: list[int], lines: list[str]) -> ProgressionPlan:
    weeks = {
        f"week_{number}": ProgressionWeek(intensity_increase=step, exercise_progressions=[line])
        for number, (step, line) in enumerate(zip(steps, lines, strict=True), start=1)
    }
    return ProgressionPlan(**weeks)
