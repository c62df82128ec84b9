"""The append-only log on SQLite and PostgreSQL: one way in, one order out.

Appending is one call with a batch, one transaction, all or nothing. The one-row ``log_head`` is locked first
(BEGIN IMMEDIATE on SQLite, an advisory transaction lock on PostgreSQL), so positions have no gaps and are
visible in order: a reader that has seen n has seen everything before n. A bare sequence would not do that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection, Engine

from archive.errors import ConflictError, LogError
from archive.ledger import merkle
from archive.ledger.engine import reading, writing
from archive.ledger.header import Draft, Recorded, Sealed, decode, seal
from archive.model import iso, parse_iso

READ_BATCH = 5000
CHANNEL = "archive_events"
_ADVISORY_LOCK = 0x53544D54  # "STMT": any fixed number, the same for every writer of this archive

COPY_FROM = 20
"""Batches larger than this go to PostgreSQL by COPY; setting one up costs more than a few plain inserts."""

Query: TypeAlias = tuple[str, tuple[Any, ...]]

_MARKS = {"sqlite": "?", "postgresql": "%s"}

_AMONG = {
    "sqlite": "IN (SELECT value FROM json_each(?))",
    "postgresql": "= ANY(ARRAY(SELECT json_array_elements_text(%s::json)))",
}
"""How a query takes any number of texts as one value: a JSON array, which drivers hand over faster than their own."""

_LOCK: Mapping[str, tuple[Query, ...]] = {
    "sqlite": (),
    "postgresql": (("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (_ADVISORY_LOCK,)),),
}
_HEAD = "SELECT size, frontier, recorded_at FROM log_head"
_KNOWN = "SELECT id FROM events WHERE id {among}"
_VERSIONS = "SELECT stream, max(version) FROM events WHERE stream {among} GROUP BY stream"

EventRow: TypeAlias = tuple[int, str, str, int, str, Any, bytes, bytes]
PartRow: TypeAlias = tuple[int, str, bytes, bytes]
HeadRow: TypeAlias = tuple[int, bytes, Any]


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did: the positions it wrote (none where ``count`` is 0), and how many facts were known before."""

    first: int
    count: int
    known: int

    @property
    def last(self) -> int:
        """The last position written; the size of the log before it where nothing was."""
        return self.first + self.count - 1


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: how many events, the frontier of their Merkle tree, the last time of recording."""

    size: int
    frontier: tuple[bytes, ...]
    recorded_at: str | None


class Ledger:
    """The log in one database. Holds no state but the engine; safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        """Use a database whose tables exist (see migrations/)."""
        self.engine = engine

    def append(self, drafts: Sequence[Draft], expected: Mapping[str, int], now: datetime) -> Appended:
        """Append a batch in one transaction, or nothing of it.

        ``expected`` gives the version of each stream as the writer last saw it; a stream it does not name is
        expected to be new. A draft whose event is in the log already (same fact, same version) is passed over,
        whoever wrote it. ConflictError where a stream has moved on otherwise: read again and decide anew.
        """
        sealed = seal_batch(drafts, expected)
        with writing(self.engine) as connection:
            return append_sealed(connection, sealed, now)

    def head(self) -> Head:
        """The end of the log as committed now."""
        with reading(self.engine) as connection:
            return _head(connection)

    def size(self) -> int:
        """How many events the log holds: the position of the last."""
        return self.head().size

    def versions(self, streams: Collection[str]) -> dict[str, int]:
        """The current version of each of these streams that exists."""
        with reading(self.engine) as connection:
            return dict(_select_among(connection, _VERSIONS, streams))

    def stream(self, name: str, parts: Collection[str] = ()) -> list[Recorded]:
        """All events of one stream, in order, with the bodies of the named parts."""
        with reading(self.engine) as connection:
            query = (
                f"SELECT position, header FROM events WHERE stream = {_MARKS[connection.dialect.name]} ORDER BY version"
            )
            rows = _fetch(connection, query, (name,))
            bodies = _parts_between(connection, rows[0][0], rows[-1][0], parts) if rows else {}
        return [decode(position, header, bodies.get(position)) for position, header in rows]

    def streams(self, names: Collection[str]) -> list[Recorded]:
        """All events of several streams, in log order."""
        with reading(self.engine) as connection:
            # The plus keeps SQLite from reading the whole log in that order, as it does while its statistics are old
            query = "SELECT position, header FROM events WHERE stream {among} ORDER BY +position"
            return [decode(*row) for row in _select_among(connection, query, names)]

    def kind(self, kind: str) -> list[Recorded]:
        """All events of the streams ``kind:…``, in log order."""
        mark = _MARKS[self.engine.dialect.name]
        query = f"SELECT position, header FROM events WHERE stream > {mark} AND stream < {mark} ORDER BY position"
        with reading(self.engine) as connection:
            return [decode(*row) for row in _fetch(connection, query, (f"{kind}:", f"{kind};"))]

    def read(self, after: int = 0, upto: int | None = None, parts: Collection[str] = ()) -> Iterator[Recorded]:
        """Events in order, from after a position up to and including another (default: the end as it is now)."""
        for batch in self.read_batches(after, upto, parts):
            yield from batch

    def read_batches(
        self, after: int = 0, upto: int | None = None, parts: Collection[str] = (), batch: int = READ_BATCH
    ) -> Iterator[list[Recorded]]:
        """The same in lists of at most ``batch``, with the bodies of the named parts, in constant memory.

        LogError where a position is missing or a header cannot be read.
        """
        end = self.size() if upto is None else upto
        while after < end:
            with reading(self.engine) as connection:
                events = read_events(connection, after, min(after + batch, end), parts)
            if len(events) != min(after + batch, end) - after:
                raise _gap(after + 1, min(after + batch, end))
            yield events
            after = events[-1].position


