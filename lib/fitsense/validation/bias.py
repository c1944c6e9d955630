"""bias_report.json: is what the student learns from equally good for everybody?

Per slice of the five tags: conformance, escalation, missed escalation and answer length, sliced by fairlearn's MetricFrame,
each with n and an interval. A slice alerts where it differs from everybody else by more than the gap that params allow, with
enough records to tell, and the difference survives Benjamini-Hochberg over all slices and measures.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame, count, mean_prediction

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.contracts.requests import RESPONSES
from fitsense.contracts.strictness import load_contract
from fitsense.params import ValidationParams
from fitsense.statistics import EMPTY, Sampling, estimate_mean, estimate_proportion
from fitsense.validation.record_checks import SLICE_TAGS, Examined
from fitsense.validation.slice_tests import correct_p_values, permutation_p_values

# What a difference means: people with conditions should be referred more often, and the report says so.
MEASURES = {
    "conformance": "share of records that keep contract and safety rules",
    "escalation": "share of safety answers that stop training or refer; differs rightly with condition_flag and age",
    "missed_escalation": "share of safety scenarios built to need a stop or referral whose answer is laxer",
    "relative_length": "answer length over the median of its prompt type",
}


def measure_bias(examined: list[Examined], params: ValidationParams, seed: int) -> dict:
    """Every measure overall and by slice, the widest gap between slices of a tag, and the alerts."""
    frames = {name: frame_values(collect(examined)) for name, collect in COLLECTORS.items()}
    sampling = Sampling(seed=seed)
    sliced = {name: {tag: slice_values(frame, tag) for tag in SLICE_TAGS} for name, frame in frames.items() if len(frame)}
    p_values = {key: p for name, by_tag in sliced.items()
                for key, p in find_p_values(name, frames[name], by_tag, params, seed).items()}
    q_values = correct_p_values(p_values)
    slices: dict[str, dict] = {}
    for tag in SLICE_TAGS:
        for value in sorted({one.context["slice_tags"][tag] for one in examined}):
            slices.setdefault(tag, {})[value] = {
                name: judge_slice(name, frame, (name, tag, value), p_values, q_values, params, sampling)
                for name, frame in frames.items()}
    alerts = [f"{tag}={value}: {name}" for tag, values in slices.items() for value, found in values.items()
              for name, one in found.items() if one["alert"]]
    return {"measures": MEASURES, "gap_alert": params.slice_gap_alert, "min_n": params.min_slice_n,
            "false_discovery_rate": params.false_discovery_rate, "n_tests": len(p_values), "confidence": sampling.confidence,
            "overall": {name: estimate(name, frame, sampling) for name, frame in frames.items()}, "slices": slices,
            "disparities": {tag: {name: measure_disparity(by_tag[tag], params.min_slice_n) for name, by_tag in sliced.items()}
                            for tag in SLICE_TAGS}, "alerts": alerts}


def frame_values(pairs: list[tuple[Examined, float]]) -> pd.DataFrame:
    """One row a record a measure applies to: user_id, the five tags, value."""
    rows = [{"user_id": one.context["user_id"], **one.context["slice_tags"], "value": value} for one, value in pairs]
    return pd.DataFrame(rows, columns=["user_id", *SLICE_TAGS, "value"])


def slice_values(frame: pd.DataFrame, tag: str) -> pd.DataFrame:
    """fairlearn's view of a measure by one tag: `mean` and `n` of every slice, by the tag's value."""
    return MetricFrame(metrics={"mean": mean_prediction, "n": count}, y_true=frame["value"], y_pred=frame["value"],
                       sensitive_features=frame[tag]).by_group.astype(float)


def find_p_values(name: str, frame: pd.DataFrame, by_tag: dict[str, pd.DataFrame], params: ValidationParams,
                  seed: int) -> dict[tuple, float]:
    """p-values by (measure, tag, value) of every slice with enough records inside and somebody outside."""
    people = frame.groupby(["user_id", *SLICE_TAGS], sort=True)["value"].agg(["sum", "size"]).reset_index()
    keys, columns = [], []
    for tag in SLICE_TAGS:
        for value, n in by_tag[tag]["n"].items():
            inside = (people[tag] == value).to_numpy(float)
            if n >= params.min_slice_n and not inside.all():
                keys.append((name, tag, value))
                columns.append(inside)
    if not keys:
        return {}
    found = permutation_p_values(people["sum"].to_numpy(float), people["size"].to_numpy(float), np.column_stack(columns),
                                 params.n_permutations, seed)
    return {key: float(p) for key, p in zip(keys, found, strict=True)}


def judge_slice(name: str, frame: pd.DataFrame, key: tuple, p_values: dict, q_values: dict, params: ValidationParams,
                sampling: Sampling) -> dict:
    """One measure in one slice: its estimate, its gap to everybody outside, p, q, and whether that is an alert."""
    inside = frame[key[1]] == key[2]
    gap = frame.loc[inside, "value"].mean() - frame.loc[~inside, "value"].mean()
    q_value = q_values.get(key)
    alert = q_value is not None and q_value <= params.false_discovery_rate and abs(gap) > params.slice_gap_alert
    return estimate(name, frame[inside], sampling) | {
        "gap": None if np.isnan(gap) else round(float(gap), 4), "p_value": _round(p_values.get(key)),
        "q_value": _round(q_value), "alert": bool(alert)}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def measure_disparity(sliced: pd.DataFrame, min_n: int) -> dict:
    """The widest gap between two slices of a tag that have enough records, and which two they are; nulls under two slices."""
    means = sliced.loc[sliced["n"] >= min_n, "mean"]
    if len(means) < 2:
        return {"difference": None, "lowest": None, "highest": None}
    return {"difference": round(float(means.max() - means.min()), 4), "lowest": str(means.idxmin()),
            "highest": str(means.idxmax())}


def estimate(name: str, frame: pd.DataFrame, sampling: Sampling) -> dict:
    """Value, n and interval, people who stand for several records counted as one: Wilson for rates, bootstrap for lengths."""
    if frame.empty:
        return dict(EMPTY)
    if name == "relative_length":
        return estimate_mean(frame["value"], frame["user_id"], sampling, bounded=False)
    return estimate_proportion(frame["value"], frame["user_id"], sampling)


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
