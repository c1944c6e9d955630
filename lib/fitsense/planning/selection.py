"""Selection: which exercises of a pattern a person may do, in the order in which they would be chosen.

Order: the pools of tables.yaml, then moved by what the person liked, hated, found hard or easy, and by the activities
they named. A function of the profile alone. Knows nothing of days, sets or minutes.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from fitsense.contracts.profile import BODY_PARTS, Equipment, Goal, Level, PreviousWorkout, Profile
from fitsense.contracts.requests import Person
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.planning.tables import load_tables
from fitsense.safety.goals import fit_goal
from fitsense.safety.screening import Limits, is_allowed, screen, screen_person

# How many of a pool the week goes through; two for every other pattern.
N_ROTATED = {"mobility": 6}
OLDER, SHORT_SESSION_MIN, DRILL_MET = 65, 20, 2.5
LARGE_PATTERNS = ("squat", "hinge", "horizontal_push", "vertical_push", "horizontal_pull", "vertical_pull")


@dataclass
class Selector:
    """What one person may do: `pool(pattern)` lists it in order of preference; pools are computed once."""

    limits: Limits
    access: str
    level: str
    goal: str
    liked_cardio: list[str] = field(default_factory=list)
    feedback: list[PreviousWorkout] = field(default_factory=list)
    prefers_supported: bool = False
    is_short: bool = False
    _pools: dict[str, list[Exercise]] = field(default_factory=dict, init=False)

    def allows(self, exercise: Exercise) -> bool:
        """Tell whether the person may do it."""
        return is_allowed(exercise, self.limits, self.access, self.level) is None

    def limited_parts(self) -> list[str]:
        """The injured parts, told in the list or in words, in the contract's order."""
        return [part for part in BODY_PARTS if self.limits.max_joint_load.get(part, 3) <= 1]

    def has_rule(self, rule_ids: list[str]) -> bool:
        """Tell whether one of these rules stands behind the limits."""
        return any(rule_id in rule_ids for rule_id, _ in self.limits.reasons)

    def list_ruled_out(self, pattern: str) -> list[Exercise]:
        """What would come before the first allowed exercise of a pattern, were it not for the limits."""
        ruled_out = []
        for exercise in map(load_exercises().get, load_tables()["pools"][pattern]):
            rule = is_allowed(exercise, self.limits, self.access, self.level)
            if rule is None:
                break
            if rule not in ("limit_equipment", "limit_level"):
                ruled_out.append(exercise)
        return ruled_out

    def pool(self, pattern: str) -> list[Exercise]:
        """Allowed exercises of a pattern, best first; empty where nothing is allowed."""
        if pattern not in self._pools:
            self._pools[pattern] = self._order_pool(pattern)
        return self._pools[pattern]

    def _order_pool(self, pattern: str) -> list[Exercise]:
        names = list(load_tables()["pools"][pattern])
        if pattern == "cardio":
            names = [*self.liked_cardio, *names]
        allowed = [exercise for exercise in map(load_exercises().get, dict.fromkeys(names)) if self.allows(exercise)]
        allowed.sort(key=self._rank)
        return self._apply_feedback(allowed, pattern) if self.feedback else allowed

    def _rank(self, exercise: Exercise) -> tuple[bool, bool, bool]:
        """What suits this person less comes later: by rule, in a short session what has sides, what asks for a hard brace."""
        suits_least = exercise.name in self._last_names or not self._last_flags.isdisjoint(exercise.flags)
        return suits_least, self.is_short and exercise.each_side, self.prefers_supported and _is_strained(exercise)

    @cached_property
    def _last_names(self) -> frozenset[str]:
        return self._list_last("last_by_rule")

    @cached_property
    def _last_flags(self) -> frozenset[str]:
        return self._list_last("last_flags_by_rule")

    def _list_last(self, table: str) -> frozenset[str]:
        rows = load_tables()[table]
        return frozenset(name for rule_id, _ in self.limits.reasons for name in rows.get(rule_id, ()))

    def _apply_feedback(self, allowed: list[Exercise], pattern: str) -> list[Exercise]:
        first, dropped, names = [], set(), {exercise.name for exercise in allowed}
        for said in self.feedback:
            exercise = find_exercise(said.exercise)
            if exercise is None or (exercise.pattern != pattern and exercise.name not in names):
                continue
            if said.enjoyment <= 2 or said.difficulty == "too_hard":
                dropped.add(exercise.name)
            if said.enjoyment > 2:
                first += self._wanted_instead(exercise, said)
        ordered = list({exercise.name: exercise for exercise in [*first, *allowed]}.values())
        return [exercise for exercise in ordered if exercise.name not in dropped] or ordered

    def _wanted_instead(self, exercise: Exercise, said: PreviousWorkout) -> list[Exercise]:
        other = {"too_hard": exercise.easier, "too_easy": exercise.harder, "just_right": exercise.name}[said.difficulty]
        if other is None or (said.difficulty == "just_right" and said.enjoyment < 4):
            return []
        wanted = load_exercises()[other]
        return [wanted] if wanted.pattern == exercise.pattern and self.allows(wanted) else []

    def choose(self, pattern: str, turn: int, used: set[str]) -> Exercise | None:
        """Choose for a pattern's n-th turn in the week: alternate the best, skip what the session already has."""
        for wanted in (pattern, *load_tables()["fallbacks"][pattern]):
            pool = self.pool(wanted)
            n_rotated = min(len(pool), N_ROTATED.get(wanted, 2))
            if n_rotated == 2 and is_drill(pool[1]) and not is_drill(pool[0]):
                n_rotated = 1
            first = turn % n_rotated if n_rotated else 0
            rotated = [*pool[first:n_rotated], *pool[:first], *pool[n_rotated:]]
            free = next((exercise for exercise in rotated if exercise.name not in used), None)
            if free is not None:
                return free
        return None


