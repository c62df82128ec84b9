"""Rebuilding every projection from the log while readers read on, and checking the live ones against it.

Fresh tables are filled beside the live ones and then take their names in one transaction, together with the
cursors and the views. A reader sees the old rows or the new ones, never half of either.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.elements import quoted_name

from archive.ledger.engine import reading, writing
from archive.ledger.known import WORDS
from archive.ledger.store import Ledger
from archive.views.projections import BATCH, LIVE, Generation, Progress, SetBackError, catch_up
from archive.views.reports import create_views, drop_views
from archive.views.rows import Row, take_stock
from archive.views.search import TABLE as SEARCH
from archive.views.search import agrees, create_search
from archive.views.tables import PROJECTED, projection_cursors, statement_rows

SHADOW = "__new"
OLD = "__old"

KEYS_SHOWN = 5

_ATTEMPTS = 240
_PAUSE_SECONDS = 0.5
_LOCK_TIMEOUT = "500ms"
"""Below PostgreSQL's deadlock_timeout: where a reader and the swap are in each other's way, the swap gives way."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A live table that is not what the log says: rows it lacks, rows too many, the first keys of either."""

    table: str
    missing: int
    unexpected: int
    keys: tuple[Row, ...]


def rebuild(
    engine: Engine,
    ledger: Ledger,
    *,
    check: bool = False,
    batch: int = BATCH,
    progress: Progress | None = None,
    live: Generation = LIVE,
) -> list[Drift]:
    """Derive all projections from the log anew, and put them in the place of the live ones.

    With ``check`` the live ones stay: both are brought to the end of the log and compared row for row, and the
    tables that differ are returned. ProjectionError where an event cannot be applied; then the live ones stay too.
    """
    if check:
        catch_up(engine, ledger, batch=batch, live=live)
    fresh = Generation(SHADOW, live.projections)
    with _writing_much(engine) as connection:
        _drop(connection)
        _create(connection)
    try:
        fresh.follow(engine, ledger, batch, progress)
        _raise_failures(engine, fresh)
        if check:
            return _compared(engine, ledger, live, fresh)
        _swapped(engine, ledger, live, fresh)
    except SetBackError:
        raise  # the fresh tables are another's by now
    except BaseException:
        with _writing_much(engine) as connection:
            _drop(connection)
        raise
    return []


