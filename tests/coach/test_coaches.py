"""Coaches: rules, a student behind the guard, what is stored, and how messages are read."""

import json
import sqlite3

import pytest

from fitsense.coach.choice import newest_run, open_coach
from fitsense.coach.coaches import CoachReply, RulesCoach, StudentCoach, make_reply
from fitsense.coach.guard import guard_answer
from fitsense.coach.salvage import salvage_json
from fitsense.coach.store import InteractionStore
from fitsense.models.generation import load_student
from fitsense.params import ModelParams, Params
from fitsense.planning.respond import respond
from fitsense.safety.permitted import allowed_names
from fitsense.safety.verifier import verify_answer


def test_rules_coach_answers_and_says_who_it_is(ask_plan):
    reply = RulesCoach().answer(ask_plan)
    assert (reply.verdict, reply.kept, reply.text) == ("accepted", 1.0, respond(ask_plan))
    assert "no model" in reply.adapter_label


@pytest.mark.parametrize("written, verdict, low, high", [(1.0, "accepted", 1.0, 1.0), (0.5, "repaired", 0.2, 0.8),
                                                         (0.0, "replaced", 0.0, 0.0)])
def test_a_reply_reports_the_share_the_student_wrote(ask_plan, written, verdict, low, high):
    whole = respond(ask_plan)
    raw = whole[: int(len(whole) * written)]
    reply = make_reply(ask_plan, guard_answer(ask_plan, raw, "length"), raw, "a student", 1.5, 700, timed_out=True)
    assert (reply.verdict, reply.raw_text, reply.n_tokens) == (verdict, raw, 700)
    assert low <= reply.kept <= high and "time ran out" in reply.repairs[0]


@pytest.mark.full
def test_the_untrained_base_model_behind_the_guard_still_gives_a_plan_that_verifies(ask_plan):
    coach = StudentCoach(load_student(ModelParams(), None), max_new_tokens_plan=400, timeout_s=120)
    *steps, reply = coach.stream(ask_plan)
    assert all(isinstance(step, str) for step in steps) and isinstance(reply, CoachReply)
    assert reply.raw_text.startswith('{"workout_plan":{"name":') and reply.n_tokens > 100
    assert reply.verdict != "accepted" and reply.kept < 1 and verify_answer(ask_plan, reply.text) == []


def test_grammar_names_only_what_the_person_may_do(ask_plan, ask):
    names = allowed_names(ask_plan)
    assert names == tuple(sorted(names)) and len(names) > 20
    assert names == allowed_names(ask("plan_modification", "swap something"))


def test_without_adapters_the_rules_coach_is_chosen(tmp_path, monkeypatch):
    opened = open_coach(tmp_path / "run", Params(name="test"), tmp_path / "release")
    assert isinstance(opened.coach, RulesCoach) and opened.choice.source == "rules"
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    assert newest_run() is None
    manifest = tmp_path / "a-run" / "05_qlora_training" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}")
    assert newest_run() == tmp_path / "a-run"


def test_interactions_are_stored_with_label_latency_and_verdict(tmp_path, ask_plan):
    store = InteractionStore(tmp_path / "deep" / "interactions.sqlite")
    store.record(ask_plan, RulesCoach().answer(ask_plan))
    store.close()
    with sqlite3.connect(store.path) as kept:
        kept.row_factory = sqlite3.Row
        (row,) = kept.execute("SELECT * FROM ai_interactions")
    assert row["verdict"] == "accepted" and row["prompt_type"] == "plan_creation" and row["latency_s"] >= 0
    assert "rules" in row["model_label"] and json.loads(row["response"])["workout_plan"]


@pytest.mark.parametrize(
    "text, value",
    [
        ('{"a":1,"b":[1,2', {"a": 1, "b": [1]}),
        ('Sure! {"a":{"b":"x"}} bye', {"a": {"b": "x"}}),
        ('{"a":1,"a":2}', {"a": 1}),
        ('{"a":NaN}', {"a": None}),
        ('{"a":"un"fortunate","b":2}', {}),
        ('{"a":"b{[","c":"d', {"a": "b{["}),
        ("no json", None),
    ],
)
def test_salvage_reads_what_can_be_read(text, value):
    found, notes = salvage_json(text)
    assert found == value
    assert notes or text == '{"a":1,"a":2}' or text == '{"a":NaN}'
