"""Intervals against published or exactly known values, and what clustering by user does to them."""

import numpy as np
import pytest

from fitsense.statistics import (
    EMPTY,
    Sampling,
    compare_paired,
    design_effect,
    estimate_mean,
    estimate_proportion,
    estimate_quantile,
    estimate_ratio,
    mcnemar_exact,
    wilson_interval,
)

SAMPLING = Sampling(n_samples=2000, confidence=0.95, seed=7)


@pytest.mark.parametrize(("successes", "n", "low", "high"), [
    (0, 10, 0.0, 0.27753), (10, 10, 0.72247, 1.0), (5, 10, 0.23659, 0.76341), (81, 263, 0.25528, 0.36618)])
def test_wilson_matches_known_values(successes, n, low, high):
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=2e-4)


def test_no_request_has_no_value():
    assert estimate_proportion([], [], SAMPLING) == EMPTY
    assert estimate_mean([float("nan")], [1], SAMPLING, bounded=True) == EMPTY


def test_a_proportion_of_distinct_users_is_plain_wilson():
    found = estimate_proportion([1, 0, 1, 1, 0, 1, 1, 1], range(8), SAMPLING)
    low, high = wilson_interval(6, 8)
    assert found == {"value": 0.75, "n": 8, "ci_low": round(low, 4), "ci_high": round(high, 4)}


def test_repeated_users_widen_a_proportion():
    values = [1] * 10 + [0] * 10
    alone = estimate_proportion(values, range(20), SAMPLING)
    repeated = estimate_proportion(values, [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5, SAMPLING)
    assert repeated["ci_high"] - repeated["ci_low"] > 1.4 * (alone["ci_high"] - alone["ci_low"])


def test_bootstrap_draws_users_not_answers():
    generator = np.random.default_rng(1)
    users = np.repeat(np.arange(12), 20)
    values = np.repeat(generator.uniform(0, 1, 12), 20)
    clustered = estimate_mean(values, users, SAMPLING, bounded=True)
    as_if_independent = estimate_mean(values, np.arange(len(values)), SAMPLING, bounded=True)
    width = clustered["ci_high"] - clustered["ci_low"]
    assert width > 3 * (as_if_independent["ci_high"] - as_if_independent["ci_low"])


def test_bootstrap_agrees_with_the_normal_interval_of_many_users():
    values = np.random.default_rng(3).normal(5, 1, 400)
    found = estimate_mean(values, np.arange(400), SAMPLING, bounded=False)
    half = 1.96 * values.std() / 20
    assert found["ci_low"] == pytest.approx(values.mean() - half, abs=0.02)
    assert found["ci_high"] == pytest.approx(values.mean() + half, abs=0.02)


def test_few_users_widen_the_bootstrap():
    """The mean of six uniform draws: plain percentiles cover the truth too seldom, expanded ones nearly enough."""
    generator, held, plain = np.random.default_rng(5), 0, 0
    few = Sampling(n_samples=400, confidence=0.95, seed=7)
    for _ in range(400):
        values = generator.uniform(0, 1, 6)
        found = estimate_mean(values, np.arange(6), few, bounded=True)
        held += found["ci_low"] <= 0.5 <= found["ci_high"]
        resampled = generator.choice(values, (400, 6)).mean(axis=1)
        plain += np.quantile(resampled, 0.025) <= 0.5 <= np.quantile(resampled, 0.975)
    assert held / 400 >= 0.9 and held - plain >= 20


def test_equal_data_gives_equal_intervals_and_another_seed_others():
    values, users = np.random.default_rng(2).uniform(0, 1, 30), np.arange(30)
    assert estimate_mean(values, users, SAMPLING, True) == estimate_mean(values, users, SAMPLING, True)
    other = estimate_mean(values, users, Sampling(2000, 0.95, 8), True)
    assert other["ci_low"] != estimate_mean(values, users, SAMPLING, True)["ci_low"]


@pytest.mark.parametrize(("values", "users", "bounded"), [
    ([0.4], [1], True), ([1.0, 1.0, 1.0], [1, 2, 3], True), ([0.0, 0.0], [1, 2], False), ([3.0], [1], False)])
def test_no_spread_is_not_certainty(values, users, bounded):
    found = estimate_mean(values, users, SAMPLING, bounded)
    assert found["ci_high"] - found["ci_low"] > 0.5
    assert found["ci_low"] <= found["value"] <= found["ci_high"]


def test_quantiles_and_throughput():
    seconds, users = [1.0, 2.0, 3.0, 4.0, 100.0], [1, 2, 3, 4, 5]
    assert estimate_quantile(seconds, users, 0.5, SAMPLING)["value"] == 3.0
    assert estimate_quantile(seconds, users, 0.95, SAMPLING)["value"] == 100.0
    speed = estimate_ratio([10, 30], [1.0, 1.0], [1, 2], SAMPLING)
    assert speed["value"] == 20.0 and speed["ci_low"] == 10.0 and speed["ci_high"] == 30.0
    alone = estimate_quantile([2.0], [1], 0.5, SAMPLING)
    assert alone["ci_low"] < 2.0 < alone["ci_high"]


def test_mcnemar_exact_is_a_binomial_test_of_the_discordant_pairs():
    assert mcnemar_exact(0, 0) == 1.0
    assert mcnemar_exact(5, 0) == pytest.approx(2 / 32)
    assert mcnemar_exact(8, 2) == pytest.approx(0.109375)


def test_paired_comparison_counts_wins_and_losses_and_leaves_out_what_one_side_lacks():
    found = compare_paired([0, 0, 0, 1, float("nan")], [1, 1, 0, 0, 1], [1, 2, 3, 4, 5], SAMPLING, binary=True)
    assert (found["wins"], found["losses"], found["n"], found["difference"]) == (2, 1, 4, 0.25)
    assert found["ci_low"] <= 0.25 <= found["ci_high"] and found["p_value"] == 1.0


@pytest.mark.parametrize("values", [[1] * 12, [0] * 12])
def test_users_who_all_agree_count_once_each_however_often_asked(values):
    asked_thrice = estimate_proportion(values, [0, 1, 2, 3] * 3, SAMPLING)
    low, high = wilson_interval(4 * values[0], 4)
    assert (asked_thrice["ci_low"], asked_thrice["ci_high"], asked_thrice["n"]) == (round(low, 4), round(high, 4), 12)


def test_one_user_says_as_much_as_one_answer():
    found = estimate_proportion([1, 0, 1, 1], [5] * 4, SAMPLING)
    low, high = wilson_interval(0.75, 1)
    assert (found["ci_low"], found["ci_high"]) == (round(low, 4), round(high, 4))
    assert design_effect(np.array([1.0, 0, 1, 1]), np.array([5] * 4)) == 4
