"""A user's own SQL, on a connection that cannot write, within bounds of time and of rows.

The database refuses what is not a question, not a filter of keywords: SQLite opens the file for reading and asks an
authorizer about each table and function; PostgreSQL runs a cursor in a read-only transaction.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import count
from time import monotonic
from typing import Any, TypeAlias

from sqlalchemy import Engine

from archive.errors import UsageError
from archive.model import iso
from archive.views.reports import VIEWS, view_sql
from archive.views.search import TABLE as SEARCH

Values: TypeAlias = Mapping[str, Any]

TIMEOUT_SECONDS = 60.0
LIMIT_ROWS = 10_000

_CHUNK = 1_000
_OPCODES = 20_000
"""SQLite looks at the clock after this many steps of its machine: some milliseconds."""

_HARMLESS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_BESIDE = frozenset({
    "sqlite_master", "sqlite_schema", "events", "log_head",
    SEARCH, *(f"{SEARCH}_{part}" for part in ("data", "idx", "content", "docsize", "config")),
})  # fmt: skip
"""What may be read beside the views: their definitions, the search, the log's structure. Its texts are in ``parts``."""

_SEARCHED = frozenset({"position", "quote"})
"""What the search reads of the table of statements, in nobody's name."""

_PARTS = re.compile(r"(?:\bWITH(?: RECURSIVE)?|\),)\s+(\w+)(?:\(\w+\))? AS (?:NOT MATERIALIZED )?\(")
"""Names of the parts of a view."""

_TOKENS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|::|:(?P<parameter>[A-Za-z_]\w*)|%""", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a question may take and how many rows it may give; None is no bound."""

    seconds: float | None = TIMEOUT_SECONDS
    rows: int | None = LIMIT_ROWS


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a question. ``cut`` says which bound was hit, in words; then more rows there may be."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    cut: str | None = None


NO_BOUNDS = Bounds(None, None)


def ask(engine: Engine, query: str, values: Values | None = None, bounds: Bounds = NO_BOUNDS) -> Answer:
    """What one SELECT gives, with ``:name`` for each of the values; moments are given and come back as texts.

    UsageError, with the database's words, where it refuses. Where a bound is hit, the rows that had come by then.
    """
    asked = _ask_sqlite if engine.dialect.name == "sqlite" else _ask_postgresql
    return asked(engine, query, values, bounds)


def parameters_in(query: str) -> tuple[str, ...]:
    """The names that stand as ``:name`` in a query, outside of its texts and comments, in order."""
    return tuple(dict.fromkeys(found["parameter"] for found in _TOKENS.finditer(query) if found["parameter"]))


def _ask_sqlite(engine: Engine, query: str, values: Values | None, bounds: Bounds) -> Answer:
    _refuse_namesakes(query)
    connection = sqlite3.connect(f"file:{engine.url.database}?mode=ro", uri=True)
    until = monotonic() + bounds.seconds if bounds.seconds else None
    rows: list[tuple[Any, ...]] = []
    columns: tuple[str, ...] = ()
    try:
        connection.execute("PRAGMA query_only = ON")
        _open_search(connection)
        connection.set_authorizer(_only_views)
        if until:
            connection.set_progress_handler(lambda: int(monotonic() > until), _OPCODES)
        cursor = connection.execute(query, _given(values or {}, query))
        columns = _columns(cursor.description)
        # Asked for no rows, sqlite3 would fetch all of them
        while (wanted := _wanted(bounds, rows)) and (chunk := cursor.fetchmany(wanted)):
            rows += chunk
    except (sqlite3.Error, sqlite3.Warning) as error:
        if "interrupted" in str(error):
            if until and monotonic() > until:
                return _answer(columns, rows, bounds, timed_out=True)
            raise KeyboardInterrupt from error  # Ctrl-C in the midst, of which the database tells in its own words
        raise _refused(error) from error
    finally:
        connection.close()
    return _answer(columns, rows, bounds)


def _open_search(connection: sqlite3.Connection) -> None:
    """Let SQLite open the search, which takes more than reading, before only reading is allowed."""
    with suppress(sqlite3.OperationalError):  # it fails where there is no such table, and then so will the question
        connection.execute(f"SELECT 1 FROM {SEARCH} LIMIT 0")


def _only_views(action: int, table: str | None, column: str | None, _base: str | None, through: str | None) -> int:
    """Whether SQLite may do it: read a view, or a table that it reads for a view. An empty column only counts rows."""
    searched = table == "statement_rows" and column in _SEARCHED
    known = table in VIEWS or table in _BESIDE or through in _contexts() or searched or not column
    reads = action == sqlite3.SQLITE_READ and known
    looks = action == sqlite3.SQLITE_PRAGMA and table == "data_version"  # by which the search sees what is new
    return sqlite3.SQLITE_OK if action in _HARMLESS or reads or looks else sqlite3.SQLITE_DENY


