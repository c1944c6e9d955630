"""Is a slice's mean further from everybody else's than chance would put it? Permutation tests, corrected for their number.

People answer several requests, so whole people are permuted, not records. Knows no measures and no tags.
"""

import numpy as np
from scipy.stats import false_discovery_control

CHUNK = 1000  # permutations held in memory at once


def measure_gaps(sums: np.ndarray, sizes: np.ndarray, membership: np.ndarray) -> np.ndarray:
    """Mean inside minus mean outside, [permutations, slices], of per-person sums and counts [permutations, people]."""
    inside, n_inside = sums @ membership, sizes @ membership
    outside, n_outside = sums.sum(axis=1, keepdims=True) - inside, sizes.sum(axis=1, keepdims=True) - n_inside
    return inside / n_inside - outside / n_outside


def permutation_p_values(sums: np.ndarray, sizes: np.ndarray, membership: np.ndarray, n_permutations: int,
                         seed: int) -> np.ndarray:
    """Two-sided p-values, one a slice, at least 1/(n_permutations + 1): Phipson and Smyth 2010, Stat Appl Genet Mol Biol 9:39.

    `sums`, `sizes`: a person's total and number of records, [people]; `membership`: 0/1, [people, slices], where every
    slice has people inside and outside.
    """
    observed = np.abs(measure_gaps(sums[None], sizes[None], membership)[0])
    generator, as_far = np.random.default_rng(seed), np.zeros(membership.shape[1])
    for start in range(0, n_permutations, CHUNK):
        order = generator.permuted(np.tile(np.arange(len(sums)), (min(CHUNK, n_permutations - start), 1)), axis=1)
        # A permutation that gives the same gap but for rounding counts as equally far.
        as_far += (np.abs(measure_gaps(sums[order], sizes[order], membership)) >= observed - 1e-9).sum(axis=0)
    return (as_far + 1) / (n_permutations + 1)


def correct_p_values(p_values: dict[tuple, float]) -> dict[tuple, float]:
    """q-values of a family of tests: Benjamini and Hochberg 1995, 10.1111/j.2517-6161.1995.tb02031.x."""
    if not p_values:
        return {}
    adjusted = false_discovery_control(list(p_values.values()), method="bh")
    return {key: float(q) for key, q in zip(p_values, adjusted, strict=True)}
