"""The food table: enough foods of every kind, energy that adds up, tags and allergens that agree with each other."""

from typing import get_args

import pytest

from fitsense.knowledge.food_words import load_food_words, load_lexicon, split_words
from fitsense.knowledge.foods import Allergen, DietTag, Role, load_foods

FOODS = load_foods().values()
ANIMAL = {"dairy", "egg", "fish", "shellfish", "molluscs"}
MEAT = {"meat", "poultry", "red meat", "pork"}


def labels_of(food) -> frozenset[str]:
    lexicon = load_lexicon()
    return lexicon.labels[tuple(map(lexicon.base_form, split_words(food.name)))]


def test_the_table_is_large_and_has_the_fourteen_allergens():
    assert len(FOODS) >= 155 and len(get_args(Allergen)) == 14
    assert {allergen for food in FOODS for allergen in food.allergens} == set(get_args(Allergen))


@pytest.mark.parametrize("food", FOODS, ids=lambda food: food.name)
def test_energy_follows_the_macros(food):
    counted = 4 * food.protein + 4 * food.carbs + 9 * food.fat
    assert abs(food.kcal - counted) <= max(12, 0.12 * food.kcal), counted
    assert food.protein + food.carbs + food.fat <= 101


@pytest.mark.parametrize("food", FOODS, ids=lambda food: food.name)
def test_tags_and_allergens_agree(food):
    tags, allergens, labels = set(food.tags), set(food.allergens), labels_of(food)
    if "vegan" in tags:
        assert not (ANIMAL & allergens or (MEAT | {"honey", "gelatine"}) & labels)
    if tags & {"vegan", "vegetarian"}:
        assert not ({"fish", "shellfish", "molluscs"} & allergens or MEAT & labels)
    if "pescatarian" in tags:
        assert not MEAT & labels
    assert not ("gluten" in allergens and "gluten_free" in tags)
    assert not ("dairy" in allergens and "dairy_free" in tags)
    assert "gluten_free" in tags or "gluten" in allergens
    assert "dairy_free" in tags or "dairy" in allergens
    assert not ("pork" in labels and tags & {"halal", "kosher"})
    assert not ({"shellfish", "molluscs"} & allergens and "kosher" in tags)
    if "low_carb" in tags:
        assert food.carbs <= 10


@pytest.mark.parametrize("food", FOODS, ids=lambda food: food.name)
def test_words_of_a_name_say_no_more_than_its_row(food):
    assert labels_of(food) & set(get_args(Allergen)) == set(food.allergens)


@pytest.mark.parametrize("tag", get_args(DietTag))
def test_every_diet_has_foods_of_every_role(tag):
    for role in get_args(Role):
        assert sum(food.role == role and tag in food.eaten_by() for food in FOODS) >= 3, role


@pytest.mark.parametrize("allergen", get_args(Allergen))
def test_every_allergy_leaves_foods_of_every_role(allergen):
    for role in get_args(Role):
        assert sum(food.role == role and allergen not in food.allergens for food in FOODS) >= 10, role


def test_rows_that_were_once_wrong_stay_right():
    foods = load_foods()
    assert "sulphites" in foods["dates"].allergens and "sulphites" in foods["prawns"].allergens
    assert "celery" in foods["mixed salad"].allergens and "gluten" in foods["cornflakes"].allergens
    assert "gluten" in foods["porridge oats"].allergens and "gluten" in foods["soba noodles"].allergens
    assert "low_carb" not in foods["peanut butter"].tags and "vegetarian" not in foods["parmesan"].eaten_by()
    assert "kosher" not in foods["rabbit"].tags


def test_labels_of_the_words_are_all_known():
    table, lexicon = load_food_words(), load_lexicon()
    known = {*table.groups, *(label for labels in lexicon.labels.values() for label in labels)}
    named = [*table.dishes.values(), *table.free.values(), *table.meatless.values()]
    named += [row.out for row in table.said] + [row.out + row.apart for row in table.diets]
    named += [group.of + group.kin + group.also for group in table.groups.values()]
    assert {label for labels in named for label in labels} <= known


def test_terms_stand_in_their_base_form():
    lexicon = load_lexicon()
    assert [word for term in (*lexicon.labels, *lexicon.said) for word in term if lexicon.base_form(word) != word] == []
