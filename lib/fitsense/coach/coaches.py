"""Coaches: one answers by the rules alone, one by a student behind the guard; both reply in the same form.

    coach = RulesCoach()
    reply = coach.answer(request)            # CoachReply: text that verifies, verdict, repairs, share kept
    for step in coach.stream(request): ...   # growing raw text (str), then the CoachReply, last

Knows nothing of pages or files.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fitsense.coach.guard import Guarded, Verdict, guard_answer
from fitsense.contracts.requests import Request
from fitsense.contracts.strictness import ContractError, parse_json
from fitsense.models.adapters import adapter_model_params
from fitsense.models.generation import Student, load_student
from fitsense.params import EvaluationParams
from fitsense.planning.respond import respond
from fitsense.safety.permitted import allowed_names
from fitsense.safety.verifier import Violation, verify_answer

RULES_LABEL = "rules coach (planning engine, no model)"


@dataclass(frozen=True)
class CoachReply:
    """What a coach answers: `text` verifies; `raw_text` is what was written before the guard; `kept` 0-1.

    `latency_s` is wall-clock seconds; `n_tokens` is 0 where no model wrote. Of a plan's `n_exercises` entries the student
    named `n_exercises_kept` (0 of 0 where there is no plan or no model).
    """

    text: str
    verdict: Verdict
    repairs: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    adapter_label: str = RULES_LABEL
    latency_s: float = 0.0
    n_tokens: int = 0
    raw_text: str = ""
    kept: float = 1.0
    n_exercises_kept: int = 0
    n_exercises: int = 0


class Coach(Protocol):
    """What every coach can do."""

    label: str

    def answer(self, request: Request) -> CoachReply:
        """Answer one request."""

    def stream(self, request: Request) -> Iterator[str | CoachReply]:
        """Yield the growing raw text, then the reply."""


class RulesCoach:
    """The planning engine as a coach: deterministic, no model, verified like any other answer."""

    label = RULES_LABEL

    def answer(self, request: Request) -> CoachReply:
        """Answer by the rules; AssertionError where the engine breaks its own verifier (a bug in the library)."""
        started = time.perf_counter()
        text = respond(request)
        left = verify_answer(request, text)
        assert not left, f"{request.prompt_type}: the planner broke {left[0].rule_id} at {left[0].place}"
        return CoachReply(text, "accepted", raw_text=text, latency_s=round(time.perf_counter() - started, 3))

    def stream(self, request: Request) -> Iterator[str | CoachReply]:
        """Yield the reply at once: there is nothing to wait for."""
        yield self.answer(request)


class StudentCoach:
    """A student under the grammar and behind the guard; after `timeout_s` what is written so far is guarded."""

    def __init__(
        self,
        student: Student,
        label: str | None = None,
        max_new_tokens_plan: int = 2100,
        max_new_tokens_short: int = 320,
        timeout_s: float = 300,
    ):
        self.student, self.label = student, label or student.label
        self.max_new_tokens_plan, self.max_new_tokens_short = max_new_tokens_plan, max_new_tokens_short
        self.timeout_s = timeout_s

    @classmethod
    def from_adapter(
        cls, path: Path, label: str | None = None, limits: EvaluationParams | None = None, timeout_s: float = 300
    ) -> "StudentCoach":
        """Load an adapter on the base it was trained on; raises AdapterError where it is none or does not fit."""
        limits = limits or EvaluationParams()
        student = load_student(adapter_model_params(path), path)
        return cls(student, label, limits.max_new_tokens_plan, limits.max_new_tokens_short, timeout_s)

    def answer(self, request: Request) -> CoachReply:
        """Answer one request by the student, guarded."""
        *_, reply = self.stream(request)
        return reply

    def stream(self, request: Request) -> Iterator[str | CoachReply]:
        """Yield the student's growing text under the grammar, then the guarded reply."""
        started, text, timed_out = time.perf_counter(), "", False
        most = self.max_new_tokens_plan if request.prompt_type == "plan_creation" else self.max_new_tokens_short
        pieces = self.student.stream(request, grammar=True, max_new_tokens=most, exercise_names=allowed_names)
        for text in pieces:
            yield text
            if time.perf_counter() - started > self.timeout_s:
                timed_out = True
                break
        n_tokens = len(self.student.tokenizer(text, add_special_tokens=False)["input_ids"])
        broke_off = timed_out or n_tokens >= most or not _is_whole(request, text)
        guarded = guard_answer(request, text, "length" if broke_off else "stop")
        seconds = round(time.perf_counter() - started, 3)
        yield make_reply(request, guarded, text, self.label, seconds, n_tokens, timed_out)


def make_reply(
    request: Request,
    guarded: Guarded,
    raw_text: str,
    label: str,
    latency_s: float,
    n_tokens: int,
    timed_out: bool = False,
) -> CoachReply:
    """Put a guarded answer and its history together; nothing is kept of an answer that was replaced."""
    late = ["time ran out: guarded what was written so far"] if timed_out else []
    return CoachReply(
        guarded.text,
        guarded.verdict,
        late + guarded.repairs,
        guarded.violations,
        label,
        latency_s,
        n_tokens,
        raw_text,
        guarded.kept,
        guarded.n_exercises_kept,
        guarded.n_exercises,
    )


def _is_whole(request: Request, text: str) -> bool:
    if request.prompt_type == "coaching_question":
        return True
    try:
        parse_json(text, "answer")
    except ContractError:
        return False
    return True
