"""Wording: the plan's name, overview, adaptations and progression, from named fields through few sentences.

Knows nothing of choosing exercises; says what was chosen and why.
"""

from collections.abc import Iterator

from fitsense.contracts.plan import Adaptations, ProgressionPlan, ProgressionWeek
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import load_exercises
from fitsense.planning.dose import LOW_COMPLETION, is_run_down
from fitsense.planning.fitting import Fitted
from fitsense.planning.selection import Selector, is_careful
from fitsense.planning.splits import EASY_KINDS, count_days, count_session_minutes, is_gentle, list_free_days
from fitsense.planning.tables import load_tables, name_goal
from fitsense.safety.screening import ADULT, Limits
from fitsense.safety.spacing import has_long_rest

MOST_OVERVIEW, MOST_LINE, LONG_SESSION_MIN = 390, 80, 60
SHORT_OF_ASKED = 0.75  # of the minutes asked for: shorter sessions are explained


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
    goal = name_goal(profile.goals[0]).title()
    return f"{len(fitted.days)}-Day {'Gentle Start towards' if is_gentle(selector) else 'Plan for'} {goal}"


def write_overview(profile: Profile, selector: Selector, fitted: Fitted, longest: int) -> str:
    """What the week is, how a session is built, remarks, signs to stop on and reasons; signs first where room is short."""
    limits = selector.limits
    text = (
        f"{_write_days(profile, selector, fitted)}, up to {longest} minutes with "
        f"{limits.warm_up_min} of warm-up and {limits.cool_down_min} of cool-down."
    )
    stop = f" {find_stop_signs(limits)}" if limits.referral else ""
    for remark in _list_remarks(profile, selector, fitted, longest):
        text += f" {remark}" if len(text) + len(remark) + len(stop) < MOST_OVERVIEW else ""
    return _add_reasons(text + stop, limits)


def _write_days(profile: Profile, selector: Selector, fitted: Fitted) -> str:
    goal, kinds = name_goal(profile.goals[0]), [day.kind for day in fitted.days]
    if is_gentle(selector):
        return f"{_count(len(kinds), 'day')} a week of gentle cardio and mobility towards {goal}"
    n_easy = sum(kind in EASY_KINDS for kind in kinds)
    days = _count(len(kinds) - n_easy, f"{name_split(profile, selector, fitted)} day")
    easy = "cardio or easy day" if "steady" in kinds else "easy day"
    return f"{days}{f' and {_count(n_easy, easy)}' if n_easy else ''} a week for {goal}"


def _list_remarks(profile: Profile, selector: Selector, fitted: Fitted, longest: int) -> Iterator[str]:
    """What is not as asked, and why: fewer days, shorter sessions, another goal."""
    asked = profile.preferences
    if not list_free_days(profile.constraints.time_restrictions):
        yield "You leave no day free: train on any that opens up."
    elif len(fitted.days) < count_days(profile, selector):
        yield "Fewer days than asked, to keep to the days you have free."
    elif len(fitted.days) < asked.days_per_week:
        yield "Fewer days than asked, for your safety."
    most = count_session_minutes(profile, selector)
    if most < asked.workout_duration and most <= LONG_SESSION_MIN:
        yield f"At most {most} minutes for now."
    elif longest <= SHORT_OF_ASKED * asked.workout_duration:
        yield "More time would add little."
    if asked.days_per_week == 1 and not is_gentle(selector) and not selector.has_rule(load_tables()["no_walk_rules"]):
        yield "A second day would do much more."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _add_reasons(text: str, limits: Limits) -> str:
    kept: list[str] = []
    for _, reason in limits.reasons:
        if len(text) + len("; ".join([*kept, reason])) + 12 <= MOST_OVERVIEW:
            kept.append(reason)
    return f"{text} Adapted: {'; '.join(kept)}." if kept else text


def find_stop_signs(limits: Limits) -> str:
    """The signs to stop on, the usual ones and those of every condition, and what to do then (rule stop_signs)."""
    mine = {"usual", *(rule_id for rule_id, _ in limits.reasons)}
    rows = [row for rule_id, row in load_tables()["stop_signs"].items() if rule_id in mine]
    *signs, last = dict.fromkeys(sign for row in rows for sign in row["signs"])
    acts = dict.fromkeys(row["act"] for row in rows if "act" in row)
    return "; ".join([f"Stop on {', '.join(signs)} or {last}", *acts]) + "."


