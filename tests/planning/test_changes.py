"""Requests to change a plan: understood, safe, carried out on both forms of a plan, refused if senseless."""

import pytest
from planning_people import make_profile, spread_profiles

from fitsense.contracts.changes import Change
from fitsense.contracts.plan import iter_entries
from fitsense.contracts.requests import (
    AdaptPlan,
    CompactDay,
    CompactExercise,
    ModificationInput,
    compact_week,
    make_request,
    person_of,
)
from fitsense.contracts.strictness import ContractError, check_contract, dump_compact
from fitsense.knowledge.exercises import find_exercise, load_exercises
from fitsense.planning.changes import apply_changes, apply_to_week, modify
from fitsense.planning.intents import read_intent
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
from fitsense.planning.safety_reply import reply_safety
from fitsense.safety.screening import screen
from fitsense.safety.verifier import verify_answer, verify_plan

PROFILE = make_profile(level="intermediate", goals=["muscle_gain"], days=4)
PLAN = prescribe(PROFILE)
WEEK = compact_week(PLAN)
FIRST = WEEK[0].exercises[0].name
REQUESTS = [
    "I can only train 3 days a week now",
    "Only 25 minutes per session please",
    f"I hate the {FIRST}, swap it",
    "More core work please",
    "My shoulder has been aching a bit after pressing",
    "I bought dumbbells",
    "I'm travelling and have no equipment",
    "It's too easy",
    "This is too hard for me",
    "Drop Thursday",
    "Hm",
]


def ask(text, profile=PROFILE, plan=PLAN):
    given = {
        "person": person_of(profile).model_dump(mode="json"),
        "plan": [day.model_dump(mode="json") for day in compact_week(plan)],
        "request": text,
    }
    return make_request("plan_modification", given)


@pytest.mark.parametrize(
    ("text", "kind"),
    list(
        zip(
            REQUESTS,
            [
                "fewer_days",
                "less_time",
                "dislike",
                "more_of",
                "injury",
                "new_equipment",
                "less_equipment",
                "too_easy",
                "too_hard",
                "fewer_days",
                "unclear",
            ],
            strict=True,
        )
    ),
)
def test_requests_are_understood(text, kind):
    assert read_intent(text, WEEK).kind == kind


@pytest.mark.parametrize("text", REQUESTS)
def test_answers_are_safe_and_can_be_carried_out(text):
    request = ask(text)
    answer = modify(request.input)
    assert verify_answer(request, dump_compact(answer)) == []
    changed = apply_changes(PLAN, answer.changes)
    assert [v.rule_id for v in verify_plan(PROFILE, changed) if v.rule_id.startswith("limit_")] == []
    week = apply_to_week(WEEK, answer.changes)
    assert [[item.name for item in day.exercises] for day in week] == [
        [entry.name for entry in session.exercises] for session in changed.workout_plan.weekly_schedule
    ]


@pytest.mark.parametrize("text", REQUESTS)
def test_answers_are_safe_for_everybody(text):
    for profile in spread_profiles(30):
        plan = prescribe(profile)
        request = ask(text, profile, plan)
        answer = modify(request.input)
        assert verify_answer(request, dump_compact(answer)) == []
        apply_changes(plan, answer.changes)


def test_a_day_fewer_is_a_day_fewer():
    changed = apply_changes(PLAN, modify(ask("I can only train 3 days a week now").input).changes)
    assert len(changed.workout_plan.weekly_schedule) == 3


def test_a_day_too_long_to_drop_in_one_answer_is_said_to_be():
    names = [exercise.name for exercise in load_exercises().values() if exercise.kind == "strength"][:9]
    items = [CompactExercise(name=name, sets=1, reps="8") for name in names]
    week = [CompactDay(day=day, exercises=items) for day in ("Monday", "Friday")]
    given = ModificationInput(person=person_of(make_profile(level="advanced", days=2)), plan=week, request="Drop Friday")
    answer = modify(given)
    assert answer.changes == [] and "dropped" not in answer.summary and "new plan" in answer.summary


