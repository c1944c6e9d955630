"""anomaly_report.json: what is odd without being wrong by itself: duplicates, gaps, outliers, imbalance, leaks."""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from fitsense.params import ValidationParams
from fitsense.validation.loading import SPLITS, Material
from fitsense.validation.record_checks import Examined

MAX_MISSING = 0.6  # share of a column; logs are missing by design, whole columns are not (heuristic)
MAX_EXAMPLES = 10
WORDS_OF = {"plan_modification": "request", "safety_adjustment": "message", "coaching_question": "question"}
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


def find_anomalies(material: Material, examined: list[Examined], params: ValidationParams) -> dict:
    """Every finding, and the names of those that alert."""
    findings = [
        find_duplicates("duplicate_records", examined, lambda one: (one.record["instruction"], one.record["response"])),
        find_duplicates("duplicate_requests", examined, lambda one: one.record["instruction"]),
        find_leaked_users(examined), find_near_duplicates(examined), find_shared_wording(examined),
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


def find_near_duplicates(examined: list[Examined]) -> Finding:
    """Requests of val and test that equal one of train but for numbers, case, punctuation and spaces."""
    known = {digest_text(one.record["instruction"]) for one in examined if one.split == "train"}
    held_out = [one for one in examined if one.split != "train"]
    flagged = [one.record["record_id"] for one in held_out if digest_text(one.record["instruction"]) in known]
    return make_finding("near_duplicate_requests_across_splits", len(held_out), flagged, bool(flagged),
                        "held-out requests that train holds too, numbers apart")


def find_shared_wording(examined: list[Examined]) -> Finding:
    """Held-out requests whose free words also stand in train: how much phrasing, not people, the splits share."""
    worded = [(one, getattr(one.request.input, WORDS_OF[one.context["prompt_type"]])) for one in examined
              if one.request and one.context["prompt_type"] in WORDS_OF]
    known = {digest_text(words) for one, words in worded if one.split == "train"}
    held_out = [(one, words) for one, words in worded if one.split != "train"]
    flagged = [one.record["record_id"] for one, words in held_out if digest_text(words) in known]
    return make_finding("phrases_shared_with_train", len(held_out), flagged, False,
                        "same sentence, another person: expected of simulated speech; read it with the scores")


def digest_text(text: str) -> str:
    """sha256 of a text's letters alone, lower case, single-spaced."""
    return hashlib.sha256(" ".join(re.findall(r"[^\W\d_]+", text.lower())).encode()).hexdigest()


def find_missing(tables: dict[str, pd.DataFrame]) -> Finding:
    """Columns of non-empty tables with a large share of missing values (optional ones apart)."""
    shares = {f"{name}.{column}": float(frame[column].isna().mean()) for name, frame in tables.items() if len(frame)
              for column in frame.columns}
    alternatives = {"plan_sets.reps", "plan_sets.duration_min", "workout_sets.reps", "workout_sets.seconds",
                    "user_profiles.diet", "user_medical_profiles.referral"}
    flagged = [f"{column}: {share:.1%} missing" for column, share in sorted(shares.items())
               if share > MAX_MISSING and column not in alternatives]
    return make_finding("missing_values", len(shares), flagged, bool(flagged),
                        f"columns over {MAX_MISSING:.0%} missing")


def find_constant_columns(tables: dict[str, pd.DataFrame]) -> Finding:
    """Columns that say the same in every row of a table of ten rows or more; dates when all began are expected to."""
    n, flagged = 0, []
    for name, frame in tables.items():
        columns = [column for column in frame.columns if column not in ("joined_on", "created_on", "valid_from")]
        n += len(columns) if len(frame) >= 10 else 0
        flagged += [f"{name}.{column}" for column in columns
                    if len(frame) >= 10 and frame[column].nunique(dropna=False) == 1]
    return make_finding("constant_columns", n, flagged, bool(flagged), "columns that carry no information")


def robust_z(values: np.ndarray) -> np.ndarray:
    """Distance from the median in robust standard deviations (1.4826 MAD; where that is 0, mean absolute deviation)."""
    gap = np.abs(values - np.median(values))
    scale = 1.4826 * np.median(gap) or 1.2533 * gap.mean() or 1.0
    return (values - np.median(values)) / scale


def find_length_outliers(examined: list[Examined], limit: float) -> list[Finding]:
    """Per prompt type, answers of an odd length (log scale)."""
    findings = []
    for kind in sorted({one.context["prompt_type"] for one in examined}):
        ones = [one for one in examined if one.context["prompt_type"] == kind]
        z = robust_z(np.log([max(1, len(one.record["response"])) for one in ones]))
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
    """Strata whose share of a held-out split differs from their share of all by more than the alert gap."""
    total = count_strata(examined)
    flagged, n = [], 0
    for split in SPLITS:
        ones = [one for one in examined if one.split == split]
        counts = count_strata(ones)
        for key, everywhere in sorted(total.items()):
            gap = counts[key] / max(1, len(ones)) - everywhere / max(1, len(examined))
            n += 1
            if abs(gap) > params.slice_gap_alert:
                flagged.append(f"{split}: {key} {gap:+.1%}")
    return make_finding("split_imbalance", n, flagged, bool(flagged),
                        f"share differs by more than {params.slice_gap_alert:.0%}")


def count_strata(examined: list[Examined]) -> Counter:
    """Records by prompt type and by goal."""
    contexts = [one.context for one in examined]
    return Counter(key for context in contexts for key in (context["prompt_type"], context["slice_tags"]["goal_type"]))
