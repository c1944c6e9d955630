"""Adapt: one to four weeks of logs turned into next week's changes, or a plain "not enough yet".

Rules load_step, deload_after_three, sleep_holds_load, adherence_first. A warning sign in a note stops every increase
and says whom to turn to. Knows nothing of plans beyond their compact form.
"""

import re
from collections.abc import Callable
from statistics import mean

from fitsense.contracts.changes import MAX_CHANGES, Adaptation, Assessment, Change
from fitsense.contracts.logs import WeekLog
from fitsense.contracts.requests import AdaptationInput, AdaptPlan, CompactExercise, Person
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.applying import apply_to_week
from fitsense.planning.calorie_steps import choose_calorie_change, choose_compact_calorie_change
from fitsense.planning.selection import is_careful
from fitsense.planning.tables import load_tables
from fitsense.planning.trends import (
    Target,
    count_failing_weeks,
    find_logs,
    judge_adherence,
    judge_recovery,
    judge_trend,
)
from fitsense.planning.weeks import fits_when_short, list_smallest
from fitsense.safety.permitted import may_get_harder, screen_with_notes
from fitsense.safety.screening import Limits
from fitsense.safety.triage import TriageResult, stricter, triage_text

DELOAD_PCT, FAILING_PCT, SMALL_PCT, LARGE_PCT, CAREFUL_PCT = -10.0, -5.0, 2.5, 5.0, 2.0
LEAST_PCT, MOST_PCT, MOST_DOWN_PCT, FAILING_WEEKS, MOST_EASED = 2.0, 10.0, 20.0, 3, 4
MAX_TEXT = 400
GENTLE = "Only gentle movement is safe for you for now: nothing is made harder."
NO_TIME = "What reached its target without a load to add holds: your minutes have no room for more repetitions."
SPARED = "What would go up but is not for you now, by your limits or what hurts, holds: leave it out and ask for a new plan."


def adapt(given: AdaptationInput) -> Adaptation:
    """Adapt a compact week of a person to their logs."""
    limits, weeks = screen_with_notes(given.person, given.logs), _in_order(given.logs)
    items = list_smallest(given.plan)
    targets = [
        target for item in items if (target := _target_of(item, given.person, limits.min_rir)) is not None
    ]
    calories = choose_calorie_change(given.person.goal, weeks, judge_adherence(weeks), limits)

    def has_time_for(step: Change) -> bool:
        return fits_when_short(apply_to_week(given.plan, [step]), given.person, limits)

    return _answer(weeks, targets, given.person, limits, calories, has_time_for)


def adapt_compact(plan: AdaptPlan, logs: list[WeekLog], person: Person) -> Adaptation:
    """Adapt a list of loaded exercises; load steps are whole multiples of each exercise's smallest step."""
    limits, weeks = screen_with_notes(person, logs), _in_order(logs)
    targets = [
        Target(item.name, item.sets, item.rep_min, item.rep_max, item.target_rir, item.weight_kg, item.smallest_step_kg)
        for item in plan.exercises
    ]
    calories = choose_compact_calorie_change(plan, weeks, judge_adherence(weeks))
    return _answer(weeks, targets, person, limits, calories, lambda step: True)


def _in_order(logs: list[WeekLog]) -> list[WeekLog]:
    return sorted(logs, key=lambda week: week.week)


def _target_of(item: CompactExercise, person: Person, min_rir: int) -> Target | None:
    """The target of a compact entry; None where it is not counted in repetitions of a strength exercise."""
    exercise, numbers = find_exercise(item.name), [int(number) for number in re.findall(r"\d+", item.reps)]
    if (
        not numbers
        or (exercise is not None and exercise.kind != "strength")
        or re.search(r"\d\s*(?:s|min)\b", item.reps)
    ):
        return None
    rir = max(load_tables()["rir"][person.fitness_level], min_rir)
    return Target(item.name, item.sets, numbers[0], numbers[-1], rir, item.weight_kg or 0.0, None, "each side" in item.reps)


def _answer(weeks: list[WeekLog], targets: list[Target], person: Person, limits: Limits, calories: int,
            has_time_for: Callable[[Change], bool]) -> Adaptation:
    assessment = Assessment(
        adherence=judge_adherence(weeks), trend=judge_trend(weeks, targets), recovery=judge_recovery(weeks)
    )
    warning = _read_warning(weeks)
    deload = needs_deload(weeks, targets, assessment)
    if warning is not None:
        changes, said = [], warning.message
    elif deload:
        changes, said = (
            _deload(targets),
            "Three hard weeks in a row or a decline: a deload week, half the sets and less load.",
        )
    elif assessment.adherence == "low":
        changes, said = _make_smaller(targets), "Many sessions were missed: a smaller plan first, no load is added."
    elif assessment.recovery == "poor":
        changes, said = [], "Sleep was under 6 hours: hold the load this week and sleep first."
    else:
        steps = [_step(weeks, target, is_careful(person.age, limits)) for target in targets]
        wanted = [step for step in steps if step is not None]
        safe = [step for step in wanted if not _is_up(step) or may_get_harder(step.exercise, limits)]
        timely = [step for step in safe if step.reps is None or has_time_for(step)]
        changes, said = timely[:MAX_CHANGES], _explain_steps(weeks, timely[:MAX_CHANGES])
        if len(timely) < len(safe):
            said = NO_TIME if not timely else f"{said} {NO_TIME}"
        if any(_is_up(step) and not may_get_harder(step.exercise, limits) for step in wanted):
            said = GENTLE if limits.max_intensity == "low" else SPARED if not timely else f"{said} {SPARED}"
    calories = 0 if warning is not None else calories
    return Adaptation(
        assessment=assessment,
        deload=deload and warning is None,
        changes=changes,
        calorie_change=calories,
        explanation=_add_calories(said, calories)[:MAX_TEXT],
    )