def is_drill(exercise: Exercise) -> bool:
    """Whether a large strength exercise is a drill with next to no load: no equal turn beside a real one."""
    return exercise.kind == "strength" and exercise.met <= DRILL_MET and exercise.pattern in LARGE_PATTERNS


def _is_strained(exercise: Exercise) -> bool:
    """Whether a lift asks for a hard brace or loads the lower back heavily: last for people with limits."""
    return exercise.joint_load["lower_back"] >= 3 or "breath_hold" in exercise.flags


def find_liked_activities(texts: list[str]) -> tuple[list[str], bool]:
    """Read preferred activities in people's own words: cardio names in order, and whether stretching is liked."""
    cardio, mobility = [], False
    for text in texts:
        for row in load_tables()["activities"]:
            if any(word in text.lower() for word in row["words"]):
                cardio += row.get("cardio", [])
                mobility = mobility or row.get("mobility", False)
    return list(dict.fromkeys(cardio)), mobility


def select_for(profile: Profile) -> Selector:
    """The selector of a full profile."""
    info, asked = profile.personal_info, profile.preferences
    cardio, _ = find_liked_activities(asked.preferred_activities)
    limits, tables = screen(profile), load_tables()
    if "endurance_improvement" in profile.goals:
        cardio = [*cardio, *tables["endurance_cardio"]]
    rules = [rule_id for rule_id, _ in limits.reasons if rule_id in tables["cardio_by_rule"]]
    cardio = [*(name for rule_id in rules for name in tables["cardio_by_rule"][rule_id]), *cardio]
    selector = _make_selector(limits, asked.equipment_access, info.fitness_level, profile.goals[0], info.age,
                              asked.workout_duration)
    return replace(selector, liked_cardio=cardio, feedback=list(profile.feedback.previous_workouts))


def select_for_person(person: Person, limits: Limits | None = None) -> Selector:
    """The selector of the short form of a profile; with `limits` where a message adds to the person's own."""
    return _make_selector(limits or screen_person(person), person.equipment_access, person.fitness_level, person.goal, person.age,
                          person.workout_duration)


def _make_selector(limits: Limits, access: Equipment, level: Level, goal: Goal, age: int, minutes: int) -> Selector:
    supported = is_careful(age, limits) or bool(limits.max_joint_load)
    return Selector(limits=limits, access=access, level=level, goal=fit_goal(goal, limits), prefers_supported=supported,
                    is_short=minutes <= SHORT_SESSION_MIN)


def is_careful(age: int, limits: Limits) -> bool:
    """Tell whether age or limits ask for a gentler week: fewer hard days, smaller steps, supported exercises."""
    return age >= OLDER or limits.max_intensity != "high" or limits.seated_only
