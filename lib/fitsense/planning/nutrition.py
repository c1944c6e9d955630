"""Nutrition: a calorie target within safety's bounds, macros in percent, and a light word on meals.

Rules energy_deficit, energy_surplus, protein_daily. No number where a number would harm; no timing advice where a care
plan decides (diabetes, eating-disorder history, kidney disease). Knows nothing of training.
"""

import re
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
MEAL_PARTS = ("before", "before_with", "after_protein", "after_with")
USUAL_MEAL, USUAL_DIET = "Your usual meal, without what you are allergic to", "Your usual meal, as your diet allows"
_CLAUSE = re.compile(r"[,;&+\n()]|(?<!\bn)/|\b(?:and|or|plus)\b")
_AVOIDED = re.compile(
    r"\b(?:no|not|never|without|avoid\w*|don'?t eat|do not eat|allergic to|intolerant to|except|but not)\s+([^.;]+)|"
    r"\b([a-z]+)[- ]free\b"
)
_WORD = re.compile(r"[a-z]+")
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
    table, fits = load_diets(), find_fitting_foods(profile)
    meals = [[name for name in table[part] if name in fits] for part in MEAL_PARTS]
    before, beside, protein, starch = (names[0] if names else None for names in meals)
    usual = USUAL_MEAL if profile.constraints.allergies else USUAL_DIET
    return MealTiming(
        pre_workout=f"{before} with {beside} 1-2 hours before.".capitalize() if before and beside else f"{usual}.",
        post_workout=f"{protein} with {starch} within 2 hours.".capitalize() if protein and starch else f"{usual}.",
    )


def find_fitting_foods(profile: Profile) -> frozenset[str]:
    """Foods that fit the diet and every allergy in the person's words; none where an allergy is not recognised.

    An allergy rules out the allergens and the families of foods that diets.yaml knows it by, and every food of which it
    names a word ("rice" rules out rice cakes, "bananas" the banana). In a diet only what it says to avoid rules out.
    """
    table, given = load_diets(), profile.constraints
    diet = (given.diet or "").lower()
    tags = frozenset(row["tag"] for row in table["diets"] if any(word in diet for word in row["words"]))
    allergies = [clause for text in given.allergies or [] for clause in _split_clauses(text.lower())]
    ruled_out = [_rule_out(clause) for clause in allergies]
    if any(foods is None for foods in ruled_out):
        return frozenset()
    avoided = [_rule_out(clause) or frozenset() for text in _find_avoided(diet) for clause in _split_clauses(text)]
    out = frozenset().union(*ruled_out, *avoided)
    return frozenset(name for name, food in load_foods().items() if food.fits(tags, frozenset()) and name not in out)


def _find_avoided(diet: str) -> list[str]:
    return [avoided or free for avoided, free in _AVOIDED.findall(diet)]


def _split_clauses(text: str) -> list[str]:
    return [clause.strip(" .") for clause in _CLAUSE.split(text) if clause.strip(" .")]


def _rule_out(clause: str) -> frozenset[str] | None:
    """The foods that one allergy rules out, none for one that is not to food; None where nobody recognised it."""
    table, foods = load_diets(), load_foods()
    allergens = {
        allergen
        for row in table["allergies"]
        if any(word in clause for word in row["words"])
        for allergen in row["allergens"]
    }
    out = {name for name, food in foods.items() if allergens & set(food.allergens)}
    left = clause
    for row in table["families"]:
        hits = [word for word in row["words"] if _has_word(left, word)]
        out |= set(row["foods"]) if hits else set()
        for word in hits:  # "tropical fruit" is not all fruit
            left = re.sub(rf"\b{re.escape(word)}(?:s|es)?\b", " ", left)
    words = {_singular(word) for word in _WORD.findall(clause)} - set(table["plain_words"])
    out |= {name for name in foods if words & {_singular(word) for word in _WORD.findall(name)}}
    is_known = bool(out or allergens) or any(_has_word(clause, word) for word in table["not_food"])
    return frozenset(out) if is_known else None


def _has_word(text: str, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}(?:s|es)?\b", text))


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(?:[sxz]|ch|sh|to)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
