"""Faults to seed in a plan: one named function a kind, with the rules of which one must catch it and whom it is tried on.

A fault changes the plan's JSON and returns True where there was something to change for this person, False where not.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from test_screening import make_profile

from fitsense.contracts.plan import DAYS
from fitsense.contracts.profile import Profile
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.safety.screening import Limits, is_allowed, screen

GYM = {"equipment_access": "full_gym", "workout_duration": 60, "days_per_week": 4}
PEOPLE: dict[str, dict] = {
    "plain": {}, "gym": GYM, "lifter": {"fitness_level": "advanced", **GYM}, "boy": {"age": 15, "gender": "male"},
    "girl": {"age": 17, **GYM}, "old": {"age": 68, **GYM}, "older": {"age": 82}, "knee": {"injuries": ["knee"], **GYM},
    "knee at home": {"injuries": ["knee"], "equipment_access": "home_gym"}, "hip": {"injuries": ["hip"], **GYM},
    "shoulder": {"injuries": ["shoulder"], **GYM}, "back": {"injuries": ["lower_back", "neck"], **GYM},
    "sore": {"injuries": ["knee", "shoulder", "wrist"]}, "pressure": {"conditions": ["high blood pressure"], **GYM},
    "pressure controlled": {"conditions": ["high blood pressure, controlled"], "fitness_level": "advanced", **GYM},
    "heart": {"conditions": ["heart disease"], **GYM}, "heart at home": {"medications": ["nitroglycerin"]},
    "pregnant": {"conditions": ["pregnant 24 weeks"], **GYM}, "expecting": {"conditions": ["second trimester"]},
    "after birth": {"conditions": ["breastfeeding"], **GYM}, "chest": {"conditions": ["chest tightness, not checked yet"]},
    "long covid": {"conditions": ["long covid"], **GYM}, "clot": {"conditions": ["blood clot"]},
    "bones": {"conditions": ["osteoporosis"], "age": 66, **GYM}, "wheelchair": {"conditions": ["wheelchair user"], **GYM},
    "chair at home": {"conditions": ["paraplegic, wheelchair user"]}, "asthma": {"conditions": ["asthma"], **GYM},
    "anorexia": {"conditions": ["eating disorder history"], **GYM}, "bulimia": {"conditions": ["bulimia"]},
    "thin": {"weight_kg": 52.5, "height_cm": 170.0}, "slight": {"weight_kg": 46.0, "height_cm": 160.0},
    "slender": {"weight_kg": 60.0, "height_cm": 181.0, "gender": "male", **GYM},
    "very thin": {"weight_kg": 45.0, "height_cm": 170.0}, "heavy": {"weight_kg": 130.0, "height_cm": 170.0},
    "odd": {"conditions": ["zorblitis"]}, "vegan": {"diet": "vegan"}, "vegetarian": {"diet": "vegetarian", **GYM},
    "nuts": {"conditions": ["asthma"], "diet": "no nuts"}, "halal": {"diet": "halal"}, "milk": {"diet": "lactose free"},
    "nut free": {"diet": "nut free", **GYM}, "nut allergy": {"conditions": ["tree nut allergy"]}, "dairy": {"diet": "no dairy"},
    "teen": {"age": 16, "fitness_level": "advanced", **GYM}, "first weeks": {"conditions": ["pregnant 8 weeks"], **GYM},
    "binge": {"conditions": ["binge eating"], **GYM}, "rotator cuff": {"conditions": ["rotator cuff"], **GYM},
    "spine": {"conditions": ["spina bifida"], **GYM}, "osteopenia": {"conditions": ["osteopenia"], **GYM},
    "sugar": {"conditions": ["type 2 diabetes"], **GYM}, "sugar daily": {"conditions": ["type 2 diabetes"], "days_per_week": 7},
    "sugar twice": {"conditions": ["type 2 diabetes, controlled"], **GYM, "days_per_week": 2},
    "sugar once": {"medications": ["metformin"], "workout_duration": 30, "days_per_week": 1},
    "short": {"workout_duration": 15}, "daily": {"days_per_week": 7}, "once": {"days_per_week": 1, **{**GYM, "days_per_week": 1}},
}


@dataclass(frozen=True)
class Seeding:
    """One person's plan as JSON, to be made wrong in place."""

    profile: Profile
    limits: Limits
    value: dict

    @property
    def week(self) -> list[dict]:
        """The sessions."""
        return self.value["workout_plan"]["weekly_schedule"]

    def entries(self, kind: str | None = None) -> list[dict]:
        """Every entry of the week, or those of one kind of exercise."""
        return [entry for session in self.week for entry in session["exercises"]
                if kind is None or find_exercise(entry["name"]).kind == kind]

    def set_first(self, kind: str | None = "strength", **changes) -> bool:
        """Change fields of the first entry of a kind."""
        found = self.entries(kind)[:1]
        for entry in found:
            entry.update(changes)
        return bool(found)

    def set_path(self, path: str, new) -> bool:
        """Put a value at a dotted path."""
        *steps, last = path.split(".")
        inner = self.value
        for step in steps:
            inner = inner[int(step) if step.isdigit() else step]
        inner[int(last) if last.isdigit() else last] = new
        return True

    def why_not(self, exercise: Exercise) -> str | None:
        """The rule that an exercise breaks for this person."""
        return is_allowed(exercise, self.limits, self.profile.preferences.equipment_access,
                          self.profile.personal_info.fitness_level)

    def swap_in(self, rule: str | None, test: Callable[[Exercise], bool] = lambda exercise: True) -> bool:
        """Rename the first entry to a new exercise that breaks one rule (None: none) and passes a test."""
        here = {entry["name"] for entry in self.entries()}
        found = next((one for one in load_exercises().values()
                      if one.name not in here and test(one) and self.why_not(one) == rule), None)
        if found is not None:
            self.entries()[0]["name"] = found.name
        return found is not None


@dataclass(frozen=True)
class Fault:
    """One kind of fault: its name, how it is seeded, the rules of which at least one must catch it, for whom."""

    name: str
    seed: Callable[[Seeding], bool]
    rules: frozenset[str]
    people: tuple[str, ...]


FAULTS: dict[str, Fault] = {}


def fault(*rules: str, people: str = ""):
    """Register a kind of fault, tried on the people listed (names between commas; none: everybody)."""
    def register(seed: Callable[[Seeding], bool]):
        assert seed.__name__ not in FAULTS, f"{seed.__name__} stands there twice"
        listed = tuple(people.split(", ")) if people else tuple(PEOPLE)
        FAULTS[seed.__name__] = Fault(seed.__name__, seed, frozenset(rules), listed)
        return seed
    return register


def person(name: str) -> Profile:
    """One of the people by name."""
    return make_profile(**PEOPLE[name])


def make_seeding(profile: Profile, plan) -> Seeding:
    """A plan to be made wrong."""
    return Seeding(profile, screen(profile), copy.deepcopy(plan.model_dump(mode="json")))


def free_day(week: list[dict]) -> str | None:
    """A weekday without a session."""
    return next((day for day in DAYS if day not in {session["day"] for session in week}), None)
