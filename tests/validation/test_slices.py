"""Slices: permutation tests that are honest about chance and about repeated people, corrected for their number."""

import numpy as np
import pytest

from fitsense.params import ValidationParams
from fitsense.validation.bias import MEASURES, measure_bias
from fitsense.validation.figures import plot_disparities, plot_drift
from fitsense.validation.record_checks import SLICE_TAGS, examine_records
from fitsense.validation.slice_tests import correct_p_values, measure_gaps, permutation_p_values


def p_values(values, people, membership, n_permutations=999):
    """Per-record values and people as the tests take them."""
    sums, sizes = np.bincount(people, weights=values), np.bincount(people).astype(float)
    return permutation_p_values(sums, sizes, membership.astype(float), n_permutations, seed=3)


def test_gaps_are_differences_of_record_means():
    sums, sizes = np.array([[3.0, 1.0, 0.0]]), np.array([[4.0, 2.0, 2.0]])
    gaps = measure_gaps(sums, sizes, np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    assert gaps.tolist() == [[3 / 4 - 1 / 4, 1 / 4 - 3 / 4]]


def test_chance_rejects_as_often_as_it_should_even_with_repeated_people():
    generator = np.random.default_rng(5)
    found = []
    for _ in range(150):
        people = np.repeat(np.arange(40), 5)
        values = np.repeat(generator.random(40) < 0.4, 5)  # a person's five records agree: 200 records, 40 pieces of evidence
        found += list(p_values(values, people, generator.random((40, 1)) < 0.5, 199))
    assert 0.01 <= np.mean(np.array(found) <= 0.05) <= 0.1 and np.mean(np.array(found) <= 0.5) == pytest.approx(0.5, abs=0.12)


def test_a_real_gap_is_found_and_equal_values_never_are():
    people, membership = np.arange(60), (np.arange(60) < 20)[:, None]
    assert p_values(np.where(np.arange(60) < 20, 0.2, 0.9), people, membership)[0] == 1 / 1000
    assert p_values(np.ones(60), people, membership)[0] == 1


def test_correction_is_benjamini_hochberg():
    found = correct_p_values({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.5})
    assert found == pytest.approx({"a": 0.04, "b": 0.04 * 4 / 3, "c": 0.04 * 4 / 3, "d": 0.5}) and correct_p_values({}) == {}


def test_gaps_by_chance_do_not_alert_however_low_the_threshold(pristine):
    bias = measure_bias(examine_records(pristine), ValidationParams(slice_gap_alert=0, n_permutations=999), 7)
    gaps = [one["gap"] for values in bias["slices"].values() for found in values.values() for one in found.values()
            if one["gap"] and one["p_value"] is not None]
    assert max(map(abs, gaps)) > 0.1 and bias["alerts"] == [] and bias["n_tests"] >= len(gaps) > 20


def test_slices_disparities_and_q_values_agree(pristine):
    params = ValidationParams(n_permutations=999)
    bias = measure_bias(examine_records(pristine), params, 7)
    for tag in SLICE_TAGS:
        known = {value: found["conformance"] for value, found in bias["slices"][tag].items()
                 if found["conformance"]["n"] >= params.min_slice_n}
        means = [one["value"] for one in known.values()]
        assert bias["disparities"][tag]["conformance"]["difference"] == pytest.approx(max(means) - min(means), abs=2e-4)
        for found in bias["slices"][tag].values():
            for one in found.values():
                assert one["p_value"] is None or one["p_value"] <= one["q_value"] <= 1
                assert (one["p_value"] is None) == (one["n"] < params.min_slice_n)
    figure = plot_disparities(bias)
    axis = figure.axes[0]
    assert 5 <= len(axis.patches) <= len(SLICE_TAGS) * len(MEASURES)
    assert f"{bias['n_tests']} tests" in axis.get_title() + axis.get_title(loc="left")


def test_the_drift_figure_shows_the_largest_first():
    features = [{"name": f"t.c{n}", "psi": 1 / n, "chance_limit": 0.3, "alert": n == 1} for n in range(1, 40)]
    figure = plot_drift({"features": features, "alerts": ["t.c1"], "n_compared": 39,
                         "thresholds": {"little_change": 0.1, "alert": 0.25}}, limit=5)
    assert [bar.get_width() for bar in figure.axes[0].patches] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert len({bar.get_facecolor() for bar in figure.axes[0].patches}) == 2
