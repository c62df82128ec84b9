"""Who stands where, when: one actor's assessed statements on one topic → the course of their stance.

Pure functions over values, and the only place where the rules of DESIGN stand in code. At a valid time t the
actor's stance is taken from the best kind of evidence seen at or before t, and among that from the latest:

1. the actor's own words, taking a position;
2. a position somebody else ascribes to them;
3. words on the matter that take no position, or are for review.

So what others say of an actor never overrides what they said themselves, and having spoken without taking a
position never erases a position. A later statement of the same article qualifies an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from archive.model import Directness, Stance

_RANKS = {"rule": 0, "model": 1, "person": 2}
_FIRST_HAND = Directness.FIRST_HAND.value
_POSITIONS = frozenset(stance.value for stance in Stance if stance.positional)


class Element(NamedTuple):
    """A live statement with its effective assessment. Elements compare in the order in which they were said.

    Of the first five, which are the order, ``position`` is the statement's and unique. ``assessment`` is the
    position of the judgement, ``actor`` the statement's as it was recorded (before any merge), None if unknown.
    """

    valid_at: str
    dateline: str
    article_position: int
    start: int
    position: int
    statement: str
    actor: str | None
    stance: str
    directness: str
    speaks_for: str | None
    precision: str
    assessment: int
    method: str
    confidence: int

    @property
    def tier(self) -> int:
        """The kind of evidence, 0 the best."""
        if self.stance not in _POSITIONS:
            return 2
        return 0 if self.directness == _FIRST_HAND else 1

    @property
    def authority(self) -> tuple[int, int]:
        """Of several assessments of one statement the greatest counts: person, model, rule; then the latest."""
        return _RANKS[self.method], self.assessment


class Segment(NamedTuple):
    """From when to before when an actor's stance rests on one statement; ``valid_to`` None is open."""

    valid_from: str
    valid_to: str | None
    element: Element


def timeline(elements: Iterable[Element]) -> list[Segment]:
    """The course that these statements make, in order, without gaps; at most one a statement."""
    shown: list[Element] = []
    for element in sorted(elements):
        if shown and element.tier > shown[-1].tier:
            continue
        if shown and element.valid_at == shown[-1].valid_at:
            shown.pop()
        shown.append(element)
    ends = [*(element.valid_at for element in shown[1:]), None]
    return [Segment(one.valid_at, end, one) for one, end in zip(shown, ends, strict=False)]
