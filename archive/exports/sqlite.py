"""A SQLite file that holds what the views show and nothing beside, with what Datasette needs to present it.

Every view is a table of the same name and columns, so the fifteen questions run on it as they are; they are its
canned queries. ``common_ground`` is a view on the stances in the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from archive.errors import UsageError
from archive.exports.manifest import Written
from archive.exports.source import RELATIONS, Relation, plain, query_for, stream
from archive.views import named
from archive.views.columns import kind_of

_TYPES = {"integer": "INTEGER", "position": "INTEGER", "boolean": "INTEGER", "number": "REAL"}
_INDEXES = {
    "statements": ("statement", "actor, topic", "topic, valid_at", "valid_at"),
    "articles": ("article, revision",),
    "stance_history": ("topic, valid_from", "actor, topic", "topic, known_since"),
    "current_stance": ("topic", "actor, topic", "directness"),
    "stance_changes": ("valid_from", "actor, topic"),
    "country_stance": ("topic",),
    "revision_effects": ("observed_at",),
}
_COMMON_GROUND = """
CREATE VIEW common_ground AS
SELECT a.actor, a.actor_name, b.actor AS other, b.actor_name AS other_name, count(*) AS topics,
  sum((a.score > 0) - (a.score < 0) = (b.score > 0) - (b.score < 0)) AS agreed, sum(a.score * b.score < 0) AS opposed,
  1 - avg(abs(a.score - b.score)) / 2 AS similarity
FROM current_stance a JOIN current_stance b ON b.topic = a.topic AND b.actor <> a.actor
WHERE a.score IS NOT NULL AND b.score IS NOT NULL
GROUP BY a.actor, b.actor
"""


def write(connection: Connection, file: Path) -> tuple[Written, ...]:
    """Write the file, and ``<its name>.metadata.json`` beside it. UsageError where the file is there already."""
    if file.exists():
        raise UsageError("the file is there already", where=str(file), remedy="Remove it, or give another name")
    fresh = file.with_name(f"{file.name}.new")
    fresh.unlink(missing_ok=True)
    target = sqlite3.connect(fresh, isolation_level=None)
    try:
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        target.execute("BEGIN")
        written = tuple(_table(connection, target, one, file.name) for one in RELATIONS)
        target.execute(_COMMON_GROUND)
        target.execute("COMMIT")
        target.execute("PRAGMA analysis_limit = 1000")
        target.execute("ANALYZE")
    finally:
        target.close()
    fresh.replace(file)
    described = file.with_name(f"{file.stem}.metadata.json")
    described.write_text(json.dumps(metadata(file.stem), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return written


def _table(connection: Connection, target: sqlite3.Connection, one: Relation, name: str) -> Written:
    columns, batches = stream(connection, query_for(one, connection.dialect.name, None))
    declared = ", ".join(f'"{column}" {_TYPES.get(kind_of(column), "TEXT")}' for column in columns)
    target.execute(f"CREATE TABLE {one.view} ({declared})")
    insert = f"INSERT INTO {one.view} VALUES ({', '.join('?' * len(columns))})"
    rows = 0
    for batch in batches:
        target.executemany(insert, plain(columns, batch))
        rows += len(batch)
    for number, indexed in enumerate(_INDEXES.get(one.view, ())):
        target.execute(f"CREATE INDEX ix_{one.view}_{number} ON {one.view} ({indexed})")
    return Written(one.view, one.key, True, rows, (name,))


def metadata(database: str) -> dict[str, Any]:
    """What Datasette shows beside the data: the questions as canned queries."""
    return {
        "title": "Statement Archive",
        "description": "Who said what about what, when, and where it was reported.",
        "databases": {database: {"queries": {one.name: _canned(one) for one in _questions()}}},
    }


def _questions() -> Iterable[named.Named]:
    return named.shipped().values()


def _canned(one: named.Named) -> dict[str, Any]:
    meanings = "; ".join(f"{parameter.name}: {parameter.meaning}" for parameter in one.parameters)
    return {
        "title": one.purpose,
        "description": meanings,
        "sql": one.query,
        "params": [parameter.name for parameter in one.parameters],
    }