def _read_warning(weeks: list[WeekLog]) -> TriageResult | None:
    """The strictest warning that the notes carry, where it asks to stop; None otherwise."""
    results = [triage_text(week.note) for week in weeks if week.note]
    serious = [result for result in results if result.triage in ("stop_and_refer", "emergency")]
    if not serious:
        return None
    strictest = serious[0].triage
    for result in serious:
        strictest = stricter(strictest, result.triage)
    return next(result for result in serious if result.triage == strictest)


def needs_deload(weeks: list[WeekLog], targets: list[Target], assessment: Assessment) -> bool:
    """Tell whether a deload is due: three failing weeks on an exercise, or strength declining over three weeks."""
    if any(count_failing_weeks(weeks, target) >= FAILING_WEEKS for target in targets):
        return True
    return assessment.trend == "declining" and len(weeks) >= FAILING_WEEKS


def _deload(targets: list[Target]) -> list[Change]:
    return [
        Change(
            action="adjust",
            exercise=target.name,
            sets=max(1, target.sets // 2),
            load_change_pct=_round_step(target, DELOAD_PCT) or None,
            reason="Deload: half the sets, lighter.",
        )
        for target in targets[:MAX_CHANGES]
    ]


def _make_smaller(targets: list[Target]) -> list[Change]:
    large = [target for target in targets if target.sets >= 2]
    return [
        Change(action="adjust", exercise=target.name, sets=target.sets - 1, reason="Smaller, so that it gets done.")
        for target in large[:MOST_EASED]
    ]


def _step(weeks: list[WeekLog], target: Target, careful: bool) -> Change | None:
    """One exercise's change from its last logged week: a step up, a step back after two failing weeks, or none."""
    sets = [one for log in (find_logs(weeks[-1], target.name) if weeks else []) for one in log.sets]
    if not sets:
        return None
    if count_failing_weeks(weeks, target) >= 2:
        return _step_back(target)
    reps, rir = min(one.reps for one in sets), mean(one.rir for one in sets)
    lifted_kg = max(one.weight_kg for one in sets)
    if reps < target.rep_max or rir < target.rir or lifted_kg < target.weight_kg:
        return None
    large = reps > target.rep_max or rir >= target.rir + 1
    return _step_up(target, lifted_kg, CAREFUL_PCT if careful else LARGE_PCT if large else SMALL_PCT)


def _step_back(target: Target) -> Change:
    """Less load, or one set fewer where the smallest step down would be too large."""
    reason, load = "Under the target two weeks running.", _round_step(target, FAILING_PCT)
    if load:
        return Change(action="adjust", exercise=target.name, load_change_pct=load, reason=reason)
    return Change(action="adjust", exercise=target.name, sets=max(1, target.sets - 1), reason=reason)


def _step_up(target: Target, lifted_kg: float, pct: float) -> Change:
    """More load; more repetitions where there is none to add, or where the smallest step would be over ten percent."""
    weight = target.weight_kg or lifted_kg
    step = _round_step(target, pct) if weight > 0 else 0.0
    if step <= 0:
        reason = "Target reached: one repetition more."
        return Change(action="adjust", exercise=target.name, reps=_add_repetition(target), reason=reason)
    return Change(
        action="adjust", exercise=target.name, load_change_pct=step, reason="Target reached with reps in reserve."
    )


def _add_repetition(target: Target) -> str:
    reps = "-".join(str(number + 1) for number in sorted({target.rep_min, target.rep_max}))
    return f"{reps} each side" if target.each_side else reps


def _is_up(change: Change) -> bool:
    return change.reps is not None or (change.load_change_pct or 0) > 0


def _round_step(target: Target, pct: float) -> float:
    """A load change in percent, whole smallest steps; 0 where none keeps within 2-10 % up or 20 % down."""
    if not target.step_kg or not target.weight_kg:
        return pct
    one = 100 * target.step_kg / target.weight_kg
    n_steps = max(1, round(abs(pct) / one))
    if pct > 0:
        least = -(-LEAST_PCT // one)
        n_steps = max(n_steps, int(least))
        return round(n_steps * one, 2) if n_steps * one <= MOST_PCT else 0.0
    return -round(n_steps * one, 2) if n_steps * one <= MOST_DOWN_PCT else 0.0


def _explain_steps(weeks: list[WeekLog], changes: list[Change]) -> str:
    if not weeks or not any(week.sessions for week in weeks):
        return "No sessions are logged yet: hold the plan and log each set."
    ups = sum(map(_is_up, changes))
    downs = len(changes) - ups
    if not changes:
        return "Hold the load until every set reaches the top of its range with the planned reps in reserve."
    parts = (
        [f"{ups} exercise{'s' if ups > 1 else ''} reached the target and go{'es' if ups == 1 else ''} up"]
        if ups
        else []
    )
    parts += [f"{downs} fell short twice and go{'es' if downs == 1 else ''} down"] if downs else []
    return f"{'; '.join(parts)}; the rest holds."


def _add_calories(text: str, calories: int) -> str:
    if not calories:
        return text
    return f"{text} Body weight suggests {abs(calories)} kcal a day {'more' if calories > 0 else 'less'}."
