"""Concepts of a message: where the patterns of the lexicon stand in its words.

    reading = read_message("my chest is tight")
    reading.find(parse_pattern("CHEST + TIGHT"))

Knows nothing of classes or rules, and nothing of denial or time: see `triage_context.py`.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from fitsense.safety.lexicon import NEAR, Names, Pattern, index_lexicon, parse_pattern
from fitsense.safety.spelling import split_spaced
from fitsense.safety.triage_words import Token, read_tokens, split_sentences

MOST_FILLERS, MOST_SPANS = 14, 1200
_JOINERS = frozenset((
    "and", "n", "or", "to", "into", "in", "down", "up", "through", "with", "of", "on", "around", "under", "behind", "across",
    "from", "below", "between", "plus", "both", "over", "round", "along", "near"))


_STOPS = frozenset({".", ","})
_NOES = frozenset({"not", "no", "never", "without", "nothing", "nobody"})


class Span(NamedTuple):
    """A stretch of tokens, with the token of each of its parts at which a denial would aim."""

    start: int
    end: int
    anchors: tuple[int, ...]


@lru_cache(maxsize=4096)
def _one(index: int) -> Span:
    return Span(index, index + 1, (index,))


class Reading:
    """The tokens of one message and the concepts found in it."""

    def __init__(self, text: str) -> None:
        self.text = split_spaced(text)
        self.sentences = split_sentences(self.text)
        self.tokens: list[Token] = read_tokens(self.text, self.sentences)
        self.states: dict[tuple, str] = {}  # what the context made of a match, kept by triage.py: rows share matches
        self._words = [0, *accumulate(not token.filler for token in self.tokens)]
        self._blocks = self._sites = [0] * (len(self.tokens) + 1)
        self.at: dict[str, list[Span]] = {}
        self.names: set[str] = set()  # words and concepts of `at`, as a set: sets are compared at a glance
        masked = {index for span in self._match_mask() for index in range(span.start, span.end)}
        self._index([() if index in masked else token.forms for index, token in enumerate(self.tokens)])
        self._add_concepts()

    def find(self, pattern: Pattern) -> list[list[Span]]:
        """The spans of each "&" part of a pattern; nothing where a part is missing or excluded."""
        found = []
        for part in pattern.parts:
            spans = self._find_part(part)
            if not spans:
                return []
            found.append(spans)
        if pattern.not_in_message and self._asserted(pattern.not_in_message):
            return []
        if pattern.not_in_sentence:
            banned = {self.tokens[span.start].sentence for span in self._asserted(pattern.not_in_sentence)}
            found = [[span for span in spans if self.tokens[span.start].sentence not in banned] for spans in found]
        return found if all(found) else []

    def _index(self, forms: list) -> None:
        """Note where each of the given forms of the tokens stands."""
        at = defaultdict(list)
        for index, names in enumerate(forms):
            span = _one(index)
            for name in sorted(names) if len(names) > 1 else names:  # the order of a set is nobody's
                at[name].append(span)
        self.at, self.names = dict(at), set(at)

    def _match_mask(self) -> list[Span]:
        """What means nothing at all ("chest press"), by the words as written: "my chest is pressing" is no chest press."""
        mask, written = index_lexicon().mask, set().union(*(token.written for token in self.tokens))
        woken = [pattern for word in written & mask.keys() for pattern in mask[word] if pattern.may_stand(written)]
        if woken:
            self._index([token.written for token in self.tokens])
        return [span for pattern in woken for spans in self.find(pattern)[:1] for span in spans]

    def _add_concepts(self) -> None:
        """Find the concepts in the order of the lexicon; only patterns whose key word stands in the message are tried."""
        lexicon, words = index_lexicon(), frozenset(self.names)
        found: defaultdict[int, set[Span]] = defaultdict(set)
        waiting: defaultdict[int, list[Pattern]] = defaultdict(list)

        def wake(name: str) -> None:
            for place in lexicon.plain.get(name, ()):
                found[place].update(self.at[name])
            for place, needed, pattern in lexicon.index.get(name, ()):
                if needed <= words:
                    waiting[place].append(pattern)

        for word in words & lexicon.keys:
            wake(word)
        for place, name in enumerate(lexicon.names):
            if place in waiting:
                spans = self._find_any(waiting[place])
                if spans:
                    found[place].update(spans)
            if place in found:
                self.at[name] = sorted(found[place])[:MOST_SPANS]
                self.names.add(name)
                wake(name)
                if name == "BODY":
                    self._sites = self._count(span.start for span in self.at[name] if not self._is_joined(span.start))
                elif name == "BLOCK":
                    self._blocks = self._count(span.start for span in self.at[name])

    def _find_any(self, patterns: list[Pattern]) -> list[Span]:
        """Where the first part of any of these patterns stands."""
        return [span for pattern in patterns if pattern.may_stand(self.names)
                for spans in self.find(pattern)[:1] for span in spans]

    def _count(self, starts: Iterable[int]) -> list[int]:
        """How many different starts lie before each token, and before the end."""
        marked = set(starts)
        return [0, *accumulate(index in marked for index in range(len(self.tokens)))]

    def _is_joined(self, index: int) -> bool:
        """Whether "and", "to", "into" ... ties a body part to what stands before it: "chest and arm", "into my jaw"."""
        before = index - 1
        while before >= 0 and self.tokens[before].filler and not _JOINERS & self.tokens[before].forms:
            before -= 1
        return before >= 0 and bool(_JOINERS & self.tokens[before].forms)

    def _find_part(self, chains) -> list[Span]:
        found = self._find_chain(chains[0])
        for chain in chains[1:]:
            if not found:
                return []
            found = self._pair(found, self._find_chain(chain))
        return found

    def _spans(self, names: Names) -> list[Span]:
        if len(names) == 1:
            return self._named(names[0])
        found = [self.at[name] for name in names.words & self.names]
        found += [spans for name in names.phrases if (spans := self._named(name))]
        return found[0] if len(found) == 1 else sorted({span for spans in found for span in spans})

    def _asserted(self, names: Names) -> list[Span]:
        """Where a word, concept or phrase stands that no "not" or "no" stands right before: "no better" explains nothing."""
        return [span for span in self._spans(names) if not self._follows_no(span.start)]

    def _follows_no(self, start: int) -> bool:
        before = start - 1
        while before >= 0 and self.tokens[before].filler and start - before < 4:
            before -= 1
        return before >= 0 and bool(_NOES & self.tokens[before].forms)

    def _named(self, name: str) -> list[Span]:
        """Where a word, a concept or a phrase stands; phrases are looked up once."""
        spans = self.at.get(name)
        if spans is None and " " in name:
            pattern = parse_pattern(name)
            found = self.find(pattern) if pattern.may_stand(self.names) else []
            spans = self.at[name] = found[0] if found else []
        return spans or []

    def _find_chain(self, chain) -> list[Span]:
        found = self._spans(chain[0][0])
        for names, gap in chain[1:]:
            if not found:
                return []
            later = self._spans(names)
            starts = [span.start for span in later]
            found = [Span(span.start, later[i].end, span.anchors) for span in found
                     for i in range(bisect_left(starts, span.end), bisect_right(starts, span.end + gap + MOST_FILLERS))
                     if self._is_within(span.end, later[i].start, gap)]
        return found[:MOST_SPANS]

    def _is_within(self, end: int, start: int, gap: int) -> bool:
        return (self._words[start] - self._words[end] <= gap
                and self.tokens[end - 1].sentence == self.tokens[start].sentence and not self._is_cut(end, start))

    def _is_cut(self, end: int, start: int) -> bool:
        """A comma or a stop cuts words in a row, not what may stand apart."""
        return self._words[start] == self._words[end] and any(_STOPS & self.tokens[i].forms for i in range(end, start))

    def _pair(self, first: list[Span], second: list[Span]) -> list[Span]:
        starts, found = [span.start for span in second], []
        for a in first:
            reach = NEAR + MOST_FILLERS
            for i in range(bisect_left(starts, a.start - reach), bisect_right(starts, a.end + reach)):
                b = second[i]
                if b.start < a.end and a.start < b.end:
                    if a.start < b.start and b.end <= a.end and not any(b.start <= anchor < b.end for anchor in a.anchors):
                        found.append(Span(a.start, a.end, a.anchors + b.anchors))
                    continue
                low, high = (a.end, b.start) if a.end <= b.start else (b.end, a.start)
                if self._is_near(low, high):
                    found.append(Span(min(a.start, b.start), max(a.end, b.end), a.anchors + b.anchors))
        return found[:MOST_SPANS]

    def _is_near(self, low: int, high: int) -> bool:
        return (self._words[high] - self._words[low] <= NEAR and self.tokens[low - 1].sentence == self.tokens[high].sentence
                and self._sites[high] == self._sites[low] and self._blocks[high] == self._blocks[low])


@lru_cache(maxsize=32)
def read_message(text: str) -> Reading:
    """The reading of a normalised text; cached."""
    return Reading(text)
