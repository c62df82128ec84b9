"""How the two databases are opened, so that the log's promises hold on both.

SQLite: WAL, so that readers read on while one writes; ``synchronous=FULL``, so that what is committed
survives a power cut. All writing goes through :func:`writing`, all reading through :func:`reading`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from archive.errors import DatabaseError

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-32768",
    "wal_autocheckpoint=4000",
)
"""Ids and streams fall anywhere in their indexes: with the defaults (2 MB, 1000 pages) a batch of a thousand events
overflows the cache, and each commit copies the same pages into the file once more. These are 32 and 16 MB."""

BUSY_TIMEOUT_SECONDS = 30
CONNECT_TIMEOUT_SECONDS = 10


def connect(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``. Opens nothing yet. DatabaseError for others."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(parsed)
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
                pool_pre_ping=True,
            )
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f"the driver for PostgreSQL is not installed ({error.name})",
            where=redacted(url),
            remedy="Install it: pip install 'statement-archive[postgres]'",
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise _unusable(url) from error
    raise _unusable(url)


def redacted(url: str) -> str:
    """A database URL as it may be shown: without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def unreachable(engine: Engine, error: Exception) -> DatabaseError:
    """What to say of a database that does not answer or is none."""
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    remedy = (
        "Check archive.database in feeds.yaml and that the folder can be written"
        if engine.dialect.name == "sqlite"
        else "Check archive.database in feeds.yaml and that the server runs and lets this user in"
    )
    return DatabaseError(
        f"the database cannot be opened: {cause}", where=engine.url.render_as_string(hide_password=True), remedy=remedy
    )


def _unusable(url: str) -> DatabaseError:
    return DatabaseError(
        "not a database this program can use",
        where=redacted(url),
        remedy='Use "sqlite:///archive.db" or "postgresql+psycopg://user@host/name"',
    )


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:" and not Path(url.database).parent.is_dir():
        raise DatabaseError(
            "the folder of the database does not exist",
            where=url.render_as_string(),
            remedy="Create the folder, or change archive.database in feeds.yaml",
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: committed at the end of the block, rolled back on an error.

    On SQLite it holds the write lock from its first moment (BEGIN IMMEDIATE); a bare ``engine.begin()`` would
    read first and could then be refused the lock.
    """
    with _driver_errors(engine), engine.execution_options(archive_writes=True).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that reads a consistent snapshot, however long it takes, and hinders no writer."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with _driver_errors(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def _driver_errors(engine: Engine) -> Iterator[None]:
    """Rows in bulk go by the driver itself; its errors come out as SQLAlchemy's, as those of all else do."""
    driver = engine.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(None, None, error, driver.Error) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and is always DEFERRED
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("archive_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
