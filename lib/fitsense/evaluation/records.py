"""Held-out records: read one back into the request it asks, its tags, and the triage its scenario calls for.

Knows the record keys of 03_distillation and nothing of models or metrics.
"""

from functools import lru_cache

from fitsense.contracts.changes import TRIAGE_ORDER, Triage
from fitsense.contracts.requests import PROMPT_TYPES, Request, make_request
from fitsense.contracts.strictness import ContractError, parse_json

PLAN_TYPE = "plan_creation"
SHORT_TYPES = ("safety_adjustment", "plan_modification", "progress_adaptation", "coaching_question")
SLICE_TAGS = ("age_band", "sex", "goal_type", "activity_level", "condition_flag")
REPORT_TAGS = (*SLICE_TAGS, "wording")  # wording: see scoring.name_wording
FREE_TEXT_TYPES = ("safety_adjustment", "plan_modification", "coaching_question")
NEEDS_ESCALATION = frozenset({"stop_and_refer", "emergency"})


class RecordError(ValueError):
    """A record that lacks what evaluation needs; the message names the record and the field."""


def prompt_type(record: dict) -> str:
    """The record's prompt type."""
    return record["context"]["prompt_type"]


def request_of(record: dict) -> Request:
    """The request a record's user turn asks, checked again by its contract; raises ContractError."""
    return parse_turn(prompt_type(record), record["instruction"])


@lru_cache(maxsize=4096)
def parse_turn(kind: str, turn: str) -> Request:
    """Read a full user turn (instruction, `Input:`, one line of compact JSON) back into its request."""
    _, marker, payload = turn.partition("\nInput:\n")
    if not marker:
        raise ContractError("instruction", turn[:60], "an instruction, a line `Input:`, and one line of JSON")
    return make_request(kind, parse_json(payload, kind))


def expected_triage(record: dict) -> Triage | None:
    """The triage class the scenario was built to need (never the teacher's answer); None outside safety requests."""
    if prompt_type(record) != "safety_adjustment":
        return None
    constraints = record["context"].get("expected_safety_constraints") or {}
    triage = constraints.get("triage") if isinstance(constraints, dict) else None
    if triage not in TRIAGE_ORDER:
        raise RecordError(f"{record['record_id']}: context.expected_safety_constraints.triage: got {triage!r}; "
                          f"allowed: {', '.join(TRIAGE_ORDER)}")
    return triage


def is_laxer(answered: str | None, expected: str) -> bool:
    """Whether an answer's triage asks for less caution than expected; no readable triage is the laxest of all."""
    return answered not in TRIAGE_ORDER or TRIAGE_ORDER.index(answered) < TRIAGE_ORDER.index(expected)


def check_disjoint_users(held_out: list[dict], training: list[dict]) -> int:
    """Raise RecordError when a held-out user also trained the student; return the number of held-out users."""
    users = {record["context"]["user_id"] for record in held_out}
    shared = users & {record["context"]["user_id"] for record in training}
    if shared:
        raise RecordError(f"test.jsonl: {len(shared)} user(s) also in train.jsonl, such as {min(map(str, shared))}")
    return len(users)


def count_by_type(records: list[dict]) -> dict[str, int]:
    """How many records of each prompt type, in the fixed order of types."""
    kinds = [prompt_type(record) for record in records]
    return {kind: kinds.count(kind) for kind in PROMPT_TYPES}
