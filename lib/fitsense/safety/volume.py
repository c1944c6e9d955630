"""Volume: weekly working sets per muscle by level, counted directly (1.0) and indirectly (0.5).

Fractional counting: Pelland 2025. Upper bounds: heuristic by level; more than 22 sets is junk volume (heuristic).
"""

JUNK_SETS = 22.0
INDIRECT_SET = 0.5
UPPER_BOUND: dict[str, float] = {"beginner": 14.0, "intermediate": 20.0, "advanced": JUNK_SETS}
LOWER_AIM: dict[str, float] = {"beginner": 6.0, "intermediate": 8.0, "advanced": 10.0}


def weekly_set_bounds(level: str) -> tuple[float, float]:
    """Weekly sets per muscle for a level: what to aim for at least (time allowing) and the upper bound."""
    return LOWER_AIM[level], UPPER_BOUND[level]


def count_weekly_sets(sets: list[tuple[list[str], list[str], int]]) -> dict[str, float]:
    """Add up (primary muscles, secondary muscles, sets) into fractional weekly sets per muscle, sorted by muscle."""
    total: dict[str, float] = {}
    for primary, secondary, count in sets:
        for muscle in primary:
            total[muscle] = total.get(muscle, 0.0) + count
        for muscle in secondary:
            if muscle not in primary:
                total[muscle] = total.get(muscle, 0.0) + count * INDIRECT_SET
    return dict(sorted(total.items()))
