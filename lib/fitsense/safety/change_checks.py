"""Checks of reasoned changes and of compact weeks against a person's limits.

Changes are judged by what they bring in: names that exist, exercises that are allowed, rests, volume. Knows nothing of
how changes are chosen or applied to a full plan.
"""

from fitsense.contracts.changes import Change, SafetyAdjustment
from fitsense.contracts.plan import Day
from fitsense.contracts.requests import CompactDay, Person
from fitsense.knowledge.exercises import find_exercise
from fitsense.safety.plan_checks import (
    LIGHT_LEAST_REPS,
    LIMIT_REASONS,
    is_sane_reps,
    is_too_heavy,
    volume_violations,
    weekly_sets,
)
from fitsense.safety.screening import Limits, is_allowed
from fitsense.safety.session_time import work_seconds
from fitsense.safety.spacing import count_gaps, needs_spacing
from fitsense.safety.text_checks import ESCALATION_WORDS, says_whom
from fitsense.safety.triage import stricter, triage_text
from fitsense.safety.violations import Violation, error
from fitsense.safety.volume import weekly_set_bounds

Row = tuple[str, str, int, str]  # day, exercise name in lower case, sets, reps


def check_week(person: Person, week: list[CompactDay], limits: Limits) -> list[Violation]:
    """Check a compact week: known and allowed exercises, no repeats, days, volume, and time at the shortest rests."""
    found = []
    for index, day in enumerate(week):
        names = [exercise.name.strip().lower() for exercise in day.exercises]
        for place, exercise in ((f"plan.{index}.exercises.{i}", item) for i, item in enumerate(day.exercises)):
            found += _name_violations(exercise.name, person, limits, place)
            if not is_sane_reps(exercise.reps):
                found.append(error("check_reps", f"{place}.reps", f"{day.day}: {exercise.reps!r}"))
        found += [error("check_duplicate_exercise", f"plan.{index}", f"{day.day}: {name} twice or more")
                  for name in sorted(set(names)) if names.count(name) > 1]
    found += _time_violations([], _rows_of(week), person, limits, "plan")
    most = min(person.days_per_week, limits.max_days)
    if len(week) > most:
        found.append(error("check_days", "plan", f"{len(week)} days; at most {most}"))
    rows = [(exercise.name, exercise.sets) for day in week for exercise in day.exercises]
    return found + volume_violations(rows, person.fitness_level, "plan")


def _time_violations(before: list[Row], rows: list[Row], person: Person, limits: Limits, place: str) -> list[Violation]:
    """Days that take too long and longer than before, at the shortest rests: a compact plan does not say its own."""
    most, old = min(person.workout_duration, limits.max_session_min), _day_seconds(before, limits)
    return [error("check_session_minutes", place, f"{day} takes over {int(seconds / 60)} minutes; at most {most}")
            for day, seconds in _day_seconds(rows, limits).items() if seconds / 60 > most and seconds > old.get(day, 0)]


def _day_seconds(rows: list[Row], limits: Limits) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for day, _, sets, reps in rows:
        seconds[day] = seconds.get(day, 0) + sets * work_seconds(reps) + (sets - 1) * limits.min_rest
    return seconds


def _name_violations(name: str, person: Person, limits: Limits, place: str) -> list[Violation]:
    exercise = find_exercise(name)
    if exercise is None:
        return [error("check_unknown_exercise", place, f"{name} is not in the exercise catalogue")]
    rule = is_allowed(exercise, limits, person.equipment_access, person.fitness_level)
    return [] if rule is None else [error(rule, place, f"{name} {LIMIT_REASONS[rule]}")]


def check_changes(person: Person, week: list[CompactDay], changes: list[Change], limits: Limits) -> list[Violation]:
    """Check changes one after the other against the week as it then stands, then the volume that results."""
    rows = _rows_of(week)
    before, found = list(rows), []
    for index, change in enumerate(changes):
        place = f"changes.{index}"
        found += _target_violations(change, rows, place) + _new_violations(change, rows, person, limits, place)
        if change.rest is not None and change.rest < limits.min_rest:
            found.append(error("check_min_rest", f"{place}.rest", f"{change.rest} s; at least {limits.min_rest} s"))
        rows = _apply(change, rows)
    most = min(person.days_per_week, limits.max_days)
    if len({row[0] for row in rows}) > max(most, len(week)):
        found.append(error("check_days", "changes", f"more than {most} training days"))
    found += _strength_closer(before, rows) if needs_spacing(limits) else []
    return found + _volume_grown(before, rows, person) + _time_violations(before, rows, person, limits, "changes")


def list_added_work(week: list[CompactDay], changes: list[Change]) -> list[Change]:
    """Changes that ask for more than the week then has: another exercise, more load, more sets, more in a set."""
    rows, found = _rows_of(week), []
    for change in changes:
        if change.action == "add" or (change.load_change_pct or 0) > 0 or any(_grows(change, row) for row in rows):
            found.append(change)
        rows = _apply(change, rows)
    return found


def _grows(change: Change, row: Row) -> bool:
    """Whether a change gives an entry more sets or, where the exercise stays, longer ones."""
    if not _is_target(change, row):
        return False
    longer = change.action == "adjust" and change.reps is not None and work_seconds(change.reps) > work_seconds(row[3])
    return (change.sets or 0) > row[2] or longer


