"""Samples of held-out records: evenly spread over types, goals, triage classes and users; the same ones every time.

Never the head of a file, never a random draw: records stand in order of what is to be spread, every k-th is taken.
Knows nothing of models or metrics.
"""

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.evaluation.records import PLAN_TYPE, SHORT_TYPES, expected_triage, prompt_type


def sample_records(records: list[dict], n_plans: int, n_short: int) -> list[dict]:
    """Pick at most n_plans plan requests and n_short others, equal shares a type; ordered by (type, record_id)."""
    wanted = {PLAN_TYPE: n_plans, **share_out(n_short, records)}
    chosen = [record for kind, n in wanted.items() for record in spread_records(_of_type(records, kind), n)]
    return sorted(chosen, key=lambda record: (prompt_type(record), record["record_id"]))


def share_out(n_short: int, records: list[dict]) -> dict[str, int]:
    """Split n_short equally over the short types, safety first for what is left over; no more than a type has."""
    room = {kind: len(_of_type(records, kind)) for kind in SHORT_TYPES}
    shares = dict.fromkeys(SHORT_TYPES, 0)
    while sum(shares.values()) < min(n_short, sum(room.values())):
        for kind in SHORT_TYPES:
            if sum(shares.values()) < n_short and shares[kind] < room[kind]:
                shares[kind] += 1
    return shares


def spread_records(records: list[dict], n: int) -> list[dict]:
    """Take n of N at even distances along the order triage class, goal, user (systematic sampling from the middle)."""
    ordered = sorted(records, key=_spread_key)
    if n >= len(ordered):
        return ordered
    return [ordered[int((place + 0.5) * len(ordered) / n)] for place in range(n)]


def _spread_key(record: dict) -> tuple:
    context = record["context"]
    triage = expected_triage(record)  # by severity, so that even two messages hold one that needs escalation
    severity = TRIAGE_ORDER.index(triage) if triage else 0
    return severity, context["slice_tags"]["goal_type"], str(context["user_id"]).rjust(12), record["record_id"]


def _of_type(records: list[dict], kind: str) -> list[dict]:
    return [record for record in records if prompt_type(record) == kind]
