"""Make the second reader's weights from the labelled messages, and say what it is worth on writers it has not read.

    python -m fitsense.safety.reader_training            # weights anew, from triage_messages.jsonl and the lexicon
    python -m fitsense.safety.reader_training --judge    # leave one writer out, in turn: the rates of triage on each

Two logistic regressions (scikit-learn, liblinear): emergency or not, escalation or not. A message for which a careful
clinician would accept either side of a border counts half at that border. Deterministic: same messages, same weights.
"""

import json
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from fitsense.contracts.changes import TRIAGE_ORDER
from fitsense.safety.second_reader import BUCKETS, WEIGHTS, Chances, count_features, weigh_features
from fitsense.safety.triage import decide_class, find_lexicon_class, read_text

BORDERS = ("emergency", "stop_and_refer")  # the lowest class on the upper side of each regression's border
SMOOTH_C, MIN_MESSAGES, EITHER_SIDE = 10.0, 2, 0.5  # inverse regularisation; a bucket's least messages; weight of doubtful labels


@lru_cache(maxsize=1)
def load_messages() -> tuple[dict, ...]:
    """The labelled messages: set (one writer each), text, expected class, also (classes accepted besides)."""
    lines = (files("fitsense.safety") / "triage_messages.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(map(json.loads, lines))


def _is_above(name: str, border: str) -> bool:
    return TRIAGE_ORDER.index(name) >= TRIAGE_ORDER.index(border)


def fit_weights(messages: list[dict], counted: list[list[dict[int, int]]]) -> dict[str, np.ndarray]:
    """idf, weights and bias as half and single precision arrays; see load_weights for shapes."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    seen = np.zeros(BUCKETS)
    for kinds in counted:
        for counts in kinds:
            seen[list(counts)] += 1
    idf = ((np.log((1 + len(messages)) / (1 + seen)) + 1) * (seen >= MIN_MESSAGES)).astype(np.float16)
    rows = [weigh_features(kinds, idf.astype(np.float64)) for kinds in counted]
    ends = np.cumsum([0, *(len(at) for at, _ in rows)])
    table = csr_matrix((np.concatenate([values for _, values in rows]), np.concatenate([at for at, _ in rows]), ends),
                       shape=(len(rows), BUCKETS))
    weights, bias = [], []
    for border in BORDERS:
        above = np.array([_is_above(one["expected"], border) for one in messages])
        doubtful = [any(_is_above(other, border) != _is_above(one["expected"], border) for other in one["also"]) for one in messages]
        fitted = LogisticRegression(C=SMOOTH_C, solver="liblinear", random_state=0).fit(
            table, above, sample_weight=np.where(doubtful, EITHER_SIDE, 1.0))
        weights.append(fitted.coef_[0])
        bias.append(fitted.intercept_[0])
    return {"idf": idf, "weights": np.array(weights).astype(np.float16), "bias": np.array(bias, dtype=np.float32)}


def read_all(messages: list[dict]) -> list[list[dict[int, int]]]:
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
    counted, names = read_all(messages), [one["set"] for one in messages]
    lexicon = [find_lexicon_class(read_text(one["text"])) for one in messages]
    for writer in sorted(set(names)):
        kept = [index for index, name in enumerate(names) if name != writer]
        own = [index for index, name in enumerate(names) if name == writer]
        held = fit_weights([messages[i] for i in kept], [counted[i] for i in kept])
        idf, weights = held["idf"].astype(np.float64), held["weights"].astype(np.float64)
        classes = []
        for index in own:
            at, values = weigh_features(counted[index], idf)
            emergency, escalation = 1 / (1 + np.exp(-(weights[:, at] @ values + held["bias"])))
            classes.append(decide_class(lexicon[index], Chances(float(emergency), float(max(emergency, escalation)))))
        rates[writer] = judge_rates([messages[i] for i in own], classes)
    return rates


def main() -> None:
    """Write the weights, or judge."""
    if sys.argv[1:] == ["--judge"]:
        for writer, rates in judge_writers().items():
            print(writer, *(f"{name} {failed}/{total}" for name, (failed, total) in rates.items()), sep="  ")
        return
    messages = list(load_messages())
    path = Path(str(files("fitsense.safety") / WEIGHTS))
    path.write_bytes(save(fit_weights(messages, read_all(messages))))
    print(f"{path.name}: {len(messages)} messages, {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
