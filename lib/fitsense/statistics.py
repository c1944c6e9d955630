"""Intervals: Wilson for proportions, user-clustered bootstrap for everything else, and paired comparisons.

A value and its interval travel together as {"value", "n", "ci_low", "ci_high"}. People answer several requests, so a
bootstrap draws whole users, with percentiles expanded for few users (Hesterberg 2015), and a proportion over repeated
users is widened by its design effect. Knows no metrics.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

EMPTY = {"value": None, "n": 0, "ci_low": None, "ci_high": None}


@dataclass(frozen=True)
class Sampling:
    """How intervals are drawn: bootstrap resamples, confidence level (0-1), seed."""

    n_samples: int = 1000
    confidence: float = 0.95
    seed: int = 7

    @property
    def tails(self) -> tuple[float, float]:
        """The two quantiles that hold the confidence level between them."""
        return (1 - self.confidence) / 2, (1 + self.confidence) / 2


def expanded_tails(n_users: int, confidence: float) -> tuple[float, float]:
    """Bootstrap quantiles that hold the confidence level with few users, where plain percentiles are too narrow.

    Hesterberg 2015 (10.1080/00031305.2015.1089789): the normal tail at sqrt(n/(n-1)) times Student's t of n - 1.
    """
    t = stats.t.ppf((1 + confidence) / 2, n_users - 1)
    tail = float(stats.norm.cdf(-np.sqrt(n_users / (n_users - 1)) * t))
    return tail, 1 - tail


def wilson_interval(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927); n may be an effective size; n = 0 gives (0, 1)."""
    if n <= 0:
        return 0.0, 1.0
    z = stats.norm.ppf((1 + confidence) / 2)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return float(min(p, max(0.0, centre - half))), float(max(p, min(1.0, centre + half)))


def design_effect(values: np.ndarray, users: np.ndarray) -> float:
    """How much repeated users inflate a proportion's variance (1: not at all): cluster variance over p(1-p)/n.

    Where the values cannot show it (all agree, or one user) every user counts once, however often asked.
    """
    n, p = len(values), values.mean()
    codes = _user_codes(users)
    clusters = codes.max() + 1
    if clusters == n:
        return 1.0
    if clusters < 2 or p in (0, 1):
        return n / clusters
    residuals = np.bincount(codes, weights=values - p)
    variance = clusters / (clusters - 1) * np.sum(residuals**2) / n**2
    return float(max(1.0, variance / (p * (1 - p) / n)))


def estimate_proportion(values, users, sampling: Sampling) -> dict:
    """The mean of 0/1 values with its Wilson interval at the effective sample size."""
    values, users = _clean(values, users)
    if not len(values):
        return dict(EMPTY)
    effective = len(values) / design_effect(values, users)
    low, high = wilson_interval(values.mean() * effective, effective, sampling.confidence)
    return _value(values.mean(), len(values), low, high)


def estimate_mean(values, users, sampling: Sampling, bounded: bool) -> dict:
    """The mean with a user-clustered percentile bootstrap; `bounded`: the values lie in 0-1, else they are counts.

    Where resampling sees no spread (one user, or equal values) the bootstrap would claim certainty: then a Wilson
    interval on the number of users (bounded), or Garwood's interval of a Poisson count, stands in.
    """
    values, users = _clean(values, users)
    if not len(values):
        return dict(EMPTY)
    codes = _user_codes(users)
    sums, sizes = np.bincount(codes, weights=values), np.bincount(codes)
    if len(sums) < 2 or np.ptp(values) < 1e-12:
        low, high = _interval_without_spread(values, len(sums), sampling, bounded)
    else:
        weights = _user_weights(len(sums), sampling.n_samples, sampling.seed)
        low, high = _expanded_interval((weights @ sums) / (weights @ sizes), len(sums), sampling)
    return _value(values.mean(), len(values), low, high)


def estimate_quantile(values, users, level: float, sampling: Sampling) -> dict:
    """A quantile (the smallest value with at least `level` of the mass at or below it), clustered bootstrap."""
    values, users = _clean(values, users)
    if not len(values):
        return dict(EMPTY)
    order = np.argsort(values, kind="stable")
    values, codes = values[order], _user_codes(users)[order]
    point = values[_first_at_level(np.ones((1, len(values))), level)][0]
    if codes.max() < 1:
        return _value(point, len(values), *_single_cluster_interval(point, sampling))
    weights = _user_weights(codes.max() + 1, sampling.n_samples, sampling.seed)[:, codes]
    resampled = values[_first_at_level(weights, level)]
    low, high = _expanded_interval(resampled, codes.max() + 1, sampling)
    return _value(point, len(values), min(low, point), max(high, point))


