"""Selection: which exercises of a pattern a person may do, in the order in which they would be chosen.

Order: the pools of tables.yaml, then moved by what the person liked, hated, found hard or easy, and by the activities
they named. A function of the profile alone. Knows nothing of days, sets or minutes.
"""

from dataclasses import dataclass, field

from fitsense.contracts.profile import BODY_PARTS, PreviousWorkout, Profile
from fitsense.contracts.requests import Person
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import Limits, is_allowed, screen, screen_person

# How many of a pool the week goes through; two for every other pattern.
N_ROTATED = {"mobility": 6}


@dataclass
class Selector:
    """What one person may do: `pool(pattern)` lists it in order of preference; pools are computed once."""

    limits: Limits
    access: str
    level: str
    goal: str
    liked_cardio: list[str] = field(default_factory=list)
    feedback: list[PreviousWorkout] = field(default_factory=list)
    _pools: dict[str, list[Exercise]] = field(default_factory=dict, init=False)

    def allows(self, exercise: Exercise) -> bool:
        """Tell whether the person may do it."""
        return is_allowed(exercise, self.limits, self.access, self.level) is None

    def limited_parts(self) -> list[str]:
        """The injured parts, told in the list or in words, in the contract's order."""
        return [part for part in BODY_PARTS if self.limits.max_joint_load.get(part, 3) <= 1]

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
        return self._apply_feedback(allowed, pattern)

    def _apply_feedback(self, allowed: list[Exercise], pattern: str) -> list[Exercise]:
        first, dropped = [], set()
        for said in self.feedback:
            exercise = find_exercise(said.exercise)
            if exercise is None or (exercise.pattern != pattern and exercise not in allowed):
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
            first = turn % n_rotated if n_rotated else 0
            rotated = [*pool[first:n_rotated], *pool[:first], *pool[n_rotated:]]
            free = next((exercise for exercise in rotated if exercise.name not in used), None)
            if free is not None:
                return free
        return None


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
    cardio, _ = find_liked_activities(profile.preferences.preferred_activities)
    goal = profile.goals[0]
    if "endurance_improvement" in profile.goals:
        cardio = [*cardio, *load_tables()["endurance_cardio"]]
    return Selector(
        limits=screen(profile),
        access=profile.preferences.equipment_access,
        level=profile.personal_info.fitness_level,
        goal=goal,
        liked_cardio=cardio,
        feedback=list(profile.feedback.previous_workouts),
    )


def select_for_person(person: Person) -> Selector:
    """The selector of the short form of a profile."""
    return Selector(
        limits=screen_person(person), access=person.equipment_access, level=person.fitness_level, goal=person.goal
    )
