"""Requests that every guard test asks, and the planner's own answers to them."""

import pytest
from coach_people import make_profile

from fitsense.coach.conversation import plan_request
from fitsense.contracts.plan import Plan
from fitsense.contracts.requests import compact_week, make_request, person_of
from fitsense.contracts.strictness import load_contract
from fitsense.planning.facts import retrieve_facts
from fitsense.planning.respond import respond


@pytest.fixture(scope="session")
def profile():
    return make_profile(constraints__injuries=["knee"], constraints__conditions=["high blood pressure, not controlled"])


@pytest.fixture(scope="session")
def ask_plan(profile):
    return plan_request(profile)


@pytest.fixture(scope="session")
def plan(ask_plan) -> Plan:
    return load_contract(Plan, respond(ask_plan), "plan")


@pytest.fixture(scope="session")
def ask(profile, plan):
    """Build a request of one of the short types about `profile` and `plan`."""
    person = person_of(profile).model_dump(mode="json")
    week = [day.model_dump(mode="json") for day in compact_week(plan)]

    def build(prompt_type: str, words: str = ""):
        payloads = {
            "plan_modification": {"person": person, "plan": week, "request": words},
            "safety_adjustment": {"person": person, "plan": week, "message": words},
            "progress_adaptation": {"person": person, "plan": week, "logs": []},
            "coaching_question": {
                "person": person,
                "question": words,
                "facts": retrieve_facts(words, person_of(profile), compact_week(plan)),
            },
        }
        return make_request(prompt_type, payloads[prompt_type])

    return build
