"""The app over HTTP, as a client uses it, on the rules coach."""

import json
import urllib.request

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError as ClientError
from newcomer import default_profile

from fitsense.app.selfcheck import check_as_client
from fitsense.coach.conversation import apply_to_plan
from fitsense.contracts.changes import Change
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.strictness import dump_compact


@pytest.fixture(scope="module")
def client(app):
    client = Client(app.url, verbose=False, analytics_enabled=False)
    yield client
    client.close()


def test_without_any_adapter_the_rules_answer_and_the_page_says_so(app):
    assert app.choice.source == "rules"
    page = urllib.request.urlopen(app.url, timeout=10).read().decode()
    assert "FitSense" in page and "no adapter was trained or released" in page


def test_a_profile_gives_a_plan_that_verifies(app, tmp_path):
    exchange = check_as_client(app.url, default_profile())
    assert exchange.violations == []
    assert len(exchange.plan["workout_plan"]["weekly_schedule"]) == 3
    assert exchange.guard["verdict"] == "accepted"
    recorded = json.loads(exchange.record(tmp_path / "exchange.json").read_text())
    assert set(recorded) == {"profile", "plan", "guard", "violations", "latency_s"}
    assert "127.0.0.1" not in json.dumps(recorded)


def test_triage_endpoint_escalates_chest_pressure(client):
    found = json.loads(client.predict(text="I get chest pressure and I feel faint right now", api_name="/triage"))
    assert found["triage"] == "emergency" and found["see_professional"]
    assert json.loads(client.predict(text="legs a bit sore after squats", api_name="/triage"))["triage"] != "emergency"


def test_ask_endpoint_answers_question_change_and_symptom(client):
    profile = dump_compact(default_profile())
    plan, _ = client.predict(profile=profile, api_name="/plan")

    def ask(message):
        return json.loads(client.predict(profile=profile, plan=plan, message=message, api_name="/ask"))

    first = json.loads(plan)["workout_plan"]["weekly_schedule"][0]["exercises"][0]["name"]
    assert ask("How long should I rest between sets?")["prompt_type"] == "coaching_question"
    changed = ask(f"Please swap {first}, I do not like it")
    assert changed["prompt_type"] == "plan_modification" and changed["answer"]["changes"]
    urgent = ask("Chest pressure spreading to my arm during the warm-up")
    assert urgent["answer"]["triage"] == "emergency" and "rules" in urgent["guard"]["adapter_label"]


@pytest.mark.parametrize(
    "change, told",
    [
        (lambda profile: profile["personal_info"].update(age=9), "profile.personal_info.age: got 9"),
        (lambda profile: profile["personal_info"].update(age="34"), "profile.personal_info.age: got '34'"),
        (lambda profile: profile.update(goal="strength"), "profile.goal"),
        (lambda profile: profile.pop("goals"), "profile.goals"),
    ],
)
def test_an_invalid_profile_is_one_clear_line(client, change, told):
    profile = default_profile().model_dump(mode="json")
    change(profile)
    with pytest.raises(ClientError) as refused:
        client.predict(profile=json.dumps(profile), api_name="/plan")
    assert told in str(refused.value) and "Traceback" not in str(refused.value)


@pytest.mark.parametrize(
    "condition", ["crushing chest pain right now, going down my left arm", "I want to kill myself", "I can't breathe"]
)
def test_an_emergency_in_the_profile_gets_help_and_no_plan(client, condition):
    profile = default_profile().model_dump(mode="json")
    profile["constraints"]["conditions"] = [condition]
    with pytest.raises(ClientError) as refused:
        client.predict(profile=json.dumps(profile), api_name="/plan")
    told = str(refused.value)
    assert "emergency" in told and "weekly_schedule" not in told and "Traceback" not in told


def test_changes_that_break_the_whole_profile_are_not_offered(client):
    for constraints, message in (
        ({"medications": ["warfarin"]}, "I am travelling, no equipment"),
        ({"conditions": ["chest tightness, not checked yet"]}, "I want more leg work"),
    ):
        profile = default_profile().model_dump(mode="json")
        profile["constraints"] |= constraints
        plan, _ = client.predict(profile=json.dumps(profile), api_name="/plan")
        found = json.loads(client.predict(profile=json.dumps(profile), plan=plan, message=message, api_name="/ask"))
        changes = [Change.model_validate(change) for change in found["answer"]["changes"]]
        checked = Profile.model_validate(profile)
        apply_to_plan(checked, Plan.model_validate_json(plan), changes)


@pytest.mark.parametrize("wish", ["cardio", "core", "leg work", "stretching", "pulling"])
def test_more_of_anything_can_be_applied_to_the_plan_of_a_newcomer(client, wish):
    profile = default_profile()
    plan, _ = client.predict(profile=dump_compact(profile), api_name="/plan")
    found = json.loads(
        client.predict(profile=dump_compact(profile), plan=plan, message=f"I want more {wish}", api_name="/ask")
    )
    changes = [Change.model_validate(change) for change in found["answer"]["changes"]]
    assert changes and apply_to_plan(profile, Plan.model_validate_json(plan), changes)


def test_text_that_is_no_json_is_one_clear_line(client):
    with pytest.raises(ClientError, match="valid JSON"):
        client.predict(profile="{not json", api_name="/plan")


def test_a_message_of_any_length_is_refused_before_it_is_read(client):
    profile = dump_compact(default_profile())
    plan, _ = client.predict(profile=profile, api_name="/plan")
    with pytest.raises(ClientError, match="message: got .*at most 600"):
        client.predict(profile=profile, plan=plan, message="my knee hurts " * 50_000, api_name="/ask")


def test_only_the_three_endpoints_are_public(client):
    names = set(client.view_api(return_format="dict")["named_endpoints"])
    assert names == {"/plan", "/triage", "/ask"}
