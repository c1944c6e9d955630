"""How much of a student's answer reached the person: the share of the final answer that the student itself wrote.

Knows no rules: compares leaves of JSON (or words of text), in order, as a diff does.
"""

import difflib
from typing import Any

from fitsense.coach.salvage import salvage_json


def share_kept(raw_text: str, final_text: str, is_chat: bool = False) -> float:
    """Share (0-1, two decimals) of the final answer's fields, or words in a chat, that stand in the raw answer."""
    if is_chat:
        raw, final = raw_text.split(), final_text.split()
    else:
        raw, final = list_leaves(salvage_json(raw_text)[0]), list_leaves(salvage_json(final_text)[0])
    if not final:
        return 0.0
    matcher = difflib.SequenceMatcher(None, raw, final, autojunk=False)
    return round(sum(block.size for block in matcher.get_matching_blocks()) / len(final), 2)


def list_leaves(value: Any, key: str = "") -> list[str]:
    """The leaves of parsed JSON in order, each as `key=value` with the last key above it."""
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in list_leaves(inner, name)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in list_leaves(inner, key)]
    return [f"{key}={value!r}"]
