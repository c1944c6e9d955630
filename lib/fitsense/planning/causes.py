"""Causes: which screening rows stand behind a person's limits, asked by value, movement or word.

Knows nothing of plans.
"""

from functools import cache

from fitsense.knowledge.exercises import Exercise
from fitsense.safety.screening import MAX_CARDIO_MET, Limits, load_screening

BANDS = ("age_bands", "bmi_bands")
SINGLE_ROWS = ("bmi_beginner", "many_parts", "short_session", "warning_sign", "unrecognised")


@cache
def _list_rows() -> list[dict]:
    """Every screening row that says why, in the order of the table."""
    table = load_screening()
    rows = [*table["words"], *table["injuries"].values(), *(row for band in BANDS for row in table[band])]
    return [row for row in [*rows, *(table[name] for name in SINGLE_ROWS if name in table)] if "say" in row]


def list_causes(limits: Limits) -> list[dict]:
    """The rows behind limits, in the order of their reasons."""
    rows = {(row["rule_id"], row["say"]): row for row in reversed(_list_rows())}
    return [rows[reason] for reason in limits.reasons if reason in rows]


def find_cause(limits: Limits, field: str) -> dict | None:
    """The first row that asks for the value a field of the limits has; None where no row touches it."""
    wanted = getattr(limits, field)
    return next((row for row in list_causes(limits) if field in row and row[field] == wanted), None)


def find_bar(exercise: Exercise, limits: Limits) -> dict | None:
    """The first row that rules an exercise out; None where none does."""
    return next((row for row in list_causes(limits) if _bars(row, exercise)), None)


def _bars(row: dict, exercise: Exercise) -> bool:
    joints = row.get("max_joint_load", {})
    if set(row.get("avoid", ())) & set(exercise.flags) or (row.get("seated_only") and not exercise.seated):
        return True
    if any(exercise.joint_load[part] > most for part, most in joints.items()):
        return True
    return exercise.kind == "cardio" and exercise.met > MAX_CARDIO_MET[row.get("max_intensity", "high")]
