"""What is remembered of each feed between polls: when it is due, who polls it now, what came of it last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, or_, select, update

from archive.feeds.fetch import Validators
from archive.feeds.schedule import FeedState
from archive.model import Feed, iso, parse_iso
from archive.operations.leases import Process, is_dead, process_of
from archive.operations.tables import feed_state, polls

FARTHEST = timedelta(days=400)
"""No feed is due later than this; one that seems so was settled by a clock that was wrong."""

_MOMENTS = ("due_at", "last_polled_at", "last_success_at", "full_at", "retired_at", "paced_from")
_PLAIN = ("feed", "url", "failures", "last_error", "address", "moved_to", "sightings", "paced")


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
    body: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the feed answered and everything it delivered was stored or quarantined."""
        return self.error is None


def enrol(connection: Connection, feeds: Collection[Feed], now: datetime) -> None:
    """Give every configured feed its row, due at once; one whose configured URL changed begins anew."""
    known = {row.feed: row.url for row in connection.execute(select(feed_state.c.feed, feed_state.c.url))}
    for feed in feeds:
        fresh = _row(FeedState(feed=feed.id, url=feed.url, due_at=now))
        if feed.id not in known:
            connection.execute(feed_state.insert().values(fresh))
        elif known[feed.id] != feed.url:
            connection.execute(feed_state.update().where(feed_state.c.feed == feed.id).values(fresh))


def states(connection: Connection, feeds: Collection[str]) -> list[FeedState]:
    """What is known of these feeds, longest overdue first."""
    query = select(feed_state).where(feed_state.c.feed.in_(feeds)).order_by(feed_state.c.due_at, feed_state.c.feed)
    return [_state(row) for row in connection.execute(query).mappings()]


def claim(
    connection: Connection, feeds: Collection[str], me: Process, now: datetime, until: datetime, *, due: bool = True
) -> list[FeedState]:
    """Claim those of the feeds that are due, or all (``due`` false), but what another process holds.

    Longest overdue first. A claim ends by :func:`settle`, by ``until`` unless it is renewed, or with its process.
    """
    state = feed_state.c
    free = or_(state.claimed_by.is_(None), state.claimed_until <= iso(now))
    asked = feed_state.update().where(state.feed.in_(feeds), free)
    if due:
        come = or_(state.due_at <= iso(now), state.due_at > iso(now + FARTHEST))
        asked = asked.where(come, state.retired_at.is_(None))
    taken = asked.values(claimed_by=me.holder, claimed_until=iso(until)).returning(feed_state)
    claimed = [_state(row) for row in connection.execute(taken).mappings()]
    return sorted(claimed, key=lambda one: (one.due_at, one.feed))


def renew_claims(connection: Connection, feeds: Collection[str], me: Process, until: datetime) -> None:
    """Hold on to what is still being polled."""
    mine = feed_state.update().where(feed_state.c.feed.in_(feeds), feed_state.c.claimed_by == me.holder)
    connection.execute(mine.values(claimed_until=iso(until)))


def release_claims(connection: Connection, holder: str, feeds: Collection[str] | None = None) -> None:
    """Free what a process that stops has claimed, or these feeds of it."""
    mine = feed_state.update().where(feed_state.c.claimed_by == holder)
    chosen = mine if feeds is None else mine.where(feed_state.c.feed.in_(feeds))
    connection.execute(chosen.values(claimed_by=None, claimed_until=None))


def free_the_dead(connection: Connection, dead: Callable[[Process], bool] = is_dead) -> None:
    """Free what processes of this machine had claimed that were killed: nothing waits for them."""
    holders = connection.execute(select(feed_state.c.claimed_by).where(feed_state.c.claimed_by.is_not(None)).distinct())
    for holder in holders.scalars().all():
        process = process_of(holder)
        if process is None or dead(process):
            release_claims(connection, holder)


def settle(connection: Connection, settled: Sequence[tuple[FeedState, Poll]]) -> None:
    """Record one finished poll or more: what is remembered of each feed from now on, the attempts; ends the claims."""
    changed = [{f"new_{name}": value for name, value in _row(state).items()} for state, _ in settled]
    connection.execute(_SETTLE, changed)
    connection.execute(polls.insert(), [_poll_row(poll) for _, poll in settled])


def _state(row: RowMapping) -> FeedState:
    known: dict[str, Any] = {name: row[name] for name in _PLAIN}
    known |= {name: parse_iso(row[name]) if row[name] else None for name in _MOMENTS}
    known["validators"] = Validators(etag=row["etag"], last_modified=row["last_modified"])
    known["span"] = timedelta(seconds=row["span_seconds"]) if row["span_seconds"] else None
    return FeedState(**known)


def _row(state: FeedState) -> dict[str, object]:
    """A state as a row, without any claim."""
    moments = {name: getattr(state, name) for name in _MOMENTS}
    return {
        **{name: getattr(state, name) for name in _PLAIN},
        **{name: iso(moment) if moment else None for name, moment in moments.items()},
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "span_seconds": int(state.span.total_seconds()) if state.span else None,
        "claimed_by": None,
        "claimed_until": None,
    }


def _poll_row(poll: Poll) -> dict[str, object]:
    row = {name: getattr(poll, name) for name in Poll.__dataclass_fields__}
    return row | {"started_at": iso(poll.started_at), "finished_at": iso(poll.finished_at)}


_ANY = FeedState(feed="", url="", due_at=datetime.min.replace(tzinfo=UTC))
_SETTLE = (
    update(feed_state)
    .where(feed_state.c.feed == bindparam("new_feed"))
    .values({name: bindparam(f"new_{name}") for name in _row(_ANY) if name != "feed"})
)
