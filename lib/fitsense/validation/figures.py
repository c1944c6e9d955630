"""Figures of notebook 04: the checks at a glance, a measure by slice with its intervals, gaps between slices, drift."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure

from fitsense.plots import GRID, INK, PALETTE, new_figure


def tabulate_checks(report: dict, only_failed: bool = False) -> pd.DataFrame:
    """One row a group of checks (what stands before the dot): checks, things examined, failures by name."""
    checks = pd.DataFrame(report["checks"])
    checks["subject"] = checks["name"].str.split(".").str[0]
    if only_failed:
        return checks.loc[~checks["passed"], ["name", "n", "detail"]].reset_index(drop=True)
    grouped = checks.groupby("subject", sort=False)
    return pd.DataFrame({"checks": grouped.size(), "examined": grouped["n"].max(), "passed": grouped["passed"].sum(),
                         "failed": grouped["passed"].apply(lambda passed: int((~passed).sum()))}).reset_index()


def tabulate_findings(report: dict) -> pd.DataFrame:
    """One row a finding of the anomaly report: alerts first, then those with most flagged."""
    table = pd.DataFrame(report["findings"])
    table["example"] = table["examples"].map(lambda examples: examples[0] if examples else "")
    table = table.sort_values(["alert", "n_flagged"], ascending=False, kind="stable")
    return table[["name", "n", "n_flagged", "alert", "detail", "example"]].reset_index(drop=True)


def plot_checks(report: dict) -> Figure:
    """Draw one square a check: tables down, kinds of check across; red ones failed."""
    checks = [check for check in report["checks"] if check["name"].split(".")[-1] in
              ("columns", "primary_key", "foreign_keys", "constraints")]
    kinds = ("columns", "primary_key", "foreign_keys", "constraints")
    subjects = list(dict.fromkeys(check["name"].split(".")[0] for check in checks))
    figure, (axis,) = new_figure(width=11, height=3.4)
    for check in checks:
        subject, kind = check["name"].split(".")
        axis.scatter(subjects.index(subject), kinds.index(kind), marker="s", s=150,
                     color=PALETTE[2] if check["passed"] else PALETTE[1])
    axis.set_xticks(range(len(subjects)), subjects, rotation=60, ha="right", fontsize=8)
    axis.set_yticks(range(len(kinds)), kinds)
    axis.set(title=f"Table checks: {sum(c['passed'] for c in checks)} of {len(checks)} passed", ylim=(3.6, -0.6))
    return figure


def plot_slices(report: dict, measure: str = "conformance") -> Figure:
    """Draw one measure by slice with 95 % intervals; the dashed line is everybody, orange is an alert."""
    rows = [(f"{tag}: {value}", found[measure]) for tag, values in report["slices"].items()
            for value, found in sorted(values.items(), key=_age_first) if found[measure]["n"]]
    figure, (axis,) = new_figure(width=9, height=0.8 + 0.24 * len(rows))
    for place, (_, one) in enumerate(rows):
        colour = PALETTE[1] if one["alert"] else PALETTE[0] if one["n"] >= report["min_n"] else PALETTE[6]
        axis.plot([one["ci_low"], one["ci_high"]], [place, place], color=colour, linewidth=2)
        axis.plot(one["value"], place, "o", color=colour, markersize=6)
    axis.axvline(report["overall"][measure]["value"], color=INK, linestyle="--", linewidth=1)
    axis.set_yticks(range(len(rows)), [f"{label}  (n {one['n']})" for label, one in rows], fontsize=8)
    axis.invert_yaxis()
    axis.grid(axis="y", color=GRID)
    axis.set(title=f"{measure.replace('_', ' ').capitalize()} by slice",
             xlabel="\n".join(textwrap.wrap(report["measures"][measure], 80)))
    return figure


def plot_disparities(report: dict) -> Figure:
    """Draw, by tag and measure, the widest gap between two slices with enough records, against the alert threshold."""
    rows = [(f"{tag}: {measure.replace('_', ' ')}", one) for tag, measures in report["disparities"].items()
            for measure, one in measures.items() if one["difference"] is not None]
    alerting = {f"{alert.split('=')[0]}: {alert.split(': ')[1].replace('_', ' ')}" for alert in report["alerts"]}
    figure, (axis,) = new_figure(width=9, height=0.9 + 0.24 * len(rows))
    bars = axis.barh([label for label, _ in rows], [one["difference"] for _, one in rows],
                     color=[PALETTE[1] if label in alerting else PALETTE[0] for label, _ in rows])
    axis.bar_label(bars, [f"{one['lowest']} < {one['highest']}" if one["difference"] else "" for _, one in rows], padding=4,
                   fontsize=8)
    axis.axvline(report["gap_alert"], color=INK, linestyle="--", linewidth=1)
    axis.invert_yaxis()
    axis.margins(x=0.25)
    axis.set(title=f"Widest gap between slices; orange survives {report['n_tests']} tests", xlabel="difference")
    return figure


def plot_drift(report: dict, limit: int = 24) -> Figure:
    """Draw the largest PSI values as bars, with what chance gives as a tick each and the two conventional thresholds."""
    rows = report["features"][:limit]
    figure, (axis,) = new_figure(width=9, height=0.9 + 0.24 * len(rows))
    places = range(len(rows))
    axis.barh(places, [one["psi"] for one in rows], color=[PALETTE[1] if one["alert"] else PALETTE[0] for one in rows])
    axis.plot([one["chance_limit"] for one in rows], places, "|", color=INK, markersize=11, label="chance, 99.9% of times")
    for threshold in (report["thresholds"]["little_change"], report["thresholds"]["alert"]):
        axis.axvline(threshold, color=INK, linestyle="--", linewidth=1)
    axis.set_yticks(places, [one["name"] for one in rows], fontsize=8)
    axis.invert_yaxis()
    axis.set(title=f"Drift: {len(report['alerts'])} of {report['n_compared']} alert", xlabel="population stability index")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return figure


def _age_first(item: tuple[str, dict]) -> tuple[bool, str]:
    """Sort key of slice values: "under_18" before the ages it precedes."""
    return not item[0].startswith("under"), item[0]


def plot_token_ranges(stats: dict) -> Figure:
    """Draw token quantiles by prompt type as ranges (5-95 %), boxes (25-75 %) and medians."""
    lengths = stats["tokens_by_prompt_type"]
    figure, (axis,) = new_figure(height=2.8)
    for place, one in enumerate(lengths.values()):
        axis.plot([one["q05"], one["q95"]], [place, place], color=PALETTE[5], linewidth=3)
        axis.plot([one["q25"], one["q75"]], [place, place], color=PALETTE[0], linewidth=9, solid_capstyle="butt")
        axis.plot(one["q50"], place, "|", color="white", markersize=12, markeredgewidth=2)
    axis.set_yticks(range(len(lengths)), lengths)
    axis.invert_yaxis()
    axis.set(title="Record lengths: 5-95 %, 25-75 %, median", xlabel="tokens")
    return figure
