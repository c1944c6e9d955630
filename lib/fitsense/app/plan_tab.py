"""The plan tab: the profile form on one side, the week, the guard's account and the download on the other.

Knows Gradio, the views and the desk; decides nothing about training.
"""

import time
from pathlib import Path
from typing import get_args
from uuid import uuid4

import gradio as gr

from fitsense.app.desk import Desk
from fitsense.app.endpoints import refuse_broken
from fitsense.app.forms import DEFAULTS, FIELDS, profile_from_form, read_profile
from fitsense.app.views import guard_view, plan_view, progress_view
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import BODY_PARTS, Activity, Equipment, Gender, Goal, Level, Profile
from fitsense.contracts.strictness import dump_compact

PROGRESS_EVERY_S = 0.7
EMPTY_PLAN = (
    '<div class="fs-card"><b>No plan yet.</b><p>Fill in what you know and press “Write my week”. '
    "Everything has a sensible default.</p></div>"
)


def add_plan_tab(desk: Desk, folder: Path, kept_profile: gr.State, kept_plan: gr.State) -> list:
    """Add the tab's parts and events inside an open gr.Tab; return what a changed plan must refresh."""
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
    for button, read, inputs in ((write, show_form, fields), (write_pasted, show_pasted, pasted)):
        done = button.click(read, inputs=inputs, scroll_to_output=True, **shared)
        done.failure(lambda: EMPTY_PLAN, outputs=plan_html, api_visibility="private")
    return [plan_html, guard_html, download]


def _show_plan(desk: Desk, profile: Profile, folder: Path):
    """Yield the page's outputs: progress while the student writes, then the plan and the guard's account."""
    hidden, last = gr.DownloadButton(visible=False), 0.0
    yield progress_view("", desk.coach.label), "", hidden, profile, None
    for step in desk.write_plan(profile):
        if not isinstance(step, str):
            button = offer_download(step.plan, folder)
            yield plan_view(step.plan, step.reply), guard_view(step.reply), button, profile, step.plan
        elif time.monotonic() - last > PROGRESS_EVERY_S:
            last = time.monotonic()
            yield progress_view(step, desk.coach.label), "", hidden, profile, None


def offer_download(plan: Plan, folder: Path) -> gr.DownloadButton:
    """Write a plan as JSON under `folder` and return the button that hands it out."""
    file = folder / uuid4().hex / "fitsense_plan.json"
    file.parent.mkdir(parents=True)
    file.write_text(dump_compact(plan) + "\n", encoding="utf-8")
    return gr.DownloadButton(value=str(file), visible=True)


def _add_form() -> list:
    """The profile's fields, in the order of forms.FIELDS."""
    made = {}
    with gr.Group():
        with gr.Row():
            made["age"] = gr.Number(DEFAULTS["age"], label="Age (years)", precision=0, min_width=110)
            made["gender"] = gr.Dropdown(_choices(Gender), value=DEFAULTS["gender"], label="Sex", min_width=110)
        with gr.Row():
            made["height_cm"] = gr.Number(DEFAULTS["height_cm"], label="Height (cm)", min_width=110)
            made["weight_kg"] = gr.Number(DEFAULTS["weight_kg"], label="Weight (kg)", min_width=110)
        made["goals"] = gr.Dropdown(
            _choices(Goal), value=DEFAULTS["goals"], multiselect=True, max_choices=3, label="Goals, first one first"
        )
        made["fitness_level"] = gr.Dropdown(_choices(Level), value=DEFAULTS["fitness_level"], label="Training level")
        made["activity_level"] = gr.Dropdown(_choices(Activity), value=DEFAULTS["activity_level"], label="Daily life")
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
