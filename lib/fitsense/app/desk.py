"""The desk: what the app does with a profile or a message, free of any page: the endpoints' and the events' one path.

    desk = Desk(opened)
    for step in desk.write_plan(profile): ...     # progress (str), then PlanAnswer
    answer = desk.answer_message(text, profile, plan)

Knows coaches and the store; knows no HTML and no Gradio.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fitsense.coach.choice import OpenedCoach
from fitsense.coach.coaches import CoachReply, RulesCoach
from fitsense.coach.conversation import Turn, plan_request, read_message, triage_message
from fitsense.coach.store import InteractionStore
from fitsense.contracts.changes import Adaptation, Change, Modification, SafetyAdjustment
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import load_contract


@dataclass(frozen=True)
class PlanAnswer:
    """A plan that verifies, and the coach's reply it came in."""

    plan: Plan
    reply: CoachReply


@dataclass(frozen=True)
class MessageAnswer:
    """What a message got: how it was read, the answer (text for chat), and the coach's reply it came in."""

    turn: Turn
    answer: Modification | SafetyAdjustment | Adaptation | str
    reply: CoachReply

    @property
    def changes(self) -> list[Change]:
        """The changes the answer proposes."""
        return [] if isinstance(self.answer, str) else self.answer.changes


class Desk:
    """One coach at work; every answer goes into the store, if there is one."""

    def __init__(self, opened: OpenedCoach, store: InteractionStore | None = None):
        self.coach, self.choice, self.store = opened.coach, opened.choice, store
        self.rules = RulesCoach()

    def write_plan(self, profile: Profile) -> Iterator[str | PlanAnswer]:
        """Yield the student's growing text, then the plan."""
        request = plan_request(profile)
        for step in self.coach.stream(request):
            if isinstance(step, str):
                yield step
            else:
                self._remember(request, step)
                yield PlanAnswer(load_contract(Plan, step.text, "plan"), step)

    def answer_message(self, message: str, profile: Profile, plan: Plan) -> MessageAnswer:
        """Triage first, then answer; urgent messages are answered by the rules at once. Raises ContractError."""
        turn = read_message(message, profile, plan)
        coach = self.rules if turn.is_urgent else self.coach
        reply = coach.answer(turn.request)
        self._remember(turn.request, reply)
        contract = RESPONSES[turn.request.prompt_type]
        answer = reply.text if contract is None else load_contract(contract, reply.text, "answer")
        return MessageAnswer(turn, answer, reply)

    def _remember(self, request: Request, reply: CoachReply) -> None:
        if self.store is not None:
            self.store.record(request, reply)


def guard_account(reply: CoachReply) -> dict:
    """The guard's account of one reply as plain JSON."""
    return {
        "verdict": reply.verdict,
        "kept": reply.kept,
        "repairs": reply.repairs,
        "violations": [describe_violation(item) for item in reply.violations],
        "adapter_label": reply.adapter_label,
        "n_tokens": reply.n_tokens,
        "latency_s": reply.latency_s,
    }


def describe_violation(violation) -> dict:
    """One violation as plain JSON."""
    return {
        "rule_id": violation.rule_id,
        "severity": violation.severity,
        "place": violation.place,
        "reason": violation.reason,
    }


def triage_account(text: str) -> dict:
    """Triage of a text by the rules as plain JSON."""
    found = triage_message(text)
    return {
        "triage": found.triage,
        "message": found.message,
        "matched": list(found.matched),
        "stop_signs": list(found.stop_signs),
        "see_professional": found.see_professional,
    }
