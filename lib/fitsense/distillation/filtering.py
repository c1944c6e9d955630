"""From queries and responses to records: join, check once more, and count why anything was left out.

Knows the record's keys and nothing of splits, files or tokenizers (lengths come from a callable).
"""

from collections.abc import Callable

from fitsense.artifacts import ArtifactError
from fitsense.contracts.changes import MAX_CHAT_WORDS
from fitsense.contracts.requests import RESPONSES, make_request, user_turn
from fitsense.contracts.strictness import ContractError, load_contract

# In the order they are applied: a response is counted under the first that fits it; the last one by dataset.py.
LEAKED = "near_duplicate_of_held_out"
REASONS = ("no_response", "not_accepted", "breaks_contract", "has_violations", "too_long", LEAKED)
CONTEXT_KEYS = ("query_id", "user_id", "prompt_type", "slice_tags", "scenario_id", "expected_safety_constraints")
CountTokens = Callable[[str, str], int]


class DatasetError(ArtifactError):
    """Inputs that make no dataset; the message names the file or parameter and what is wrong with it."""


def join_records(queries: list[dict], responses: list[dict], max_tokens: int,
                 count_tokens: CountTokens) -> tuple[list[dict], dict[str, int]]:
    """Make one record of every usable pair, sorted by record_id; returns (records, left out by reason).

    `count_tokens(user turn, response)` is the length a record has in training. Raises DatasetError on responses
    without a query and on doubled ids.
    """
    by_query = index_responses(queries, responses)
    left_out, records = dict.fromkeys(REASONS, 0), []
    for query in sorted(queries, key=lambda q: q["query_id"]):
        turn = user_turn(make_request(query["prompt_type"], query["input"]))
        response = by_query.get(query["query_id"])
        reason = find_fault(query, response)
        n_tokens = None if reason else count_tokens(turn, response["response_text"])
        if reason is None and n_tokens > max_tokens:
            reason = "too_long"
        if reason:
            left_out[reason] += 1
        else:
            records.append(make_record(query, response, turn, n_tokens))
    if len(records) + sum(left_out.values()) != len(queries):
        raise DatasetError(f"{len(queries)} queries, but {len(records)} records + {left_out} left out")
    return records, left_out


def index_responses(queries: list[dict], responses: list[dict]) -> dict[str, dict]:
    """Responses by query_id; raises DatasetError on doubled ids and on responses to questions nobody asked."""
    asked = {query["query_id"] for query in queries}
    found = {row["query_id"]: row for row in responses}
    if len(asked) != len(queries) or len(found) != len(responses):
        raise DatasetError("queries.jsonl or responses.jsonl: a query_id appears more than once")
    if unasked := sorted(set(found) - asked):
        raise DatasetError(f"responses.jsonl: query_id {unasked[0]} is not in queries.jsonl ({len(unasked)} such)")
    return found


def find_fault(query: dict, response: dict | None) -> str | None:
    """Why a response cannot teach (one of REASONS but too_long and the leak), or None."""
    if response is None:
        return "no_response"
    if response["status"] != "accepted" or not response["response_text"]:
        return "not_accepted"
    if not fits_contract(query["prompt_type"], response["response_text"]):
        return "breaks_contract"
    return None if response["post_validation"]["valid"] else "has_violations"


def fits_contract(prompt_type: str, text: str) -> bool:
    """Whether an answer keeps its prompt type's contract; chat: its length."""
    contract = RESPONSES[prompt_type]
    if contract is None:
        return 0 < len(text.split()) <= MAX_CHAT_WORDS
    try:
        load_contract(contract, text, prompt_type)
    except ContractError:
        return False
    return True


def make_record(query: dict, response: dict, turn: str, n_tokens: int) -> dict:
    """One distillation record, keys in the published order."""
    return {
        "record_id": f"r-{query['query_id'].removeprefix('q-')}", "instruction": turn,
        "context": {key: query[key] for key in CONTEXT_KEYS}, "response": response["response_text"],
        "metadata": {"provider": response["provider"], "model_name": response["model_name"], "n_tokens": n_tokens}}
