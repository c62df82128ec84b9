"""What the archive remembers between polls: due times, validators, attempts, leases, quarantine.

This is operational state, not history: ordinary tables that are updated in place. Losing all of it loses no
event; feeds would only be asked once more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, Table, Text, bindparam, or_, select, text

from archive.feeds.fetch import Validators
from archive.ledger.schema import BigInt, Moment, metadata
from archive.model import Feed, iso, parse_iso

feed_state = Table(
    "feed_state",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("due_at", Moment, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("last_polled_at", Moment),
    Column("last_success_at", Moment),
    Column("last_error", Text),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    sqlite_strict=True,
)

polls = Table(
    "polls",
    metadata,
    Column("id", BigInt, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("result", Text, nullable=False),
    Column("http_status", Integer),
    Column("new", Integer, nullable=False, default=0),
    Column("revised", Integer, nullable=False, default=0),
    Column("same", Integer, nullable=False, default=0),
    Column("statements", Integer, nullable=False, default=0),
    Column("held_back", Integer, nullable=False, default=0),
    Column("error", Text),
    Index(None, "feed", "started_at"),
    sqlite_strict=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("key", Text),
    Column("reason", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    sqlite_strict=True,
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("acquired_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    sqlite_strict=True,
)

daemons = Table(
    "daemons",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("beat_at", Moment, nullable=False),
    Column("leading", Integer, nullable=False),
    sqlite_strict=True,
)

FIRST_BACKOFF = timedelta(minutes=1)
LONGEST_BACKOFF = timedelta(hours=6)
POLLS_KEPT = timedelta(days=30)
DAEMONS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One attempt at one feed, finished: what came of it."""

    feed: str
    started_at: datetime
    finished_at: datetime
    result: str
    http_status: int | None = None
    new: int = 0
    revised: int = 0
    same: int = 0
    statements: int = 0
    held_back: int = 0
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the feed answered and everything it delivered was stored or quarantined."""
        return self.error is None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """An entry in quarantine: why it could not be stored, and its raw form."""

    id: str
    feed: str
    key: str | None
    reason: str
    raw: bytes
    first_seen_at: datetime
    last_seen_at: datetime

    def as_row(self) -> dict[str, object]:
        """As a row for people: the raw bytes as text, unreadable ones escaped."""
        return {
            "id": self.id,
            "feed": self.feed,
            "key": self.key,
            "reason": self.reason,
            "first_seen_at": iso(self.first_seen_at),
            "last_seen_at": iso(self.last_seen_at),
            "raw": self.raw.decode(errors="backslashreplace"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Who holds a lease or a claim: unique over restarts, with host and pid so that the dead can be told."""

    holder: str
    host: str
    pid: int


def enrol(connection: Connection, feeds: Collection[Feed], now: datetime) -> None:
    """Give every configured feed its row, due at once; forget validators of a URL that changed."""
    rows = connection.execute(select(feed_state.c.feed, feed_state.c.url))
    known = {row.feed: row.url for row in rows}
    for feed in feeds:
        if feed.id not in known:
            connection.execute(feed_state.insert().values(feed=feed.id, url=feed.url, due_at=iso(now)))
        elif known[feed.id] != feed.url:
            fresh = {"url": feed.url, "etag": None, "last_modified": None, "due_at": iso(now), "failures": 0}
            connection.execute(feed_state.update().where(feed_state.c.feed == feed.id).values(fresh))


def due(connection: Connection, feeds: Collection[str], now: datetime) -> list[str]:
    """Those of the feeds whose time has come, longest overdue first."""
    rows = connection.execute(
        select(feed_state.c.feed)
        .where(feed_state.c.feed.in_(feeds), feed_state.c.due_at <= iso(now))
        .order_by(feed_state.c.due_at, feed_state.c.feed)
    )
    return list(rows.scalars())


def claim_due(connection: Connection, feeds: Collection[str], holder: str, now: datetime, until: datetime) -> list[str]:
    """Claim every due feed that nobody holds; a claim ends by ``settle``, or at ``until``."""
    free = or_(feed_state.c.claimed_by.is_(None), feed_state.c.claimed_until <= iso(now))
    claimed = connection.execute(
        feed_state.update()
        .where(feed_state.c.feed.in_(feeds), feed_state.c.due_at <= iso(now), free)
        .values(claimed_by=holder, claimed_until=iso(until))
        .returning(feed_state.c.feed)
    )
    return sorted(claimed.scalars())


def release_claims(connection: Connection, of: str | None = None) -> int:
    """Free claimed feeds: of one holder that stops, or all, for a scheduler that takes over from a dead one."""
    claimed = feed_state.c.claimed_by.is_not(None) if of is None else feed_state.c.claimed_by == of
    freed = feed_state.update().where(claimed).values(claimed_by=None, claimed_until=None)
    return connection.execute(freed).rowcount


def validators(connection: Connection, feed: str) -> Validators:
    """The validators of a feed's last complete poll."""
    row = connection.execute(
        select(feed_state.c.etag, feed_state.c.last_modified).where(feed_state.c.feed == feed)
    ).one_or_none()
    return Validators(etag=row.etag, last_modified=row.last_modified) if row else Validators()


def last_poll(connection: Connection, feed: str) -> datetime | None:
    """When a feed was last polled; None for never."""
    moment = connection.execute(
        select(feed_state.c.last_polled_at).where(feed_state.c.feed == feed)
    ).scalar_one_or_none()
    return parse_iso(moment) if moment else None


