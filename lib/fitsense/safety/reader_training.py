"""Make the second reader's weights from the labelled messages, and say what it is worth on writers it has not read.

    python -m fitsense.safety.reader_training            # weights anew, from triage_messages.jsonl and the lexicon
    python -m fitsense.safety.reader_training --judge    # leave one writer out, in turn: the rates of triage on each

Two logistic regressions (scikit-learn, liblinear): emergency or not, escalation or not. A message for which a careful
clinician would accept either side of a border counts half at that border. Deterministic: same messages, same weights.
Sets of triage_messages.jsonl: one a writer, "everyday 1" to "5" (talk that is no alarm), and "house", which the tests demand of
the tables (their messages, sentences of the synthesis, short denials), labelled as there: a message that must hold is added
to it by hand.
"""

import hashlib
import json
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.safety.second_reader import (
    BUCKETS,
    LEAST_WORDS,
    WEIGHTS,
    Features,
    count_features,
    find_words,
    in_double,
    sum_chances,
    weigh_features,
)
from fitsense.safety.triage import decide_class, read_by_lexicon, read_text

BORDERS = ("emergency", "stop_and_refer")  # the lowest class on the upper side of each regression's border
SMOOTH_C, MIN_MESSAGES = 10.0, 2  # inverse of the regularisation; messages a bucket must stand in to count
EITHER_SIDE, OURS = 0.5, 30.0  # weight of doubtful labels; of messages the tests demand (the set "house"), which must hold


@lru_cache(maxsize=1)
def load_messages() -> tuple[dict, ...]:
    """The labelled messages: set (one writer each), text, expected class, also (classes accepted besides)."""
    lines = (files("fitsense.safety") / "triage_messages.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(map(json.loads, lines))


def _is_above(name: str, border: str) -> bool:
    return TRIAGE_ORDER.index(name) >= TRIAGE_ORDER.index(border)


def hash_sources() -> str:
    """sha256 of what the weights are made of: the messages and the tables that turn their words into concepts."""
    tables = ("triage_messages.jsonl", "triage_lexicon.yaml", "triage_words.yaml", "wording.yaml")
    return hashlib.sha256(b"".join((files("fitsense.safety") / name).read_bytes() for name in tables)).hexdigest()


def fit_weights(messages: list[dict], counted: list[Features]) -> dict[str, np.ndarray]:
    """idf, weights and bias as half and single precision arrays; see load_weights for shapes."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    seen = np.zeros(BUCKETS)
    for features in counted:
        np.add.at(seen, features.buckets, 1)
    idf = ((np.log((1 + len(messages)) / (1 + seen)) + 1) * (seen >= MIN_MESSAGES)).astype(np.float16)
    values = np.concatenate([weigh_features(features, idf.astype(np.float64)) for features in counted])
    ends = np.cumsum([0, *(len(features.buckets) for features in counted)])
    table = csr_matrix((values, np.concatenate([features.buckets for features in counted]), ends), shape=(len(counted), BUCKETS))
    weights, bias = [], []
    ours = [one["set"] == "house" for one in messages]
    for border in BORDERS:
        above = np.array([_is_above(one["expected"], border) for one in messages])
        doubtful = [any(_is_above(other, border) != is_above for other in one["also"])
                    for one, is_above in zip(messages, above, strict=True)]
        fitted = LogisticRegression(C=SMOOTH_C, solver="liblinear", random_state=0).fit(
            table, above, sample_weight=np.where(doubtful, EITHER_SIDE, 1.0) * np.where(ours, OURS, 1.0))
        weights.append(fitted.coef_[0])
        bias.append(fitted.intercept_[0])
    return {"idf": idf, "weights": np.array(weights).astype(np.float16), "bias": np.array(bias, dtype=np.float32)}


def read_all(messages: list[dict]) -> list[Features]:
    """The features of every message, as triage reads them."""
    return [count_features(read_text(one["text"])) for one in messages]


def judge_rates(messages: list[dict], classes: list[str]) -> dict[str, tuple[int, int]]:
    """(count, out of) of missed emergencies, missed escalations and over-escalations, `also` accepted."""
    found = {"missed_emergency": [0, 0], "missed_escalation": [0, 0], "over_escalation": [0, 0]}
    for one, got in zip(messages, classes, strict=True):
        accepted = sorted(TRIAGE_ORDER.index(name) for name in (one["expected"], *one["also"]))
        escalates, given = TRIAGE_ORDER.index("stop_and_refer"), TRIAGE_ORDER.index(got)
        cases = {"missed_emergency": (one["expected"] == "emergency", given < accepted[0]),
                 "missed_escalation": (_is_above(one["expected"], "stop_and_refer"), given < accepted[0] >= escalates),
                 "over_escalation": (not _is_above(one["expected"], "stop_and_refer"), given >= escalates > accepted[-1])}
        for name, (counts, failed) in cases.items():
            found[name][0] += counts and failed
            found[name][1] += counts
    return {name: tuple(pair) for name, pair in found.items()}


def judge_writers() -> dict[str, dict[str, tuple[int, int]]]:
    """The rates of triage on each writer's messages, by a reader that learned from all the others."""
    messages, rates = list(load_messages()), {}
    read = [read_by_lexicon(one["text"]) for one in messages]
    counted = [count_features(reading) for reading, _, _ in read]
    told = [[_count_if_long(sentence) for sentence in sentences] for _, _, sentences in read]
    for writer in sorted({one["set"] for one in messages}):
        own = [index for index, one in enumerate(messages) if one["set"] == writer]
        others = [index for index, one in enumerate(messages) if one["set"] != writer]
        held = in_double(fit_weights([messages[i] for i in others], [counted[i] for i in others]))

        def weigh(features, held=held):
            return features and sum_chances(features, held)

        classes = [decide_class(read[i][1], weigh(_count_if_long(messages[i]["text"])), list(map(weigh, told[i]))) for i in own]
        rates[writer] = judge_rates([messages[i] for i in own], classes)
    return rates


def _count_if_long(text: str) -> Features | None:
    """The features of a text that the reader has an opinion of."""
    reading = read_text(text)
    return count_features(reading) if len(find_words(reading)) >= LEAST_WORDS else None


def main() -> None:
    """Write the weights, or judge."""
    if sys.argv[1:] == ["--judge"]:
        for writer, rates in judge_writers().items():
            print(writer, *(f"{name} {failed}/{total}" for name, (failed, total) in rates.items()), sep="  ")
        return
    messages = list(load_messages())
    path = Path(str(files("fitsense.safety") / WEIGHTS))
    path.write_bytes(save(fit_weights(messages, read_all(messages)), metadata={"made_of": hash_sources()}))
    print(f"{path.name}: {len(messages)} messages, {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
