"""A week of meals for one person: foods that fit diet and allergies, in grams that meet the plan's energy and protein.

No number where the plan gives none, no foods where a care plan decides or an allergy is not recognised. A function of the
profile and the ingredients alone. Rules energy_deficit, protein_daily, protein_spread; portions are heuristic.
"""

import re
from collections.abc import Callable

from fitsense.contracts.meals import DayTotals, Meal, MealDay, MealItem, MealWeek, UnusedIngredient
from fitsense.contracts.plan import DAYS
from fitsense.contracts.profile import Profile
from fitsense.knowledge.foods import Food
from fitsense.planning.ingredients import find_food
from fitsense.planning.meal_choice import Chooser, Slot, share_of_protein
from fitsense.planning.nutrition import choose_calories, choose_macros, find_care_rule, find_fitting_foods
from fitsense.planning.portions import Target, add_up, fit_portions
from fitsense.planning.tables import name_goal
from fitsense.safety.food_limits import FoodLimits, list_allergies, read_food_limits
from fitsense.safety.screening import Limits, screen

ENERGY_TOLERANCE, PROTEIN_TOLERANCE = 0.08, 0.12  # promised to the person: 10 and 15 percent
MOST_CHANGES, MOST_ITEMS = 12, 8
MOST_OF_ROLE = {"protein": (2, 1), "fat": (3, 2), "carb": (2, 1)}  # in a meal, in a snack
# Why there is no number, by the first of these that stands behind the limits.
CAUSES = {"under_18": "You are under 18", "low_bmi": "Your weight is low for your height",
          "pregnan": "You told us of a pregnancy or a birth", "postpartum": "You told us of a pregnancy or a birth",
          "wheelchair": "The formula for calories was made for people who walk"}
# Beside nutrition's care plans, whose weeks of meals a care team writes too: salt and fluid with the heart, and treatment.
CARE_FOR_MEALS = ("screen_heart_disease", "screen_cancer")
# The gut, and how it works after surgery, decides portions and foods in ways no table of ours knows.
OWN_DIET = re.compile(r"gastric|bariatric|stomach (?:surgery|bypass|removed)|stoma\b|\w*ostomy\b|crohn|colitis|short bowel|"
                      r"pancrea|feeding tube|swallow|dysphagia|\bgout\b|gallbladder|ulcer", re.I)
PATTERN = ("Breakfast: a starchy food, a protein food and fruit.", "Lunch: a protein food, a starchy food and vegetables.",
           "Dinner: as lunch, with another protein food.", "Snacks between meals when you are hungry: fruit with a little more.",
           "Only foods that your diet and any allergies allow, and enough to feel full.")


def plan_meal_week(profile: Profile, ingredients: list[str] | None = None) -> MealWeek:
    """Plan seven days of meals, ingredients at hand first; without numbers, or not at all, where those would harm."""
    limits, given = screen(profile), profile.constraints
    allowed = read_food_limits(given.diet or "", tuple(list_allergies(given)))
    fitting = find_fitting_foods(profile)
    used, unused = _sort_ingredients(ingredients or [], fitting)
    answer = _answer_without_numbers(profile, limits, allowed)
    if answer is not None:
        return answer
    target, kcal = _find_target(profile, limits, allowed)
    days = _plan_days(Chooser(fitting, used, allowed, 0.8 * 4 * target.protein / kcal), target, kcal)
    if days is None:
        return MealWeek(kind="refused", reason="The foods that fit your diet and allergies do not add up to what you need: "
                                               "ask a dietitian for a week of meals.")
    eaten = {item.food for day in days for meal in day.meals for item in meal.items}
    left = [UnusedIngredient(ingredient=name, why="Fits, but no meal of this week needed it.") for name in used
            if name not in eaten]
    return MealWeek(kind="week", reason=_say_why(profile, target), calorie_target=kcal, protein_target=round(target.protein),
                    days=days, used=[name for name in used if name in eaten], unused=[*left, *unused])


def _sort_ingredients(ingredients: list[str], fitting: frozenset[str]) -> tuple[list[str], list[UnusedIngredient]]:
    """Foods at hand that fit, in order, and what cannot be used."""
    used, unused = [], []
    for words in ingredients:
        name = find_food(words)
        if name in fitting:
            used.append(name)
        elif words.strip():
            why = "Not a food we know." if name is None else "Does not fit your diet or an allergy."
            unused.append(UnusedIngredient(ingredient=words[:120], why=why))
    return list(dict.fromkeys(used)), unused


def _answer_without_numbers(profile: Profile, limits: Limits, allowed: FoodLimits) -> MealWeek | None:
    """The answer where no grams may be given, or None; an allergy nobody recognised comes first."""
    if allowed.unknown:
        return MealWeek(kind="refused", reason=f'We do not recognise the allergy "{allowed.unknown[0][:80]}", so we name no '
                                               "food: name it in other words, or ask a dietitian for a week of meals.")
    if find_care_rule(limits) is not None or any(rule_id in CARE_FOR_MEALS for rule_id, _ in limits.reasons):
        return MealWeek(kind="referred", reason="What you eat is part of your care plan: ask your doctor or a dietitian for a "
                                                "week of meals, and keep your regular meals until then.")
    if own := next((words for words in [*profile.constraints.conditions, *(profile.constraints.medications or [])]
                    if OWN_DIET.search(words)), None):
        return MealWeek(kind="referred", reason=f'"{own[:80]}" can ask for its own diet: ask your doctor or a dietitian for a '
                                                "week of meals.")
    if limits.unrecognised:
        return MealWeek(kind="referred", reason=f'We do not recognise "{limits.unrecognised[0][:80]}", which may need its own '
                                                "diet: ask your doctor or a dietitian for a week of meals.")
    if not (limits.allow_deficit and limits.allow_calorie_number):
        return MealWeek(kind="pattern", reason=f"{_name_cause(limits)}, so here are regular meals without numbers: how much "
                                               "you need is for your doctor or a dietitian.", pattern=list(PATTERN))
    return None


