"""The violation: what the verifier found, where, by which rule."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Violation:
    """One finding: rule_id as in the knowledge rules ("contract" where the answer does not parse), a dotted place."""

    rule_id: str
    severity: Severity
    place: str
    reason: str


def error(rule_id: str, place: str, reason: str) -> Violation:
    """A violation that makes an answer unfit to use."""
    return Violation(rule_id, "error", place, reason)
