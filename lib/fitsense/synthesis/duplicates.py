"""Duplicates: how many of the texts people wrote are near copies of another: MinHash over pieces of five letters.

A text is near another where the estimated Jaccard similarity of their pieces is at least 0.7 (Broder 1997; `datasketch`).
Deterministic. Knows nothing of questions but where their free text stands.
"""

from datasketch import MinHash, MinHashLSH

PIECE, N_PERMUTATIONS, NEAR = 5, 128, 0.7
FREE_TEXT = ("request", "message", "question")


def list_free_texts(queries: list[dict]) -> dict[str, str]:
    """The free text of every question that has one, by query_id."""
    pairs = [(query["query_id"], query["input"].get(field)) for query in queries for field in FREE_TEXT]
    return {name: text for name, text in pairs if text}


def find_near_duplicates(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of ids whose texts are near copies, each pair once, in the order of the ids."""
    sketches = {name: sketch(text) for name, text in texts.items()}
    index = MinHashLSH(threshold=NEAR, num_perm=N_PERMUTATIONS)
    found = []
    for name, own in sketches.items():
        near = [other for other in index.query(own) if own.jaccard(sketches[other]) >= NEAR]
        found += [(other, name) for other in sorted(near)]
        index.insert(name, own)
    return found


def sketch(text: str) -> MinHash:
    """The MinHash of a text's pieces of five letters, letter case and spacing aside."""
    plain = " ".join(text.lower().split())
    own = MinHash(num_perm=N_PERMUTATIONS)
    own.update_batch([plain[start:start + PIECE].encode() for start in range(max(1, len(plain) - PIECE + 1))])
    return own


def measure_near_duplicates(queries: list[dict], n_people: int = 200) -> float:
    """The share of free texts (0-1) that are a near copy of an earlier one, among n_people spread evenly over all.

    The share grows with the number of texts held against each other, so that worlds of any size are measured on as many.
    """
    people = sorted({query["user_id"] for query in queries})
    asked = {people[place * len(people) // n_people] for place in range(n_people)} if len(people) > n_people else set(people)
    texts = list_free_texts([query for query in queries if query["user_id"] in asked])
    return len({later for _, later in find_near_duplicates(texts)}) / max(1, len(texts))
