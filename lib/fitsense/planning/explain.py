"""Explain: for every session, exercise and number of a plan one sentence, with the rule that decided it.

    for reason in explain_plan(profile, plan): print(reason.place, reason.sentence, reason.rule_id, reason.tier)

Reads a plan as it stands, whoever wrote it. Knows nothing of how the week was fitted; what the screening asked for comes
first, then goal and level.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.knowledge.rules import load_rules
from fitsense.planning.causes import find_bar
from fitsense.planning.explain_entry import explain_entry
from fitsense.planning.nutrition import find_care_rule
from fitsense.planning.reading import Case, Said, name_kind
from fitsense.planning.selection import Selector, select_for
from fitsense.planning.splits import EASY_KINDS, MOST_WHOLE_BODY_DAYS
from fitsense.planning.tables import load_tables, name_goal
from fitsense.planning.wording import find_stop_signs
from fitsense.safety.energy import energy_need
from fitsense.safety.goals import fit_goals
from fitsense.safety.screening import ADULT
from fitsense.safety.spacing import tells_to_move

WEEK, FOOD = "workout_plan.weekly_schedule", "nutrition_suggestions"


@dataclass(frozen=True)
class Reason:
    """Why one thing in a plan is as it is: dotted place, one sentence, and the rule with its tier and source."""

    place: str
    sentence: str
    rule_id: str
    tier: str
    source: str


def explain_plan(profile: Profile, plan: Plan) -> list[Reason]:
    """Every reason of a plan, in the plan's order; KeyError where a reason names a rule there is not."""
    selector = select_for(profile)
    case = Case(profile, fit_goals(profile, selector.limits), plan, selector)
    told = [*_explain_week(case), *_explain_progression(case), *_explain_adaptations(case), *_explain_food(case)]
    return [_with_rule(said) for said in told]


def _with_rule(said: Said) -> Reason:
    rule = load_rules()[said.rule_id]
    sentence = said.sentence[0].upper() + said.sentence[1:]
    return Reason(said.place, sentence if sentence.endswith(".") else f"{sentence}.", rule.rule_id, rule.tier, rule.source)


def _explain_week(case: Case) -> Iterator[Said]:
    week, asked = case.plan.workout_plan.weekly_schedule, case.profile.preferences.days_per_week
    if len(week) < asked:
        yield case.because("max_days", WEEK, f"{len(week)} days instead of {asked}", "check_days", "the days you have free")
    else:
        yield Said(WEEK, f"{len(week)} days, as asked", "check_days")
    n_strength = sum(name_kind(session.focus) not in EASY_KINDS for session in week)
    if n_strength:
        level, apart = case.profile.personal_info.fitness_level, n_strength <= MOST_WHOLE_BODY_DAYS
        capped = [rule_id for rule_id in load_tables()["strength_days_by_rule"] if case.selector.has_rule([rule_id])]
        yield Said(WEEK, f"{n_strength} of strength at {level} level for {name_goal(case.goal)}",
                   next(iter(capped), "dose_frequency_level"))
        yield Said(WEEK, "whole-body days, set apart" if apart else "upper and lower body take turns",
                   "whole_body_apart" if apart else "split_by_days")
    for index, session in enumerate(week):
        place, kind = f"{WEEK}.{index}", name_kind(session.focus)
        yield _explain_session(case, place, session, kind)
        yield _explain_minutes(case, f"{place}.duration", session)
        yield _explain_level(case, f"{place}.intensity_level", session, kind)
        for number, entry in enumerate(session.exercises):
            yield from explain_entry(case, f"{place}.exercises.{number}", session, entry, kind)


def _explain_session(case: Case, place: str, session, kind: str) -> Said:
    if kind == "gentle":
        return case.because("max_intensity", place, "gentle movement only", "screen_short_session", "the time there is")
    if kind == "steady":
        return Said(place, "a day of steady work, since endurance is the goal", "dose_aerobic_minutes")
    if kind in EASY_KINDS:
        return Said(place, "an easy day between the days of strength", "recovery_days")
    goal = name_goal(case.goal)
    if kind.startswith("mobile"):
        return Said(place, f"{session.focus}, since {goal} is the goal", "mobility_work")
    return Said(place, f"{session.focus} for {goal}; every muscle group comes twice where the days allow",
                "dose_strength_days")


def _explain_minutes(case: Case, place: str, session) -> Said:
    limits, asked = case.limits, case.profile.preferences.workout_duration
    parts = f"{limits.warm_up_min} minutes of warm-up and {limits.cool_down_min} of cool-down in {session.duration}"
    if limits.max_session_min < asked:
        return case.because("max_session_min", place, f"{parts}, at most {limits.max_session_min}", "sets_by_time", "")
    return case.because("warm_up_min", place, f"{parts}; {asked} asked for", "sets_by_time", "")


def _explain_level(case: Case, place: str, session, kind: str) -> Said:
    if kind == "recovery":
        return Said(place, "low, since the day is there to recover", "recovery_days")
    if session.intensity_level == "high" or case.limits.max_intensity == "high":
        return Said(place, f"{session.intensity_level}, from level, goal and reserve", "effort_near_failure")
    return case.because("max_intensity", place, f"{case.limits.max_intensity} at most", "check_intensity_cap", "")


