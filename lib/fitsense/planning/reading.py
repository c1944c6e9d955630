"""Reading a plan back: the person and plan being explained, what a day's name means, one thing said about it.

Knows nothing of what the sentences are about.
"""

from dataclasses import dataclass
from functools import cache

from fitsense.contracts.plan import Plan
from fitsense.contracts.profile import Goal, Profile
from fitsense.planning.causes import find_cause
from fitsense.planning.selection import Selector
from fitsense.planning.tables import load_tables
from fitsense.safety.screening import Limits

DEFAULT_KIND = "full_a"


@dataclass(frozen=True)
class Said:
    """One sentence about one dotted place of a plan, and the rule behind it."""

    place: str
    sentence: str
    rule_id: str


@dataclass(frozen=True)
class Case:
    """A person as told, the same with the goals that are trained, the plan, and what the person may do."""

    told: Profile
    profile: Profile
    plan: Plan
    selector: Selector

    @property
    def limits(self) -> Limits:
        """The person's limits."""
        return self.selector.limits

    @property
    def goal(self) -> Goal:
        """The goal the week trains for."""
        return self.profile.goals[0]

    def because(self, field: str, place: str, what: str, otherwise: str, why: str) -> Said:
        """`what`, and the words of the screening row behind a field of the limits; else the rule `otherwise`."""
        row = find_cause(self.limits, field)
        words, rule_id = (row["say"], row["rule_id"]) if row else (why, otherwise)
        return Said(place, f"{what} ({words})" if words else what, rule_id)


@cache
def _kinds_by_focus() -> dict[str, str]:
    return {row["focus"]: kind for kind, row in load_tables()["days"].items()}


def name_kind(focus: str) -> str:
    """The kind of day a focus names; a whole-body day where it names none of the engine's."""
    return _kinds_by_focus().get(focus, DEFAULT_KIND)
