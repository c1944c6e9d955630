"""The second reader: how likely a message calls for help, by weights learned from thousands of labelled messages.

    chances = read_chances(reading)          # a Reading of triage_concepts.py; None: too few words to weigh
    chances.emergency, chances.escalation    # 0 to 1: call now; stop and see a clinician, or call now

The lexicon knows what it was told; people say it otherwise. This reader weighs words in a row, pieces of words and pairs of
the lexicon's concepts: two logistic regressions over hashed, idf-weighted n-grams (`reader_training.py` makes the weights).
Deterministic, no network. Knows no advice and no classes: `triage.py` decides.
"""

import re
import zlib
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from safetensors.numpy import load

from fitsense.safety.triage_concepts import Reading

BUCKETS = 2 ** 16
LONGEST_ROW, LONGEST_PIECE = 3, 5  # words in a row; letters of a piece of a word
LEAST_WORDS = 4  # of fewer words it has no opinion: one word more or less would turn it
_WORD = re.compile(r"[a-z]+|[0-9]+")
WEIGHTS = "second_reader.safetensors"
MOST_COUNTED = 1000  # one feature's count, beyond which more of it adds nothing
_ONE_PLUS_LOG = 1 + np.log(np.arange(MOST_COUNTED + 1).clip(min=1))


class Chances(NamedTuple):
    """How likely a message calls for emergency services, and for stopping at all (that or a clinician)."""

    emergency: float
    escalation: float


def find_words(reading: Reading) -> list[str]:
    """The words and numbers of a message as they are weighed."""
    return _WORD.findall(reading.text.replace("'", ""))


def count_features(reading: Reading) -> list[dict[int, int]]:
    """Buckets and counts of each kind of feature: words in a row, pieces of words, concepts and pairs of them."""
    words = find_words(reading)
    rows = [" ".join(words[i:i + n]) for n in range(1, LONGEST_ROW + 1) for i in range(len(words) - n + 1)]
    pieces = [piece for word in words for piece in _hash_pieces(word)]
    concepts = sorted(name for name in reading.at if name.isupper())
    pairs = [_hash_pair(a, b) for i, a in enumerate(concepts) for b in concepts[i + 1:]]
    return [dict(Counter(at)) for at in (map(_hash, rows), pieces, [*map(_hash, concepts), *pairs])]


def _hash(feature: str) -> int:
    return zlib.crc32(feature.encode()) % BUCKETS


@lru_cache(maxsize=16384)
def _hash_pieces(word: str) -> tuple[int, ...]:
    """The buckets of the pieces of two to five letters of a word between spaces; a short word is its own longest piece."""
    whole = f" {word} "
    sizes = range(2, min(LONGEST_PIECE, len(whole)) + 1)
    return tuple(_hash("c:" + whole[i:i + n]) for n in sizes for i in range(len(whole) - n + 1))


@lru_cache(maxsize=65536)
def _hash_pair(a: str, b: str) -> int:
    return _hash(f"{a}&{b}")


def weigh_features(counted: list[dict[int, int]], idf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Buckets and values: 1 + ln(count), times idf, each kind of feature scaled to length one."""
    buckets, values = [], []
    for counts in counted:
        if counts:
            at = np.fromiter(counts, dtype=np.int64)
            weighed = _ONE_PLUS_LOG[np.fromiter(counts.values(), dtype=np.int64).clip(max=MOST_COUNTED)] * idf[at]
            buckets.append(at)
            values.append(weighed / (np.linalg.norm(weighed) or 1.0))
    if not buckets:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    return np.concatenate(buckets), np.concatenate(values)


@lru_cache(maxsize=1)
def load_weights() -> dict[str, np.ndarray]:
    """The committed weights: `idf` (buckets), `weights` (2, buckets) and `bias` (2) for emergency and escalation; cached."""
    return in_double(load((files("fitsense.safety") / WEIGHTS).read_bytes()))


def in_double(held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Stored weights, ready to be summed."""
    return {name: array.astype(np.float64) for name, array in held.items()}


def read_chances(reading: Reading) -> Chances | None:
    """The chances that a message calls for emergency services, and for stopping at all; None: too few words to weigh."""
    if len(find_words(reading)) < LEAST_WORDS:
        return None
    return sum_chances(count_features(reading), load_weights())


def sum_chances(counted: list[dict[int, int]], held: dict[str, np.ndarray]) -> Chances:
    """The chances that weights as of `load_weights` give counted features."""
    buckets, values = weigh_features(counted, held["idf"])
    emergency, escalation = 1 / (1 + np.exp(-(held["weights"][:, buckets] @ values + held["bias"])))
    return Chances(float(emergency), float(max(emergency, escalation)))
