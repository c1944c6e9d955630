"""Near-duplicate texts: MinHash finds the candidates, exact Jaccard similarity of word pairs decides.

    pairs = find_near_duplicates({"r-1": "my knee hurts"}, {"r-2": "my knee hurts!"}, similarity=0.8, seed=7)

The same texts and seed give the same pairs. Knows nothing of records, splits or requests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from datasketch import MinHash, MinHashLSH

# Alike from 0.8 on, as the deduplication of training data does: Lee et al. 2022, ACL, 10.18653/v1/2022.acl-long.577.
DEFAULT_SIMILARITY = 0.8
N_PERMUTATIONS = 128  # standard error of an estimated similarity: 1/sqrt(128) = 0.09
# How far below the wanted similarity candidates are gathered, so that the estimate's error loses none of them.
MARGIN = 0.2


@dataclass(frozen=True)
class NearDuplicate:
    """A text of the second group and the text of the first that is most like it; `similarity` is exact Jaccard, 0-1."""

    name: str
    other: str
    similarity: float


def find_near_duplicates(known: Mapping[str, str], asked: Mapping[str, str], similarity: float,
                         seed: int) -> list[NearDuplicate]:
    """Every text of `asked` that is at least `similarity` like one of `known`, with the likest, in order of `asked`."""
    shingles, index = {name: shingle_words(text) for name, text in known.items()}, _make_index(similarity)
    for name, sketch in sketch_texts(shingles, seed).items():
        index.insert(name, sketch)
    wanted = {name: shingle_words(text) for name, text in asked.items()}
    likest = [_find_likest(name, wanted[name], shingles, index.query(sketch))
              for name, sketch in sketch_texts(wanted, seed).items()]
    return [found for found in likest if found.similarity >= similarity]


def find_repeats(texts: Mapping[str, str], similarity: float, seed: int) -> list[NearDuplicate]:
    """Every text that is at least `similarity` like an earlier one of the same group, with the likest, in order."""
    shingles, index, repeats = {name: shingle_words(text) for name, text in texts.items()}, _make_index(similarity), []
    for name, sketch in sketch_texts(shingles, seed).items():
        likest = _find_likest(name, shingles[name], shingles, index.query(sketch))
        repeats += [likest] if likest.similarity >= similarity else []
        index.insert(name, sketch)
    return repeats


def _make_index(similarity: float) -> MinHashLSH:
    return MinHashLSH(threshold=max(0.1, similarity - MARGIN), num_perm=N_PERMUTATIONS)


def _find_likest(name: str, own: frozenset[str], shingles: Mapping[str, frozenset[str]], candidates: list[str]) -> NearDuplicate:
    """The candidate most like a text, the first of equals; similarity 0 where there is none."""
    found = max(((compare(own, shingles[other]), other) for other in sorted(candidates)), default=(0.0, ""),
                key=lambda pair: pair[0])
    return NearDuplicate(name, found[1], round(found[0], 4))


def shingle_words(text: str) -> frozenset[str]:
    """The pairs of neighbouring words of a text, lower case, without punctuation; a lone word stands for itself."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(" ".join(words[place:place + 2]) for place in range(max(1, len(words) - 1)))


def sketch_texts(shingles: Mapping[str, frozenset[str]], seed: int) -> dict[str, MinHash]:
    """One MinHash a text; equal sets share a sketch, since simulated people repeat one another."""
    empty, made = MinHash(num_perm=N_PERMUTATIONS, seed=seed), {}
    for pairs in shingles.values():
        if pairs not in made:
            made[pairs] = empty.copy()
            made[pairs].update_batch([pair.encode() for pair in sorted(pairs)])
    return {name: made[pairs] for name, pairs in shingles.items()}


def compare(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard similarity of two sets, 0-1: what they share over what either holds."""
    return len(first & second) / len(first | second)
