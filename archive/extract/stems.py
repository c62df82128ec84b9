"""Words → stems, and phrases found by stems: light inflection only, so that "banning" is "ban" and no "banner" is.

Both what is looked for and the text go through the same :class:`Stemmer`; a stem need not be a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

_REMEMBERED = 1 << 16
_VOWELS = frozenset("aeiouy")
_UNDOUBLED = frozenset("bdgklmnprtvz")
_KEPT_S = ("ss", "us", "is")


class Stemmer:
    """The stems of a language's words; ``irregular`` are the forms that no rule gives."""

    def __init__(self, irregular: Mapping[str, str]) -> None:
        self._irregular = irregular
        self.of = lru_cache(maxsize=_REMEMBERED)(self._stem)

    def phrase(self, phrase: str) -> tuple[str, ...]:
        """The stems of a phrase's words, in order."""
        return tuple(self.of(word) for word in phrase.lower().replace("’", "'").split())

    def _stem(self, lower: str) -> str:
        word = lower.replace("’", "'")
        if word in self._irregular:
            return _bare(self._irregular[word])
        return _bare(_uninflected(word))


def _uninflected(word: str) -> str:
    if len(word) < 4 or not word[-1].isalpha():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(_KEPT_S):
        return word[:-1]
    if word.endswith("ied"):
        return word[:-3] + "y"
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and not word.endswith("eed"):
            return _undoubled(word, word[: -len(suffix)])
    return word


def _undoubled(word: str, base: str) -> str:
    if len(base) < 2 or not _VOWELS.intersection(base):
        return word
    if base[-1] == base[-2] and base[-1] in _UNDOUBLED and not base.endswith("ll"):
        return base[:-1]
    return base


def _bare(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_DAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "yesterday"})


class Phrases(Generic[T]):
    """Phrases by their stems, each with a value; the longest wins, then the one given first.

    Between two words of a phrase one word may stand whose part of speech is in ``skipped`` ("a very bad idea"),
    unless it is one of ``kept``, which change the meaning, or the name of a day ("called Monday for").
    """

    def __init__(
        self, phrases: Iterable[tuple[tuple[str, ...], T]], skipped: frozenset[str], kept: frozenset[str] = frozenset()
    ) -> None:
        self._skipped = skipped
        self._kept = kept
        by_first: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for stems, value in phrases:
            by_first.setdefault(stems[0], []).append((stems[1:], value))
        self._by_first = {first: sorted(rest, key=lambda r: -len(r[0])) for first, rest in by_first.items()}

    def at(self, stems: Sequence[str], tags: Sequence[str], i: int, last: int) -> tuple[T, int] | None:
        """The value of the phrase that begins at ``i`` and ends before ``last``, and where it ends."""
        for rest, value in self._by_first.get(stems[i], ()):
            end = self._end(rest, stems, tags, i + 1, last)
            if end:
                return value, end
        return None

    def beginning(self, value: T) -> frozenset[str]:
        """The first words of the phrases that have a value."""
        return frozenset(first for first, rest in self._by_first.items() if any(v == value for _, v in rest))

    def _passed(self, stem: str, tag: str) -> bool:
        return stem in _DAYS or (tag in self._skipped and stem not in self._kept)

    def _end(self, rest: tuple[str, ...], stems: Sequence[str], tags: Sequence[str], i: int, last: int) -> int:
        for wanted in rest:
            if i < last and stems[i] != wanted and self._passed(stems[i], tags[i]):
                i += 1
            if i >= last or stems[i] != wanted:
                return 0
            i += 1
        return i
