"""Drift: how far one run's people and requests lie from another's, column by column and property by property.

    report = measure_drift(sample_material(earlier), sample_material(later), params.validation)

The population stability index, PSI, over bins of the reference: the sum of (q - p) ln(q / p). The usual reading, under 0.1
little change, over 0.25 action required, is a convention of credit scoring (Siddiqi 2006, Credit Risk Scorecards, Wiley) that
ignores sample size: between equal populations PSI is about (1/n + 1/m) times chi-square with bins - 1 degrees of freedom
(Yurdakul and Naranjo 2020, Journal of Risk Model Validation 14:4). So a drift alerts only where PSI exceeds both the threshold
and what chance gives, rows counted by people, since one person's rows are alike.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2
from sqlalchemy import Boolean, Date, Float, Integer, Text

from fitsense.contracts.personal_data import list_personal_tables
from fitsense.contracts.requests import RESPONSES, SPOKEN_FIELDS, spoken_part
from fitsense.contracts.tables import METADATA, TABLES
from fitsense.params import ValidationParams
from fitsense.validation.loading import Material
from fitsense.validation.record_checks import SLICE_TAGS

LITTLE_CHANGE = 0.1  # see above
CHANCE_LEVEL = 0.999  # of chi-square; a run has about a hundred columns and properties
N_BINS = 10
MAX_CATEGORIES = N_BINS - 1  # the commonest values of the reference; the rest are one bin, for sparse bins overstate PSI
PRIOR = 0.5  # counts added to every bin, so that an empty one leaves PSI finite
OTHER, MISSING = "other", "missing"


@dataclass(frozen=True)
class Sample:
    """The values of one column or property (a series of numbers or of categories), and how many people they stand for."""

    values: pd.Series
    n_people: int


def sample_material(material: Material) -> dict[str, Sample]:
    """Every comparable column of a run's tables and every property of its records, all splits together."""
    return sample_tables(material.tables) | sample_records(material.records["all_records"])


def sample_tables(tables: dict[str, pd.DataFrame]) -> dict[str, Sample]:
    """By `table.column`: numbers, truth values and texts; keys, references and dates say nothing about a distribution."""
    personal, samples = set(list_personal_tables()), {}
    for name in TABLES:
        for column in METADATA.tables[name].columns:
            if column.primary_key or column.foreign_keys or isinstance(column.type, Date) or tables[name].empty:
                continue
            n_people = count_people(tables[name], len(tables["users"])) if name in personal else len(tables[name])
            samples[f"{name}.{column.name}"] = Sample(read_column(tables[name][column.name], column.type), n_people)
    return samples


def count_people(frame: pd.DataFrame, n_users: int) -> int:
    """How many people a table's rows stand for; where it does not name them, as many as there are rows, at most all."""
    return frame["user_id"].nunique() if "user_id" in frame else min(n_users, len(frame))


def read_column(values: pd.Series, kind) -> pd.Series:
    """A column as floats where its SQL type is a number, else as text; missing values stay missing."""
    if isinstance(kind, (Float, Integer)) and not isinstance(kind, Boolean):
        return pd.to_numeric(values).astype("float64")
    if not isinstance(kind, (Boolean, Text)):
        raise TypeError(f"no reading for SQL type {kind!r}")
    return values.map(str, na_action="ignore").astype(object)


def sample_records(records: list[dict]) -> dict[str, Sample]:
    """By property: prompt type, scenario, slice tags, expected triage; words said; tokens; length of answers by type."""
    contexts = [record["context"] for record in records]
    said = [spoken_part(record["context"]["prompt_type"], record["instruction"]) for record in records
            if record["context"]["prompt_type"] in SPOKEN_FIELDS]
    properties = {
        "requests.prompt_type": [context["prompt_type"] for context in contexts],
        "requests.scenario_id": [context["scenario_id"] for context in contexts],
        **{f"requests.{tag}": [context["slice_tags"][tag] for context in contexts] for tag in SLICE_TAGS},
        "requests.expected_triage": [context["expected_safety_constraints"].get("triage") for context in contexts],
        "requests.spoken_words": [float(len(text.split())) for text in said],
        "records.n_tokens": [float(record["metadata"]["n_tokens"]) for record in records],
        **{f"responses.characters.{kind}": [float(len(record["response"])) for record in records
                                            if record["context"]["prompt_type"] == kind] for kind in RESPONSES}}
    n_people = len({context["user_id"] for context in contexts})
    return {name: Sample(pd.Series(values), n_people) for name, values in properties.items() if values}


