"""Full-text search over the words of statements: FTS5 on SQLite, an index over ``tsvector`` on PostgreSQL.

Both are kept by the database itself from the table of statements: what is erased or hidden there is gone here. One
syntax serves both: words that all must occur, ``"a phrase"``, ``one OR other``, ``-without``. English endings and, on
SQLite, accents make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, text

from archive.errors import UsageError
from archive.ledger.schema import Moment
from archive.model import iso

TABLE = "statement_search"

_SQLITE = (
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(
  quote, content='statement_rows', content_rowid='position', tokenize='porter unicode61 remove_diacritics 2')""",
    f"""CREATE TRIGGER {TABLE}_insert AFTER INSERT ON statement_rows BEGIN
  INSERT INTO {TABLE} (rowid, quote) VALUES (NEW.position, NEW.quote);
END""",
    f"""CREATE TRIGGER {TABLE}_delete AFTER DELETE ON statement_rows BEGIN
  INSERT INTO {TABLE} ({TABLE}, rowid, quote) VALUES ('delete', OLD.position, OLD.quote);
END""",
    f"""CREATE TRIGGER {TABLE}_update AFTER UPDATE OF quote ON statement_rows BEGIN
  INSERT INTO {TABLE} ({TABLE}, rowid, quote) VALUES ('delete', OLD.position, OLD.quote);
  INSERT INTO {TABLE} (rowid, quote) VALUES (NEW.position, NEW.quote);
END""",
)

_POSTGRESQL = f"""
CREATE OR REPLACE VIEW {TABLE} AS
SELECT s.position, s.statement, to_tsvector('english', coalesce(s.quote, '')) AS words FROM statement_rows s
"""

_FOUND = """
SELECT s.statement, s.valid_at, s.actor, s.actor_name, s.topic, s.stance, {snippet} AS found, s.quote, s.article,
  s.outlet, s.url, {rank} AS relevance, s.position
FROM {source} JOIN statements s ON s.position = {position}
WHERE {match} AND NOT s.withdrawn{conditions}
ORDER BY relevance DESC, s.position DESC, s.topic
LIMIT :most
"""

_DIALECTS = {
    "sqlite": {
        "snippet": f"snippet({TABLE}, 0, '[', ']', '…', 24)",
        "rank": f"-bm25({TABLE})",
        "source": TABLE,
        "position": f"{TABLE}.rowid",
        "match": f"{TABLE} MATCH :words",
    },
    "postgresql": {
        "snippet": "ts_headline('english', s.quote, q, 'StartSel=[, StopSel=], MaxWords=24, MinWords=12')",
        "rank": "CAST(ts_rank(f.words, q) AS double precision)",
        "source": f"websearch_to_tsquery('english', :words) q JOIN {TABLE} f ON f.words @@ q",
        "position": "f.position",
        "match": "true",
    },
}

_TOKEN = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be: said by an actor, assessed on a topic, said at or after and before a time."""

    actor: str | None = None
    topic: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def search(connection: Connection, query: str, filters: Filters, most: int) -> list[dict[str, Any]]:
    """The statements whose words match, the most relevant first; one row for each topic. UsageError for no query."""
    dialect = connection.dialect.name
    words = fts5(query)
    values: dict[str, Any] = {"words": words if dialect == "sqlite" else query, "most": most}
    conditions = ""
    for name, condition in (("actor", "s.actor = :actor"), ("topic", "s.topic = :topic")):
        if getattr(filters, name) is not None:
            conditions += f" AND {condition}"
            values[name] = getattr(filters, name)
    moments = []
    for name, condition in (("since", "s.valid_at >= :since"), ("until", "s.valid_at < :until")):
        if (moment := getattr(filters, name)) is not None:
            conditions += f" AND {condition}"
            values[name] = iso(moment)
            moments.append(bindparam(name, type_=Moment))
    asked = text(_FOUND.format(conditions=conditions, **_DIALECTS[dialect])).bindparams(*moments)
    rows = connection.execute(asked, values).mappings()
    return [{name: iso(v) if isinstance(v, datetime) else v for name, v in row.items()} for row in rows]


def fts5(query: str) -> str:
    """A query in the common syntax as FTS5 reads it. UsageError where it names nothing to look for."""
    if query.count('"') % 2:
        raise UsageError("a quotation mark is missing", where="search", remedy='Write "the whole phrase"')
    wanted: list[str] = []
    unwanted: list[str] = []
    either = False
    for sign, phrase, word in _TOKEN.findall(query):
        if not sign and word == "OR":
            either = bool(wanted)
        elif term := " ".join(re.findall(r"\w+", phrase or word)):
            if sign:
                unwanted.append(f'"{term}"')
            elif either:
                wanted[-1] += f' OR "{term}"'
            else:
                wanted.append(f'"{term}"')
            either = False
    if not wanted:
        raise UsageError(
            "there is nothing to look for", where="search", remedy='Give a word, or "a phrase"; -word only leaves out'
        )
    found = " AND ".join(f"({one})" for one in wanted)
    return f"({found})" + "".join(f" NOT {one}" for one in unwanted)


def create_search(connection: Connection, *, refill: bool = False) -> None:
    """Make the index where it is missing; ``refill`` it where the table of statements was exchanged."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL)
        return
    there = _names(connection)
    for statement in _SQLITE:
        if statement.startswith("CREATE VIRTUAL") or statement.split()[2] not in there:
            connection.exec_driver_sql(statement)
    if refill or TABLE not in there:
        connection.exec_driver_sql(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('rebuild')")


def drop_search(connection: Connection) -> None:
    """Drop what hinders the table of statements from being changed."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {TABLE}")
        return
    for name in sorted(name for name in _names(connection) if name != TABLE):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def agrees(connection: Connection) -> bool:
    """Whether the index holds what the table of statements does; PostgreSQL sees to that itself."""
    if connection.dialect.name == "postgresql":
        return True
    try:
        connection.exec_driver_sql(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('integrity-check', 1)")
    except Exception as error:
        if "malformed" in str(error):
            return False
        raise
    return True


def _names(connection: Connection) -> frozenset[str]:
    names = [TABLE, *(f"{TABLE}_{event}" for event in ("insert", "delete", "update"))]
    listed = ", ".join(f"'{name}'" for name in names)
    found: Iterable[str] = connection.execute(
        text(f"SELECT name FROM sqlite_schema WHERE type IN ('table', 'trigger') AND name IN ({listed})")
    ).scalars()
    return frozenset(found)
