"""Questions beside the reports: a user's own in SQL, what waits for a person, which position a time means.

A user's SQL runs on a connection that cannot write: the database refuses, not a filter of keywords.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, text

from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.schema import Moment
from archive.model import iso
from archive.views.reports import Report, named_sql

_READS = frozenset({
    sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE,
})  # fmt: skip


def ask(engine: Engine, query: str) -> Report:
    """The rows that one SELECT gives, by column name. UsageError, with the database's words, where it refuses."""
    return _ask_sqlite(engine, query) if engine.dialect.name == "sqlite" else _ask_postgresql(engine, query)


def _ask_sqlite(engine: Engine, query: str) -> Report:
    uri = f"file:{engine.url.database}?mode=ro"
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.set_authorizer(_only_reading)
        cursor = connection.execute(query)
        return _rows(cursor.description, cursor.fetchall())
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _refused(error) from error
    finally:
        connection.close()


def _only_reading(action: int, *_details: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


def _ask_postgresql(engine: Engine, query: str) -> Report:
    import psycopg  # noqa: PLC0415 - the driver is an extra, not needed for SQLite

    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.read_only = True
        try:
            # A cursor takes nothing but a query, and preparing nothing but one statement: no COPY, no second command.
            declared = f"DECLARE asked NO SCROLL CURSOR FOR {query.rstrip().rstrip(';')}"
            driver.execute(declared.encode(), prepare=True)
            cursor = driver.execute(b"FETCH ALL FROM asked")
            return _rows(cursor.description, cursor.fetchall())
        except psycopg.Error as error:
            raise _refused(error) from error
        finally:
            driver.rollback()
            driver.read_only = None


def _rows(description: Any, rows: list[Any]) -> Report:
    if description is None:
        raise UsageError("that is no question", where="sql", remedy="Ask with one SELECT; see docs/reporting.md")
    names = [column[0] for column in description]
    return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in rows]


def _refused(error: Exception) -> UsageError:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    return UsageError(f"the database refused: {said}", where="sql", remedy="Ask with one SELECT; see docs/reporting.md")


def article_of(engine: Engine, statement: str) -> str | None:
    """The article a statement was read from; None where there is no such statement."""
    with reading(engine) as connection:
        query = text("SELECT article FROM statements WHERE statement = :statement")
        found: str | None = connection.execute(query, {"statement": statement}).scalars().first()
    return found


def articles_since(connection: Connection, since: datetime | None) -> list[str]:
    """The articles whose latest revision was captured at or after a time (None: all), in the order of the log."""
    query = "SELECT article FROM articles WHERE latest {} ORDER BY position"
    if since is None:
        return list(connection.execute(text(query.format(""))).scalars())
    bound = text(query.format("AND captured_at >= :since")).bindparams(bindparam("since", type_=Moment))
    return list(connection.execute(bound, {"since": iso(since)}).scalars())


def position_of(connection: Connection, point: int | datetime) -> int:
    """The log position that a position or a time means. UsageError where the log does not reach so far, or back.

    At a time, what was known is what had been recorded by then.
    """
    if isinstance(point, datetime):
        query = text("SELECT coalesce(max(position), 0) FROM events WHERE recorded_at <= :moment")
        moment = bindparam("moment", type_=Moment)
        return int(connection.execute(query.bindparams(moment), {"moment": iso(point)}).scalar_one())
    size = connection.execute(text("SELECT size FROM log_head")).scalar_one()
    if point > size:
        raise UsageError(f"the log has {size} events, there is no position {point}", remedy="See: archive status")
    return point


def feed_health(connection: Connection) -> Report:
    """How every feed fares."""
    return _select(connection, "SELECT * FROM feed_health ORDER BY feed")


def review(connection: Connection) -> Report:
    """What waits for a person: unclear stances, and speakers that stand for nobody known; most used first."""
    return _select(connection, named_sql("reports/review", connection.dialect.name))


def _select(connection: Connection, query: str) -> Report:
    rows = connection.execute(text(query))
    return [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]


def _plain(value: Any) -> Any:
    """Moments as texts, the same on both databases."""
    return iso(value) if isinstance(value, datetime) else value
