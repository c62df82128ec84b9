"""A part-of-speech tagger."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache


class Tagger:
    """Tags a sentence."""

    def tag(self, words: Sequence[str]) -> list[str]:
        """One tag a word."""
        return ["NNP" if word[0].isupper() else "NN" if word[0].isalpha() else "." for word in words]


@cache
def load(language: str) -> Tagger:
    """The tagger of a supported language, loaded at first use."""
    del language
    return Tagger()
