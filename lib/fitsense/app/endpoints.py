"""Endpoints: `/plan`, `/triage` and `/ask` for clients, JSON text in and out, on the same path as the page.

Knows the desk and Gradio's API registration; knows no HTML. A broken contract becomes one line, never a traceback.
"""

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from fitsense.app.desk import Desk, guard_account, triage_account
from fitsense.app.forms import read_profile
from fitsense.contracts.plan import Plan
from fitsense.contracts.requests import Message
from fitsense.contracts.strictness import ContractError, dump_compact, load_contract

MESSAGE = TypeAdapter(Message)


def add_endpoints(desk: Desk) -> None:
    """Register the endpoints inside an open gr.Blocks."""

    def plan(profile: str) -> tuple[str, str]:
        checked = refuse_broken(read_profile, profile)
        *_, answer = refuse_broken(lambda given: list(desk.write_plan(given)), checked)
        return dump_compact(answer.plan), dump_compact(guard_account(answer.reply))

    def triage(text: str) -> str:
        return dump_compact(triage_account(refuse_broken(read_message_text, text)))

    def ask(profile: str, plan: str, message: str) -> str:
        checked = refuse_broken(read_profile, profile)
        week = refuse_broken(lambda text: load_contract(Plan, text, "plan"), plan)
        asked = refuse_broken(read_message_text, message)
        found = refuse_broken(lambda text: desk.answer_message(text, checked, week), asked)
        answer = found.answer if isinstance(found.answer, str) else found.answer.model_dump(mode="json")
        return dump_compact(
            {
                "prompt_type": found.turn.request.prompt_type,
                "triage": found.turn.triage.triage,
                "answer": answer,
                "guard": guard_account(found.reply),
            }
        )

    # No limit here: the desk lets one answer be written at a time and lets urgent messages pass at once.
    for endpoint, told in (
        (plan, "Profile JSON in; plan JSON and the guard's account out; an error, and no plan, in an emergency."),
        (triage, "A message in; triage JSON out, by the rules alone."),
        (ask, "Profile JSON, plan JSON and a message in; the answer and the guard's account out."),
    ):
        gr.api(endpoint, api_name=endpoint.__name__, concurrency_limit=None, api_description=told)


def read_message_text(text: str) -> str:
    """Check a message's length; raises ContractError."""
    try:
        return MESSAGE.validate_python(text, strict=True)
    except ValidationError as error:
        raise ContractError("message", text, error.errors()[0]["msg"]) from None


def refuse_broken(read, value):
    """Call `read(value)`; a broken contract becomes Gradio's own one-line error."""
    try:
        return read(value)
    except ContractError as error:
        raise in_one_line(error) from None


def in_one_line(error: ContractError) -> gr.Error:
    """A broken contract as Gradio's own error, shown in one line and without a traceback."""
    return gr.Error(str(error), title="Please check this", print_exception=False)
