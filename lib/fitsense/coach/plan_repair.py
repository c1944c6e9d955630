"""Repair of a plan: names made real and allowed, doses brought into bounds, sums computed; the verifier decides.

Starts from the planner's own plan and puts in, piece by piece, what the student wrote; what brings a violation is
mended step by step and left out only when nothing else helps. Knows no rule of its own: limits come from safety.
"""

import difflib
import re
from dataclasses import dataclass, field
from functools import partial

from fitsense.coach.grafting import Check, graft_fields, take_valid, try_contract, with_field
from fitsense.contracts.plan import ExerciseEntry, Plan, SessionDay
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.safety.screening import Limits, is_allowed, screen
from fitsense.safety.session_time import session_minutes

WORDS = ("workout_plan.name", "workout_plan.overview", "workout_plan.adaptations", "workout_plan.progression_plan")
REST = (
    "nutrition_suggestions.macros",
    "nutrition_suggestions.meal_timing",
    "adaptive_recommendations.if_too_difficult",
    "adaptive_recommendations.if_too_easy",
    "adaptive_recommendations.if_time_constrained",
)
SCHEDULE = "workout_plan.weekly_schedule"
KEEP = "adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep"
RIR = re.compile(r"\bRIR\s*(\d+)", re.IGNORECASE)
FEWEST_ENTRIES = 2


@dataclass
class Week:
    """What every repair step needs: the person's limits, the planner's plan, and the notes being written."""

    profile: Profile
    limits: Limits
    reference: Plan
    check: Check
    notes: list[str] = field(default_factory=list)

    def why_not(self, exercise: Exercise) -> str | None:
        """The rule an exercise breaks for this person, or None."""
        return is_allowed(
            exercise, self.limits, self.profile.preferences.equipment_access, self.profile.personal_info.fitness_level
        )


def repair_plan(profile: Profile, value: dict, reference: Plan, check: Check) -> tuple[Plan, list[str], int]:
    """Repair a salvaged plan; return (a plan that verifies, repairs in words, sessions kept from the student)."""
    week = Week(profile, screen(profile), reference, check)
    raw_sessions = _sessions_of(value)
    plan, n_kept = _graft_sessions(week, reference, raw_sessions)
    # The schedule is settled; the other fields are read against a plan that has it already.
    workout = value.get("workout_plan") if isinstance(value.get("workout_plan"), dict) else {}
    settled = [session.model_dump() for session in plan.workout_plan.weekly_schedule]
    student = take_valid(plan, {**value, "workout_plan": {**workout, "weekly_schedule": settled}}, "plan", week.notes)
    student = _settle_computed(student, week)
    plan = graft_fields(plan, student, WORDS + REST, check, week.notes)
    return plan, week.notes, n_kept


def _settle_computed(student: Plan, week: Week) -> Plan:
    """Calories are arithmetic and referrals are rules: both come from the library, whatever the student wrote."""
    computed = week.reference.nutrition_suggestions.calorie_target
    said = student.nutrition_suggestions.calorie_target
    if said != computed:
        week.notes.append(f"calorie target {said} replaced by the computed {computed}")
    adaptations, needed = student.workout_plan.adaptations, week.reference.workout_plan.adaptations
    if needed.referral is not None and adaptations.referral != needed.referral:
        week.notes.append("referral added")
    if adaptations != needed:
        week.notes.append("adaptations: who may do what is a matter of rules, so the planner's lines stand")
        student = with_field(student, "workout_plan.adaptations", needed)
    if "warm-up" not in student.workout_plan.overview:
        week.notes.append("overview: warm-up and cool-down were not named, the planner's used")
        student = with_field(student, "workout_plan.overview", week.reference.workout_plan.overview)
    return student


def _sessions_of(value: dict) -> list[dict]:
    workout = value.get("workout_plan")
    sessions = workout.get("weekly_schedule") if isinstance(workout, dict) else None
    return [session for session in sessions if isinstance(session, dict)] if isinstance(sessions, list) else []


