"""Split by whole users, stratified by prompt type and goal as far as whole users allow.

Deterministic in the records, the fractions and the seed. Users are placed one by one, those with most records first,
each where it brings the strata nearest to their targets.
"""

from collections import Counter, defaultdict

import numpy as np

from fitsense.distillation.filtering import DatasetError

SPLITS = ("train", "val", "test")


def split_by_user(records: list[dict], val_fraction: float, test_fraction: float, seed: int) -> dict[str, list[dict]]:
    """Return records by split, order kept, no user in two splits; raises DatasetError when a split would be empty."""
    strata = count_strata(records)
    shares = {"train": 1 - val_fraction - test_fraction, "val": val_fraction, "test": test_fraction}
    check_shares(shares, len(strata))
    placed = place_users(strata, shares, seed)
    split = {name: [r for r in records if placed[r["context"]["user_id"]] == name] for name in SPLITS}
    assert_disjoint(split)
    return split


def count_strata(records: list[dict]) -> dict[int, Counter]:
    """Per user, how many records fall into each stratum: all, prompt type, goal, and prompt type x goal."""
    strata: dict[int, Counter] = defaultdict(Counter)
    for record in records:
        kind, goal = record["context"]["prompt_type"], record["context"]["slice_tags"]["goal_type"]
        strata[record["context"]["user_id"]].update([("all",), ("type", kind), ("goal", goal), ("cell", kind, goal)])
    return dict(strata)


def check_shares(shares: dict[str, float], n_users: int) -> None:
    """Raise DatasetError when a split is asked to be empty or there are too few users to fill all three."""
    for name, share in shares.items():
        if share <= 0:
            raise DatasetError(f"distillation.{name}_fraction: got {share:g}; allowed: above 0, since {name}.jsonl "
                               "must hold users of its own")
    if n_users < len(SPLITS):
        raise DatasetError(f"all_records.jsonl: {n_users} user(s) with usable records; allowed: at least {len(SPLITS)}")


def place_users(strata: dict[int, Counter], shares: dict[str, float], seed: int) -> dict[int, str]:
    """Give every user a split: greedily, biggest users first, ties in seeded order; no split goes without a user."""
    totals = sum((counts for counts in strata.values()), Counter())
    targets = {name: {key: totals[key] * share for key in totals} for name, share in shares.items()}
    filled = {name: Counter() for name in SPLITS}
    shuffled = np.random.default_rng(seed).permutation(sorted(strata)).tolist()
    placed: dict[int, str] = {}
    for position, user in enumerate(sorted(shuffled, key=lambda u: -strata[u][("all",)])):
        empty = [name for name in SPLITS if not filled[name]]
        last_chance = len(strata) - position <= len(empty)
        choice = min(empty if last_chance else SPLITS,
                     key=lambda name: placing_cost(strata[user], filled[name], targets[name]))
        placed[user] = choice
        filled[choice].update(strata[user])
    return placed


def placing_cost(counts: Counter, filled: Counter, target: dict) -> float:
    """How much squared distance to the target, relative to it, a user adds to a split (negative: it helps)."""
    return sum(((filled[key] + n - target[key]) ** 2 - (filled[key] - target[key]) ** 2) / target[key]
               for key, n in counts.items())


def assert_disjoint(split: dict[str, list[dict]]) -> None:
    """Raise DatasetError when a user stands in two splits or a split is empty."""
    seen: dict[int, str] = {}
    for name in SPLITS:
        if not split[name]:
            raise DatasetError(f"{name}.jsonl: no records; allowed: at least one user in every split")
        for user in sorted({record["context"]["user_id"] for record in split[name]}):
            if user in seen:
                raise DatasetError(f"user {user} is in {seen[user]}.jsonl and {name}.jsonl; users must not be shared")
            seen[user] = name
