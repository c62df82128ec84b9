"""Whom a relative pronoun goes back to."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract.cast import Cast, Figure
from archive.extract.phrases import voiced
from archive.extract.reference import Discourse, Voice
from archive.model import ActorKind, Resolution

_NOMINAL = ("DT", "JJ", "NN", "CD", "POS", "PRP$", "VBN")
_LONGEST_PHRASE = 8
_DESCRIPTION = 14
_PERSONAL = frozenset({"who", "whom"})


def antecedent(discourse: Discourse, token: int) -> Iterator[Voice]:
    """Whom a relative pronoun goes back to: the noun phrase just before it, commas and brackets aside."""
    tokens = discourse.cast.document.tokens
    low = discourse.cast.document.sentences[discourse.cast.sentence_of(token)].first
    last = token
    while last > low and not tokens[last - 1].lower[0].isalnum():
        last -= 1
        if tokens[last].lower == ")":  # "Ada Quill (Sund), who"
            last = next((k for k in range(last, max(low, last - _LONGEST_PHRASE), -1) if tokens[k].lower == "("), last)
    named = discourse.cast.by_token.get(last - 1)
    if apposed := _described_before(discourse.cast, low, last) or (
        _whose_place(discourse.cast, low, last) if tokens[token].lower in _PERSONAL else None
    ):
        yield Voice(apposed, Resolution.PRONOUN)
        return
    if named:
        yield Voice(named[1], Resolution.PRONOUN)
        return
    if tokens[token].lower == "who" and (one := _one_who_is(discourse.cast, low, last)):
        yield Voice(one, Resolution.PRONOUN)
        return
    first = last
    while first > low and tokens[first - 1].tag.startswith(_NOMINAL) and last - first < _LONGEST_PHRASE:
        first -= 1
    if first < last and any(tokens[i].tag.startswith("NN") for i in range(first, last)):
        for voice in voiced(discourse, first, last):
            if voice.figure and voice.figure.gender == "n" and tokens[token].lower in _PERSONAL:
                voice.figure.gender = ""
            yield Voice(voice.figure, Resolution.PRONOUN)
    else:
        yield Voice(None, Resolution.PRONOUN)


def _one_who_is(cast: Cast, low: int, last: int) -> Figure | None:
    """The person of whom the description before a relative pronoun is said: "Quill is a mayor who"."""
    tokens = cast.document.tokens
    for k in range(last - 1, max(low, last - _DESCRIPTION), -1):
        if tokens[k].lower in {"is", "was"}:
            named = cast.by_token.get(k - 1)
            return named[1] if named and named[1].kind is ActorKind.PERSON else None
        if not tokens[k].tag.startswith((*_NOMINAL, "IN", "CC", ",", "RB")):
            return None
    return None


def _whose_place(cast: Cast, low: int, last: int) -> Figure | None:
    """The person before a relative pronoun where a place or body stands between: "Ada Quill of Sund, who"."""
    named = cast.by_token.get(last - 1)
    if named is None:
        return None
    k = named[0].first
    tokens = cast.document.tokens
    while k > low and tokens[k - 1].tag.startswith(("DT", "JJ", "NN")):
        k -= 1
    of = k - 1 > low and (
        tokens[k - 1].tag == "IN" if named[1].kind is not ActorKind.PERSON else tokens[k - 1].lower == "of"
    )
    person = cast.by_token.get(k - 2) if of else None
    return person[1] if person and person[1].kind is ActorKind.PERSON else None


def _described_before(cast: Cast, low: int, last: int) -> Figure | None:
    """Whom the description that ends before a relative pronoun describes: "Ada Quill, a mayor who"."""
    tokens = cast.document.tokens
    for i in range(last - 1, max(low, last - _LONGEST_PHRASE), -1):
        if tokens[i].lower == ",":
            named = cast.by_token.get(i - 1) if tokens[i + 1].lower in {"a", "an", "the"} else None
            return named[1] if named and named[1].kind is ActorKind.PERSON else None
        if not tokens[i].tag.startswith((*_NOMINAL, "IN")):
            return None
    return None
