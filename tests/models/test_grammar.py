"""Grammars: what the contracts accept passes, what they refuse cannot be written."""

import json

import llguidance
import pytest
import torch

from fitsense.contracts.plan import Plan
from fitsense.contracts.requests import make_request
from fitsense.contracts.strictness import dump_compact, load_contract
from fitsense.knowledge.exercises import load_exercises
from fitsense.models.grammar import GrammarProcessor, compile_grammar, guidance_tokenizer
from fitsense.models.tokens import end_of_turn_id, load_tokenizer
from fitsense.params import ModelParams
from fitsense.planning.derive import with_derived
from fitsense.planning.prescribe import prescribe
from fitsense.showcase import load_people

PROFILE = {
    "personal_info": {"age": 34, "gender": "female", "height_cm": 168.0, "weight_kg": 70.0, "fitness_level": "beginner"},
    "goals": ["weight_loss"],
    "preferences": {"workout_duration": 40, "days_per_week": 3, "equipment_access": "home_gym", "preferred_activities": []},
    "constraints": {"injuries": ["knee"], "conditions": [], "time_restrictions": "", "location": "home"},
    "metrics": {"weight_history": [], "workout_completion_rate": 0.5, "average_intensity_rating": 5.0},
    "feedback": {"previous_workouts": []},
    "gamified_stats": {"health": 1, "strength": 1, "agility": 1, "endurance": 1, "xp": 0, "level": 1},
}


@pytest.fixture(scope="module")
def guidance():
    tokenizer = load_tokenizer(ModelParams())
    return tokenizer, guidance_tokenizer(tokenizer, 49152, end_of_turn_id(tokenizer))


def accepts(guidance, request, text) -> bool:
    tokenizer, engine = guidance
    matcher = llguidance.LLMatcher(engine, compile_grammar(request, tuple(load_exercises())))
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
    return matcher.validate_tokens(tokens) == len(tokens) and matcher.consume_tokens(tokens) and matcher.is_accepting()


@pytest.fixture(scope="module")
def plan_request():
    return make_request("plan_creation", PROFILE)


def test_the_teachers_plan_passes(guidance, plan_request):
    assert accepts(guidance, plan_request, dump_compact(prescribe(plan_request.input)))


def test_the_teachers_plans_for_hard_profiles_pass(guidance):
    """Limits and "weekends only" leave fewer days than were asked for: the grammar must ask for those."""
    fewer = 0
    for who, profile in load_people():
        request = make_request("plan_creation", with_derived(profile))
        plan = prescribe(request.input)
        assert accepts(guidance, request, dump_compact(plan)), who
        fewer += len(plan.workout_plan.weekly_schedule) < profile.preferences.days_per_week
    assert fewer, "somebody gets fewer days than asked for"


@pytest.mark.parametrize("spoil", [
    lambda text: text.replace('"sets":', '"sets": ', 1),
    lambda text: text.replace("Monday", "Someday"),
    lambda text: text.replace('"rest":', '"pause":', 1),
    lambda text: text.replace('"week_4"', '"week_5"'),
    lambda text: text[:-1],
    lambda text: text + "}",
])
def test_a_spoiled_plan_does_not(guidance, plan_request, spoil):
    text = dump_compact(prescribe(plan_request.input))
    assert spoil(text) != text and not accepts(guidance, plan_request, spoil(text))


def test_no_day_twice_no_unknown_exercise_and_macros_sum(guidance, plan_request):
    plan = json.loads(dump_compact(prescribe(plan_request.input)))
    week = plan["workout_plan"]["weekly_schedule"]
    twice = json.loads(json.dumps(plan))
    twice["workout_plan"]["weekly_schedule"] = [week[0], week[0], *week[2:]]
    unknown = json.loads(json.dumps(plan))
    unknown["workout_plan"]["weekly_schedule"][0]["exercises"][0]["name"] = "Flying Squat"
    fat = json.loads(json.dumps(plan))
    fat["nutrition_suggestions"]["macros"]["fat"] += 1
    for wrong in (twice, unknown, fat):
        assert not accepts(guidance, plan_request, dump_compact(wrong))


