"""Two systems that write nothing new: the teacher's own answer, and the answer of the most similar training request.

`nearest` is the yardstick of copying: a student that does not beat it has learnt nothing but retrieval. Plan requests
are compared by profile fields, the short types by the words of the request. Knows no models.
"""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from fitsense.contracts.profile import Profile
from fitsense.contracts.requests import PROMPT_TYPES
from fitsense.evaluation.records import PLAN_TYPE, prompt_type, request_of

BLOCK = 256  # held-out rows compared at a time: bounds memory on large runs
WORDS = r"(?u)\b\w\w+\b"


def find_nearest(records: list[dict], training: list[dict]) -> dict[str, dict]:
    """For each held-out record_id, the most similar training record of the same prompt type (none: left out)."""
    found = {}
    for kind in PROMPT_TYPES:
        asked = [record for record in records if prompt_type(record) == kind]
        known = sorted((record for record in training if prompt_type(record) == kind), key=lambda r: r["record_id"])
        if asked and known:
            places = _nearest_profiles(asked, known) if kind == PLAN_TYPE else _nearest_words(asked, known)
            found |= {record["record_id"]: known[place] for record, place in zip(asked, places, strict=True)}
    return found


def profile_features(profile: Profile) -> tuple[dict[str, float], set[str]]:
    """A profile as numbers (age, kg, cm, minutes, ...) and as flags (`goals=mobility`, `injuries=knee`, ...)."""
    info, wants, limits, metrics = profile.personal_info, profile.preferences, profile.constraints, profile.metrics
    numbers = {"age": info.age, "height_cm": info.height_cm, "weight_kg": info.weight_kg,
               "training_years": info.training_years or 0, "minutes": wants.workout_duration,
               "days": wants.days_per_week, "completion": metrics.workout_completion_rate,
               "intensity": metrics.average_intensity_rating, "previous": len(profile.feedback.previous_workouts)}
    flags = {f"gender={info.gender}", f"level={info.fitness_level}", f"activity={info.activity_level}",
             f"equipment={wants.equipment_access}", f"first_goal={profile.goals[0]}"}
    flags |= {f"goal={goal}" for goal in profile.goals} | {f"injury={part}" for part in limits.injuries}
    flags |= {f"condition={phrase.lower()}" for phrase in limits.conditions}
    return {name: float(value) for name, value in numbers.items()}, flags


def _nearest_profiles(asked: list[dict], known: list[dict]) -> np.ndarray:
    described = [profile_features(request_of(record).input) for record in [*known, *asked]]
    numbers = np.array([list(values.values()) for values, _ in described])
    columns = {flag: place for place, flag in enumerate(sorted(set().union(*(flags for _, flags in described))))}
    one_hot = np.zeros((len(described), len(columns)))
    for row, (_, flags) in enumerate(described):
        one_hot[row, [columns[flag] for flag in flags]] = 1
    training_numbers = numbers[:len(known)]
    scale = np.where(training_numbers.std(0) > 0, training_numbers.std(0), 1)
    features = np.hstack([(numbers - training_numbers.mean(0)) / scale, one_hot])
    return _argmin_distance(features[len(known):], features[:len(known)])


def _argmin_distance(asked: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Row of `known` at the least Euclidean distance from each row of `asked`; ties go to the first record_id."""
    sizes = (known**2).sum(1)
    blocks = [asked[start:start + BLOCK] for start in range(0, len(asked), BLOCK)]
    return np.concatenate([np.argmin(np.round(sizes - 2 * block @ known.T, 9), axis=1) for block in blocks])


def _nearest_words(asked: list[dict], known: list[dict]) -> np.ndarray:
    """Row of the training request that shares most words (Jaccard) with each held-out one."""
    texts = [request_words(record) for record in [*known, *asked]]
    counts = CountVectorizer(binary=True, token_pattern=WORDS).fit_transform(texts).astype(np.int32)
    known_rows, asked_rows = counts[:len(known)], counts[len(known):]
    known_sizes, best = np.asarray(known_rows.sum(1)).ravel(), []
    for start in range(0, asked_rows.shape[0], BLOCK):
        block = asked_rows[start:start + BLOCK]
        shared = (block @ known_rows.T).toarray()
        union = np.asarray(block.sum(1)).reshape(-1, 1) + known_sizes - shared
        best.append(np.argmax(shared / np.maximum(union, 1), axis=1))
    return np.concatenate(best)


def request_words(record: dict) -> str:
    """The person's own words in a short request; where there are none (logs), the whole request."""
    asked = request_of(record).input
    for name in ("message", "request", "question"):
        if hasattr(asked, name):
            return getattr(asked, name)
    return record["instruction"]
