"""Questions beside the reports: what waits for a person, which position a time means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, text

from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.schema import Moment
from archive.model import iso
from archive.views.reports import Report


def article_of(engine: Engine, statement: str) -> str | None:
    """The article a statement was read from; None where there is no such statement."""
    with reading(engine) as connection:
        query = text("SELECT article FROM statements WHERE statement = :statement")
        found: str | None = connection.execute(query, {"statement": statement}).scalars().first()
    return found


def articles_since(connection: Connection, since: datetime | None) -> list[str]:
    """The articles whose latest revision was captured at or after a time (None: all), in the order of the log."""
    query = "SELECT article FROM articles WHERE latest {} ORDER BY position"
    if since is None:
        return list(connection.execute(text(query.format(""))).scalars())
    bound = text(query.format("AND captured_at >= :since")).bindparams(bindparam("since", type_=Moment))
    return list(connection.execute(bound, {"since": iso(since)}).scalars())


def position_of(connection: Connection, point: int | datetime) -> int:
    """The log position that a position or a time means. UsageError where the log does not reach so far, or back.

    At a time, what was known is what had been recorded by then.
    """
    if isinstance(point, datetime):
        query = text("SELECT coalesce(max(position), 0) FROM events WHERE recorded_at <= :moment")
        moment = bindparam("moment", type_=Moment)
        return int(connection.execute(query.bindparams(moment), {"moment": iso(point)}).scalar_one())
    size = connection.execute(text("SELECT size FROM log_head")).scalar_one()
    if point > size:
        raise UsageError(f"the log has {size} events, there is no position {point}", remedy="See: archive status")
    return point


def feed_health(connection: Connection) -> Report:
    """How every feed fares."""
    return _select(connection, "SELECT * FROM feed_health ORDER BY feed")


def _select(connection: Connection, query: str) -> Report:
    rows = connection.execute(text(query))
    return [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]


def _plain(value: Any) -> Any:
    """Moments as texts, the same on both databases."""
    return iso(value) if isinstance(value, datetime) else value
