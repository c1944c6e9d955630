"""A week of meals: it adds up, keeps diet and allergies, varies, uses what is at hand, and gives no number that would harm."""

from itertools import combinations

import pytest
from planning_people import make_profile

from fitsense.contracts.meals import MealWeek
from fitsense.contracts.strictness import dump_compact, load_contract
from fitsense.knowledge.foods import load_foods
from fitsense.planning.ingredients import find_food
from fitsense.planning.meal_choice import labels_of
from fitsense.planning.meal_week import plan_meal_week
from fitsense.planning.nutrition import choose_calories, choose_macros
from fitsense.planning.prescribe import prescribe
from fitsense.safety.meals import find_forbidden_foods
from fitsense.safety.screening import screen

SMALL = {"height": 150.0, "weight": 50.0, "age": 60, "goals": ["weight_loss"], "days": 1}
LARGE = {"gender": "male", "height": 203.0, "weight": 125.0, "age": 22, "days": 6, "goals": ["muscle_gain"]}
DIETS = ("vegan", "vegetarian", "pescatarian", "gluten free", "dairy free", "halal", "kosher", "keto")

# What people call the fourteen of EU Regulation 1169/2011, Annex II -> our name.
ANNEX_II = {"gluten": "gluten", "wheat": "gluten", "crustaceans": "shellfish", "shellfish": "shellfish", "eggs": "egg",
            "fish": "fish", "peanuts": "peanut", "soy": "soy", "milk": "dairy", "nuts": "nuts", "celery": "celery",
            "mustard": "mustard", "sesame": "sesame", "sulphites": "sulphites", "lupin": "lupin", "molluscs": "molluscs"}


def items_of(week):
    return [item for day in week.days for meal in day.meals for item in meal.items]


def assert_week(profile, week):
    limits, given = screen(profile), profile.constraints
    kcal = choose_calories(profile, limits)
    protein = choose_macros(profile, limits, kcal).protein / 100 * kcal / 4
    assert week.kind == "week" and week.calorie_target == kcal and week.reason.count(". ") == 0
    for day in week.days:
        for name, goal, most in (("kcal", kcal, 0.10), ("protein", protein, 0.15)):
            foods = [(load_foods()[item.food], item.grams) for meal in day.meals for item in meal.items]
            assert abs(getattr(day.totals, name) - sum(getattr(food, name) * grams / 100 for food, grams in foods)) < 1
            assert abs(getattr(day.totals, name) / goal - 1) <= most, (day.day, name)
    for item in items_of(week):
        food = load_foods()[item.food]
        assert find_forbidden_foods(item.food, given.diet or "", given.allergies or []) == []
        assert item.grams <= 400 and (kcal > 2200 or item.grams <= 1.6 * food.portion + 5)
    for day, after in zip(week.days, week.days[1:], strict=False):
        for one, other in zip(day.meals[1:3], after.meals[1:3], strict=True):
            assert one.items[0].food != other.items[0].food, day.day
    return week


@pytest.mark.parametrize("body", [SMALL, {}, LARGE], ids=["1200", "usual", "4000"])
@pytest.mark.parametrize("diet", [None, *DIETS])
def test_weeks_add_up_for_every_diet_and_size(diet, body):
    profile = make_profile(diet=diet, **body)
    assert_week(profile, plan_meal_week(profile))


def test_the_sizes_are_extreme():
    assert plan_meal_week(make_profile(**SMALL)).calorie_target == 1200
    assert plan_meal_week(make_profile(**LARGE)).calorie_target >= 3700


@pytest.mark.parametrize("pair", list(combinations(DIETS, 2)), ids=" and ".join)
def test_pairs_of_diets_are_kept(pair):
    profile = make_profile(diet=", ".join(pair), goals=["weight_loss"], weight=80.0)
    assert_week(profile, plan_meal_week(profile))


@pytest.mark.parametrize("allergies", [
    ["gluten"], ["crustaceans"], ["eggs"], ["fish"], ["peanuts"], ["soybeans"], ["milk"], ["nuts"], ["celery"], ["mustard"],
    ["sesame"], ["sulphites"], ["lupin"], ["molluscs"], ["may contain traces of nuts"], ["banana"], ["rice"], ["latex"],
    ["fruit"], ["nuts", "milk", "eggs", "soy", "wheat", "fish", "shellfish"]], ids=" ".join)
def test_no_forbidden_food_is_ever_named(allergies):
    profile = make_profile(allergies=allergies)
    week = assert_week(profile, plan_meal_week(profile))
    named = {row for text in allergies for words, row in ANNEX_II.items() if words in text}
    assert not any(named & set(load_foods()[item.food].allergens) for item in items_of(week))
    assert not {"almonds", "walnuts"} & {item.food for item in items_of(week)} or "nuts" not in " ".join(allergies)


@pytest.mark.parametrize("conditions", [["coeliac disease"], ["asthma, well controlled; coeliac"]])
def test_an_allergy_told_as_a_condition_counts(conditions):
    week = plan_meal_week(make_profile(conditions=conditions))
    assert week.kind == "week" and not any("gluten" in load_foods()[item.food].allergens for item in items_of(week))


