"""Checks that numbers are in the unit their column claims: pounds for kilograms passes a range, not a comparison.

Bounds are those a simulated adult population keeps with room to spare (heuristic), not medical limits.
"""

import pandas as pd

from fitsense.validation.checks import Check, make_check

BMI_MEDIAN = (17.0, 36.0)  # kg/m2, of a whole population
WEIGHT_RATIO = (0.7, 1.4)  # a person's logged mass against the profile's, over months
MEAN_SLEEP_H = (3.0, 12.0)
MEAN_KCAL = (900.0, 5500.0)
SET_SECONDS = (3.0, 7200.0)
SESSION_MIN = (5.0, 240.0)


def check_units(tables: dict[str, pd.DataFrame]) -> list[Check]:
    """One check a quantity: height, weight, sleep, calories, session minutes, seconds of a set."""
    profiles = tables["user_profiles"]
    return [
        check_body(profiles),
        check_weights(profiles, tables["weight_logs"]),
        check_means("units.sleep_hours", tables["sleep_duration_logs"], "hours", MEAN_SLEEP_H),
        check_means("units.calories_kcal", tables["calorie_intake_logs"], "kcal", MEAN_KCAL),
        check_range("units.session_minutes", tables["workouts"]["duration_min"], SESSION_MIN),
        check_range("units.set_seconds", tables["workout_sets"]["seconds"], SET_SECONDS),
    ]


def check_body(profiles: pd.DataFrame) -> Check:
    """Height in cm and weight in kg give a population a plausible median BMI."""
    bmi = (profiles["weight_kg"] / (profiles["height_cm"] / 100) ** 2).median()
    faults = [] if BMI_MEDIAN[0] <= bmi <= BMI_MEDIAN[1] else [f"median BMI {bmi:.1f} outside {BMI_MEDIAN}"]
    return make_check("units.height_and_weight", len(profiles), faults, f"median BMI {bmi:.1f} kg/m2")


def check_weights(profiles: pd.DataFrame, logs: pd.DataFrame) -> Check:
    """Each person's median logged mass lies near the profile's."""
    median = logs.groupby("user_id")["weight_kg"].median()
    told = profiles.drop_duplicates("user_id").set_index("user_id")["weight_kg"]
    ratio = median / told.reindex(median.index)
    odd = ratio[~ratio.between(*WEIGHT_RATIO)]
    return make_check("units.weight_logs_kg", len(ratio), [f"user {user}: {value:.2f} times the profile's weight"
                                                           for user, value in odd.items()], "logs near the profile")


def check_means(name: str, logs: pd.DataFrame, column: str, bounds: tuple[float, float]) -> Check:
    """Each person's mean of a daily log lies within bounds."""
    means = logs.groupby("user_id")[column].mean()
    odd = means[~means.between(*bounds)]
    return make_check(name, len(means), [f"user {user}: mean {value:.1f}" for user, value in odd.items()],
                      f"means within {bounds}")


def check_range(name: str, values: pd.Series, bounds: tuple[float, float]) -> Check:
    """Each value that is not missing lies within bounds."""
    values = values.dropna()
    odd = values[~values.between(*bounds)]
    return make_check(name, len(values), [f"row {row}: {value:g}" for row, value in odd.items()], f"within {bounds}")