def test_a_week_has_each_day_once_and_a_range_its_ends_in_order():
    day = {"day": "Monday", "exercises": [{"name": "Push-Up", "sets": 2, "reps": "8"}]}
    person = person_of(PROFILE).model_dump(mode="json")
    with pytest.raises(ContractError, match="at most once"):
        make_request("plan_modification", {"person": person, "plan": [day, day], "request": "easier"})
    item = {"name": "Push-Up", "sets": 3, "rep_min": 12, "rep_max": 8, "target_rir": 2, "weight_kg": 0, "smallest_step_kg": 1}
    loaded = {"user": "a", "goal": "mobility", "calorie_target": None, "sessions_per_week": 2, "exercises": [item]}
    with pytest.raises(ContractError, match="rep_min"):
        check_contract(AdaptPlan, loaded, "plan")


def test_less_time_is_less_time():
    changed = apply_changes(PLAN, modify(ask("Only 25 minutes per session please").input).changes)
    before = [session.duration for session in PLAN.workout_plan.weekly_schedule]
    after = [session.duration for session in changed.workout_plan.weekly_schedule]
    assert all(new < old for new, old in zip(after, before, strict=True))


def test_a_warning_sign_in_a_request_changes_nothing_and_refers():
    answer = modify(ask("Swap squats please, I fainted during them yesterday").input)
    assert answer.changes == [] and "emergency" in answer.safety_note.lower()


def test_load_changes_show_in_both_forms():
    change = Change(action="adjust", exercise=FIRST, load_change_pct=-10.0, reason="test")
    entry = next(entry for _, entry in iter_entries(apply_changes(PLAN, [change])) if entry.name == FIRST)
    assert "-10 %" in entry.notes
    loaded = [
        day.model_copy(update={"exercises": [item.model_copy(update={"weight_kg": 52.0}) for item in day.exercises]})
        for day in WEEK
    ]
    assert apply_to_week(loaded, [change])[0].exercises[0].weight_kg == 47.0


def test_timed_and_counted_exercises_swap_into_each_other():
    swap = Change(action="swap", exercise=FIRST, replacement="Stationary Bike", reason="test")
    entry = apply_changes(PLAN, [swap]).workout_plan.weekly_schedule[0].exercises[0]
    assert entry.duration == 10 and entry.reps is None
    assert apply_to_week(WEEK, [swap])[0].exercises[0].reps == "10 min"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"action": "swap", "exercise": FIRST, "replacement": "Unicorn Press"}, "changes.0.replacement"),
        ({"action": "remove", "exercise": "Unicorn Press"}, "changes.0.exercise"),
        ({"action": "remove", "exercise": FIRST, "day": "Sunday"}, "changes.0.day"),
        ({"action": "add", "exercise": FIRST, "day": WEEK[0].day, "sets": 2, "reps": "8"}, "changes.0.exercise"),
    ],
)
def test_changes_that_make_no_sense_are_refused(fields, field):
    for carry_out, plan in ((apply_changes, PLAN), (apply_to_week, WEEK)):
        with pytest.raises(ContractError) as caught:
            carry_out(plan, [Change(**fields, reason="test")])
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("message", "triage"),
    [
        ("I had crushing chest pain on the rower", "emergency"),
        ("My knee is swollen and locked", "stop_and_refer"),
        ("My knee is a bit sore after lunges", "modify"),
        ("All good, slept well", "proceed"),
    ],
)
def test_safety_replies_act_on_their_class(message, triage):
    given = {
        "person": person_of(PROFILE).model_dump(mode="json"),
        "plan": [day.model_dump(mode="json") for day in WEEK],
        "message": message,
    }
    request = make_request("safety_adjustment", given)
    answer = reply_safety(request.input)
    assert answer.triage == triage
    assert bool(answer.changes) == (triage == "modify")
    assert verify_answer(request, respond(request)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("My sessions need to fit in 25 minutes.", "less_time"),
        ("Could you shorten every session, please?", "less_time"),
        (f"I never look forward to {FIRST}, what could I do instead?", "dislike"),
        (f"{FIRST} is too hard for me, is there an easier version?", "too_hard"),
        ("From next week I have time only for 2 days, please make plan smaller.", "fewer_days"),
    ],
)
def test_other_voices_are_understood(text, kind):
    assert read_intent(text, WEEK).kind == kind


def test_a_named_exercise_that_is_too_hard_gets_its_easier_form():
    (change,) = modify(ask(f"{FIRST} is too hard for me, is there an easier version?").input).changes
    assert (change.action, change.exercise) == ("swap", FIRST)


