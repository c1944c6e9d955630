"""The four answers that are not a plan: reasoned changes, triage, adaptation, and (as plain text) chat."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from fitsense.contracts.plan import Day, Short, Text
from fitsense.contracts.profile import LeanStrict
from fitsense.contracts.strictness import Strict

Triage = Literal["emergency", "stop_and_refer", "modify", "proceed"]
TRIAGE_ORDER: tuple[Triage, ...] = ("proceed", "modify", "stop_and_refer", "emergency")
MAX_CHANGES = 8
MAX_CHAT_WORDS = 150


class Change(LeanStrict):
    """One change to a plan: `load_change_pct` in percent (negative: lighter), `rest` in seconds.

    `day` left out means every day that has the exercise. `swap` needs replacement; `add` needs day, sets and reps.
    """

    action: Literal["swap", "add", "remove", "adjust"]
    day: Day | None = None
    exercise: Short
    replacement: Short | None = None
    sets: Annotated[int, Field(ge=1, le=10)] | None = None
    reps: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    load_change_pct: Annotated[float, Field(ge=-100, le=10)] | None = None
    rest: Annotated[int, Field(ge=0, le=600)] | None = None
    reason: Short

    @model_validator(mode="after")
    def _complete(self):
        if self.action == "swap" and self.replacement is None:
            raise ValueError("a swap needs replacement")
        if self.action == "add" and (self.day is None or self.sets is None or self.reps is None):
            raise ValueError("an add needs day, sets and reps")
        return self


Changes = Annotated[list[Change], Field(max_length=MAX_CHANGES)]


class Modification(Strict):
    """A `plan_modification` response: what changes, what is kept, and a safety note."""

    summary: Text
    changes: Changes
    kept: Annotated[list[Short], Field(max_length=12)]
    safety_note: Text


class SafetyAdjustment(Strict):
    """A `safety_adjustment` response: the triage class, what to do now, changes, signs to stop at, whom to see."""

    triage: Triage
    message: Text
    changes: Changes
    stop_signs: Annotated[list[Short], Field(max_length=6)]
    see_professional: bool


class Assessment(Strict):
    """What the logs show: adherence as done/planned in words, the trend of strength, the state of recovery."""

    adherence: Literal["high", "moderate", "low", "unknown"]
    trend: Literal["improving", "steady", "declining", "unknown"]
    recovery: Literal["good", "fair", "poor", "unknown"]


class Adaptation(Strict):
    """A `progress_adaptation` response; `calorie_change` in kcal/day."""

    assessment: Assessment
    deload: bool
    changes: Changes
    calorie_change: Annotated[int, Field(ge=-500, le=500)]
    explanation: Text
