"""Repair of a plan: names made real and allowed, doses brought into bounds, sums computed; the verifier decides.

Starts from the planner's own plan and puts in, piece by piece, what the student wrote; what brings a violation is
mended step by step and left out only when nothing else helps. Free words that nothing can verify (notes, effort in
words, progression, meals) are the catalogue's or the planner's own. Knows no rule of its own: limits come from safety.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from fitsense.coach.grafting import Check, get_field, graft_fields, take_valid, try_contract, with_field
from fitsense.contracts.plan import ExerciseEntry, Plan, ProgressionPlan, SessionDay, iter_entries
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import Limits, is_allowed, screen
from fitsense.safety.session_time import session_minutes

# What a student decides beside the week itself; everything else of a plan comes from rules, tables or arithmetic.
OWN_FIELDS = (
    "workout_plan.name",
    "adaptive_recommendations.if_too_difficult.modify_exercises",
    "adaptive_recommendations.if_too_easy.add_exercises",
    "adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep",
)
SETTLED_FIELDS = (
    "workout_plan.overview",
    "workout_plan.adaptations",
    "workout_plan.progression_plan",
    "nutrition_suggestions.calorie_target",
    "nutrition_suggestions.macros",
    "nutrition_suggestions.meal_timing",
    "adaptive_recommendations.if_too_difficult.reduce_weight",
    "adaptive_recommendations.if_too_easy.increase_weight",
    "adaptive_recommendations.if_time_constrained.shortened_version.circuit_format",
)
SCHEDULE = "workout_plan.weekly_schedule"
KEEP = "adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep"
RIR = re.compile(r"\bRIR\s*(\d+)", re.IGNORECASE)
PLAIN_EFFORT = re.compile(r"(?:RIR|RPE) \d+(?:-\d+)?")
UP_TO = re.compile(r"up to \d+ minutes")
FIRST_WEEK = "Learn each exercise; log every set."
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


@dataclass(frozen=True)
class Form:
    """One form of a student's session: as it may go out, what was mended, the raw entries behind its own."""

    session: SessionDay
    notes: list[str]
    written: list[dict]


def repair_plan(
    profile: Profile, value: dict, reference: Plan, check: Check
) -> tuple[Plan | None, list[str], dict]:
    """Repair a salvaged plan.

    Returns (a plan that verifies, or None where no session is the student's; repairs in words; what the student wrote,
    its sessions and entries in the places of the final ones, {} where the planner's stand).
    """
    week = Week(profile, screen(profile), reference, check)
    whole = try_contract(Plan, value)
    if whole is not None and not is_thin_week(whole, reference):
        settled = _settle_sessions(whole, week)
        settled = _settle_fields(settled, settled, week)
        if not check(settled):
            return settled, week.notes, value
    week.notes.clear()
    plan, written = _graft_sessions(week, reference, _sessions_of(value))
    if not any(written):
        return None, week.notes, {}
    # The schedule is settled; the other fields are read against a plan that has it already.
    workout = value.get("workout_plan") if isinstance(value.get("workout_plan"), dict) else {}
    sessions = [session.model_dump() for session in plan.workout_plan.weekly_schedule]
    student = take_valid(plan, {**value, "workout_plan": {**workout, "weekly_schedule": sessions}}, "plan", week.notes)
    plan = graft_fields(_settle_fields(plan, student, week), student, OWN_FIELDS, check, week.notes)
    return plan, week.notes, {**value, "workout_plan": {**workout, "weekly_schedule": written}}


def _settle_fields(plan: Plan, said: Plan, week: Week) -> Plan:
    """Put in what the rules decide, the four weeks and the minutes fitted to the week; name what `said` had otherwise."""
    needed = week.reference
    names = {entry.name for session in plan.workout_plan.weekly_schedule for entry in session.exercises}
    longest = max(session.duration for session in plan.workout_plan.weekly_schedule)
    needed = with_field(needed, "workout_plan.progression_plan", _fit_progression(needed, names))
    needed = with_field(needed, "workout_plan.overview",
                        UP_TO.sub(f"up to {longest} minutes", needed.workout_plan.overview))
    referral = needed.workout_plan.adaptations.referral
    if referral is not None and said.workout_plan.adaptations.referral != referral:
        week.notes.append("referral added")
    for path in SETTLED_FIELDS:
        value, shown = get_field(needed, path), path.rpartition(".")[2].replace("_", " ")
        if get_field(said, path) != value:
            week.notes.append(f"{shown}: computed or a matter of rules, the planner's used")
        plan = with_field(plan, path, value)
    return plan


def _fit_progression(reference: Plan, names: set[str]) -> ProgressionPlan:
    """The planner's four weeks; a line that names an exercise the week does not have speaks of each exercise."""
    absent = {entry.name for _, entry in iter_entries(reference)} - names
    weeks = reference.workout_plan.progression_plan
    for key in ProgressionPlan.model_fields:
        lines = getattr(weeks, key).exercise_progressions
        fitted = [FIRST_WEEK if any(name in line for name in absent) else line for line in lines]
        weeks = with_field(weeks, f"{key}.exercise_progressions", fitted)
    return weeks


