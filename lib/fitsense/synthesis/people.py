"""People: joint draws of who someone is, what they want and have, and the hidden traits that drive their training.

The shares are in `people.yaml`: plausible choices of ours, not statistics. Knows nothing of plans or logs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fitsense.contracts.profile import Profile
from fitsense.contracts.strictness import check_contract
from fitsense.knowledge.exercises import load_exercises
from fitsense.params import SynthesisParams
from fitsense.planning.derive import with_derived
from fitsense.safety.screening import ACCESS_ORDER, LEVEL_ORDER
from fitsense.synthesis.dice import happens, make_generator, pick_one, pick_some, pick_weighted, read_yaml
from fitsense.synthesis.health import Health, draw_health

AGE_BANDS = ((18, "under_18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"), (200, "65+"))
LEVEL_STRENGTH = {"beginner": 0.62, "intermediate": 0.95, "advanced": 1.25}


@dataclass(frozen=True)
class Traits:
    """Hidden traits: adherence 0-1; strength relative to a trained adult (1.0); weekly gain as a share; sleep mean h;
    calorie_bias relative to what is aimed at; logging 0-1 (how often food, sleep and weight are written down)."""

    adherence: float
    strength: float
    weekly_gain: float
    sleep_hours: float
    calorie_bias: float
    logging: float


@dataclass(frozen=True)
class SimulatedPerson:
    """One simulated person: id, the profile they would type in (with derived numbers), their health and traits."""

    user_id: int
    profile: Profile
    health: Health
    traits: Traits

    @property
    def slice_tags(self) -> dict[str, str]:
        """The five tags by which results are sliced."""
        info = self.profile.personal_info
        return {"age_band": next(name for below, name in AGE_BANDS if info.age < below), "sex": info.gender,
                "goal_type": self.profile.goals[0], "activity_level": info.activity_level or "unknown",
                "condition_flag": self.health.flag}


def simulate_people(params: SynthesisParams, seed: int, user_ids: Sequence[int] | None = None) -> list[SimulatedPerson]:
    """Simulate people 1..n_users, or only those named: any partition gives the same people."""
    ids = user_ids if user_ids is not None else range(1, params.n_users + 1)
    return [draw_person(seed, user_id) for user_id in ids]


def draw_person(seed: int, user_id: int) -> SimulatedPerson:
    """Draw one person from their own stream."""
    rng, table = make_generator(seed, user_id, "person"), read_yaml("people.yaml")
    gender = pick_weighted(rng, table["gender"])
    age = _draw_age(rng)
    health = draw_health(rng, age, gender)
    info = _draw_body(rng, age, gender)
    info |= _draw_experience(rng, age)
    traits = _draw_traits(rng, info)
    bmi = info["weight_kg"] / (info["height_cm"] / 100) ** 2
    goals = _draw_goals(rng, age, bmi)
    preferences = _draw_preferences(rng, table, health)
    payload = {"personal_info": info, "goals": goals, "preferences": preferences,
               "constraints": _draw_constraints(rng, table, health, preferences["equipment_access"]),
               "metrics": _draw_metrics(rng, table, info, traits),
               "feedback": {"previous_workouts": _draw_feedback(rng, table, info, preferences)},
               "gamified_stats": _draw_stats(rng, info, bmi, traits)}
    profile = check_contract(Profile, payload, f"profile of user {user_id}")
    return SimulatedPerson(user_id, with_derived(profile), health, traits)


def _draw_age(rng: np.random.Generator) -> int:
    bands = read_yaml("people.yaml")["age_bands"]
    low, high, _ = bands[pick_weighted(rng, {index: band[2] for index, band in enumerate(bands)})]
    return int(rng.integers(low, high + 1))


def _draw_body(rng: np.random.Generator, age: int, gender: str) -> dict:
    mean, spread = read_yaml("people.yaml")["height_cm"][gender]
    shrink = {14: 6, 15: 4, 16: 2}.get(age, max(0, age - 60) * 0.1)
    height = float(np.clip(round(rng.normal(mean - shrink, spread)), 145, 205))
    middle = 21.5 if age < 18 else 24.0 + min(age - 18, 40) * 0.07
    bmi = float(np.clip(middle * np.exp(rng.normal(0, 0.16)), 16.5, 44))
    return {"age": age, "gender": gender, "height_cm": height, "weight_kg": round(bmi * (height / 100) ** 2 * 2) / 2}


def _draw_experience(rng: np.random.Generator, age: int) -> dict:
    years = 0.0 if happens(rng, 0.32) else float(np.clip(rng.exponential(3.5), 0.5, max(0.5, min(30, age - 13))))
    years = round(years * 2) / 2
    score = years + rng.normal(0, 0.8)
    level = "beginner" if score < 1.2 else "intermediate" if score < 5 else "advanced"
    activity = dict(read_yaml("people.yaml")["activity_level"])
    if level != "beginner":
        activity = {name: weight * (0.4 if name == "sedentary" else 1.5) for name, weight in activity.items()}
    return {"fitness_level": level, "activity_level": pick_weighted(rng, activity), "training_years": years}


def _draw_traits(rng: np.random.Generator, info: dict) -> Traits:
    ageing = 1 - max(0, info["age"] - 35) * 0.008 - max(0, 17 - info["age"]) * 0.06
    strength = LEVEL_STRENGTH[info["fitness_level"]] * ageing * float(np.exp(rng.normal(0, 0.12)))
    gain = {"beginner": 0.012, "intermediate": 0.006, "advanced": 0.003}[info["fitness_level"]]
    return Traits(adherence=float(rng.beta(5, 2)), strength=max(0.25, strength),
                  weekly_gain=gain * float(np.clip(rng.normal(1, 0.6), -0.5, 2.2)),
                  sleep_hours=float(np.clip(rng.normal(7.1, 0.8), 4.8, 9.2)),
                  calorie_bias=float(np.clip(rng.normal(0.02, 0.08), -0.2, 0.25)), logging=float(rng.beta(6, 2)))


def _draw_goals(rng: np.random.Generator, age: int, bmi: float) -> list[str]:
    weights = {"muscle_gain": 22, "strength_increase": 16, "weight_loss": 20, "endurance_improvement": 15,
               "general_fitness": 18, "mobility": 9}
    if bmi >= 27:
        weights["weight_loss"] *= 2.5
    if bmi < 20:
        weights["weight_loss"], weights["muscle_gain"] = 2, 40
    if age >= 60:
        weights["mobility"], weights["general_fitness"], weights["muscle_gain"] = 25, 35, 8
    goals = []
    for _ in range(pick_weighted(rng, read_yaml("people.yaml")["n_goals"])):
        goals.append(pick_weighted(rng, {goal: weight for goal, weight in weights.items() if goal not in goals}))
    return goals


def _draw_preferences(rng: np.random.Generator, table: dict, health: Health) -> dict:
    activities = table["seated_activities"] if health.uses_wheelchair else table["activities"]
    return {"workout_duration": pick_weighted(rng, table["workout_duration"]),
            "days_per_week": pick_weighted(rng, table["days_per_week"]),
            "equipment_access": pick_weighted(rng, table["equipment"]),
            "preferred_activities": pick_some(rng, activities, pick_weighted(rng, table["n_activities"]))}


def _draw_constraints(rng: np.random.Generator, table: dict, health: Health, equipment: str) -> dict:
    constraints: dict = {"injuries": list(health.injuries), "conditions": [words for _, words in health.conditions]}
    if health.medications:
        constraints["medications"] = list(health.medications)
    if happens(rng, table["allergy_share"]):
        constraints["allergies"] = pick_some(rng, table["allergies"], int(rng.integers(1, 3)))
    if happens(rng, table["diet_share"]):
        constraints["diet"] = pick_one(rng, table["diets"])
    constraints["time_restrictions"] = pick_weighted(rng, dict(map(tuple, table["time_restrictions"])))
    constraints["location"] = pick_one(rng, table["location"][equipment])
    return constraints


def _draw_metrics(rng: np.random.Generator, table: dict, info: dict, traits: Traits) -> dict:
    count = pick_weighted(rng, table["n_weights"])
    past = info["weight_kg"] * (1 + rng.normal(0, 0.012) * np.arange(count, 0, -1) / 4)
    metrics = {"weight_history": [round(float(weight), 1) for weight in np.clip(past, 30, 300)],
               "workout_completion_rate": round(float(np.clip(traits.adherence + rng.normal(0, 0.08), 0, 1)), 2),
               "average_intensity_rating": round(float(np.clip(rng.normal(6, 1.4), 1, 10)), 1)}
    if happens(rng, 0.75):
        metrics["sleep_hours"] = round(traits.sleep_hours + float(rng.normal(0, 0.3)), 1)
    if info["age"] >= 18 and happens(rng, 0.5):
        need = (22 * info["weight_kg"] + 250) * {"sedentary": 1.15, "very_active": 1.5}.get(info["activity_level"], 1.3)
        metrics["calorie_intake"] = int(np.clip(round(need * (1 + rng.normal(0.02, 0.1)) / 50) * 50, 1200, 5000))
    return metrics


def _draw_feedback(rng: np.random.Generator, table: dict, info: dict, preferences: dict) -> list[dict]:
    """Exercises the person could have done with their equipment; harder than their level tends to be too hard."""
    reach = ACCESS_ORDER.index(preferences["equipment_access"])
    level = LEVEL_ORDER.index(info["fitness_level"])
    known = [one for one in load_exercises().values()
             if ACCESS_ORDER.index(one.access) <= reach and LEVEL_ORDER.index(one.level) <= level + 1]
    chosen = pick_some(rng, known, pick_weighted(rng, table["n_feedback"]))
    rows = []
    for one in chosen:
        gap = LEVEL_ORDER.index(one.level) - level
        weights = {"too_easy": 1 - 0.5 * gap, "just_right": 4, "too_hard": 5 if gap > 0 else 1}
        difficulty = pick_weighted(rng, {name: max(weight, 0.2) for name, weight in weights.items()})
        liking = rng.normal(2.4 if difficulty == "too_hard" else 3.6, 1.0)
        rows.append({"exercise": one.name, "difficulty": difficulty, "enjoyment": int(np.clip(round(liking), 1, 5))})
    return rows


def _draw_stats(rng: np.random.Generator, info: dict, bmi: float, traits: Traits) -> dict:
    active = {"sedentary": 0, "lightly_active": 12, "moderately_active": 25, "very_active": 38}[info["activity_level"]]
    base = {"health": 75 - abs(bmi - 23) * 2.2 + active * 0.4, "strength": traits.strength * 52,
            "agility": 62 - max(0, info["age"] - 25) * 0.5 + active * 0.4, "endurance": 28 + active * 1.2}
    stats = {name: int(np.clip(round(value + rng.normal(0, 5)), 1, 99)) for name, value in base.items()}
    sessions = info["training_years"] * 110 * traits.adherence
    xp = int(sessions * 45 + rng.integers(0, 300))
    return stats | {"xp": min(xp, 1_000_000), "level": int(np.clip(1 + np.sqrt(xp / 60), 1, 100))}
