"""Foods in free text: minimal pairs of what an allergy or a diet forbids and what only looks like it."""

import pytest
from test_screening import make_profile

from fitsense.knowledge.food_words import load_food_words
from fitsense.knowledge.foods import load_foods
from fitsense.safety.food_limits import list_allergies, read_food_limits
from fitsense.safety.meals import find_forbidden_foods, list_fitting_foods

ALLERGY_PAIRS = [
    ("shellfish", "Prawn curry with rice", "Cauliflower curry with rice"),
    ("shellfish", "Crab cakes", "Rice cakes"),
    ("shellfish", "Paella", "Risotto"),
    ("shellfish", "Pad thai", "Rice noodles"),
    ("prawns", "Shrimps on rice", "Chicken on rice"),
    ("molluscs", "Mussels with chips", "Muscle-building oats with chips"),
    ("seafood", "Calamari salad", "Caprese salad"),
    ("egg", "An omelette", "Eggplant"),
    ("egg", "Pancakes with berries", "Rice cakes with berries"),
    ("eggs", "Chicken mayo wrap", "Chicken wrap"),
    ("egg", "Carbonara", "Tomato pasta"),
    ("egg", "Vegan pavlova", "Egg-free pavlova without cream"),
    ("nuts", "Pesto pasta", "Tomato pasta"),
    ("nuts", "Baklava", "Balsamic tomatoes"),
    ("nuts", "Walnut bread", "Doughnut peach"),
    ("nuts", "Peanut bar", "Nut-free bar"),
    ("nuts", "Nut roast", "Nutmeg on porridge"),
    ("nuts", "Chestnut soup", "Water chestnut soup"),
    ("nuts", "Almond milk", "Coconut milk"),
    ("nuts", "Korma", "Butternut squash"),
    ("tree nuts", "Marzipan", "Marinara"),
    ("peanut", "Chicken satay", "Chicken skewers"),
    ("groundnuts", "Peanut butter on toast", "Sunflower seed butter on toast"),
    ("milk", "Pesto pasta", "Tomato pasta"),
    ("milk", "Naan", "Rice"),
    ("milk", "Paneer with rice", "Tofu with rice"),
    ("dairy", "Milk in porridge", "Oat milk in porridge"),
    ("dairy", "Buttered toast with butter", "Toast with peanut butter"),
    ("dairy", "Butter on beans", "Butter beans"),
    ("dairy", "Double cream", "Cream of tartar"),
    ("dairy", "Cow's milk", "Coconut milk"),
    ("dairy", "Whey shake", "Water"),
    ("dairy", "Lactose-free milk", "Dairy-free yogurt"),
    ("dairy", "Coconut yogurt", "Dairy-free coconut yogurt"),
    ("dairy", "Vegan cheese", "Dairy-free cheese"),
    ("lactose", "Milk", "Lactose-free milk"),
    ("dairy", "Yogurt, not cheese", "No yogurt"),
    ("dairy", "Milk, no sugar", "No milk"),
    ("dairy", "Cheese without milk or butter", "Toast without milk or butter"),
    ("dairy", "Milk instead of juice", "Juice instead of milk"),
    ("dairy", "Do not forget your milk", "Do not add any milk, just no milk"),
    ("dairy", "No sugar yogurt", "No added yogurt"),
    ("gluten", "Soy sauce", "Tamari"),
    ("soy", "Soy sauce", "Fish sauce"),
    ("soy", "Edamame", "Green peas"),
    ("coeliac", "Couscous", "Quinoa"),
    ("coeliac disease", "Bread", "Gluten-free bread"),
    ("coeliac", "Wheat-free bread", "Gluten-free bread"),
    ("coeliac", "Oats", "Gluten-free oats"),
    ("coeliac", "Gluten-free pasta with bread", "Gluten-free, dairy-free pasta"),
    ("coeliac", "Egg noodles", "Rice noodles"),
    ("coeliac", "Flour tortilla", "Corn tortilla"),
    ("coeliac", "Beer", "Ginger beer"),
    ("coeliac", "Naan", "Dosa"),
    ("wheat", "Bulgur wheat", "Buckwheat"),
    ("wheat", "Wheat flour", "Rice flour"),
    ("sesame", "Tahini dressing", "Olive oil"),
    ("sesame", "Hummus", "Guacamole"),
    ("sesame", "Falafel", "Lentils"),
    ("fish", "Worcestershire sauce", "Tomato sauce"),
    ("fish", "Anchovies", "Olives"),
    ("fish", "Caesar salad", "Green salad"),
    ("fish", "Tuna steak", "Beef steak"),
    ("celery", "Vegetable soup", "Vegetable skewers"),
    ("mustard", "Mayonnaise", "Avocado"),
    ("sulphites", "Dried apricots", "Fresh apricot"),
    ("sulfites", "Raisins", "Grapes"),
    ("lupin", "Lupini beans", "Rice"),
    ("banana", "Banana bread", "Rice bread"),
    ("kiwi", "Mango", "Apple"),
    ("corn", "Popcorn", "Peppercorn steak"),
    ("latex", "Avocado", "Apple"),
    ("birch pollen", "Apple", "Banana"),
    ("pork", "Chorizo", "Chicken"),
    ("alpha-gal", "Lamb", "Chicken"),
    ("honey", "Honey on rice", "Jam on rice"),
]
DIET_PAIRS = [
    ("vegan", "Greek yoghurt", "Soy yogurt"),
    ("vegan", "Sausage", "Vegan sausage"),
    ("vegan", "Veggie omelette", "Tofu scramble"),
    ("vegan", "Chicken burger", "Plant-based chicken burger"),
    ("vegan", "Jello", "Fruit"),
    ("vegetarian", "Parmesan", "Feta"),
    ("vegetarian", "Marshmallows", "Eggs"),
    ("pescatarian", "Ham", "Salmon"),
    ("halal", "Pepperoni pizza", "Cheese pizza"),
    ("halal", "Bacon", "Turkey bacon"),
    ("halal", "Coq au vin", "Chicken"),
    ("kosher", "Prawns", "Salmon"),
    ("kosher", "Mussels", "Tuna"),
    ("kosher", "Fish sauce", "Fish"),
    ("kosher", "Cheeseburger", "Beef burger"),
    ("kosher", "Chicken with yogurt", "Chicken or yogurt"),
    ("keto", "Rice with eggs", "Spinach with eggs"),
    ("no pork", "Ham", "Lean beef"),
    ("vegetarian, no eggs", "Omelette", "Cheese"),
    ("gluten free", "Pitta bread", "Rice"),
    ("dairy free", "Latte", "Oat latte"),
    ("nut-free", "Almonds", "Pumpkin seeds"),
]


