"""Pronouns → figures: who "he", "who", "we" and "they" are, from what came before.

Candidates are scored by how near they stand, whether they opened their sentence or spoke, and whether gender
and number agree where the text tells; one that clashes is out. Nobody within reach means nobody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from archive.extract.attribution import Attribution
from archive.extract.cast import Cast, Figure
from archive.extract.units import Pronoun
from archive.model import ActorKind, Resolution, StatementKind

_FARTHEST = 6
"""Sentences back that a pronoun may reach."""

_MOST = 200
_AROUND = 20
_SPOKE = 1.5
_SUBJECT = 1.5
_QUOTED = -1.5
_REPORTING = 2.0
_AGREEING = 0.5
_KNOWN = 0.1
_LEAST = -4.0
_SINGULAR = frozenset({ActorKind.PERSON, ActorKind.ANONYMOUS})
_GROUPED = frozenset({ActorKind.GROUP, ActorKind.ORGANISATION, ActorKind.COUNTRY})


class Voice(NamedTuple):
    """One speaker of an attribution: the figure, or nobody, and how the words named it."""

    figure: Figure | None
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Discourse:
    """An article while its attributions are being heard.

    ``contents`` are where contents begin, in order, each with its attribution's number; ``trail`` is who has
    spoken so far, and at which token.
    """

    cast: Cast
    attributions: tuple[Attribution, ...]
    contents: tuple[tuple[int, int], ...]
    voices: dict[int, tuple[Voice, ...]] = field(default_factory=dict)
    trail: list[tuple[int, Figure]] = field(default_factory=list)

    def within(self, index: int) -> int | None:
        """The attribution in whose content another's speaker stands: its parent, else a quotation around it."""
        own = self.attributions[index]
        if own.parent is not None or own.speaker is None:
            return own.parent
        start = own.speaker.start
        nearest = bisect_right(self.contents, (start, len(self.attributions)))
        for low, number in reversed(self.contents[max(0, nearest - _AROUND) : nearest]):
            if number != index and any(c.start == low and start < c.end for c in self.attributions[number].content):
                return number
        return None


def first_person(discourse: Discourse, index: int) -> Iterator[Voice]:
    """Who says "I" or "we": the speaker of the words around it."""
    outer = discourse.within(index)
    figures = [v.figure for v in discourse.voices.get(outer, ()) if v.figure] if outer is not None else []
    yield from (Voice(figure, Resolution.PRONOUN) for figure in figures)
    if not figures:
        yield Voice(None, Resolution.PRONOUN)


def third_person(discourse: Discourse, token: int, pronoun: Pronoun, index: int | None) -> Figure | None:
    """The best candidate before a token for a pronoun; None where none is near or none agrees."""
    sentence = discourse.cast.sentence_of(token)
    outer = discourse.within(index) if index is not None else None
    around = {id(v.figure) for v in discourse.voices.get(outer, ())} if outer is not None else set()
    direct = outer is not None and discourse.attributions[outer].kind is StatementKind.DIRECT
    scores: dict[int, float] = {}
    figures: dict[int, Figure] = {}
    for place, figure, salience in _candidates(discourse, token, sentence):
        if not _fits(figure, pronoun) or (direct and id(figure) in around):
            continue
        score = salience - (sentence - discourse.cast.sentence_of(place))
        score += _AGREEING * (bool(pronoun.gender) and figure.gender == pronoun.gender)
        score += _REPORTING * (id(figure) in around) + _KNOWN * min(len(figure.seen), 10)
        if score > scores.get(id(figure), _LEAST):
            scores[id(figure)], figures[id(figure)] = score, figure
    if not scores:
        return None
    found = figures[max(scores, key=lambda key: scores[key])]
    found.gender = found.gender or pronoun.gender
    return found


def _candidates(discourse: Discourse, token: int, sentence: int) -> Iterator[tuple[int, Figure, float]]:
    for appearance in islice(discourse.cast.before(token), _MOST):
        if sentence - appearance.sentence > _FARTHEST:
            break
        yield appearance.token, appearance.figure, _SUBJECT * appearance.subject + _QUOTED * appearance.quoted
    for place, figure in reversed(discourse.trail[-_MOST:]):
        if place < token:
            if sentence - discourse.cast.sentence_of(place) > _FARTHEST:
                break
            yield place, figure, _SPOKE + _SUBJECT


def _fits(figure: Figure, pronoun: Pronoun) -> bool:
    if pronoun.number == "many":
        return figure.plural or figure.kind in _GROUPED
    if figure.plural or figure.kind is ActorKind.GROUP:
        return False
    if pronoun.gender == "n":
        return figure.kind not in _SINGULAR
    return figure.kind in _SINGULAR and figure.gender in ("", pronoun.gender)
