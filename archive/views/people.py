"""Who is known, and what waits for a person's decision, each with the command that settles it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from archive.views.likeness import Met, Suggestion, offices_of, suggestions
from archive.views.reports import Report, named_sql

_BY = "--by NAME --reason REASON"


def actors(connection: Connection, kind: str | None = None) -> Report:
    """The actors that stand for themselves, the most quoted first."""
    query = text(named_sql("reports/actors", connection.dialect.name))
    return [dict(row) for row in connection.execute(query, {"kind": kind}).mappings()]


def dossier(connection: Connection, actor: str) -> Report:
    """Names, offices and decisions of an actor and of those merged into it."""
    query = text(named_sql("reports/dossier", connection.dialect.name))
    return [dict(row) for row in connection.execute(query, {"actor": actor}).mappings()]


def review(connection: Connection, limit: int | None = None) -> Report:
    """What waits for a person, the most used first: ``command`` settles it once the words in capitals are filled in."""
    rows = [
        _waiting(dict(row))
        for row in connection.execute(text(named_sql("reports/review", connection.dialect.name))).mappings()
    ]
    rows += [_suggested(one) for one in _suggestions(connection)]
    rows = sorted(rows, key=lambda row: (-row["uses"], row["kind"], row["what"] or "", row["topic"] or ""))[:limit]
    words = _words(connection, {row["statement"] for row in rows if row["statement"]})
    return [{**row, "quote": words.get(row["statement"])} for row in rows]


def _waiting(row: dict[str, Any]) -> dict[str, Any]:
    statement, actor = row["statement"], row["actor"]
    command = {
        "unclear stance": f"archive assess {statement} {row['topic']} STANCE --by NAME",
        "name only": f"archive actors merge {shlex.quote(actor or '')} ACTOR {_BY}",
        "unresolved speaker": f"archive withdraw {statement} {_BY}",
    }[row["kind"]]
    told = {name: row[name] for name in ("kind", "what", "topic", "uses")}
    return {**told, "why": None, "command": command, "statement": statement}


def _suggested(one: Suggestion) -> dict[str, Any]:
    names = (shlex.quote(one.actor.actor), shlex.quote(one.into.actor))
    return {
        "kind": "merge suggestion",
        "what": f"{one.actor.name} = {one.into.name}",
        "topic": None,
        "uses": one.actor.uses + one.into.uses,
        "why": one.why,
        "command": f"archive actors merge {names[0]} {names[1]} {_BY}",
        "statement": None,
    }


def _suggestions(connection: Connection) -> list[Suggestion]:
    """Who may be one, but for those whom a person has found to be two."""
    rows = connection.execute(text(named_sql("reports/met", connection.dialect.name))).mappings()
    parts: dict[str, list[Met]] = {}
    for row in rows:
        country = frozenset({row["country"]}) if row["country"] else frozenset()
        one = Met(row["actor"], row["name"], row["folded"], row["kind"], row["uses"], offices_of(row["role"]), country)
        parts.setdefault(one.actor, []).append(one)
    query = "SELECT actor, about FROM decision_rows WHERE decision = 'merge undone'"
    apart = {frozenset((row.actor, row.about)) for row in connection.execute(text(query))}
    found = suggestions(_together(one) for one in parts.values())
    return [one for one in found if frozenset((one.actor.actor, one.into.actor)) not in apart]


def _together(parts: list[Met]) -> Met:
    first = parts[0]
    offices = frozenset[str]().union(*(part.offices for part in parts))
    countries = frozenset[str]().union(*(part.countries for part in parts))
    uses = sum(part.uses for part in parts)
    return Met(first.actor, first.name, first.folded, first.kind, uses, offices, countries)


def _words(connection: Connection, statements: Iterable[str]) -> dict[str, str]:
    query = text("SELECT quote FROM statement_rows WHERE statement = :statement")
    return {one: connection.execute(query, {"statement": one}).scalar_one() for one in statements}
