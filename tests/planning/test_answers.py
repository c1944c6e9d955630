"""Facts and answers: found by words, the same every time, grounded, short, and after triage."""

import pytest
from planning_people import make_profile

from fitsense.contracts.requests import compact_week, make_request, person_of
from fitsense.planning.answers import NO_FACTS, answer_question
from fitsense.planning.facts import load_topics, retrieve_facts
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
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