def test_kosher_meals_keep_meat_and_dairy_apart():
    week = plan_meal_week(make_profile(diet="kosher"), ["chicken", "beef mince", "yogurt", "cheese", "feta"])
    for meal in (meal for day in week.days for meal in day.meals):
        labels = {label for item in meal.items for label in labels_of(load_foods()[item.food])}
        assert not {"meat", "dairy"} <= labels


def test_what_is_at_hand_comes_first_and_the_rest_is_explained():
    at_hand = ["2 tins of tuna in oil", "brown rice", "chicken", "spinach", "oats", "pork chops", "dragonfly", "prawns", " "]
    profile = make_profile(allergies=["shellfish"])
    week = assert_week(profile, plan_meal_week(profile, at_hand))
    assert week.used == ["brown rice", "chicken breast", "spinach", "porridge oats", "pork loin"]
    assert [(row.ingredient, row.why) for row in week.unused] == [
        ("2 tins of tuna in oil", "Does not fit your diet or an allergy."), ("dragonfly", "Not a food we know."),
        ("prawns", "Does not fit your diet or an allergy.")]
    eaten = [item.food for item in items_of(week)]
    assert eaten.count("chicken breast") >= 3 and eaten.count("brown rice") >= 4
    assert "tuna" in plan_meal_week(make_profile(), at_hand).used


@pytest.mark.parametrize(("words", "food"), [
    ("chicken", "chicken breast"), ("6 eggs", "eggs"), ("salmon fillets", "salmon"), ("a bag of frozen peas", "peas"),
    ("peanut butter", "peanut butter"), ("apple juice", None), ("soy sauce", None), ("chicken stock", None), ("butternut", None),
    ("", None), ("tuna in brine", "tuna"), ("Yoghurt", "plain yogurt"), ("brocolli", "broccoli"), ("ice cream", None)])
def test_ingredients_are_recognised_only_where_certain(words, food):
    assert find_food(words) == food


@pytest.mark.parametrize(("fields", "kind"), [
    ({"age": 16}, "pattern"), ({"weight": 52.0}, "pattern"), ({"conditions": ["pregnant 20 weeks"]}, "pattern"),
    ({"conditions": ["breast-feeding"]}, "pattern"), ({"conditions": ["eating disorder history"]}, "referred"),
    ({"conditions": ["kidney disease"]}, "referred"), ({"conditions": ["type 1 diabetes"]}, "referred"),
    ({"conditions": ["heart failure"]}, "referred"), ({"conditions": ["gastric bypass in 2021"]}, "referred"),
    ({"conditions": ["breast cancer, in treatment"]}, "referred"), ({"conditions": ["ulcerative colitis"]}, "referred"),
    ({"medications": ["warfarin"]}, "referred"), ({"conditions": ["phenylketonuria"]}, "referred"),
    ({"allergies": ["glorp"]}, "refused"), ({"allergies": ["nuts", "glorp"], "age": 16}, "refused"),
    ({"conditions": ["hereditary fructose intolerance"]}, "refused"),
    ({"diet": "vegan", "allergies": ["legumes", "wheat"]}, "refused")])
def test_where_numbers_or_foods_could_harm_there_are_none(fields, kind):
    week = plan_meal_week(make_profile(**fields), ["rice", "lentils"])
    assert week.kind == kind and week.days == [] and week.calorie_target is None and week.protein_target is None
    assert not any(letter.isdigit() for line in week.pattern for letter in line)
    assert "kcal" not in dump_compact(week) and any(word in week.reason for word in ("dietitian", "doctor"))


@pytest.mark.parametrize(("fields", "words"), [
    ({"age": 16}, "under 18"), ({"weight": 52.0}, "weight is low"), ({"conditions": ["pregnant 20 weeks"]}, "pregnancy"),
    ({"conditions": ["breast-feeding"]}, "birth"), ({"conditions": ["wheelchair user"]}, "people who walk")])
def test_a_week_without_numbers_says_why(fields, words):
    week = plan_meal_week(make_profile(**fields))
    assert week.kind == "pattern" and words in week.reason


def test_a_week_and_its_plan_agree_on_whose_food_a_care_plan_decides():
    for condition in ("type 1 diabetes", "type 2 diabetes", "kidney disease", "eating disorder history"):
        profile = make_profile(conditions=[condition])
        assert plan_meal_week(profile).kind == "referred"
        assert prescribe(profile).nutrition_suggestions.calorie_target is None


def test_the_same_profile_and_ingredients_give_the_same_week():
    weeks = [plan_meal_week(make_profile(diet="vegan"), ["rice", "tofu"]) for _ in range(2)]
    assert weeks[0] == weeks[1] == load_contract(MealWeek, dump_compact(weeks[0]), "week")
    assert weeks[0] != plan_meal_week(make_profile(diet="vegan"))


def test_a_week_is_varied():
    week = plan_meal_week(make_profile())
    assert len({item.food for item in items_of(week)}) >= 30 and "cooked" in week.reason