@pytest.mark.parametrize(("allergy", "wrong", "right"), ALLERGY_PAIRS)
def test_allergies_refuse_dishes_and_accept_what_only_looks_like_them(allergy, wrong, right):
    assert find_forbidden_foods(wrong, "", [allergy]) != []
    assert find_forbidden_foods(right, "", [allergy]) == []


@pytest.mark.parametrize(("diet", "wrong", "right"), DIET_PAIRS)
def test_diets_refuse_and_accept(diet, wrong, right):
    assert find_forbidden_foods(wrong, diet, []) != []
    assert find_forbidden_foods(right, diet, []) == []


@pytest.mark.parametrize(("allergy", "text"), [
    ("penuts", "Peanut butter"), ("almonds", "Allmonds"), ("shelfish", "Prawns"), ("glutten", "Bread"), ("diary", "Milk"),
    ("eggs", "Omlettes"), ("eggs", "EGGS"), ("milk", "yoghourt"), ("fish", "Salmons"), ("fish", "samlon"), ("nuts", "cashewnuts"),
    ("sesame", "houmous"), ("milk", "Cr\u00e8me fra\u00eeche"), ("peanut", "Pea-nut, peanut-butter"), ("celiac", "Cous cous"),
    ("milk", "Mozarella"), ("soya", "soymilk"), ("nuts", "wallnuts"), ("crustaceans", "prawwns")])
