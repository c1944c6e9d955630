"""bias_report.json: is what the student learns from equally good for everybody?

Per slice of the five tags: conformance, escalation, missed escalation and answer length, each with n and an interval;
an alert where a slice differs from everybody else by more than the gap that params allow, with enough records to tell.
"""

from collections.abc import Callable

import numpy as np

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.requests import RESPONSES
from fitsense.contracts.strictness import load_contract
from fitsense.params import ValidationParams
from fitsense.statistics import Sampling, estimate_mean, estimate_proportion
from fitsense.validation.record_checks import SLICE_TAGS, Examined

# What a difference means: people with conditions should be referred more often, and the report says so.
MEASURES = {
    "conformance": "share of records that keep contract and safety rules",
    "escalation": "share of safety answers that stop training or refer; differs rightly with condition_flag and age",
    "missed_escalation": "share of safety scenarios built to need a stop or referral whose answer is laxer",
    "relative_length": "answer length over the median of its prompt type",
}


def measure_bias(examined: list[Examined], params: ValidationParams, seed: int) -> dict:
    """Every measure overall and by slice, and the alerts."""
    samples = {name: collect(examined) for name, collect in COLLECTORS.items()}
    sampling = Sampling(seed=seed)
    overall = {name: estimate(name, pairs, sampling) for name, pairs in samples.items()}
    slices: dict[str, dict] = {}
    alerts = []
    for tag in SLICE_TAGS:
        for value in sorted({one.context["slice_tags"][tag] for one in examined}):
            found = {name: compare_slice(name, pairs, tag, value, params, sampling) for name, pairs in samples.items()}
            slices.setdefault(tag, {})[value] = found
            alerts += [f"{tag}={value}: {name}" for name, one in found.items() if one["alert"]]
    return {"measures": MEASURES, "gap_alert": params.slice_gap_alert, "min_n": params.min_slice_n,
            "confidence": sampling.confidence, "overall": overall, "slices": slices, "alerts": alerts}


def compare_slice(name: str, pairs: list[tuple[Examined, float]], tag: str, value: str, params: ValidationParams,
                  sampling: Sampling) -> dict:
    """Estimate one measure in one slice and its gap to everybody outside it."""
    inside = [pair for pair in pairs if pair[0].context["slice_tags"][tag] == value]
    outside = [x for one, x in pairs if one.context["slice_tags"][tag] != value]
    result = estimate(name, inside, sampling)
    gap = result["value"] - float(np.mean(outside)) if inside and outside else None
    far = gap is not None and abs(gap) > params.slice_gap_alert and len(inside) >= params.min_slice_n
    excluded = far and not result["ci_low"] <= float(np.mean(outside)) <= result["ci_high"]
    return result | {"gap": None if gap is None else round(gap, 4), "alert": bool(excluded)}


def estimate(name: str, pairs: list[tuple[Examined, float]], sampling: Sampling) -> dict:
    """Value, n and interval, people who stand for several records counted as one: Wilson for rates, bootstrap for lengths."""
    values, users = [value for _, value in pairs], [one.context["user_id"] for one, _ in pairs]
    if name == "relative_length":
        return estimate_mean(values, users, sampling, bounded=False)
    return estimate_proportion(values, users, sampling)


def collect_conformance(examined: list[Examined]) -> list[tuple[Examined, float]]:
    """1 where a record conforms."""
    return [(one, float(one.conforms)) for one in examined]


def collect_escalation(examined: list[Examined]) -> list[tuple[Examined, float]]:
    """1 where a safety answer stops training or refers."""
    return [(one, float(rank(triage) >= rank("stop_and_refer"))) for one, triage in read_triage(examined)]


def collect_missed(examined: list[Examined]) -> list[tuple[Examined, float]]:
    """1 where a scenario built to need a stop or a referral got a laxer answer."""
    found = []
    for one, triage in read_triage(examined):
        expected = one.context["expected_safety_constraints"].get("triage")
        if expected in TRIAGE_ORDER and rank(expected) >= rank("stop_and_refer"):
            found.append((one, float(rank(triage) < rank(expected))))
    return found


def collect_length(examined: list[Examined]) -> list[tuple[Examined, float]]:
    """Length in characters over the median of the prompt type."""
    lengths: dict[str, list[int]] = {}
    for one in examined:
        lengths.setdefault(one.context["prompt_type"], []).append(len(one.record["response"]))
    medians = {kind: float(np.median(values)) for kind, values in lengths.items()}
    return [(one, len(one.record["response"]) / medians[one.context["prompt_type"]]) for one in examined]


def read_triage(examined: list[Examined]) -> list[tuple[Examined, str]]:
    """Every safety answer that keeps its contract, with its triage class."""
    contract = RESPONSES["safety_adjustment"]
    return [(one, load_contract(contract, one.record["response"], "safety_adjustment").triage) for one in examined
            if one.context["prompt_type"] == "safety_adjustment" and "records.response_contract" not in one.faults
            and one.request is not None]


def rank(triage: str) -> int:
    """Position in the order of caution."""
    return TRIAGE_ORDER.index(triage)


COLLECTORS: dict[str, Callable] = {"conformance": collect_conformance, "escalation": collect_escalation,
                                   "missed_escalation": collect_missed, "relative_length": collect_length}
