"""The page: header, three tabs, and the events between them.

Knows Gradio, the views and the desk; decides nothing about training.
"""

import tempfile
import time
from pathlib import Path
from typing import get_args
from uuid import uuid4

import gradio as gr

from fitsense.app.desk import Desk, triage_account
from fitsense.app.endpoints import add_endpoints, read_message_text, refuse_broken
from fitsense.app.forms import DEFAULTS, FIELDS, profile_from_form, read_profile
from fitsense.app.views import (
    answer_view,
    changes_view,
    chat_view,
    guard_view,
    header_view,
    plan_view,
    progress_view,
    triage_view,
)
from fitsense.coach.conversation import apply_to_plan
from fitsense.contracts.profile import BODY_PARTS, Activity, Equipment, Gender, Goal, Level, Profile
from fitsense.contracts.strictness import dump_compact

PROGRESS_EVERY_S = 0.7
EMPTY_PLAN = (
    '<div class="fs-card"><b>No plan yet.</b><p>Fill in what you know and press “Write my week”. '
    "Everything has a sensible default.</p></div>"
)
EXAMPLES = [
    "My knee hurts when I squat",
    "Swap the push-ups, my wrists dislike them",
    "How long should I rest between sets?",
    "I get chest pressure when I run",
]
ABOUT = """
### What this is
FitSense shows what a small language model, taught by a deterministic planning engine, can and cannot do as a coach.
The model writes under a grammar. A guard then checks every line against the same rules that taught it: real exercises,
your limits, your time, your calories. What breaks a rule is repaired or replaced, and the page shows how much.

### What it is not
It is not medical advice, not a diagnosis, and not for emergencies. With chest pressure, fainting, severe
breathlessness, sudden weakness or confusion: **stop and call your local emergency number.** Symptoms are triaged by
rules, before any model is asked.
Under 18, pregnant, with an eating disorder or low body weight, it gives no weight-loss target. What it does not
recognise in your own words makes it more careful, and it says so.

### Your data
{storage} The page listens on this computer only; a share link, if one was opened, asks for a name and a password.
"""


def build_page(desk: Desk, folder: Path) -> gr.Blocks:
    """Build the app's page and endpoints; `folder` takes the plans offered for download."""
    with gr.Blocks(title="FitSense coach", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(header_view(desk.choice))
        kept_profile, kept_plan, kept_changes = gr.State(None), gr.State(None), gr.State([])
        with gr.Tabs():
            with gr.Tab("Plan"):
                plan_html = _add_plan_tab(desk, folder, kept_profile, kept_plan)
            with gr.Tab("Ask or change"):
                _add_ask_tab(desk, kept_profile, kept_plan, kept_changes, plan_html)
            with gr.Tab("About and safety"):
                stored = "Questions and answers are kept in a file on this computer."
                gr.Markdown(ABOUT.format(storage=stored if desk.store else "Nothing you enter is stored."))
        add_endpoints(desk)
    return page


def _add_plan_tab(desk: Desk, folder: Path, kept_profile: gr.State, kept_plan: gr.State) -> gr.HTML:
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300):
            fields = _add_form()
            write = gr.Button("Write my week", variant="primary")
            with gr.Accordion("Paste a profile as JSON", open=False):
                pasted = gr.Textbox(lines=8, max_lines=16, label="Profile JSON", elem_id="profile-json")
                write_pasted = gr.Button("Write a week for this profile")
        with gr.Column(scale=5, min_width=320):
            plan_html = gr.HTML(EMPTY_PLAN, elem_id="plan")
            guard_html = gr.HTML("", elem_id="guard")
            download = gr.DownloadButton("Download the plan as JSON", visible=False, size="sm")
    outputs = [plan_html, guard_html, download, kept_profile, kept_plan]

    def show_form(*values):
        yield from _show_plan(desk, refuse_broken(lambda given: profile_from_form(*given), values), folder)

    def show_pasted(text):
        yield from _show_plan(desk, refuse_broken(read_profile, text), folder)

    shared = {
        "outputs": outputs,
        "concurrency_limit": 1,
        "concurrency_id": "coach",
        "api_visibility": "private",
        "show_progress": "hidden",
    }
    write.click(show_form, inputs=fields, scroll_to_output=True, **shared)
    write_pasted.click(show_pasted, inputs=pasted, scroll_to_output=True, **shared)
    return plan_html


def _show_plan(desk: Desk, profile: Profile, folder: Path):
    """Yield the page's outputs: progress while the student writes, then the plan and the guard's account."""
    hidden, last = gr.DownloadButton(visible=False), 0.0
    yield progress_view("", desk.coach.label), "", hidden, profile, None
    for step in desk.write_plan(profile):
        if not isinstance(step, str):
            file = folder / uuid4().hex / "fitsense_plan.json"
            file.parent.mkdir(parents=True)
            file.write_text(dump_compact(step.plan), encoding="utf-8")
            button = gr.DownloadButton(value=str(file), visible=True)
            yield plan_view(step.plan), guard_view(step.reply), button, profile, step.plan
        elif time.monotonic() - last > PROGRESS_EVERY_S:
            last = time.monotonic()
            yield progress_view(step, desk.coach.label), "", hidden, profile, None


