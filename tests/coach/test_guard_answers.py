"""The guard on changes, triage, adaptation and chat."""

import json

import pytest

from fitsense.coach.guard import guard_answer
from fitsense.contracts.requests import make_request
from fitsense.contracts.strictness import dump_compact
from fitsense.planning.respond import respond
from fitsense.safety.verifier import verify_answer

CASES = {
    "plan_modification": "I only have 30 minutes on the first day",
    "safety_adjustment": "my knee aches a little on stairs",
    "progress_adaptation": "",
    "coaching_question": "How long should I rest between sets?",
}


def guard(request, text, finish_reason="stop"):
    guarded = guard_answer(request, text, finish_reason)
    assert verify_answer(request, guarded.text) == []
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
    assert "Moon Press" not in guarded.text and json.loads(guarded.text)["summary"] == f"Changed: adjust {name}."


@pytest.mark.parametrize("raw", [
    '{"x":1}', '{"summary":"Split squats are', '{"summary":"Done, all swapped."}', '{"changes":"none"}',
    '{"summary":"Done.","changes":[{"action":"swap","exercise":"Moon Press","replacement":"Mars Press","reason":"why"}],'
    '"kept":[],"safety_note":"ok"}',
    '{"summary":"Your Monday is shorter now.","changes":[],"kept":[],"safety_note":"Stop at pain."}'])
@pytest.mark.parametrize("words", ["I hate the first exercise, swap the squats", "I only have 30 minutes on the first day"])
def test_an_answer_that_changes_nothing_is_the_planners(ask, raw, words):
    request = ask("plan_modification", words)
    guarded = guard(request, raw, "length")
    if json.loads(respond(request))["changes"]:
        assert (guarded.verdict, guarded.text, guarded.kept) == ("replaced", respond(request), 0.0)


def test_words_that_tell_of_changes_agree_with_them(ask, plan):
    request = ask("plan_modification", CASES["plan_modification"])
    name = plan.workout_plan.weekly_schedule[0].exercises[0].name
    own = {"action": "adjust", "exercise": name, "sets": 1, "reason": "shorter"}
    broken_off = dump_compact({"changes": [own, {**own, "exercise": "Moon Press"}]})[:-1]
    answer = json.loads(guard(request, broken_off, "length").text)
    assert answer["summary"] == f"Changed: adjust {name}." and name not in answer["kept"]
    whole = {"summary": "Shorter.", "changes": [own], "kept": [name, "Go on till you drop"], "safety_note": "Pain is fine."}
    answer = json.loads(guard(request, dump_compact(whole)).text)
    assert answer["summary"] == "Shorter." and answer["changes"] == [own]
    assert answer["safety_note"] == json.loads(respond(request))["safety_note"]
    assert name not in answer["kept"] and "Go on till you drop" not in answer["kept"]


def reply(triage, message, changes=(), signs=("sharp pain",), see_professional=False):
    return dump_compact({"triage": triage, "message": message, "changes": list(changes), "stop_signs": list(signs),
                         "see_professional": see_professional})


@pytest.mark.parametrize("words", ["My knee hurts when I squat", "shoulder is niggling on presses",
                                   "slept 3 hours and feel run down"])
@pytest.mark.parametrize("message", ["Keep going, it will warm up. Add lunges", "You are strong, enjoy it."])
def test_in_every_class_but_proceed_the_rules_speak(ask, plan, words, message):
    request = ask("safety_adjustment", words)
    rules, names = json.loads(respond(request)), [day.exercises[0].name for day in plan.workout_plan.weekly_schedule]
    more = [{"action": "adjust", "exercise": names[0], "load_change_pct": 10, "reason": "strong"},
            {"action": "add", "day": "Monday", "exercise": "Walking Lunge", "sets": 2, "reps": "8", "reason": "legs"}]
    guarded = guard(request, reply("modify", message, more, ()))
    assert json.loads(guarded.text) == rules and guarded.kept < 0.5
    quiet = json.loads(guard(request, reply("modify", message)).text)
    assert quiet["message"] == rules["message"] and quiet["stop_signs"] == rules["stop_signs"]
    assert quiet["changes"] == rules["changes"]


def test_a_stricter_class_speaks_in_plain_words_of_its_own(ask):
    request = ask("safety_adjustment", "my knee aches a little on stairs")
    answer = json.loads(guard(request, reply("emergency", "Call 112, or just finish the set.", see_professional=True)).text)
    assert answer["triage"] == "emergency" and "finish the set" not in answer["message"] and "112" in answer["message"]
    assert "fainting" in answer["stop_signs"] and answer["changes"] == []


@pytest.mark.parametrize("words", ["I just found out I'm pregnant", "I was diagnosed with epilepsy"])
def test_news_of_a_condition_is_answered_by_the_rules(ask, words):
    request = ask("safety_adjustment", words)
    answer = json.loads(guard(request, reply("modify", "Congratulations, carry on as planned.")).text)
    assert "Add this to your profile" in answer["message"] and answer["changes"] == json.loads(respond(request))["changes"]


def log(note="", rir=1.0, reps=8):
    return {"week": 1, "sessions_planned": 3, "sleep_hours_avg": 7.5, "note": note or None, "sessions": [
        {"exercises": [{"name": "Goblet Squat", "sets": [{"reps": reps, "weight_kg": 20.0, "rir": rir}]}]}] * 3}


def adapt_request(ask, *logs):
    request = ask("progress_adaptation")
    given = request.input.model_dump(mode="json", exclude_none=True)
    week = [{"day": "Monday", "exercises": [{"name": "Goblet Squat", "sets": 3, "reps": "8-12", "weight_kg": 20.0}]}]
    person = {**given["person"], "injuries": [], "conditions": []}
    rows = [{key: value for key, value in row.items() if value is not None} for row in logs]
    return make_request("progress_adaptation", {"person": person, "plan": week, "logs": rows})


@pytest.mark.parametrize("note", ["chest pain on the stairs", "my calf swelled up and went hot", ""])
def test_what_the_logs_give_is_computed(ask, note):
    request = adapt_request(ask, log(note))
    rules = json.loads(respond(request))
    up = {"action": "adjust", "exercise": "Goblet Squat", "load_change_pct": 10, "reason": "Great weeks"}
    made_up = {"assessment": {"adherence": "high", "trend": "improving", "recovery": "good"}, "deload": False,
               "changes": [up], "calorie_change": -500, "explanation": "Great weeks, see a doctor on 112 some day."}
    assert json.loads(guard(request, dump_compact(made_up)).text) == rules
    right = {**made_up, "assessment": rules["assessment"], "deload": rules["deload"],
             "calorie_change": rules["calorie_change"]}
    answer = json.loads(guard(request, dump_compact(right)).text)
    assert answer["changes"] == rules["changes"] and "Great weeks" not in answer["explanation"]


def test_a_deload_is_not_left_out(ask):
    weeks = [{**log(reps=4, rir=0.0), "week": number} for number in (1, 2, 3)]
    request = adapt_request(ask, *weeks)
    rules = json.loads(respond(request))
    assert rules["deload"] and rules["changes"]
    lazy = {**rules, "changes": [], "explanation": "A deload."}
    assert json.loads(guard(request, dump_compact(lazy)).text)["changes"] == rules["changes"]
    assert guard(request, dump_compact({**rules, "explanation": "A lighter week."})).verdict == "accepted"


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
