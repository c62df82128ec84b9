"""Parquet: statements divided by month, so that a question about a year reads a year; moments in UTC, positions int64.

Files are written side by side by as many processes as there are processors. Rows become columns outside of Python:
SQLite's by its ADBC driver, PostgreSQL's by COPY. On PostgreSQL all of them read one snapshot; on SQLite, whose
snapshots cannot be shared, what is recorded meanwhile may be in, and is delivered once more by the next run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from sqlalchemy import Connection, text

from archive.errors import UsageError
from archive.exports.manifest import Export, Written
from archive.exports.source import RELATIONS, Relation, query_for
from archive.ledger.engine import connect, reading
from archive.views.columns import kind_of

GROUP_ROWS = 50_000
"""Rows a row group: what a reader fetches at once, and a writer holds."""

BLOCK_ROWS = 10_000
"""Rows of SQLite's at once: some 10 MB."""

COPIED_ROWS = 10_000
"""Lines of PostgreSQL's at once: some 10 MB."""

_UNLIKE = frozenset({
    "statement", "url", "quote", "text", "title", "from_quote", "old_quote", "new_quote", "content_spans", "cue_spans",
})  # fmt: skip
"""Texts that hardly repeat, of which a dictionary would only cost time."""

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
    blocks_of = _blocks_sqlite if connection.dialect.name == "sqlite" else _blocks_postgresql
    schema, blocks = blocks_of(connection, task.query)
    repeated = [field.name for field in schema if field.type == pyarrow.string() and field.name not in _UNLIKE]
    rows = 0
    held: list[Any] = []
    with parquet.ParquetWriter(task.path, schema, compression="zstd", use_dictionary=repeated) as writer:
        for block in blocks:
            rows += block.num_rows
            held.append(block)
            if sum(one.num_rows for one in held) >= GROUP_ROWS:
                writer.write_table(pyarrow.concat_tables(held))
                held.clear()
        if held or not rows:
            writer.write_table(pyarrow.concat_tables(held) if held else schema.empty_table())
    return rows


def _schema(columns: Sequence[str]) -> Any:
    pyarrow, _ = arrow()
    return pyarrow.schema([(column, _type(column)) for column in columns])


def _blocks_sqlite(connection: Connection, query: str) -> tuple[Any, Iterator[Any]]:
    """By ADBC, on a connection of its own that cannot write."""
    driver: Any = connection.connection.driver_connection
    schema = _schema([column[0] for column in driver.execute(f"SELECT * FROM ({query}) LIMIT 0").description])
    path = quote(str(Path(str(connection.engine.url.database)).absolute()))
    return schema, _fetched(f"file:{path}?mode=ro", query, schema)


def _fetched(uri: str, query: str, schema: Any) -> Iterator[Any]:
    """Blocks of rows; a first row of samples tells the driver the type of columns that begin with nothing."""
    pyarrow, _ = arrow()
    from adbc_driver_sqlite import dbapi  # noqa: PLC0415 - an extra, and slow to load

    samples = ", ".join(f"{_sample(field)} AS {field.name}" for field in schema)
    with dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BLOCK_ROWS)})
        cursor.execute(f"SELECT {samples} UNION ALL SELECT * FROM ({query})")
        for number, batch in enumerate(cursor.fetch_record_batch()):
            rows = batch.slice(1) if number == 0 else batch
            yield pyarrow.table([rows.column(field.name).cast(field.type) for field in schema], schema=schema)


def _sample(field: Any) -> str:
    """A value as SQLite keeps it: moments as texts, booleans as 1 and 0."""
    match kind_of(field.name):
        case "number":
            return "0.5"
        case "integer" | "position" | "boolean":
            return "1"
        case _:
            return "''"


def _blocks_postgresql(connection: Connection, query: str) -> tuple[Any, Iterator[Any]]:
    """By COPY: the server writes CSV and Arrow reads it, and no value ever is an object of Python's."""
    driver: Any = connection.connection.driver_connection
    driver.execute("SET LOCAL TimeZone = 'UTC'")
    driver.execute("SET LOCAL DateStyle = 'ISO'")
    driver.execute("SET LOCAL jit = off")
    # A file is a month of many: by indexes, as a cursor would be read, not by scanning every table for each of them
    driver.execute("SET LOCAL enable_hashjoin = off")
    driver.execute("SET LOCAL enable_mergejoin = off")
    columns = [column.name for column in driver.execute(f"SELECT * FROM ({query}) AS q LIMIT 0".encode()).description]
    schema = _schema(columns)
    return schema, _copied(driver, query, schema)


def _copied(driver: Any, query: str, schema: Any) -> Iterator[Any]:
    with driver.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)".encode()) as copy:
        lines: list[memoryview] = []
        for line in copy:
            lines.append(line)
            if len(lines) == COPIED_ROWS:
                yield _parsed(lines, schema)
                lines = []
        if lines:
            yield _parsed(lines, schema)


def _parsed(lines: list[memoryview], schema: Any) -> Any:
    """A block of CSV as PostgreSQL writes it: nothing is null, "" is the empty text."""
    from pyarrow import BufferReader, csv  # noqa: PLC0415 - an extra, and slow to load

    text = b"".join(lines)
    return csv.read_csv(
        BufferReader(text),
        read_options=csv.ReadOptions(column_names=schema.names, block_size=len(text) + 1, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t", "1"],
            false_values=["f", "0"],
        ),
    )


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
        import adbc_driver_sqlite  # noqa: F401, PLC0415 - the same
        import pyarrow  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Parquet needs a library that is not installed ({error.name})",
            where="export",
            remedy="Install it: pip install 'statement-archive[analysis]'",
        ) from error
    return pyarrow, parquet
