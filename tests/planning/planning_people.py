"""Profiles for the planning tests: one maker with plain defaults, and a spread of people from every corner."""

import itertools

from fitsense.contracts.profile import BODY_PARTS, Profile
from fitsense.contracts.strictness import check_contract

CONDITIONS = [
    "pregnant 24 weeks",
    "high blood pressure, not controlled",
    "eating disorder history",
    "type 2 diabetes",
    "osteoporosis",
    "wheelchair user",
    "unknown thing",
    "heart disease",
    "long covid",
    "asthma",
]
LEVELS = ("beginner", "intermediate", "advanced")
GOALS = ("muscle_gain", "strength_increase", "weight_loss", "endurance_improvement", "general_fitness", "mobility")
ACCESS = ("no_equipment", "home_gym", "full_gym")


def make_profile(
    age=35,
    gender="female",
    height=170.0,
    weight=70.0,
    level="beginner",
    goals=("general_fitness",),
    minutes=45,
    days=3,
    access="full_gym",
    activities=(),
    injuries=(),
    conditions=(),
    feedback=(),
    time="",
    sleep=7.5,
    rate=0.8,
    **constraints,
) -> Profile:
    """A profile with plain defaults; extra keywords go to constraints (diet, allergies, medications)."""
    return check_contract(
        Profile,
        {
            "personal_info": {
                "age": age,
                "gender": gender,
                "height_cm": height,
                "weight_kg": weight,
                "fitness_level": level,
            },
            "goals": list(goals),
            "preferences": {
                "workout_duration": minutes,
                "days_per_week": days,
                "equipment_access": access,
                "preferred_activities": list(activities),
            },
            "constraints": {
                "injuries": list(injuries),
                "conditions": list(conditions),
                "time_restrictions": time,
                "location": "",
                **constraints,
            },
            "metrics": {
                "weight_history": [],
                "workout_completion_rate": rate,
                "average_intensity_rating": 6.0,
                "sleep_hours": sleep,
            },
            "feedback": {"previous_workouts": list(feedback)},
            "gamified_stats": {"health": 10, "strength": 10, "agility": 10, "endurance": 10, "xp": 100, "level": 2},
        },
        "profile",
    )


def spread_profiles(n: int) -> list[Profile]:
    """n people whose fields step through their values at different paces, so that corners meet."""
    ages, minutes = (13, 17, 25, 40, 64, 66, 80, 100), (10, 15, 20, 30, 45, 60, 90, 180)
    injuries = [(), *((part,) for part in BODY_PARTS), ("knee", "shoulder"), BODY_PARTS]
    conditions = [(), *((text,) for text in CONDITIONS), ("heart disease", "osteoporosis", "unknown thing")]
    bodies = ((150.0, 40.0), (165.0, 60.0), (180.0, 85.0), (170.0, 130.0), (100.0, 25.0), (230.0, 350.0))
    columns = [
        itertools.cycle(values)
        for values in (
            ages,
            ("male", "female", "other"),
            bodies,
            LEVELS,
            GOALS,
            minutes,
            range(1, 8),
            ACCESS,
            injuries,
            conditions,
        )
    ]
    people = []
    for index in range(n):
        values = [next(column) for column in columns]
        for column in columns[index % len(columns) :]:
            next(column)
        age, gender, (height, weight), level, goal, least, days, access, hurt, said = values
        people.append(
            make_profile(
                age, gender, height, weight, level, (goal,), least, days, access, injuries=hurt, conditions=said
            )
        )
    return people
