"""Drift between runs: equal populations stay quiet, a shifted one is named, and the page shows both."""

import re

import numpy as np
import pandas as pd
import pytest

from fitsense.artifacts import hash_folder, read_json, write_json
from fitsense.cli import main
from fitsense.params import ValidationParams
from fitsense.validation.drift import (
    LITTLE_CHANGE,
    Sample,
    bin_values,
    compare_samples,
    measure_drift,
    population_stability_index,
    sample_material,
    sample_records,
)

PARAMS = ValidationParams()


def test_psi_by_hand():
    first, second = np.array([50.0, 50.0]), np.array([80.0, 20.0])
    p, q = (first + 0.5) / 101, (second + 0.5) / 101
    assert population_stability_index(first, second) == pytest.approx(sum((q - p) * np.log(q / p)))
    assert population_stability_index(first, second * 2) == pytest.approx(population_stability_index(first * 2, second), abs=0.01)
    assert population_stability_index(first, first) == 0 and population_stability_index(first, np.array([0.0, 100.0])) < np.inf


def test_bins_are_deciles_values_and_missing():
    numbers = pd.Series([*range(100), np.nan], dtype=float)
    names, first, second = bin_values(numbers, numbers + 1000)
    assert first.tolist() == [10] * 10 + [1] and second.tolist() == [0] * 9 + [100, 1] and names[-1] == "missing"
    names, first, second = bin_values(pd.Series(["a", "a", "b", None]), pd.Series(["b", "c"]))
    assert (names, first.tolist(), second.tolist()) == (["a", "b", "other", "missing"], [2, 1, 0, 1], [0, 1, 1, 0])


def test_equal_populations_stay_within_chance_and_few_people_prove_nothing():
    generator = np.random.default_rng(3)
    verdicts = [compare_samples("x", *(Sample(pd.Series(generator.normal(size=40)), 40) for _ in range(2)), PARAMS)
                for _ in range(200)]
    assert not any(one["alert"] for one in verdicts)
    assert np.mean([one["psi"] > LITTLE_CHANGE for one in verdicts]) > 0.9, "the convention alone would cry wolf"
    shifted = [compare_samples("x", Sample(pd.Series(generator.normal(size=n)), n),
                               Sample(pd.Series(generator.normal(1.0, size=n)), n), PARAMS)["alert"] for n in (10, 400)]
    assert shifted == [False, True]


def test_a_run_against_itself_and_against_an_older_heavier_one(pristine, material):
    same = measure_drift(sample_material(pristine), sample_material(pristine), PARAMS)
    assert same["alerts"] == [] and {one["psi"] for one in same["features"]} == {0.0} and same["n_compared"] > 70
    profiles = material.tables["user_profiles"]
    profiles["age"] += 100
    material.tables["weight_logs"]["weight_kg"] *= 2.2
    for record in material.records["all_records"]:
        record["context"]["slice_tags"]["sex"] = "female"
        record["response"] *= 3
    drifted = measure_drift(sample_material(pristine), sample_material(material), PARAMS)
    assert {"user_profiles.age", "weight_logs.weight_kg", "responses.characters.plan_creation"} <= set(drifted["alerts"])
    by_name = {one["name"]: one for one in drifted["features"]}
    assert by_name["requests.sex"]["psi"] > LITTLE_CHANGE and by_name["user_profiles.height_cm"]["psi"] == 0
    assert drifted["features"][0]["psi"] == max(one["psi"] for one in drifted["features"])


def test_train_and_held_out_are_one_population(pristine):
    held_out = pristine.records["val"] + pristine.records["test"]
    report = measure_drift(sample_records(pristine.records["train"]), sample_records(held_out), PARAMS)
    assert report["alerts"] == [] and report["n_compared"] >= 14


@pytest.fixture
def runs(folders, tmp_path, monkeypatch):
    """Two finished runs under an outputs folder of the test's own: links to the one small run, with manifests."""
    monkeypatch.setenv("FITSENSE_OUTPUTS", str(tmp_path))
    for run in ("first", "second"):
        for stage, folder in zip(("01_synthesis", "03_distillation"), folders, strict=True):
            target = tmp_path / run / stage
            target.mkdir(parents=True)
            for path in folder.iterdir():
                (target / path.name).symlink_to(path)
            keys = ("parameters", "inputs", "outputs", "facts", "code_version", "packages", "seconds", "peak_memory_mb")
            write_json(target / "manifest.json", dict.fromkeys(keys))
    return tmp_path


def test_the_command_writes_page_and_report(runs, capsys):
    assert main(["drift", "first", "second"]) == 0
    assert "0 of" in capsys.readouterr().out
    folder = runs / "second/drift/first"
    page, report = (folder / "drift.html").read_text(), read_json(folder / "drift_report.json")
    assert page.count("<tr>") == 1 + report["n_compared"] and "Drift of second against first" in page
    widths = re.findall(r'<svg width="(\d+)"', page)
    assert len(widths) == report["n_compared"] and all(int(width) > 0 for width in widths)
    before = hash_folder(folder)
    main(["drift", "first", "second"])
    assert hash_folder(folder) == before


def test_the_command_names_what_drifted_or_is_missing(runs, capsys):
    profiles = runs / "second/01_synthesis/user_profiles.parquet"
    frame = pd.read_parquet(profiles)
    profiles.unlink()
    frame.assign(age=frame["age"] + 100).to_parquet(profiles)
    assert main(["drift", "first", "second"]) == 1
    assert "user_profiles.age: PSI" in capsys.readouterr().out
    (runs / "first/03_distillation/manifest.json").unlink()
    assert main(["drift", "first", "second"]) == 2
    assert "03_distillation has not finished" in capsys.readouterr().err


def test_the_command_loads_a_run(runs, capsys):
    url = f"sqlite:///{runs / 'people.db'}"
    assert main(["load", "first", url]) == 0 and "users 24" in capsys.readouterr().out
    assert main(["load", "first", url]) == 2 and "has rows already" in capsys.readouterr().err
