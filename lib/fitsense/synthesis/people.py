"""People: joint draws of who someone is, what they want and have, and the hidden traits that drive their training.

Age and sex first, then experience, activity and body, then health by all three; shares and sources are in `people.yaml`.
Knows nothing of plans or logs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fitsense.contracts.profile import Profile
from fitsense.contracts.strictness import check_contract
from fitsense.params import SynthesisParams
from fitsense.safety.screening import Limits, screen
from fitsense.synthesis.dice import happens, make_generator, pick_one, pick_some, pick_weighted, read_yaml
from fitsense.synthesis.feedback import draw_feedback
from fitsense.synthesis.health import Body, Health, draw_health
from fitsense.synthesis.quotas import AGE_BANDS, Quota, find_quota, name_age_band, share_left

CALORIE_FACTOR = {"sedentary": 1.15, "very_active": 1.5}  # rough multiples by which people guess what they eat
MOST_XP = 1_000_000


@dataclass(frozen=True)
class Traits:
    """Hidden traits: adherence 0-1; strength relative to a trained adult (1.0); response to training (1.0: usual);
    mean sleep h; intake_bias over what is aimed at; under_report: share of food no log shows; expenditure relative to what
    the formula says; logging 0-1 (how often things are written down)."""

    adherence: float
    strength: float
    response: float
    sleep_hours: float
    intake_bias: float
    under_report: float
    expenditure: float
    logging: float


@dataclass(frozen=True)
class SimulatedPerson:
    """One simulated person: id, the profile they would type in, their health and traits."""

    user_id: int
    profile: Profile
    health: Health
    traits: Traits

    @cached_property
    def limits(self) -> Limits:
        """What screening finds in the profile."""
        return screen(self.profile)

    @cached_property
    def slice_tags(self) -> dict[str, str]:
        """The five tags by which results are sliced."""
        info = self.profile.personal_info
        return {"age_band": name_age_band(info.age), "sex": info.gender, "goal_type": self.profile.goals[0],
                "activity_level": info.activity_level or "unknown", "condition_flag": self.health.flag}


def simulate_people(params: SynthesisParams, seed: int, user_ids: Sequence[int] | None = None) -> list[SimulatedPerson]:
    """Simulate people 1..n_users, or only those named: any partition gives the same people."""
    ids = user_ids if user_ids is not None else range(1, params.n_users + 1)
    return [draw_person(seed, user_id, find_quota(seed, user_id, params.rare_case_block)) for user_id in ids]


def draw_person(seed: int, user_id: int, quota: Quota) -> SimulatedPerson:
    """Draw one person from their own stream, as their quota asks; the profile carries no derived numbers yet."""
    rng, table = make_generator(seed, user_id, "person"), read_yaml("people.yaml")
    rare = quota.rare or {}
    age, gender = _draw_age_and_gender(rng, table, quota)
    info = {"age": age, "gender": gender} | _draw_experience(rng, table, age, quota)
    info = {"age": age, "gender": gender} | _draw_body(rng, table, info, rare) | info
    bmi = info["weight_kg"] / (info["height_cm"] / 100) ** 2
    health = draw_health(rng, Body(age, gender, bmi), quota.slices.get("condition_flag"), rare)
    traits = _draw_traits(rng, table, info)
    preferences = _draw_preferences(rng, table, health)
    payload = {"personal_info": info, "goals": _draw_goals(rng, table, age, bmi, quota), "preferences": preferences,
               "constraints": _draw_constraints(rng, table, health, preferences["equipment_access"]),
               "metrics": _draw_metrics(rng, table, info, traits),
               "feedback": {"previous_workouts": draw_feedback(rng, table, info["fitness_level"], preferences)},
               "gamified_stats": _draw_stats(rng, info, bmi, traits)}
    return SimulatedPerson(user_id, check_contract(Profile, payload, f"profile of user {user_id}"), health, traits)


def _draw_age_and_gender(rng: np.random.Generator, table: dict, quota: Quota) -> tuple[int, str]:
    rare, shares = quota.rare or {}, {name: 0.0 for _, name in AGE_BANDS}
    for low, _, percent in table["age_bands"]:
        shares[name_age_band(low)] += percent
    band = pick_weighted(rng, share_left(shares))
    age = _draw_age(rng, table, quota.slices.get("age_band", band))
    gender = pick_weighted(rng, share_left(table["gender"]))
    if rare:
        age = int(rng.integers(rare["ages"][0], rare["ages"][1] + 1))
    return age, rare.get("sex", quota.slices.get("sex", gender))


def _draw_age(rng: np.random.Generator, table: dict, band: str) -> int:
    rows = {index: row[2] for index, row in enumerate(table["age_bands"]) if name_age_band(row[0]) == band}
    low, high, _ = table["age_bands"][pick_weighted(rng, rows)]
    return int(rng.integers(low, high + 1))


def _draw_experience(rng: np.random.Generator, table: dict, age: int, quota: Quota) -> dict:
    """Training years, the level they make likely, and activity: beginners and the old sit more."""
    since_13, drawn = max(0.5, min(30, age - 13)), rng.exponential(table["training_years_mean"])
    years = 0.0 if happens(rng, table["never_trained"]) else round(float(np.clip(drawn, 0.5, since_13)) * 2) / 2
    score = years + rng.normal(0, 0.8)
    level = "beginner" if score < 1.2 or age < 15 else "intermediate" if score < 5 or age < 18 else "advanced"
    factors = [table["activity_by_level"][level], table["activity_from_65"] if age >= 65 else {}]
    activity = pick_weighted(rng, _scale(table["activity_level"], *factors))
    return {"fitness_level": level, "activity_level": quota.slices.get("activity_level", activity), "training_years": years}


def _scale(weights: Mapping[str, float], *factors: Mapping[str, float]) -> dict[str, float]:
    return {name: weight * float(np.prod([one.get(name, 1) for one in factors])) for name, weight in weights.items()}


def _draw_body(rng: np.random.Generator, table: dict, info: dict, rare: dict) -> dict:
    """Height by sex and age; body mass index by age and activity; weight from both, to half a kilogram."""
    age, (mean, spread) = info["age"], table["height_cm"][info["gender"]]
    mean -= table["growing_cm"].get(age, max(0, age - table["shrink_from"]) * table["shrink_cm_per_year"])
    height = float(np.clip(round(rng.normal(mean, spread)), 145, 205))
    shape = table["bmi"]
    middle = shape["under_18"] if age < 18 else shape["at_18"] + (min(age, shape["flat_from"]) - 18) * shape["per_year"]
    drawn = middle * table["bmi_by_activity"][info["activity_level"]] * np.exp(rng.normal(0, shape["log_sd"]))
    bmi = float(np.clip(drawn, shape["least"], shape["most"]))
    if "bmi" in rare:
        bmi = float(rng.uniform(*rare["bmi"]))
    step = 10 if "bmi" in rare else 2  # finer where half a kilogram could leave the range asked for
    return {"height_cm": height, "weight_kg": round(bmi * (height / 100) ** 2 * step) / step}


def _draw_traits(rng: np.random.Generator, table: dict, info: dict) -> Traits:
    shape, ageing = table["traits"], table["ageing"]
    by_age = 1 - max(0, info["age"] - ageing["from"]) * ageing["per_year"] - max(0, 17 - info["age"]) * ageing["growing_per_year"]
    strength = table["level_strength"][info["fitness_level"]] * by_age * np.exp(rng.normal(0, shape["strength_log_sd"]))
    adherence, logging = rng.beta(*shape["adherence"]), rng.beta(*shape["logging"])
    return Traits(adherence=float(adherence), logging=float(logging), strength=float(max(0.25, strength)),
                  response=float(np.clip(np.exp(rng.normal(0, shape["response_log_sd"])), 0.1, 3)),
                  sleep_hours=float(np.clip(rng.normal(*shape["sleep_hours"]), 4.8, 9.4)),
                  intake_bias=float(np.clip(rng.normal(*shape["intake_bias"]), -0.2, 0.25)),
                  under_report=float(np.clip(rng.normal(*shape["under_report"]), -0.05, 0.35)),
                  expenditure=float(np.clip(rng.normal(1, shape["expenditure_sd"]), 0.85, 1.15)))


def _draw_goals(rng: np.random.Generator, table: dict, age: int, bmi: float, quota: Quota) -> list[str]:
    """Goals in order; heavy people want to lose weight more often, thin ones never, older ones to keep moving."""
    weights = dict(table["goals"])
    if bmi >= 27:
        weights["weight_loss"] *= 2.5
    if age >= 60:
        weights["mobility"], weights["general_fitness"], weights["muscle_gain"] = 25, 35, 8
    if bmi < 20:
        weights["weight_loss"], weights["muscle_gain"] = (0 if bmi < 18.5 else 2), 40
    goals = [quota.slices["goal_type"]] if weights.get(quota.slices.get("goal_type"), 0) > 0 else []
    for _ in range(pick_weighted(rng, table["n_goals"]) - len(goals)):
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
    metrics = {"weight_history": [round(weight, 1) for weight in np.clip(past, 30, 300).tolist()],
               "workout_completion_rate": round(float(np.clip(traits.adherence + rng.normal(0, 0.08), 0, 1)), 2),
               "average_intensity_rating": round(float(np.clip(rng.normal(6, 1.4), 1, 10)), 1)}
    if happens(rng, 0.75):
        metrics["sleep_hours"] = round(traits.sleep_hours + float(rng.normal(0, 0.3)), 1)
    if info["age"] >= 18 and happens(rng, 0.5):
        need = (22 * info["weight_kg"] + 250) * CALORIE_FACTOR.get(info["activity_level"], 1.3)
        metrics["calorie_intake"] = int(np.clip(round(need * (1 + rng.normal(0.02, 0.1)) / 50) * 50, 1200, 5000))
    return metrics


def _draw_stats(rng: np.random.Generator, info: dict, bmi: float, traits: Traits) -> dict:
    active = {"sedentary": 0, "lightly_active": 12, "moderately_active": 25, "very_active": 38}[info["activity_level"]]
    base = {"health": 75 - abs(bmi - 23) * 2.2 + active * 0.4, "strength": traits.strength * 52,
            "agility": 62 - max(0, info["age"] - 25) * 0.5 + active * 0.4, "endurance": 28 + active * 1.2}
    stats = {name: int(np.clip(round(value + rng.normal(0, 5)), 1, 99)) for name, value in base.items()}
    xp = int(info["training_years"] * 110 * traits.adherence * 45 + rng.integers(0, 300))
    return stats | {"xp": min(xp, MOST_XP), "level": int(np.clip(1 + np.sqrt(xp / 60), 1, 100))}
