"""Figures of notebook 03: the split in users and strata, the leakage audit, and record lengths against the limit."""

from collections import Counter
from itertools import zip_longest

import numpy as np
from matplotlib.figure import Figure

from fitsense.contracts.requests import PROMPT_TYPES, spoken_part
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


def plot_audit(dataset: Dataset) -> Figure:
    """Draw, by prompt type, how many training requests a held-out one repeats, and how alike the pairs are."""
    found = dataset.audit["near_duplicates"]
    kinds = [kind for kind in PROMPT_TYPES if kind in found["by_prompt_type"]]
    leaking = [found["by_prompt_type"][kind]["found"] for kind in kinds]
    clean = [found["by_prompt_type"][kind]["n_train"] - n for kind, n in zip(kinds, leaking, strict=True)]
    figure, (left, right) = new_figure(2, width=12, height=3.2)
    left.barh(kinds, clean, color=PALETTE[0], label="asked in train alone")
    bars = left.barh(kinds, leaking, left=clean, color=PALETTE[1], label="dropped" if found["dropped"] else "asked again")
    left.bar_label(bars, [str(n) if n else "" for n in leaking], padding=3)
    left.invert_yaxis()
    left.set(title=f"{found['found']} of {found['n_train']} training requests leak", xlabel="training requests")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    right.hist([pair["similarity"] for pair in found["pairs"]], bins=np.linspace(found["similarity"], 1, 11), color=PALETTE[1])
    right.set(title="How alike the leaking pairs are", xlabel="Jaccard similarity of word pairs", ylabel="pairs")
    return figure


def tabulate_leaks(dataset: Dataset, limit: int = 8) -> list[dict]:
    """One row a leaking pair, alternately from each prompt type: what train asks and what the held-out person asks."""
    texts = {r["record_id"]: r for r in [*dataset.dropped, *dataset.records]}
    by_type: dict[str, list[dict]] = {}
    for pair in dataset.audit["near_duplicates"]["pairs"]:
        kind = texts[pair["train"]]["context"]["prompt_type"]
        said = {side: spoken_part(kind, texts[pair[side]]["instruction"])[:90] for side in ("train", "held_out")}
        by_type.setdefault(kind, []).append({"prompt_type": kind, **said, "similarity": pair["similarity"]})
    return [row for rows in zip_longest(*by_type.values()) for row in rows if row][:limit]


def plot_base_lengths(rows: list[dict]) -> Figure:
    """Draw record lengths by base and prompt type, in that base's tokens: all thin, the middle half thick, median marked."""
    figure, (axis,) = new_figure(height=0.9 + 0.3 * len(rows))
    bases = list(dict.fromkeys(row["base"] for row in rows))
    for place, row in enumerate(rows):
        colour = PALETTE[bases.index(row["base"])]
        axis.plot([row["q00"], row["q100"]], [place, place], color=colour, linewidth=2)
        axis.plot([row["q25"], row["q75"]], [place, place], color=colour, linewidth=8, solid_capstyle="butt")
        axis.plot(row["q50"], place, "|", color="white", markersize=11, markeredgewidth=2)
    axis.axvline(rows[0]["max_tokens"], color=INK, linestyle="--")
    axis.set_yticks(range(len(rows)), [f"{row['base']}: {row['prompt_type']}" for row in rows], fontsize=8)
    axis.invert_yaxis()
    axis.set(title=f"Record lengths by base; {sum(row['over'] for row in rows)} over the {rows[0]['max_tokens']} kept",
             xlabel="tokens of that base")
    return figure


def tabulate_lengths(dataset: Dataset) -> list[dict]:
    """One row a prompt type: records and length quantiles in tokens."""
    return [{"prompt_type": kind, **lengths} for kind, lengths in dataset.manifest["tokens_by_prompt_type"].items()]
