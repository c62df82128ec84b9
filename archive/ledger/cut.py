"""The log cut at a position: its first events, byte for byte, as an archive of their own.

What comes out is a whole SQLite archive with the same header bytes, leaf hashes and Merkle root that the log had at
that size; whatever can be asked of an archive can be asked of it. Texts that were erased since are not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, select

from archive.errors import LogError
from archive.ledger import merkle
from archive.ledger.engine import reading, writing
from archive.ledger.schema import events, parts
from archive.ledger.store import READ_BATCH, Ledger

PartKey = tuple[int, str]

_ADD_EVENT = f"INSERT INTO events VALUES ({', '.join('?' * len(events.columns))})"
_ADD_PART = f"INSERT INTO parts VALUES ({', '.join('?' * len(parts.columns))})"
_HEAD = "UPDATE log_head SET size = ?, frontier = ?, recorded_at = ?"


def copy_log(
    source: Ledger,
    target: Ledger,
    upto: int,
    *,
    names: Collection[str] | None = None,
    without: Collection[PartKey] = frozenset(),
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """Copy the events up to a position, with their parts, into an empty SQLite archive; the Merkle root of them.

    Of the parts those with one of ``names`` (None: all) that are not among ``without``. LogError, naming the
    position, where an event is missing or its header is not what its leaf hash says.
    """
    frontier: tuple[bytes, ...] = ()
    with reading(source.engine) as there, writing(target.engine) as here, _unguarded(here):
        driver: Any = here.connection.driver_connection
        for after in range(0, upto, READ_BATCH):
            last = min(after + READ_BATCH, upto)
            rows = _events(there, after, last)
            texts = [row for row in _parts(there, after, last, names) if row[:2] not in without]
            driver.executemany(_ADD_EVENT, map(tuple, rows))
            driver.executemany(_ADD_PART, texts)
            frontier = merkle.extend(frontier, after, [bytes(row.leaf_hash) for row in rows])
            driver.execute(_HEAD, (last, merkle.pack(frontier), rows[-1].recorded_at))
            if progress:
                progress(last, upto)
    return merkle.root(frontier)


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Without the guards, which look at each row and so take half of the time; they are back before the commit."""
    guards = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all()
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, sql in guards:
        connection.exec_driver_sql(sql)


def _events(connection: Connection, after: int, last: int) -> Sequence[Row[Any]]:
    query = select(events).where(events.c.position.between(after + 1, last)).order_by("position")
    rows = connection.execute(query).all()
    for expected, row in enumerate(rows, after + 1):
        _check(row, expected)
    if len(rows) != last - after:
        raise _broken("the log has a gap: an event is missing", after + len(rows) + 1)
    return rows


def _parts(connection: Connection, after: int, last: int, names: Collection[str] | None) -> Iterator[tuple[Any, ...]]:
    query = select(parts).where(parts.c.position.between(after + 1, last))
    return map(tuple, connection.execute(query if names is None else query.where(parts.c.name.in_(names))))


def _check(row: Row[Any], expected: int) -> None:
    if row.position != expected:
        raise _broken("the log has a gap: an event is missing", expected)
    if merkle.leaf_hash(bytes(row.header)) != bytes(row.leaf_hash):
        raise _broken("the event is not what was recorded: its header does not match its hash", expected)


def _broken(what: str, position: int) -> LogError:
    return LogError(what, where=f"position {position}", remedy="Run: archive verify")