def _explain_progression(case: Case) -> Iterator[Said]:
    weeks = case.plan.workout_plan.progression_plan
    gentle = case.limits.max_intensity == "low"
    for number, week in enumerate((weeks.week_1, weeks.week_2, weeks.week_3, weeks.week_4), start=1):
        place, step = f"workout_plan.progression_plan.week_{number}", week.intensity_increase
        if gentle:
            yield case.because("max_intensity", place, "no load, no steps", "load_step", "gentle movement")
        elif number == 4:
            yield Said(place, "a deload: fewer sets, same days and exercises", "deload_week")
        elif number == 1:
            yield Said(place, "no step yet: the first week finds the loads", "load_step")
        else:
            yield Said(place, f"a step of {step} %, small on purpose", "load_step")
        if len(week.exercise_progressions) > 1:
            young = case.profile.personal_info.age < ADULT
            yield Said(place, "movement between sessions counts too", "dose_young" if young else "walk_between")


def _explain_adaptations(case: Case) -> Iterator[Said]:
    place, adaptations = "workout_plan.adaptations", case.plan.workout_plan.adaptations
    yield Said(f"{place}.difficulty_adjustment", "how far from the last possible repetition each set stops",
               "effort_near_failure")
    if tells_to_move(adaptations.difficulty_adjustment):
        yield Said(f"{place}.difficulty_adjustment", "no long stretch without activity", "check_days_off")
    if adaptations.referral is not None:
        yield Said(f"{place}.referral", "a professional should be asked first", "check_referral")
        yield Said("workout_plan.overview", find_stop_signs(case.limits), "stop_signs")
    if case.profile.goals != case.told.goals:
        yield case.because("allow_deficit", "workout_plan.name", "general fitness instead of weight loss", "goal_not_now", "")
    if case.selector.limited_parts():
        yield Said(f"{place}.difficulty_adjustment", "what pain may stay and what means stop", "pain_rule")
    for part in case.selector.limited_parts():
        if getattr(adaptations, f"{part}_friendly"):
            yield Said(f"{place}.{part}_friendly", load_rules()[f"injury_{part}"].text, f"injury_{part}")
    yield Said("adaptive_recommendations", "easier, harder and shorter versions keep the same limits", "adherence_first")


def _explain_food(case: Case) -> Iterator[Said]:
    food, place = case.plan.nutrition_suggestions, f"{FOOD}.calorie_target"
    need, target = energy_need(case.profile), food.calorie_target
    if target is None:
        yield case.because("allow_calorie_number", place, "no calorie number", "check_calorie_number", "it could harm")
    elif target < need:
        yield Said(place, f"{target} kcal: a moderate amount under a need of about {need}", "energy_deficit")
    elif target > need:
        floor = case.goal in ("muscle_gain", "strength_increase")
        rule = "energy_surplus" if floor else "check_calorie_floor"
        yield Said(place, f"{target} kcal: a need of about {need} and a little more", rule)
    elif case.goal == "weight_loss" or not case.limits.allow_deficit:
        yield case.because("allow_deficit", place, f"{target} kcal: the need itself, no deficit", "energy_activity", "")
    else:
        yield Said(place, f"{target} kcal: resting need by Mifflin-St Jeor times activity", "energy_resting")
    yield _explain_macros(case, food.macros.protein, target)
    yield _explain_meals(case)


def _explain_macros(case: Case, share: int, target: int | None) -> Said:
    place, care = f"{FOOD}.macros", find_care_rule(case.limits)
    if care is not None and target is None:
        return Said(place, f"protein {share} % and a balanced rest, the same for everybody whose care plan decides", care)
    if case.limits.unrecognised:
        return Said(place, f"protein {share} % and a balanced rest: a condition we did not recognise may need its own diet",
                    "screen_unrecognised")
    if target is None:
        return Said(place, f"protein {share} % and a balanced rest, since there is no number to divide", "protein_daily")
    return Said(place, f"protein {share} %, from grams per kg and the goal", "protein_daily")


def _explain_meals(case: Case) -> Said:
    place, given = f"{FOOD}.meal_timing", case.profile.constraints
    care = find_care_rule(case.limits)
    if care is not None:
        return Said(place, "meals stay as the care plan has them", care)
    if case.limits.unrecognised:
        return Said(place, "usual meals: a condition we did not recognise may need its own diet", "screen_unrecognised")
    if given.diet or given.allergies:
        return Said(place, "only foods that fit diet and allergies", "check_meals")
    return Said(place, "a light snack before, protein and starch after", "carbs_fuel")


def list_left_out(selector: Selector) -> dict[tuple[str, str], list[str]]:
    """(rule_id, words) -> exercises that would have come first of their pattern but for that rule, in the tables' order."""
    found: dict[tuple[str, str], list[str]] = {}
    for pattern in load_tables()["pools"]:
        for exercise in selector.list_ruled_out(pattern):
            row = find_bar(exercise, selector.limits)
            if row is not None and exercise.name not in found.setdefault((row["rule_id"], row["say"]), []):
                found[row["rule_id"], row["say"]].append(exercise.name)
    return found
