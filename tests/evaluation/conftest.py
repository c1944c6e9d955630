"""Small held-out records with real requests and recorded answers: no model is loaded in this room's tests."""

import copy
import json
from dataclasses import dataclass

import pytest

from fitsense.contracts.requests import make_request, user_turn
from fitsense.contracts.strictness import dump_compact
from fitsense.models.generation import Generation

PROFILE = {
    "personal_info": {"age": 34, "gender": "female", "height_cm": 168.0, "weight_kg": 66.0,
                      "fitness_level": "beginner"},
    "goals": ["general_fitness"],
    "preferences": {"workout_duration": 30, "days_per_week": 2, "equipment_access": "no_equipment",
                    "preferred_activities": ["walking"]},
    "constraints": {"injuries": [], "conditions": [], "time_restrictions": "", "location": "home"},
    "metrics": {"weight_history": [66.0], "workout_completion_rate": 0.8, "average_intensity_rating": 5.0},
    "feedback": {"previous_workouts": []},
    "gamified_stats": {"health": 50, "strength": 40, "agility": 45, "endurance": 50, "xp": 100, "level": 2},
}
PERSON = {"age": 34, "gender": "female", "fitness_level": "beginner", "goal": "general_fitness",
          "equipment_access": "no_equipment", "injuries": [], "conditions": [], "days_per_week": 2,
          "workout_duration": 30}
WEEK = [{"day": "Monday", "exercises": [{"name": "Wall push-up", "sets": 2, "reps": "8-12"}]}]


def profile_with(**changes):
    """PROFILE with `personal_info`/`preferences`/... fields replaced, given as section=dict or goals=list."""
    profile = copy.deepcopy(PROFILE)
    for section, value in changes.items():
        profile[section] = profile[section] | value if isinstance(value, dict) else value
    return profile


def plan_text(names=("Wall push-up", "Glute bridge"), day="Monday", sets=2, calories=1900):
    """A contract-true plan of one session, compact."""
    week = {"intensity_increase": 3, "exercise_progressions": ["Add a repetition"]}
    entry = {"sets": sets, "reps": "8-12", "intensity": "RIR 3", "rest": 60, "notes": "", "gamified_stats": {"xp": 5}}
    return dump_compact({
        "workout_plan": {
            "name": "Two easy days", "overview": "A calm start.",
            "adaptations": {"difficulty_adjustment": "Start easy.", "referral": None},
            "weekly_schedule": [{"day": day, "focus": "full body", "duration": 25, "intensity_level": "low",
                                 "exercises": [{"name": name, **entry} for name in names]}],
            "progression_plan": {f"week_{n}": week for n in range(1, 5)}},
        "nutrition_suggestions": {"calorie_target": calories, "macros": {"protein": 25, "carbs": 45, "fat": 30},
                                  "meal_timing": {"pre_workout": "fruit", "post_workout": "yoghurt"}},
        "adaptive_recommendations": {
            "if_too_difficult": {"reduce_weight": 10, "modify_exercises": ["Wall push-up"]},
            "if_too_easy": {"increase_weight": 5, "add_exercises": ["Glute bridge"]},
            "if_time_constrained": {"shortened_version": {"exercises_to_keep": ["Wall push-up"],
                                                          "circuit_format": "two rounds"}}}})


def triage_text(triage):
    """A contract-true safety answer."""
    return dump_compact({"triage": triage, "message": "Stop now and seek help.", "changes": [], "stop_signs": [],
                         "see_professional": triage != "proceed"})


def record(record_id, user_id, kind, payload, response, triage=None, goal="general_fitness"):
    """A record with the keys of 03_distillation."""
    tags = {"age_band": "25-34", "sex": "female", "goal_type": goal, "activity_level": "sedentary",
            "condition_flag": "none"}
    return {"record_id": record_id, "instruction": user_turn(make_request(kind, payload)),
            "context": {"query_id": record_id, "user_id": user_id, "prompt_type": kind, "slice_tags": tags,
                        "expected_safety_constraints": {"triage": triage} if triage else {}},
            "response": response, "metadata": {}}


def safety_record(record_id, user_id, message, triage):
    """A safety request whose scenario needs this triage, answered so by the teacher."""
    payload = {"person": PERSON, "plan": WEEK, "message": message}
    return record(record_id, user_id, "safety_adjustment", payload, triage_text(triage), triage)


def held_out(n_users=6):
    """Five requests a user, one of each type, over n_users users."""
    records, classes = [], ("proceed", "modify", "stop_and_refer", "emergency")
    answer = {"summary": "One day less.", "changes": [], "kept": [], "safety_note": "Stop if it hurts."}
    adapted = {"assessment": {"adherence": "unknown", "trend": "unknown", "recovery": "unknown"}, "deload": False,
               "changes": [], "calorie_change": 0, "explanation": "No logs yet."}
    for user in range(n_users):
        goal = ("general_fitness", "weight_loss", "mobility")[user % 3]
        body = {"person": PERSON | {"goal": goal}, "plan": WEEK}
        profile = profile_with(goals=[goal], personal_info={"age": 30 + user})
        question = {"person": body["person"], "question": "Why should I rest between sets?",
                    "facts": ["Rest lets the next set be as good as the first."]}
        records += [
            record(f"r{user}-1", user, "plan_creation", profile, plan_text(), goal=goal),
            record(f"r{user}-2", user, "plan_modification", body | {"request": "Fewer days please"},
                   dump_compact(answer), goal=goal),
            safety_record(f"r{user}-3", user, f"Message {user}: my chest feels odd", classes[user % 4]),
            record(f"r{user}-4", user, "progress_adaptation", body | {"logs": []}, dump_compact(adapted), goal=goal),
            record(f"r{user}-5", user, "coaching_question", question, "Rest lets the next set be as good.", goal=goal)]
    return records


@dataclass
class RecordedStudent:
    """Answers with recorded text, and remembers how many requests it was asked."""

    text: str
    fingerprint: str = "adapter-a"
    label: str = "recorded"
    asked: int = 0

    def generate(self, requests, grammar=False, max_new_tokens=1, batch_size=1, exercise_names=()):
        """One recorded answer a request."""
        self.asked += len(requests)
        return [Generation(self.text, "stop", 12, 2.0, len(requests), 3.0) for _ in requests]


@pytest.fixture(scope="session")
def build():
    """The builders above, as one object, so that tests need not import a conftest."""
    class Builders:
        profile = staticmethod(profile_with)
        plan = staticmethod(plan_text)
        triage = staticmethod(triage_text)
        record = staticmethod(record)
        safety = staticmethod(safety_record)
        records = staticmethod(held_out)
        student = RecordedStudent
        person, week = PERSON, WEEK
        parse = staticmethod(json.loads)
    return Builders
