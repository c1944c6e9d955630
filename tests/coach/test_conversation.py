"""How messages are read, profiles that tell of an emergency, and changes carried out only within the whole profile."""

import pytest

from fitsense.coach.conversation import (
    ProfileEmergency,
    apply_to_plan,
    choose_prompt_type,
    keep_applicable,
    plan_request,
    read_message,
    verify_profile_plan,
)
from fitsense.contracts.changes import Change, Modification, SafetyAdjustment
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import CompactDay, CompactExercise
from fitsense.contracts.strictness import ContractError, load_contract
from fitsense.planning.respond import respond

WEEK = [
    CompactDay(day=day, exercises=[CompactExercise(name=name, sets=3, reps="8-12") for name in names])
    for day, names in {
        "Monday": ["Goblet Squat", "Dumbbell Row", "Push-Up", "Plank"],
        "Wednesday": ["Dumbbell Romanian Deadlift", "Dumbbell Step-Up", "Brisk Walk"],
        "Friday": ["Goblet Squat", "Band Lat Pulldown", "Plank"],
    }.items()
]


@pytest.mark.parametrize(
    "message",
    [
        "Swap the push-ups, please",
        "I only have 20 minutes on Friday",
        "Can you swap the squats?",
        "Could you make Monday shorter please",
        "I hate squats",
        "squats are boring",
        "I can't do Mondays",
        "Would you please replace the step-ups",
        "Can I have an extra day of core work?",
        "Is it possible to shorten Friday?",
        "Will you add some stretching?",
        "May I drop Wednesday?",
        "I'm sick of planks",
        "What could I do instead of squats?",
        "Could we make it a bit easier?",
        "the gym is closed this week",
        "Could I train at home now?",
        "I don't have a barbell",
    ],
)
def test_a_wish_for_a_change_is_one_however_politely_it_is_put(message):
    assert choose_prompt_type(message, WEEK) == "plan_modification"


@pytest.mark.parametrize(
    "message",
    [
        "How long should I rest between sets?",
        "What does progressive overload mean?",
        "Can you explain RIR?",
        "Could you tell me more about protein?",
        "Tell me more about sleep",
        "I would like to know more about cardio",
        "Can I eat more carbs?",
        "How do I get stronger?",
        "Should I skip leg day?",
        "Please explain why squats matter",
        "Why is my plan without barbells?",
        "Thanks!",
    ],
)
def test_a_question_stays_a_question(message):
    assert choose_prompt_type(message, WEEK) == "coaching_question"


@pytest.mark.parametrize("message", ["I get chest pressure when I run", "my knee hurts when I squat"])
def test_a_symptom_comes_before_everything(message):
    assert choose_prompt_type(message, WEEK) == "safety_adjustment"


def test_an_urgent_message_is_marked_urgent(profile, plan):
    assert read_message("I fainted during the warm-up just now", profile, plan).is_urgent
    assert not read_message("How much water should I drink?", profile, plan).is_urgent
    with pytest.raises(ContractError):
        read_message("x" * 601, profile, plan)


def tell(profile: Profile, **constraints) -> Profile:
    values = profile.model_dump(mode="json")
    values["constraints"] |= constraints
    return Profile.model_validate(values)


@pytest.mark.parametrize(
    "constraints",
    [
        {"conditions": ["crushing chest pain right now, going down my left arm"]},
        {"conditions": ["I want to kill myself"]},
        {"medications": ["I just took a whole box of paracetamol, I want to die"]},
        {"time_restrictions": "I cannot breathe right now"},
    ],
)
def test_no_plan_is_asked_for_in_an_emergency(profile, constraints):
    with pytest.raises(ProfileEmergency) as refused:
        plan_request(tell(profile, **constraints))
    assert refused.value.triage.triage == "emergency"
    assert refused.value.triage.message in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("condition", ["heart attack in 2019, cleared by my cardiologist", "asthma", "depression"])
def test_an_illness_is_no_emergency(profile, condition):
    assert plan_request(tell(profile, conditions=[condition])).prompt_type == "plan_creation"


def test_changes_are_applied_only_if_the_plan_still_verifies(profile, plan):
    name = plan.workout_plan.weekly_schedule[0].exercises[-1].name
    changed = apply_to_plan(profile, plan, [Change(action="adjust", exercise=name, rest=180, sets=1, reason="tired")])
    assert changed != plan and verify_profile_plan(profile, changed) == []
    with pytest.raises(ContractError):
        apply_to_plan(profile, plan, [Change(action="swap", exercise=name, replacement="Moon Press", reason="no")])


def test_without_a_plan_nothing_is_applied(profile):
    with pytest.raises(ContractError, match="plan: got None; allowed: a finished plan"):
        apply_to_plan(profile, None, [])


def test_a_warning_does_not_stop_a_change(profile):
    values = profile.model_dump(mode="json")
    values["personal_info"] |= {"age": 78}
    old = Profile.model_validate(values)
    plan = load_contract(Plan, respond(plan_request(old)), "plan")
    balance = [entry.name for day in plan.workout_plan.weekly_schedule for entry in day.exercises if "Stand" in entry.name]
    changes = [Change(action="remove", exercise=name, reason="asked for") for name in dict.fromkeys(balance)]
    changed = apply_to_plan(old, plan, changes)
    assert changes and {found.severity for found in verify_profile_plan(old, changed)} == {"warning"}


def test_changes_outside_the_whole_profile_are_left_out_and_said_to_be(profile, plan):
    first, last = (plan.workout_plan.weekly_schedule[place] for place in (0, -1))
    good = Change(action="adjust", day=first.day, exercise=first.exercises[0].name, sets=1, reason="less")
    bad = Change(action="add", day=last.day, exercise="Burpee", sets=5, reps="20", reason="more")
    asked = Modification(summary="Both done.", changes=[good, bad], kept=[], safety_note="Stop on pain.")
    answer, left_out = keep_applicable(profile, plan, asked)
    assert answer.changes == [good] and len(left_out) == 1 and "Burpee" in answer.summary
    nothing, _ = keep_applicable(profile, plan, asked.model_copy(update={"changes": [bad]}))
    assert nothing.changes == [] and nothing.summary.startswith("Nothing is changed.")
    told = SafetyAdjustment(triage="modify", message="Go easy.", changes=[bad], stop_signs=[], see_professional=False)
    assert keep_applicable(profile, plan, told)[0].message.startswith("Go easy. ")
    assert keep_applicable(profile, plan, asked.model_copy(update={"changes": [good]}))[1] == []


def test_what_was_wrong_before_counts_against_no_change(profile, plan):
    day = plan.workout_plan.weekly_schedule[0]
    values = plan.model_dump(mode="json")
    values["workout_plan"]["adaptations"]["referral"] = None
    broken = Plan.model_validate(values)
    assert verify_profile_plan(profile, broken)
    less = Change(action="adjust", day=day.day, exercise=day.exercises[0].name, sets=1, reason="less")
    asked = Modification(summary="Done.", changes=[less], kept=[], safety_note="Stop on pain.")
    assert keep_applicable(profile, broken, asked) == (asked, [])
    nothing = asked.model_copy(update={"changes": []})
    assert keep_applicable(profile, broken, nothing) == (nothing, [])


def test_facts_follow_the_whole_profile(profile, plan):
    values = profile.model_dump(mode="json")
    values["personal_info"] |= {"weight_kg": 52.0}
    thin = Profile.model_validate(values)
    facts = read_message("How big should my calorie deficit be?", thin, plan).request.input.facts
    assert "dietitian" in facts[0] and "kcal" not in " ".join(facts)
