"""Tables: plan, profile, choice and the guard's account as data frames, for notebooks and readers.

Knows the contracts only.
"""

import pandas as pd

from fitsense.coach.choice import AdapterChoice
from fitsense.contracts.plan import ExerciseEntry, Plan, iter_entries
from fitsense.contracts.profile import Profile


def plan_table(plan: Plan) -> pd.DataFrame:
    """One row an exercise: day, focus, exercise, dose, effort, rest in seconds, note."""
    rows = [
        {
            "day": session.day,
            "focus": session.focus,
            "exercise": entry.name,
            "dose": describe_dose(entry),
            "effort": entry.intensity,
            "rest s": entry.rest,
            "note": entry.notes,
        }
        for session, entry in iter_entries(plan)
    ]
    return pd.DataFrame(rows)


def describe_dose(entry: ExerciseEntry) -> str:
    """Sets by reps, or minutes."""
    if entry.reps is not None:
        return f"{entry.sets} × {entry.reps}"
    return f"{entry.duration} min" if entry.sets == 1 else f"{entry.sets} × {entry.duration} min"


def profile_table(profile: Profile) -> pd.DataFrame:
    """What a profile says, one row a field that matters for the plan."""
    info, wishes, limits = profile.personal_info, profile.preferences, profile.constraints
    rows = {
        "person": f"{info.age} years, {info.gender}, {info.height_cm:g} cm, {info.weight_kg:g} kg, "
        f"{info.fitness_level}",
        "goals": ", ".join(profile.goals),
        "time": f"{wishes.days_per_week} days a week, {wishes.workout_duration} min a session",
        "equipment": wishes.equipment_access,
        "injuries": ", ".join(limits.injuries) or "none",
        "conditions": "; ".join(limits.conditions) or "none",
        "medications": "; ".join(limits.medications or []) or "none",
    }
    return pd.DataFrame({"value": rows})


def choice_table(choice: AdapterChoice) -> pd.DataFrame:
    """Which adapter answers, where it comes from, and why."""
    return pd.DataFrame({"value": {"answers": choice.label, "source": choice.source, "reason": choice.reason}})


def guard_table(guard: dict) -> pd.DataFrame:
    """The guard's account, one row a fact, then one a repair."""
    facts = [
        ("verdict", guard["verdict"]),
        ("kept from the coach's own answer", f"{guard['kept']:.0%}"),
        ("exercises kept", describe_exercises(guard)),
        ("violations in the raw answer", str(len(guard["violations"]))),
        ("tokens", str(guard["n_tokens"])),
        ("answered by", guard["adapter_label"]),
    ]
    return pd.DataFrame([*facts, *(("repair", repair) for repair in guard["repairs"])], columns=["what", "value"])


def describe_exercises(guard: dict) -> str:
    """How many of a plan's exercises the student named itself; "no model wrote" where there was none."""
    return f"{guard['n_exercises_kept']} of {guard['n_exercises']}" if guard["n_tokens"] else "no model wrote"
