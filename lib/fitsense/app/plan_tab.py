"""The plan tab: the profile form on one side, the week, the download and the guard's account on the other.

Knows Gradio, the views and the desk; decides nothing about training.
"""

import time
from typing import get_args

import gradio as gr

from fitsense.app.desk import Desk
from fitsense.app.endpoints import in_one_line, refuse_broken
from fitsense.app.forms import DEFAULTS, FIELDS, ask_about_units, profile_from_form, read_profile
from fitsense.app.proposal import Proposal, clear_proposal
from fitsense.app.views import download_view, guard_view, plan_view, progress_view, triage_view, units_view
from fitsense.coach.conversation import ProfileEmergency
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import BODY_PARTS, Activity, Equipment, Gender, Goal, Level, Profile
from fitsense.contracts.strictness import ContractError

PROGRESS_EVERY_S = 0.7
EMPTY_PLAN = (
    '<div class="fs-card"><b>No plan yet.</b><p>Fill in what you know and press “Write my week”. '
    "Everything has a sensible default.</p></div>"
)
# When the last step is there, the page moves to the plan, or to the question about units where there is one.
SCROLL = """(notice) => {
  const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const place = document.getElementById(notice ? 'units' : 'plan');
  if (place) place.scrollIntoView({behavior: calm ? 'auto' : 'smooth', block: 'start'});
}"""


def add_plan_tab(desk: Desk, kept_profile: gr.State, kept_plan: gr.State, proposal: Proposal) -> list:
    """Add the tab's parts and events inside an open gr.Tab; return what a changed plan must refresh.

    `proposal` holds changes to the plan in force: a new plan clears it.
    """
    with gr.Row(equal_height=False):
        with gr.Column(scale=2, min_width=300):
            fields = _add_form()
            units_html = gr.HTML("", elem_id="units")
            write = gr.Button("Write my week", variant="primary")
            with gr.Accordion("Paste a profile as JSON", open=False):
                pasted = gr.Textbox(lines=8, max_lines=16, label="Profile JSON", elem_id="profile-json")
                write_pasted = gr.Button("Write a week for this profile")
        with gr.Column(scale=5, min_width=320):
            plan_html = gr.HTML(EMPTY_PLAN, elem_id="plan")
            download_html, guard_html = gr.HTML("", elem_id="download"), gr.HTML("", elem_id="guard")
    asked_units = gr.State("")
    outputs = [plan_html, download_html, guard_html, kept_profile, kept_plan, units_html, asked_units]

    def show_form(asked, *values):
        yield from _show_plan(desk, refuse_broken(lambda given: profile_from_form(*given), values), asked)

    def show_pasted(asked, text):
        yield from _show_plan(desk, refuse_broken(read_profile, text), asked)

    private = {"api_visibility": "private", "show_progress": "hidden"}
    for button, read, inputs in ((write, show_form, fields), (write_pasted, show_pasted, [pasted])):
        done = button.click(
            read, inputs=[asked_units, *inputs], outputs=[*outputs, *proposal.parts], concurrency_limit=None, **private
        )
        done.success(None, inputs=units_html, js=SCROLL)
        done.failure(_show_kept, inputs=kept_plan, outputs=plan_html, **private)
    return [plan_html, download_html, guard_html]


def _show_kept(plan: Plan | None) -> str:
    """What stands where no new plan came: the plan one has."""
    return EMPTY_PLAN if plan is None else plan_view(plan)


def _show_plan(desk: Desk, profile: Profile, asked: str):
    """Yield the page's outputs: progress while the student writes, then the plan and the guard's account.

    The plan one has, with its profile and download, stays until the new one is there. `asked` is the question about
    units that was asked already: pressing the button again answers it. In an emergency there is no plan, only what to
    do now.
    """
    question = ask_about_units(profile) or ""
    if question not in ("", asked):
        yield (*[gr.skip()] * 5, units_view(question), question, *[gr.skip()] * 3)
        return
    kept, rest, last = [gr.skip()] * 4, ("", question, *clear_proposal()), 0.0
    yield progress_view("", desk.coach.label), *kept, *rest
    try:
        for step in desk.write_plan(profile):
            if not isinstance(step, str):
                written = plan_view(step.plan, step.reply), download_view(step.plan), guard_view(step.reply)
                yield *written, profile, step.plan, *rest
            elif time.monotonic() - last > PROGRESS_EVERY_S:
                last = time.monotonic()
                yield progress_view(step, desk.coach.label), *kept, *rest
    except ProfileEmergency as error:
        found = error.triage
        yield triage_view(found.triage, found.message, found.stop_signs), "", "", None, None, *rest
    except ContractError as error:
        raise in_one_line(error) from None


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
        made["allergies"] = gr.Textbox("", lines=2, label="Food allergies, one a line or with commas")
        made["diet"] = gr.Textbox("", label="Diet", placeholder="vegetarian")
        made["preferred_activities"] = gr.Textbox(
            DEFAULTS["preferred_activities"], lines=2, label="What you like to do, one a line or with commas"
        )
        made["sleep_hours"] = gr.Number(DEFAULTS["sleep_hours"], label="Sleep (hours a night)")
    return [made[name] for name in FIELDS]


def _choices(values) -> list[tuple[str, str]]:
    """Values of a contract with the words a person reads."""
    names = values if isinstance(values, tuple) else get_args(values)
    return [(name.replace("_", " ").capitalize(), name) for name in names]
