"""Leakage audit: does train hold anything that val or test asks again?

Users are never shared (splitting.py refuses that); wording may be, since simulated people speak from a stock of phrases. A
training request that is a near-duplicate of a held-out one of its type is reported, and dropped where params say so.
"""

from collections import Counter

from fitsense.contracts.requests import PROMPT_TYPES, SPOKEN_FIELDS, spoken_part
from fitsense.distillation.filtering import DatasetError
from fitsense.distillation.splitting import SPLITS
from fitsense.near_duplicates import NearDuplicate, find_near_duplicates
from fitsense.params import DistillationParams

METHOD = ("MinHash candidates, exact Jaccard similarity of word pairs; compared within a prompt type: "
          f"{', '.join(SPOKEN_FIELDS.values())} where the person says it in their own words, else the whole input")


def find_leaks(split: dict[str, list[dict]], similarity: float, seed: int) -> list[NearDuplicate]:
    """Every training record whose request is at least `similarity` like a held-out one of the same prompt type."""
    found = []
    for kind in PROMPT_TYPES:
        train, held_out = (texts_by_record(split, names, kind) for names in (SPLITS[:1], SPLITS[1:]))
        found += find_near_duplicates(held_out, train, similarity, seed)
    return found


def texts_by_record(split: dict[str, list[dict]], names: tuple[str, ...], kind: str) -> dict[str, str]:
    """What the person says in every record of one type in some splits, by record id."""
    return {record["record_id"]: spoken_part(kind, record["instruction"]) for name in names for record in split[name]
            if record["context"]["prompt_type"] == kind}


def drop_leaks(split: dict[str, list[dict]], leaks: list[NearDuplicate]) -> dict[str, list[dict]]:
    """The splits without the leaking training records; raises DatasetError where a prompt type would lose all of train."""
    leaking = {leak.name for leak in leaks}
    kept = [record for record in split["train"] if record["record_id"] not in leaking]
    before, after = count_types(split["train"]), count_types(kept)
    for kind in before:
        if not after[kind]:
            raise DatasetError(f"distillation.drop_near_duplicates: all {before[kind]} training requests of {kind} are near-"
                               "duplicates of held-out ones; repair: ask in more different words in 01, raise "
                               "distillation.near_duplicate_similarity, or set distillation.drop_near_duplicates=false")
    return split | {"train": kept}


def count_types(records: list[dict]) -> Counter:
    """Records by prompt type."""
    return Counter(record["context"]["prompt_type"] for record in records)


def describe_audit(split: dict[str, list[dict]], leaks: list[NearDuplicate], params: DistillationParams) -> dict:
    """leakage_audit.json: what was compared (`split` as before any dropping), how, and every offending pair."""
    kinds = {record["record_id"]: record["context"]["prompt_type"] for record in split["train"]}
    found = Counter(kinds[leak.name] for leak in leaks)
    n_by_kind = sorted(count_types(split["train"]).items())
    homes = Counter(user for rows in split.values() for user in {record["context"]["user_id"] for record in rows})
    return {
        "shared_users": sorted(user for user, n in homes.items() if n > 1),
        "near_duplicates": {
            "method": METHOD, "similarity": params.near_duplicate_similarity, "n_train": len(split["train"]),
            "n_held_out": len(split["val"]) + len(split["test"]), "found": len(leaks),
            "dropped": len(leaks) if params.drop_near_duplicates else 0,
            "by_prompt_type": {kind: {"n_train": n, "found": found[kind]} for kind, n in n_by_kind},
            "pairs": [{"train": leak.name, "held_out": leak.other, "similarity": leak.similarity} for leak in leaks]}}