def seal_batch(drafts: Sequence[Draft], expected: Mapping[str, int]) -> list[Sealed]:
    """Number the drafts of each stream on from its expected version, and seal them."""
    versions = dict(expected)
    sealed = []
    for draft in drafts:
        stream = draft.event.stream
        versions[stream] = versions.get(stream, 0) + 1
        sealed.append(seal(draft, versions[stream]))
    return sealed


def append_sealed(connection: Connection, sealed: Sequence[Sealed], now: datetime) -> Appended:
    """Append inside a transaction of the caller's (opened by ``writing``); see :meth:`Ledger.append`."""
    head, versions = _lock(connection, sealed)
    known = _known_ids(connection, [one.id for one in sealed if one.version <= versions.get(one.stream, 0)])
    fresh = [one for one in sealed if one.id not in known]
    if not fresh:
        return Appended(head.size + 1, 0, len(sealed))
    _check_versions(versions, fresh)
    at, first = max(iso(now), head.recorded_at or ""), head.size + 1
    moment = at if connection.dialect.name == "sqlite" else parse_iso(at)
    events: list[EventRow] = []
    parts: list[PartRow] = []
    for position, one in enumerate(fresh, first):
        header = one.header(at)
        events.append((position, one.id, one.stream, one.version, one.type, moment, header, merkle.leaf_hash(header)))
        parts += [(position, part.name, part.salt, part.body) for part in one.parts]
    frontier = merkle.extend(head.frontier, head.size, [row[-1] for row in events])
    _WRITERS[connection.dialect.name](
        _driver(connection), events, parts, (events[-1][0], merkle.pack(frontier), moment)
    )
    return Appended(first, len(fresh), len(sealed) - len(fresh))


def read_events(connection: Connection, after: int, upto: int, parts: Collection[str] = ()) -> list[Recorded]:
    """Events with ``after`` < position ≤ ``upto``, in order. LogError where one is missing between them."""
    mark = _MARKS[connection.dialect.name]
    rows = _fetch(
        connection,
        f"SELECT position, header FROM events WHERE position > {mark} AND position <= {mark} ORDER BY position",
        (after, upto),
    )
    if rows and rows[-1][0] - after != len(rows):
        raise _gap(after + 1, rows[-1][0])
    if not parts:
        return [decode(position, header) for position, header in rows]
    bodies = _parts_between(connection, after + 1, upto, parts)
    return [decode(position, header, bodies.get(position)) for position, header in rows]


def _lock(connection: Connection, sealed: Sequence[Sealed]) -> tuple[Head, dict[str, int]]:
    """Lock the log; then its head, and the versions of the streams that are to be appended to."""
    streams = _listed({one.stream for one in sealed})
    versions = _VERSIONS.format(among=_AMONG[connection.dialect.name]), (streams,)
    *_, head, current = _fetch_all(connection, *_LOCK[connection.dialect.name], (_HEAD, ()), versions)
    return _head_of(head), dict(current)


