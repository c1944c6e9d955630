"""The checks every teacher's answer passes before a student may learn from it: the contract, then the safety rules."""

from dataclasses import asdict, dataclass, field

from fitsense.contracts.changes import MAX_CHAT_WORDS
from fitsense.contracts.requests import RESPONSES, Request
from fitsense.contracts.strictness import CONTROL, ContractError, dump_compact, load_contract
from fitsense.safety.verifier import verify_answer
from fitsense.teacher.protocol import TeacherAnswer


@dataclass(frozen=True)
class Checked:
    """An answer after the checks: `text` in the one compact form; `error` says why it is refused (None: accepted)."""

    text: str
    error: str | None = None
    violations: list[dict] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def check_answer(request: Request, answer: TeacherAnswer) -> Checked:
    """Check one answer: usable at all, by contract, by the safety rules (an `error` refuses it, a `warning` stays)."""
    if answer.problem:
        return Checked(answer.text, error=answer.problem)
    try:
        text, parsed = read_answer(request, answer.text)
    except ContractError as error:
        return Checked(answer.text, error=f"contract: {error}")
    violations = [asdict(found) for found in verify_answer(request, text)]
    errors = [found for found in violations if found["severity"] == "error"]
    reason = f"safety: {errors[0]['rule_id']} at {errors[0]['place']}: {errors[0]['reason']}" if errors else None
    return Checked(text, reason, violations, find_flags(request.prompt_type, parsed))


def read_answer(request: Request, text: str) -> tuple[str, dict]:
    """Parse an answer by its contract into (compact text, values); chat stays text. Raises ContractError."""
    contract = RESPONSES[request.prompt_type]
    if contract is None:
        return _read_chat(text), {}
    values = load_contract(contract, text, request.prompt_type).model_dump(mode="json")
    return dump_compact(values), values


def _read_chat(text: str) -> str:
    text = text.strip()
    if not text or CONTROL.search(text):
        raise ContractError("coaching_question", text, "text without control characters")
    if len(text.split()) > MAX_CHAT_WORDS:
        raise ContractError("coaching_question", f"{len(text.split())} words", f"at most {MAX_CHAT_WORDS} words")
    return text


def find_flags(prompt_type: str, values: dict) -> list[str]:
    """Name what is safety-relevant in an answer: the triage class, a referral, advice to see a professional."""
    if prompt_type == "plan_creation":
        return ["referral"] if values["workout_plan"]["adaptations"]["referral"] else []
    if prompt_type != "safety_adjustment":
        return []
    return [f"triage:{values['triage']}"] + (["see_professional"] if values["see_professional"] else [])
