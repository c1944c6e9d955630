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