@contextmanager
def _writing_much(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, and drops large tables.

    Dropping a table, SQLite keeps a copy of it to undo the statement; with ``temp_store=MEMORY`` that is in memory.
    And where ``secure_delete`` is on, it overwrites each page; only those with texts are worth that (see _drop_table).
    """
    with engine.execution_options(archive_writes=True).connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        driver: Any = connection.connection.driver_connection
        kept = {name: driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("temp_store", "secure_delete")}
        driver.execute("PRAGMA temp_store = DEFAULT")
        driver.execute("PRAGMA secure_delete = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            for name, value in kept.items():
                driver.execute(f"PRAGMA {name} = {value}")


def _drop_table(connection: Connection, table: Table, suffix: str = "") -> None:
    """Drop a table; SQLite overwrites the pages of the one that holds words, lest erased ones stay on the disk."""
    overwritten = table is statement_rows and connection.dialect.name == "sqlite"
    if overwritten:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}{suffix}")
    if overwritten:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")


def _create(connection: Connection) -> None:
    for table in PROJECTED:
        _shadow(table, connection).create(connection)


def _shadow(table: Table, connection: Connection) -> Table:
    """The same table under its fresh name, without its plain indexes."""
    shadow = table.to_metadata(MetaData(), name=table.name + SHADOW)
    shadow.indexes.clear()
    if connection.dialect.name == "postgresql":
        for constraint in shadow.constraints:
            constraint.name = f"{constraint.name}{SHADOW}" if constraint.name else None
    return shadow


def _drop(connection: Connection) -> None:
    """Remove the fresh tables of a rebuild that is over, or that was broken off."""
    for table in PROJECTED:
        _drop_table(connection, table, SHADOW)
    connection.execute(projection_cursors.delete().where(projection_cursors.c.name.endswith(SHADOW, autoescape=True)))


def _raise_failures(engine: Engine, generation: Generation) -> None:
    with reading(engine) as connection:
        for cursor in generation.cursors(connection).values():
            cursor.raise_failure()


def _follow_to_end(connection: Connection, ledger: Ledger, *generations: Generation) -> None:
    """Apply within this transaction what the log has more."""
    cursors = [cursor for one in generations for cursor in one.cursors(connection, lock=True).values()]
    start = min(cursor.position for cursor in cursors if cursor.error is None)
    for events in ledger.read_batches(start, parts=(WORDS,)):
        for generation in generations:
            generation.advance(connection, events)


def _compared(engine: Engine, ledger: Ledger, live: Generation, fresh: Generation) -> list[Drift]:
    """The tables that differ, at one position of the log, in one snapshot; then the fresh ones are dropped."""
    while True:
        with writing(engine) as connection:
            _follow_to_end(connection, ledger, live, fresh)
        with reading(engine) as connection:
            here, there = live.cursors(connection), fresh.cursors(connection)
            # Live rows that claim to follow from more events than there are never come to stand where fresh ones do
            if here == there or max(cursor.position for cursor in here.values()) > ledger.size():
                drifts = [_drift(connection, table) for table in PROJECTED]
                break
    astray = tuple((name,) for name in here if here[name] != there[name])
    drifts.append(Drift(projection_cursors.name, len(astray), len(astray), astray))
    with writing(engine) as connection:
        if not agrees(connection):
            drifts.append(Drift(SEARCH, 1, 1, ()))
    with _writing_much(engine) as connection:
        _drop(connection)
    return [drift for drift in drifts if drift.missing or drift.unexpected]


def _drift(connection: Connection, table: Table) -> Drift:
    here, there = f"SELECT * FROM {table.name}", f"SELECT * FROM {table.name}{SHADOW}"
    missing, unexpected = f"{there} EXCEPT {here}", f"{here} EXCEPT {there}"
    count = "SELECT (SELECT count(*) FROM ({}) AS m), (SELECT count(*) FROM ({}) AS u)"
    lacking, surplus = connection.execute(text(count.format(missing, unexpected))).one()
    keys = ", ".join(column.name for column in table.primary_key)
    first = f"SELECT {keys} FROM ({missing}) AS m UNION SELECT {keys} FROM ({unexpected}) AS u ORDER BY {keys}"
    shown = connection.execute(text(f"{first} LIMIT {KEYS_SHOWN}")).all() if lacking or surplus else []
    return Drift(table.name, lacking, surplus, tuple(tuple(row) for row in shown))


def _swapped(engine: Engine, ledger: Ledger, live: Generation, fresh: Generation) -> None:
    """Bring the fresh tables to the end of the log and swap, when no reader holds the old ones for long."""
    if engine.dialect.name == "sqlite":
        with _writing_much(engine) as connection:
            _follow_to_end(connection, ledger, fresh)
            _take_names_sqlite(connection)
            _take_cursors(connection, live, fresh)
        return
    with writing(engine) as connection:
        _prepare_postgresql(connection)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with writing(engine) as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
                live.cursors(connection, lock=True)
                _follow_to_end(connection, ledger, fresh)
                # Replacing the views by themselves locks them, and so keeps readers from taking half of the tables
                create_views(connection)
                _take_names_postgresql(connection)
                _take_cursors(connection, live, fresh)
            return
        except OperationalError as error:
            if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) != "55P03":
                raise
            time.sleep(_PAUSE_SECONDS)


def _take_names_sqlite(connection: Connection) -> None:
    drop_views(connection)
    # Without this, SQLite would check, and rewrite, views of the user's own that build on ours
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    for table in PROJECTED:
        _drop_table(connection, table)
        connection.exec_driver_sql(f"ALTER TABLE {table.name}{SHADOW} RENAME TO {table.name}")
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(connection)
    connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    create_views(connection)
    create_search(connection, refill=True)
    take_stock(connection)


def _prepare_postgresql(connection: Connection) -> None:
    """Make the indexes before the swap, under names of their own, and let the planner know the tables."""
    for table in PROJECTED:
        shadow = table.to_metadata(MetaData(), name=table.name + SHADOW)
        for index in shadow.indexes:
            index.name = quoted_name(f"{index.name}{SHADOW}", None)
            index.create(connection)
        connection.exec_driver_sql(f"ANALYZE {shadow.name}")


def _take_names_postgresql(connection: Connection) -> None:
    for table in PROJECTED:
        _rename_postgresql(connection, table.name, "", OLD)
        _rename_postgresql(connection, table.name, SHADOW, "")
    create_views(connection)
    for table in PROJECTED:
        _drop_table(connection, table, OLD)


def _rename_postgresql(connection: Connection, table: str, before: str, after: str) -> None:
    """Rename a table with its indexes (and so its constraints)."""
    query = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = :table")
    for name in connection.execute(query, {"table": table + before}).scalars().all():
        connection.exec_driver_sql(f'ALTER INDEX "{name}" RENAME TO "{name.removesuffix(before)}{after}"')
    connection.exec_driver_sql(f"ALTER TABLE {table}{before} RENAME TO {table}{after}")


def _take_cursors(connection: Connection, live: Generation, fresh: Generation) -> None:
    names = [projection.name + live.suffix for projection in live.projections]
    connection.execute(projection_cursors.delete().where(projection_cursors.c.name.in_(names)))
    for projection in fresh.projections:
        connection.execute(
            projection_cursors.update()
            .where(projection_cursors.c.name == projection.name + fresh.suffix)
            .values(name=projection.name + live.suffix)
        )