@cache
def _contexts() -> frozenset[str]:
    """The names under which SQLite reports that it reads a table for a view: the views' and those of their WITH."""
    texts = [view_sql(view, "sqlite") for view in VIEWS]
    return frozenset(VIEWS) | {name for text in texts for name in _PARTS.findall(text)}


def _refuse_namesakes(query: str) -> None:
    """A WITH of the user's own that bears the name of a view would read tables in the view's name."""
    text = re.sub(r"--[^\n]*|/\*.*?\*/", " ", query, flags=re.DOTALL)
    if found := _namesake().search(text):
        raise UsageError(
            f"{found[1]!r} is the name of a view, or of a part of one", where="sql", remedy="Name that part otherwise"
        )


@cache
def _namesake() -> re.Pattern[str]:
    names = "|".join(sorted(_contexts()))
    quote = "[\"'`\\[\\]]?"
    return re.compile(
        rf"(?<!\w){quote}({names}){quote}\s*(?:\([^()]*\)\s*)?AS\s*(?:NOT\s+)?(?:MATERIALIZED\s*)?\(", re.IGNORECASE
    )


def _ask_postgresql(engine: Engine, query: str, values: Values | None, bounds: Bounds) -> Answer:
    import psycopg  # noqa: PLC0415 - the driver is an extra, not needed for SQLite

    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.read_only = True
        until = monotonic() + bounds.seconds if bounds.seconds else None
        rows: list[tuple[Any, ...]] = []
        columns: tuple[str, ...] = ()
        try:
            # A cursor takes nothing but a query, and preparing nothing but one statement: no COPY, no second command.
            text, given = query.rstrip().rstrip(";"), None
            if values is not None:
                text, given = _for_psycopg(text), _given(values, query)
            # Its planner expects millions of pairs where there are thousands, and would compile for them and go to disk
            driver.execute(b"SET LOCAL jit = off")
            driver.execute(b"SET LOCAL work_mem = '64MB'")
            driver.execute(f"DECLARE asked NO SCROLL CURSOR FOR {text}".encode(), given, prepare=True)
            while wanted := _wanted(bounds, rows):
                if until:
                    left = max(int((until - monotonic()) * 1000), 1)
                    driver.execute(f"SET LOCAL statement_timeout = {left}".encode())
                cursor = driver.execute(f"FETCH {wanted} FROM asked".encode())
                columns = _columns(cursor.description)
                if not (chunk := cursor.fetchall()):
                    break
                rows += chunk
            return _answer(columns, rows, bounds)
        except psycopg.errors.QueryCanceled:
            return _answer(columns, rows, bounds, timed_out=True)
        except psycopg.Error as error:
            raise _refused(error) from error
        finally:
            driver.rollback()
            driver.read_only = None


def _for_psycopg(query: str) -> str:
    """``:name`` as psycopg writes it, and its own sign doubled."""

    def put(found: re.Match[str]) -> str:
        if found["parameter"]:
            return f"%({found['parameter']})s"
        return found[0].replace("%", "%%")

    return _TOKENS.sub(put, query)


def _given(values: Values, query: str) -> Values:
    missing = [name for name in parameters_in(query) if name not in values]
    if missing:
        raise UsageError(f"no value for :{', :'.join(missing)}", where="sql", remedy="Write the value into the query")
    return values


def _wanted(bounds: Bounds, rows: list[Any]) -> int:
    """How many rows to fetch next: one more than may be given tells that there are more."""
    return _CHUNK if bounds.rows is None else max(min(_CHUNK, bounds.rows + 1 - len(rows)), 0)


def _answer(columns: tuple[str, ...], rows: list[Any], bounds: Bounds, *, timed_out: bool = False) -> Answer:
    cut = f"stopped after {bounds.seconds:g} seconds, with {len(rows)} rows" if timed_out else None
    if bounds.rows is not None and len(rows) > bounds.rows:
        rows, cut = rows[: bounds.rows], f"stopped at {bounds.rows} rows; there are more"
    named = [{name: _plain(value) for name, value in zip(columns, row, strict=True)} for row in rows]
    return Answer(columns, named, cut)


def _columns(description: Any) -> tuple[str, ...]:
    if description is None:
        raise UsageError("that is no question", where="sql", remedy="Ask with one SELECT; see docs/reporting.md")
    columns: dict[str, None] = {}
    for name, *_ in description:
        again = (f"{name}_{number}" for number in count(2))  # two columns of one name are two columns
        columns[name if name not in columns else next(other for other in again if other not in columns)] = None
    return tuple(columns)


def _plain(value: Any) -> Any:
    """Moments as texts and sums as numbers, the same on both databases."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return iso(value) if isinstance(value, datetime) else value


def _refused(error: Exception) -> UsageError:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    return UsageError(f"the database refused: {said}", where="sql", remedy="Ask with one SELECT; see docs/reporting.md")