def _rows_of(week: list[CompactDay]) -> list[Row]:
    return [(day.day, item.name.strip().lower(), item.sets, item.reps) for day in week for item in day.exercises]


def _is_target(change: Change, row: Row) -> bool:
    return row[1] == change.exercise.strip().lower() and change.day in (None, row[0])


def _target_violations(change: Change, rows: list[Row], place: str) -> list[Violation]:
    """The changed exercise stands in the plan (on that day); an added one does not yet."""
    here = any(_is_target(change, row) for row in rows)
    where = f" on {change.day}" if change.day else ""
    if change.action == "add" and here:
        return [error("check_duplicate_exercise", place, f"{change.exercise} is in the plan{where} already")]
    if change.action != "add" and not here:
        return [error("check_change_target", place, f"{change.exercise} is not in the plan{where}")]
    return []


def _new_violations(change: Change, rows: list[Row], person: Person, limits: Limits, place: str) -> list[Violation]:
    """What a change brings in is known, allowed, sane, and not there twice."""
    found = []
    if change.action == "add":
        found += _name_violations(change.exercise, person, limits, f"{place}.exercise")
    if change.action == "swap":
        found += _name_violations(change.replacement, person, limits, f"{place}.replacement")
        new, days = change.replacement.strip().lower(), {row[0] for row in rows if _is_target(change, row)}
        if any(row[1] == new and row[0] in days for row in rows):
            found.append(error("check_duplicate_exercise", f"{place}.replacement",
                                   f"{change.replacement} is in the plan on that day already"))
    if change.reps is not None and not is_sane_reps(change.reps):
        found.append(error("check_reps", f"{place}.reps", f"{change.reps!r} cannot be done"))
    elif change.reps is not None and _is_strength(change) and is_too_heavy(change.reps, person.age, limits):
        found.append(error("check_least_reps", f"{place}.reps", f"{change.reps}; at least {LIGHT_LEAST_REPS}, since loads stay "
                               "light for this person"))
    return found


def _is_strength(change: Change) -> bool:
    """Whether what a change leaves in its place is strength work."""
    exercise = find_exercise(change.replacement if change.action == "swap" else change.exercise)
    return exercise is not None and exercise.kind == "strength"


def _apply(change: Change, rows: list[Row]) -> list[Row]:
    """The rows after one change."""
    name = change.exercise.strip().lower()
    if change.action == "add":
        return [*rows, (change.day, name, change.sets, change.reps)]
    result = []
    for row in rows:
        if not _is_target(change, row):
            result.append(row)
        elif change.action != "remove":
            new = change.replacement.strip().lower() if change.action == "swap" else name
            result.append((row[0], new, change.sets or row[2], change.reps or row[3]))
    return result


def _volume_grown(before: list[Row], after: list[Row], person: Person) -> list[Violation]:
    """Muscles that the changes take over the bound of the level (not those that were over it and did not grow)."""
    most = weekly_set_bounds(person.fitness_level)[1]
    old = weekly_sets([row[1:3] for row in before])
    return [error("check_weekly_sets", "changes", f"{muscle}: {total:g} weekly sets; at most {most:g}")
            for muscle, total in weekly_sets([row[1:3] for row in after]).items()
            if total > most and total > old.get(muscle, 0)]


def _strength_closer(before: list[Row], after: list[Row]) -> list[Violation]:
    """Strength days that the changes bring next to each other (not those that stood so)."""
    close_before, close_after = (count_gaps(_list_strength_days(rows)).count(1) for rows in (before, after))
    if close_after <= close_before:
        return []
    return [error("check_strength_apart", "changes", "strength work on two days in a row; a day between for this person")]


def _list_strength_days(rows: list[Row]) -> list[Day]:
    known = [(row[0], find_exercise(row[1])) for row in rows]
    return list(dict.fromkeys(day for day, exercise in known if exercise is not None and exercise.kind == "strength"))


def check_triage_answer(message: str, week: list[CompactDay], answer: SafetyAdjustment) -> list[Violation]:
    """The triage is no laxer than the message calls for; the answer acts on its own class."""
    from_rules, found = triage_text(message).triage, []
    if stricter(answer.triage, from_rules) != answer.triage:
        found.append(error("check_missed_escalation", "triage", f"{answer.triage}; the message calls for "
                               f"{from_rules}"))
    if not says_whom(answer.triage, answer.message):
        found.append(error("check_escalation_words", "message", f"{answer.triage} must say whom to turn to"))
    if answer.triage in ESCALATION_WORDS and not answer.see_professional:
        found.append(error("check_escalation_words", "see_professional", f"must be true for {answer.triage}"))
    if answer.triage == "proceed":
        return found
    if not answer.stop_signs:
        found.append(error("check_escalation_words", "stop_signs", f"{answer.triage} must name signs to stop at"))
    return found + check_adds_nothing(week, answer.changes, answer.triage)


def check_adds_nothing(week: list[CompactDay], changes: list[Change], why: str) -> list[Violation]:
    """Find changes that add work where nothing may be added; `why` names the case (a triage class, a deload)."""
    return [error("check_unsafe_change", f"changes.{changes.index(change)}", f"{change.action} {change.exercise}: "
                      f"nothing is added in {why}") for change in list_added_work(week, changes)]
