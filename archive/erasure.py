"""Erasing texts for good, and hiding them for a while: who decided it, why, and every place where they stand.

A text stands in more than one place: the words of a statement are also in the text of the article, in each of its
revisions, and in statements that overlap. So what is asked for is found everywhere first, then erased as one batch
of events, and then the pages are overwritten that held it (``ledger/purge.py``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, text, tuple_

from archive import copies
from archive.errors import UsageError
from archive.ledger.engine import reading, writing
from archive.ledger.events import (
    ArticleCaptured,
    Event,
    PartErased,
    PartHidden,
    PartShown,
    StatementReanchored,
    StatementRecorded,
    read_words,
)
from archive.ledger.header import Draft, Recorded
from archive.ledger.known import TEXTS, WORDS
from archive.ledger.schema import parts
from archive.ledger.store import Appended, Ledger, append_sealed, read_events, seal_batch
from archive.ledger.texts import Place, hidden_places
from archive.model import Span
from archive.operations.evidence import forget

FEWEST_WORDS = 3
"""Fragments with fewer words are not looked for where a statement has longer ones: they would be found everywhere."""

FEWEST_IN_A_LINE = 8
"""The same for the lines of an article: shorter ones may stand under every article of an outlet."""

_PART = re.compile(r"([1-9]\d{0,17})/([a-z_]+)")
_REVISION = re.compile(r"(.+)@([1-9]\d{0,8})")
_HOLDS = {"sqlite": "instr(body, {0}) > 0", "postgresql": "position({0} IN body) > 0"}


@dataclass(frozen=True, slots=True)
class Found:
    """Where a text stands: the parts it is asked for in, those of other articles, and the very words."""

    places: tuple[Place, ...]
    elsewhere: tuple[Place, ...] = ()
    words: tuple[str, ...] = ()


def find(ledger: Ledger, what: str) -> Found:
    """Where a text stands: a part (``position/name``), a statement, an article, or one revision (``article@2``).

    Of a statement these are its words, those of statements that overlap with it, and every part of the article that
    holds them; ``elsewhere`` are parts of other articles that do. UsageError where there is no such thing.
    """
    part = _PART.fullmatch(what)
    if part:
        place = _known_part(ledger, Place(int(part[1]), part[2]))
        return Found((place,), words=_lines(ledger, [place]))
    statement = _statement(ledger, what)
    if statement:
        return _found_statement(ledger, statement)
    revision = _REVISION.fullmatch(what)
    stream = ledger.stream(f"article:{revision[1] if revision else what}")
    if not stream:
        raise UsageError(
            f"there is no part, statement or article {what!r}",
            remedy="Give position/name, such as 17/words, or an id that archive statements or articles shows",
        )
    places = _article_places(stream, int(revision[2]) if revision else None, what)
    return Found(places, words=_lines(ledger, places))


def erase(
    ledger: Ledger,
    places: Sequence[Place],
    words: Collection[str],
    *,
    reason: str,
    authority: str,
    by: str | None,
    now: datetime,
) -> Appended:
    """Erase these parts, and record it, in one transaction. What was erased before is passed over.

    Raw documents that hold one of the ``words``, in quarantine or kept as feeds delivered them, go with them.
    """
    versions = ledger.versions([place.stream for place in places])
    events = [PartErased(place.position, place.part, reason, authority, by) for place in _left(ledger, places)]
    with writing(ledger.engine) as connection:
        appended = append_sealed(connection, seal_batch([Draft(event) for event in events], versions), now)
        keys = tuple_(parts.c.position, parts.c.name)
        connection.execute(parts.delete().where(keys.in_([(event.position, event.part) for event in events])))
        forget(connection, words)
        copies.forget(connection, [event.position for event in events])
    return appended


def hide(ledger: Ledger, places: Sequence[Place], *, reason: str, by: str, now: datetime) -> Appended:
    """Show these parts no more, until :func:`unhide`. Hidden ones are passed over. UsageError where none is left."""
    hidden = hidden_places(ledger)
    return _decide(
        ledger,
        [PartHidden(one.position, one.part, reason, by) for one in _left(ledger, places) if one not in hidden],
        now,
    )


def unhide(ledger: Ledger, places: Sequence[Place], *, reason: str, by: str, now: datetime) -> Appended:
    """Show again those of these parts that are hidden. UsageError where none is."""
    hidden = hidden_places(ledger)
    return _decide(
        ledger, [PartShown(one.position, one.part, reason, by) for one in _left(ledger, places) if one in hidden], now
    )


def _decide(ledger: Ledger, events: Sequence[Event], now: datetime) -> Appended:
    if not events:
        raise UsageError("nothing is left to be done: the texts are so already", remedy="Nothing was recorded")
    return ledger.append([Draft(event) for event in events], ledger.versions([event.stream for event in events]), now)


def _left(ledger: Ledger, places: Iterable[Place]) -> list[Place]:
    """Those of the parts that still exist."""
    wanted = list(dict.fromkeys(places))
    keys = tuple_(parts.c.position, parts.c.name)
    query = select(parts.c.position, parts.c.name).where(keys.in_([(one.position, one.part) for one in wanted]))
    with reading(ledger.engine) as connection:
        there = {Place(*row) for row in connection.execute(query)}
    return [place for place in wanted if place in there]


def _known_part(ledger: Ledger, place: Place) -> Place:
    if _left(ledger, [place]) or any(isinstance(one.event, PartErased) for one in ledger.stream(place.stream)):
        return place
    with reading(ledger.engine) as connection:
        query = select(parts.c.name).where(parts.c.position == place.position).order_by("name")
        names = list(connection.execute(query).scalars())
    listed = f"It has {', '.join(names)}" if names else "The event has no texts"
    raise UsageError(f"there is no part {place}", remedy=listed)


def _statement(ledger: Ledger, statement: str) -> Recorded | None:
    with reading(ledger.engine) as connection:
        query = text("SELECT min(position) FROM statement_rows WHERE statement = :statement")
        position = connection.execute(query, {"statement": statement}).scalar()
        return read_events(connection, position - 1, position, (WORDS,))[0] if position else None


def _found_statement(ledger: Ledger, one: Recorded) -> Found:
    stream = ledger.stream(one.stream)
    here = {Place(one.position, WORDS)} | _overlapping(one, stream)
    words = _distinctive(read_words(one.parts[WORDS]).content) if WORDS in one.parts else ()
    mine = {other.position for other in stream}
    with reading(ledger.engine) as connection:
        holding = {place for each in words for place in _holding(connection, each)}
    here |= {place for place in holding if place.position in mine}
    if not words:  # erased before: what was erased with it is to be cleaned up after again
        here |= {Place(other.position, name) for other in stream for name in TEXTS if _is_capture(other)}
        here = {place for place in here if _was_erased(ledger, place)}
    return Found(tuple(sorted(here)), tuple(sorted(holding - here)), words)


def _was_erased(ledger: Ledger, place: Place) -> bool:
    return any(isinstance(one.event, PartErased) for one in ledger.stream(place.stream))


def _is_capture(one: Recorded) -> bool:
    return isinstance(one.event, ArticleCaptured)


def _distinctive(fragments: Iterable[str], fewest: int = FEWEST_WORDS) -> tuple[str, ...]:
    known = tuple(dict.fromkeys(one for one in fragments if one.strip()))
    long = tuple(one for one in known if len(one.split()) >= fewest)
    return long or known


def _overlapping(one: Recorded, stream: Sequence[Recorded]) -> set[Place]:
    """The words of statements of the same article that share text with this one, in whatever revision."""
    anchors: dict[int, Mapping[int, Sequence[Span]]] = {}
    positions: dict[str, int] = {}
    for other in stream:
        event = other.event
        if isinstance(event, StatementRecorded | StatementReanchored):
            position = positions.setdefault(event.statement, other.position)
            anchors[position] = {**anchors.get(position, {}), event.revision: event.content}
    mine = anchors.get(one.position, {})
    return {
        Place(position, WORDS)
        for position, places in anchors.items()
        if any(_touch(spans, mine.get(revision, ())) for revision, spans in places.items())
    }


def _touch(some: Iterable[Span], others: Collection[Span]) -> bool:
    return any(a.start < b.end and b.start < a.end for a in some for b in others)


def _holding(connection: Connection, words: str) -> list[Place]:
    """The parts that hold these very words, as they are or as JSON writes them."""
    holds = _HOLDS[connection.dialect.name]
    query = text(f"SELECT position, name FROM parts WHERE {holds.format(':plain')} OR {holds.format(':quoted')}")
    values = {"plain": words.encode(), "quoted": msgspec.json.encode(words)[1:-1]}
    return [Place(*row) for row in connection.execute(query, values)]


def _lines(ledger: Ledger, places: Iterable[Place]) -> tuple[str, ...]:
    """By what these parts are known in raw documents: the words of statements, the lines of other texts."""
    found: list[str] = []
    with reading(ledger.engine) as connection:
        for place in places:
            query = select(parts.c.body).where(parts.c.position == place.position, parts.c.name == place.part)
            body = connection.execute(query).scalar()
            if body is not None:
                found += read_words(body).content if place.part == WORDS else bytes(body).decode().splitlines()
    return _distinctive(found, FEWEST_IN_A_LINE)


def _article_places(stream: Sequence[Recorded], revision: int | None, what: str) -> tuple[Place, ...]:
    """The texts of an article, or of one revision, and the words of the statements read from it."""
    found = [
        Place(one.position, name)
        for one in stream
        if isinstance(one.event, ArticleCaptured | StatementRecorded) and revision in {None, one.event.revision}
        for name in (TEXTS if isinstance(one.event, ArticleCaptured) else (WORDS,))
    ]
    if not found:
        raise UsageError(
            f"there is no revision {what!r}", remedy="See: archive sql 'SELECT article, revision FROM articles'"
        )
    return tuple(found)
