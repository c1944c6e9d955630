"""anomaly_report.json: what is odd without being wrong by itself: duplicates, gaps, outliers, imbalance, leaks."""

import math
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from fitsense.contracts.requests import PROMPT_TYPES, spoken_part
from fitsense.contracts.tables import METADATA
from fitsense.near_duplicates import find_near_duplicates
from fitsense.params import ValidationParams
from fitsense.statistics import wilson_interval
from fitsense.validation.loading import SPLITS, Material
from fitsense.validation.record_checks import Examined

MAX_MISSING = 0.6  # share of a column; logs are missing by design, whole columns are not (heuristic)
MAX_EXAMPLES = 10
# Of the logarithm of an answer's length: 30 % longer or shorter is ordinary, so a z of 6 is 4.8 times the median at least.
LEAST_LENGTH_SCALE = math.log(1.3)
MAY_BE_CONSTANT = {"sleep_targets.hours"}  # one value for all adults by the rule that makes it
# Dates that are one and the same where a run lets everybody start on one day.
START_DATES = ("joined_on", "consented_on", "created_on", "valid_from")
# Missing by nature: the other of two ways to say it, or nothing to say.
OPTIONAL = {"plan_sets.reps", "plan_sets.duration_min", "workout_sets.reps", "workout_sets.seconds", "user_profiles.diet",
            "user_medical_profiles.referral", "users.consent_withdrawn_on"}
MASS_COLUMNS = (("user_profiles", "weight_kg"), ("user_profiles", "height_cm"), ("weight_logs", "weight_kg"),
                ("calorie_intake_logs", "kcal"), ("sleep_duration_logs", "hours"))


@dataclass(frozen=True)
class Finding:
    """`n_flagged` of `n` things are odd; `alert` says whether that deserves a person's look."""

    name: str
    n: int
    n_flagged: int
    alert: bool
    detail: str
    examples: list[str] = field(default_factory=list)


def find_anomalies(material: Material, examined: list[Examined], params: ValidationParams, seed: int) -> dict:
    """Every finding, and the names of those that alert."""
    findings = [
        find_duplicates("duplicate_records", examined, lambda one: (one.record["instruction"], one.record["response"])),
        find_duplicates("duplicate_requests", examined, lambda one: one.record["instruction"]),
        find_leaked_users(examined), find_near_duplicate_requests(examined, params, seed), find_strange_answers(examined),
        find_missing(material.tables), find_constant_columns(material.tables),
        *find_length_outliers(examined, params.robust_z_alert),
        *find_number_outliers(material.tables, params.robust_z_alert),
        find_imbalance(examined, params)]
    return {"alerts": [one.name for one in findings if one.alert], "findings": [asdict(one) for one in findings]}


def make_finding(name: str, n: int, flagged: list[str], alert: bool, detail: str) -> Finding:
    """A finding from the list of everything flagged."""
    return Finding(name, n, len(flagged), alert, detail, flagged[:MAX_EXAMPLES])


def find_duplicates(name: str, examined: list[Examined], key) -> Finding:
    """Records that share a key with an earlier one."""
    seen, flagged = set(), []
    for one in examined:
        if key(one) in seen:
            flagged.append(one.record["record_id"])
        seen.add(key(one))
    return make_finding(name, len(examined), flagged, bool(flagged), "the same text more than once")


def find_leaked_users(examined: list[Examined]) -> Finding:
    """Users in more than one split."""
    homes = defaultdict(set)
    for one in examined:
        homes[one.context["user_id"]].add(one.split)
    flagged = [f"user {user}: {', '.join(sorted(found))}" for user, found in sorted(homes.items()) if len(found) > 1]
    return make_finding("leaked_users", len(homes), flagged, bool(flagged), "users in more than one split")


def find_near_duplicate_requests(examined: list[Examined], params: ValidationParams, seed: int) -> Finding:
    """Requests of train that are near-duplicates of a held-out one of their prompt type, by what the person says."""
    flagged = []
    for kind in PROMPT_TYPES:
        said = {split: {one.record["record_id"]: spoken_part(kind, one.record["instruction"]) for one in examined
                        if one.request and one.context["prompt_type"] == kind and one.split == split} for split in SPLITS}
        flagged += [f"{found.name} in train, {found.other} held out: {found.similarity:.2f} alike" for found in
                    find_near_duplicates(said["val"] | said["test"], said["train"], params.near_duplicate_similarity, seed)]
    n_train = sum(one.split == "train" for one in examined)
    return make_finding("near_duplicate_requests_across_splits", n_train, flagged, bool(flagged),
                        f"training requests at least {params.near_duplicate_similarity:g} like a held-out one (Jaccard)")