def _graft_sessions(week: Week, plan: Plan, raw_sessions: list[dict]) -> tuple[Plan, int]:
    """Replace the planner's sessions by the student's, each in its most faithful form that verifies."""
    slots, n_kept = list(plan.workout_plan.weekly_schedule), 0
    unused = list(raw_sessions)
    for index, slot in enumerate(slots):
        raw = next((session for session in unused if session.get("day") == slot.day), unused[0] if unused else None)
        if raw is None:
            week.notes.append(f"{slot.day}: the student wrote no session, the planner's used")
            continue
        unused.remove(raw)
        for session, notes in _session_forms(week, raw, slot):
            trial = _with_session(plan, index, session)
            settled = plan.workout_plan.weekly_schedule[:index]
            if not _is_thin(session, slot, slots[:index], settled) and not week.check(trial):
                plan, n_kept = trial, n_kept + 1
                week.notes += notes
                break
        else:
            week.notes.append(f"{slot.day}: the student's session was unsafe, too long or too thin, the planner's used")
    week.notes += [f"surplus session on {session.get('day')!r} left out" for session in unused]
    return plan, n_kept


def is_thin_week(plan: Plan, reference: Plan) -> bool:
    """Whether a week that verifies holds far less than the planner's: a session missing, or one that is thin."""
    sessions, slots = plan.workout_plan.weekly_schedule, reference.workout_plan.weekly_schedule
    if len(sessions) < len(slots):
        return True
    return any(_is_thin(session, slot, slots[:index], sessions[:index])
               for index, (session, slot) in enumerate(zip(sessions, slots, strict=False)))


def _is_thin(session: SessionDay, slot: SessionDay, earlier_slots: list[SessionDay], earlier: list[SessionDay]) -> bool:
    """Whether a session is safe but no training: under half the planner's exercises, or an earlier day once more.

    Half is our choice (heuristic): a verified week of one exercise a day harms nobody and helps nobody.
    """
    if 2 * len(session.exercises) < len(slot.exercises):
        return True
    planned_again = any(_names(day) == _names(slot) for day in earlier_slots)
    return not planned_again and any(_names(day) == _names(session) for day in earlier)


def _names(session: SessionDay) -> list[str]:
    return [entry.name for entry in session.exercises]


def _with_session(plan: Plan, index: int, session: SessionDay) -> Plan:
    sessions = list(plan.workout_plan.weekly_schedule)
    sessions[index] = session
    plan = with_field(plan, SCHEDULE, sessions)
    names = list(dict.fromkeys(entry.name for day in sessions for entry in day.exercises))
    version = plan.adaptive_recommendations.if_time_constrained.shortened_version
    kept = [name for name in version.exercises_to_keep if name in names]
    return with_field(plan, KEEP, kept or names[:3])


def _session_forms(week: Week, raw: dict, slot: SessionDay):
    """Yield (session, what was mended), from the student's own words to ever fewer of them."""
    own = try_contract(SessionDay, raw)
    if own is not None and own.day == slot.day:
        yield own, []
    notes: list[str] = []
    entries = _mend_entries(week, raw, slot, notes)
    frame = take_valid(
        slot.model_copy(update={"exercises": list(slot.exercises)}),
        {**raw, "day": slot.day, "exercises": [entry.model_dump() for entry in slot.exercises]},
        slot.day,
        notes,
    )
    if raw.get("day") != slot.day:
        notes.append(f"{slot.day}: the student called this day {raw.get('day')!r}")
    dosed = [_with_dose(entry, slot, index) for index, entry in enumerate(entries)]
    build = partial(_build_session, week, frame, slot)
    if entries:
        yield build(entries, frame.intensity_level), notes
        yield build(entries, slot.intensity_level), [*notes, f"{slot.day}: intensity level brought into bounds"]
        notes = [*notes, f"{slot.day}: sets, reps, rest and effort taken from the planner"]
        yield build(dosed, slot.intensity_level), notes
    for length in range(len(dosed) - 1, FEWEST_ENTRIES - 1, -1):
        cut = ", ".join(entry.name for entry in dosed[length:])
        yield (
            build(dosed[:length], slot.intensity_level),
            [*notes, f"{slot.day}: left out to keep time and volume: {cut}"],
        )


def _build_session(
    week: Week, frame: SessionDay, slot: SessionDay, entries: list[ExerciseEntry], intensity: str
) -> SessionDay:
    return frame.model_copy(
        update={"exercises": entries, "intensity_level": intensity, "duration": session_minutes(entries, week.limits)}
    )


def _mend_entries(week: Week, raw: dict, slot: SessionDay, notes: list[str]) -> list[ExerciseEntry]:
    """The student's entries under real, allowed, distinct names, with doses in bounds."""
    listed = raw.get("exercises") if isinstance(raw.get("exercises"), list) else []
    entries: list[ExerciseEntry] = []
    for index, item in enumerate(listed[:10]):
        item = item if isinstance(item, dict) else {}
        used = {entry.name for entry in entries}
        name = _mend_name(week, str(item.get("name", "")), used, slot, index, notes)
        if name is not None:
            entries.append(_mend_entry(week, {**item, "name": name}, slot, index, notes))
    return entries


