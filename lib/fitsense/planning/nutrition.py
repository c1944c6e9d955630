"""Nutrition: a calorie target within safety's bounds, macros in percent, and a light word on meals.

Rules energy_deficit, energy_surplus, protein_daily. No number where a number would harm or a care plan decides (diabetes,
eating-disorder history, kidney disease), and there no timing advice either. Knows nothing of training.
"""

from functools import cache

from fitsense.artifacts import read_yaml
from fitsense.contracts.plan import Macros, MealTiming, NutritionSuggestions
from fitsense.contracts.profile import Profile, bmi
from fitsense.knowledge.foods import load_foods
from fitsense.safety.energy import FLOOR_KCAL, calorie_bounds, energy_need, round_50
from fitsense.safety.food_limits import list_allergies, read_food_limits
from fitsense.safety.meals import list_fitting_foods
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
LEAST_MUSCLE_G_PER_KG = 1.6  # Morton 2018: gains level off near it
MOST_PROTEIN = 30  # percent of energy (heuristic)
PLAIN_MACROS, KIDNEY_MACROS = Macros(protein=20, carbs=50, fat=30), Macros(protein=15, carbs=55, fat=30)
MEAL_PARTS = ("before", "before_with", "after_protein", "after_with")
USUAL_MEAL, USUAL_DIET = "Your usual meal, without what you are allergic to", "Your usual meal, as your diet allows"
# Whose food a care plan decides: no timing, no week of meals and, by screening.yaml, no calorie number; that stays with a
# blood thinner alone, where only green leaves must stay even.
CARE_PLAN_RULES = ("diabetes", "eating_disorder", "kidney", "insulin", "very_low_bmi", "blood_thinner")


@cache
def load_meal_parts() -> dict[str, list[str]]:
    """Foods by part of the meal around training, best first; raises ValueError where one is not in the catalogue."""
    parts = read_yaml("fitsense.planning", "meal_parts.yaml")
    unknown = {name for names in parts.values() for name in names} - load_foods().keys()
    if unknown:
        raise ValueError(f"planning/meal_parts.yaml: {sorted(unknown)} are not in the food catalogue")
    return parts


def choose_calories(profile: Profile, limits: Limits) -> int | None:
    """Calorie target in kcal/day, rounded to 50 and within safety's bounds; None where no number may be given."""
    bounds = calorie_bounds(profile, limits)
    if bounds is None:
        return None
    need, goal = energy_need(profile), profile.goals[0]
    wanted = need * (1 - DEFICIT_SHARE) if goal == "weight_loss" else need + choose_surplus(profile, limits)
    if goal != "weight_loss":
        wanted = max(wanted, FLOOR_KCAL[profile.personal_info.gender])
    return min(max(round_50(wanted), bounds[0]), bounds[1])


def choose_surplus(profile: Profile, limits: Limits) -> int:
    """Energy over the need, kcal/day: none where weight is high already or training is only gentle movement."""
    if bmi(profile) >= CAPPED_BMI or limits.max_intensity == "low":
        return 0
    return SURPLUS_KCAL.get(profile.goals[0], 0)


def suggest_nutrition(profile: Profile, limits: Limits) -> NutritionSuggestions:
    """Calories, macros and meals of one person."""
    target = choose_calories(profile, limits)
    return NutritionSuggestions(
        calorie_target=target, macros=choose_macros(profile, limits, target), meal_timing=suggest_meals(profile, limits)
    )


def choose_macros(profile: Profile, limits: Limits, target: int | None) -> Macros:
    """Macros in percent of energy, protein from g/kg rounded to 5; plain ones where there is no target to divide.

    Plain ones too where a condition nobody recognised may need its own diet.
    """
    if any("kidney" in rule_id for rule_id, _ in limits.reasons):
        return KIDNEY_MACROS
    if target is None or limits.unrecognised:
        return PLAIN_MACROS
    info, goal = profile.personal_info, profile.goals[0]
    weight = min(info.weight_kg, CAPPED_BMI * (info.height_cm / 100) ** 2)
    share = PROTEIN_G_PER_KG[goal] * weight * 4 / target * 100
    protein = max(int((share + 2.5) // 5) * 5, 15)
    if goal in SURPLUS_KCAL and protein * target / 400 < LEAST_MUSCLE_G_PER_KG * weight:
        protein += 5
    protein = min(protein, MOST_PROTEIN)
    fat = FAT_SHARE.get(goal, 30)
    return Macros(protein=protein, carbs=100 - protein - fat, fat=fat)


def find_care_rule(limits: Limits) -> str | None:
    """The first rule of a person whose food a care plan decides; None where none does."""
    return next((rule_id for rule_id, _ in limits.reasons if any(part in rule_id for part in CARE_PLAN_RULES)), None)


def suggest_meals(profile: Profile, limits: Limits) -> MealTiming:
    """What to eat around training, from foods that fit the diet and the allergies."""
    if find_care_rule(limits) is not None:
        return MealTiming(
            pre_workout="Keep your regular meals, as your care plan says.",
            post_workout="A balanced meal from your usual foods.",
        )
    given = profile.constraints
    allergies = tuple(list_allergies(given))
    is_hidden = read_food_limits(given.diet or "", allergies).hidden or limits.unrecognised
    table, fits = load_meal_parts(), frozenset() if is_hidden else find_fitting_foods(profile)
    meals = [[name for name in table[part] if name in fits] for part in MEAL_PARTS]
    before, beside, protein, starch = (names[0] if names else None for names in meals)
    usual = USUAL_MEAL if allergies else USUAL_DIET
    return MealTiming(
        pre_workout=f"{before} with {beside} 1-2 hours before.".capitalize() if before and beside else f"{usual}.",
        post_workout=f"{protein} with {starch} within 2 hours.".capitalize() if protein and starch else f"{usual}.",
    )


def find_fitting_foods(profile: Profile) -> frozenset[str]:
    """Foods that fit the diet and every allergy in the person's words; none where an allergy is not recognised."""
    given = profile.constraints
    return list_fitting_foods(given.diet or "", tuple(list_allergies(given)))
