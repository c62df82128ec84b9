"""The bare drivers with the least that a log needs: a position, a unique stream and version, the event as JSON.

No identities, no hashes, no guards: what the driver and the machine give.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import msgspec
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from archive.ledger.events import ArticleCaptured
from archive.views.tables import article_rows
from benchmarks.contender import READ_BATCH, State
from benchmarks.places import Place, connect_postgres

MARKS = {"sqlite": "?", "postgresql": "%s"}
LOG_DDL = {
    "sqlite": "CREATE TABLE log (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, type TEXT, body BLOB,"
    " UNIQUE (stream, version)) STRICT",
    "postgresql": "CREATE TABLE log (position bigint PRIMARY KEY, stream text, version integer, type text, body bytea,"
    " UNIQUE (stream, version))",
}
_DIALECTS = [make_url(f"{backend}://").get_dialect()() for backend in MARKS]
ARTICLES_DDL = {dialect.name: str(CreateTable(article_rows).compile(dialect=dialect)) for dialect in _DIALECTS}
INDEXES_DDL = {
    dialect.name: [str(CreateIndex(index).compile(dialect=dialect)) for index in article_rows.indexes]
    for dialect in _DIALECTS
}
_decoder = msgspec.json.Decoder(ArticleCaptured)


def insertion(table: str, columns: int, backend: str) -> str:
    """The statement that inserts one row of so many columns."""
    return f"INSERT INTO {table} VALUES ({', '.join([MARKS[backend]] * columns)})"


def article_row(position: int, event: Any) -> tuple[Any, ...]:
    """The row that an article gives in the archive's own table of articles."""
    return (
        position,
        event.article,
        1,
        event.feed,
        event.key,
        event.url,
        event.outlet,
        "en",
        event.published_at,
        event.published_raw,
        event.captured_at,
        event.captured_at,
        event.text_source,
        event.chars,
        event.fingerprint,
    )


class Bare:
    """sqlite3 (WAL, ``synchronous=FULL``) or psycopg, writing by executemany."""

    def __init__(self, place: Place) -> None:
        self._backend = place.backend
        self._connection: Any = _connect(place)
        self._binary = {"binary": True} if place.backend == "postgresql" else {}
        self._positions = count(1)
        for statement in (LOG_DDL[place.backend], ARTICLES_DDL[place.backend]):
            self._connection.execute(statement)
        self._connection.commit()

    def prepare(self, articles: Sequence[ArticleCaptured]) -> Sequence[ArticleCaptured]:
        return articles

    def append(self, batch: Sequence[ArticleCaptured]) -> None:
        self._insert("log", [(next(self._positions), a.stream, 1, a.type, msgspec.json.encode(a)) for a in batch])
        self._connection.commit()

    def replay(self) -> State:
        state: State = Counter()
        for rows in self._batches():
            for _, body in rows:
                article = _decoder.decode(body)
                state[article.feed] += article.chars
        return state

    def rebuild(self) -> None:
        for rows in self._batches():
            self._insert("article_rows", [article_row(position, _decoder.decode(body)) for position, body in rows])
        for statement in INDEXES_DDL[self._backend]:
            self._connection.execute(statement)
        self._connection.commit()

    def projected(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM article_rows").fetchone()[0])

    def close(self) -> None:
        self._connection.close()

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._connection.cursor().executemany(insertion(table, len(rows[0]), self._backend), rows)

    def _batches(self) -> Iterator[list[tuple[int, bytes]]]:
        scan = f"SELECT position, body FROM log WHERE position > {MARKS[self._backend]} ORDER BY 1 LIMIT {READ_BATCH}"
        after = 0
        while rows := self._connection.execute(scan, (after,), **self._binary).fetchall():
            yield rows
            after = rows[-1][0]


class BareCopy(Bare):
    """psycopg, writing by COPY in text format, as its manual shows it."""

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _connect(place: Place) -> Any:
    if place.backend == "postgresql":
        return connect_postgres(place.schema)
    file = sqlite3.connect(place.file)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        file.execute(f"PRAGMA {pragma}")
    return file
