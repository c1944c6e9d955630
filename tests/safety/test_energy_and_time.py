"""Energy bounds, session minutes and volume: numbers worked out by hand."""

import pytest
from test_screening import make_profile

from fitsense.contracts.plan import ExerciseEntry, ExerciseStats
from fitsense.safety.energy import calorie_bounds, energy_need, resting_energy, round_50
from fitsense.safety.screening import Limits, screen
from fitsense.safety.session_time import entry_minutes, session_minutes, work_seconds
from fitsense.safety.volume import count_weekly_sets


def make_entry(**changes) -> ExerciseEntry:
    """Three sets of 8-12 with 60 s rest, unless changed."""
    given = {"name": "Goblet Squat", "sets": 3, "reps": "8-12", "intensity": "RIR 3", "rest": 60, "notes": "",
             "gamified_stats": ExerciseStats(xp=10), **changes}
    return ExerciseEntry(**given)


def test_resting_energy_by_hand():
    assert resting_energy(make_profile(age=30, gender="male", height_cm=180, weight_kg=80)) == 1780
    assert resting_energy(make_profile(age=30, gender="female", height_cm=165, weight_kg=60)) == 1320.25
    assert resting_energy(make_profile(age=30, gender="other", height_cm=180, weight_kg=80)) == 1697


def test_need_uses_days_where_activity_is_not_said():
    few = make_profile(age=30, gender="male", height_cm=180, weight_kg=80, days_per_week=3)
    assert energy_need(few) == round_50(1780 * 1.375) == 2450


def test_bounds_by_hand():
    profile = make_profile(age=30, gender="male", height_cm=180, weight_kg=80)
    assert calorie_bounds(profile, Limits()) == (1850, 2950)
    assert calorie_bounds(profile, Limits(allow_deficit=False)) == (2450, 2950)
    assert calorie_bounds(profile, Limits(allow_calorie_number=False)) is None


def test_small_need_is_never_cut_below_itself():
    profile = make_profile(age=100, gender="female", height_cm=140, weight_kg=40)
    low, high = calorie_bounds(profile, screen(profile))
    assert 1000 <= low <= high and low % 50 == high % 50 == 0


@pytest.mark.parametrize(("reps", "seconds"), [
    ("10", 40), ("8-12", 48), ("30 s", 30), ("20-30 sec", 30), ("2 min", 120), ("10 each side", 80),
    ("20 s each side", 40)])
def test_work_seconds(reps, seconds):
    assert work_seconds(reps) == seconds


def test_entry_and_session_minutes():
    assert entry_minutes(make_entry()) == pytest.approx(3 * (48 + 60) / 60)
    assert entry_minutes(make_entry(reps=None, duration=10, sets=2)) == 21
    assert session_minutes([make_entry(), make_entry()], Limits(warm_up_min=5, cool_down_min=3)) == 11 + 8


def test_helping_muscles_count_half():
    assert count_weekly_sets([(["chest"], ["triceps"], 4), (["triceps"], [], 3)]) == {"chest": 4, "triceps": 5}
