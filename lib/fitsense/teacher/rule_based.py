"""The offline teacher: the planning engine behind the teacher protocol.

Costs nothing, waits for nothing, and answers from what the request shows alone.
"""

from fitsense.artifacts import code_version
from fitsense.contracts.requests import Request, user_turn
from fitsense.planning.respond import respond
from fitsense.teacher.protocol import TeacherAnswer


class RuleBasedTeacher:
    """The deterministic teacher; its fingerprint is the package's own code, since that is what shapes its answers."""

    provider = "rule_based"
    deterministic = True

    def __init__(self, model_name: str = "fitsense-rules"):
        self.model_name = model_name
        self.fingerprint = code_version()

    def read_prompt(self, request: Request, refusal: str = "") -> str:
        """Return the user turn itself: the rules need no explanation, and a refusal would not change their mind."""
        return user_turn(request)

    def answer(self, request: Request, refusal: str = "") -> TeacherAnswer:
        """Answer from the rules; no tokens counted, no latency claimed."""
        text = respond(request)
        return TeacherAnswer(text=text, raw=text)
