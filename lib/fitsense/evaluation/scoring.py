"""Scoring: predictions in, one row per answer out, with every metric's score and the record's slice tags.

Columns are `system, record_id, user_id, prompt_type`, the slice tags, and dotted metric names (`content.rouge1`); NaN
marks an answer outside a metric's denominator. Knows no intervals.
"""

import pandas as pd

from fitsense.evaluation.baselines import request_words
from fitsense.evaluation.metrics import PerRecordMetric, PlanContent, PlanStructure, RuleConformance, Safety
from fitsense.evaluation.records import FREE_TEXT_TYPES, PLAN_TYPE, SLICE_TAGS, expected_triage, prompt_type
from fitsense.evaluation.suites import GENERATING, SUITES, SYSTEMS

TIMED = (*GENERATING, "student_guarded")


def score_predictions(predictions: list[dict], records: list[dict], training: list[dict]) -> pd.DataFrame:
    """Score every prediction against its held-out record; raises KeyError for a prediction without one.

    `training` decides the tag `wording`: whether a request's own words stand in a training request too.
    """
    by_id = {record["record_id"]: record for record in records}
    trained_words = {request_words(record) for record in training}
    rows = [_describe(prediction, by_id[prediction["record_id"]], trained_words) for prediction in predictions]
    frame = pd.DataFrame(rows)
    for suite in SUITES:
        for name in SUITES[suite]:
            frame[f"{suite}.{name}"] = float("nan")
    plans = frame.index[frame["prompt_type"] == PLAN_TYPE]
    for metric, places in ((PlanStructure(), plans), (PlanContent(), plans), (RuleConformance(), frame.index),
                           (Safety(), frame.index)):
        _fill_scores(frame, metric, places)
    return _fill_times_and_verdicts(frame)


def _describe(prediction: dict, record: dict, trained_words: set[str]) -> dict:
    kept = {key: prediction[key] for key in ("system", "record_id", "user_id", "prompt_type", "latency_s", "n_tokens")}
    texts = {"predictions": prediction["raw_text"], "references": prediction["reference"],
             "turns": record["instruction"], "kinds": prediction["prompt_type"],
             "triages": expected_triage(record) or ""}
    tags = {tag: record["context"]["slice_tags"][tag] for tag in SLICE_TAGS}
    tags["wording"] = name_wording(record, trained_words)
    return kept | tags | texts | {"verdict": prediction.get("verdict"), "batch_size": prediction.get("batch_size", 1),
                           "batch_s": prediction.get("batch_s"),
                           "batch": prediction.get("batch", prediction["record_id"])}


def name_wording(record: dict, trained_words: set[str]) -> str:
    """"seen" where the words a person wrote stand word for word in a training request, "new" where not."""
    if prompt_type(record) not in FREE_TEXT_TYPES:
        return "no free text"
    return "seen" if request_words(record) in trained_words else "new"


def _fill_scores(frame: pd.DataFrame, metric: PerRecordMetric, places: pd.Index) -> None:
    if not len(places):
        return
    columns = {name: frame.loc[places, name].tolist() for name in metric.columns}
    for name, scores in metric.compute(**columns)["per_record"].items():
        frame.loc[places, f"{metric.suite}.{name}"] = pd.Series(scores, index=places, dtype=float)


def _fill_times_and_verdicts(frame: pd.DataFrame) -> pd.DataFrame:
    """Add latency (s), machine seconds of an answer (its share of its batch's), tokens, and what the guard did (0/1)."""
    timed = frame["system"].isin(TIMED)
    seconds = pd.to_numeric(frame["latency_s"]).where(timed)
    for name in ("p50_s", "p95_s"):
        frame[f"latency.{name}"] = seconds
    frame["machine_s"] = pd.to_numeric(frame["batch_s"]).where(timed) / pd.to_numeric(frame["batch_size"])
    frame["tokens"] = pd.to_numeric(frame["n_tokens"]).where(timed)
    frame["latency.tokens_per_s"] = frame["tokens"] / frame["machine_s"]
    guarded = frame["system"] == "student_guarded"
    for verdict in SUITES["guard"]:
        frame[f"guard.{verdict}"] = (frame["verdict"] == verdict).astype(float).where(guarded)
    order = {system: place for place, system in enumerate(SYSTEMS)}
    return frame.sort_values(["system", "record_id"], ignore_index=True,
                             key=lambda column: column.map(order) if column.name == "system" else column)
