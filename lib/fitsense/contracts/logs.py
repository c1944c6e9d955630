"""Training logs: what was planned and what was done, a week at a time."""

from typing import Annotated

from pydantic import Field

from fitsense.contracts.profile import Kilograms, LeanStrict
from fitsense.contracts.strictness import Strict


class SetLog(Strict):
    """One set: repetitions, load in kg (0 = body weight), repetitions in reserve."""

    reps: Annotated[int, Field(ge=0, le=200)]
    weight_kg: Annotated[float, Field(ge=0, le=600)]
    rir: Annotated[float, Field(ge=0, le=10)]


class ExerciseLog(Strict):
    """The sets of one exercise in one session."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    sets: Annotated[list[SetLog], Field(max_length=12)]


class SessionLog(LeanStrict):
    """One session done."""

    day: Annotated[str, Field(min_length=1, max_length=12)] | None = None
    exercises: Annotated[list[ExerciseLog], Field(max_length=16)]


class WeekLog(LeanStrict):
    """One week: sessions planned and done, average sleep (h), calories (kcal/day), body mass (kg), a note."""

    week: Annotated[int, Field(ge=1, le=520)]
    sessions_planned: Annotated[int, Field(ge=0, le=14)]
    sessions: Annotated[list[SessionLog], Field(max_length=14)]
    sleep_hours_avg: Annotated[float, Field(ge=0, le=16)] | None = None
    calories_avg: Annotated[int, Field(ge=0, le=8000)] | None = None
    bodyweight_kg: Kilograms | None = None
    note: Annotated[str, Field(max_length=240)] | None = None


Logs = Annotated[list[WeekLog], Field(max_length=4)]