def find_strange_answers(examined: list[Examined]) -> Finding:
    """Single answers that bear no mark of their own question; whole prompt types are judged by records.labels_match.

    Chat is left to that check: how many words an answer shares with its question says little of one answer.
    """
    judged = [one for one in examined if one.fits is not None and one.context["prompt_type"] != "coaching_question"]
    flagged = [f"{one.record['record_id']} ({one.context['prompt_type']})" for one in judged if not one.fits]
    return make_finding("answers_of_another_question", len(judged), flagged, bool(flagged),
                        "exercises, days, minutes or calories of the answer are not those of the question")


def find_missing(tables: dict[str, pd.DataFrame]) -> Finding:
    """Columns of non-empty tables with a large share of missing values (optional ones apart)."""
    columns = {f"{name}.{column}": frame[column].isna() for name, frame in tables.items() if len(frame)
               for column in frame.columns if f"{name}.{column}" not in OPTIONAL}
    # The interval's lower end: six of ten people without a number are no finding.
    flagged = [f"{column}: {missing.mean():.1%} missing" for column, missing in sorted(columns.items())
               if wilson_interval(missing.sum(), len(missing))[0] > MAX_MISSING]
    return make_finding("missing_values", len(columns), flagged, bool(flagged),
                        f"columns surely over {MAX_MISSING:.0%} missing")


def find_constant_columns(tables: dict[str, pd.DataFrame]) -> Finding:
    """Columns that say the same in every row of a table of ten rows or more; keys and the dates when all began may."""
    n, flagged = 0, []
    for name, frame in tables.items():
        keys = {column.name for column in METADATA.tables[name].primary_key.columns}
        columns = [column for column in frame.columns if column not in keys and column not in START_DATES
                   and f"{name}.{column}" not in OPTIONAL | MAY_BE_CONSTANT]
        n += len(columns) if len(frame) >= 10 else 0
        flagged += [f"{name}.{column}" for column in columns
                    if len(frame) >= 10 and frame[column].nunique(dropna=False) == 1]
    return make_finding("constant_columns", n, flagged, bool(flagged), "columns that carry no information")


def robust_z(values: np.ndarray, least_scale: float = 0.0) -> np.ndarray:
    """Distance from the median in robust standard deviations (1.4826 MAD; where that is 0, mean absolute deviation).

    `least_scale`: a standard deviation under which spread is not believed, however alike most values are.
    """
    gap = np.abs(values - np.median(values))
    scale = max(1.4826 * np.median(gap) or 1.2533 * gap.mean() or 1.0, least_scale)
    return (values - np.median(values)) / scale


def find_length_outliers(examined: list[Examined], limit: float) -> list[Finding]:
    """Per prompt type, answers of an odd length (log scale)."""
    findings = []
    for kind in sorted({one.context["prompt_type"] for one in examined}):
        ones = [one for one in examined if one.context["prompt_type"] == kind]
        z = robust_z(np.log([max(1, len(one.record["response"])) for one in ones]), LEAST_LENGTH_SCALE)
        flagged = [f"{one.record['record_id']}: z {value:.1f}" for one, value in zip(ones, z, strict=True)
                   if abs(value) > limit]
        findings.append(make_finding(f"response_length.{kind}", len(ones), flagged, bool(flagged),
                                     f"robust z over {limit:g}"))
    return findings


def find_number_outliers(tables: dict[str, pd.DataFrame], limit: float) -> list[Finding]:
    """Per measured column, values far from the rest."""
    findings = []
    for table, column in MASS_COLUMNS:
        values = tables[table][column].dropna().astype(float)
        if values.empty:
            continue
        odd = values[np.abs(robust_z(values.to_numpy())) > limit]
        flagged = [f"row {row}: {value:g}" for row, value in odd.items()]
        findings.append(make_finding(f"outliers.{table}.{column}", len(values), flagged, bool(flagged),
                                     f"robust z over {limit:g}"))
    return findings


def find_imbalance(examined: list[Examined], params: ValidationParams) -> Finding:
    """Strata whose share of a split differs from their share of all by more than the alert gap and one person's weight."""
    total = count_strata(examined)
    flagged, n = [], 0
    for split in SPLITS:
        ones = [one for one in examined if one.split == split]
        # Whole people are placed: a split of five cannot come nearer than a fifth.
        n_people = len({one.context["user_id"] for one in ones})
        allowed, counts = params.slice_gap_alert + 1 / max(1, n_people), count_strata(ones)
        for key, everywhere in sorted(total.items()):
            gap = counts[key] / max(1, len(ones)) - everywhere / max(1, len(examined))
            n += 1
            if abs(gap) > allowed:
                flagged.append(f"{split}: {key} {gap:+.1%}")
    return make_finding("split_imbalance", n, flagged, bool(flagged),
                        f"share differs by more than {params.slice_gap_alert:.0%} and one person")


def count_strata(examined: list[Examined]) -> Counter:
    """Records by prompt type and by goal."""
    contexts = [one.context for one in examined]
    return Counter(key for context in contexts for key in (context["prompt_type"], context["slice_tags"]["goal_type"]))