def _add_form() -> list:
    """The profile's fields, in the order of forms.FIELDS."""
    made = {}
    with gr.Group():
        with gr.Row():
            made["age"] = gr.Number(DEFAULTS["age"], label="Age (years)", precision=0, min_width=110)
            made["gender"] = gr.Dropdown(list(get_args(Gender)), value=DEFAULTS["gender"], label="Sex", min_width=110)
        with gr.Row():
            made["height_cm"] = gr.Number(DEFAULTS["height_cm"], label="Height (cm)", min_width=110)
            made["weight_kg"] = gr.Number(DEFAULTS["weight_kg"], label="Weight (kg)", min_width=110)
        made["goals"] = gr.Dropdown(
            _choices(Goal), value=DEFAULTS["goals"], multiselect=True, max_choices=3, label="Goals, first one first"
        )
        with gr.Row():
            made["fitness_level"] = gr.Dropdown(
                _choices(Level), value=DEFAULTS["fitness_level"], label="Level", min_width=110
            )
            made["activity_level"] = gr.Dropdown(
                _choices(Activity), value=DEFAULTS["activity_level"], label="Daily life", min_width=110
            )
        made["equipment_access"] = gr.Radio(_choices(Equipment), value=DEFAULTS["equipment_access"], label="Equipment")
        made["days_per_week"] = gr.Slider(1, 7, value=DEFAULTS["days_per_week"], step=1, label="Days a week")
        made["workout_duration"] = gr.Slider(
            10, 120, value=DEFAULTS["workout_duration"], step=5, label="Minutes a session"
        )
        made["injuries"] = gr.Dropdown(
            _choices(BODY_PARTS), value=[], multiselect=True, label="Injured or painful parts"
        )
        made["conditions"] = gr.Textbox(
            "", lines=2, label="Conditions, one a line", placeholder="high blood pressure, not controlled"
        )
    with gr.Accordion("More about you", open=False):
        made["medications"] = gr.Textbox("", lines=2, label="Medicines, one a line")
        made["allergies"] = gr.Textbox("", label="Food allergies, one a line")
        made["diet"] = gr.Textbox("", label="Diet", placeholder="vegetarian")
        made["preferred_activities"] = gr.Textbox(
            DEFAULTS["preferred_activities"], label="What you like to do, one a line"
        )
        made["sleep_hours"] = gr.Number(DEFAULTS["sleep_hours"], label="Sleep (hours a night)")
    return [made[name] for name in FIELDS]


def _choices(values) -> list[tuple[str, str]]:
    """Values of a contract with the words a person reads."""
    names = values if isinstance(values, tuple) else get_args(values)
    return [(name.replace("_", " ").capitalize(), name) for name in names]


def _add_ask_tab(desk: Desk, kept_profile, kept_plan, kept_changes, plan_html: gr.HTML) -> None:
    message = gr.Textbox(
        lines=2, max_length=600, label="Ask, report a symptom, or say what to change", elem_id="message"
    )
    gr.Examples(EXAMPLES, inputs=message, label="For example")
    send = gr.Button("Send", variant="primary")
    banner, answer_html = gr.HTML("", elem_id="triage"), gr.HTML("", elem_id="answer")
    apply = gr.Button("Apply these changes to my plan", visible=False)
    guard_html = gr.HTML("")

    def show_answer(text, profile, plan):
        text = refuse_broken(read_message_text, (text or "").strip())
        yield _triage_first(text), _waiting(desk, plan), gr.Button(visible=False), "", []
        if plan is None:
            return
        found = refuse_broken(lambda given: desk.answer_message(given, profile, plan), text)
        view = chat_view(found.answer) if isinstance(found.answer, str) else answer_view(found.answer)
        urgent = _triage_first(text) if isinstance(found.answer, str) or found.turn.is_urgent else ""
        shown = changes_view(found.changes) if found.turn.is_urgent else view
        yield urgent, shown, gr.Button(visible=bool(found.changes)), guard_view(found.reply), found.changes

    def apply_changes(profile, plan, changes):
        changed = refuse_broken(lambda given: apply_to_plan(profile, plan, given), changes)
        note = (
            '<div class="fs-banner fs-proceed"><b>Done</b>'
            "<p>The plan is changed and checked again: see the Plan tab.</p></div>"
        )
        return changed, plan_view(changed), note, gr.Button(visible=False)

    asked = {
        "inputs": [message, kept_profile, kept_plan],
        "outputs": [banner, answer_html, apply, guard_html, kept_changes],
        "concurrency_limit": 1,
        "concurrency_id": "coach",
        "api_visibility": "private",
        "show_progress": "hidden",
    }
    send.click(show_answer, **asked)
    message.submit(show_answer, **asked)
    apply.click(
        apply_changes,
        inputs=[kept_profile, kept_plan, kept_changes],
        outputs=[kept_plan, plan_html, answer_html, apply],
        api_visibility="private",
    )


def _triage_first(text: str) -> str:
    """The banner that stands before any answer is asked for; nothing where there is nothing to warn of."""
    found = triage_account(text)
    return "" if found["triage"] == "proceed" else triage_view(found["triage"], found["message"], found["stop_signs"])


def _waiting(desk: Desk, plan) -> str:
    if plan is None:
        return (
            '<div class="fs-card"><b>Write a plan first.</b><p>Answers and changes rest on your own plan: '
            "open the Plan tab, press “Write my week”, then come back.</p></div>"
        )
    return progress_view("", desk.coach.label)


def make_download_folder() -> tempfile.TemporaryDirectory:
    """A folder for plans offered for download, removed when the app closes."""
    return tempfile.TemporaryDirectory(prefix="fitsense_")
