"""Facts and answers: found by words, the same every time, grounded, short, and after triage."""

import pytest
from planning_people import make_profile

from fitsense.contracts.requests import compact_week, make_request, person_of
from fitsense.planning.answers import NO_FACTS, answer_question
from fitsense.planning.facts import load_topics, retrieve_facts
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
from fitsense.safety.screening import screen
from fitsense.safety.verifier import verify_answer

PROFILE = make_profile(access="home_gym")
PERSON, WEEK = person_of(PROFILE), compact_week(prescribe(PROFILE))


def ask(question, facts=None):
    facts = retrieve_facts(question, PERSON, WEEK) if facts is None else facts
    return make_request(
        "coaching_question", {"person": PERSON.model_dump(mode="json"), "question": question, "facts": facts}
    )


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("How do I do a goblet squat?", "Goblet Squat"),
        ("How much protein do I need?", "protein"),
        ("What do I train on Monday?", "Monday:"),
        ("How close to failure should I go?", "reserve"),
        ("I lost my motivation, help", "short session"),
        ("When should I increase the weight?", "percent"),
        ("Is sleep important for gains?", "sleep"),
        ("What's the meaning of life?", "short session"),
    ],
)
def test_facts_answer_the_question(question, word):
    request = ask(question)
    assert any(word in fact for fact in request.input.facts)
    assert word in respond(request)
    assert verify_answer(request, respond(request)) == []


def test_facts_are_few_short_and_stable():
    for row in load_topics()["topics"]:
        question = "tell me about " + " and ".join(row["words"]) + " for my goblet squat and my plan"
        facts = retrieve_facts(question, PERSON, WEEK)
        assert facts == retrieve_facts(question, PERSON, WEEK)
        assert 1 <= len(facts) <= 6 and all(len(fact) <= 240 for fact in facts)
        assert len(answer_question(ask(question).input).split()) <= 150


def test_answers_use_only_the_facts():
    answer = answer_question(ask("How much protein?", facts=["Zebras like oats."]).input)
    assert answer.startswith("Zebras like oats.")
    assert answer_question(ask("How much protein?", facts=[]).input) == NO_FACTS


def test_a_fact_that_doses_is_left_out():
    answer = answer_question(ask("Is soreness normal?", facts=["Take 400 mg ibuprofen.", "Soreness passes."]).input)
    assert "ibuprofen" not in answer and "Soreness passes." in answer


def test_an_emergency_gets_the_emergency_text_alone():
    request = ask("I have crushing chest pain right now, how many squats today?")
    assert "emergency services" in respond(request) and "Squat" not in respond(request)
    assert verify_answer(request, respond(request)) == []


NO_DEFICIT = [
    {"age": 15},
    {"conditions": ["pregnant 24 weeks"]},
    {"conditions": ["eating disorder history"]},
    {"conditions": ["anorexia in recovery"]},
    {"conditions": ["breastfeeding"]},
]
FOOD_QUESTIONS = [
    "How big should my calorie deficit be?",
    "How do I lose weight fast?",
    "How do I get rid of belly fat?",
    "What is the best diet for cutting?",
    "How fast can I slim down before summer?",
    "How many calories to gain muscle?",
]


@pytest.mark.parametrize("fields", NO_DEFICIT)
@pytest.mark.parametrize("question", FOOD_QUESTIONS)
def test_no_number_about_eating_less_for_people_it_could_harm(fields, question):
    profile = make_profile(**fields)
    facts = retrieve_facts(question, person_of(profile), WEEK)
    told = answer_question(
        make_request(
            "coaching_question",
            {"person": person_of(profile).model_dump(mode="json"), "question": question, "facts": facts},
        ).input
    )
    assert any("doctor or dietitian" in fact for fact in facts) and "dietitian" in told
    assert not any(word in " ".join(facts) for word in ("kcal", "25 percent", "kilogram a week", "per kg", "surplus"))


def test_a_low_body_mass_index_is_seen_where_the_whole_profile_is_at_hand():
    profile = make_profile(height=170.0, weight=49.0)
    facts = retrieve_facts(FOOD_QUESTIONS[0], person_of(profile), WEEK, screen(profile))
    assert "dietitian" in facts[0] and "kcal" not in " ".join(facts)


@pytest.mark.parametrize("question", ["How do I estimate my 1RM?", "How heavy should I lift to get strong?", "what is my max?"])
def test_heavy_lifting_is_told_only_where_it_is_allowed(question):
    for fields in ({"conditions": ["high blood pressure, not controlled"]}, {"conditions": ["heart disease"]}):
        facts = " ".join(retrieve_facts(question, person_of(make_profile(**fields)), WEEK))
        assert "ask your doctor" in facts and "reps / 30" not in facts and "heavy loads, 2" not in facts
    assert "ask your doctor" not in " ".join(retrieve_facts(question, PERSON, WEEK))


def test_protein_numbers_are_left_to_the_clinic_where_kidneys_are_ill():
    facts = retrieve_facts("How much protein do I need?", person_of(make_profile(conditions=["kidney disease"])), WEEK)
    assert "per kg" not in " ".join(facts) and "dietitian" in " ".join(facts)


@pytest.mark.parametrize("condition", ["type 1 diabetes", "type 2 diabetes", "kidney disease", "eating disorder history"])
def test_eating_around_training_is_left_to_the_care_plan(condition):
    facts = " ".join(retrieve_facts("What should I eat before training?", person_of(make_profile(conditions=[condition])), WEEK))
    assert "snack" not in facts and "care plan" in facts
    assert "snack" in " ".join(retrieve_facts("What should I eat before training?", PERSON, WEEK))


@pytest.mark.parametrize("condition", ["dialysis", "kidney disease", "heart failure"])
def test_how_much_to_drink_is_left_to_the_doctor(condition):
    facts = " ".join(retrieve_facts("How much water should I drink?", person_of(make_profile(conditions=[condition])), WEEK))
    assert "thirst" not in facts and "doctor" in facts
    assert "thirst" in " ".join(retrieve_facts("How much water should I drink?", PERSON, WEEK))


def test_protein_numbers_are_left_out_where_a_condition_is_not_recognised():
    facts = retrieve_facts("How much protein do I need?", person_of(make_profile(conditions=["phenylketonuria"])), WEEK)
    assert "per kg" not in " ".join(facts)
