"""Requests that every guard test asks, and the planner's own answers to them."""

import pytest

from fitsense.coach.conversation import plan_request
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import compact_week, make_request, person_of
from fitsense.contracts.strictness import load_contract
from fitsense.planning.facts import retrieve_facts
from fitsense.planning.respond import respond


def make_profile(**changes) -> Profile:
    """A plain profile with some fields changed, by `section__field`."""
    payload = {
        "personal_info": {
            "age": 41,
            "gender": "male",
            "height_cm": 180.0,
            "weight_kg": 86.0,
            "fitness_level": "intermediate",
            "activity_level": "lightly_active",
        },
        "goals": ["muscle_gain"],
        "preferences": {
            "workout_duration": 50,
            "days_per_week": 3,
            "equipment_access": "full_gym",
            "preferred_activities": [],
        },
        "constraints": {"injuries": [], "conditions": [], "time_restrictions": "", "location": ""},
        "metrics": {"weight_history": [], "workout_completion_rate": 0.8, "average_intensity_rating": 6.0},
        "feedback": {"previous_workouts": []},
        "gamified_stats": {"health": 50, "strength": 50, "agility": 50, "endurance": 50, "xp": 0, "level": 1},
    }
    for path, value in changes.items():
        section, _, key = path.partition("__")
        payload[section][key] = value
    return Profile.model_validate(payload)


@pytest.fixture(scope="session")
def profile() -> Profile:
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
