"""Meal choice: which foods make up the meals of one day, by role and place, in turn through the week.

Foods at hand come first. Dairy and meat are kept apart where the diet asks for it. Knows nothing of grams or targets.
"""

from dataclasses import dataclass

from fitsense.knowledge.food_words import load_lexicon, split_words
from fitsense.knowledge.foods import Food, load_foods
from fitsense.safety.food_limits import FoodLimits

MOST_CHOICES = 8
LEAST_CHOICES = {"protein": 4, "carb": 3, "vegetable": 5, "fruit": 3, "fat": 3}
PLAIN_FATS = ("olive oil", "sunflower oil")
MANY_KCAL, MORE_KCAL = 2200, 1400  # from here on a second snack, a second vegetable


@dataclass
class Slot:
    """One meal on its way: its name, the place its foods must fit, and the foods."""

    name: str
    place: str
    foods: list[Food]


class Chooser:
    """Chooses for one person: foods that fit, those at hand first."""

    def __init__(self, fitting: frozenset[str], at_hand: list[str], limits: FoodLimits, protein_share: float):
        """`protein_share`: protein of energy wanted, 0-1; main proteins leaner than that come only where nothing else is."""
        self.foods = [food for name, food in load_foods().items() if name in fitting]
        self.at_hand, self.limits, self.protein_share = at_hand, limits, protein_share

    def list_choices(self, role: str, place: str) -> list[Food]:
        """Foods of a role for a place, at hand first, then by preference; main proteins rich enough in protein."""
        found = [food for food in self.foods if food.role == role and place in food.meals]
        here = [food for food in found if food.name in self.at_hand]
        rest = [food for food in found if food.name not in self.at_hand]
        if role == "protein" and place == "main":
            rich = [food for food in rest if share_of_protein(food) >= self.protein_share]
            rest = rich + [food for food in rest if food not in rich] if len(rich) < LEAST_CHOICES[role] else rich
        most = max(LEAST_CHOICES[role], len(here)) if here else MOST_CHOICES
        return (here + rest)[:most]

    def take(self, slot: Slot, role: str, turn: int, today: list[Slot]) -> bool:
        """Add the food whose turn it is, rather one not eaten today; False where none may join the meal."""
        choices = self.list_choices(role, slot.place)
        in_turn = [choices[(turn + step) % len(choices)] for step in range(len(choices))]
        joining = [food for food in in_turn if self.may_join(food, slot)]
        eaten = [food for other in today for food in other.foods]
        slot.foods += ([food for food in joining if food not in eaten] or joining)[:1]
        return bool(joining)

    def may_join(self, food: Food, slot: Slot) -> bool:
        """Whether a food is new in a meal and the diet lets it stand beside the others."""
        if food in slot.foods:
            return False
        together = {label for one in (food, *slot.foods) for label in self.limits.apart if label in labels_of(one)}
        return len(together) < 2

    def choose_day(self, day: int, kcal: int) -> list[Slot]:
        """The meals of one day (0-6) in the order they are eaten; the main dishes choose first."""
        lunch_turn, dinner_turn = self._take_turns(day)
        lunch = self._choose_main("lunch", lunch_turn, 2 * day, kcal, [])
        dinner = self._choose_main("dinner", dinner_turn, 2 * day + 1, kcal, [lunch])
        slots = [self._choose_breakfast(day, [lunch, dinner]), lunch, dinner]
        slots.append(self._choose_snack(day, slots))
        if kcal >= MANY_KCAL:
            slots.append(self._choose_second_snack(day, slots))
        return [slot for slot in slots if slot.foods]

    def _take_turns(self, day: int) -> tuple[int, int]:
        """Turns of the two main proteins: none is back the next day where there are four or more."""
        n = len(self.list_choices("protein", "main"))
        return (2 * day, 2 * day + 1) if n >= 4 else (day, day + 1)

    def _choose_breakfast(self, day: int, today: list[Slot]) -> Slot:
        places = [place for place in ("bowl", "toast") if self.list_choices("protein", place)] or ["bowl", "toast"]
        slot, turn = Slot("breakfast", places[day % len(places)], []), day // len(places)
        for role in ("carb", "protein"):
            self.take(slot, role, turn, today)
        if not self.take(slot, "fruit", turn, today):
            self.take(slot, "vegetable", turn, today)
        if len(slot.foods) < 3:
            self.take(slot, "fat", turn, today)
        return slot

    def _choose_main(self, name: str, protein_turn: int, turn: int, kcal: int, today: list[Slot]) -> Slot:
        slot = Slot(name, "main", [])
        self.take(slot, "protein", protein_turn, [])
        self.take(slot, "carb", turn, today)
        for at in range(2 if kcal >= MORE_KCAL else 1):
            self.take(slot, "vegetable", 2 * turn + at, today)
        oils = [food for food in self.foods if food.name in PLAIN_FATS]
        slot.foods += oils[:1]
        if not oils:
            self.take(slot, "fat", turn, today)
        return slot

    def _choose_snack(self, day: int, today: list[Slot]) -> Slot:
        slot = Slot("snack", "snack", [])
        if not self.take(slot, "fruit", day + 1, today):
            self.take(slot, "vegetable", day, today)
        self.take(slot, "protein" if day % 2 and self.list_choices("protein", "snack") else "fat", day // 2, today)
        return slot

    def _choose_second_snack(self, day: int, today: list[Slot]) -> Slot:
        slot = Slot("snack", "snack", [])
        if not self.take(slot, "carb", day, today):
            self.take(slot, "vegetable", day, today)
        self.take(slot, "fat", day + 1, today)
        return slot


def share_of_protein(food: Food) -> float:
    """Protein's share of a food's energy, 0-1."""
    return 4 * food.protein / food.kcal


def labels_of(food: Food) -> frozenset[str]:
    """What stands behind a food's name: its groups and allergens."""
    lexicon = load_lexicon()
    return lexicon.labels[tuple(map(lexicon.base_form, split_words(food.name)))]
