"""Queries and answers for forty made-up people: enough strata to split, light enough for every test."""

import pytest
from made_up_people import ANSWERS, make_query


@pytest.fixture
def queries() -> list[dict]:
    """Forty users, two questions each and a third for every fourth."""
    kinds = tuple(ANSWERS)
    return [make_query(user, place, kinds[place % 2])
            for user in range(1, 41) for place in range(3 if user % 4 == 0 else 2)]


@pytest.fixture
def responses(queries) -> list[dict]:
    """An accepted answer to every query, as 02 writes it."""
    return [{"query_id": query["query_id"], "provider": "rule_based", "model_name": "fitsense-rules",
             "attempt_count": 1, "latency_ms": None, "tokens": None, "cost": 0.0, "status": "accepted",
             "response_text": ANSWERS[query["prompt_type"]],
             "raw_response": ANSWERS[query["prompt_type"]], "error": None,
             "safety_flags": [], "post_validation": {"valid": True, "violations": []}} for query in queries]
