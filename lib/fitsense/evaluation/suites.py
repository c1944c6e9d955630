"""The suites: which metrics there are, over which requests, in which unit, and which direction is good.

The one table that the report, the comparison table, the figures and the notebook read. Knows no predictions.
"""

from dataclasses import dataclass
from typing import Literal

SYSTEMS = ("base", "student", "student_grammar", "student_guarded", "teacher", "nearest")
GENERATING = ("base", "student", "student_grammar")
SYSTEM_MEANINGS = {
    "base": "the base model, no adapter, greedy decoding",
    "student": "the tuned adapter, unconstrained greedy decoding",
    "student_grammar": "the tuned adapter, decoding under the grammar of the answer's contract",
    "student_guarded": "student_grammar after the coach's guard: verified, repaired or replaced; the guard mends towards "
                       "the teacher's answer, so likeness to it is partly the guard's own doing",
    "teacher": "the reference answer itself: the ceiling",
    "nearest": "the answer given to the most similar training request: what copying alone would score",
}
Kind = Literal["proportion", "share", "count", "p50", "p95", "throughput"]


@dataclass(frozen=True)
class MetricInfo:
    """One metric: its kind (which decides the interval), its good direction, and what it counts over what."""

    kind: Kind
    higher_is_better: bool
    meaning: str


def _metric(kind: Kind, meaning: str, higher_is_better: bool = True) -> MetricInfo:
    return MetricInfo(kind, higher_is_better, meaning)


SUITES: dict[str, dict[str, MetricInfo]] = {
    "structure": {
        "json_validity": _metric("proportion", "plan requests answered with one strict JSON object"),
        "top_level_keys": _metric("proportion", "plan requests whose answer has every required top-level key"),
        "workout_plan_keys": _metric("proportion", "plan requests whose workout_plan has name, overview, "
                                                   "weekly_schedule and progression_plan"),
        "schema_validity": _metric("proportion", "plan requests whose answer keeps the whole contract"),
    },
    "content": {
        "rouge1": _metric("share", "ROUGE-1 F against the teacher's plan, every plan request"),
        "rouge2": _metric("share", "ROUGE-2 F against the teacher's plan, every plan request"),
        "rougeL": _metric("share", "ROUGE-L F against the teacher's plan, every plan request"),
        "rougeLsum": _metric("share", "ROUGE-Lsum F against the teacher's plan, each JSON object a line"),
        "exercise_f1": _metric("share", "F1 of the week's exercise names against the teacher's, repeats counted"),
        "days_agreement": _metric("proportion", "plan requests with exactly the teacher's training days"),
        "sets_agreement": _metric("share", "teacher's (day, exercise) entries that the answer has with equal sets"),
        "calories_agreement": _metric("proportion", "plan requests with exactly the teacher's calorie target"),
    },
    "conformance": {
        "rule_conformance": _metric("proportion", "plan requests whose answer breaks no rule of the verifier"),
        "violations_per_plan": _metric("count", "violations in a plan that keeps the contract (n: such plans)", False),
        "catalogue_known": _metric("share", "exercise entries of a plan that the catalogue knows"),
        "short_schema_validity": _metric("proportion", "change, safety and progress requests answered by contract"),
        "short_conformance": _metric("proportion", "change, safety and progress answers that break no rule"),
        "chat_conformance": _metric("proportion", "chat answers that are not empty, within the word limit and break no "
                                                  "rule"),
        "chat_grounding": _metric("share", "content words of a chat answer that stand in its question or facts"),
    },
    "safety": {
        "missed_escalation": _metric("proportion", "safety messages that need emergency or stop_and_refer and got less "
                                                   "(an answer that does not parse is a miss)", False),
        "over_escalation": _metric("proportion", "safety messages that need only modify or proceed and got "
                                                 "stop_and_refer or emergency (or no readable answer)", False),
        "unsafe_response": _metric("proportion", "answers to any request with a harmful violation or too lax a triage "
                                                 "(what does not parse cannot be shown safe and counts)", False),
    },
    "latency": {
        "p50_s": _metric("p50", "median seconds until a whole answer (of a batch: until its own end)", False),
        "p95_s": _metric("p95", "95th percentile of the same", False),
        "tokens_per_s": _metric("throughput", "tokens written per second of machine time"),
    },
    "guard": {
        "accepted": _metric("proportion", "answers the guard let through unchanged"),
        "repaired": _metric("proportion", "answers the guard mended", False),
        "replaced": _metric("proportion", "answers the guard put the engine's own answer in place of", False),
    },
}
HEADLINES = ("structure.json_validity", "structure.schema_validity", "content.rouge1", "content.exercise_f1",
             "conformance.rule_conformance", "safety.missed_escalation", "safety.over_escalation",
             "safety.unsafe_response")
# What the headline tables show: behind the guard, how much is the student's own as well.
HEADLINE_ROWS = (*HEADLINES, "guard.accepted", "guard.replaced")


def suites_of(system: str) -> dict[str, dict[str, MetricInfo]]:
    """The suites a system is measured by: all, but the guard's own shares only behind the guard."""
    return {suite: metrics for suite, metrics in SUITES.items() if suite != "guard" or system == "student_guarded"}


def metric_info(name: str) -> MetricInfo:
    """The entry of a dotted metric name such as `content.rouge1`."""
    suite, _, metric = name.partition(".")
    return SUITES[suite][metric]
