"""Which articles' pages are due to be looked at again: operational state, filled from the projected articles.

A row follows every article whose page tells of edits or removal. Rows are made from what is in the log, not by whoever
captures, so a crash between the two forgets nothing. Losing the table costs a look or two, never an event.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Integer, Table, Text, bindparam, column, func, or_, select, text

from archive.feeds.fetch import Validators
from archive.feeds.recheck import LADDER
from archive.ledger.schema import BigInt, Moment, metadata
from archive.model import iso, parse_iso

article_checks = Table(
    "article_checks",
    metadata,
    Column("article", Text, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("strange", Text),
    Column("sightings", Integer, nullable=False, server_default=text("0")),
    Column("checked_at", Moment),
    Column("result", Text),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Index(None, "due_at"),
    Index(None, "position"),
    sqlite_strict=True,
)
"""``due_at`` is null once the ladder is climbed; ``strange`` is what was seen ``sightings`` times in a row."""

KEPT = LADDER[-1] + timedelta(days=2)

_FRESH_SQL = """
SELECT a.article, a.feed, a.url, a.position, a.captured_at
FROM article_rows a
WHERE a.position > :after AND a.position <= :upto
  AND a.revision = 1 AND a.url IS NOT NULL AND a.feed IN :feeds AND a.captured_at >= :oldest
  AND NOT EXISTS (SELECT 1 FROM article_checks c WHERE c.article = a.article)
"""
_FRESH = (
    text(_FRESH_SQL)
    .bindparams(bindparam("feeds", expanding=True), bindparam("oldest", type_=Moment))
    .columns(column("article"), column("feed"), column("url"), column("position"), column("captured_at", Moment))
)
_END = text("SELECT coalesce(max(position), 0) FROM article_rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An article whose page is to be looked at, and what earlier looks left behind."""

    article: str
    feed: str
    url: str
    captured_at: datetime
    validators: Validators
    body_hash: str | None
    strange: str | None
    sightings: int


def enrol(connection: Connection, feeds: Collection[str], now: datetime, after: int | None) -> int:
    """Follow the articles of these feeds captured after a position; the position up to which that is done now.

    With None it goes on from the last article that is followed. What is older than the ladder is left out, so the
    first call on an old archive is no flood.
    """
    if after is None:
        after = connection.execute(select(func.coalesce(func.max(article_checks.c.position), 0))).scalar_one()
    upto: int = connection.execute(_END).scalar_one()
    if upto == after or not feeds:
        return upto
    terms = {"after": after, "upto": upto, "feeds": list(feeds), "oldest": iso(now - KEPT)}
    rows = [dict(row) for row in connection.execute(_FRESH, terms).mappings()]
    for row in rows:
        row["due_at"] = iso(parse_iso(row["captured_at"]) + LADDER[0])
    if rows:
        connection.execute(article_checks.insert(), rows)
    return upto


def idle(connection: Connection, now: datetime, enrolled: int | None) -> bool:
    """Whether there is nothing to follow besides, and nothing to look at: what a daemon asks every other second."""
    if enrolled is None or connection.execute(_END).scalar_one() != enrolled:
        return False
    due = select(article_checks.c.article).where(article_checks.c.due_at <= iso(now)).limit(1)
    return connection.execute(due).first() is None


def claim(
    connection: Connection,
    holder: str,
    now: datetime,
    until: datetime,
    *,
    most: int,
    feeds: Collection[str],
    before: datetime | None = None,
) -> list[Check]:
    """Claim articles of these feeds whose look is due, longest overdue first.

    With ``before``, whether due or not, all that are followed and were captured before that time.
    """
    one = article_checks.c
    free = or_(one.claimed_by.is_(None), one.claimed_until <= iso(now))
    wanted = one.due_at <= iso(now)
    if before is not None:
        wanted = one.due_at.is_not(None) & (one.captured_at < iso(before))
    chosen = select(one.article).where(one.feed.in_(feeds), wanted, free).order_by(one.due_at, one.article).limit(most)
    claimed = connection.execute(
        article_checks.update()
        .where(one.article.in_(chosen), free)
        .values(claimed_by=holder, claimed_until=iso(until))
        .returning(*article_checks.columns)
    )
    return [
        Check(
            article=row.article,
            feed=row.feed,
            url=row.url,
            captured_at=parse_iso(row.captured_at),
            validators=Validators(etag=row.etag, last_modified=row.last_modified),
            body_hash=row.body_hash,
            strange=row.strange,
            sightings=row.sightings,
        )
        for row in sorted(claimed, key=lambda row: (row.due_at, row.article))
    ]


def settle(
    connection: Connection,
    article: str,
    *,
    result: str,
    now: datetime,
    due: datetime | None,
    validators: Validators | None = None,
    body_hash: str | None = None,
    strange: str | None = None,
    sightings: int = 0,
) -> None:
    """Record a finished look, set the next, end the claim. ``validators`` None leaves those that are there."""
    values: dict[str, object] = {"result": result, "checked_at": iso(now), "due_at": iso(due) if due else None}
    values |= {"strange": strange, "sightings": sightings, "claimed_by": None, "claimed_until": None}
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified, "body_hash": body_hash}
    connection.execute(article_checks.update().where(article_checks.c.article == article).values(values))


def waiting(connection: Connection, now: datetime) -> tuple[int, int]:
    """How many articles are followed, and how many of them are due."""
    followed = select(func.count()).where(article_checks.c.due_at.is_not(None))
    overdue = select(func.count()).where(article_checks.c.due_at <= iso(now))
    return connection.execute(followed).scalar_one(), connection.execute(overdue).scalar_one()


def release(connection: Connection, holder: str | None = None) -> None:
    """Free claimed articles: of one holder that stops, or all, for whoever takes over from a dead one."""
    one = article_checks.c
    whose = one.claimed_by.is_not(None) if holder is None else one.claimed_by == holder
    connection.execute(article_checks.update().where(whose).values(claimed_by=None, claimed_until=None))


def housekeeping(connection: Connection, now: datetime) -> None:
    """Forget articles that have climbed the ladder."""
    one = article_checks.c
    last = select(func.max(one.position)).scalar_subquery()  # tells up to where articles are enrolled
    connection.execute(article_checks.delete().where(one.captured_at < iso(now - KEPT), one.position < last))
