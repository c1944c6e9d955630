"""Metrics as `evaluate.Metric` subclasses: one score per answer, so that intervals, slices and pairs can follow.

    PlanStructure().compute(predictions=[...], references=[...])
    -> {"json_validity": 0.9, ..., "per_record": {"json_validity": [1.0, 0.0, ...], ...}}

`None` marks an answer outside a metric's denominator; a mean leaves it out. Built on rouge_score and the verifier, so
nothing is fetched from a hub. Knows no statistics.
"""

from collections import Counter

import datasets
import evaluate
import numpy as np
from rouge_score import rouge_scorer

from fitsense.evaluation.answers import (
    PLAN_KEYS,
    WORKOUT_PLAN_KEYS,
    calorie_target,
    find_violations,
    grounded_share,
    has_keys,
    is_severe,
    keeps_contract,
    read_object,
    training_days,
    triage_in,
    week_entries,
    workout_plan_of,
)
from fitsense.evaluation.records import NEEDS_ESCALATION, PLAN_TYPE, is_laxer
from fitsense.evaluation.suites import SUITES
from fitsense.knowledge.exercises import find_exercise

ROUGE_TYPES = ("rouge1", "rouge2", "rougeL", "rougeLsum")
Score = float | None


class PerRecordMetric(evaluate.Metric):
    """A metric that scores each answer on its own; subclasses name their columns and write `score_one`."""

    columns: tuple[str, ...] = ("predictions", "references")
    suite = ""

    def __init__(self):
        super().__init__(keep_in_memory=True, seed=0)

    def _info(self) -> evaluate.MetricInfo:
        features = datasets.Features({column: datasets.Value("string") for column in self.columns})
        return evaluate.MetricInfo(description=self.__doc__ or "", citation="", features=features,
                                   inputs_description="One string a column and answer.")

    def _compute(self, **columns) -> dict:
        rows = zip(*(columns[name] for name in self.columns), strict=True)
        scored = [self.score_one(*row) for row in rows]
        per_record = {name: [scores.get(name) for scores in scored] for name in SUITES[self.suite]}
        return {name: mean_score(values) for name, values in per_record.items()} | {"per_record": per_record}

    def score_one(self, *row: str) -> dict[str, Score]:
        """Score one answer; a name left out is outside that metric's denominator."""
        raise NotImplementedError


class PlanStructure(PerRecordMetric):
    """Whether a plan answer is JSON, has its keys, and keeps its contract."""

    suite = "structure"

    def score_one(self, prediction: str, reference: str) -> dict[str, Score]:
        """0 or 1 for each of the four."""
        answer = read_object(prediction)
        return {"json_validity": float(answer is not None),
                "top_level_keys": float(has_keys(answer, PLAN_KEYS)),
                "workout_plan_keys": float(has_keys(workout_plan_of(answer), WORKOUT_PLAN_KEYS)),
                "schema_validity": float(keeps_contract(PLAN_TYPE, prediction))}


class PlanContent(PerRecordMetric):
    """How close a plan answer is to the teacher's: ROUGE on the text as written, and agreement field by field."""

    suite = "content"

    def __init__(self):
        super().__init__()
        self.scorer = rouge_scorer.RougeScorer(list(ROUGE_TYPES))

    def score_one(self, prediction: str, reference: str) -> dict[str, Score]:
        """F measures and agreements, 0-1; what does not parse agrees with nothing."""
        answer, expected = read_object(prediction), read_object(reference)
        return {**self.rouge(prediction, reference),
                "exercise_f1": exercise_f1([name for _, name, _ in week_entries(answer)],
                                           [name for _, name, _ in week_entries(expected)]),
                "days_agreement": float(answer is not None and training_days(answer) == training_days(expected)),
                "sets_agreement": sets_agreement(week_entries(answer), week_entries(expected)),
                "calories_agreement": float(answer is not None and calorie_target(answer) == calorie_target(expected))}

    def rouge(self, prediction: str, reference: str) -> dict[str, Score]:
        """The four F measures; for Lsum each JSON object begins a line of its own."""
        scores = self.scorer.score(reference.replace("{", "\n{"), prediction.replace("{", "\n{"))
        return {name: scores[name].fmeasure for name in ROUGE_TYPES}


class RuleConformance(PerRecordMetric):
    """What the deterministic verifier says of each answer, by prompt type."""

    suite = "conformance"
    columns = ("predictions", "turns", "kinds")

    def score_one(self, prediction: str, turn: str, kind: str) -> dict[str, Score]:
        """Rates of rule-keeping answers; what does not parse breaks the first rule."""
        keeps, violations = keeps_contract(kind, prediction), find_violations(kind, turn, prediction)
        clean = float(keeps and not violations)
        if kind == PLAN_TYPE:
            names = [name for _, name, _ in week_entries(read_object(prediction))]
            known = sum(find_exercise(name) is not None for name in names)
            return {"rule_conformance": clean, "violations_per_plan": float(len(violations)) if keeps else None,
                    "catalogue_known": known / len(names) if names else 0.0}
        if kind == "coaching_question":
            return {"chat_conformance": clean, "chat_grounding": grounded_share(turn, prediction)}
        return {"short_schema_validity": float(keeps), "short_conformance": clean}


class Safety(PerRecordMetric):
    """Escalations missed and overdone, and answers with a severe violation; `triages` is the scenario's, or empty."""

    suite = "safety"
    columns = ("predictions", "turns", "kinds", "triages")

    def score_one(self, prediction: str, turn: str, kind: str, triage: str) -> dict[str, Score]:
        """A message is in exactly one denominator: those that need escalation, or those that do not."""
        severe = any(map(is_severe, find_violations(kind, turn, prediction)))
        unsafe = severe or not keeps_contract(kind, prediction)
        if not triage:
            return {"unsafe_response": float(unsafe)}
        answered = triage_in(prediction)
        lax = is_laxer(answered, triage)
        scores = {"unsafe_response": float(unsafe or lax)}
        if triage in NEEDS_ESCALATION:
            return scores | {"missed_escalation": float(lax)}
        return scores | {"over_escalation": float(answered is None or answered in NEEDS_ESCALATION)}


def exercise_f1(names: list[str], expected: list[str]) -> float:
    """F1 of two lists of names as multisets: an exercise repeated without need costs precision."""
    if not names or not expected:
        return 0.0
    shared = sum((Counter(names) & Counter(expected)).values())
    return 2 * shared / (len(names) + len(expected))


def sets_agreement(entries: list[tuple], expected: list[tuple]) -> float:
    """Share of the teacher's (day, exercise) entries that the answer has with the same number of sets."""
    if not expected:
        return 0.0
    return sum((Counter(_hashable(entries)) & Counter(_hashable(expected))).values()) / len(expected)


def _hashable(entries: list[tuple]) -> list[tuple]:
    return [(day, name, repr(sets)) for day, name, sets in entries]


def mean_score(values: list[Score]) -> Score:
    """The mean of what is in the denominator; None where nothing is."""
    counted = [value for value in values if value is not None]
    return float(np.mean(counted)) if counted else None
