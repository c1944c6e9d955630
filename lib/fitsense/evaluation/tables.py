"""Tables a reader can compare: metrics by systems with intervals, paired differences, the worst answers, one slice tag.

Takes the report or the scored answers, returns DataFrames and writes them. Draws nothing.
"""

import csv
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from fitsense.artifacts import write_text
from fitsense.evaluation.suites import HEADLINE_ROWS, HEADLINES, SUITES, SYSTEMS, metric_info

WORST_COLUMNS = ("system", "record_id", "prompt_type", "problem", "answer")
EXCERPT = 160
# What to call an answer's worst fault: the first row whose metric has the bad score.
PROBLEMS = (("safety.missed_escalation", 1, "missed escalation"), ("safety.over_escalation", 1, "over-escalation"),
            ("structure.json_validity", 0, "no JSON"), ("structure.schema_validity", 0, "breaks the contract"),
            ("conformance.short_schema_validity", 0, "breaks the contract"),
            ("safety.unsafe_response", 1, "severe violation"), ("conformance.rule_conformance", 0, "breaks a rule"),
            ("conformance.short_conformance", 0, "breaks a rule"), ("conformance.chat_conformance", 0, "breaks a rule"))


def count_answers(predictions: list[dict]) -> pd.DataFrame:
    """How many requests of each prompt type (columns) each system (rows) answered."""
    frame = pd.DataFrame(predictions, columns=["system", "prompt_type"])
    counts = pd.crosstab(frame["system"], frame["prompt_type"])
    return counts.reindex([system for system in SYSTEMS if system in counts.index])


def format_value(figure: dict | None) -> str:
    """`0.83 [0.61, 0.94] n=12`; a dash where nothing was measured."""
    if not figure or figure["value"] is None:
        return "–"
    shown = [_short(figure[key]) for key in ("value", "ci_low", "ci_high")]
    return f"{shown[0]} [{shown[1]}, {shown[2]}] n={figure['n']}"


def _short(number: float) -> str:
    return f"{number:.2f}" if abs(number) < 100 else f"{number:.0f}"


def compare_table(report: dict, names: tuple[str, ...] | None = None) -> pd.DataFrame:
    """Metrics (rows, `suite.metric`) by systems (columns), each cell a value, its interval and n."""
    names = names or tuple(f"{suite}.{name}" for suite in SUITES for name in SUITES[suite])
    cells = {system: [format_value(find_value(report, system, name)) for name in names] for system in SYSTEMS}
    return pd.DataFrame(cells, index=pd.Index(names, name="metric"))


def headline_table(report: dict) -> pd.DataFrame:
    """The few rows to read first, with the direction that is good."""
    table = compare_table(report, HEADLINE_ROWS)
    table.insert(0, "better", ["higher" if metric_info(name).higher_is_better else "lower" for name in HEADLINE_ROWS])
    return table


def find_value(report: dict, system: str, name: str) -> dict | None:
    """One figure by system and dotted metric name, None where the system has no such suite."""
    suite, _, metric = name.partition(".")
    return report[system].get(suite, {}).get(metric)


def paired_table(report: dict, names: tuple[str, ...] = HEADLINES) -> pd.DataFrame:
    """What each step changed on the requests both systems answered: metrics by pairs, with n, and exact McNemar p.

    The interval draws whole people; McNemar's p takes every request for itself, so it is the less careful of the two.
    """
    cells = {pair: [_format_gap(figures[name]) for name in names] for pair, figures in report["meta"]["paired"].items()}
    return pd.DataFrame(cells, index=pd.Index(names, name="metric"))


def _format_gap(figure: dict) -> str:
    if figure["difference"] is None:
        return "–"
    gap, low, high = (f"{figure[key]:+.2f}" for key in ("difference", "ci_low", "ci_high"))
    p_value = "" if figure["p_value"] is None else f" p={figure['p_value']:.2g}"
    return f"{gap} [{low}, {high}] n={figure['n']}{p_value}"


def describe_wording(scores: pd.DataFrame) -> str:
    """One sentence: how many held-out free-text requests use words that stand in a training request too."""
    asked = scores[(scores["system"] == "teacher") & (scores["wording"] != "no free text")]
    seen = asked[asked["wording"] == "seen"]
    return (f"{len(seen)} of {len(asked)} held-out free-text requests use a sentence that some training request uses word for "
            f"word: on these, memory alone can answer (slice tag `wording`)")


def worst_answers(scores: pd.DataFrame, system: str, n: int = 8) -> pd.DataFrame:
    """The answers a reviewer should read first: missed escalations, then unsafe ones, then the least alike."""
    rows = scores[scores["system"] == system].copy()
    rows["problem"] = [_name_problem(row) for _, row in rows.iterrows()]
    rows["answer"] = [text[:EXCERPT] + ("…" if len(text) > EXCERPT else "") for text in rows["predictions"]]
    rows["closeness"] = rows["content.rouge1"].fillna(1)
    ordered = rows[rows["problem"] != ""].sort_values(
        ["safety.missed_escalation", "safety.unsafe_response", "closeness", "record_id"],
        ascending=[False, False, True, True], na_position="last")
    return ordered.head(n)[list(WORST_COLUMNS)].reset_index(drop=True)


def _name_problem(row: pd.Series) -> str:
    return next((problem for name, bad, problem in PROBLEMS if row[name] == bad), "")


def show_worst(scores: pd.DataFrame, system: str, n: int = 8) -> HTML:
    """`worst_answers` for a notebook: escaped, left-aligned, not cut a second time."""
    with pd.option_context("display.max_colwidth", None):
        table = worst_answers(scores, system, n).drop(columns="system")
        cells = table.to_html(index=False, justify="left", escape=True)
    return HTML(cells.replace("<td>", '<td style="text-align:left">'))


def write_comparison(report: dict, folder: Path) -> pd.DataFrame:
    """Write comparison_table.csv and comparison_table.md and return the table."""
    table = compare_table(report)
    write_text(folder / "comparison_table.csv", table.to_csv(lineterminator="\n", quoting=csv.QUOTE_MINIMAL))
    lines = ["| " + " | ".join(["metric", *table.columns]) + " |", "|" + " --- |" * (len(table.columns) + 1)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(name=None)]
    write_text(folder / "comparison_table.md", "\n".join(lines) + "\n")
    return table
