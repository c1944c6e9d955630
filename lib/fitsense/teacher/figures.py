"""Figures of notebook 02: what became of the questions, and how long the answers are."""

from collections import Counter

from matplotlib.figure import Figure

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.requests import PROMPT_TYPES
from fitsense.plots import PALETTE, new_figure

STATUS_COLOURS = {"accepted": PALETTE[2], "rejected": PALETTE[1]}


def plot_labelling(queries: list[dict], responses: list[dict]) -> Figure:
    """Draw accepted and rejected by prompt type (left) and the lengths of accepted answers in characters (right)."""
    kinds = {query["query_id"]: query["prompt_type"] for query in queries}
    figure, (left, right) = new_figure(2, width=11)
    counts = Counter((kinds[row["query_id"]], row["status"]) for row in responses)
    start = [0] * len(PROMPT_TYPES)
    for status, colour in STATUS_COLOURS.items():
        widths = [counts[kind, status] for kind in PROMPT_TYPES]
        left.barh(PROMPT_TYPES, widths, left=start, color=colour, label=status)
        start = [a + b for a, b in zip(start, widths, strict=True)]
    left.invert_yaxis()
    left.set(title="What became of the questions", xlabel="questions")
    left.legend(loc="lower right", frameon=True)
    lengths = [[len(row["response_text"]) for row in responses
                if row["status"] == "accepted" and kinds[row["query_id"]] == kind] for kind in PROMPT_TYPES]
    right.boxplot(lengths, orientation="horizontal", tick_labels=["" for _ in PROMPT_TYPES], patch_artist=True,
                  boxprops={"facecolor": PALETTE[5]}, medianprops={"color": "black"}, flierprops={"markersize": 3})
    right.invert_yaxis()
    right.set(title="How long the accepted answers are", xlabel="characters", xscale="log")
    return figure


def plot_triage(responses: list[dict]) -> Figure:
    """Draw how many safety answers fall into each triage class."""
    flags = Counter(flag for row in responses for flag in row["safety_flags"])
    figure, (axis,) = new_figure(width=9, height=2.6)
    counts = [flags[f"triage:{triage}"] for triage in TRIAGE_ORDER]
    bars = axis.bar(TRIAGE_ORDER, counts, color=[PALETTE[2], PALETTE[5], PALETTE[4], PALETTE[1]])
    axis.bar_label(bars)
    axis.set(title="How the teacher sorted the safety messages", ylabel="answers")
    return figure
