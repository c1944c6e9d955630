"""Foods: energy and macros per 100 g, allergens, and which diets may eat them. Knows nothing of people or targets."""

from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from fitsense.contracts.strictness import Strict
from fitsense.knowledge.catalogue import read_rows

# The fourteen of EU Regulation 1169/2011, Annex II; shellfish are its crustaceans, dairy its milk.
Allergen = Literal["gluten", "shellfish", "egg", "fish", "peanut", "soy", "dairy", "nuts", "celery", "mustard", "sesame",
                   "sulphites", "lupin", "molluscs"]
DietTag = Literal["vegan", "vegetarian", "pescatarian", "gluten_free", "dairy_free", "halal", "kosher", "low_carb"]
Role = Literal["protein", "carb", "fat", "fruit", "vegetable"]
Place = Literal["bowl", "toast", "main", "snack"]
Grams = Annotated[float, Field(ge=0, le=100)]
# Who may eat what: a vegetarian eats what a vegan eats, a pescatarian what a vegetarian eats.
_WIDER_DIETS: dict[str, tuple[str, ...]] = {"vegan": ("vegetarian", "pescatarian"), "vegetarian": ("pescatarian",)}


class Food(Strict):
    """One food: kcal and grams of protein, carbs, fat per 100 g as eaten; usual portion in grams; places it fits.

    Places: bowl (breakfast with milk or yogurt), toast (breakfast with bread), main (lunch, dinner), snack.
    """

    name: Annotated[str, Field(min_length=1, max_length=40)]
    role: Role
    kcal: Annotated[int, Field(ge=0, le=900)]
    protein: Grams
    carbs: Grams
    fat: Grams
    allergens: list[Allergen] = []
    tags: list[DietTag]
    portion: Annotated[int, Field(ge=5, le=400)]
    meals: Annotated[list[Place], Field(min_length=1)]

    def eaten_by(self) -> frozenset[str]:
        """The diets that may eat it, wider diets included."""
        return frozenset(wider for tag in self.tags for wider in (tag, *_WIDER_DIETS.get(tag, ())))


@cache
def load_foods() -> dict[str, Food]:
    """All foods, name -> Food, in the table's order (the order of preference)."""
    return {row.name: row for row in read_rows("foods.yaml", Food)}
