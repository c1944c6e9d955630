"""Foods add up and fit diets; every rule names its tier and source."""

from fitsense.knowledge.foods import load_foods
from fitsense.knowledge.rules import load_rules


def test_energy_agrees_with_macros():
    for food in load_foods().values():
        counted = 4 * food.protein + 4 * food.carbs + 9 * food.fat
        assert abs(food.kcal - counted) <= max(15, 0.18 * food.kcal), (food.name, food.kcal, counted)


def test_diets_and_allergies_are_kept():
    foods = load_foods()
    assert foods["tofu"].fits(frozenset({"vegetarian"}), frozenset())
    assert not foods["tofu"].fits(frozenset(), frozenset({"soy"}))
    assert not foods["eggs"].fits(frozenset({"vegan"}), frozenset())
    assert not foods["pasta"].fits(frozenset({"gluten_free"}), frozenset())


def test_animal_foods_are_not_vegan():
    for food in load_foods().values():
        if {"dairy", "egg", "fish", "shellfish"} & set(food.allergens):
            assert "vegan" not in food.tags, food.name


def test_rules_have_tier_and_source_and_exact_numbers_are_not_overclaimed():
    rules = load_rules()
    assert len(rules) >= 40
    assert rules["load_step"].tier == "guideline" and "ACSM 2009" in rules["load_step"].source
    assert rules["split_by_days"].tier == "heuristic"
    assert list(rules) == sorted(rules)
