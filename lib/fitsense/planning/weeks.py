"""Compact weeks: small questions about one (who is in it, how long a day takes), and changes proposed one by one.

`Proposal` accepts a change only where the week it leaves keeps every limit, so that no answer undoes safety.
"""

from dataclasses import dataclass, field

from fitsense.contracts.changes import MAX_CHANGES, Change
from fitsense.contracts.requests import CompactDay, CompactExercise, Person
from fitsense.contracts.strictness import ContractError
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.planning.applying import apply_to_week
from fitsense.planning.selection import Selector
from fitsense.planning.tables import load_tables
from fitsense.safety.change_checks import check_changes
from fitsense.safety.session_time import work_seconds

USUAL_REST = 60
MOST_CHANGES = 6


def list_names(week: list[CompactDay]) -> list[str]:
    """Every exercise name of the week once, in order."""
    return list(dict.fromkeys(item.name for day in week for item in day.exercises))


def estimate_minutes(exercises: list[CompactExercise], limits) -> float:
    """Minutes of a compact day at usual rests, warm-up and cool-down included."""
    rest = max(USUAL_REST, limits.min_rest)
    work = sum(
        item.sets * (work_seconds(item.reps) + (0 if item.reps.endswith(" min") else rest)) for item in exercises
    )
    return work / 60 + limits.warm_up_min + limits.cool_down_min


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
        if len(self.changes) >= self.most:
            return False
        changes = [*self.changes, Change(**values)]
        if check_changes(self.person, self.start, changes, self.selector.limits):
            return False
        try:
            week = apply_to_week(self.start, changes)
        except ContractError:
            return False
        self.changes, self.week = changes, week
        return True

    def kept(self) -> list[str]:
        """Names that no change touches, at most six."""
        touched = {change.exercise.lower() for change in self.changes}
        return [name for name in list_names(self.start) if name.lower() not in touched][:MOST_CHANGES]