def _mend_name(week: Week, said: str, used: set[str], slot: SessionDay, index: int, notes: list[str]) -> str | None:
    """A catalogue name this person may do and this session has not yet; None drops the entry."""
    exercise = find_exercise(said) or _nearest_name(said)
    if exercise is not None and exercise.name in used:
        notes.append(f"{slot.day}: second {exercise.name} removed")
        return None
    broken = "unknown_exercise" if exercise is None else week.why_not(exercise)
    if broken is None:
        if exercise.name != said:
            notes.append(f"{slot.day}: {said!r} read as {exercise.name}")
        return exercise.name
    other = _swap_for(week, exercise, used) if exercise else _planner_name(slot, used, index)
    notes.append(
        f"{slot.day}: {said or 'an unnamed exercise'} ({broken}) " + (f"swapped for {other}" if other else "removed")
    )
    return other


def _nearest_name(said: str) -> Exercise | None:
    catalogue = load_exercises()
    found = difflib.get_close_matches(said, list(catalogue), n=1, cutoff=0.85)
    return catalogue[found[0]] if found else None


def _swap_for(week: Week, exercise: Exercise, used: set[str]) -> str | None:
    """An allowed exercise of the same kind and pattern, sharing the most muscles; first by name among equals."""
    same = [
        other
        for other in load_exercises().values()
        if other.kind == exercise.kind and other.pattern == exercise.pattern and other.name not in used
    ]
    fit = [other for other in same if week.why_not(other) is None]
    return (
        min(fit, key=lambda other: (-len(set(other.primary) & set(exercise.primary)), other.name)).name if fit else None
    )


def _planner_name(slot: SessionDay, used: set[str], index: int) -> str | None:
    order = [*slot.exercises[index:], *slot.exercises[:index]]
    return next((entry.name for entry in order if entry.name not in used), None)


def _mend_entry(week: Week, item: dict, slot: SessionDay, index: int, notes: list[str]) -> ExerciseEntry:
    """One entry with its broken fields taken from the planner's nearest entry and its numbers clamped."""
    template = _template(slot, item["name"], index)
    by_minutes = load_exercises()[item["name"]].dose == "minutes"
    dose = {
        "reps": None if by_minutes else template.reps or "10-12",
        "duration": (template.duration or 10) if by_minutes else None,
    }
    template = template.model_copy(update={"name": item["name"], **dose})
    item = {key: value for key, value in item.items() if key not in dose or dose[key] is not None}
    before = len(notes)
    entry = take_valid(template, item, f"{slot.day} {template.name}", notes)
    sets = min(entry.sets, template.sets + 1)
    rests = load_exercises()[entry.name].kind == "strength" and sets > 1
    rest = max(entry.rest, week.limits.min_rest) if rests else entry.rest
    intensity = RIR.sub(lambda found: f"RIR {max(int(found[1]), week.limits.min_rir)}", entry.intensity)
    if (sets, rest, intensity) != (entry.sets, entry.rest, entry.intensity) and len(notes) == before:
        notes.append(f"{slot.day} {entry.name}: sets, rest or effort brought into bounds")
    return entry.model_copy(update={"sets": sets, "rest": rest, "intensity": intensity})


def _with_dose(entry: ExerciseEntry, slot: SessionDay, index: int) -> ExerciseEntry:
    template = _template(slot, entry.name, index)
    dose = {"sets": template.sets, "rest": template.rest, "intensity": template.intensity}
    if (entry.reps is None) == (template.reps is None):
        dose |= {"reps": template.reps, "duration": template.duration}
    return entry.model_copy(update=dose)


def _template(slot: SessionDay, name: str, index: int) -> ExerciseEntry:
    """The planner's entry nearest to an exercise: of its name, else of its kind and dose, else at its place."""
    catalogue = load_exercises()
    by_name = next((entry for entry in slot.exercises if entry.name == name), None)
    alike = [
        entry
        for entry in slot.exercises
        if catalogue[entry.name].kind == catalogue[name].kind and catalogue[entry.name].dose == catalogue[name].dose
    ]
    return by_name or (alike[index % len(alike)] if alike else slot.exercises[index % len(slot.exercises)])
