"""A part-of-speech tagger: an averaged perceptron that reads from left to right (Collins 2002).

Its weights are a data file of the language pack, trained by ``scripts/train_tagger.py`` on the English Web
Treebank and under that treebank's licence (``packs/en/tagger.NOTICE``). A tag is chosen by the sum of integer
weights of the features that hold, so the same words get the same tags on every machine.
"""

from __future__ import annotations

import gzip
import struct
from collections import Counter
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
NOTHING = (0,) * 10
"""The weight of each feature of a context that was never met."""
LANE = 16
"""Bits in which the score of one tag is kept."""
REMEMBERED = 20_000
"""So many words' own scores are kept at hand; then memory of them starts afresh, so that it stays bounded."""


class Weights(msgspec.Struct, frozen=True):
    """The data file: tag names, words that have one tag only, and by feature the weights of tags, by their numbers."""

    tags: list[str]
    certain: dict[str, int]
    weights: dict[str, list[tuple[int, int]]]


def form(word: str) -> str:
    """A word as the features see it: digits alike, apostrophes straight."""
    if word.isalpha():
        return word
    return "".join("0" if c.isdecimal() else c for c in word.replace("’", "'"))


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
    """Tags sentences with a set of weights.

    The weights of a feature for all tags are one integer, a tag in every :data:`LANE` bits of it: so the scores of
    all tags are added at once. No sum of weights may leave its lane (see :func:`fits`).
    """

    def __init__(self, weights: Weights) -> None:
        """Take the weights; what they say of each word is worked out when it is first met."""
        lanes = [1 << LANE * number for number in range(len(weights.tags))]
        self._tags = weights.tags
        self._fixed = {word: weights.tags[tag] for word, tag in weights.certain.items()} | dict(MARKS)
        self._weights = {
            feature: sum([weight * lanes[tag] for tag, weight in row]) for feature, row in weights.weights.items()
        }
        self._scores = struct.Struct(f"<{len(lanes)}H")
        self._zero = sum(lane << LANE - 1 for lane in lanes)
        self._first: dict[str, int] = {}
        self._later: dict[str, int] = {}

    def tag(self, words: Sequence[str]) -> list[str]:
        """The tags of a sentence's words, one each."""
        forms = [form(word) for word in words]
        lowers = [START, START, *(word.lower() for word in forms), END, END]
        tags: list[str] = []
        before2 = before = START
        seen = self._first
        for i, word in enumerate(forms):
            tag = self._fixed.get(word)
            if tag is None:
                own = seen.get(word) or self._own(word, seen)
                around = (lowers[i], lowers[i + 1], lowers[i + 3], lowers[i + 4])
                tag = self._best(own, context_features(before, before2, lowers[i + 2], around))
            tags.append(tag)
            before2, before = before, tag
            seen = self._later
        return tags

    def _best(self, own: int, context: Sequence[str]) -> str:
        total = sum(map(self._weights.get, context, NOTHING), own)
        scores = self._scores.unpack(total.to_bytes(self._scores.size, "little"))
        return self._tags[scores.index(max(scores))]

    def _own(self, word: str, seen: dict[str, int]) -> int:
        """The scores of the tags by what the word shows by itself, above a zero that keeps every lane positive."""
        features = word_features(word, first=seen is self._first)
        if len(seen) >= REMEMBERED:
            seen.clear()
        seen[word] = own = sum([self._weights.get(feature, 0) for feature in features], self._zero)
        return own


def fits(weights: Weights) -> bool:
    """Whether no sum of weights, one of each kind of feature, can leave its lane."""
    most: dict[tuple[str, int], int] = {}
    for feature, row in weights.weights.items():
        for tag, weight in row:
            most[feature[0], tag] = max(abs(weight), most.get((feature[0], tag), 0))
    sums = Counter[int]()
    for (_, tag), weight in most.items():
        sums[tag] += weight
    return max(sums.values(), default=0) < 1 << LANE - 1


@cache
def load(language: str) -> Tagger:
    """The tagger of a supported language, loaded at first use."""
    packed = lexicon.pack(language).joinpath("tagger.json.gz").read_bytes()
    return Tagger(msgspec.json.decode(gzip.decompress(packed), type=Weights))
