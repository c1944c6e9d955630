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
from fitsense.validation.record_checks import SLICE_TAGS, Examined

BOOTSTRAP_SAMPLES = 1000
Z95 = 1.959964
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
    overall = {name: estimate(name, [value for _, value in pairs], seed) for name, pairs in samples.items()}
    slices: dict[str, dict] = {}
    alerts = []
    for tag in SLICE_TAGS:
        for value in sorted({one.context["slice_tags"][tag] for one in examined}):
            found = {name: compare_slice(name, pairs, tag, value, params, seed) for name, pairs in samples.items()}
            slices.setdefault(tag, {})[value] = found
            alerts += [f"{tag}={value}: {name}" for name, one in found.items() if one["alert"]]
    return {"measures": MEASURES, "gap_alert": params.slice_gap_alert, "min_n": params.min_slice_n,
            "confidence": 0.95, "overall": overall, "slices": slices, "alerts": alerts}


def compare_slice(name: str, pairs: list[tuple[Examined, float]], tag: str, value: str, params: ValidationParams,
                  seed: int) -> dict:
    """Estimate one measure in one slice and its gap to everybody outside it."""
    inside = [x for one, x in pairs if one.context["slice_tags"][tag] == value]
    outside = [x for one, x in pairs if one.context["slice_tags"][tag] != value]
    result = estimate(name, inside, seed)
    gap = float(np.mean(inside) - np.mean(outside)) if inside and outside else None
    far = gap is not None and abs(gap) > params.slice_gap_alert and len(inside) >= params.min_slice_n
    excluded = far and not result["ci_low"] <= float(np.mean(outside)) <= result["ci_high"]
    return result | {"gap": None if gap is None else round(gap, 4), "alert": bool(excluded)}


def estimate(name: str, values: list[float], seed: int) -> dict:
    """Value, n and 95 % interval: Wilson for rates, bootstrap of the mean for lengths; nulls where n is 0."""
    if not values:
        return {"value": None, "n": 0, "ci_low": None, "ci_high": None}
    low, high = bootstrap_mean(values, seed) if name == "relative_length" else wilson(sum(values), len(values))
    return {"value": round(float(np.mean(values)), 4), "n": len(values),
            "ci_low": round(low, 4), "ci_high": round(high, 4)}


def wilson(successes: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % score interval for a rate (Wilson 1927)."""
    rate, scale = successes / n, 1 + Z95**2 / n
    centre = (rate + Z95**2 / (2 * n)) / scale
    half = Z95 / scale * (rate * (1 - rate) / n + Z95**2 / (4 * n * n)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def bootstrap_mean(values: list[float], seed: int) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean, seeded."""
    draws = np.random.default_rng(seed).choice(np.asarray(values), size=(BOOTSTRAP_SAMPLES, len(values)))
    low, high = np.quantile(draws.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


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