def _known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Which of these ids the log has. An id names its stream and version: where those are new, so is the id."""
    return {row[0] for row in _select_among(connection, _KNOWN, ids)} if ids else set()


def _gap(first: int, last: int) -> LogError:
    return LogError(
        "the log has a gap: an event is missing",
        where=f"between positions {first} and {last}",
        remedy="Restore the database from a backup; nothing may be derived from a log with gaps",
    )


def _head(connection: Connection) -> Head:
    return _head_of(_fetch(connection, _HEAD, ()))


def _head_of(rows: list[Any]) -> Head:
    [(size, frontier, at)] = rows
    return Head(size, merkle.unpack(frontier), iso(at) if isinstance(at, datetime) else at)


def _check_versions(current: Mapping[str, int], fresh: Sequence[Sealed]) -> None:
    lowest: dict[str, int] = {}
    for one in fresh:
        lowest.setdefault(one.stream, one.version)
    for stream, version in lowest.items():
        if current.get(stream, 0) != version - 1:
            raise ConflictError(
                f"the stream is at version {current.get(stream, 0)}, not {version - 1} as expected",
                where=stream,
                remedy="Nothing was appended: read the stream again and decide anew",
            )


def _parts_between(
    connection: Connection, first: int, last: int, names: Collection[str]
) -> dict[int, dict[str, bytes]]:
    found: dict[int, dict[str, bytes]] = {}
    if names:
        mark = _MARKS[connection.dialect.name]
        listed = ", ".join([mark] * len(names))
        query = (
            f"SELECT position, name, body FROM parts WHERE position BETWEEN {mark} AND {mark} AND name IN ({listed})"
        )
        for position, name, body in _fetch(connection, query, (first, last, *names)):
            found.setdefault(position, {})[name] = body
    return found


def _select_among(connection: Connection, query: str, values: Collection[str]) -> list[Any]:
    return _fetch(connection, query.format(among=_AMONG[connection.dialect.name]), (_listed(values),))


def _listed(values: Collection[str]) -> str:
    return msgspec.json.encode(list(values)).decode()


def _fetch(connection: Connection, query: str, values: tuple[Any, ...]) -> list[Any]:
    """Rows by the driver itself: a replay reads millions, and the rows' wrapping would be half of its time."""
    how = {} if connection.dialect.name == "sqlite" else {"binary": True}
    rows: list[Any] = _driver(connection).execute(query, values, **how).fetchall()
    return rows


def _fetch_all(connection: Connection, *queries: Query) -> list[list[Any]]:
    """The rows of each query, run in this order; PostgreSQL is asked all of them in one round trip."""
    if connection.dialect.name == "sqlite":
        return [_fetch(connection, query, values) for query, values in queries]
    driver = _driver(connection)
    with driver.pipeline():
        cursors = [driver.cursor(binary=True).execute(query, values) for query, values in queries]
    return [cursor.fetchall() for cursor in cursors]


def _driver(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    assert driver is not None
    return driver


def _write_sqlite(driver: Any, events: list[EventRow], parts: list[PartRow], head: HeadRow) -> None:
    driver.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", events)
    driver.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", parts)
    driver.execute("UPDATE log_head SET size = ?, frontier = ?, recorded_at = ?", head)


def _write_postgresql(driver: Any, events: list[EventRow], parts: list[PartRow], head: HeadRow) -> None:
    with driver.cursor() as cursor:
        if len(events) > COPY_FROM:
            _copy(cursor, "events", ("int8", "text", "text", "int4", "text", "timestamptz", "bytea", "bytea"), events)
            if parts:
                _copy(cursor, "parts", ("int8", "text", "bytea", "bytea"), parts)
            events, parts = [], []
        with driver.pipeline():
            cursor.executemany("INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", events)
            cursor.executemany("INSERT INTO parts VALUES (%s, %s, %s, %s)", parts)
            cursor.execute("UPDATE log_head SET size = %s, frontier = %s, recorded_at = %s", head)
            cursor.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(head[0])))


def _copy(cursor: Any, table: str, types: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


_WRITERS: Mapping[str, Callable[[Any, list[EventRow], list[PartRow], HeadRow], None]] = {
    "sqlite": _write_sqlite,
    "postgresql": _write_postgresql,
}
