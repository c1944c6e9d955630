"""Drafting: guesses at how an answer goes on, taken from the longest matching passage that was written before.

    corpus = DraftCorpus(answers)              # token ids of answers that the adapter was trained on; may be empty
    drafter = Drafter(corpus, prompt)
    guess = drafter.guess(forced, 16)          # forced tokens first, then how the matching passage went on
    drafter.take(token)                        # what the model settled on

A wrong guess costs time and nothing else: decoding keeps only the tokens that the model itself chooses (prompt-lookup
decoding, Saxena 2023, with a retrieval corpus as in REST, He et al. 2023, arXiv:2311.08252). Knows nothing of models.
"""

from collections import defaultdict
from pathlib import Path

from fitsense.artifacts import read_json, write_json

DRAFTS_FILE = "drafts.json"  # in an adapter's folder: {"answers": [...]}, a few of the answers it was trained on
# With 60 training plans as corpus, held-out plans of the teacher are guessed 10 tokens a step (KEY 3, LONGEST 32, guesses of
# 16), with 10 plans 7.8, with the answer's own text alone 3.1; more places or longer keys add less than a twentieth.
KEY, LONGEST, MOST_PLACES = 3, 32, 64

Places = dict[tuple[int, ...], list[int]]


class DraftCorpus:
    """Answers as one row of token ids, and where each run of KEY tokens goes on (the last MOST_PLACES places)."""

    def __init__(self, answers: list[list[int]]):
        self.tokens: list[int] = []
        self.places: Places = defaultdict(list)
        for answer in answers:
            start = len(self.tokens)
            self.tokens += answer
            for place in range(start + KEY, len(self.tokens)):
                self.places[tuple(self.tokens[place - KEY:place])].append(place)
        self.places = {key: places[-MOST_PLACES:] for key, places in self.places.items()}


class Drafter:
    """Guesses for one answer, from its prompt, from what it holds already and from a corpus, in that order of trust."""

    def __init__(self, corpus: DraftCorpus, prompt: list[int]):
        self.corpus = corpus
        self.tokens: list[int] = []
        self.places: Places = defaultdict(list)
        for token in prompt:
            self.take(token)

    def take(self, token: int) -> None:
        """Append one settled token."""
        if len(self.tokens) >= KEY:
            self.places[tuple(self.tokens[-KEY:])].append(len(self.tokens))
        self.tokens.append(token)

    def guess(self, forced: list[int], n: int) -> list[int]:
        """Up to n tokens: those that must come, then those that followed the longest match; [] where nothing matches."""
        guessed = forced[:n]
        tail = (self.tokens[-LONGEST:] + guessed)[-LONGEST:]
        key = tuple(tail[-KEY:])
        longest, found = 0, []
        for tokens, places in ((self.tokens, self.places), (self.corpus.tokens, self.corpus.places)):
            for place in reversed(places.get(key, [])[-MOST_PLACES:]):
                length = _match_length(tokens, place, tail)
                if length > longest:
                    longest, found = length, tokens[place:place + n - len(guessed)]
        return guessed + found


def _match_length(tokens: list[int], place: int, tail: list[int]) -> int:
    """How many tokens before `place` are the last ones of `tail`."""
    length = KEY
    while length < min(len(tail), place) and tokens[place - 1 - length] == tail[-1 - length]:
        length += 1
    return length


def write_drafts(adapter_dir: Path, answers: list[str]) -> None:
    """Put answers beside an adapter, for read_drafts to find."""
    write_json(adapter_dir / DRAFTS_FILE, {"answers": answers})


def read_drafts(adapter_dir: Path, tokenizer, end_id: int) -> DraftCorpus:
    """The corpus that came with an adapter, each answer with its end of turn; empty where none came."""
    path = adapter_dir / DRAFTS_FILE
    answers = read_json(path)["answers"] if path.is_file() else []
    return DraftCorpus([tokenizer(answer, add_special_tokens=False)["input_ids"] + [end_id] for answer in answers])
