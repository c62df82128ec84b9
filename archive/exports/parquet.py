"""Parquet: statements divided by month, so that a question about a year reads a year; moments in UTC, positions int64.

Files are written side by side by as many processes as there are processors: reading rows is most of the work. On
PostgreSQL all of them read one snapshot; on SQLite, whose snapshots cannot be shared, what is recorded meanwhile may be
in, and is delivered once more by the next run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, text

from archive.errors import UsageError
from archive.exports.manifest import Export, Written
from archive.exports.source import RELATIONS, Batch, Relation, query_for, stream
from archive.ledger.engine import connect, reading
from archive.views.columns import kind_of

GROUP_ROWS = 50_000
"""Rows a row group: what a reader fetches at once, and a writer holds."""

PROCESSES_ABOVE = 100_000
"""Rows from which on starting processes pays."""


@dataclass(frozen=True, slots=True)
class _Task:
    """One file: which rows of a view, from which database, as seen in which snapshot."""

    url: str
    snapshot: str | None
    query: str
    name: str
    folder: str

    @property
    def path(self) -> Path:
        """Where the file is written."""
        return Path(self.folder) / self.name


_Started: TypeAlias = tuple[_Task, "Future[int] | int"]
"""A file and how many rows it holds, or will."""


def write(connection: Connection, folder: Path, run: Export) -> tuple[Written, ...]:
    """Write every view into the folder."""
    arrow()
    url = connection.engine.url.render_as_string(hide_password=False)
    snapshot = None
    if connection.dialect.name == "postgresql":
        snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
    large = connection.execute(text("SELECT count(*) FROM statement_rows")).scalar_one() > PROCESSES_ABOVE
    with _executor(large) as executor:
        started: list[tuple[Relation, list[_Started]]] = []
        for one in RELATIONS:
            tasks = [_Task(url, snapshot, query, name, str(folder)) for query, name in _files(connection, one, run)]
            started.append((one, [_started(executor, connection, task) for task in tasks]))
        return tuple(_collected(one, run, tasks) for one, tasks in started)


@contextmanager
def _executor(large: bool) -> Iterator[Executor | None]:
    if not large:
        yield None
        return
    with ProcessPoolExecutor(max(os.cpu_count() or 1, 1), mp_context=get_context("spawn")) as pool:
        yield pool


def _files(connection: Connection, one: Relation, run: Export) -> Iterator[tuple[str, str]]:
    """The queries that make up a view, each with the name of its file in the folder."""
    dialect = connection.dialect.name
    stem = f"p{run.position:012}" if one.changed else "whole"
    if not one.month:
        yield query_for(one, dialect, run.since), f"{one.view}/{stem}.parquet"
        return
    for month in _months(connection, one):
        yield _month_query(one, dialect, run.since, month), f"{one.view}/month={month}/{stem}.parquet"


def _started(executor: Executor | None, connection: Connection, task: _Task) -> _Started:
    task.path.parent.mkdir(parents=True, exist_ok=True)
    return task, executor.submit(write_file, task) if executor else _write_rows(connection, task)


def _collected(one: Relation, run: Export, tasks: list[_Started]) -> Written:
    counts = [(task, done if isinstance(done, int) else done.result()) for task, done in tasks]
    for task, rows in counts:
        if not rows and one.month:
            task.path.unlink()
            if not any(task.path.parent.iterdir()):
                task.path.parent.rmdir()
    files = tuple(task.name for task, rows in counts if rows or not one.month)
    return Written(one.view, one.key, run.since is None or one.changed is None, sum(rows for _, rows in counts), files)


def _months(connection: Connection, one: Relation) -> list[str]:
    """The months in which a view has rows, from its index."""
    utc = f"to_char({one.month} AT TIME ZONE 'UTC', 'YYYY-MM')"
    month = utc if connection.dialect.name == "postgresql" else f"substr({one.month}, 1, 7)"
    return list(connection.execute(text(f"SELECT DISTINCT {month} FROM statement_rows ORDER BY 1")).scalars())


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def _month_query(one: Relation, dialect: str, since: int | None, month: str) -> str:
    first, end = (f"'{day}-01T00:00:00.000000Z'" for day in (month, _next(month)))
    inside = f"{one.month} >= {first} AND {one.month} < {end}"
    query = query_for(one, dialect, since, order=f"{one.month}, position")
    if "\nWHERE " in query:
        return query.replace("\nWHERE ", f"\nWHERE {inside} AND (", 1).replace("\nORDER BY", ")\nORDER BY", 1)
    return query.replace("\nORDER BY", f"\nWHERE {inside}\nORDER BY", 1)


def write_file(task: _Task) -> int:
    """Write one file in a process of its own; how many rows it holds."""
    engine = connect(task.url)
    try:
        with reading(engine) as connection:
            if task.snapshot:
                connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{task.snapshot}'")
            return _write_rows(connection, task)
    finally:
        engine.dispose()


def _write_rows(connection: Connection, task: _Task) -> int:
    pyarrow, parquet = arrow()
    columns, batches = stream(connection, task.query)
    schema = pyarrow.schema([(column, _type(column)) for column in columns])
    rows = 0
    held: list[Any] = []
    with parquet.ParquetWriter(task.path, schema, compression="zstd") as writer:
        for batch in batches:
            rows += len(batch)
            held.append(_arrays(schema, batch))
            if sum(one.num_rows for one in held) >= GROUP_ROWS:
                writer.write_table(pyarrow.Table.from_batches(held, schema))
                held.clear()
        writer.write_table(pyarrow.Table.from_batches(held, schema))
    return rows


def _arrays(schema: Any, batch: Batch) -> Any:
    pyarrow, _ = arrow()
    arrays = [_array(field, values) for field, values in zip(schema, zip(*batch, strict=True), strict=True)]
    return pyarrow.record_batch(arrays, schema=schema)


def _array(field: Any, values: tuple[Any, ...]) -> Any:
    pyarrow, _ = arrow()
    kind = kind_of(field.name)
    first = next((value for value in values if value is not None), None)
    if kind == "moment" and isinstance(first, str):
        return pyarrow.array(values, pyarrow.string()).cast(field.type)
    if kind == "boolean" and not isinstance(first, bool):
        return pyarrow.array(values, pyarrow.int8()).cast(field.type)
    if kind == "date":
        return pyarrow.array([date.fromisoformat(value) if value else None for value in values], field.type)
    return pyarrow.array(values, field.type)


def _type(column: str) -> Any:
    pyarrow, _ = arrow()
    types = {
        "text": pyarrow.string(),
        "integer": pyarrow.int64(),
        "position": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "moment": pyarrow.timestamp("us", "UTC"),
        "date": pyarrow.date32(),
    }
    return types[kind_of(column)]


def arrow() -> tuple[Any, Any]:
    """Pyarrow and its Parquet; UsageError where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Parquet needs a library that is not installed ({error.name})",
            where="export",
            remedy="Install it: pip install 'statement-archive[analysis]'",
        ) from error
    return pyarrow, parquet
