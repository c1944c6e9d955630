"""Reading labels: one question with its answer, laid out for a person. Knows nothing of how the answer came about."""

import json

from IPython.display import Markdown

from fitsense.contracts.requests import RESPONSES

MAX_LINES = 60
FREE_WORDS = {"plan_modification": "request", "safety_adjustment": "message", "coaching_question": "question"}


def list_pairs(queries: list[dict], per_type: int = 8) -> dict[str, str]:
    """A choice of questions for a widget, label -> query_id: the first of each scenario, `per_type` a prompt type."""
    chosen: dict[str, str] = {}
    for query in queries:
        label = f"{query['prompt_type']}: {query['scenario_id']}"
        if label not in chosen and sum(known.startswith(query["prompt_type"]) for known in chosen) < per_type:
            chosen[label] = query["query_id"]
    return dict(sorted(chosen.items()))


def show_pair(query_id: str, queries: list[dict], responses: list[dict]) -> Markdown:
    """One question and its answer as Markdown; an id that is not there is a KeyError."""
    query = {one["query_id"]: one for one in queries}[query_id]
    response = {one["query_id"]: one for one in responses}[query_id]
    return Markdown("\n\n".join([f"**{query['prompt_type']}** · {query_id} · {query['context_summary']}",
                                 describe_question(query), describe_answer(query["prompt_type"], response)]))


def describe_question(query: dict) -> str:
    """What was asked: the person's own words where there are some, else the input's main parts."""
    given = query["input"]
    words = given.get(FREE_WORDS.get(query["prompt_type"], ""))
    shown = words or json.dumps({key: given[key] for key in list(given)[:4]}, ensure_ascii=False)
    return f"> {shown if len(shown) < 900 else shown[:900] + ' …'}"


def describe_answer(prompt_type: str, response: dict) -> str:
    """What was answered, JSON indented; a refused answer with its reason; long ones cut after MAX_LINES lines."""
    if response["status"] != "accepted":
        return f"*refused: {response['error']}*"
    if RESPONSES[prompt_type] is None:
        return response["response_text"]
    lines = json.dumps(json.loads(response["response_text"]), indent=1, ensure_ascii=False).splitlines()
    more = [f"... {len(lines) - MAX_LINES} more lines"] if len(lines) > MAX_LINES else []
    flags = f"\n\nflags: {', '.join(response['safety_flags'])}" if response["safety_flags"] else ""
    return "```json\n" + "\n".join(lines[:MAX_LINES] + more) + "\n```" + flags
