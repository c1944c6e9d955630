"""The profile: everything a person tells the coach, with bounds on every field."""

from typing import Annotated, Literal

from pydantic import Field, model_serializer

from fitsense.contracts.strictness import Strict

Level = Literal["beginner", "intermediate", "advanced"]
Gender = Literal["male", "female", "other"]
Activity = Literal["sedentary", "lightly_active", "moderately_active", "very_active"]
Goal = Literal["muscle_gain", "strength_increase", "weight_loss", "endurance_improvement", "general_fitness", "mobility"]
Equipment = Literal["full_gym", "home_gym", "no_equipment"]
BodyPart = Literal["knee", "lower_back", "shoulder", "wrist", "elbow", "hip", "ankle", "neck"]
BODY_PARTS: tuple[BodyPart, ...] = ("knee", "lower_back", "shoulder", "wrist", "elbow", "hip", "ankle", "neck")
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAYS: tuple[Day, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Words = Annotated[str, Field(min_length=1, max_length=120)]
Kilograms = Annotated[float, Field(ge=25, le=350)]


class LeanStrict(Strict):
    """A contract that leaves out optional fields that are not set when written (fewer tokens, same meaning)."""

    @model_serializer(mode="wrap")
    def _drop_none(self, handler):
        return {key: value for key, value in handler(self).items() if value is not None}


class PersonalInfo(LeanStrict):
    """Who: age in years, height in cm, weight in kg, training age in years."""

    age: Annotated[int, Field(ge=13, le=100)]
    gender: Gender
    height_cm: Annotated[float, Field(ge=100, le=230)]
    weight_kg: Kilograms
    fitness_level: Level
    activity_level: Activity | None = None
    training_years: Annotated[float, Field(ge=0, le=80)] | None = None


class Preferences(Strict):
    """How the person likes to train: minutes a session, days a week, equipment, activities in their own words."""

    workout_duration: Annotated[int, Field(ge=10, le=180)]
    days_per_week: Annotated[int, Field(ge=1, le=7)]
    equipment_access: Equipment
    preferred_activities: Annotated[list[Words], Field(max_length=8)]


class Constraints(LeanStrict):
    """What limits training: injured parts; conditions, medications and restrictions in the person's own words."""

    injuries: Annotated[list[BodyPart], Field(max_length=8)]
    conditions: Annotated[list[Words], Field(max_length=8)]
    medications: Annotated[list[Words], Field(max_length=8)] | None = None
    allergies: Annotated[list[Words], Field(max_length=8)] | None = None
    diet: Words | None = None
    time_restrictions: Annotated[str, Field(max_length=120)]
    location: Annotated[str, Field(max_length=120)]


class Metrics(LeanStrict):
    """What was measured: body mass history (kg, oldest first), completion 0-1, intensity 0-10, sleep h, intake kcal."""

    weight_history: Annotated[list[Kilograms], Field(max_length=12)]
    workout_completion_rate: Annotated[float, Field(ge=0, le=1)]
    average_intensity_rating: Annotated[float, Field(ge=0, le=10)]
    sleep_hours: Annotated[float, Field(ge=0, le=16)] | None = None
    calorie_intake: Annotated[int, Field(ge=0, le=8000)] | None = None


class PreviousWorkout(Strict):
    """One exercise the person did before: how hard it was, how much they enjoyed it (1-5)."""

    exercise: Words
    difficulty: Literal["too_easy", "just_right", "too_hard"]
    enjoyment: Annotated[int, Field(ge=1, le=5)]


class Feedback(Strict):
    """What the person said about earlier training."""

    previous_workouts: Annotated[list[PreviousWorkout], Field(max_length=12)]


Stat = Annotated[int, Field(ge=0, le=100)]


class GamifiedStats(Strict):
    """The game layer: four stats of 0-100, experience points, level."""

    health: Stat
    strength: Stat
    agility: Stat
    endurance: Stat
    xp: Annotated[int, Field(ge=0, le=1_000_000)]
    level: Annotated[int, Field(ge=1, le=100)]


class DerivedDay(LeanStrict):
    """One training day as arithmetic leaves it: minutes in all, minutes of each timed exercise, a pattern per exercise."""

    day: Day
    focus: Words
    duration: int
    timed_minutes: int | None = None
    patterns: Annotated[list[Words], Field(min_length=1, max_length=8)]


class Derived(LeanStrict):
    """What the library computes exactly from the profile alone, shown to teacher and student alike.

    bmi kg/m2; energy_need and calorie_target kcal/day (target null: no number where a number would harm);
    sessions and exercises_per_session counts; sets_per_exercise; rest s; avoid: movement patterns and flags to leave out;
    week: what kind of exercise comes where, so that which one and how is the model's to choose and counting is not.
    """

    bmi: float
    energy_need: int
    calorie_target: int | None = None
    sessions: int
    exercises_per_session: int
    sets_per_exercise: int
    rest: int
    avoid: Annotated[list[Words], Field(max_length=32)]
    week: Annotated[list[DerivedDay], Field(max_length=7)] | None = None


class Profile(LeanStrict):
    """A `plan_creation` request's input."""

    personal_info: PersonalInfo
    goals: Annotated[list[Goal], Field(min_length=1, max_length=3)]
    preferences: Preferences
    constraints: Constraints
    metrics: Metrics
    feedback: Feedback
    gamified_stats: GamifiedStats
    derived: Derived | None = None


def bmi(profile: Profile) -> float:
    """Body mass index, kg/m2, one decimal."""
    info = profile.personal_info
    return round(info.weight_kg / (info.height_cm / 100) ** 2, 1)
