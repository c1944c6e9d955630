"""Queries of made-up people, no two alike in words, and a length that needs no tokenizer."""

import random

WORDS = ("legs", "back", "sleep", "rest", "heavy", "light", "morning", "evening", "squat", "row", "press", "walk", "stairs",
         "coffee", "knees", "friend", "tired", "fresh", "slow", "fast", "warm", "cold", "short", "long")
GOALS = ("muscle_gain", "weight_loss", "general_fitness", "mobility")
ANSWERS = {"coaching_question": "Rest days let muscles adapt between sessions.",
           "safety_adjustment": '{"triage":"proceed","message":"Fine to train.","changes":[],"stop_signs":[],'
                                '"see_professional":false}'}


def say(user: int, place: int) -> str:
    """Six words that nobody else says in this order."""
    return " ".join(random.Random(100 * user + place).sample(WORDS, 6))


def make_query(user: int, place: int, kind: str) -> dict:
    """One query as 01 writes it."""
    goal = GOALS[user % len(GOALS)]
    person = {"age": 20 + user, "gender": "female", "fitness_level": "beginner", "goal": goal,
              "equipment_access": "no_equipment", "injuries": [], "conditions": [], "days_per_week": 2,
              "workout_duration": 30}
    week = [{"day": "Monday", "exercises": [{"name": "Bodyweight Squat", "sets": 2, "reps": "10"}]}]
    payloads = {"coaching_question": {"person": person, "question": say(user, place),
                                      "facts": ["Muscles adapt between sessions."]},
                "safety_adjustment": {"person": person, "plan": week, "message": say(user, place)}}
    return {"query_id": f"q-{user:06d}-{place}", "user_id": user, "scenario_id": f"{kind}-plain", "prompt_type": kind,
            "slice_tags": {"age_band": "25-34", "sex": "female", "goal_type": goal, "activity_level": "sedentary",
                           "condition_flag": "none"},
            "expected_safety_constraints": {"triage": "proceed"} if kind == "safety_adjustment" else {"avoid": []},
            "context_summary": "made up", "instruction": "unused here", "input": payloads[kind]}


def count_words(turn: str, response: str) -> int:
    """A stand-in for the tokenizer's length: words and punctuation cost nothing to load."""
    return len(turn.split()) + len(response)