def settle(
    connection: Connection, poll: Poll, every: timedelta, fresh: Validators | None, retry_after: timedelta | None = None
) -> None:
    """Record a finished poll, keep its validators (None: leave them), set the next due time, end the claim."""
    state = feed_state.c
    failures = 0
    values: dict[str, object] = {"last_polled_at": iso(poll.finished_at), "claimed_by": None, "claimed_until": None}
    if poll.ok:
        values |= {"last_success_at": iso(poll.finished_at), "last_error": None}
        if fresh is not None:
            values |= {"etag": fresh.etag, "last_modified": fresh.last_modified}
    else:
        failures = 1 + connection.execute(select(state.failures).where(state.feed == poll.feed)).scalar_one()
        values["last_error"] = poll.error
    wait = max(every if poll.ok else backoff(failures, every), retry_after or timedelta())
    values |= {"failures": failures, "due_at": iso(poll.finished_at + wait)}
    connection.execute(feed_state.update().where(state.feed == poll.feed).values(values))
    row = {name: getattr(poll, name) for name in Poll.__dataclass_fields__}
    row |= {"started_at": iso(poll.started_at), "finished_at": iso(poll.finished_at)}
    connection.execute(polls.insert().values(row))


def backoff(failures: int, every: timedelta) -> timedelta:
    """How long to leave a failing feed alone: doubling from a minute, never longer than six hours or ``every``."""
    doublings: int = 2 ** min(failures - 1, 20)
    return min(FIRST_BACKOFF * doublings, max(every, LONGEST_BACKOFF))


def hold_back(
    connection: Connection, identity: str, *, feed: str, key: str | None, reason: str, raw: bytes, now: datetime
) -> None:
    """Put an entry that could not be stored into quarantine, once, with its raw bytes and the reason."""
    seen = quarantine.update().where(quarantine.c.id == identity).values(last_seen_at=iso(now), reason=reason)
    if connection.execute(seen).rowcount == 0:
        connection.execute(
            quarantine.insert().values(
                id=identity, feed=feed, key=key, reason=reason, raw=raw, first_seen_at=iso(now), last_seen_at=iso(now)
            )
        )


def held_back(connection: Connection) -> list[HeldBack]:
    """Everything in quarantine, oldest first."""
    rows = connection.execute(select(quarantine).order_by(quarantine.c.first_seen_at, quarantine.c.id))
    return [
        HeldBack(
            id=row.id,
            feed=row.feed,
            key=row.key,
            reason=row.reason,
            raw=bytes(row.raw),
            first_seen_at=parse_iso(row.first_seen_at),
            last_seen_at=parse_iso(row.last_seen_at),
        )
        for row in rows
    ]


def let_go(connection: Connection, identity: str) -> None:
    """Take an entry out of quarantine, once it is stored."""
    connection.execute(quarantine.delete().where(quarantine.c.id == identity))


_ACQUIRE = text("""
INSERT INTO lease (name, holder, host, pid, acquired_at, expires_at)
VALUES (:name, :holder, :host, :pid, :now, :expires)
ON CONFLICT (name) DO UPDATE SET
  acquired_at = CASE WHEN lease.holder = excluded.holder THEN lease.acquired_at ELSE excluded.acquired_at END,
  holder = excluded.holder, host = excluded.host, pid = excluded.pid, expires_at = excluded.expires_at
WHERE lease.holder = excluded.holder OR lease.expires_at <= excluded.acquired_at
""").bindparams(bindparam("now", type_=Moment), bindparam("expires", type_=Moment))


def acquire_lease(connection: Connection, name: str, me: Process, now: datetime, lasts: timedelta) -> bool:
    """Take or renew a lease; False where another holds it still. One statement, so one of several wins."""
    terms = {"name": name, "holder": me.holder, "host": me.host, "pid": me.pid}
    moments = {"now": iso(now), "expires": iso(now + lasts)}
    return connection.execute(_ACQUIRE, terms | moments).rowcount == 1


def release_lease(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back, so that the next need not wait for it to run out."""
    connection.execute(lease.delete().where(lease.c.name == name, lease.c.holder == holder))


def lease_process(connection: Connection, name: str) -> Process | None:
    """Who holds a lease, whether or not it has run out."""
    row = connection.execute(
        select(lease.c.holder, lease.c.host, lease.c.pid).where(lease.c.name == name)
    ).one_or_none()
    return Process(holder=row.holder, host=row.host, pid=row.pid) if row else None


def beat(connection: Connection, me: Process, version: str, leading: bool, now: datetime) -> None:
    """Leave a sign of life for ``archive status``."""
    values = {"beat_at": iso(now), "leading": int(leading)}
    if connection.execute(daemons.update().where(daemons.c.holder == me.holder).values(values)).rowcount == 0:
        identity = {"holder": me.holder, "host": me.host, "pid": me.pid, "version": version}
        connection.execute(daemons.insert().values(started_at=iso(now), **identity, **values))


def sign_off(connection: Connection, holder: str) -> None:
    """Take the sign of life away when a daemon stops in order."""
    connection.execute(daemons.delete().where(daemons.c.holder == holder))


def signs_of_life(connection: Connection) -> list[dict[str, object]]:
    """Every daemon that has not signed off, the latest heartbeat first."""
    return [dict(row) for row in connection.execute(select(daemons).order_by(daemons.c.beat_at.desc())).mappings()]


def housekeeping(connection: Connection, now: datetime) -> None:
    """Drop attempts and signs of life older than their retention."""
    connection.execute(polls.delete().where(polls.c.started_at < iso(now - POLLS_KEPT)))
    connection.execute(daemons.delete().where(daemons.c.beat_at < iso(now - DAEMONS_KEPT)))
