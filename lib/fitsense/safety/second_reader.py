"""The second reader: how likely a message calls for help, by weights learned from thousands of labelled messages.

    chances = read_chances(reading)          # a Reading of triage_concepts.py; None: too few words to weigh
    chances.emergency, chances.escalation    # 0 to 1: call now; stop and see a clinician, or call now

The lexicon knows what it was told; people say it otherwise. This reader weighs words in a row, pieces of words and pairs of
the lexicon's concepts: two logistic regressions over hashed, idf-weighted n-grams (`reader_training.py` makes the weights).
Deterministic, no network. Knows no advice and no classes: `triage.py` decides.
"""

import math
import re
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from safetensors.numpy import load

from fitsense.safety.lexicon import index_lexicon
from fitsense.safety.triage_concepts import Reading

BUCKETS = 2 ** 16  # as many as fit two bytes: what is kept for every word must stay small
LONGEST_ROW, LONGEST_PIECE = 3, 5  # words in a row; letters of a piece of a word
LEAST_WORDS = 4  # of fewer words it has no opinion: one word more or less would turn it
_WORD = re.compile(r"[a-z]+|[0-9]+")
_NONE = np.zeros(0, dtype=np.uint16)
_PIECE = crc32(b"c:")  # keeps pieces of words apart from whole ones
WEIGHTS = "second_reader.safetensors"
MOST_COUNTED = 1000  # one feature's count, beyond which more of it adds nothing
_OFFSETS = np.arange(3, dtype=np.int32) * BUCKETS  # keep words in a row, pieces of words and concepts apart while counting
_FIRST, _LAST = np.array([-1], dtype=np.int32), np.array([3 * BUCKETS], dtype=np.int32)  # what no feature is: every run has ends
_ONE_PLUS_LOG = 1 + np.log(np.arange(MOST_COUNTED + 1).clip(min=1))


class Chances(NamedTuple):
    """How likely a message calls for emergency services, and for stopping at all (that or a clinician)."""

    emergency: float
    escalation: float


class Features(NamedTuple):
    """Buckets in use (n) and how often each is (n), kind after kind; `bounds`: where each kind begins, and the end."""

    buckets: np.ndarray
    counts: np.ndarray
    bounds: tuple[int, ...]


def find_words(reading: Reading) -> list[str]:
    """The words and numbers of a message as they are weighed."""
    return _WORD.findall(reading.text.replace("'", ""))


def count_features(reading: Reading) -> Features:
    """Buckets and counts of each kind of feature: words in a row, pieces of words, concepts and pairs of them."""
    words = find_words(reading)
    kinds = (_hash_rows(words), np.concatenate([_NONE, *map(_hash_pieces, words)]), _hash_concepts(reading))
    coded = np.concatenate([_FIRST, *(kind + offset for kind, offset in zip(kinds, _OFFSETS, strict=True)), _LAST])
    coded.sort()
    ends = (coded[1:] != coded[:-1]).nonzero()[0]
    buckets = coded[ends[1:]]
    return Features(buckets % BUCKETS, ends[1:] - ends[:-1], (*buckets.searchsorted(_OFFSETS).tolist(), len(buckets)))


def _hash_rows(words: list[str]) -> np.ndarray:
    """The buckets of single words and of two and more in a row: a checksum goes on where that of the words before ended."""
    row = [crc32(word.encode()) for word in words]
    later = [b" " + word.encode() for word in words]
    rows = row
    for n in range(1, LONGEST_ROW):
        row = [crc32(word, before) for before, word in zip(row, later[n:], strict=False)]
        rows = rows + row
    return np.array(rows, dtype=np.uint32).astype(np.uint16)


@lru_cache(maxsize=16384)
def _hash_pieces(word: str) -> np.ndarray:
    """The buckets of the pieces of two to five letters of a word between spaces; a short word is its own longest piece."""
    whole = f" {word} ".encode()
    sizes = range(2, min(LONGEST_PIECE, len(whole)) + 1)
    pieces = [crc32(whole[i:i + n], _PIECE) for n in sizes for i in range(len(whole) - n + 1)]
    return np.array(pieces, dtype=np.uint32).astype(np.uint16)


def _hash_concepts(reading: Reading) -> np.ndarray:
    """The buckets of the concepts found and of every two of them."""
    places, pairs = _hash_pairs()
    found = np.array(sorted(places[name] for name in reading.names & places.keys()), dtype=np.int64)
    return pairs[found[:, None], found][_upper_half(len(found))]


@lru_cache(maxsize=256)
def _upper_half(size: int) -> np.ndarray:
    return np.triu(np.ones((size, size), dtype=bool))


@lru_cache(maxsize=1)
def _hash_pairs() -> tuple[dict[str, int], np.ndarray]:
    """The lexicon's concepts by name, and the buckets of every two of them, of each alone on the diagonal."""
    names = sorted(index_lexicon().names)
    pairs = np.array([[crc32((a if a == b else f"{a}&{b}").encode()) for b in names] for a in names], dtype=np.uint32)
    return {name: place for place, name in enumerate(names)}, pairs.astype(np.uint16)


def weigh_features(counted: Features, idf: np.ndarray) -> np.ndarray:
    """The value of each bucket: 1 + ln(count), times idf, each kind of feature scaled to length one."""
    values = _ONE_PLUS_LOG[np.minimum(counted.counts, MOST_COUNTED)] * idf[counted.buckets]
    for start, end in pairwise(counted.bounds):
        kind = values[start:end]
        kind /= math.sqrt(kind @ kind) or 1.0
    return values


@lru_cache(maxsize=1)
def load_weights() -> dict[str, np.ndarray]:
    """The committed weights: `idf` (buckets), `weights` (buckets, 2) and `bias` (2) for emergency and escalation; cached."""
    return in_double(load((files("fitsense.safety") / WEIGHTS).read_bytes()))


def in_double(held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Stored weights, ready to be summed: the two of a bucket side by side."""
    return {name: np.ascontiguousarray(array.T, dtype=np.float64) for name, array in held.items()}


@lru_cache(maxsize=32)
def read_chances(reading: Reading) -> Chances | None:
    """The chances that a message calls for emergency services, and for stopping at all; None: too few words to weigh; cached."""
    if len(find_words(reading)) < LEAST_WORDS:
        return None
    return sum_chances(count_features(reading), load_weights())


def sum_chances(counted: Features, held: dict[str, np.ndarray]) -> Chances:
    """The chances that weights as of `load_weights` give counted features."""
    summed = weigh_features(counted, held["idf"]) @ held["weights"].take(counted.buckets, axis=0) + held["bias"]
    emergency, escalation = (1 / (1 + math.exp(-one)) for one in summed.tolist())
    return Chances(emergency, max(emergency, escalation))
