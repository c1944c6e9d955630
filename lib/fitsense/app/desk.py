"""The desk: what the app does with a profile or a message, free of any page: the endpoints' and the events' one path.

    desk = Desk(opened)
    for step in desk.write_plan(profile): ...     # progress (str), then PlanAnswer
    answer = desk.answer_message(text, profile, plan)

One answer is written at a time; urgent messages are answered by the rules and wait for nobody.

Knows coaches and the store; knows no HTML and no Gradio.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from threading import BoundedSemaphore, Lock

from sqlalchemy.exc import SQLAlchemyError

from fitsense.coach.choice import OpenedCoach
from fitsense.coach.coaches import CoachReply, RulesCoach
from fitsense.coach.conversation import Turn, keep_applicable, plan_request, read_message, triage_message
from fitsense.coach.store import InteractionStore
from fitsense.contracts.changes import Change, Modification, SafetyAdjustment
from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import ContractError, dump_compact, load_contract


@dataclass(frozen=True)
class PlanAnswer:
    """A plan that verifies, and the coach's reply it came in."""

    plan: Plan
    reply: CoachReply


@dataclass(frozen=True)
class MessageAnswer:
    """What a message got: how it was read, the answer (text for chat), and the coach's reply it came in."""

    turn: Turn
    answer: Modification | SafetyAdjustment | str
    reply: CoachReply

    @property
    def changes(self) -> list[Change]:
        """The changes the answer proposes."""
        return [] if isinstance(self.answer, str) else self.answer.changes


class Turns:
    """One at a time; at most `most_waiting` wait for their turn, whoever comes then is refused (ContractError)."""

    def __init__(self, most_waiting: int):
        self.most_waiting = most_waiting
        self._turn, self._seats = Lock(), BoundedSemaphore(most_waiting + 1)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for the turn and hold it; may be given back in another thread than it was taken in."""
        if not self._seats.acquire(blocking=False):
            raise ContractError("request", "one more", f"{self.most_waiting} waiting at once; try again in a minute")
        try:
            with self._turn:
                yield
        finally:
            self._seats.release()


class Desk:
    """One coach at work; every answer goes into the store, if there is one."""

    def __init__(self, opened: OpenedCoach, store: InteractionStore | None = None, most_waiting: int = 8):
        self.coach, self.choice, self.store = opened.coach, opened.choice, store
        self.rules, self.turns = RulesCoach(), Turns(most_waiting)

    def write_plan(self, profile: Profile) -> Iterator[str | PlanAnswer]:
        """Yield the student's growing text, then the plan; raises ProfileEmergency where help must come first."""
        request = plan_request(profile)
        with self.turns.take():
            for step in self.coach.stream(request):
                if isinstance(step, str):
                    yield step
                else:
                    self._remember(request, step)
                    yield PlanAnswer(load_contract(Plan, step.text, "plan"), step)

    def answer_message(self, message: str, profile: Profile, plan: Plan) -> MessageAnswer:
        """Triage first, then answer; urgent messages are answered by the rules at once. Raises ContractError.

        Every change in the answer can be carried out on the plan within the whole profile's limits.
        """
        turn = read_message(message, profile, plan)
        if turn.is_urgent:
            reply = self.rules.answer(turn.request)
        else:
            with self.turns.take():
                reply = self.coach.answer(turn.request)
        contract = RESPONSES[turn.request.prompt_type]
        answer = reply.text if contract is None else load_contract(contract, reply.text, "answer")
        if not isinstance(answer, str):
            answer, left_out = keep_applicable(profile, plan, answer)
            reply = _mend_reply(reply, dump_compact(answer), left_out) if left_out else reply
        self._remember(turn.request, reply)
        return MessageAnswer(turn, answer, reply)

    def _remember(self, request: Request, reply: CoachReply) -> None:
        """Keep an answer where there is a store; a locked or full file costs the record, never the answer."""
        try:
            if self.store is not None:
                self.store.record(request, reply)
        except (OSError, SQLAlchemyError) as error:
            print(f"store: one answer was not kept ({' '.join(str(error).split())})", file=sys.stderr, flush=True)


def _mend_reply(reply: CoachReply, text: str, left_out: list[str]) -> CoachReply:
    verdict = "repaired" if reply.verdict == "accepted" else reply.verdict
    return replace(reply, text=text, verdict=verdict, repairs=[*reply.repairs, *(f"left out: {line}" for line in left_out)])


def guard_account(reply: CoachReply) -> dict:
    """The guard's account of one reply as plain JSON."""
    return {
        "verdict": reply.verdict,
        "kept": reply.kept,
        "n_exercises_kept": reply.n_exercises_kept,
        "n_exercises": reply.n_exercises,
        "repairs": reply.repairs,
        "violations": [asdict(item) for item in reply.violations],
        "adapter_label": reply.adapter_label,
        "n_tokens": reply.n_tokens,
        "latency_s": reply.latency_s,
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
