"""Forms: from what a page holds to a checked profile, and back; metric units throughout.

Knows the profile contract and nothing of pages' looks, coaches or rules.
"""

from typing import Any

from fitsense.contracts.profile import Profile, bmi
from fitsense.contracts.strictness import check_contract, load_contract

# What a newcomer finds filled in; every value may be changed.
DEFAULTS: dict[str, Any] = {
    "age": 34,
    "gender": "female",
    "height_cm": 168,
    "weight_kg": 68,
    "fitness_level": "beginner",
    "activity_level": "lightly_active",
    "goals": ["general_fitness"],
    "days_per_week": 3,
    "workout_duration": 45,
    "equipment_access": "home_gym",
    "preferred_activities": "walking",
    "injuries": [],
    "conditions": "",
    "medications": "",
    "allergies": "",
    "diet": "",
    "sleep_hours": 7,
}
FIELDS: tuple[str, ...] = tuple(DEFAULTS)
USUAL_BMI = (16, 45)  # kg/m2; outside it a mistaken unit is likelier than the body (heuristic)


def profile_from_form(*values: Any) -> Profile:
    """Build a profile from the form's values, in the order of FIELDS; raises ContractError naming field and bounds."""
    form = dict(zip(FIELDS, values, strict=True))
    constraints = {
        "injuries": form["injuries"] or [],
        "conditions": split_words(form["conditions"]),
        "medications": split_words(form["medications"]) or None,
        "allergies": split_list(form["allergies"]) or None,
        "diet": (form["diet"] or "").strip() or None,
        "time_restrictions": "",
        "location": "",
    }
    payload = {
        "personal_info": {
            "age": _whole(form["age"]),
            "gender": form["gender"],
            "height_cm": form["height_cm"],
            "weight_kg": form["weight_kg"],
            "fitness_level": form["fitness_level"],
            "activity_level": form["activity_level"],
        },
        "goals": form["goals"] or [],
        "preferences": {
            "workout_duration": _whole(form["workout_duration"]),
            "days_per_week": _whole(form["days_per_week"]),
            "equipment_access": form["equipment_access"],
            "preferred_activities": split_list(form["preferred_activities"]),
        },
        "constraints": constraints,
        "metrics": {
            "weight_history": [],
            "workout_completion_rate": 0.8,
            "average_intensity_rating": 5.0,
            "sleep_hours": form["sleep_hours"],
        },
        "feedback": {"previous_workouts": []},
        "gamified_stats": {"health": 50, "strength": 50, "agility": 50, "endurance": 50, "xp": 0, "level": 1},
    }
    return check_contract(Profile, payload, "profile")


def read_profile(text: str) -> Profile:
    """Read a profile from pasted JSON; raises ContractError naming field, value and what is allowed."""
    return load_contract(Profile, text, "profile")


def split_words(text: str | None) -> list[str]:
    """Split a person's own words at line ends and semicolons: commas belong to what they say."""
    return [part.strip() for line in (text or "").splitlines() for part in line.split(";") if part.strip()]


def split_list(text: str | None) -> list[str]:
    """Split a plain list at line ends, semicolons and commas."""
    return [part.strip() for words in split_words(text) for part in words.split(",") if part.strip()]


def ask_about_units(profile: Profile) -> str | None:
    """A question where height and weight look like feet, inches or pounds (BMI outside 16 to 45); None elsewhere."""
    low, high = USUAL_BMI
    if low <= bmi(profile) <= high:
        return None
    info = profile.personal_info
    return f"{info.height_cm / 100:.2f} m and {info.weight_kg:g} kg: are these metric?"


def _whole(value: Any) -> Any:
    """A number field hands 45.0 for 45; anything else is left for the contract to refuse."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
