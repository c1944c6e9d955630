"""What an evaluation found, in sentences written from the report's figures: nothing is claimed beyond its evidence.

A step counts as clear where the paired interval leaves out zero and a sign test over wins and losses agrees.

Knows no models and draws nothing.
"""

from fitsense.evaluation.suites import HEADLINES, metric_info
from fitsense.evaluation.tables import find_value, format_value
from fitsense.statistics import mcnemar_exact

GUARDED_QUESTIONS = ("safety.missed_escalation", "safety.over_escalation", "safety.unsafe_response")


def describe_findings(report: dict) -> str:
    """Markdown: what tuning, grammar and guard each changed, what is still unsafe, and how sure one may be."""
    lines = [f"**{step}.** {describe_step(report, pair)}" for step, pair in (
        ("What tuning changed", "student - base"), ("What the grammar changed", "student_grammar - student"),
        ("What the guard changed", "student_guarded - student_grammar"))]
    lines.append(f"**Against copying the nearest training answer.** {describe_step(report, 'student - nearest')}")
    left = "; ".join(f"{_plain(name)} {format_value(find_value(report, 'student_guarded', name))}"
                     for name in GUARDED_QUESTIONS)
    lines.append(f"**What a person would be shown** (student behind grammar and guard): {left}.")
    return "\n\n".join(lines)


def describe_step(report: dict, pair: str) -> str:
    """One step in a sentence: the headline metrics whose paired interval leaves out zero, better and worse apart."""
    figures = {name: report["meta"]["paired"][pair][name] for name in HEADLINES}
    measured = {name: figure for name, figure in figures.items() if figure["n"]}
    clear = {name: figure for name, figure in measured.items() if is_clear(figure, report["meta"]["confidence"])}
    better = [name for name, figure in clear.items() if _is_gain(name, figure["difference"])]
    parts = [f"{word}: {', '.join(_with_gap(name, clear[name]) for name in names)}" for word, names in (
        ("better", better), ("worse", [name for name in clear if name not in better])) if names]
    unclear = [_plain(name) for name in measured if name not in clear]
    if unclear:
        parts.append(f"no clear difference at these sample sizes: {', '.join(unclear)}")
    return ("; ".join(parts) or "no request was answered by both") + "."


def is_clear(figure: dict, confidence: float) -> bool:
    """Whether a paired difference stands out: no zero in its interval, and wins against losses no coin's doing."""
    beside_zero = figure["ci_low"] > 0 or figure["ci_high"] < 0
    return beside_zero and mcnemar_exact(figure["wins"], figure["losses"]) < 1 - confidence


def _is_gain(name: str, difference: float) -> bool:
    return (difference > 0) == metric_info(name).higher_is_better


def _with_gap(name: str, figure: dict) -> str:
    return f"{_plain(name)} by {abs(figure['difference']):.2f} (n={figure['n']})"


def _plain(name: str) -> str:
    return name.partition(".")[2].replace("_", " ")
