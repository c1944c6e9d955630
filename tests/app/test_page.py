"""What the page's events put out: a new plan clears old changes, an emergency gets no plan, odd units are asked about."""

import base64
import json
import sqlite3

import gradio as gr
import pytest
from newcomer import default_profile

from fitsense.app.ask_tab import _answer_outputs, _urgent_outputs
from fitsense.app.desk import Desk
from fitsense.app.forms import DEFAULTS, profile_from_form
from fitsense.app.page import build_page
from fitsense.app.plan_tab import EMPTY_PLAN, _show_kept, _show_plan
from fitsense.app.views import download_view, guard_view, plan_view
from fitsense.coach.choice import OpenedCoach
from fitsense.coach.coaches import CoachReply, RulesCoach
from fitsense.coach.store import InteractionStore
from fitsense.models.adapters import AdapterChoice

DESK = Desk(OpenedCoach(RulesCoach(), AdapterChoice(None, "rules", "rules coach", "a test")))
PLAN_HTML, DOWNLOAD, GUARD, PROFILE, PLAN, UNITS, ASKED, CHANGES, ANSWER, APPLY = range(10)


def show(asked="", **form):
    return list(_show_plan(DESK, profile_from_form(*{**DEFAULTS, **form}.values()), asked))


def test_every_step_of_a_new_plan_clears_the_old_changes():
    steps = show()
    assert len(steps) >= 2 and all(len(step) == 10 for step in steps)
    for step in steps:
        assert step[CHANGES] == [] and step[ANSWER] == "" and step[APPLY].visible is False
    assert steps[-1][PLAN] is not None and steps[-1][UNITS] == ""


def test_the_plan_one_has_stays_until_the_new_one_is_there():
    first = show()[0]
    assert "fs-week" not in first[PLAN_HTML]
    assert all(first[place] == gr.skip() for place in (DOWNLOAD, GUARD, PROFILE, PLAN))
    plan = show()[-1][PLAN]
    assert _show_kept(None) == EMPTY_PLAN and _show_kept(plan) == plan_view(plan), "what a refused request leaves"


@pytest.mark.parametrize("condition", ["chest pain right now and I am sweating", "I want to end my life"])
def test_an_emergency_shows_what_to_do_and_no_plan(condition):
    last = show(conditions=condition)[-1]
    assert "fs-emergency" in last[PLAN_HTML] and "fs-week" not in last[PLAN_HTML]
    assert last[PROFILE] is None and last[PLAN] is None and last[DOWNLOAD] == ""


def test_odd_units_are_asked_about_once_and_nothing_else_is_touched():
    (asked,) = show(height_cm=175, weight_kg=150)
    assert "1.75 m and 150 kg: are these metric?" in asked[UNITS] and "press the button again" in asked[UNITS]
    untouched = (PLAN_HTML, DOWNLOAD, GUARD, PROFILE, PLAN, CHANGES, ANSWER, APPLY)
    assert all(asked[place] == gr.skip() for place in untouched)
    again = show(asked[ASKED], height_cm=175, weight_kg=150)
    assert again[-1][PLAN] is not None and again[-1][UNITS] == ""
    assert len(show(asked[ASKED], height_cm=175, weight_kg=160)) == 1


def test_an_urgent_message_is_answered_whole_in_the_first_event():
    plan = show()[-1][PLAN]
    banner, guard, changes, answer, button = _answer_outputs(DESK, "I have chest pain right now", default_profile(), plan)
    assert "fs-emergency" in banner and changes == [] and button.visible is False and guard


@pytest.mark.parametrize("broken", ["store", "answer"])
def test_an_urgent_message_gets_its_banner_whatever_breaks(tmp_path, broken, monkeypatch, capsys):
    store = InteractionStore(tmp_path / "visits.sqlite")
    desk, plan = Desk(OpenedCoach(RulesCoach(), DESK.choice), store), show()[-1][PLAN]
    if broken == "answer":
        monkeypatch.setattr(desk.rules, "answer", lambda request: 1 / 0)
    with sqlite3.connect(store.path) as other:
        other.execute("BEGIN EXCLUSIVE")
        banner, *_ = _urgent_outputs(desk, "chest pain right now", default_profile(), plan)
        if broken == "store":
            assert desk.answer_message("chest pain right now", default_profile(), plan).answer.triage == "emergency"
    assert "fs-emergency" in banner
    assert ("database is locked" if broken == "store" else "ZeroDivisionError") in capsys.readouterr().err
    store.close()


def test_the_page_holds_its_parts_and_moves_to_the_plan():
    config = build_page(DESK).get_config_file()
    ids = {part["props"].get("elem_id") for part in config["components"]}
    assert {"plan", "units", "download", "guard", "triage", "answer"} <= ids
    assert sum("scrollIntoView" in str(event.get("js")) for event in config["dependencies"]) == 2
    lines = {part["props"]["label"]: part["props"]["lines"] for part in config["components"] if part["type"] == "textbox"}
    assert all(count >= 2 for label, count in lines.items() if "one a line" in label)


def test_the_download_is_in_the_link_itself():
    plan = show()[-1][PLAN]
    packed = download_view(plan).split("base64,")[1].split('"')[0]
    assert json.loads(base64.b64decode(packed)) == plan.model_dump(mode="json")


def test_exercises_kept_stand_beside_the_share():
    plan = show()[-1][PLAN]
    reply = CoachReply("x", "repaired", n_tokens=9, kept=0.4, n_exercises_kept=5, n_exercises=12)
    for view in (plan_view(plan, reply), guard_view(reply)):
        assert "40% written by the student" in view and "exercises kept: 5 of 12" in view
