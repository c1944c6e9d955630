"""One answer at a time, and an emergency never in line: a slow coach, several clients at once."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError as ClientError
from newcomer import default_profile

from fitsense.app import launch
from fitsense.app.desk import Desk, PlanAnswer
from fitsense.coach.choice import OpenedCoach
from fitsense.coach.coaches import RulesCoach
from fitsense.coach.conversation import plan_request
from fitsense.contracts.plan import Plan
from fitsense.contracts.strictness import ContractError, dump_compact
from fitsense.models.adapters import AdapterChoice
from fitsense.params import DemoParams, Params
from fitsense.planning.respond import respond

CHOICE = AdapterChoice(None, "rules", "slow coach", "a test")
PROFILE = default_profile()
PLAN_TEXT = respond(plan_request(PROFILE))


class SlowCoach(RulesCoach):
    """Answers by the rules, but only when it is let; counts how many answers are under way at once."""

    label = "slow coach"

    def __init__(self):
        self.go, self.started = threading.Event(), threading.Event()
        self.now = self.most = 0

    def answer(self, request):
        """Wait, then answer."""
        self.now += 1
        self.most = max(self.most, self.now)
        self.started.set()
        assert self.go.wait(60)
        time.sleep(0.05)
        self.now -= 1
        return super().answer(request)

    def stream(self, request):
        """A first word at once, the answer when let."""
        yield "{"
        yield self.answer(request)


@pytest.fixture
def slow():
    coach = SlowCoach()
    yield coach
    coach.go.set()


@pytest.fixture
def open_app(tmp_path, monkeypatch, slow):
    apps = []

    def open_with(queue_limit):
        monkeypatch.setattr(launch, "_open_chosen", lambda *given: OpenedCoach(slow, CHOICE))
        params = Params(name="test", demo=DemoParams(queue_limit=queue_limit))
        apps.append(launch.launch_app(tmp_path, block=False, params=params))
        return apps[-1]

    yield open_with
    slow.go.set()
    for app in apps:
        app.close()


def ask(url, **given):
    client = Client(url, verbose=False, analytics_enabled=False)
    try:
        return client.predict(**given)
    finally:
        client.close()


def test_an_emergency_is_answered_while_plans_are_being_written(open_app, slow):
    url, profile = open_app(8).url, dump_compact(PROFILE)
    with ThreadPoolExecutor(8) as pool:
        plans = [pool.submit(ask, url, profile=profile, api_name="/plan") for _ in range(3)]
        assert slow.started.wait(30)
        for message in ("crushing chest pain right now", "I fainted during the warm-up and my speech is slurred"):
            began = time.monotonic()
            found = json.loads(ask(url, profile=profile, plan=PLAN_TEXT, message=message, api_name="/ask"))
            assert found["triage"] == "emergency" and time.monotonic() - began < 20
        assert json.loads(ask(url, text="chest pressure on the stairs", api_name="/triage"))["see_professional"]
        assert not any(plan.done() for plan in plans)
        slow.go.set()
        assert all(json.loads(plan.result(60)[0])["workout_plan"] for plan in plans)
    assert slow.most == 1


def test_whom_there_is_no_room_for_is_told_so_and_an_emergency_is_not(open_app, slow):
    url, profile = open_app(1).url, dump_compact(PROFILE)
    with ThreadPoolExecutor(4) as pool:
        plans = [pool.submit(ask, url, profile=profile, api_name="/plan") for _ in range(4)]
        deadline = time.monotonic() + 30
        while sum(plan.done() for plan in plans) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        refused = [plan for plan in plans if plan.done()]
        assert len(refused) == 2 and all(isinstance(plan.exception(), ClientError) for plan in refused)
        assert "try again in a minute" in str(refused[0].exception())
        found = json.loads(ask(url, profile=profile, plan=PLAN_TEXT, message="I am having a stroke", api_name="/ask"))
        assert found["triage"] == "emergency"
        slow.go.set()


def test_a_visitor_who_leaves_gives_the_turn_back(slow):
    desk = Desk(OpenedCoach(slow, CHOICE), most_waiting=1)
    left_early = desk.write_plan(PROFILE)
    assert next(left_early) == "{"
    waiting = desk.write_plan(PROFILE)
    with ThreadPoolExecutor(1) as pool:
        first_word = pool.submit(next, waiting)
        time.sleep(0.2)
        assert not first_word.done()
        with pytest.raises(ContractError, match="try again in a minute"):
            next(desk.write_plan(PROFILE))
        left_early.close()
        assert first_word.result(10) == "{"
    slow.go.set()
    assert isinstance(next(waiting), PlanAnswer)
    waiting.close()


def test_a_quiet_question_waits_for_its_turn(slow):
    desk = Desk(OpenedCoach(slow, CHOICE), most_waiting=1)
    plan, message = Plan.model_validate_json(PLAN_TEXT), "How long should I rest between sets?"
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(desk.answer_message, message, PROFILE, plan) for _ in range(2)]
        assert slow.started.wait(10)
        urgent = desk.answer_message("I have chest pain right now", PROFILE, plan)
        assert urgent.answer.triage == "emergency" and not any(answer.done() for answer in answers)
        slow.go.set()
        assert all(isinstance(answer.result(10).answer, str) for answer in answers)
    assert slow.most == 1
