"""Adapting to logs: success steps up, three failures deload, bad sleep holds, missed sessions shrink."""

import pytest
from planning_people import make_profile

from fitsense.contracts.changes import Change
from fitsense.contracts.logs import WeekLog
from fitsense.contracts.requests import (
    AdaptationInput,
    AdaptPlan,
    CompactDay,
    CompactExercise,
    compact_week,
    make_request,
    person_of,
)
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


def test_a_repetition_more_is_held_where_no_rest_is_left_to_take_it_from():
    full = [CompactDay(day="Monday", exercises=[CompactExercise(name="Backpack Row", sets=6, reps="12 each side")])]
    sets = [{"reps": 13, "weight_kg": 0.0, "rir": 4.0}] * 6
    log = check_contract(WeekLog, {"week": 1, "sessions_planned": 1, "sessions": [
        {"exercises": [{"name": "Backpack Row", "sets": sets}]}]}, "log")
    for minutes, reps in ((40, "13 each side"), (20, None)):  # 6 x (104 + 45) s is 15 minutes, without warm-up and cool-down
        person = person_of(make_profile(minutes=minutes, access="no_equipment"))
        answer = adapt(AdaptationInput(person=person, plan=full, logs=[log]))
        assert (answer.changes[0].reps if answer.changes else None) == reps, minutes
        assert ("no room for more repetitions" in answer.explanation) == (reps is None)


def step_of(item, *logs, note=None, **fields):
    """What a week of one exercise, its target passed in every set, changes for a person."""
    name, sets, reps = item
    profile = make_profile(level="advanced", goals=["muscle_gain"], **fields)
    week = [CompactDay(day="Monday", exercises=[CompactExercise(name=name, sets=sets, reps=reps)])]
    done = {"week": 1, "sessions_planned": 1, "sessions": [{"exercises": [{"name": name, "sets": list(logs)}]}]}
    log = check_contract(WeekLog, {**done, **({"note": note} if note else {})}, "log")
    given = AdaptationInput(person=person_of(profile), plan=week, logs=[log])
    answer, request = adapt(given), make_request("progress_adaptation", given)
    assert verify_answer(request, dump_compact(answer)) == []
    harder = Change(action="adjust", exercise=name, load_change_pct=5.0, reason="More.")
    is_refused = bool(verify_answer(request, dump_compact(answer.model_copy(update={"changes": [harder]}))))
    return next(iter(answer.changes), None), answer.explanation, is_refused


LOADED, LIGHT = {"reps": 13, "weight_kg": 40.0, "rir": 4.0}, {"reps": 13, "weight_kg": 0.0, "rir": 4.0}


def test_nothing_gets_harder_where_only_gentle_movement_is_safe():
    change, said, is_refused = step_of(("Goblet Squat", 3, "8-12"), LOADED, conditions=["chest tightness, not checked"])
    assert change is None and "gentle movement" in said and is_refused


@pytest.mark.parametrize(("name", "fields"), [
    ("Barbell Back Squat", {"injuries": ["knee"]}), ("Barbell Deadlift", {"conditions": ["hernia"]}),
    ("Walking Lunge", {"note": "My knee is a bit sore after lunges"}),
    ("Barbell Back Squat", {"note": "My knee is a bit sore after lunges"}),
    ("Barbell Back Squat", {"note": "I was just told I have high blood pressure"})])
def test_what_a_limit_or_a_painful_note_bars_holds(name, fields):
    change, said, is_refused = step_of((name, 3, "8-12"), LOADED, **fields)
    assert change is None and "holds" in said and is_refused
    assert step_of(("Dumbbell Curl", 3, "8-12"), LOADED, **fields)[0].load_change_pct > 0
    assert step_of((name, 3, "8-12"), LOADED)[0].load_change_pct == 5.0 and not step_of((name, 3, "8-12"), LOADED)[2]


@pytest.mark.parametrize("note", ["No knee pain this week", "Felt strong, legs a bit tired"])
def test_a_note_without_pain_holds_nothing(note):
    assert step_of(("Barbell Back Squat", 3, "8-12"), LOADED, note=note)[0].load_change_pct == 5.0


def test_a_loaded_plan_keeps_the_limits_too():
    hurt = make_profile(conditions=["chest tightness, not checked"])
    assert adapt_loaded(make_compact(50.0, 2.5), [make_week(1, reps=13)], hurt).changes == []


def test_steps_are_small_for_a_wheelchair_user():
    assert step_of(("Lat Pulldown", 3, "8-12"), LOADED, conditions=["wheelchair user"])[0].load_change_pct == 2.0


@pytest.mark.parametrize(("reps", "more"), [("8-12 each side", "9-13 each side"), ("11", "12"), ("11 each side", "12 each side")])
def test_one_repetition_more_keeps_the_unit(reps, more):
    assert step_of(("Split Squat", 3, reps), LIGHT)[0].reps == more


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


def adapt_loaded(plan, logs, profile=PROFILE):
    return adapt_compact(plan, logs, person_of(profile))


def test_compact_steps_are_whole_steps_of_the_plates():
    up = change_of(adapt_loaded(make_compact(50.0, 2.5), [make_week(1, reps=13)]))
    assert up.load_change_pct == 5.0
    fine = change_of(adapt_loaded(make_compact(100.0, 2.5), [make_week(1, reps=12, weight=100.0)]))
    assert fine.load_change_pct == 2.5


def test_compact_step_over_ten_percent_becomes_a_repetition():
    change = change_of(adapt_loaded(make_compact(10.0, 2.5), [make_week(1, reps=13, weight=10.0)]))
    assert change.load_change_pct is None and change.reps == "9-13"


def test_compact_deload_fires_and_empty_logs_hold():
    answer = adapt_loaded(make_compact(50.0, 2.5), [make_week(n, reps=5, rir=0.0) for n in (1, 2, 3)])
    assert answer.deload and change_of(answer).sets == 1 and change_of(answer).load_change_pct == -10.0
    assert adapt_loaded(make_compact(50.0, 2.5), []).changes == []


def test_epley():
    assert estimate_one_rep_max(100.0, 10) == pytest.approx(133.333, abs=0.001)
    assert estimate_one_rep_max(100.0, 1) == 100.0
