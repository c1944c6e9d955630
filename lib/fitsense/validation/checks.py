"""A named check: what was looked at, how much of it, and whether it held."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

MAX_EXAMPLES = 3


@dataclass(frozen=True)
class Check:
    """`n` things examined; `detail` says what held or gives the first examples of what did not."""

    name: str
    passed: bool
    n: int
    detail: str


def make_check(name: str, n: int, faults: Iterable[str], holds: str) -> Check:
    """A check that passes when there is no fault; `holds` is its detail then."""
    faults = list(faults)
    shown = "; ".join(faults[:MAX_EXAMPLES])
    return Check(name, not faults, n, f"{len(faults)} of {n}: {shown}" if faults else holds)


def make_report(checks: list[Check]) -> dict:
    """validation_report.json: the verdict, then every check in order."""
    failed = [check.name for check in checks if not check.passed]
    return {"passed": not failed, "n_checks": len(checks), "failed": failed, "checks": [asdict(c) for c in checks]}
