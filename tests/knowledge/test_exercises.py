"""The exercise catalogue is whole: every main pattern at every access, names that lead somewhere, sane rows."""

import pytest

from fitsense.contracts.profile import BODY_PARTS
from fitsense.knowledge.exercises import Exercise, find_exercise, load_exercises
from fitsense.safety.screening import ACCESS_ORDER, LEVEL_ORDER, Limits, is_allowed

MAIN = [
    "squat",
    "hinge",
    "lunge",
    "horizontal_push",
    "vertical_push",
    "horizontal_pull",
    "vertical_pull",
    "core",
    "calf",
    "biceps",
    "triceps",
    "rotator",
    "lateral_raise",
    "hip_abduction",
    "carry",
    "cardio",
    "mobility",
    "balance",
]


def test_catalogue_is_sorted():
    names = list(load_exercises())
    assert names == sorted(names)


@pytest.mark.parametrize("access", ACCESS_ORDER)
@pytest.mark.parametrize("pattern", MAIN)
def test_a_beginner_finds_every_pattern(pattern, access):
    found = [exercise for exercise in load_exercises().values() if exercise.pattern == pattern]
    assert any(is_allowed(exercise, Limits(), access, "beginner") is None for exercise in found)


def test_easier_leads_to_a_beginner_exercise_and_never_up():
    for exercise in load_exercises().values():
        seen, step = {exercise.name}, exercise
        while step.easier:
            easier = load_exercises()[step.easier]
            assert LEVEL_ORDER.index(easier.level) <= LEVEL_ORDER.index(step.level), (step.name, easier.name)
            assert easier.name not in seen, f"{exercise.name} runs in a circle"
            seen.add(easier.name)
            step = easier
        assert step.level == "beginner", step.name


def test_rows_are_sane():
    for exercise in load_exercises().values():
        assert set(exercise.joint_load) == set(BODY_PARTS)
        assert all(len(cue.split()) <= 8 for cue in exercise.cues)
        assert (exercise.kind == "cardio") <= (exercise.dose == "minutes")
        assert exercise.primary


def test_find_ignores_case_and_finds_nothing_else():
    assert find_exercise("  goblet SQUAT ").name == "Goblet Squat"
    assert find_exercise("Goblet") is None


def test_a_bad_row_is_refused():
    row = load_exercises()["Plank"].model_dump(mode="json")
    with pytest.raises(ValueError, match="level"):
        Exercise.model_validate({**row, "level": "expert"})


def test_wheelchair_users_find_pushes_pulls_and_cardio_with_every_joint_limited():
    limits = Limits(seated_only=True, max_joint_load=dict.fromkeys(BODY_PARTS, 1), max_intensity="moderate")
    allowed = {
        exercise.pattern
        for exercise in load_exercises().values()
        if is_allowed(exercise, limits, "no_equipment", "beginner") is None
    }
    assert {"horizontal_push", "horizontal_pull", "vertical_pull", "cardio", "mobility"} <= allowed
