"""A week of meals: seven days of foods in grams, or a plain pattern, or why there is none.

Units: grams as eaten (cereals dry), kcal and grams a day. Numbers stand only in a `week`.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from fitsense.contracts.plan import DAYS, Day, Short, Text
from fitsense.contracts.strictness import Strict

MealName = Literal["breakfast", "lunch", "dinner", "snack"]
Whole = Annotated[int, Field(ge=0, le=8000)]


class MealItem(Strict):
    """One food of the catalogue, in grams."""

    food: Annotated[str, Field(min_length=1, max_length=40)]
    grams: Annotated[int, Field(ge=1, le=450)]


class Meal(Strict):
    """One meal; no food stands in it twice."""

    name: MealName
    items: Annotated[list[MealItem], Field(min_length=1, max_length=9)]

    @model_validator(mode="after")
    def _each_once(self):
        if len({item.food for item in self.items}) != len(self.items):
            raise ValueError("each food at most once in a meal")
        return self


class DayTotals(Strict):
    """What one day adds up to: kcal, and grams of protein, carbs and fat."""

    kcal: Whole
    protein: Whole
    carbs: Whole
    fat: Whole


class MealDay(Strict):
    """One day: breakfast, lunch, dinner, one or two snacks."""

    day: Day
    meals: Annotated[list[Meal], Field(min_length=4, max_length=5)]
    totals: DayTotals

    @model_validator(mode="after")
    def _three_meals(self):
        names = [meal.name for meal in self.meals]
        if sorted(name for name in names if name != "snack") != ["breakfast", "dinner", "lunch"]:
            raise ValueError("breakfast, lunch and dinner once each, and snacks")
        return self


class UnusedIngredient(Strict):
    """An ingredient at hand that no meal uses, and why."""

    ingredient: Annotated[str, Field(max_length=120)]
    why: Short


class MealWeek(Strict):
    """A week of meals.

    kind: week (seven days with grams), pattern (kinds of meals without numbers), referred (a care plan or a dietitian
    decides), refused (an allergy nobody recognised, or no foods that fit). reason: one sentence, to the person.
    used, unused: of the ingredients at hand; protein_target grams a day.
    """

    kind: Literal["week", "pattern", "referred", "refused"]
    reason: Text
    calorie_target: Annotated[int, Field(ge=1000, le=6000)] | None = None
    protein_target: Whole | None = None
    days: Annotated[list[MealDay], Field(max_length=7)] = []
    pattern: Annotated[list[Short], Field(max_length=8)] = []
    used: Annotated[list[str], Field(max_length=60)] = []
    unused: Annotated[list[UnusedIngredient], Field(max_length=60)] = []

    @model_validator(mode="after")
    def _fits_its_kind(self):
        if (self.kind == "week") != (tuple(day.day for day in self.days) == DAYS):
            raise ValueError("a week has its seven days in order, nothing else has days")
        if (self.kind == "week") != (self.calorie_target is not None and self.protein_target is not None):
            raise ValueError("only a week has targets")
        if (self.kind == "pattern") != bool(self.pattern):
            raise ValueError("a pattern has lines, nothing else has")
        return self
