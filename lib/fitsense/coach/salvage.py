"""Salvage: read as much as can be read of JSON that a model wrote badly, and say what was done.

Knows nothing of plans or rules: only brackets, strings and where a text broke off.
"""

import json
from typing import Any

from fitsense.contracts.strictness import MAX_BYTES, ContractError, check_depth

MAX_CUTS = 8
CLOSER = {"{": "}", "[": "]"}


def salvage_json(text: str) -> tuple[Any, list[str]]:
    """Return (value or None where nothing is usable, what was mended in words); never raises.

    Text around the JSON is dropped, the first of two equal keys stays, NaN becomes null, and a text that broke off or
    goes wrong is cut back to its last whole value and its brackets closed.
    """
    start = text.find("{")
    if start < 0 or len(text) > MAX_BYTES:
        return None, ["no JSON object in the answer"]
    notes = ["dropped the words before the JSON"] if text[:start].strip() else []
    body, limit = text[start:], len(text) - start
    try:
        check_depth(body, "answer")
    except ContractError as error:
        return None, [*notes, str(error)]
    for attempt in range(MAX_CUTS):
        candidate, whole = close_brackets(body, limit)
        try:
            value = json.loads(candidate, object_pairs_hook=_first_wins, parse_constant=lambda name: None)
        except json.JSONDecodeError as error:
            limit = min(limit - 1, error.pos)
        except ValueError as error:  # a number of thousands of digits
            return None, [*notes, f"unreadable number ({error})"]
        else:
            return value, notes if whole and not attempt else [*notes, "closed JSON that broke off or went wrong"]
    return None, [*notes, "JSON too broken to read"]


def close_brackets(body: str, limit: int) -> tuple[str, bool]:
    """Cut `body` at its end or at the last whole value before `limit`; close what is open; say if it was whole."""
    stack: list[str] = []
    best, in_string, escaped = "{}", False, False
    for position, char in enumerate(body[:limit]):
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string, escaped = True, False
        elif char in "{[":
            stack.append(char)
        elif char in "}]" and stack:
            stack.pop()
            if not stack:
                return body[: position + 1], True
            best = body[: position + 1] + _closers(stack)
        elif char == "," and stack:
            best = body[:position] + _closers(stack)
    return best, False


def _closers(stack: list[str]) -> str:
    return "".join(CLOSER[char] for char in reversed(stack))


def _first_wins(pairs: list[tuple[str, Any]]) -> dict:
    found: dict = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found
