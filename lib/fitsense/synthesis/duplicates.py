"""Duplicates: how many of the texts that people wrote are near copies of another's.

Knows where a question's free text stands; likeness itself is `near_duplicates`.
"""

from fitsense.contracts.requests import SPOKEN_FIELDS
from fitsense.near_duplicates import DEFAULT_SIMILARITY, find_repeats


def list_free_texts(queries: list[dict]) -> dict[str, str]:
    """The free text of every question that has one, by query_id."""
    return {query["query_id"]: query["input"][SPOKEN_FIELDS[query["prompt_type"]]] for query in queries
            if query["prompt_type"] in SPOKEN_FIELDS}


def measure_near_duplicates(queries: list[dict], seed: int, n_people: int = 200) -> float:
    """The share of free texts (0-1) that are a near copy of an earlier one, among n_people spread evenly over all.

    The share grows with the number of texts held against each other, so that worlds of any size are measured on as many.
    """
    people = sorted({query["user_id"] for query in queries})
    asked = {people[place * len(people) // n_people] for place in range(n_people)} if len(people) > n_people else set(people)
    texts = list_free_texts([query for query in queries if query["user_id"] in asked])
    return len(find_repeats(texts, DEFAULT_SIMILARITY, seed)) / max(1, len(texts))