def _settle_sessions(plan: Plan, week: Week) -> Plan:
    slots = week.reference.workout_plan.weekly_schedule
    sessions = plan.workout_plan.weekly_schedule
    settled = [_settle_session(session, slots[min(place, len(slots) - 1)], week.notes)
               for place, session in enumerate(sessions)]
    return with_field(plan, SCHEDULE, settled)


def _settle_session(session: SessionDay, slot: SessionDay, notes: list[str]) -> SessionDay:
    """No free words in a session: its focus is one of the planner's, effort a number, notes the catalogue's own cues."""
    focus = session.focus if session.focus in {row["focus"] for row in load_tables()["days"].values()} else slot.focus
    entries = [_settle_entry(entry, slot, place) for place, entry in enumerate(session.exercises)]
    if focus != session.focus or entries != session.exercises:
        notes.append(f"{slot.day}: words on focus, effort or form that are not the catalogue's left out")
    return session.model_copy(update={"focus": focus, "exercises": entries})


def _settle_entry(entry: ExerciseEntry, slot: SessionDay, place: int) -> ExerciseEntry:
    exercise = find_exercise(entry.name)
    if exercise is None:
        return entry
    note = entry.notes if entry.notes in exercise.cues else exercise.cues[0]
    intensity = entry.intensity
    if not PLAIN_EFFORT.fullmatch(intensity):
        intensity = _template(slot, exercise.name, place).intensity
    return entry.model_copy(update={"notes": note, "intensity": intensity})


def _sessions_of(value: dict) -> list[dict]:
    workout = value.get("workout_plan")
    sessions = workout.get("weekly_schedule") if isinstance(workout, dict) else None
    return [session for session in sessions if isinstance(session, dict)] if isinstance(sessions, list) else []


def _graft_sessions(week: Week, plan: Plan, raw_sessions: list[dict]) -> tuple[Plan, list[dict]]:
    """Replace the planner's sessions by the student's, each in its most faithful form that verifies.

    Returns the plan and, for each session, the raw one it came from with its raw entries in place ({}: the planner's).
    """
    slots, written = list(plan.workout_plan.weekly_schedule), []
    unused = list(raw_sessions)
    for index, slot in enumerate(slots):
        raw = next((session for session in unused if session.get("day") == slot.day), unused[0] if unused else None)
        written.append({})
        if raw is None:
            week.notes.append(f"{slot.day}: the student wrote no session, the planner's used")
            continue
        unused.remove(raw)
        for form in _session_forms(week, raw, slot):
            notes = list(form.notes)
            trial = _with_session(plan, index, _settle_session(form.session, slot, notes))
            settled = plan.workout_plan.weekly_schedule[:index]
            if not _is_thin(form.session, slot, slots[:index], settled) and not week.check(trial):
                plan, written[index] = trial, {**raw, "exercises": form.written}
                week.notes += notes
                break
        else:
            week.notes.append(f"{slot.day}: the student's session was unsafe, too long or too thin, the planner's used")
    week.notes += [f"surplus session on {session.get('day')!r} left out" for session in unused]
    return plan, written


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


def _session_forms(week: Week, raw: dict, slot: SessionDay) -> Iterator[Form]:
    """Yield forms of a session, from the student's own words to ever fewer of them."""
    own = try_contract(SessionDay, raw)
    if own is not None and own.day == slot.day:
        yield Form(own, [], raw["exercises"])
    notes: list[str] = []
    entries, written = _mend_entries(week, raw, slot, notes)
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
        yield Form(build(entries, frame.intensity_level), notes, written)
        lower = [*notes, f"{slot.day}: intensity level brought into bounds"]
        yield Form(build(entries, slot.intensity_level), lower, written)
        notes = [*notes, f"{slot.day}: sets, reps, rest and effort taken from the planner"]
        yield Form(build(dosed, slot.intensity_level), notes, written)
    for length in range(len(dosed) - 1, FEWEST_ENTRIES - 1, -1):
        cut = ", ".join(entry.name for entry in dosed[length:])
        left_out = [*notes, f"{slot.day}: left out to keep time and volume: {cut}"]
        yield Form(build(dosed[:length], slot.intensity_level), left_out, written[:length])


def _build_session(
    week: Week, frame: SessionDay, slot: SessionDay, entries: list[ExerciseEntry], intensity: str
) -> SessionDay:
    return frame.model_copy(
        update={"exercises": entries, "intensity_level": intensity, "duration": session_minutes(entries, week.limits)}
    )


def _mend_entries(week: Week, raw: dict, slot: SessionDay, notes: list[str]) -> tuple[list[ExerciseEntry], list[dict]]:
    """The student's entries under real, allowed, distinct names, with doses in bounds, and the raw one behind each."""
    listed = raw.get("exercises") if isinstance(raw.get("exercises"), list) else []
    entries: list[ExerciseEntry] = []
    written: list[dict] = []
    for index, item in enumerate(listed[:10]):
        item = item if isinstance(item, dict) else {}
        used = {entry.name for entry in entries}
        name = _mend_name(week, str(item.get("name", "")), used, slot, index, notes)
        if name is not None:
            entries.append(_mend_entry(week, {**item, "name": name}, slot, index, notes))
            written.append(item)
    return entries, written


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