def estimate_ratio(numerators, denominators, users, sampling: Sampling) -> dict:
    """Sum over sum (tokens over seconds), clustered bootstrap."""
    denominators, kept_users = _clean(denominators, users)
    numerators, _ = _clean(numerators, users)
    if not len(denominators) or denominators.sum() <= 0:
        return dict(EMPTY)
    codes = _user_codes(kept_users)
    tops, bottoms = np.bincount(codes, weights=numerators), np.bincount(codes, weights=denominators)
    point = tops.sum() / bottoms.sum()
    if len(tops) < 2:
        return _value(point, len(numerators), *_single_cluster_interval(point, sampling))
    weights = _user_weights(len(tops), sampling.n_samples, sampling.seed)
    low, high = _expanded_interval((weights @ tops) / (weights @ bottoms), len(tops), sampling)
    return _value(point, len(numerators), low, high)


def compare_paired(first, second, users, sampling: Sampling, binary: bool) -> dict:
    """second - first over the same requests: difference with a clustered bootstrap; exact McNemar where 0/1.

    Returns {"difference", "n", "ci_low", "ci_high", "wins", "losses", "p_value"}; p_value null for means.
    """
    gaps = np.asarray(second, float) - np.asarray(first, float)
    kept, users = _clean(gaps, users)
    wins, losses = int((kept > 0).sum()), int((kept < 0).sum())
    result = estimate_difference(kept, users, sampling)
    p_value = mcnemar_exact(wins, losses) if binary and len(kept) else None
    return {"difference": result["value"], "n": result["n"], "ci_low": result["ci_low"], "ci_high": result["ci_high"],
            "wins": wins, "losses": losses, "p_value": p_value}


def estimate_difference(gaps: np.ndarray, users: np.ndarray, sampling: Sampling) -> dict:
    """The mean of paired gaps in -1..1; without spread, Wilson on the number of users, mapped to that range."""
    if not len(gaps):
        return dict(EMPTY)
    codes = _user_codes(users)
    sums, sizes = np.bincount(codes, weights=gaps), np.bincount(codes)
    if len(sums) < 2 or np.ptp(gaps) < 1e-12:
        low, high = wilson_interval((gaps.mean() + 1) / 2 * len(sums), len(sums), sampling.confidence)
        return _value(gaps.mean(), len(gaps), 2 * low - 1, 2 * high - 1)
    weights = _user_weights(len(sums), sampling.n_samples, sampling.seed)
    low, high = _expanded_interval((weights @ sums) / (weights @ sizes), len(sums), sampling)
    return _value(gaps.mean(), len(gaps), low, high)


def mcnemar_exact(wins: int, losses: int) -> float:
    """Two-sided exact McNemar p-value: a fair coin over the discordant pairs (no discordant pair: 1)."""
    return float(stats.binomtest(wins, wins + losses, 0.5).pvalue) if wins + losses else 1.0


def _clean(values, users) -> tuple[np.ndarray, np.ndarray]:
    """Drop what is not in the denominator (NaN)."""
    values, users = np.asarray(values, float), np.asarray(users)
    kept = ~np.isnan(values)
    return values[kept], users[kept]


def _user_codes(users: np.ndarray) -> np.ndarray:
    return np.unique(users, return_inverse=True)[1]


@lru_cache(maxsize=256)
def _user_weights(n_users: int, n_samples: int, seed: int) -> np.ndarray:
    """How often each user is drawn in each resample, (n_samples, n_users); seeded: equal data, equal intervals."""
    generator = np.random.default_rng([seed, n_users])
    return generator.multinomial(n_users, np.full(n_users, 1 / n_users), size=n_samples).astype(float)


def _expanded_interval(resampled: np.ndarray, n_users: int, sampling: Sampling) -> tuple[float, float]:
    low, high = np.quantile(resampled, expanded_tails(n_users, sampling.confidence))
    return float(low), float(high)


def _first_at_level(weights: np.ndarray, level: float) -> np.ndarray:
    """For each row of weights over sorted values, the index where the cumulated weight reaches the level."""
    cumulated = np.cumsum(weights, axis=1)
    return np.argmax(cumulated >= level * cumulated[:, -1:] - 1e-9, axis=1)


def _interval_without_spread(values, n_users: int, sampling: Sampling, bounded: bool) -> tuple[float, float]:
    if bounded:
        return wilson_interval(values.mean() * n_users, n_users, sampling.confidence)
    total, (low, high) = values.sum(), sampling.tails
    lowest = stats.chi2.ppf(low, 2 * total) / 2 if total else 0.0
    return lowest / len(values), stats.chi2.ppf(high, 2 * total + 2) / 2 / len(values)


def _single_cluster_interval(point: float, sampling: Sampling) -> tuple[float, float]:
    """One batch's time says little of others': the interval of an exponential time's mean, seen once."""
    low, high = sampling.tails
    return 2 * point / stats.chi2.ppf(high, 2), 2 * point / stats.chi2.ppf(low, 2)


def _value(value: float, n: int, low: float, high: float) -> dict:
    value, low, high = (round(float(number), 4) for number in (value, low, high))
    return {"value": value, "n": int(n), "ci_low": min(value, low), "ci_high": max(value, high)}
