"""Reading tables of a database that may hold anything, as streams, in one snapshot.

On SQLite a table is first read as it should be. Text that is no UTF-8, or a value larger than any this program writes,
ends that with an error; then it is read once more in a way that takes everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from archive.audit.rows import Row
from archive.ledger.engine import reading
from archive.ledger.header import LONGEST_HEADER

ROWS = 2000
LONGEST_BODY = 64 << 20
"""Bytes; no feed delivers a tenth of it."""

_EVENTS = {
    "sqlite": "SELECT position, id, stream, version, type, recorded_at, {header}, {leaf} FROM events ORDER BY position",
    "postgresql": "SELECT position, id, stream, version, type, to_char(recorded_at AT TIME ZONE 'UTC', "
    '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\'), {header}, {leaf} FROM events ORDER BY position',
}
_PARTS = "SELECT position, name, {salt}, {body} FROM parts ORDER BY position, name"
_STREAMS = "SELECT stream, version, position FROM events ORDER BY stream, version, position"
_ERASURES = "SELECT position, {header} FROM events WHERE stream >= 'part:' AND stream < 'part;'"
_HEAD = {
    "sqlite": "SELECT size, frontier, recorded_at FROM log_head",
    "postgresql": "SELECT size, frontier, to_char(recorded_at AT TIME ZONE 'UTC', "
    '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') FROM log_head',
}
_CHECKPOINTS = {
    "sqlite": "SELECT size, origin, root, key, signed_at, {note} FROM checkpoints ORDER BY size",
    "postgresql": "SELECT size, origin, root, key, to_char(signed_at AT TIME ZONE 'UTC', "
    '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\'), {note} FROM checkpoints ORDER BY size',
}


class Scan:
    """One snapshot of a database; streams of several tables may be read side by side."""

    def __init__(self, connection: Connection, *, tolerant: bool) -> None:
        """Read by the driver itself."""
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._dialect = connection.dialect.name
        self._tolerant = tolerant or self._dialect == "postgresql"
        self._cursors = 0

    def events(self) -> Iterator[list[Row]]:
        """All events in the order of their positions."""
        query = _EVENTS[self._dialect]
        return self._rows(
            query.format(header=self._upto("header", LONGEST_HEADER + 1), leaf=self._upto("leaf_hash", 64))
        )

    def parts(self) -> Iterator[Row]:
        """All parts in the order of positions and names; a body longer than :data:`LONGEST_BODY` is None."""
        query = _PARTS.format(salt=self._upto("salt", 64), body=self._upto("body", LONGEST_BODY))
        return (row for rows in self._rows(query, 64) for row in rows)

    def streams(self) -> Iterator[list[Row]]:
        """Stream, version and position of all events, in the order of the first two."""
        return self._rows(_STREAMS)

    def erasures(self) -> Iterator[Row]:
        """Position and header of the events that erased a part."""
        return (
            row for rows in self._rows(_ERASURES.format(header=self._upto("header", LONGEST_HEADER))) for row in rows
        )

    def heads(self) -> list[Row]:
        """The rows of the log's head, of which there should be one."""
        return [row for rows in self._rows(_HEAD[self._dialect]) for row in rows][:2]

    def checkpoints(self) -> Iterator[Row]:
        """All checkpoints in the order of their sizes."""
        query = _CHECKPOINTS[self._dialect].format(note=self._upto("note", LONGEST_HEADER))
        return (row for rows in self._rows(query) for row in rows)

    def _upto(self, column: str, longest: int) -> str:
        """A column whose value is not even read where it is longer; in its place stands its beginning, or NULL."""
        if not self._tolerant:
            return column
        length = "octet_length" if self._dialect == "postgresql" else "length"
        return f"CASE WHEN {length}({column}) <= {longest} THEN {column} END"

    def _rows(self, query: str, batch: int = ROWS) -> Iterator[list[Row]]:
        if self._dialect == "postgresql":
            with self._connection.begin_nested():  # a query that fails must not end the snapshot for all others
                self._driver.execute(f"{query} LIMIT 0")
            self._cursors += 1
            cursor = self._driver.cursor(name=f"audit_{id(self)}_{self._cursors}", binary=True)
            cursor.itersize = batch
        else:
            cursor = self._driver.cursor()
        with _closing(cursor):
            cursor.execute(query)
            while rows := cursor.fetchmany(batch):
                yield rows


@contextmanager
def scanning(engine: Engine, *, tolerant: bool) -> Iterator[Scan]:
    """A snapshot to scan; on SQLite the driver is told for its length what to take."""
    with reading(engine) as connection:
        if connection.dialect.name != "sqlite":
            yield Scan(connection, tolerant=tolerant)
            return
        driver: Any = connection.connection.driver_connection
        limit = driver.setlimit(0, driver.getlimit(0) if tolerant else LONGEST_BODY)  # 0: the length of a value
        kept, driver.text_factory = driver.text_factory, _text if tolerant else str
        try:
            yield Scan(connection, tolerant=tolerant)
        finally:
            driver.text_factory = kept
            driver.setlimit(0, limit)


def _text(raw: bytes) -> str | bytes:
    """Text, or the bytes where they are none."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


@contextmanager
def _closing(cursor: Any) -> Iterator[None]:
    try:
        yield
    finally:
        cursor.close()
