"""What a teacher is: a name, an answer to a request, and two ways to fail.

Knows nothing of providers, files or the checks an answer must pass.
"""

from dataclasses import dataclass
from typing import Protocol

from fitsense.artifacts import ArtifactError
from fitsense.contracts.requests import Request


class TeacherError(ArtifactError):
    """The teacher cannot work at all (no key, wrong address, unknown model); the message names what to mend."""


class RequestFailed(RuntimeError):
    """One request got no answer after every retry (time-out, 429, 5xx); others may still succeed."""


@dataclass(frozen=True)
class TeacherAnswer:
    """One reply.

    `text` is what is checked and kept, `raw` what came over the wire; `tokens` {"prompt", "completion"} as the provider
    counted them, `latency_ms` wall clock; both None where nothing was measured. `problem` says why a reply that arrived
    cannot be used (truncated, empty); None when it can be checked.
    """

    text: str
    raw: str
    tokens: dict[str, int] | None = None
    latency_ms: float | None = None
    problem: str | None = None


class Teacher(Protocol):
    """Who answers: `deterministic` teachers are asked once; `fingerprint` names what else shapes an answer."""

    provider: str
    model_name: str
    deterministic: bool
    fingerprint: str

    def read_prompt(self, request: Request, refusal: str = "") -> str:
        """Return the exact text this teacher is asked; `refusal` says why its previous answer was turned down."""
        ...

    def answer(self, request: Request, refusal: str = "") -> TeacherAnswer:
        """Answer one request; raises RequestFailed for this request, TeacherError for all of them."""
        ...
