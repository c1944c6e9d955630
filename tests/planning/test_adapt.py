"""Adapting to logs: success steps up, three failures deload, bad sleep holds, missed sessions shrink."""

import pytest
from planning_people import make_profile

from fitsense.contracts.logs import WeekLog
from fitsense.contracts.requests import AdaptationInput, AdaptPlan, compact_week, make_request, person_of
from fitsense.contracts.strictness import check_contract, dump_compact
from fitsense.planning.adapt import adapt, adapt_compact
from fitsense.planning.changes import apply_to_week
from fitsense.planning.prescribe import prescribe
from fitsense.planning.trends import estimate_one_rep_max
from fitsense.safety.verifier import verify_answer

PROFILE = make_profile(level="intermediate", goals=["muscle_gain"], days=3)
WEEK = compact_week(prescribe(PROFILE))
LIFT = WEEK[0].exercises[0].name


def make_week(number, reps=12, weight=50.0, rir=2.0, done=3, **fields):
    sets = [{"reps": reps, "weight_kg": weight, "rir": rir}] * 3
    sessions = [{"exercises": [{"name": LIFT, "sets": sets}]} for _ in range(done)]
    return check_contract(WeekLog, {"week": number, "sessions_planned": 3, "sessions": sessions, **fields}, "log")


def adapt_to(*logs, profile=PROFILE):
    given = AdaptationInput(person=person_of(profile), plan=WEEK, logs=list(logs))
    answer = adapt(given)
    request = make_request("progress_adaptation", given)
    assert verify_answer(request, dump_compact(answer)) == []
    apply_to_week(WEEK, answer.changes)
    return answer


def change_of(answer):
    return next((change for change in answer.changes if change.exercise == LIFT), None)


def test_reaching_the_target_adds_two_to_ten_percent():
    assert change_of(adapt_to(make_week(1, reps=12))).load_change_pct == 2.5
    assert change_of(adapt_to(make_week(1, reps=13))).load_change_pct == 5.0
    assert change_of(adapt_to(make_week(1, reps=11))) is None
    assert change_of(adapt_to(make_week(1, reps=12, rir=0.0))) is None


def test_bodyweight_work_gains_repetitions():
    assert change_of(adapt_to(make_week(1, reps=13, weight=0.0))).reps == "9-13"


def test_three_failing_weeks_deload_half_the_sets():
    answer = adapt_to(*(make_week(n, reps=5, rir=0.0) for n in (1, 2, 3)))
    assert answer.deload and change_of(answer).load_change_pct == -10.0
    assert change_of(answer).sets == WEEK[0].exercises[0].sets // 2
    two = adapt_to(*(make_week(n, reps=5, rir=0.0) for n in (1, 2)))
    assert not two.deload and change_of(two).load_change_pct == -5.0


def test_decline_over_three_weeks_deloads():
    answer = adapt_to(*(make_week(n, reps=10, weight=60.0 - 3 * n) for n in (1, 2, 3)))
    assert answer.assessment.trend == "declining" and answer.deload


def test_order_of_logs_does_not_matter():
    weeks = [make_week(n, reps=10, weight=50.0 + n) for n in (1, 2, 3)]
    assert adapt_to(*weeks) == adapt_to(*weeks[::-1])
    assert adapt_to(*weeks).assessment.trend == "improving"


def test_poor_sleep_holds_the_load():
    answer = adapt_to(make_week(1, reps=13, sleep_hours_avg=5.0))
    assert answer.assessment.recovery == "poor" and answer.changes == []


def test_missed_sessions_make_the_plan_smaller():
    answer = adapt_to(make_week(1, reps=13, done=1))
    assert answer.assessment.adherence == "low" and answer.changes
    assert all(change.sets and change.load_change_pct is None for change in answer.changes)


def test_no_logs_hold():
    answer = adapt_to()
    assert answer.assessment.model_dump() == dict.fromkeys(("adherence", "trend", "recovery"), "unknown")
    assert answer.changes == [] and not answer.deload and answer.calorie_change == 0


def test_a_warning_in_a_note_stops_every_increase():
    answer = adapt_to(make_week(1, reps=13, note="chest pain and fainted on the last set"))
    assert answer.changes == [] and "emergency" in answer.explanation.lower()


@pytest.mark.parametrize(
    ("goal", "end", "conditions", "expected"),
    [
        ("weight_loss", 80.0, [], -100),
        ("weight_loss", 76.0, [], 100),
        ("weight_loss", 79.2, [], 0),
        ("muscle_gain", 80.0, [], 100),
        ("muscle_gain", 82.0, [], -100),
        ("general_fitness", 80.0, [], 0),
        ("weight_loss", 80.0, ["eating disorder history"], 0),
        ("weight_loss", 80.0, ["pregnant 24 weeks"], 0),
    ],
)
def test_calories_follow_goal_and_weight_but_never_harm(goal, end, conditions, expected):
    profile = make_profile(level="intermediate", goals=[goal], conditions=conditions)
    logs = (make_week(1, bodyweight_kg=80.0), make_week(3, bodyweight_kg=end))
    assert adapt_to(*logs, profile=profile).calorie_change == expected


def make_compact(weight, step, **fields):
    exercise = {
        "name": LIFT,
        "sets": 3,
        "rep_min": 8,
        "rep_max": 12,
        "target_rir": 2.0,
        "weight_kg": weight,
        "smallest_step_kg": step,
    }
    return check_contract(
        AdaptPlan,
        {
            "user": "a",
            "goal": "muscle_gain",
            "calorie_target": 2500,
            "sessions_per_week": 3,
            "exercises": [exercise],
            **fields,
        },
        "plan",
    )


def test_compact_steps_are_whole_steps_of_the_plates():
    up = change_of(adapt_compact(make_compact(50.0, 2.5), [make_week(1, reps=13)]))
    assert up.load_change_pct == 5.0
    fine = change_of(adapt_compact(make_compact(100.0, 2.5), [make_week(1, reps=12, weight=100.0)]))
    assert fine.load_change_pct == 2.5


def test_compact_step_over_ten_percent_becomes_a_repetition():
    change = change_of(adapt_compact(make_compact(10.0, 2.5), [make_week(1, reps=13, weight=10.0)]))
    assert change.load_change_pct is None and change.reps == "9-13"


def test_compact_deload_fires_and_empty_logs_hold():
    answer = adapt_compact(make_compact(50.0, 2.5), [make_week(n, reps=5, rir=0.0) for n in (1, 2, 3)])
    assert answer.deload and change_of(answer).sets == 1 and change_of(answer).load_change_pct == -10.0
    assert adapt_compact(make_compact(50.0, 2.5), []).changes == []


def test_epley():
    assert estimate_one_rep_max(100.0, 10) == pytest.approx(133.333, abs=0.001)
    assert estimate_one_rep_max(100.0, 1) == 100.0
