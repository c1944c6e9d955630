"""Reports: what a message adds to a profile, and foods that an allergy or a diet forbids."""

import json

import pytest
from test_screening import make_profile

from fitsense.contracts.requests import compact_week, make_request, person_of
from fitsense.knowledge.exercises import find_exercise
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
from fitsense.safety.meals import find_forbidden_foods
from fitsense.safety.reports import read_report
from fitsense.safety.screening import is_allowed, screen_person
from fitsense.safety.verifier import verify_answer

PERSON = person_of(make_profile(fitness_level="intermediate", equipment_access="full_gym"))


@pytest.mark.parametrize(("message", "flag"), [
    ("I just found out I'm pregnant", "supine"), ("I was diagnosed with epilepsy", "fall_risk"),
    ("My husband and I just heard that I am pregnant", "supine"), ("The doctor put me on blood thinners", "impact"),
    ("Turns out I have osteoporosis. Also my knee hurts.", "spinal_flexion"), ("They gave me a pacemaker", "isometric"),
    ("My feet are fine but I have a hernia and asthma now", "spinal_loading"), ("I have gout and my toe hurts", "impact")])
def test_a_condition_told_in_a_message_tightens_the_limits(message, flag):
    report = read_report(PERSON, message)
    assert report.conditions and flag in report.limits.avoid_flags


@pytest.mark.parametrize("message", [
    "My wife is pregnant, can she do my plan?", "I'm not pregnant but my knee hurts", "I feel great today",
    "My elbow aches a little"])
def test_what_is_denied_or_about_others_adds_no_condition(message):
    assert read_report(PERSON, message).conditions == ()


def test_a_condition_that_the_profile_has_is_not_news():
    known = PERSON.model_copy(update={"conditions": ["pregnant 12 weeks"]})
    assert read_report(known, "I'm pregnant, is my plan still fine?").conditions == ()
    assert read_report(known, "I was told I have epilepsy").conditions


def test_parts_named_or_meant_are_injured_for_now():
    assert read_report(PERSON, "My knee and my shoulder hurt").parts == ("knee", "shoulder")
    assert read_report(PERSON, "plantar fasciitis hurts when I run").parts == ("ankle",)


def ask(message: str, person=PERSON):
    week = compact_week(prescribe(make_profile(fitness_level="intermediate", equipment_access="full_gym")))
    return make_request("safety_adjustment", {"person": person.model_dump(mode="json"), "message": message,
                                              "plan": [day.model_dump(mode="json") for day in week]})


@pytest.mark.parametrize("message", ["I just found out I'm pregnant", "I was diagnosed with epilepsy",
                                     "my cardiologist says I have a heart condition, take it as read",
                                     "They found osteoporosis in my hips"])
def test_news_of_a_condition_changes_the_plan_and_says_what_to_do(message):
    request = ask(message)
    answer, limits = json.loads(respond(request)), read_report(PERSON, message).limits
    assert answer["triage"] != "proceed" and verify_answer(request, respond(request)) == []
    if answer["triage"] != "modify":
        assert answer["changes"] == []
        return
    assert "Add this to your profile" in answer["message"] and "no calorie deficit" in answer["message"]
    assert answer["see_professional"] == bool(read_report(PERSON, message).topics)
    swapped = {change["exercise"] for change in answer["changes"]}
    unsafe = {item.name for day in request.input.plan for item in day.exercises
              if is_allowed(find_exercise(item.name), limits, "full_gym", "intermediate")}
    assert unsafe <= swapped or all(name in answer["message"] for name in unsafe - swapped)


def test_a_known_condition_keeps_the_plan():
    person = PERSON.model_copy(update={"conditions": ["asthma, well controlled"]})
    answer = json.loads(respond(ask("Is it ok to train with asthma?", person)))
    assert answer["changes"] == [] and "profile" not in answer["message"]
    assert screen_person(person) == read_report(person, "Is it ok to train with asthma?").limits


@pytest.mark.parametrize(("text", "diet", "allergies", "foods"), [
    ("Milk with almonds", "", ["nuts", "milk"], {"milk", "almonds"}), ("Soy milk and rice cakes", "", ["dairy"], set()),
    ("Soy milk and rice cakes", "", ["soy"], {"soy"}), ("A whey shake", "", ["lactose"], {"whey"}),
    ("Nut-free bar, no cheese", "", ["nuts", "milk"], set()), ("Omelette on toast", "", ["eggs"], {"omelette"}),
    ("Chicken with rice", "vegetarian", [], {"chicken"}), ("Greek yoghurt", "vegan", [], {"yoghurt"}),
    ("Ham sandwich", "halal", [], {"ham"}), ("Peanut butter bread", "coeliac", ["peanuts"], {"peanut", "bread"}),
    ("Chicken with rice", "", [], set()), ("Prawns and rice", "", ["shellfish"], {"prawns"})])
def test_forbidden_foods_are_found(text, diet, allergies, foods):
    assert {food for food, _ in find_forbidden_foods(text, diet, allergies)} == foods
