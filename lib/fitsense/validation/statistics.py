"""stats_report.json: how much there is, and how it is distributed. Describes; judges nothing."""

from collections import Counter

import numpy as np
import pandas as pd

from fitsense.contracts.plan import iter_entries
from fitsense.contracts.requests import RESPONSES
from fitsense.contracts.strictness import load_contract
from fitsense.validation.loading import SPLITS, Material
from fitsense.validation.record_checks import SLICE_TAGS, Examined

QUANTILES = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)
# Which columns are worth describing, by table (units as in the schema).
NUMERIC = {
    "user_profiles": ("age", "height_cm", "weight_kg", "workout_duration", "days_per_week", "workout_completion_rate"),
    "workouts": ("duration_min", "effort"), "workout_sets": ("reps", "weight_kg", "rir"),
    "calorie_intake_logs": ("kcal",), "sleep_duration_logs": ("hours",), "weight_logs": ("weight_kg",),
}
CATEGORIES = {"user_profiles": ("gender", "fitness_level", "activity_level", "equipment_access"),
              "user_medical_profiles": ("condition_flag", "max_intensity")}


def compute_statistics(material: Material, examined: list[Examined]) -> dict:
    """Rows, numbers and categories of the tables; counts, lengths and answers of the records."""
    tables = material.tables
    return {
        "rows": {name: len(frame) for name, frame in tables.items()},
        "numbers": {f"{name}.{column}": describe_numbers(tables[name][column])
                    for name, columns in NUMERIC.items() for column in columns},
        "categories": {f"{name}.{column}": count_values(tables[name][column].dropna())
                       for name, columns in CATEGORIES.items() for column in columns},
        "records": {split: describe_records([one for one in examined if one.split == split]) for split in SPLITS},
        "tokens_by_prompt_type": by_type(examined, lambda one: one.record["metadata"]["n_tokens"]),
        "response_characters_by_prompt_type": by_type(examined, lambda one: len(one.record["response"])),
        "answers": describe_answers(examined),
    }


def describe_numbers(values) -> dict:
    """n, missing, mean, standard deviation and quantiles; numbers rounded to three decimals, null where n is 0."""
    series = pd.Series(values, dtype="float64")
    known = series.dropna().to_numpy()
    found = np.quantile(known, QUANTILES).round(3).tolist() if known.size else [None] * len(QUANTILES)
    return {"n": int(known.size), "missing": int(series.isna().sum()),
            "mean": round(float(known.mean()), 3) if known.size else None,
            "sd": round(float(known.std()), 3) if known.size else None,
            **{f"q{round(q * 100):02d}": value for q, value in zip(QUANTILES, found, strict=True)}}


def count_values(values) -> dict[str, int]:
    """Counts by value, sorted by value."""
    return {str(key): n for key, n in sorted(Counter(values).items(), key=lambda item: str(item[0]))}


def describe_records(examined: list[Examined]) -> dict:
    """Records and users of one split, by prompt type and by each slice tag."""
    contexts = [one.context for one in examined]
    return {"n_records": len(contexts), "n_users": len({context["user_id"] for context in contexts}),
            "by_prompt_type": count_values(context["prompt_type"] for context in contexts),
            **{f"by_{tag}": count_values(context["slice_tags"][tag] for context in contexts) for tag in SLICE_TAGS}}


def by_type(examined: list[Examined], measure) -> dict[str, dict]:
    """A measure of records described by prompt type."""
    kinds = sorted({one.context["prompt_type"] for one in examined})
    return {kind: describe_numbers([measure(one) for one in examined if one.context["prompt_type"] == kind])
            for kind in kinds}


def describe_answers(examined: list[Examined]) -> dict:
    """What is in the answers: triage classes, deloads, referrals, changes, exercises of plans (the 20 commonest)."""
    parsed = [(one.context["prompt_type"], load_contract(RESPONSES[one.context["prompt_type"]], one.record["response"],
                                                         one.context["prompt_type"]))
              for one in examined if RESPONSES[one.context["prompt_type"]] and one.conforms]
    plans = [answer for kind, answer in parsed if kind == "plan_creation"]
    exercises = Counter(entry.name for plan in plans for _, entry in iter_entries(plan))
    return {
        "triage": count_values(answer.triage for kind, answer in parsed if kind == "safety_adjustment"),
        "deload": count_values(answer.deload for kind, answer in parsed if kind == "progress_adaptation"),
        "change_actions": count_values(change.action for kind, answer in parsed if kind != "plan_creation"
                                       for change in answer.changes),
        "plans_with_referral": sum(plan.workout_plan.adaptations.referral is not None for plan in plans),
        "plans_without_calorie_target": sum(plan.nutrition_suggestions.calorie_target is None for plan in plans),
        "plan_entries": describe_numbers([sum(1 for _ in iter_entries(plan)) for plan in plans]),
        "different_exercises": len(exercises),
        "commonest_exercises": dict(sorted(exercises.items(), key=lambda item: (-item[1], item[0]))[:20]),
    }
