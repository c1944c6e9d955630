"""Compact weeks: small questions about one (who is in it, how long a day takes), and changes proposed one by one.

`Proposal` accepts a change only where the week it leaves keeps every limit, so that no answer undoes safety.
"""

from dataclasses import dataclass, field

from fitsense.contracts.changes import MAX_CHANGES, Change
from fitsense.contracts.requests import CompactDay, CompactExercise, Person
from fitsense.contracts.strictness import ContractError
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.planning.applying import DEFAULT_REST, apply_to_week
from fitsense.planning.dose import choose_rest
from fitsense.planning.selection import Selector
from fitsense.planning.tables import load_tables
from fitsense.safety.change_checks import check_changes
from fitsense.safety.screening import Limits
from fitsense.safety.session_time import work_seconds

MOST_CHANGES = 6
SLACK_MIN = 1e-6


def list_names(week: list[CompactDay]) -> list[str]:
    """Every exercise name of the week once, in order."""
    return list(dict.fromkeys(item.name for day in week for item in day.exercises))


def list_smallest(week: list[CompactDay]) -> list[CompactExercise]:
    """Every exercise of the week once, in order, with the fewest sets it has on any day: less than that is less on all."""
    found: dict[str, CompactExercise] = {}
    for item in (item for day in week for item in day.exercises):
        name = item.name.strip().lower()
        if name not in found or item.sets < found[name].sets:
            found[name] = item
    return list(found.values())


def estimate_minutes(exercises: list[CompactExercise], selector: Selector) -> float:
    """Minutes of a compact day, warm-up and cool-down included, at the longest rests the engine gives for the goal.

    A compact week does not say its rests: a day of the engine's own takes this long, or less where rests were trimmed.
    """
    work = sum(item.sets * (work_seconds(item.reps) + _rest_after(item, selector)) for item in exercises)
    return work / 60 + selector.limits.warm_up_min + selector.limits.cool_down_min


def fits_when_short(week: list[CompactDay], person: Person, limits: Limits) -> bool:
    """Whether every day can be done in the person's minutes at the shortest rests that `apply_changes` trims to."""
    most = min(person.workout_duration, limits.max_session_min) - limits.warm_up_min - limits.cool_down_min
    rest = max(limits.min_rest, DEFAULT_REST)
    days = (sum(item.sets * (work_seconds(item.reps) + (0 if item.reps.endswith(" min") else rest)) for item in day.exercises)
            for day in week)
    return all(seconds <= most * 60 for seconds in days)


def _rest_after(item: CompactExercise, selector: Selector) -> int:
    exercise, least = find_exercise(item.name), selector.limits.min_rest
    if item.reps.endswith(" min"):
        return 0
    usual = load_tables()["dose"][selector.goal]["rest"]
    return max(usual, least) if exercise is None else choose_rest(exercise, usual, least)


def find_replacement(
    name: str, week: list[CompactDay], selector: Selector, patterns: tuple[str, ...] = ()
) -> Exercise | None:
    """The best exercise in place of another: same pattern, then its stand-ins; new to the days it would join."""
    old = find_exercise(name)
    busy = {item.name.lower() for day in week if _has(day, name) for item in day.exercises}
    first = patterns or ((old.pattern,) if old else ())
    wanted = [*first, *(other for pattern in first for other in load_tables()["fallbacks"][pattern])]
    for pattern in dict.fromkeys([*wanted, "mobility"]):
        for exercise in selector.pool(pattern):
            if exercise.name.lower() not in busy:
                return exercise
    return None


def find_form(name: str, selector: Selector, way: str) -> Exercise | None:
    """The `easier` or `harder` form of an exercise, where the person may do it."""
    exercise = find_exercise(name)
    other = getattr(exercise, way) if exercise else None
    return load_exercises()[other] if other and selector.allows(load_exercises()[other]) else None


def _has(day: CompactDay, name: str) -> bool:
    return any(item.name.lower() == name.lower() for item in day.exercises)


@dataclass
class Proposal:
    """Changes accepted so far, and the week as it would then stand."""

    person: Person
    selector: Selector
    start: list[CompactDay]
    most: int = MOST_CHANGES
    changes: list[Change] = field(default_factory=list)
    week: list[CompactDay] = field(default_factory=list)

    def __post_init__(self):
        self.week = list(self.start)
        self.most = min(self.most, MAX_CHANGES)

    def offer(self, **values) -> bool:
        """Take a change on if there is room and the week keeps its limits; tell whether it was."""
        return self.offer_all([values])

    def offer_swap(self, **values) -> bool:
        """Take on a swap with the sets there are or, where time asks for it, as few as one; tell whether it was."""
        values = {**values, "action": "swap"}
        least = min((item.sets for day in self.week for item in day.exercises if item.name == values["exercise"]), default=1)
        fewer = [{**values, "sets": sets} for sets in range(least - 1, 0, -1)]
        return any(self.offer(**one) for one in [values, *fewer])

    def offer_all(self, listed: list[dict], any_length: bool = False) -> bool:
        """Take on all of some changes that belong together, or none; tell whether they were.

        No day may get longer than the person has time for, unless `any_length`.
        """
        if len(self.changes) + len(listed) > self.most:
            return False
        changes = [*self.changes, *(Change(**values) for values in listed)]
        if check_changes(self.person, self.start, changes, self.selector.limits):
            return False
        try:
            week = apply_to_week(self.start, changes)
        except ContractError:
            return False
        if not any_length and self._gets_too_long(week):
            return False
        self.changes, self.week = changes, week
        return True

    def _gets_too_long(self, week: list[CompactDay]) -> bool:
        """Whether a day takes more than the person's minutes and more than it did (a week may be too long as it is)."""
        most = min(self.person.workout_duration, self.selector.limits.max_session_min)
        before = {day.day: estimate_minutes(day.exercises, self.selector) for day in self.week}
        return any(
            estimate_minutes(day.exercises, self.selector) > max(most, before.get(day.day, 0)) + SLACK_MIN for day in week
        )

    def kept(self) -> list[str]:
        """Names that no change touches, at most six."""
        touched = {change.exercise.lower() for change in self.changes}
        return [name for name in list_names(self.start) if name.lower() not in touched][:MOST_CHANGES]