def measure_drift(reference: dict[str, Sample], current: dict[str, Sample], params: ValidationParams) -> dict:
    """drift_report.json: every column and property of both, largest PSI first, and the names of those that alert."""
    found = [compare_samples(name, reference[name], current[name], params) for name in reference if name in current]
    found.sort(key=lambda one: (-one["psi"], one["name"]))
    return {"thresholds": {"little_change": LITTLE_CHANGE, "alert": params.drift_alert, "chance_level": CHANCE_LEVEL},
            "n_compared": len(found), "alerts": [one["name"] for one in found if one["alert"]],
            "only_in_reference": sorted(set(reference) - set(current)),
            "only_in_current": sorted(set(current) - set(reference)), "features": found}


def compare_samples(name: str, reference: Sample, current: Sample, params: ValidationParams) -> dict:
    """One column or property: PSI, what chance gives, the verdict, and both distributions over the reference's bins."""
    bins, first, second = bin_values(reference.values, current.values)
    # A person's rows are one piece of evidence, so the half row that fills empty bins is half a person.
    psi = population_stability_index(first * reference.n_people / first.sum(), second * current.n_people / second.sum())
    chance = (1 / reference.n_people + 1 / current.n_people) * chi2.ppf(CHANCE_LEVEL, max(1, len(bins) - 1))
    alert = psi > params.drift_alert and psi > chance
    verdict = "drifted" if alert else "within chance" if psi <= chance else "moderate" if psi > LITTLE_CHANGE else "little change"
    return {"name": name, "psi": round(psi, 4), "chance_limit": round(float(chance), 4), "verdict": verdict, "alert": bool(alert),
            "n_reference": len(reference.values), "n_current": len(current.values), "bins": bins,
            "reference": [round(float(x), 4) for x in first / max(1, first.sum())],
            "current": [round(float(x), 4) for x in second / max(1, second.sum())]}


def population_stability_index(first: np.ndarray, second: np.ndarray) -> float:
    """PSI of two vectors of counts over the same bins, 0 for equal shares; half a count is added to every bin."""
    p, q = ((counts + PRIOR) / (counts + PRIOR).sum() for counts in (first, second))
    return float(np.sum((q - p) * np.log(q / p)))


def bin_values(reference: pd.Series, current: pd.Series) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the bins and the counts of both: deciles of the reference for numbers, its commonest values for the rest."""
    sides = (reference, current)
    if pd.api.types.is_float_dtype(reference) and pd.api.types.is_float_dtype(current):
        names, labelled = label_numbers(reference, sides)
    else:
        names, labelled = label_categories(reference, sides)
    names = [*names, MISSING]
    counts = [labels.value_counts().reindex(names, fill_value=0).to_numpy() for labels in labelled]
    kept = (counts[0] + counts[1]) > 0
    return [name for name, keep in zip(names, kept, strict=True) if keep], counts[0][kept], counts[1][kept]


def label_numbers(reference: pd.Series, sides: tuple[pd.Series, ...]) -> tuple[list[str], list[pd.Series]]:
    """Bins between the deciles of the reference (equal deciles are one), and the bin of every number of both sides."""
    known = reference.dropna()
    edges = np.unique(np.quantile(known, np.linspace(0, 1, N_BINS + 1)[1:-1])) if len(known) else np.zeros(1)
    names = [*(f"up to {edge:.6g}" for edge in edges), f"over {edges[-1]:.6g}"]
    return names, [pd.Series(np.array(names)[np.searchsorted(edges, side.fillna(0).to_numpy(float))]).where(
        side.notna().to_numpy(), MISSING) for side in sides]


def label_categories(reference: pd.Series, sides: tuple[pd.Series, ...]) -> tuple[list[str], list[pd.Series]]:
    """The commonest values of the reference and "other", and the bin of every value of both sides."""
    commonest = sorted(reference.dropna().value_counts().items(), key=lambda item: (-item[1], str(item[0])))
    names = [str(value) for value, _ in commonest[:MAX_CATEGORIES]]
    known = set(names)
    return [*names, OTHER], [side.map(lambda value: str(value) if str(value) in known else OTHER, na_action="ignore")
                             .astype(object).fillna(MISSING) for side in sides]