def ask_about(text, name, **fields):
    week = [CompactDay(day="Monday", exercises=[CompactExercise(name=name, sets=3, reps="8-12")])]
    given = {"person": person_of(make_profile(level="advanced", days=1, minutes=90, **fields)), "plan": week, "request": text}
    return make_request("plan_modification", ModificationInput(**given))


def test_what_a_limit_bars_is_not_made_harder_on_request():
    assert modify(ask_about("It is too easy", "Barbell Back Squat", injuries=["knee"]).input).changes == []
    request = ask_about("It is too easy", "Lat Pulldown", conditions=["wheelchair user"])
    assert [change.load_change_pct for change in modify(request.input).changes] == [2.5]


def test_a_swap_prefers_what_the_plan_would_have_preferred():
    request = ask_about("I hate the Seated Cable Row, swap it", "Seated Cable Row", conditions=["pregnant 24 weeks"])
    assert modify(request.input).changes[0].replacement == "Dumbbell Row"


MORE = ["cardio", "core", "leg work", "stretching", "arm work", "back exercises", "balance", "glutes on Friday"]
# A beginner at home with 45 minutes: what the app's form holds when it opens.
NEWCOMER = make_profile(34, height=168.0, weight=68.0, access="home_gym", activities=["walking"], sleep=7.0)


def list_errors(profile, plan):
    return [found.reason for found in verify_plan(profile, plan) if found.severity == "error"]


@pytest.mark.parametrize("wish", MORE)
def test_more_of_something_fits_into_the_time_there_is(wish):
    plan = prescribe(NEWCOMER)
    answer = modify(ask(f"I want more {wish}", NEWCOMER, plan).input)
    assert answer.changes and "Added on" in answer.summary
    assert list_errors(NEWCOMER, apply_changes(plan, answer.changes, screen(NEWCOMER))) == []


@pytest.mark.parametrize("wish", MORE)
def test_more_of_something_can_be_carried_out_for_everybody(wish):
    for profile in spread_profiles(40):
        plan = prescribe(profile)
        answer = modify(ask(f"I want more {wish}", profile, plan).input)
        known_errors = set(list_errors(profile, plan))
        assert set(list_errors(profile, apply_changes(plan, answer.changes, screen(profile)))) <= known_errors


def test_more_on_a_day_is_more_on_that_day():
    plan = prescribe(NEWCOMER)
    assert {change.day for change in modify(ask("More core on Friday please", NEWCOMER, plan).input).changes} == {"Friday"}


@pytest.mark.parametrize("condition", ["chest tightness, not checked yet", "chest pain on hills, never seen a doctor"])
@pytest.mark.parametrize("wish", ["I want more leg work", "add some heavy pressing", "more core please", "make it harder"])
def test_where_only_gentle_movement_is_safe_nothing_else_is_added(condition, wish):
    profile = make_profile(conditions=[condition])
    plan = prescribe(profile)
    assert screen(profile).max_intensity == "low"
    answer = modify(ask(wish, profile, plan).input)
    assert answer.changes == [] and "gentle" in answer.summary
    stretching = modify(ask("more stretching", profile, plan).input).changes
    names = [change.replacement or change.exercise for change in stretching if change.action in ("add", "swap")]
    assert names and all(find_exercise(name).kind == "mobility" for name in names)


def test_medicines_limit_changes_as_they_limit_plans():
    profile = make_profile(level="intermediate", days=4, medications=["warfarin"])
    plan = prescribe(profile)
    for text in ("I am travelling, no equipment", "I want more leg work", "the gym is closed", "swap the squats"):
        answer = modify(ask(text, profile, plan).input)
        new = [find_exercise(change.replacement or change.exercise) for change in answer.changes if change.action != "remove"]
        assert all(not screen(profile).avoid_flags & set(exercise.flags) for exercise in new)


def test_the_short_form_holds_eight_conditions_and_eight_medicines():
    profile = make_profile(conditions=[f"condition {n}" for n in range(8)], medications=[f"medicine {n}" for n in range(8)])
    assert len(person_of(profile).conditions) == 16


def test_less_time_on_one_day_leaves_the_other_days_alone():
    answer = modify(ask("I only have 20 minutes on Friday", NEWCOMER, prescribe(NEWCOMER)).input)
    assert answer.changes and {change.day for change in answer.changes} == {"Friday"}
    before, after = prescribe(NEWCOMER), apply_changes(prescribe(NEWCOMER), answer.changes, screen(NEWCOMER))
    old, new = ({day.day: day.duration for day in plan.workout_plan.weekly_schedule} for plan in (before, after))
    assert new["Friday"] <= 20 and {**new, "Friday": old["Friday"]} == old


