"""The page: header, three tabs, the endpoints beside them.

Knows Gradio and the parts of the page; decides nothing about training.
"""

import gradio as gr

from fitsense.app.ask_tab import add_ask_tab
from fitsense.app.desk import Desk
from fitsense.app.endpoints import add_endpoints
from fitsense.app.plan_tab import add_plan_tab
from fitsense.app.proposal import make_proposal
from fitsense.app.views import header_view

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
STORED = (
    "Your profile, your questions and the answers are kept in a file on the computer that runs this page, "
    "because it was started with `--store`."
)
NOT_STORED = (
    "What you enter stays in this program's memory for as long as the page is open and is written to no file. "
    "The plan you download is made in your browser."
)


def build_page(desk: Desk) -> gr.Blocks:
    """Build the app's page and endpoints."""
    with gr.Blocks(title="FitSense coach", analytics_enabled=False) as page:
        gr.HTML(header_view(desk.choice))
        kept_profile, kept_plan, proposal = gr.State(None), gr.State(None), make_proposal()
        with gr.Tabs():
            with gr.Tab("Plan"):
                plan_parts = add_plan_tab(desk, kept_profile, kept_plan, proposal)
            with gr.Tab("Ask or change"):
                add_ask_tab(desk, kept_profile, kept_plan, proposal, plan_parts)
            with gr.Tab("Safety"):
                gr.Markdown(ABOUT.format(storage=STORED if desk.store else NOT_STORED))
        add_endpoints(desk)
    return page
