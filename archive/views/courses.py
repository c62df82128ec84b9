"""What a course of stances is made of, and how it is read: statements, judgements, and the rows in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from archive.views.rows import Row, Rows
from archive.views.timeline import Element, Segment

Pair: TypeAlias = tuple[str, str]
"""An actor, as canonical at the time, and a topic."""

Causes: TypeAlias = dict[tuple[str, str, str], str]
"""Valid time, statement and stance of a row → its cause."""

_ELEMENT = """
  {moment:s.valid_at}, {moment:s.dateline}, s.article_position, s.start, s.position, s.statement, s.actor, a.stance,
  s.directness, s.speaks_for, s.precision, a.position, a.method, a.confidence
"""

_SAID = """
SELECT {moment:s.valid_at}, {moment:s.dateline}, s.article_position, s.start, s.position, s.statement, s.actor,
  s.directness, s.speaks_for, s.precision,
  (SELECT min(w.position) FROM {withdrawal_rows} w WHERE w.statement = s.statement)
FROM {keys} CROSS JOIN {statement_rows} s WHERE s.statement = k0
"""

_JUDGED = f"""
SELECT a.topic, {_ELEMENT}
FROM {{keys}} CROSS JOIN {{assessment_rows}} a JOIN {{statement_rows}} s ON s.statement = a.statement
WHERE a.statement = k0 AND a.superseded_position IS NULL
"""

_ELEMENTS = f"""
SELECT {_ELEMENT}
FROM {{keys}} CROSS JOIN {{assessment_rows}} a JOIN {{statement_rows}} s ON s.statement = a.statement
WHERE a.actor = k0 AND a.topic = k1 AND a.superseded_position IS NULL AND NOT EXISTS (
  SELECT 1 FROM {{withdrawal_rows}} w WHERE w.statement = a.statement AND w.position <= {{position}})
"""

_HELD = f"""
SELECT r.actor, r.topic, {{moment:r.valid_to}}, r.known_from, {{moment:r.known_since}}, r.cause, {_ELEMENT}
FROM {{keys}} CROSS JOIN {{stance_rows}} r
JOIN {{assessment_rows}} a ON a.statement = r.statement AND a.topic = r.topic AND a.position = r.assessment
JOIN {{statement_rows}} s ON s.statement = r.statement
WHERE r.actor = k0 AND r.topic = k1
"""

_TOPICS = "SELECT DISTINCT topic FROM {keys} JOIN {assessment_rows} ON actor = k0"


class Why(NamedTuple):
    """The event that changes a course: where and when it was recorded, and what it is a sign of."""

    position: int
    at: str
    cause: str


class Said(NamedTuple):
    """A statement as far as courses need it; ``withdrawn`` is the position of its first withdrawal, if any."""

    valid_at: str
    dateline: str
    article_position: int
    start: int
    position: int
    statement: str
    actor: str | None
    directness: str
    speaks_for: str | None
    precision: str
    withdrawn: int | None

    def live_at(self, position: int) -> bool:
        """Whether the statement still counts when the event at this position is applied."""
        return self.withdrawn is None or self.withdrawn >= position


class Held(NamedTuple):
    """A row of the stance table that is in force: what was held, and since which event the archive says so."""

    pair: Pair
    segment: Segment
    known_from: int
    known_since: str
    cause: str

    @property
    def key(self) -> Row:
        """The row's primary key."""
        return (*self.pair, self.segment.valid_from, self.known_from)


class Course:
    """The rows in force of one pair, in order, and the statements they follow from.

    While only the rows that this batch can touch are read, ``elements`` is None, and ``added`` holds what came in.
    """

    def __init__(self, held: list[Held], elements: dict[str, Element] | None) -> None:
        self.held, self.elements = held, elements
        self.added: list[Element] = []


def cause_key(segment: Segment) -> tuple[str, str, str]:
    """What makes two rows tell of the same step of a course."""
    return segment.valid_from, segment.element.statement, segment.element.stance


def causes_of(rows: Iterable[Held]) -> Causes:
    """The cause of each step, the latest where there are several."""
    return {cause_key(held.segment): held.cause for held in rows}


def read_said(rows: Rows, statements: Iterable[str]) -> dict[str, Said]:
    """These statements, as far as they were recorded, by id."""
    found = (Said(*row) for row in rows.fetch(_SAID, [(statement,) for statement in sorted(statements)]))
    return {one.statement: one for one in found}


def read_judged(rows: Rows, statements: Iterable[str]) -> dict[str, dict[str, Element]]:
    """The assessments that count so far, by statement and topic."""
    best: dict[str, dict[str, Element]] = {}
    for topic, *values in rows.fetch(_JUDGED, [(statement,) for statement in sorted(statements)]):
        element = Element(*values)
        best.setdefault(element.statement, {})[topic] = element
    return best


def read_elements(rows: Rows, actors: Iterable[str], topic: str) -> list[Element]:
    """The live statements of these actors on a topic, as they are assessed so far."""
    return [Element(*row) for row in rows.fetch(_ELEMENTS, [(actor, topic) for actor in sorted(actors)])]


def read_topics(rows: Rows, actors: Iterable[str]) -> set[str]:
    """Every topic that one of these actors was assessed on."""
    return {topic for (topic,) in rows.fetch(_TOPICS, [(actor,) for actor in sorted(actors)])}


def read_in_force(rows: Rows, pair: Pair) -> list[Held]:
    """The rows in force of one pair."""
    return _read_held(rows, [pair], "r.known_to IS NULL")


def read_in_force_from(rows: Rows, first: Mapping[Pair, str]) -> list[Held]:
    """The rows in force of each pair, from the one on that holds at a valid time."""
    keys = [(*pair, at) for pair, at in sorted(first.items())]
    return _read_held(rows, keys, "r.known_to IS NULL AND (r.valid_to IS NULL OR r.valid_to > {at:k2})")


def read_ever(rows: Rows, pairs: Iterable[Pair]) -> list[Held]:
    """All rows these pairs ever had, in the order in which they became known."""
    return _read_held(rows, sorted(pairs), "r.known_from <= {position}")


def _read_held(rows: Rows, keys: Sequence[tuple[str, ...]], condition: str) -> list[Held]:
    return [
        Held((actor, topic), Segment(values[0], valid_to, Element(*values)), known_from, known_since, cause)
        for actor, topic, valid_to, known_from, known_since, cause, *values in rows.fetch(
            f"{_HELD} AND {condition} ORDER BY r.known_from", keys
        )
    ]
