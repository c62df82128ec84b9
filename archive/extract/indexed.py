"""A document by stem, and what the tags of its words tell of how they hang together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.extract.english import DAYS, DEICTIC, SEASONS, TIMES
from archive.extract.stems import Stemmer
from archive.extract.text import Document

_GAP = 3
"""Words that may stand between those of a term, over the whole of it."""

_OF_FEELING = frozenset({"to", "about", "by", "with", "over", "at", "that", "on"})
_NO_VERBS = frozenset({"left"})


@dataclass(frozen=True, slots=True)
class Index:
    """A document by stem: ``stems`` of its tokens, where each stem stands, and the tokens' tags."""

    document: Document
    stems: tuple[str, ...]
    tags: tuple[str, ...]
    places: Mapping[str, Sequence[int]]
    starts: tuple[int, ...]

    def sentence(self, token: int) -> tuple[int, int]:
        """The first token of the sentence that a token stands in, and the one after its last."""
        found = self.document.sentences[self.sentence_number(token)]
        return found.first, found.last

    def sentence_number(self, token: int) -> int:
        """The number of the sentence that a token stands in."""
        return bisect_right(self.starts, token) - 1


def index(document: Document, stemmer: Stemmer) -> Index:
    """Index a document; the parts of a hyphenated word stand where the word does."""
    found: dict[str, list[int]] = {}
    stems: list[str] = []
    for number, token in enumerate(document.tokens):
        stem = token.lower if token.lower in _NO_VERBS and token.tag[:2] != "VB" else stemmer.of(token.lower)
        stems.append(stem)
        found.setdefault(stem, []).append(number)
        if "-" in token.lower:
            for part in token.lower.split("-"):
                found.setdefault(stemmer.of(part), []).append(number)
    starts = tuple(s.first for s in document.sentences)
    return Index(document, tuple(stems), tuple(t.tag for t in document.tokens), found, starts)


def governs(text: Index, i: int) -> bool:
    """Whether a preposition other than "of" parts a noun from what follows: "speeches to bankers"."""
    return text.tags[i : i + 1] in (("IN",), ("TO",)) and text.stems[i] != "of"


def undergone(text: Index, i: int) -> bool:
    """Whether a verb is done to what stands before it, so that what comes after it is not its object."""
    if text.tags[i] not in {"VBN", "VBD"} or i + 1 >= len(text.tags):
        return False
    if text.document.tokens[i + 1].lower in _OF_FEELING:
        return False
    while i > 0 and text.tags[i - 1] == "RB":
        i -= 1
    return i > 0 and text.stems[i - 1] == "be"


def qualifies(text: Index, i: int) -> bool:
    """Whether a participle begins what is said of the noun before it: "a bill dealing with", "the deal reached by"."""
    return i > 0 and text.tags[i] in {"VBG", "VBN"} and text.tags[i - 1].startswith("NN")


def ends(text: Index, i: int, end: int) -> bool:
    """Whether a verb has no object: "the toll must stay", "wages have to rise to ten crowns", "must end this year"."""
    if i + 1 >= end or not text.tags[i + 1].startswith(("DT", "NN", "JJ", "PRP", "CD", "RP", "RBR")):
        return True
    after = [token.lower for token in text.document.tokens[i + 1 : min(i + 3, end)]]
    return after[0] in DAYS or (len(after) > 1 and after[0] in DEICTIC and after[1] in TIMES | SEASONS)


def windows(words: tuple[frozenset[str], ...], text: Index) -> Iterator[tuple[int, int]]:
    """Where all words of a term stand together, in any order, within one sentence."""
    if any(text.places.keys().isdisjoint(forms) for forms in words):
        return
    at = [_positions(text, forms) for forms in words]
    rarest = min(at, key=len)
    reach = len(words) + _GAP
    for anchor in rarest:
        start, end = text.sentence(anchor)
        near = [
            _nearest(positions, anchor, max(start, anchor - reach), min(end, anchor + reach + 1)) for positions in at
        ]
        if any(n is None for n in near):
            continue
        tokens = [n for n in near if n is not None]
        if max(tokens) - min(tokens) < reach:
            yield min(tokens), max(tokens) + 1


def _positions(text: Index, forms: frozenset[str]) -> Sequence[int]:
    if len(forms) == 1:
        (stem,) = forms
        return text.places[stem]
    return sorted(i for stem in forms for i in text.places.get(stem, ()))


def _nearest(positions: Sequence[int], anchor: int, low: int, high: int) -> int | None:
    within = positions[bisect_left(positions, low) : bisect_left(positions, high)]
    return min(within, key=lambda i: abs(i - anchor), default=None)
