"""Overwriting what deleted rows leave behind: free pages, write-ahead log, samples of the planner.

A row that is deleted or changed stays in the file until its page is used again. On SQLite the whole file is written
anew and its log cut to nothing; on PostgreSQL the tables that hold texts, and the planner's samples of them. What lies
outside of the database cannot be reached from here: backups, replicas, the server's own log, the blocks of a disk.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, text

from archive.errors import DatabaseError

PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.2

_OLDER_READERS = """
SELECT pid FROM pg_stat_activity
WHERE pid <> pg_backend_pid()
  AND (datname = current_database() AND age(backend_xmin) > age(CAST(CAST(:mine AS text) AS xid))
       OR age(backend_xid) > age(CAST(CAST(:mine AS text) AS xid)))
"""
"""Who may still read what was deleted before the transaction ``mine``: until they end, no page can do without it.

A writer of any database of the server is among them: who begins to read here while it writes, reads as of its start.
"""


def purge(engine: Engine, tables: Sequence[str], patience: float = PATIENCE_SECONDS) -> None:
    """Overwrite what was deleted from these tables, or (SQLite) from any. Takes as long as copying them.

    DatabaseError where a reader that began before keeps the old pages in use for longer than ``patience`` seconds.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            _purge_sqlite(connection.connection.driver_connection, patience)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _purge_postgresql(connection, tables, patience)


def _purge_sqlite(driver: Any, patience: float) -> None:
    kept = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "busy_timeout")}
    driver.execute("PRAGMA temp_store = FILE")  # the copy of a large file does not fit into memory
    driver.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
    try:
        driver.execute("VACUUM")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        for name, value in kept.items():
            driver.execute(f"PRAGMA {name} = {value}")
    if busy:
        raise _in_use("Another program reads an older state of the file")


def _purge_postgresql(connection: Connection, tables: Sequence[str], patience: float) -> None:
    mine = connection.execute(text("SELECT pg_current_xact_id()::xid::text")).scalar_one()
    deadline = time.monotonic() + patience
    while pids := connection.execute(text(_OLDER_READERS), {"mine": mine}).scalars().all():
        if time.monotonic() > deadline:
            raise _in_use(f"A transaction is open that began before (process {pids[0]} of the server)")
        time.sleep(_PAUSE_SECONDS)
    there = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    known = set(connection.execute(text(there)).scalars())
    for table in tables:
        if table in known:
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")
    connection.exec_driver_sql("VACUUM FULL pg_statistic")  # it keeps samples of short texts


def _in_use(why: str) -> DatabaseError:
    return DatabaseError(
        f"the text is erased, but the pages that held it are still in use. {why}",
        remedy="End what reads the database, then run the same command again",
    )
