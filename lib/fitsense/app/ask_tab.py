"""The ask tab: one message in; triage at once, then the answer, and changes that can be applied to the plan.

Knows Gradio, the views and the desk; decides nothing about training.
"""

import traceback

import gradio as gr

from fitsense.app.desk import Desk, triage_account
from fitsense.app.endpoints import read_message_text, refuse_broken
from fitsense.app.proposal import Proposal, clear_proposal
from fitsense.app.views import (
    answer_view,
    changes_view,
    chat_view,
    download_view,
    guard_view,
    plan_view,
    progress_view,
    triage_view,
)
from fitsense.coach.conversation import apply_to_plan, is_urgent
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile

EXAMPLES = [
    "My knee hurts when I squat",
    "I only have 20 minutes on Friday",
    "How long should I rest between sets?",
    "I get chest pressure when I run",
]
APPLIED = (
    '<div class="fs-banner fs-proceed"><b>Done</b>'
    "<p>The plan is changed and checked again: see the Plan tab.</p></div>"
)


def add_ask_tab(desk: Desk, kept_profile, kept_plan, proposal: Proposal, plan_parts: list) -> None:
    """Add the tab's parts and events inside an open gr.Tab; `plan_parts`: what an applied change refreshes."""
    message = gr.Textbox(
        lines=2, max_length=600, label="Ask, report a symptom, or say what to change", elem_id="message"
    )
    gr.Examples(EXAMPLES, inputs=message, label="For example")
    send = gr.Button("Send", variant="primary")
    banner = gr.HTML("", elem_id="triage")
    proposal.answer.render()
    proposal.apply.render()
    guard_html = gr.HTML("")

    def show_first(text, profile, plan):
        text = refuse_broken(read_message_text, (text or "").strip())
        if is_urgent(text):
            return "", *_urgent_outputs(desk, text, profile, plan)
        return text, *_banner_outputs(text, _waiting(desk, plan))

    def show_answer(text, profile, plan):
        return _answer_outputs(desk, text, profile, plan) if text else [gr.skip()] * 5

    def apply_changes(profile, plan, changes):
        changed = refuse_broken(lambda given: apply_to_plan(profile, plan, given), changes)
        return changed, plan_view(changed), download_view(changed), "", *_applied()

    asked = gr.State("")
    shown = [banner, guard_html, *proposal.parts]
    private = {"api_visibility": "private", "show_progress": "hidden"}
    # Triage does not wait for the coach: it has its own event, outside the queue, and answers what is urgent itself.
    first = gr.on(
        [send.click, message.submit], show_first, inputs=[message, kept_profile, kept_plan], outputs=[asked, *shown],
        queue=False, **private,
    )
    answered = first.success(
        show_answer, inputs=[asked, kept_profile, kept_plan], outputs=shown, concurrency_limit=None, **private
    )
    answered.failure(lambda: "", outputs=proposal.answer, **private)
    proposal.apply.click(
        apply_changes, inputs=[kept_profile, kept_plan, proposal.changes],
        outputs=[kept_plan, *plan_parts, *proposal.parts], **private,
    )


def _applied() -> tuple:
    changes, _, button = clear_proposal()
    return changes, APPLIED, button


def _urgent_outputs(desk: Desk, text: str, profile: Profile | None, plan: Plan | None) -> tuple:
    """The outputs for an urgent message: whatever breaks while it is answered, the banner says what to do."""
    try:
        return _answer_outputs(desk, text, profile, plan)
    except Exception:
        traceback.print_exc()
        return _banner_outputs(text, "")


def _banner_outputs(text: str, answer: str) -> tuple:
    """The triage banner with no change at hand."""
    return _triage_first(text), "", [], answer, gr.Button(visible=False)


def _answer_outputs(desk: Desk, text: str, profile: Profile | None, plan: Plan | None) -> tuple:
    """The ask tab's outputs: triage banner, guard's account, changes at hand, answer, apply button."""
    if profile is None or plan is None:
        return _banner_outputs(text, _waiting(desk, plan))
    found = refuse_broken(lambda given: desk.answer_message(given, profile, plan), text)
    if isinstance(found.answer, str):
        banner, shown = _triage_first(text), chat_view(found.answer)
    elif found.turn.is_urgent:
        banner, shown = _triage_first(text), changes_view(found.changes)
    else:
        banner, shown = "", answer_view(found.answer)
    return banner, guard_view(found.reply), found.changes, shown, gr.Button(visible=bool(found.changes))


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