def test_a_session_holds_as_many_exercises_as_the_request_outlines(guidance, plan_request):
    shown = make_request("plan_creation", with_derived(plan_request.input).model_dump(mode="json", exclude_none=True))
    plan = json.loads(dump_compact(prescribe(shown.input)))
    assert accepts(guidance, shown, dump_compact(plan))
    session = plan["workout_plan"]["weekly_schedule"][0]["exercises"]
    assert len(session) == len(shown.input.derived.week[0].patterns)
    session.append(session[0])
    assert not accepts(guidance, shown, dump_compact(plan))
    assert accepts(guidance, plan_request, dump_compact(plan)), "without derived the weekly cap alone bounds it"
    del session[-2:]
    assert not accepts(guidance, shown, dump_compact(plan))


def test_the_week_has_the_days_that_the_request_outlines(guidance, plan_request):
    shown = make_request("plan_creation", with_derived(plan_request.input).model_dump(mode="json", exclude_none=True))
    plan = json.loads(dump_compact(prescribe(shown.input)))
    outlined = {day.day for day in shown.input.derived.week}
    plan["workout_plan"]["weekly_schedule"][-1]["day"] = "Sunday"
    assert "Sunday" not in outlined and not accepts(guidance, shown, dump_compact(plan))


@pytest.mark.parametrize("path", [
    ("if_too_difficult", "modify_exercises"), ("if_too_easy", "add_exercises"),
    ("if_time_constrained", "shortened_version", "exercises_to_keep")])
@pytest.mark.parametrize("name", ["Sprint intervals", "Heavy deadlift singles"])
def test_recommendations_name_only_known_exercises(guidance, plan_request, path, name):
    plan = json.loads(dump_compact(prescribe(plan_request.input)))
    *steps, last = path
    node = plan["adaptive_recommendations"]
    for step in steps:
        node = node[step]
    node[last][0] = name
    assert not accepts(guidance, plan_request, dump_compact(plan))


def test_changes_name_only_allowed_exercises_and_those_of_the_plan(guidance):
    person = {"age": 34, "gender": "female", "fitness_level": "beginner", "goal": "weight_loss", "equipment_access": "home_gym",
              "injuries": [], "conditions": [], "days_per_week": 1, "workout_duration": 40}
    week = [{"day": "Monday", "exercises": [{"name": "My Own Squat", "sets": 2, "reps": "8"}]}]
    request = make_request("plan_modification", {"person": person, "plan": week, "request": "swap it"})
    change = {"action": "swap", "exercise": "My Own Squat", "replacement": "Goblet Squat", "reason": "As asked."}
    answer = {"summary": "Done.", "changes": [change], "kept": ["My Own Squat"], "safety_note": "Stop at pain."}
    assert accepts(guidance, request, dump_compact(answer))
    for key, name in (("exercise", "Moon Press"), ("replacement", "My Own Squat")):
        assert not accepts(guidance, request, dump_compact({**answer, "changes": [{**change, key: name}]}))
    assert not accepts(guidance, request, dump_compact({**answer, "kept": ["Moon Press"]}))


def test_plan_contract_and_grammar_agree_on_the_teacher(plan_request):
    text = dump_compact(prescribe(plan_request.input))
    assert dump_compact(load_contract(Plan, text, "plan")) == text


def test_a_complete_answer_ends_the_turn_whatever_the_model_would_add(guidance, plan_request):
    tokenizer, engine = guidance
    end = end_of_turn_id(tokenizer)
    answer = tokenizer(dump_compact(prescribe(plan_request.input)), add_special_tokens=False)["input_ids"]
    processor = GrammarProcessor(engine, [compile_grammar(plan_request, tuple(load_exercises())), None], prompt_length=1)
    wanting_more = tokenizer(",", add_special_tokens=False)["input_ids"][0]
    scores = torch.zeros(2, 49152)
    scores[:, wanting_more] = 9.0
    seen = processor(torch.tensor([[1, *answer]] * 2), scores)
    assert seen[0].argmax() == end and torch.isinf(seen[0]).sum() == 49152 - 1, "only the end of the turn is left"
    assert seen[1].argmax() == wanting_more, "a free row stays free"


def test_an_engine_that_gives_up_is_no_finished_answer(guidance, plan_request):
    tokenizer, engine = guidance
    forbidden = tokenizer("nonsense", add_special_tokens=False)["input_ids"]
    grammar = compile_grammar(plan_request, tuple(load_exercises()))
    processor = GrammarProcessor(engine, [grammar], prompt_length=1)
    with pytest.raises(ValueError, match="gave up"):
        processor(torch.tensor([[1, *forbidden]]), torch.zeros(1, 49152))
    with pytest.raises(ValueError, match="gave up"):
        GrammarProcessor(engine, ["no grammar"], prompt_length=1)