def write_adaptations(profile: Profile, selector: Selector, fitted: Fitted) -> Adaptations:
    """What was adapted: effort and size of the plan, a referral where one is due, a line for each injured part."""
    lines = {f"{part}_friendly": load_tables()["part_lines"][part] for part in selector.limited_parts()}
    return Adaptations(
        difficulty_adjustment=_write_difficulty(profile, selector, fitted), referral=selector.limits.referral, **lines
    )


def _write_difficulty(profile: Profile, selector: Selector, fitted: Fitted) -> str:
    level, rir = profile.personal_info.fitness_level, fitted.dose.rir
    if fitted.days[0].kind == "gentle":
        return "Gentle movement only for now: easy effort, and stop well before you tire." + _write_spacing(selector, fitted)
    text = f"{level.capitalize()} level: stop each set with {rir} {'rep' if rir == 1 else 'reps'} in reserve."
    if selector.limited_parts():
        text += " Mild discomfort that is gone by next morning is fine; sharp or growing pain means stop."
    if profile.metrics.workout_completion_rate < LOW_COMPLETION:
        text += " Smaller start, since under half of the past sessions were done."
    if is_run_down(profile):
        text += " Less effort until sleep and recovery are better."
    return text + _write_spacing(selector, fitted)


def _write_spacing(selector: Selector, fitted: Fitted) -> str:
    """What the days between sessions are for where a condition allows no long rest (rule check_days_off)."""
    long = has_long_rest([day.day for day in fitted.days], selector.limits)
    return " Between sessions: never more than two days in a row without some easy activity." if long else ""


def write_progression(profile: Profile, selector: Selector, fitted: Fitted) -> ProgressionPlan:
    """Four weeks of small steps (2-10 %, rule load_step), the fourth a deload (rule deload_week)."""
    tables = load_tables()
    if is_gentle(selector):
        lines = "steady_progression" if selector.has_rule(tables["no_step_rules"]) else "gentle_progression"
        return _join_weeks(tables["load_steps"]["gentle"], tables[lines])
    steps = tables["load_steps"]["careful" if is_careful(profile.personal_info.age, selector.limits) else "usual"]
    picked = [pick.exercise for day in fitted.days for pick in day.picks]
    lifts = list(dict.fromkeys(exercise.name for exercise in picked if exercise.kind == "strength"))[:2]
    first = "Learn" if profile.personal_info.fitness_level == "beginner" else "Find the loads for"
    harder = f"Add 1-2 reps a set, then the smallest step up in load, about {steps[1]} %."
    hardest = f"Raise the load by about {steps[2]} % where all sets hit the top reps."
    if profile.preferences.equipment_access == "no_equipment":
        harder = "Add 1-2 reps a set where it felt easy."
        bag = "a fuller bag, " if any("Backpack" in exercise.name for exercise in picked) else ""
        hardest = f"Where all sets hit the top reps: {bag}slower lowering or a pause."
    lines = [
        _name_lifts(first, lifts),
        harder,
        hardest,
        "Deload: half the sets, same exercises and days.",
    ]
    return _join_weeks(steps, lines, _choose_walk_line(profile) if may_walk_more(profile, selector) else None)


def _name_lifts(first: str, lifts: list[str]) -> str:
    """What the first week is for: two lifts where their names leave room for both, else one."""
    both = f"{first} {' and '.join(lifts) or 'each exercise'}; log every set."
    return both if len(both) <= MOST_LINE else f"{first} {lifts[0]}; log every set."


def _choose_walk_line(profile: Profile) -> str:
    return load_tables()["walk_line_young" if profile.personal_info.age < ADULT else "walk_line"]


def may_walk_more(profile: Profile, selector: Selector) -> bool:
    """Tell whether to ask for walks between sessions (rule walk_between): who can walk well and would not be harmed."""
    harmed = selector.has_rule(load_tables()["no_walk_rules"]) or selector.limits.max_joint_load.get("ankle", 3) <= 1
    return selector.allows(load_exercises()["Easy Walk"]) and not harmed and profile.preferences.days_per_week < 7


def _join_weeks(steps: list[int], lines: list[str], beside: str | None = None) -> ProgressionPlan:
    """Four weeks of one line each; `beside` is said in the second as well."""
    told = [[line] for line in lines]
    told[1] += [beside] if beside else []
    weeks = {
        f"week_{number}": ProgressionWeek(intensity_increase=step, exercise_progressions=lines)
        for number, (step, lines) in enumerate(zip(steps, told, strict=True), start=1)
    }
    return ProgressionPlan(**weeks)
