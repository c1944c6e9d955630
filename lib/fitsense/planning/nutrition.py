"""Nutrition: a calorie target within safety's bounds, macros in percent, and a light word on meals.

Rules energy_deficit, energy_surplus, protein_daily. No number where a number would harm; no timing advice where a care
plan decides (diabetes, eating-disorder history, kidney disease). Knows nothing of training.
"""

from functools import cache
from importlib.resources import files

import yaml

from fitsense.contracts.plan import Macros, MealTiming, NutritionSuggestions
from fitsense.contracts.profile import Profile
from fitsense.knowledge.foods import load_foods
from fitsense.safety.energy import calorie_bounds, energy_need, round_50
from fitsense.safety.screening import Limits

DEFICIT_SHARE, SURPLUS_KCAL = 0.18, {"muscle_gain": 250, "strength_increase": 150}
# Grams of protein per kg by goal (ISSN 2017, Morton 2018); the weight used is at most that of BMI 27 (heuristic).
PROTEIN_G_PER_KG = {
    "muscle_gain": 1.8,
    "strength_increase": 1.7,
    "weight_loss": 1.8,
    "endurance_improvement": 1.5,
    "general_fitness": 1.4,
    "mobility": 1.3,
}
FAT_SHARE = {"endurance_improvement": 25}
CAPPED_BMI = 27
CARE_PLAN_RULES = ("diabetes", "eating_disorder", "kidney", "insulin", "very_low_bmi")


@cache
def load_diets() -> dict:
    """Read diets.yaml."""
    return yaml.safe_load((files("fitsense.planning") / "diets.yaml").read_text(encoding="utf-8"))


def choose_calories(profile: Profile, limits: Limits) -> int | None:
    """Calorie target in kcal/day, rounded to 50 and within safety's bounds; None where no number may be given."""
    bounds = calorie_bounds(profile, limits)
    if bounds is None:
        return None
    need, goal = energy_need(profile), profile.goals[0]
    wanted = need * (1 - DEFICIT_SHARE) if goal == "weight_loss" else need + SURPLUS_KCAL.get(goal, 0)
    return min(max(round_50(wanted), bounds[0]), bounds[1])


def suggest_nutrition(profile: Profile, limits: Limits) -> NutritionSuggestions:
    """Calories, macros and meals of one person."""
    target = choose_calories(profile, limits)
    return NutritionSuggestions(
        calorie_target=target, macros=choose_macros(profile, limits, target), meal_timing=suggest_meals(profile, limits)
    )


def choose_macros(profile: Profile, limits: Limits, target: int | None) -> Macros:
    """Macros in percent of energy, protein from g/kg rounded to 5; a balanced 20/50/30 where there is no target."""
    if target is None or _has_rule(limits, ("kidney",)):
        return Macros(protein=20 if target is None else 15, carbs=50 if target is None else 55, fat=30)
    info, goal = profile.personal_info, profile.goals[0]
    weight = min(info.weight_kg, CAPPED_BMI * (info.height_cm / 100) ** 2)
    share = PROTEIN_G_PER_KG[goal] * weight * 4 / target * 100
    protein = min(max(int((share + 2.5) // 5) * 5, 15), 35)
    fat = FAT_SHARE.get(goal, 30)
    return Macros(protein=protein, carbs=100 - protein - fat, fat=fat)


def _has_rule(limits: Limits, parts: tuple[str, ...]) -> bool:
    return any(part in rule_id for rule_id, _ in limits.reasons for part in parts)


def suggest_meals(profile: Profile, limits: Limits) -> MealTiming:
    """What to eat around training, from foods that fit the diet and the allergies."""
    if _has_rule(limits, CARE_PLAN_RULES):
        return MealTiming(
            pre_workout="Keep your regular meals, as your care plan says.",
            post_workout="A balanced meal from your usual foods.",
        )
    table = load_diets()
    before, beside = _first_fit(table["before"], profile), _first_fit(table["before_with"], profile)
    protein, starch = _first_fit(table["after_protein"], profile), _first_fit(table["after_with"], profile)
    return MealTiming(
        pre_workout=f"{before} with {beside} 1-2 hours before.".capitalize(),
        post_workout=f"{protein} with {starch} within 2 hours.".capitalize(),
    )


def _first_fit(names: list[str], profile: Profile) -> str:
    diets, allergens = read_diet(profile)
    fits = [name for name in names if load_foods()[name].fits(diets, allergens)]
    plain = [name for name in names if not load_foods()[name].allergens]
    return (fits or plain)[0]


def read_diet(profile: Profile) -> tuple[frozenset[str], frozenset[str]]:
    """Read diet and allergies in people's words: food tags to keep, allergens to leave out.

    An allergy nobody recognised leaves out every allergen of the table.
    """
    table, given = load_diets(), profile.constraints
    said = (given.diet or "").lower()
    tags = {row["tag"] for row in table["diets"] if any(word in said for word in row["words"])}
    allergens: set[str] = set()
    for text in map(str.lower, given.allergies or []):
        rows = [row for row in table["allergies"] if any(word in text for word in row["words"])]
        allergens |= {allergen for row in rows for allergen in row["allergens"]}
        if not rows and not any(word in text for word in table["not_food"]):
            allergens |= {allergen for food in load_foods().values() for allergen in food.allergens}
    return frozenset(tags), frozenset(allergens)
