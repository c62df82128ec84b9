"""The door to the projected tables: what a fold may read, and how its changes are written in bulk.

A fold returns :data:`Change` values and writes nothing itself. They go to the database by the driver's own bulk
calls (``executemany`` on SQLite; COPY, and arrays through ``unnest``, on PostgreSQL): a rebuild writes millions of
rows. The same code serves the live tables and the fresh ones of a rebuild, whose names carry a suffix.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection, Dialect, Table

from archive.ledger.schema import Moment

Row: TypeAlias = tuple[Any, ...]

MOMENT_AS_TEXT = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
"""How PostgreSQL writes a moment as :func:`archive.model.iso` does."""


@dataclass(frozen=True, slots=True)
class Insert:
    """New whole rows, in the table's order of columns."""

    table: Table
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Upsert:
    """Whole rows, each key once; where the key is there already, only ``columns`` are taken over."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Update:
    """The primary key followed by the new values of ``columns``, each key once, for rows that may exist."""

    table: Table
    columns: tuple[str, ...]
    rows: Sequence[Row]


Change: TypeAlias = Insert | Upsert | Update


class Rows:
    """The projected tables of one generation, within one transaction; ``suffix`` is empty for the live ones.

    ``position`` is the last log position that the rows of the projection at work rest on. The rows of others
    may rest on later ones, so a fold that reads those leaves out what lies after it.
    """

    def __init__(self, connection: Connection, suffix: str = "", position: int = 0) -> None:
        """Read and write through this connection's transaction."""
        driver = connection.connection.driver_connection
        assert driver is not None
        self.suffix, self.position = suffix, position
        self._dialect = connection.dialect
        self._driver: Any = driver

    def fetch(self, query: str, keys: Sequence[tuple[str, ...]] = (("",),)) -> list[Row]:
        """The rows of a query, which may use these macros.

        ``{x_rows}`` is a projected table; ``{keys}`` a table of the keys, with columns k0, k1 …; ``{position}``
        the position of :class:`Rows`; ``{moment:x}`` a column of moments, read as text; ``{at:k0}`` the opposite.
        """
        if not keys:
            return []
        sql = re.sub(r"\{(\w+_rows)\}", rf"\g<1>{self.suffix}", query).replace("{position}", str(self.position))
        names = [f"k{n}" for n in range(len(keys[0]))]
        if self._dialect.name == "sqlite":
            sql = re.sub(r"\{(?:moment|at):([\w.]+)\}", r"\g<1>", sql)
            columns = ", ".join(f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(names))
            sql = sql.replace("{keys}", f"(SELECT {columns} FROM json_each(?)) AS k")
            return list(self._driver.execute(sql, (msgspec.json.encode(keys).decode(),)))
        sql = re.sub(r"\{moment:([\w.]+)\}", lambda found: MOMENT_AS_TEXT.format(found[1]), sql)
        sql = re.sub(r"\{at:([\w.]+)\}", r"\g<1>::timestamptz", sql)
        arrays = ", ".join(["%s::text[]"] * len(names))
        sql = sql.replace("{keys}", f"unnest({arrays}) AS k({', '.join(names)})")
        with self._driver.cursor() as cursor:
            return list(cursor.execute(sql, [list(column) for column in zip(*keys, strict=True)]))

    def write(self, changes: Sequence[Change]) -> None:
        """Write changes, in order."""
        writer = self._write_sqlite if self._dialect.name == "sqlite" else self._write_postgresql
        for change in changes:
            if change.rows:
                writer(change)

    def _write_sqlite(self, change: Change) -> None:
        self._driver.executemany(_statement(change, self.suffix, self._dialect), change.rows)
        if isinstance(change, Update) and not self.suffix and (tidy := change.table.info.get("tidy_sqlite")):
            self._driver.execute(tidy)

    def _write_postgresql(self, change: Change) -> None:
        with self._driver.cursor() as cursor:
            if not isinstance(change, Insert):
                columns = [list(column) for column in zip(*change.rows, strict=True)]
                cursor.execute(_statement(change, self.suffix, self._dialect), columns)
                return
            with cursor.copy(f"COPY {change.table.name}{self.suffix} FROM STDIN") as copy:
                for row in change.rows:
                    copy.write_row(row)


def _statement(change: Change, suffix: str, dialect: Dialect) -> str:
    if isinstance(change, Update):
        return _update(change.table, change.columns, suffix, dialect)
    columns = change.columns if isinstance(change, Upsert) else None
    return _insert(change.table, columns, suffix, dialect)


@cache
def _insert(table: Table, columns: tuple[str, ...] | None, suffix: str, dialect: Dialect) -> str:
    names = [column.name for column in table.columns]
    insert = f"INSERT INTO {table.name}{suffix} ({', '.join(names)})"
    if columns is None:
        return f"{insert} VALUES ({', '.join('?' * len(names))})"
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns)
    key = ", ".join(column.name for column in table.primary_key)
    conflict = f"({key}) DO UPDATE SET {sets}" if columns else "DO NOTHING"
    return f"{insert} {_source(table, names, dialect)} ON CONFLICT {conflict}"


@cache
def _update(table: Table, columns: tuple[str, ...], suffix: str, dialect: Dialect) -> str:
    key = [column.name for column in table.primary_key]
    sets = ", ".join(f"{name} = v.{name}" for name in columns)
    same = " AND ".join(f"t.{name} = v.{name}" for name in key)
    source = _source(table, [*key, *columns], dialect)
    return f"UPDATE {table.name}{suffix} AS t SET {sets} FROM ({source}) AS v WHERE {same}"


def _source(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    """The rows to be written, as a query: one row of parameters on SQLite, one array a column on PostgreSQL."""
    if dialect.name == "sqlite":
        # Without a WHERE, SQLite reads "SELECT ... ON CONFLICT" as the condition of a join
        return "SELECT " + ", ".join(f"? AS {name}" for name in names) + " WHERE true"
    types = [table.c[name].type for name in names]
    casts = ["text[]::timestamptz[]" if isinstance(kind, Moment) else f"{kind.compile(dialect)}[]" for kind in types]
    return f"SELECT * FROM unnest({', '.join(f'%s::{cast}' for cast in casts)}) AS u({', '.join(names)})"


def take_stock(connection: Connection) -> None:
    """Let SQLite's planner know how rows are spread; without that it takes every index for as good as another.

    A sample of each index suffices. Samples of the values themselves, which some builds of SQLite keep, would outlive
    an erasure, and go. PostgreSQL does all this by itself.
    """
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
    connection.exec_driver_sql("ANALYZE")
    if connection.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4'").first():
        connection.exec_driver_sql("DELETE FROM sqlite_stat4")
