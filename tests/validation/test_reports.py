"""The four reports: written whole, equal from equal data, and alerting where they should."""

import numpy as np
import pytest

from fitsense.artifacts import hash_folder, read_json
from fitsense.params import ValidationParams
from fitsense.validation.anomalies import find_anomalies, robust_z
from fitsense.validation.bias import MEASURES, measure_bias
from fitsense.validation.checks import make_check, make_report
from fitsense.validation.figures import (
    plot_checks,
    plot_slices,
    plot_token_ranges,
    tabulate_checks,
    tabulate_findings,
)
from fitsense.validation.record_checks import SLICE_TAGS, examine_records
from fitsense.validation.reports import judge_material, validate_data

PARAMS = ValidationParams()


@pytest.fixture(scope="session")
def reports(pristine):
    return judge_material(pristine, PARAMS, 7)


def test_four_files_with_equal_bytes(folders, tmp_path):
    for name in ("a", "b"):
        validate_data(*folders, tmp_path / name, PARAMS, 7)
    assert sorted(hash_folder(tmp_path / "a")) == ["anomaly_report.json", "bias_report.json", "stats_report.json",
                                                   "validation_report.json"]
    assert hash_folder(tmp_path / "a") == hash_folder(tmp_path / "b")
    assert read_json(tmp_path / "a/validation_report.json")["passed"] is True


def test_report_names_what_failed():
    report = make_report([make_check("a.b", 3, [], "fine"), make_check("a.c", 3, ["x", "y"], "fine")])
    assert report["failed"] == ["a.c"] and not report["passed"]
    assert report["checks"][1]["detail"] == "2 of 3: x; y"


def test_statistics_add_up(reports, pristine):
    stats = reports.stats
    assert stats["rows"]["users"] == 24 == stats["numbers"]["user_profiles.age"]["n"]
    assert sum(part["n_records"] for part in stats["records"].values()) == len(pristine.records["all_records"])
    assert sum(stats["answers"]["triage"].values()) == 24 and stats["answers"]["different_exercises"] > 5
    assert stats["categories"]["user_profiles.gender"] == dict(sorted(
        pristine.tables["user_profiles"]["gender"].value_counts().items()))


def test_every_slice_has_every_measure(reports):
    assert tuple(reports.bias["slices"]) == SLICE_TAGS
    for values in reports.bias["slices"].values():
        n_all = reports.bias["overall"]["conformance"]["n"]
        assert sum(found["conformance"]["n"] for found in values.values()) == n_all
        for found in values.values():
            assert set(found) == set(MEASURES)
            assert all(one["n"] == 0 or one["ci_low"] <= one["value"] <= one["ci_high"] for one in found.values())


def test_bias_alert_where_one_sex_gets_worse_answers(material):
    for record in material.records["train"] + material.records["val"] + material.records["test"]:
        if record["context"]["slice_tags"]["sex"] == "female":
            record["response"] = "{}" if record["context"]["prompt_type"] != "coaching_question" else "x " * 200
    bias = measure_bias(examine_records(material), PARAMS, 7)
    assert bias["slices"]["sex"]["female"]["conformance"]["value"] == 0
    assert "sex=female: conformance" in bias["alerts"] and "sex=male: conformance" in bias["alerts"]


def test_small_slices_do_not_alert(material):
    bias = measure_bias(examine_records(material), ValidationParams(min_slice_n=10_000, slice_gap_alert=0), 7)
    assert bias["alerts"] == []


def test_leaks_duplicates_and_near_duplicates_alert(material):
    leaked = next(r for r in material.records["train"] if r["context"]["prompt_type"] == "plan_creation")
    twin = leaked | {"record_id": "r-twin", "instruction": leaked["instruction"].replace('"age":', '"age":1', 1)}
    assert twin["instruction"] != leaked["instruction"]
    material.records["test"] += [leaked, twin]
    found = find_anomalies(material, examine_records(material), PARAMS, 7)
    assert {"leaked_users", "duplicate_records", "duplicate_requests",
            "near_duplicate_requests_across_splits"} <= set(found["alerts"])


def test_odd_lengths_gaps_and_constants_alert(material):
    record = next(r for r in material.records["train"] if r["context"]["prompt_type"] == "coaching_question")
    record["response"] = "No."
    material.tables["weight_logs"].loc[5, "weight_kg"] = 900.0
    material.tables["workouts"]["effort"] = 5.0
    material.tables["user_profiles"]["sleep_hours"] = None
    alerts = find_anomalies(material, examine_records(material), PARAMS, 7)["alerts"]
    assert {"response_length.coaching_question", "outliers.weight_logs.weight_kg", "constant_columns",
            "missing_values"} <= set(alerts)


def test_imbalance_alerts_when_a_split_lacks_a_type(material):
    material.records["test"] = [r for r in material.records["test"] if r["context"]["prompt_type"] == "plan_creation"]
    found = find_anomalies(material, examine_records(material), PARAMS, 7)
    assert "split_imbalance" in found["alerts"]


def test_robust_z_ignores_the_outlier_it_judges():
    z = robust_z(np.array([1.0, 2, 3, 2, 1, 3, 2, 50]))
    assert abs(z[-1]) > 20 and max(abs(z[:-1])) < 2
    assert robust_z(np.ones(5)).tolist() == [0] * 5


def test_figures_and_tables(reports):
    assert len(plot_checks(reports.validation).axes[0].collections) == 100
    labels = [text.get_text() for text in plot_slices(reports.bias, "escalation").axes[0].get_yticklabels()]
    assert any(label.startswith("sex: female") for label in labels)
    assert len(plot_token_ranges(reports.stats).axes[0].get_yticklabels()) == 5
    assert tabulate_checks(reports.validation)["failed"].sum() == 0
    assert tabulate_checks(reports.validation, only_failed=True).empty
    assert len(tabulate_findings(reports.anomalies)) == len(reports.anomalies["findings"])
