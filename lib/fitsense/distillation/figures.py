"""Figures of notebook 03: the split in users and strata, and record lengths against the student's limit."""

from collections import Counter

import numpy as np
from matplotlib.figure import Figure

from fitsense.contracts.requests import PROMPT_TYPES
from fitsense.distillation.dataset import Dataset
from fitsense.distillation.splitting import SPLITS
from fitsense.plots import INK, PALETTE, new_figure


def plot_split(dataset: Dataset) -> Figure:
    """Draw users and records by split (left) and each split's mix of prompt types (right)."""
    figure, (left, right) = new_figure(2, width=12, height=4.2)
    places = np.arange(len(SPLITS))
    for offset, key, colour in ((-0.2, "n_users", PALETTE[0]), (0.2, "n_records", PALETTE[2])):
        bars = left.bar(places + offset, [dataset.manifest["splits"][name][key] for name in SPLITS], 0.38,
                        color=colour, label=key.removeprefix("n_"))
        left.bar_label(bars, fontsize=9)
    left.set_xticks(places, SPLITS)
    left.set(title="Whole people go to one split", ylabel="count")
    left.legend()
    strata, shares = share_by_stratum(dataset)
    floor = np.zeros(len(strata))
    for name, colour in zip(SPLITS, PALETTE, strict=False):
        right.barh(strata, shares[name], left=floor, color=colour, label=name)
        floor += shares[name]
    right.invert_yaxis()
    right.set(title="How each prompt type and goal is shared out", xlabel="share of records", xlim=(0, 1))
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=len(SPLITS))
    return figure


def share_by_stratum(dataset: Dataset) -> tuple[list[str], dict[str, np.ndarray]]:
    """The share of every prompt type and goal that each split holds (each column sums to 1)."""
    counts = {name: Counter() for name in SPLITS}
    for name, records in dataset.split.items():
        for record in records:
            counts[name].update([record["context"]["prompt_type"], record["context"]["slice_tags"]["goal_type"]])
    total = sum(counts.values(), Counter())
    strata = [kind for kind in PROMPT_TYPES if total[kind]] + sorted(set(total) - set(PROMPT_TYPES))
    return strata, {name: np.array([counts[name][key] / total[key] for key in strata]) for name in SPLITS}


def plot_cells(dataset: Dataset) -> Figure:
    """Draw the prompt type x goal mix of each split as shares of that split, side by side."""
    goals = sorted({record["context"]["slice_tags"]["goal_type"] for record in dataset.records})
    figure, axes = new_figure(len(SPLITS), width=12, height=3.6)
    for axis, name in zip(axes, SPLITS, strict=True):
        contexts = [record["context"] for record in dataset.split[name]]
        cells = Counter((context["slice_tags"]["goal_type"], context["prompt_type"]) for context in contexts)
        grid = np.array([[cells[goal, kind] for kind in PROMPT_TYPES] for goal in goals]) / len(contexts)
        axis.imshow(grid, cmap="Blues", vmin=0, vmax=0.12, aspect="auto")
        for (row, column), share in np.ndenumerate(grid):
            axis.text(column, row, f"{share:.1%}", ha="center", va="center", fontsize=8, color=INK)
        axis.set_xticks(range(len(PROMPT_TYPES)), [kind.replace("_", "\n") for kind in PROMPT_TYPES], fontsize=7)
        axis.set_yticks(range(len(goals)), goals if axis is axes[0] else [""] * len(goals), fontsize=8)
        axis.set_title(f"{name}: {len(dataset.split[name])} records")
        axis.grid(False)
    return figure


def plot_lengths(dataset: Dataset, max_tokens: int) -> Figure:
    """Draw record lengths in tokens by prompt type against `max_tokens`, the longest record kept."""
    figure, (axis,) = new_figure(height=3.6)
    for kind, colour in zip(PROMPT_TYPES, PALETTE, strict=False):
        lengths = [r["metadata"]["n_tokens"] for r in dataset.records if r["context"]["prompt_type"] == kind]
        if lengths:
            axis.hist(lengths, bins=40, histtype="stepfilled", alpha=0.65, color=colour, label=kind)
    axis.axvline(max_tokens, color=INK, linestyle="--")
    axis.annotate(f"longest kept {max_tokens}", (max_tokens, axis.get_ylim()[1] * 0.92), ha="right", xytext=(-6, 0),
                  textcoords="offset points")
    axis.set(title="Record lengths in the student's tokens", xlabel="tokens", ylabel="records")
    axis.legend()
    return figure


def tabulate_lengths(dataset: Dataset) -> list[dict]:
    """One row a prompt type: records and length quantiles in tokens."""
    return [{"prompt_type": kind, **lengths} for kind, lengths in dataset.manifest["tokens_by_prompt_type"].items()]
