"""The guard on changes, triage, adaptation and chat."""

import json

import pytest

from fitsense.coach.guard import find_violations, guard_answer
from fitsense.contracts.strictness import dump_compact
from fitsense.planning.respond import respond

CASES = {
    "plan_modification": "I only have 30 minutes on the first day",
    "safety_adjustment": "my knee aches a little on stairs",
    "progress_adaptation": "",
    "coaching_question": "How long should I rest between sets?",
}


def guard(request, text, finish_reason="stop"):
    guarded = guard_answer(request, text, finish_reason)
    assert find_violations(request, guarded.text) == []
    return guarded


@pytest.mark.parametrize("prompt_type", CASES)
def test_the_planners_own_answer_is_accepted(ask, prompt_type):
    request = ask(prompt_type, CASES[prompt_type])
    guarded = guard(request, respond(request))
    assert (guarded.verdict, guarded.text) == ("accepted", respond(request))


@pytest.mark.parametrize("prompt_type", CASES)
@pytest.mark.parametrize("text", ["", "{}", "¿qué?", "{" * 3000])
def test_rubbish_is_replaced_by_the_planner(ask, prompt_type, text):
    request = ask(prompt_type, CASES[prompt_type])
    guarded = guard(request, text)
    assert (guarded.verdict, guarded.text) == ("replaced", respond(request)) or guarded.verdict == "repaired"
    assert guarded.text == respond(request) or text == "{}"


def test_a_change_that_names_no_real_exercise_is_left_out(ask, plan):
    request = ask("plan_modification", CASES["plan_modification"])
    name = plan.workout_plan.weekly_schedule[0].exercises[0].name
    own = {"action": "adjust", "exercise": name, "sets": 2, "reason": "shorter session"}
    made_up = {"action": "swap", "exercise": "Moon Press", "replacement": "Mars Press", "reason": "why not"}
    text = dump_compact(
        {"summary": "A shorter first day.", "changes": [own, made_up], "kept": [name], "safety_note": "Stop at pain."}
    )
    guarded = guard(request, text)
    assert guarded.verdict == "repaired" and guarded.violations
    assert [change["exercise"] for change in json.loads(guarded.text)["changes"]] == [name]
    assert "Moon Press" not in guarded.text and json.loads(guarded.text)["summary"] == "A shorter first day."


@pytest.mark.parametrize("said", ["proceed", "modify"])
def test_triage_is_never_laxer_than_the_rules(ask, said):
    request = ask("safety_adjustment", "Crushing chest pressure and I am sweating, right now")
    text = dump_compact(
        {
            "triage": said,
            "message": "Keep going, you are fine.",
            "changes": [],
            "stop_signs": [],
            "see_professional": False,
        }
    )
    guarded = guard(request, text)
    assert json.loads(guarded.text)["triage"] == "emergency" and "Keep going" not in guarded.text
    assert guarded.verdict == "replaced"


def test_a_stricter_triage_stands(ask):
    request = ask("safety_adjustment", "I slept well and feel fine today")
    own = json.loads(respond(request))
    text = dump_compact({**own, "triage": "stop_and_refer", "see_professional": True, "changes": []})
    assert json.loads(guard(request, text).text)["triage"] == "stop_and_refer"


@pytest.mark.parametrize(
    "text, why",
    [
        ("word " * 160, ""),
        ("Take 400 mg ibuprofen before you train.", ""),
        ("Rest 777 seconds between sets of your exercises.", "777"),
        ("Bananas orbit quietly beneath seventeen violet umbrellas while accordions whisper.", "facts"),
    ],
)
def test_chat_that_is_long_dosing_or_made_up_is_replaced(ask, text, why):
    request = ask("coaching_question", CASES["coaching_question"])
    guarded = guard(request, text)
    assert (guarded.verdict, guarded.text) == ("replaced", respond(request))
    assert why in guarded.repairs[-1]


def test_chat_that_broke_off_ends_at_its_last_whole_sentence(ask):
    request = ask("coaching_question", CASES["coaching_question"])
    whole = respond(request)
    guarded = guard(request, f"{whole} And then there", "length")
    assert (guarded.verdict, guarded.text) == ("repaired", whole)
