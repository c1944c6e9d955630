"""The ledger: what labelling took in time, tokens and money. The one file of this stage that may carry a wall clock."""

import time
from collections import Counter

from fitsense.params import TeacherParams
from fitsense.teacher.protocol import Teacher


def price_tokens(tokens: dict[str, int] | None, params: TeacherParams) -> float:
    """Cost in US dollars at the prices of params; 0 where nothing was counted."""
    if tokens is None:
        return 0.0
    return round((tokens["prompt"] * params.usd_per_million_prompt_tokens
                  + tokens["completion"] * params.usd_per_million_completion_tokens) / 1e6, 8)


class Ledger:
    """Running totals of one labelling."""

    def __init__(self, teacher: Teacher, params: TeacherParams):
        self._teacher, self._params = teacher, params
        self._started = time.monotonic()
        self._cost, self._tokens = 0.0, Counter()
        self._counts, self._by_type, self._reasons = Counter(), {}, Counter()

    def add(self, prompt_type: str, row: dict, attempts: list[dict]) -> None:
        """Add one labelled query."""
        self._cost += row["cost"]
        self._tokens.update(row["tokens"] or {})
        self._counts.update({"queries": 1, row["status"]: 1, "attempts": len(attempts),
                             "from_cache": sum(attempt["cached"] for attempt in attempts)})
        self._by_type.setdefault(prompt_type, Counter())[row["status"]] += 1
        self._reasons.update(name_reason(attempt["reason"]) for attempt in attempts if attempt["reason"])

    def cost_line(self) -> str:
        """What the progress bar shows."""
        return f"{self._counts['accepted']} ok, {self._counts['rejected']} refused, ${self._cost:.4f}"

    def summarise(self) -> dict:
        """The ledger as JSON: counts, refusals by reason, tokens, cost in US dollars, seconds."""
        seconds = time.monotonic() - self._started
        return {
            "provider": self._teacher.provider, "model_name": self._teacher.model_name,
            "n_queries": self._counts["queries"], "n_accepted": self._counts["accepted"],
            "n_rejected": self._counts["rejected"], "n_attempts": self._counts["attempts"],
            "n_from_cache": self._counts["from_cache"],
            "by_prompt_type": {kind: {status: counts[status] for status in ("accepted", "rejected")}
                               for kind, counts in sorted(self._by_type.items())},
            "refusals_by_reason": dict(sorted(self._reasons.items())),
            "tokens": {key: self._tokens[key] for key in ("prompt", "completion")},
            "cost_usd": round(self._cost, 6), "seconds": round(seconds, 2),
            "queries_per_second": round(self._counts["queries"] / seconds, 1) if seconds else None}


def name_reason(reason: str) -> str:
    """The kind of a refusal without its particulars: `safety: RULE`, `contract`, `truncated`, `HTTP 500`, ..."""
    head, _, rest = reason.partition(": ")
    return f"{head}: {rest.split(' ')[0]}" if head == "safety" else " ".join(head.split()[:2])
