"""A part-of-speech tagger: an averaged perceptron that reads from left to right (Collins 2002).

Its weights are a data file of the language pack, trained by ``scripts/train_tagger.py`` on the English Web
Treebank and under that treebank's licence (``packs/en/tagger.NOTICE``). A tag is chosen by the sum of integer
weights of the features that hold, so the same words get the same tags on every machine.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from archive.extract import lexicon
from archive.extract.tokens import DASHES, QUOTE_MARKS, TERMINALS

MARKS: Mapping[str, str] = {
    **dict.fromkeys(QUOTE_MARKS - {"'", "’"}, "QUOTE"),
    **dict.fromkeys(DASHES, "DASH"),
    **dict.fromkeys(TERMINALS, "."),
    **dict.fromkeys((":", ";"), ":"),
    **dict.fromkeys("([{", "-LRB-"),
    **dict.fromkeys(")]}", "-RRB-"),
    ",": ",",
    "$": "$",
}
"""Marks whose tag needs no context. An apostrophe does: it quotes, or it marks a genitive."""

START, END = "<s>", "</s>"
REMEMBERED = 20_000
"""So many words' own scores are kept at hand; then memory of them starts afresh, so that it stays bounded."""


class Weights(msgspec.Struct, frozen=True):
    """The data file: tag names, words that have one tag only, and by feature the weights of tags, by their numbers."""

    tags: list[str]
    certain: dict[str, int]
    weights: dict[str, list[tuple[int, int]]]


def form(word: str) -> str:
    """A word as the features see it: digits alike, apostrophes straight."""
    word = word.replace("’", "'")
    return "".join("0" if c.isdecimal() else c for c in word) if not word.isalpha() else word


def shape(word: str) -> str:
    """Capitals, small letters, digits and other signs, each run written once."""
    signs: list[str] = []
    for c in word[:24]:
        sign = "X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdecimal() else c
        if not signs or signs[-1] != sign:
            signs.append(sign)
    return "".join(signs)


def word_features(word: str, *, first: bool) -> list[str]:
    """What a word shows by itself; ``word`` as :func:`form` gives it."""
    lower = word.lower()
    return [
        "b",
        "w" + lower,
        "s" + lower[-3:],
        "t" + lower[-2:],
        "e" + lower[-4:],
        "p" + lower[:3],
        f"h{shape(word)}{int(first)}",
        f"c{int(word[:1].isupper())}{int(first)}{lower[-1:]}",
    ]


def context_features(before: str, before2: str, word: str, around: Sequence[str]) -> tuple[str, ...]:
    """What the tags before a word and the words around it show; ``around`` is two before and two after."""
    previous2, previous, following, following2 = around
    return (
        "1" + before,
        "2" + before2 + " " + before,
        "3" + before + " " + word,
        "4" + previous,
        "5" + previous2,
        "6" + following,
        "7" + following2,
        "8" + following[-3:],
        "9" + before + " " + following,
        "0" + word + " " + following,
    )


class Tagger:
    """Tags sentences with a set of weights."""

    def __init__(self, weights: Weights) -> None:
        """Take the weights; what they say of each word is worked out when it is first met."""
        self._tags = weights.tags
        self._certain = {word: weights.tags[tag] for word, tag in weights.certain.items()}
        self._weights = weights.weights
        self._seen: dict[tuple[str, bool], list[int]] = {}

    def tag(self, words: Sequence[str]) -> list[str]:
        """The tags of a sentence's words, one each."""
        forms = [form(word) for word in words]
        lowers = [START, START, *(word.lower() for word in forms), END, END]
        tags: list[str] = []
        before2 = before = START
        for i, word in enumerate(forms):
            tag = MARKS.get(word) or self._certain.get(word)
            if tag is None:
                around = (lowers[i], lowers[i + 1], lowers[i + 3], lowers[i + 4])
                tag = self._best(word, i == 0, context_features(before, before2, lowers[i + 2], around))
            tags.append(tag)
            before2, before = before, tag
        return tags

    def _best(self, word: str, first: bool, context: Sequence[str]) -> str:
        scores = self._own(word, first).copy()
        weights_of = self._weights.get
        for feature in context:
            for tag, weight in weights_of(feature, ()):
                scores[tag] += weight
        return self._tags[scores.index(max(scores))]

    def _own(self, word: str, first: bool) -> list[int]:
        """The scores of the tags by what the word shows by itself."""
        scores = self._seen.get((word, first))
        if scores is None:
            scores = [0] * len(self._tags)
            for feature in word_features(word, first=first):
                for tag, weight in self._weights.get(feature, ()):
                    scores[tag] += weight
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[word, first] = scores
        return scores


@cache
def load(language: str) -> Tagger:
    """The tagger of a supported language, loaded at first use."""
    packed = lexicon.pack(language).joinpath("tagger.json.gz").read_bytes()
    return Tagger(msgspec.json.decode(gzip.decompress(packed), type=Weights))
