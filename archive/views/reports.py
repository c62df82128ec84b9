"""Views and reports: named SQL files with a one-line purpose each, and the functions that run them.

The views in ``sql/`` are the public interface for reporting, documented in docs/reporting.md; the queries in
``sql/reports/`` are what the command line asks. One text serves both databases by a few macros:

``{now}``, ``{days_ago:7}``  the database's clock    ``{text:x}``   bytes in UTF-8 as text
``{score:x}``  a stance's place on the scale         ``{share:x}``  thousandths as a number from 0 to 1
``{joined:x}`` a group's texts in one                ``{side:x}``  1 for, -1 against, 0 neither
``{day:x}``    a moment's day as text                ``{words:x}``  a text's words as a table ``w(value)``
``{last_word:x}``  a text's last word                 ``{present}`` …  the files named in ``_MADE_OF``
``{tally:x}``  how often each position occurs among those who speak for a country
``{listed}``, ``{each:x}``  their statements in one value; that value as rows: a position ``key``, an actor ``value``
``{same_actor}``, ``{whose:x}``  what holds of every judgement anyway, and a speaker's actor, said so that the database
finds the judgements of an actor on a topic in one index: PostgreSQL tells no two nulls alike, but empty texts
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from sqlalchemy import Connection, CursorResult, TextClause, bindparam, text

from archive.errors import UsageError
from archive.ledger.schema import Moment
from archive.model import Stance, fold, iso
from archive.views.search import create_search, drop_search

Report: TypeAlias = list[dict[str, Any]]
"""Rows by column name. Moments are texts as :func:`archive.model.iso` writes them, on both databases."""

VIEWS = (
    "articles",
    "statements",
    "actors",
    "topics",
    "stance_history",
    "current_stance",
    "stance_changes",
    "country_stance",
    "revision_effects",
    "unresolved_mentions",
    "overrides",
    "agreement",
    "actor_decisions",
    "common_ground",
    "outlet_statements",
    "copies",
    "feed_health",
    "log_times",
)
"""In the order in which they build on each other."""

SCORES: Mapping[Stance, float] = {
    Stance.SUPPORT: 1.0,
    Stance.CONDITIONAL: 0.5,
    Stance.OPEN: 0.25,
    Stance.UNDECIDED: 0.0,
    Stance.NOT_NOW: -0.5,
    Stance.OPPOSE: -1.0,
}
"""Version 1 of the scale. Labels without a place on it have no score."""

_BOOLEANS = frozenset({"counts", "latest", "withdrawn", "divergent", "merged", "retired", "original", "date_doubted"})
_NEAR = 5
_SMALL = "SELECT set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)"
"""For this transaction. The planner takes the search through undone merges, hardly ever made, for long work."""

_SCORE = "CAST(CASE {} " + " ".join(f"WHEN '{s}' THEN {n}" for s, n in SCORES.items()) + " END AS double precision)"
_SIDE = "(CASE {} " + " ".join(f"WHEN '{s}' THEN {(n > 0) - (n < 0)}" for s, n in SCORES.items()) + " END)"
_COUNT = "count(CASE {{0}} WHEN '{}' THEN 1 END) OVER of_all"
_TALLY = " || ".join(
    f"CASE WHEN {count} > 0 THEN ', {stance} ' || {count} ELSE '' END"
    for stance, count in ((stance, _COUNT.format(stance)) for stance in SCORES)
)

_MACROS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "now": "(strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z')",
        "days_ago": "(strftime('%Y-%m-%dT%H:%M:%f', 'now', '-{} days') || '000Z')",
        "text": "CAST({} AS text)",
        "joined": "group_concat({}, '; ')",
        "day": "substr({}, 1, 10)",
        "listed": "json_group_object(s.position, s.actor)",
        "each": "json_each({})",
        "same_actor": " AND a.actor IS s.actor",
        "whose": "{}",
        "words": "json_each('[' || replace(json_quote(coalesce(lower({}), '')), ' ', '\",\"') || ']') w",
    },
    "postgresql": {
        "now": "now()",
        "days_ago": "(now() - interval '{} days')",
        "text": "convert_from({}, 'UTF8')",
        "joined": "string_agg({}, '; ')",
        "day": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
        "listed": "json_object_agg(s.position, s.actor)",
        "each": "json_each_text({})",
        "same_actor": " AND coalesce(a.actor, '') = coalesce(s.actor, '')",
        "whose": "coalesce({}, '')",
        "words": "regexp_split_to_table(coalesce(lower({}), ''), ' ') AS w(value)",
    },
}
_COMMON = {
    "score": _SCORE,
    "share": "(CAST({} AS double precision) / 1000)",
    "tally": _TALLY,
    "side": _SIDE,
    "last_word": "replace({0}, rtrim({0}, replace({0}, ' ', '')), '')",
}
_MADE_OF = frozenset({"present", "first_known", "first_since"})
"""Files of ``sql/`` that others are made of."""


def named_sql(name: str, dialect: str, **insertions: str) -> str:
    """The text of a file of ``sql/`` for one database, with ``{name}`` replaced by each of the insertions."""
    query = _file(name)
    macros = {**_MACROS[dialect], **_COMMON}

    def expanded(found: re.Match[str]) -> str:
        name, argument = found[1], found[2]
        if name in _MADE_OF:
            return named_sql(name, dialect).rstrip()
        return insertions[name] if name in insertions else macros[name].format(argument)

    return re.sub(r"\{(\w+)(?::([\w.]+))?\}", expanded, query)


def view_sql(name: str, dialect: str) -> str:
    """The text of a view for one database."""
    return named_sql(name, dialect, stances="current_stance", known=_known("e", known_at=False))


@cache
def _file(name: str) -> str:
    return (files("archive.views") / "sql" / f"{name}.sql").read_text("utf-8")


def create_views(connection: Connection) -> None:
    """Create the views, or put their present text in place of an older one; privileges on them stay."""
    dialect = connection.dialect.name
    if dialect == "sqlite":
        drop_views(connection)
    how = "CREATE VIEW" if dialect == "sqlite" else "CREATE OR REPLACE VIEW"
    for name in VIEWS:
        connection.exec_driver_sql(f"{how} {name} AS\n{view_sql(name, dialect)}")
    create_search(connection)


def drop_views(connection: Connection) -> None:
    """Drop the views that are there."""
    drop_search(connection)
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def stances(
    connection: Connection,
    *,
    topic: str | None = None,
    actor: str | None = None,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Report:
    """Who stood where at a valid time (None: now), as far as was known at a log position (None: now)."""
    return _run(connection, "stances", {"topic": topic, "actor": actor}, as_of=as_of, known_at=known_at)


def country_stances(
    connection: Connection,
    *,
    topic: str | None = None,
    country: str | None = None,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Report:
    """Where countries and organisations stood, as :func:`stances` for those who speak for them."""
    return _run(connection, "countries", {"topic": topic, "country": country}, as_of=as_of, known_at=known_at)


def history(connection: Connection, actor: str | None, *, topic: str | None = None) -> Report:
    """The course of an actor's (None: everyone's) stance on each topic, as is known now, with causes and words."""
    return _run(connection, "history", {"actor": actor, "topic": topic})


def statements(
    connection: Connection, *, actor: str | None = None, topic: str | None = None, since: datetime | None = None
) -> Report:
    """Statements made at or after a time, with their provenance; withdrawn ones left out."""
    return _run(connection, "statements", {"actor": actor, "topic": topic}, since=since)


def projections(connection: Connection) -> Report:
    """How far each projection is behind the log, and why it stopped, if it did."""
    return _run(connection, "projections", {})


def find_actor(connection: Connection, name: str) -> str:
    """The actor with this id, name or alias, as it stands after merges.

    UsageError where there is none, naming those with similar names, or where several have the name.
    """
    names = _run(connection, "names", {})
    folded = fold(name)
    by_id = {row["canonical"] for row in names if row["actor"] == name}
    found = by_id or {row["canonical"] for row in names if row["folded"] == folded}
    if len(found) == 1:
        return str(found.pop())
    if found:
        listed = ", ".join(sorted(found))
        raise UsageError(f"several actors are called {name!r}", remedy=f"Give the id of one: {listed}")
    raise UsageError(f"no actor is called {name!r}", remedy=_suggestion(folded, names))


def find_topic(connection: Connection, name: str, *, where: str | None = None) -> str:
    """The topic with this id. UsageError where there is none, naming those with similar ids."""
    known = list(connection.execute(text("SELECT topic FROM topics ORDER BY topic")).scalars())
    if name in known:
        return name
    near = difflib.get_close_matches(name.lower(), known, n=_NEAR, cutoff=0.4) or known[:_NEAR]
    remedy = f"Did you mean {', '.join(near)}?" if near else "No topic has been defined yet; see docs/feeds.md"
    raise UsageError(f"there is no topic {name!r}", where=where, remedy=remedy)


def _suggestion(folded: str, names: Report) -> str:
    known = {row["folded"]: f"{row['name']} ({row['canonical']})" for row in names}
    words = set(folded.split())
    sharing = sorted(other for other in known if words & set(other.split()))
    near = dict.fromkeys([*sharing, *difflib.get_close_matches(folded, known, n=_NEAR)])
    listed = ", ".join(known[other] for other in list(near)[:_NEAR])
    return f"Did you mean {listed}?" if near else "SELECT actor, actor_name FROM actors lists all"


def _run(
    connection: Connection,
    name: str,
    where: Mapping[str, str | None],
    *,
    as_of: datetime | None = None,
    known_at: int | None = None,
    since: datetime | None = None,
) -> Report:
    """Run a named report with the conditions that are given."""
    given: dict[str, Any] = {column: value for column, value in where.items() if value is not None}
    times = {"since": since and iso(since), "as_of": as_of and iso(as_of), "known_at": known_at}
    asked = given | {name: value for name, value in times.items() if value is not None}
    if connection.dialect.name == "postgresql" and given:
        # Such an answer is read in less time than it takes to compile the query, or to start a parallel worker
        connection.exec_driver_sql(_SMALL)
    return plain_rows(connection.execute(_report(name, connection.dialect.name, tuple(given), frozenset(asked)), asked))


@cache
def _report(name: str, dialect: str, columns: tuple[str, ...], asked: frozenset[str]) -> TextClause:
    """The query of a report that is narrowed by these columns and asked with these values."""
    conditions = [f"h.{column} = :{column}" for column in columns] + ["h.valid_at >= :since"] * ("since" in asked)
    known_at = "known_at" in asked
    source = _stances_at(dialect, as_of="as_of" in asked, known_at=known_at)
    country = named_sql("country_stance", dialect, stances=source, known=_known("e", known_at=known_at))
    insertions = {"stances": source, "country_stance": country, "where": " AND ".join(conditions) or "true"}
    query = text(named_sql(f"reports/{name}", dialect, **insertions))
    return query.bindparams(*(bindparam(key, type_=Moment) for key in sorted(asked & {"since", "as_of"})))


def _stances_at(dialect: str, *, as_of: bool, known_at: bool) -> str:
    """What to read stances from: the view of the present, or the history as it was at two times."""
    if not (as_of or known_at):
        return "current_stance"
    moment = ":as_of" if as_of else _MACROS[dialect]["now"]
    columns = "h.*" if known_at else named_sql("present", dialect)
    valid = f"h.valid_from <= {moment} AND (h.valid_to IS NULL OR h.valid_to > {moment})"
    return f"(SELECT {columns} FROM stance_history h WHERE {valid} AND {_known('h', known_at=known_at)})"


def _known(row: str, *, known_at: bool) -> str:
    """The condition that a row was known at a position, or is now."""
    now = f"{row}.known_to IS NULL"
    return f"{row}.known_from <= :known_at AND ({now} OR {row}.known_to > :known_at)" if known_at else now


def plain_rows(result: CursorResult[Any]) -> Report:
    """The rows of an answer by column name, the same from both databases.

    Only columns that need it are looked at: an answer of a thousand rows has thirty thousand values.
    """
    columns = list(result.keys())
    rows = [dict(zip(columns, row, strict=True)) for row in result.all()]
    moments = [name for name in columns if isinstance(_first(row[name] for row in rows), datetime)]
    for name in moments:
        for row in rows:
            row[name] = row[name] and iso(row[name])
    for name in _BOOLEANS.intersection(columns):
        for row in rows:
            row[name] = None if row[name] is None else bool(row[name])
    return rows


def _first(values: Iterable[Any]) -> Any:
    """The first that is not null; null where all are."""
    return next((value for value in values if value is not None), None)
