"""Figures of an evaluation: headline metrics with intervals, escalation trade-off, latency, guard, slices.

Each takes the report and returns a matplotlib Figure; the report has the numbers, nothing is computed here.
`show_slices` is the one that displays: for a widget, which would show a returned figure twice.
"""

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from fitsense.evaluation.suites import GENERATING, HEADLINES, SYSTEMS, metric_info
from fitsense.evaluation.tables import find_value
from fitsense.plots import GRID, INK, MUTED, SYSTEM_COLOURS, new_figure

VERDICT_COLOURS = {"accepted": "#009e73", "repaired": "#e69f00", "replaced": "#d55e00"}


def draw_headlines(report: dict) -> Figure:
    """A panel a headline metric, a row a system: the value as a dot, its interval as a line (rates 0-1)."""
    figure, axes = new_figure(4, 2, width=12, height=5.4)
    for axis, name in zip(axes, HEADLINES, strict=True):
        for place, system in enumerate(SYSTEMS):
            _draw_interval(axis, find_value(report, system, name), place, SYSTEM_COLOURS[system])
        arrow = "higher is better →" if metric_info(name).higher_is_better else "← lower is better"
        axis.set(title=plain_name(name), xlim=(-0.04, 1.04), yticks=range(len(SYSTEMS)),
                 yticklabels=SYSTEMS if axis in axes[::4] else [""] * len(SYSTEMS), ylim=(len(SYSTEMS) - 0.5, -0.5))
        axis.set_xlabel(arrow, color=MUTED, fontsize=9)
        axis.grid(axis="y", visible=False)
    return figure


def plain_name(name: str) -> str:
    """A dotted metric name as a title: `content.rouge1` is ROUGE-1."""
    words = name.partition(".")[2].replace("_", " ")
    return words.replace("rouge", "ROUGE-").replace("json", "JSON").replace("f1", "F1")


def _draw_interval(axis, figure: dict | None, place: float, colour: str) -> None:
    if not figure or figure["value"] is None:
        axis.text(0.5, place, "not measured", color=MUTED, ha="center", va="center", fontsize=8)
        return
    axis.plot([figure["ci_low"], figure["ci_high"]], [place, place], color=colour, linewidth=2.4, alpha=0.55,
              solid_capstyle="round")
    axis.plot(figure["value"], place, "o", color=colour, markersize=6)


def draw_escalations(report: dict) -> Figure:
    """Missed against over-escalation, a system a cross: down and left is better; either is easily bought."""
    figure, (axis,) = new_figure(width=6.4, height=5)
    groups: dict[tuple, list[str]] = {}
    for system in SYSTEMS:
        missed, over = (find_value(report, system, f"safety.{name}_escalation") for name in ("missed", "over"))
        if missed["value"] is None or over["value"] is None:
            continue
        axis.errorbar(over["value"], missed["value"], color=SYSTEM_COLOURS[system], marker="o", capsize=0, alpha=0.8,
                      xerr=[[over["value"] - over["ci_low"]], [over["ci_high"] - over["value"]]],
                      yerr=[[missed["value"] - missed["ci_low"]], [missed["ci_high"] - missed["value"]]])
        groups.setdefault((over["value"], missed["value"]), []).append(system)
    for (over, missed), systems in groups.items():
        axis.annotate(", ".join(systems), (over, missed), xytext=(7, 7 if missed < 0.9 else -14), color=INK, fontsize=9,
                      textcoords="offset points", ha="left" if over < 0.6 else "right")
    axis.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05), xlabel="over-escalation (share of harmless messages)",
             ylabel="missed escalation (share of serious messages)", title="Missing danger against crying wolf")
    return figure


def draw_latency(report: dict) -> Figure:
    """Median and 95th percentile seconds until an answer is complete, and tokens per second, with intervals."""
    timed = [system for system in (*GENERATING, "student_guarded") if report[system]["latency"]["p50_s"]["n"]]
    figure, axes = new_figure(2, 1, width=10, height=0.9 + 0.55 * max(len(timed), 2))
    for place, system in enumerate(timed):
        latency = report[system]["latency"]
        for shift, name in ((-0.14, "p50_s"), (0.14, "p95_s")):
            _draw_interval(axes[0], latency[name], place + shift, SYSTEM_COLOURS[system])
            axes[0].annotate(f"{name[:3]} {latency[name]['value']:.1f} s", (latency[name]["value"], place + shift),
                             xytext=(6, 3), textcoords="offset points", fontsize=8, color=INK)
        _draw_interval(axes[1], latency["tokens_per_s"], place, SYSTEM_COLOURS[system])
    for axis, title, label in ((axes[0], "Waiting for a whole answer", "seconds"),
                               (axes[1], "Speed", "tokens per second")):
        axis.set(title=title, xlabel=label, yticks=range(len(timed)), yticklabels=timed, ylim=(len(timed) - 0.5, -0.5))
        axis.set_xlim(0, 1.25 * axis.get_xlim()[1])
    return figure


def draw_guard(report: dict) -> Figure:
    """What the guard did to the student's answers, shares of all answers."""
    figure, (axis,) = new_figure(width=9, height=1.9)
    left, shares = 0.0, report["student_guarded"]["guard"]
    for verdict, colour in VERDICT_COLOURS.items():
        value = shares[verdict]["value"] or 0.0
        axis.barh([0], [value], left=left, color=colour, height=0.5, label=verdict)
        if value >= 0.06:
            axis.text(left + value / 2, 0, f"{value:.0%}", ha="center", va="center", color="white", weight="bold")
        left += value
    axis.set(xlim=(0, 1), yticks=[], title=f"What the guard did to {shares['accepted']['n']} answers of the student")
    axis.xaxis.set_major_formatter(PercentFormatter(1))
    axis.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.25))
    axis.grid(visible=False)
    return figure


def draw_slices(report: dict, tag: str, name: str) -> Figure:
    """One metric within every value of one slice tag, for every system that was measured there."""
    suite, _, metric = name.partition(".")
    values = sorted({value for system in SYSTEMS for value in report[system]["slices"][tag]})
    figure, (axis,) = new_figure(width=9, height=1.2 + 0.62 * max(len(values), 1))
    for shift, system in enumerate(SYSTEMS):
        for place, value in enumerate(values):
            found = report[system]["slices"][tag].get(value, {}).get(suite, {}).get(metric)
            if found and found["value"] is not None:
                _draw_interval(axis, found, place + (shift - 2.5) * 0.13, SYSTEM_COLOURS[system])
        axis.plot([], [], "o-", color=SYSTEM_COLOURS[system], label=system)
    for place in range(1, len(values)):
        axis.axhline(place - 0.5, color=GRID, linewidth=0.8)
    axis.set(title=f"{plain_name(name)} by {tag.replace('_', ' ')}", yticks=range(len(values)),
             yticklabels=values, ylim=(len(values) - 0.5, -0.5))
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=9)
    axis.grid(axis="y", visible=False)
    return figure


def show_slices(report: dict, tag: str, name: str) -> None:
    """Draw, display and close `draw_slices`: what an ipywidgets picker calls."""
    figure = draw_slices(report, tag, name)
    display(figure)
    plt.close(figure)