def test_plurals_spellings_and_typos_are_read(allergy, text):
    assert find_forbidden_foods(text, "", [allergy]) != []


@pytest.mark.parametrize("words", [
    "nuts (even traces)", "peanuts, traces too", "may contain traces of nuts", "severe nut allergy, carry an epipen",
    "allergic to nuts", "NUTS", "traces of nuts are ok", "nuts since childhood"])
def test_wording_around_an_allergy_changes_nothing(words):
    assert read_food_limits("", (words,)).unknown == ()
    fitting = list_fitting_foods("", (words,))
    assert fitting and not {"almonds", "walnuts", "peanut butter"} & fitting


@pytest.mark.parametrize("words", [
    "something odd", "petit pois", "black pepper", "severe glorp allergy", "food allergies", "peanuts and glorp", "nutmeg", "?"])
def test_with_an_unrecognised_allergy_no_food_fits_and_none_may_be_named(words):
    assert list_fitting_foods("", (words,)) == frozenset()
    assert find_forbidden_foods("Banana with rice", "", [words]) != []
    assert find_forbidden_foods("Your usual meal, without what you are allergic to.", "", [words]) == []


@pytest.mark.parametrize("words", [
    "pollen", "hay fever", "bee stings", "cat hair", "penicillin allergy", "none", "n/a", "No known allergies",
    "house dust mites", "seasonal allergies"])
def test_what_is_no_food_allergy_forbids_nothing(words):
    assert list_fitting_foods("", (words,)) == frozenset(load_foods())


def test_planner_and_verifier_cannot_disagree():
    diets = ["", *(row.words[0] for row in load_food_words().diets), "vegan, gluten free", "no pork", "halal, lactose free"]
    allergies = ["", *load_food_words().groups, "latex", "birch pollen", "coeliac disease", "glorp", "rice", "banana"]
    for diet in diets:
        for allergy in allergies if diet in ("", "vegan") else allergies[:4]:
            said = (allergy,) if allergy else ()
            accepted = {name for name in load_foods() if not find_forbidden_foods(name, diet, list(said))}
            assert accepted == list_fitting_foods(diet, said), (diet, allergy)


def test_the_part_that_is_forbidden_is_named():
    assert find_forbidden_foods("Wholemeal bread", "coeliac", []) == [("bread", "diet: coeliac")]
    assert find_forbidden_foods("Chicken satay", "", ["peanuts"]) == [("satay", "allergy to peanuts")]


@pytest.mark.parametrize(("told", "food"), [
    ("allergic to peanuts and shellfish", "Prawn curry"), ("peanut and shellfish allergy", "Satay"),
    ("nut allergy (and sesame)", "Tahini dressing")])
def test_every_food_beside_a_told_allergy_is_one(told, food):
    given = make_profile(conditions=[told, "high blood pressure and asthma"]).constraints
    assert find_forbidden_foods(food, "", list_allergies(given)) and not find_forbidden_foods("Rice", "", list_allergies(given))


@pytest.mark.parametrize(("diet", "eaten", "refused"), [
    ("lots of milk, I eat everything", ("Oats with milk", "Pork with rice"), ()),
    ("not vegan", ("Greek yogurt", "Beef stew"), ()), ("non-vegetarian", ("Beef stew",), ()), ("ex-vegan", ("Greek yogurt",), ()),
    ("vegan", (), ("Greek yogurt",)), ("not vegetarian but vegan", (), ("Greek yogurt",)),
    ("nothing that is not vegan", (), ("Greek yogurt",)), ("lactovegetarian", ("Greek yogurt",), ("Beef stew",)),
    ("ketogenic, no dairy", ("Beef stew",), ("Greek yogurt",)), ("milk free", (), ("Oats with milk",)),
    ("lactose intolerant", (), ("Oats with milk",)), ("gluten", (), ("Bread",)), ("without gluten", (), ("Bread",)),
    ("gluten is fine", ("Bread",), ())])
def test_a_diet_is_what_is_left_out(diet, eaten, refused):
    assert not [food for food in eaten if find_forbidden_foods(food, diet, [])]
    assert all(find_forbidden_foods(food, diet, []) for food in refused)
