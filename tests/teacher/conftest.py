"""A few hand-written questions of every type, enough to label without simulating anybody."""

import pytest

PERSON = {"age": 34, "gender": "female", "fitness_level": "beginner", "goal": "general_fitness",
          "equipment_access": "no_equipment", "injuries": [], "conditions": [], "days_per_week": 2,
          "workout_duration": 30}
WEEK = [{"day": "Monday", "exercises": [{"name": "Bodyweight Squat", "sets": 2, "reps": "10"}]}]
PROFILE = {
    "personal_info": {"age": 34, "gender": "female", "height_cm": 168, "weight_kg": 66, "fitness_level": "beginner"},
    "goals": ["general_fitness"],
    "preferences": {"workout_duration": 30, "days_per_week": 2, "equipment_access": "no_equipment",
                    "preferred_activities": []},
    "constraints": {"injuries": [], "conditions": [], "time_restrictions": "", "location": ""},
    "metrics": {"weight_history": [66], "workout_completion_rate": 0.8, "average_intensity_rating": 6},
    "feedback": {"previous_workouts": []},
    "gamified_stats": {"health": 50, "strength": 40, "agility": 40, "endurance": 40, "xp": 100, "level": 2}}
INPUTS = [
    ("plan_creation", PROFILE),
    ("plan_modification", {"person": PERSON, "plan": WEEK, "request": "I only have 20 minutes now."}),
    ("safety_adjustment", {"person": PERSON, "plan": WEEK, "message": "Crushing chest pain and cold sweat right now."}),
    ("progress_adaptation", {"person": PERSON, "plan": WEEK, "logs": []}),
    ("coaching_question", {"person": PERSON, "question": "Why do I need rest days?",
                           "facts": ["Muscles adapt between sessions, so a rest day helps."]}),
]


@pytest.fixture
def queries() -> list[dict]:
    """Ten queries: every type twice (the second for an older person), by two users."""
    made = []
    for user in (1, 2):
        for place, (kind, payload) in enumerate(INPUTS):
            made.append({"query_id": f"q-{user:06d}-{place}", "user_id": user, "prompt_type": kind,
                         "input": age_by(payload, user)})
    return made


@pytest.fixture
def chat_queries(queries) -> list[dict]:
    """The coaching questions alone: their answers are plain text, which a test server can write."""
    return [query for query in queries if query["prompt_type"] == "coaching_question"]


def age_by(payload: dict, years: int) -> dict:
    """The same input for someone `years` older."""
    key = "person" if "person" in payload else "personal_info"
    return payload | {key: payload[key] | {"age": payload[key]["age"] + years}}