@pytest.mark.parametrize(
    ("text", "said"), [("I only have 20 minutes on Sunday", "no training on Sunday"), ("I have 90 minutes only", "already")]
)
def test_nothing_is_cut_where_nothing_is_too_long(text, said):
    answer = modify(ask(text, NEWCOMER, prescribe(NEWCOMER)).input)
    assert answer.changes == [] and said in answer.summary


@pytest.mark.parametrize("text", ["I only have 20 minutes", "only 15 minutes on Monday", "sessions are too long", "more core"])
@pytest.mark.parametrize("age", [66, 78])
def test_balance_work_outlives_a_shorter_week(text, age):
    profile = make_profile(age, access="home_gym", minutes=45)
    plan = prescribe(profile)
    before = sum(find_exercise(entry.name).kind == "balance" for _, entry in iter_entries(plan))
    after = apply_changes(plan, modify(ask(text, profile, plan).input).changes, screen(profile))
    assert before and sum(find_exercise(entry.name).kind == "balance" for _, entry in iter_entries(after)) == before
    assert list_errors(profile, after) == []


def test_new_exercises_rest_and_spare_as_the_limits_say():
    profile = make_profile(level="intermediate", conditions=["high blood pressure, not controlled"])
    limits = screen(profile)
    changes = [
        Change(action="add", day="Monday", exercise="Band Row", sets=2, reps="8-12", rest=10, reason="test"),
        Change(action="add", day="Monday", exercise="Cat-Cow", sets=2, reps="8", reason="test"),
    ]
    plan = prescribe(make_profile(goals=["mobility"], days=3))
    entries = {entry.name: entry for _, entry in iter_entries(apply_changes(plan, changes, limits))}
    assert entries["Band Row"].rest >= limits.min_rest > 10
    assert int(entries["Band Row"].intensity.removeprefix("RIR ")) >= limits.min_rir


def test_a_full_week_takes_a_swap_instead_of_one_more():
    names = ["Goblet Squat", "Dumbbell Row", "Push-Up", "Plank", "Dead Bug", "Cat-Cow"]
    week = [
        CompactDay(day=day, exercises=[CompactExercise(name=name, sets=1, reps="8") for name in names])
        for day in ("Monday", "Tuesday", "Thursday", "Friday")
    ]
    given = {
        "person": person_of(make_profile(level="intermediate", minutes=90, days=4)).model_dump(mode="json"),
        "plan": [day.model_dump(mode="json") for day in week],
        "request": "more arm work",
    }
    answer = modify(make_request("plan_modification", given).input)
    assert answer.changes and {change.action for change in answer.changes} == {"swap"}


def test_what_to_keep_when_time_is_short_follows_the_changes():
    keep = PLAN.adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep
    swap = Change(action="swap", exercise=keep[0], replacement="Push-Up", reason="test")
    gone = Change(action="remove", exercise=keep[1], reason="test")
    changed = apply_changes(PLAN, [swap, gone])
    assert changed.adaptive_recommendations.if_time_constrained.shortened_version.exercises_to_keep == ["Push-Up"]


def test_a_change_never_brings_strength_days_together_with_type_2_diabetes():
    profile = make_profile(conditions=["type 2 diabetes"], days=4, goals=["strength_increase"], minutes=60)
    week = compact_week(prescribe(profile))
    easy = next(day.day for day in week if not any(find_exercise(item.name).kind == "strength" for item in day.exercises))
    answer = {"summary": "More legs.", "kept": [], "safety_note": "Stop on pain.", "changes": [
        {"action": "add", "day": easy, "exercise": "Leg Press", "sets": 1, "reps": "10-12", "reason": "Asked for."}]}
    rules = [found.rule_id for found in verify_answer(ask("more leg work", profile, prescribe(profile)), dump_compact(answer))]
    assert "check_strength_apart" in rules
    healthy = profile.model_copy(update={"constraints": profile.constraints.model_copy(update={"conditions": []})})
    rules = [found.rule_id for found in verify_answer(ask("more leg work", healthy, prescribe(profile)), dump_compact(answer))]
    assert "check_strength_apart" not in rules and "contract" not in rules
