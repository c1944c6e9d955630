"""The door: parse JSON that strangers wrote, and name what is wrong with it in one line.

Knows nothing of fitness: only sizes, nesting, duplicate keys, numbers that are not numbers, and Pydantic's errors.
"""

import json
import math
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
# C0 controls except tab and newline, DEL, and C1 controls: none belongs in a person's words.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Strict(BaseModel):
    """A contract: no coercion, no unknown key, no NaN, frozen once made."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


Contract = TypeVar("Contract", bound=BaseModel)


class ContractError(ValueError):
    """Input that breaks a contract: `field` (dotted path), `value`, `allowed`; the message is one line."""

    def __init__(self, field: str, value: Any, allowed: str):
        self.field, self.value, self.allowed = field, value, allowed
        shown = repr(value)
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        super().__init__(f"{field}: got {shown}; allowed: {allowed}".replace("\n", " "))


def parse_json(text: str, what: str = "input") -> Any:
    """Parse strict JSON; raise ContractError on size, depth, duplicate keys, NaN, control characters or bad syntax."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ContractError(what, f"{len(text)} characters", f"at most {MAX_BYTES} bytes")
    check_depth(text, what)
    try:
        value = json.loads(text, object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ContractError(what, text[max(0, error.pos - 20):error.pos + 20],
                            f"valid JSON ({error.msg} at character {error.pos})") from None
    except ContractError:
        raise
    except ValueError:  # Python refuses whole numbers of more than 4,300 digits
        raise ContractError(what, "a number of thousands of digits", "numbers of ordinary length") from None
    _refuse_odd_values(value, what)
    return value


def check_depth(text: str, what: str) -> None:
    """Refuse nesting deeper than MAX_DEPTH before the parser recurses into it."""
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string, escaped = True, False
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ContractError(what, f"nesting deeper than {MAX_DEPTH}", f"at most {MAX_DEPTH} levels")
        elif char in "]}":
            depth -= 1


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict:
    found: dict = {}
    for key, value in pairs:
        if key in found:
            raise ContractError(key, key, "each key once")
        found[key] = value
    return found


def _refuse_constant(name: str):
    raise ContractError("number", name, "a finite number")


def _refuse_odd_values(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_odd_values(key, f"{path}.{key}")
            _refuse_odd_values(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_odd_values(inner, f"{path}.{index}")
    elif isinstance(value, str) and CONTROL.search(value):
        raise ContractError(path, value, "text without control characters")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ContractError(path, value, "a finite number")


def check_contract(contract: type[Contract], value: Any, what: str) -> Contract:
    """Validate parsed JSON against a contract; raise ContractError for the first thing wrong (`what` names the root)."""
    try:
        return contract.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise ContractError(".".join([what, *map(str, first["loc"])]), first.get("input"), _allowed(first)) from None


def load_contract(contract: type[Contract], text: str, what: str) -> Contract:
    """Parse strict JSON text and validate it against a contract in one step."""
    return check_contract(contract, parse_json(text, what), what)


def _allowed(error: dict) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "no such key in this place"
    if kind == "missing":
        return "this key is required"
    if kind == "literal_error":
        return str(context["expected"])
    return re.sub(r"^(Value error, |Input should be )", "", error["msg"])


def dump_compact(value: Any) -> str:
    """Write compact JSON (no white space, key order kept): the one form in which models read and write JSON."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
