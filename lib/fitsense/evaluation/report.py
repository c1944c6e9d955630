"""The evaluation report: every metric of every system as {"value", "n", "ci_low", "ci_high"}, overall and per slice.

`<system>.<suite>.<metric>` and `<system>.slices.<tag>.<value>.<suite>.<metric>`; `meta` says how it was measured and
compares systems pair by pair on the requests both answered. Knows no models and draws nothing.
"""

from collections.abc import Iterator

import pandas as pd

from fitsense.evaluation.answers import PLANNING_FAULTS
from fitsense.evaluation.records import REPORT_TAGS, count_by_type
from fitsense.evaluation.suites import SUITES, SYSTEM_MEANINGS, SYSTEMS, MetricInfo, suites_of
from fitsense.params import Params
from fitsense.statistics import (
    Sampling,
    compare_paired,
    estimate_mean,
    estimate_proportion,
    estimate_quantile,
    estimate_ratio,
)

PAIRS = (("base", "student"), ("student", "student_grammar"), ("student_grammar", "student_guarded"),
         ("nearest", "student"))
PAIRED_SUITES = ("structure", "content", "conformance", "safety")
QUANTILES = {"p50": 0.5, "p95": 0.95}


def build_report(scores: pd.DataFrame, predictions: list[dict], records: list[dict], params: Params) -> dict:
    """The whole report of one run, from scored predictions and the held-out records they answer."""
    sampling = Sampling(params.evaluation.bootstrap_samples, params.evaluation.confidence, params.seed)
    report = {system: report_system(scores[scores["system"] == system], system, sampling) for system in SYSTEMS}
    return report | {"meta": describe_measurement(scores, predictions, records, params, sampling)}


def report_system(rows: pd.DataFrame, system: str, sampling: Sampling) -> dict:
    """One system's suites, and the same suites within every slice of every tag."""
    slices = {tag: {str(value): report_suites(group, system, sampling) for value, group in rows.groupby(tag)}
              for tag in REPORT_TAGS}
    return report_suites(rows, system, sampling) | {"slices": slices}


def report_suites(rows: pd.DataFrame, system: str, sampling: Sampling) -> dict:
    """Every metric of a system over some of its answers."""
    return {suite: {name: estimate_metric(rows, f"{suite}.{name}", info, sampling) for name, info in metrics.items()}
            for suite, metrics in suites_of(system).items()}


def estimate_metric(rows: pd.DataFrame, name: str, info: MetricInfo, sampling: Sampling) -> dict:
    """One metric's value, n and interval over the rows in its denominator."""
    values, users = rows[name], rows["user_id"]
    if name.startswith("latency."):  # answers of one batch were waited for together: the batch is what varies
        users = rows["batch"]
    if info.kind == "proportion":
        return estimate_proportion(values, users, sampling)
    if info.kind in QUANTILES:
        return estimate_quantile(values, users, QUANTILES[info.kind], sampling)
    if info.kind == "throughput":
        return estimate_ratio(rows["tokens"], rows["machine_s"], users, sampling)
    return estimate_mean(values, users, sampling, bounded=info.kind == "share")


def compare_systems(scores: pd.DataFrame, first: str, second: str, sampling: Sampling) -> dict:
    """second - first for every quality metric, over the requests that both answered; keys are dotted metric names."""
    sides = [scores[scores["system"] == system].set_index("record_id").sort_index() for system in (first, second)]
    shared = sides[0].index.intersection(sides[1].index)
    before, after = sides[0].loc[shared], sides[1].loc[shared]
    return {f"{suite}.{name}": compare_paired(before[f"{suite}.{name}"], after[f"{suite}.{name}"], before["user_id"],
                                              sampling, binary=info.kind == "proportion")
            for suite in PAIRED_SUITES for name, info in SUITES[suite].items()
            if info.kind in ("proportion", "share")}


def describe_measurement(scores: pd.DataFrame, predictions: list[dict], records: list[dict], params: Params,
                         sampling: Sampling) -> dict:
    """How the figures came about: data, samples, interval methods, weights, definitions, paired comparisons."""
    answered = {system: count_by_system(scores, system) for system in SYSTEMS}
    return {
        "held_out": {"users": len({record["context"]["user_id"] for record in records}), "requests": len(records),
                     "by_prompt_type": count_by_type(records)},
        "answered": answered,
        "sampling": "every held-out request for teacher and nearest; for the others every k-th along triage class, "
                    "goal and user, equal shares a short type",
        "seed": params.seed, "confidence": sampling.confidence, "bootstrap_samples": sampling.n_samples,
        "intervals": "proportions: Wilson, at the effective n where users repeat (users, where all answers agree); means, "
                     "quantiles and ratios: "
                     "bootstrap over users, percentiles expanded for few; without spread: Wilson on users, Garwood "
                     "(counts), exponential (times); times are drawn by batch",
        "denominators": "every request of the prompt type given to the system; what does not parse counts as wrong",
        "planning_faults": sorted(PLANNING_FAULTS),
        "decoding": params.evaluation.model_dump(mode="json"),
        "fingerprints": {system: sorted({p["fingerprint"] for p in predictions if p["system"] == system
                                         and "fingerprint" in p}) for system in SYSTEMS},
        "systems": SYSTEM_MEANINGS,
        "definitions": {f"{suite}.{name}": info.meaning for suite in SUITES for name, info in SUITES[suite].items()},
        "paired": {f"{second} - {first}": compare_systems(scores, first, second, sampling) for first, second in PAIRS},
    }


def count_by_system(scores: pd.DataFrame, system: str) -> dict[str, int]:
    """How many requests and users a system answered, and how many of them plans."""
    rows = scores[scores["system"] == system]
    return {"requests": len(rows), "plans": int((rows["prompt_type"] == "plan_creation").sum()),
            "users": int(rows["user_id"].nunique())}


def iter_values(report: dict) -> Iterator[tuple[str, dict]]:
    """Yield (dotted path, value with interval) for every figure of the systems, slices included."""
    for system in SYSTEMS:
        yield from _walk(report[system], system)


def _walk(node: dict, path: str) -> Iterator[tuple[str, dict]]:
    if set(node) == {"value", "n", "ci_low", "ci_high"}:
        yield path, node
        return
    for key, inner in node.items():
        yield from _walk(inner, f"{path}.{key}")


def check_report(report: dict) -> int:
    """Raise ValueError unless every figure has n and an interval around it (or n = 0 and no value); return how many."""
    figures = list(iter_values(report))
    for path, figure in figures:
        empty = figure["n"] == 0 and all(figure[key] is None for key in ("value", "ci_low", "ci_high"))
        if not empty and not (figure["n"] > 0 and figure["ci_low"] <= figure["value"] <= figure["ci_high"]):
            raise ValueError(f"evaluation_report.json: {path}: got {figure}; allowed: n > 0, value in its interval")
    return len(figures)
