"""The plan: what `plan_creation` answers, key for key, in the order it is written.

Units: day `duration` and exercise `duration` minutes, `rest` seconds, percentages whole numbers, calories kcal/day.
"""

from typing import Annotated, Literal

from pydantic import Field, model_serializer, model_validator

from fitsense.contracts.profile import BODY_PARTS, Day, LeanStrict
from fitsense.contracts.profile import DAYS as DAYS  # part of the plan's vocabulary too
from fitsense.contracts.strictness import Strict

MAX_ENTRIES_PER_WEEK = 24
MAX_NOTE_WORDS = 8
Text = Annotated[str, Field(min_length=1, max_length=400)]
Short = Annotated[str, Field(min_length=1, max_length=80)]
Percent = Annotated[int, Field(ge=0, le=100)]


class ExerciseStats(LeanStrict):
    """What an exercise earns: one of the four stats, and experience points."""

    strength: Annotated[int, Field(ge=0, le=10)] | None = None
    agility: Annotated[int, Field(ge=0, le=10)] | None = None
    endurance: Annotated[int, Field(ge=0, le=10)] | None = None
    health: Annotated[int, Field(ge=0, le=10)] | None = None
    xp: Annotated[int, Field(ge=0, le=100)]


class ExerciseEntry(LeanStrict):
    """One line of a session: sets of reps with rest, or minutes of steady work (exactly one of reps, duration)."""

    name: Short
    sets: Annotated[int, Field(ge=1, le=10)]
    reps: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    duration: Annotated[int, Field(ge=1, le=120)] | None = None
    intensity: Short
    rest: Annotated[int, Field(ge=0, le=600)]
    notes: Annotated[str, Field(max_length=80)]
    gamified_stats: ExerciseStats

    @model_validator(mode="after")
    def _reps_or_duration(self):
        if (self.reps is None) == (self.duration is None):
            raise ValueError("exactly one of reps and duration")
        return self


class SessionDay(Strict):
    """One training day; `duration` in minutes includes warm-up and cool-down."""

    day: Day
    focus: Short
    duration: Annotated[int, Field(ge=5, le=180)]
    intensity_level: Literal["low", "moderate", "high"]
    exercises: Annotated[list[ExerciseEntry], Field(min_length=1, max_length=10)]


class ProgressionWeek(Strict):
    """How one week changes: load step in percent (0 in a deload), and what to do in words."""

    intensity_increase: Annotated[int, Field(ge=0, le=100)]
    exercise_progressions: Annotated[list[Short], Field(min_length=1, max_length=4)]


class ProgressionPlan(Strict):
    """Four weeks."""

    week_1: ProgressionWeek
    week_2: ProgressionWeek
    week_3: ProgressionWeek
    week_4: ProgressionWeek


class Adaptations(Strict):
    """What was adapted to the person: difficulty, a referral (or null), and a line for each injured part."""

    difficulty_adjustment: Text
    referral: Text | None
    knee_friendly: Short | None = None
    lower_back_friendly: Short | None = None
    shoulder_friendly: Short | None = None
    wrist_friendly: Short | None = None
    elbow_friendly: Short | None = None
    hip_friendly: Short | None = None
    ankle_friendly: Short | None = None
    neck_friendly: Short | None = None

    @model_serializer(mode="wrap")
    def _drop_unused_parts(self, handler):
        parts = {f"{part}_friendly" for part in BODY_PARTS}
        return {key: value for key, value in handler(self).items() if value is not None or key not in parts}


class WorkoutPlan(Strict):
    """The training half of the answer. Evaluation counts name, overview, weekly_schedule, progression_plan."""

    name: Short
    overview: Text
    adaptations: Adaptations
    weekly_schedule: Annotated[list[SessionDay], Field(min_length=1, max_length=7)]
    progression_plan: ProgressionPlan


class Macros(Strict):
    """Shares of energy in percent, summing to 100."""

    protein: Percent
    carbs: Percent
    fat: Percent

    @model_validator(mode="after")
    def _sum_to_100(self):
        if self.protein + self.carbs + self.fat != 100:
            raise ValueError("protein + carbs + fat must be 100")
        return self


class MealTiming(Strict):
    """What to eat around training."""

    pre_workout: Short
    post_workout: Short


class NutritionSuggestions(Strict):
    """Calories a day (null where a number would harm), macros, timing."""

    calorie_target: Annotated[int, Field(ge=1000, le=6000)] | None
    macros: Macros
    meal_timing: MealTiming


class IfTooDifficult(Strict):
    """What to do when it is too hard: load reduction in percent, easier exercises."""

    reduce_weight: Percent
    modify_exercises: Annotated[list[Short], Field(min_length=1, max_length=3)]


class IfTooEasy(Strict):
    """What to do when it is too easy: load increase in percent (2-10; 0 where nothing may get harder), exercises to add."""

    increase_weight: Percent
    add_exercises: Annotated[list[Short], Field(min_length=1, max_length=3)]


class ShortenedVersion(Strict):
    """The session when time is short."""

    exercises_to_keep: Annotated[list[Short], Field(min_length=1, max_length=6)]
    circuit_format: Short


class IfTimeConstrained(Strict):
    """Wrapper required by the published contract."""

    shortened_version: ShortenedVersion


class AdaptiveRecommendations(Strict):
    """What to do when the plan does not fit."""

    if_too_difficult: IfTooDifficult
    if_too_easy: IfTooEasy
    if_time_constrained: IfTimeConstrained


class Plan(Strict):
    """A `plan_creation` response."""

    workout_plan: WorkoutPlan
    nutrition_suggestions: NutritionSuggestions
    adaptive_recommendations: AdaptiveRecommendations

    @model_validator(mode="after")
    def _days_and_size(self):
        days = [session.day for session in self.workout_plan.weekly_schedule]
        if len(set(days)) != len(days):
            raise ValueError("each day at most once in weekly_schedule")
        entries = sum(len(session.exercises) for session in self.workout_plan.weekly_schedule)
        if entries > MAX_ENTRIES_PER_WEEK:
            raise ValueError(f"at most {MAX_ENTRIES_PER_WEEK} exercise entries a week, got {entries}")
        return self


def iter_entries(plan: Plan):
    """Yield (session, entry) for every exercise entry of the week, in order."""
    for session in plan.workout_plan.weekly_schedule:
        for entry in session.exercises:
            yield session, entry
