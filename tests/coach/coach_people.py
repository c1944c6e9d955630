"""The profile maker of the guard tests."""

from fitsense.contracts.profile import Profile


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
