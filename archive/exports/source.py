"""The views as streams of rows, in constant memory, and which of their rows changed since a log position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from archive.model import iso
from archive.views.columns import kind_of

Batch: TypeAlias = list[tuple[Any, ...]]

ROWS = 10_000
"""Rows a batch: some 10 MB."""

_TEXTS = """position IN (SELECT {part_position:e.stream} FROM events e
  WHERE e.position > {since} AND substr(e.stream, 1, 5) = 'part:')"""

_ACTORS = """SELECT a.actor FROM actor_rows a WHERE a.canonical IN (
  SELECT t.canonical FROM actor_rows t JOIN events e ON e.stream = 'actor:' || t.actor AND e.position > {since})"""


@dataclass(frozen=True, slots=True)
class Relation:
    """A view to be exported. ``key`` tells which earlier rows a row takes the place of.

    ``changed`` is the condition for what changed since a position, None where the view is small and written whole each
    time; ``month`` the moment by whose month large files are divided, which must be indexed.
    """

    view: str
    key: tuple[str, ...]
    order: str
    changed: str | None = None
    month: str | None = None


RELATIONS = (
    Relation("articles", ("article", "revision"), "position", f"""
      position > {{since}} OR {_TEXTS}
      OR article IN (SELECT n.article FROM article_rows n WHERE n.position > {{since}})
      OR article IN (SELECT r.article FROM removal_rows r WHERE r.position > {{since}})"""),
    Relation("statements", ("statement",), "position, topic", f"""
      position > {{since}} OR withdrawn_position > {{since}} OR {_TEXTS}
      OR statement IN (SELECT n.statement FROM assessment_rows n WHERE n.position > {{since}})
      OR statement IN (SELECT c.statement FROM statement_copies c WHERE c.original IN (
        SELECT d.original FROM statement_copies d JOIN statement_rows n ON n.statement = d.statement
        WHERE n.position > {{since}}))
      OR position IN (SELECT n.position FROM statement_rows n
        WHERE n.actor IN ({_ACTORS}) OR n.speaks_for IN ({_ACTORS}))""",
      "valid_at"),
    Relation("actors", ("actor",), "position"),
    Relation("topics", ("topic",), "position"),
    Relation("stance_history", ("actor", "topic", "valid_from", "known_from"), "known_from, actor, topic, valid_from",
      f"""
      known_from > {{since}} OR known_to > {{since}} OR {_TEXTS} OR actor IN ({_ACTORS})
      OR speaks_for IN ({_ACTORS})"""),
    Relation("current_stance", ("actor", "topic"), "topic, actor"),
    Relation("stance_changes", ("actor", "topic", "valid_from"), "valid_from, actor, topic"),
    Relation("country_stance", ("country", "topic"), "topic, country"),
    Relation("revision_effects", ("position", "old_statement", "new_statement"),
      "position, old_statement, new_statement"),
    Relation("unresolved_mentions", ("mention", "reason"), "uses DESC, mention, reason"),
    Relation("overrides", ("position",), "position"),
    Relation("agreement", ("topic",), "topic"),
    Relation("actor_decisions", ("position",), "position"),
    Relation("outlet_statements", ("outlet", "agency", "month"), "outlet, agency, month"),
    Relation("copies", ("article",), "story, position"),
    Relation("feed_health", ("feed",), "feed"),
)  # fmt: skip
"""What is exported. Pairs of actors (``common_ground``) are millions; a network export writes the ones that matter."""


def relation(view: str) -> Relation:
    """How a view is exported."""
    return next(one for one in RELATIONS if one.view == view)


def query_for(one: Relation, dialect: str, since: int | None, *, order: str | None = None) -> str:
    """All columns of a view, of the rows that changed since a position, or of all."""
    where = f"\nWHERE {_condition(one.changed, dialect, since)}" if since is not None and one.changed else ""
    return f"SELECT * FROM {one.view}{where}\nORDER BY {order or one.order}"


def _condition(text: str, dialect: str, since: int) -> str:
    start = "substr({0}, 6, instr(substr({0}, 6), ':') - 1)" if dialect == "sqlite" else "split_part({0}, ':', 2)"
    number = f"CAST({start.format('e.stream')} AS {'integer' if dialect == 'sqlite' else 'bigint'})"
    return text.replace("{since}", str(since)).replace("{part_position:e.stream}", number)


def stream(connection: Connection, query: str, size: int = ROWS) -> tuple[list[str], Iterator[Batch]]:
    """The columns of a query, and its rows in batches, as the driver gives them."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        cursor = driver.execute(query)
    else:
        cursor = driver.cursor(name="exported")
        cursor.execute(query.encode())
    return [column[0] for column in cursor.description], _batches(cursor, size)


def _batches(cursor: Any, size: int) -> Iterator[Batch]:
    try:
        while batch := cursor.fetchmany(size):
            yield batch
    finally:
        cursor.close()


def records(connection: Connection, query: str) -> Iterator[dict[str, Any]]:
    """Rows by column name, with plain values: moments as texts, booleans as booleans, on both databases."""
    columns, batches = stream(connection, query)
    for batch in batches:
        for row in plain(columns, batch):
            yield dict(zip(columns, row, strict=True))


def plain(columns: Sequence[str], batch: Batch) -> Batch:
    """A batch with moments as texts and booleans as booleans, whichever database it is from."""
    booleans = [n for n, column in enumerate(columns) if kind_of(column) == "boolean"]
    moments = [n for n, column in enumerate(columns) if kind_of(column) == "moment"]
    rows: Batch = []
    for row in batch:
        values = list(row)
        for n in booleans:
            values[n] = None if values[n] is None else bool(values[n])
        for n in moments:
            if isinstance(values[n], datetime):
                values[n] = iso(values[n])
        rows.append(tuple(values))
    return rows
