"""The page: header, three tabs, the endpoints beside them.

Knows Gradio and the parts of the page; decides nothing about training.
"""

import tempfile
from pathlib import Path

import gradio as gr

from fitsense.app.ask_tab import add_ask_tab
from fitsense.app.desk import Desk
from fitsense.app.endpoints import add_endpoints
from fitsense.app.plan_tab import add_plan_tab
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


def build_page(desk: Desk, folder: Path) -> gr.Blocks:
    """Build the app's page and endpoints; `folder` takes the plans offered for download."""
    with gr.Blocks(title="FitSense coach", analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gr.HTML(header_view(desk.choice))
        kept_profile, kept_plan, kept_changes = gr.State(None), gr.State(None), gr.State([])
        with gr.Tabs():
            with gr.Tab("Plan"):
                plan_parts = add_plan_tab(desk, folder, kept_profile, kept_plan)
            with gr.Tab("Ask or change"):
                add_ask_tab(desk, folder, kept_profile, kept_plan, kept_changes, plan_parts)
            with gr.Tab("Safety"):
                stored = "Questions and answers are kept in a file on this computer."
                gr.Markdown(ABOUT.format(storage=stored if desk.store else "Nothing you enter is stored."))
        add_endpoints(desk)
    return page


def make_download_folder() -> tempfile.TemporaryDirectory:
    """A folder for plans offered for download, removed when the app closes."""
    return tempfile.TemporaryDirectory(prefix="fitsense_")
