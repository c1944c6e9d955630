"""Requests to change a plan: understood, safe, carried out on both forms of a plan, refused if senseless."""

import pytest
from planning_people import make_profile, spread_profiles

from fitsense.contracts.changes import Change
from fitsense.contracts.plan import iter_entries
from fitsense.contracts.requests import compact_week, make_request, person_of
from fitsense.contracts.strictness import ContractError, dump_compact
from fitsense.planning.changes import apply_changes, apply_to_week, modify
from fitsense.planning.intents import read_intent
from fitsense.planning.prescribe import prescribe
from fitsense.planning.respond import respond
from fitsense.planning.safety_reply import reply_safety
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
