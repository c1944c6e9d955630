"""A proposal: changes that an answer offers, what shows them, and the button that applies them.

Made before the tabs, since a new plan on one tab clears what stands on the other. Knows Gradio only.
"""

from dataclasses import dataclass

import gradio as gr


@dataclass(frozen=True)
class Proposal:
    """The changes at hand, the answer that tells of them, the button that applies them."""

    changes: gr.State
    answer: gr.HTML
    apply: gr.Button

    @property
    def parts(self) -> list:
        """The parts in the order of clear_proposal's values."""
        return [self.changes, self.answer, self.apply]


def make_proposal() -> Proposal:
    """Make the parts inside an open gr.Blocks; the ask tab renders the two that show."""
    return Proposal(
        gr.State([]),
        gr.HTML("", elem_id="answer", render=False),
        gr.Button("Apply these changes to my plan", visible=False, render=False),
    )


def clear_proposal() -> tuple:
    """Values that leave no change to apply."""
    return [], "", gr.Button(visible=False)
