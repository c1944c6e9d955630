"""Respond: the one door to the engine, from a checked request to the answer's text.

JSON answers are compact (contracts.strictness.dump_compact); a coaching answer is plain text. Knows nothing of models.
"""

from collections.abc import Callable

from fitsense.contracts.requests import PromptType, Request
from fitsense.contracts.strictness import dump_compact
from fitsense.planning.adapt import adapt
from fitsense.planning.answers import answer_question
from fitsense.planning.changes import modify
from fitsense.planning.prescribe import prescribe
from fitsense.planning.safety_reply import reply_safety

_ENGINE: dict[PromptType, Callable] = {
    "plan_creation": prescribe,
    "plan_modification": modify,
    "safety_adjustment": reply_safety,
    "progress_adaptation": adapt,
    "coaching_question": answer_question,
}


def respond(request: Request) -> str:
    """Answer a request of any type: a function of what it shows and of nothing else."""
    answer = _ENGINE[request.prompt_type](request.input)
    return answer if isinstance(answer, str) else dump_compact(answer)