def _name_cause(limits: Limits) -> str:
    return next(words for part, words in CAUSES.items() if any(part in rule_id for rule_id, _ in limits.reasons))


def _find_target(profile: Profile, limits: Limits, allowed: FoodLimits) -> tuple[Target, int]:
    """The day's target from the plan's calories and macros; carbs and fat are left open on a low-carb diet."""
    kcal = choose_calories(profile, limits)
    macros = choose_macros(profile, limits, kcal)
    protein = macros.protein / 100 * kcal / 4
    if "low_carb" in allowed.tags:
        return Target(kcal, protein), kcal
    return Target(kcal, protein, macros.carbs / 100 * kcal / 4, macros.fat / 100 * kcal / 9), kcal


def _plan_days(chooser: Chooser, target: Target, kcal: int) -> list[MealDay] | None:
    """All seven days, or None where one cannot meet the target."""
    days = []
    for index, name in enumerate(DAYS):
        slots = chooser.choose_day(index, kcal)
        grams = _meet_target(chooser, slots, target)
        if grams is None or len(slots) < 4:
            return None
        days.append(_write_day(name, slots, grams))
    return days


def _meet_target(chooser: Chooser, slots: list[Slot], target: Target) -> list[int] | None:
    """Grams that meet the target, after adding or taking out foods where portions alone do not; None where nothing helps."""
    for _ in range(MOST_CHANGES):
        foods = [food for slot in slots for food in slot.foods]
        grams = fit_portions(foods, target)
        energy, protein = (add_up(foods, grams, name) / goal - 1 for name, goal in (("kcal", target.kcal),
                                                                                   ("protein", target.protein)))
        if abs(energy) <= ENERGY_TOLERANCE and abs(protein) <= PROTEIN_TOLERANCE:
            return grams
        if not _change(chooser, slots, energy, protein):
            return None
    return None


def _change(chooser: Chooser, slots: list[Slot], energy: float, protein: float) -> bool:
    """One change towards the target: more protein, less of it, more energy or less."""
    if protein < -PROTEIN_TOLERANCE:
        return _add(chooser, slots, "protein", share_of_protein)
    if energy < -ENERGY_TOLERANCE:
        return _add(chooser, slots, "fat", lambda food: food.kcal) or _add(chooser, slots, "carb", lambda food: food.kcal)
    if protein > PROTEIN_TOLERANCE and _drop(slots, "protein"):
        return True
    return _drop(slots, "fat") or _drop(slots, "carb")


def _add(chooser: Chooser, slots: list[Slot], role: str, worth: Callable[[Food], float]) -> bool:
    """Add the worthiest food of a role, rather one new today, to the meal that has fewest of it."""
    eaten = [food for slot in slots for food in slot.foods]
    for slot in sorted(slots, key=lambda slot: (sum(food.role == role for food in slot.foods), len(slot.foods))):
        n_role = sum(food.role == role for food in slot.foods)
        choices = [food for food in chooser.foods if food.role == role and slot.place in food.meals
                   and chooser.may_join(food, slot)]
        if choices and len(slot.foods) < MOST_ITEMS and n_role < MOST_OF_ROLE[role][slot.name == "snack"]:
            slot.foods.append(max(choices, key=lambda food: (food not in eaten, worth(food))))
            return True
    return False


def _drop(slots: list[Slot], role: str) -> bool:
    """Take a food of a role out of the last meal that keeps another food of its own."""
    for slot in reversed(slots):
        found = [food for food in slot.foods if food.role == role]
        if found and len(slot.foods) > (1 if slot.name == "snack" else 3):
            slot.foods.remove(found[-1])
            return True
    return False


def _write_day(name: str, slots: list[Slot], grams: list[int]) -> MealDay:
    foods: list[Food] = [food for slot in slots for food in slot.foods]
    left = iter(grams)
    meals = [Meal(name=slot.name, items=[MealItem(food=food.name, grams=next(left)) for food in slot.foods]) for slot in slots]
    totals = DayTotals(**{key: round(add_up(foods, grams, key)) for key in ("kcal", "protein", "carbs", "fat")})
    return MealDay(day=name, meals=meals, totals=totals)


def _say_why(profile: Profile, target: Target) -> str:
    given = profile.constraints
    kept = [given.diet] if given.diet else []
    kept += [f"allergy: {text}" for text in list_allergies(given)]
    words = f", kept to: {'; '.join(kept)}"[:160] if kept else ""
    return (f"About {target.kcal:,} kcal and {target.protein:.0f} g of protein a day for {name_goal(profile.goals[0])}{words}; "
            "grams are as eaten, so rice, pasta and meat cooked; read every label, since packed foods differ.")
