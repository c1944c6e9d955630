"""What a language-model teacher is told: the answer's contract, the person's limits, allowed exercises, the request.

One user message, no system message (several open models have no such role). Knows nothing of clients or retries.
"""

import json
from functools import cache

from fitsense.contracts.changes import MAX_CHAT_WORDS
from fitsense.contracts.plan import MAX_ENTRIES_PER_WEEK, MAX_NOTE_WORDS
from fitsense.contracts.requests import RESPONSES, PromptType, Request, user_turn
from fitsense.safety.permitted import allowed_names, limits_of


def build_prompt(request: Request, refusal: str = "") -> str:
    """Write the whole message for one request; `refusal` repeats why the previous answer was turned down."""
    parts = [describe_contract(request.prompt_type)]
    if request.prompt_type != "coaching_question":
        parts.append(describe_limits(request))
    if refusal:
        parts.append(f"Your previous answer was refused: {refusal}. Answer again without that fault.")
    return "\n\n".join([*parts, user_turn(request)])


@cache
def describe_contract(prompt_type: PromptType) -> str:
    """Say what form the answer must have: the JSON schema, or for chat the length and the ground."""
    contract = RESPONSES[prompt_type]
    if contract is None:
        return (f"Answer in plain text of at most {MAX_CHAT_WORDS} words, only from the facts given. "
                "Give no diagnosis and no dose of any medicine.")
    schema = json.dumps(contract.model_json_schema(), separators=(",", ":"))
    sizes = (f" At most {MAX_ENTRIES_PER_WEEK} exercise entries a week; notes of at most {MAX_NOTE_WORDS} words."
             if prompt_type == "plan_creation" else "")
    return f"Answer with one JSON object and nothing else, keys in the order of this JSON schema.{sizes}\n{schema}"


def describe_limits(request: Request) -> str:
    """List what screening asks for and which exercises of the catalogue this person may do."""
    limits = limits_of(request)
    rules = [text for _, text in limits.reasons]
    lines = [f"Use only these exercises, by these names: {', '.join(allowed_names(request))}."]
    if rules:
        lines.append("Respect: " + " ".join(rules))
    if limits.referral:
        lines.append(f"Refer, in exactly these words: {limits.referral}")
    return "\n".join(lines)
