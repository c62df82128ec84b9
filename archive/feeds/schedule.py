"""When a feed is polled again, and what its answers mean for it. Pure: a state and an attempt make the next state.

A feed that answers is asked again after about the time in which it publishes, within a half and four times the
interval the user set; a feed that fails is left alone for longer and longer, never for ever. Two things are told
to the log: that a feed has moved for good, and that its server says it is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.feeds.fetch import NO_VALIDATORS, Validators

SHORTEST, LONGEST = 0.5, 4
"""How far the interval may come off what the user set, as factors."""

JITTER = 0.1
"""Each wait is longer or shorter by up to this share, lest all feeds come due together."""

BELIEVED = timedelta(days=1)
"""How long "not modified" is believed: some servers say so for ever."""

FIRST_BACKOFF = timedelta(minutes=1)
LONGEST_BACKOFF = timedelta(hours=6)
LONGEST_RETRY_AFTER = timedelta(days=7)
SIGHTINGS = 3
"""How often in a row a permanent redirect must lead to the same place before the feed has moved there."""

FAILURES_AWAY = 5
"""After how many failures at its new place a feed is looked for where the user said it was."""

DATES = 10
GONE = 410
GONE_REASON = "its server says that it is gone (410)"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls.

    ``url`` is as configured; ``address`` is where permanent redirects have moved it (None: nowhere), ``moved_to``
    where they lead lately and ``sightings`` how often in a row. ``full_at`` is when a whole document came last.
    ``paced_from`` is the date of the oldest of the last ``paced`` entries, by which its pace is told; ``span`` the
    time its document reaches back.
    """

    feed: str
    url: str
    due_at: datetime
    validators: Validators = NO_VALIDATORS
    failures: int = 0
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    full_at: datetime | None = None
    address: str | None = None
    moved_to: str | None = None
    sightings: int = 0
    retired_at: datetime | None = None
    paced_from: datetime | None = None
    paced: int = 0
    span: timedelta | None = None

    @property
    def location(self) -> str:
        """Where to ask."""
        return self.address or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of asking: ``error`` is None where the feed answered and all it delivered was kept.

    ``validators`` are None where the old ones hold. ``fresh`` is how long the server or the feed says its answer may
    be kept. ``published`` are the dates of the entries of a whole document; None where none came.
    """

    at: datetime
    error: str | None = None
    status: int | None = None
    retry_after: timedelta | None = None
    validators: Validators | None = None
    moved_to: str | None = None
    fresh: timedelta | None = None
    published: tuple[datetime, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next state, and what the log is to be told: the new address, or why the feed is retired."""

    state: FeedState
    moved_to: str | None = None
    retired: str | None = None


def to_ask_with(state: FeedState, now: datetime) -> Validators:
    """The validators to send; none where the last whole document would be a day old before the next time."""
    if state.full_at is None or state.last_polled_at is None or now < state.full_at:
        return NO_VALIDATORS
    next_time = now + (state.due_at - state.last_polled_at)
    return NO_VALIDATORS if next_time - state.full_at >= BELIEVED else state.validators


def settle(state: FeedState, attempt: Attempt, every: timedelta) -> Verdict:
    """What an attempt means for a feed that is to be polled about ``every`` so often."""
    asked = replace(state, last_polled_at=attempt.at, last_error=attempt.error)
    if attempt.error is not None:
        return _failed(asked, attempt, every)
    answered = replace(
        _paced(asked, attempt),
        failures=0,
        retired_at=None,
        last_success_at=attempt.at,
        validators=asked.validators if attempt.validators is None else attempt.validators,
        full_at=attempt.at if attempt.published is not None else asked.full_at,
    )
    answered, moved = _sighted(answered, attempt.moved_to)
    wait = max(_jittered(interval(answered, every, attempt.at, attempt.fresh), answered), _asked_to_wait(attempt))
    return Verdict(replace(answered, due_at=attempt.at + wait), moved_to=moved)


def interval(state: FeedState, every: timedelta, now: datetime, fresh: timedelta | None = None) -> timedelta:
    """How long to leave a healthy feed alone: half the time between its entries, but no less than it may be kept.

    Nor longer than half the time its document reaches back, lest entries come and go unseen. All within bounds
    of what the user set.
    """
    shortest, longest = every * SHORTEST, every * LONGEST
    wait = every if state.paced_from is None else (now - state.paced_from) / state.paced / 2
    wait = max(min(max(wait, shortest), longest), min(fresh or timedelta(), longest))
    return max(min(wait, state.span / 2), shortest) if state.span else wait


def backoff(failures: int, every: timedelta) -> timedelta:
    """How long to leave a failing feed alone: doubling from a minute, never longer than six hours or ``every``."""
    doublings: int = 2 ** min(failures - 1, 40)
    longest = max(every, LONGEST_BACKOFF)
    return min(min(FIRST_BACKOFF, every) * min(doublings, longest // min(FIRST_BACKOFF, every) + 1), longest)


def freshness(headers: Mapping[str, str], ttl: int | None) -> timedelta | None:
    """How long an answer may be kept: the longer of Cache-Control or Expires (RFC 9111) and the feed's ttl in minutes.

    None where nothing is said; zero where it may not be kept.
    """
    of_feed = timedelta(minutes=ttl) if ttl is not None else None
    told = [wait for wait in (_cacheable(headers), of_feed) if wait is not None]
    return max(told) if told else None


def _cacheable(headers: Mapping[str, str]) -> timedelta | None:
    parts = (part.partition("=") for part in headers.get("cache-control", "").split(","))
    directives = {name.strip().lower(): value.strip(' "') for name, _, value in parts}
    if directives.keys() & {"no-cache", "no-store"}:
        return timedelta()
    age = directives.get("max-age", "")
    if age.isascii() and age.isdigit():
        return timedelta(seconds=min(int(age[:12]), 31_536_000))
    expires, served = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
    return max(expires - served, timedelta()) if expires and served else None


def http_date(value: str) -> datetime | None:
    """A moment as HTTP has it, with its zone; None where it names none."""
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _failed(state: FeedState, attempt: Attempt, every: timedelta) -> Verdict:
    failures = state.failures + 1
    wait = max(_jittered(backoff(failures, every), state), _asked_to_wait(attempt))
    failed = replace(state, failures=failures, due_at=attempt.at + wait)
    if attempt.status == GONE:
        retired = None if state.retired_at else GONE_REASON
        return Verdict(replace(failed, retired_at=state.retired_at or attempt.at), retired=retired)
    if state.address and failures >= FAILURES_AWAY:
        return Verdict(replace(failed, address=None, validators=NO_VALIDATORS, sightings=0), moved_to=state.url)
    return Verdict(failed)


def _sighted(state: FeedState, moved_to: str | None) -> tuple[FeedState, str | None]:
    """Count how often in a row permanent redirects have led to the same place; there at last, the feed has moved."""
    if moved_to is None or moved_to == state.location:
        return replace(state, moved_to=None, sightings=0), None
    sightings = state.sightings + 1 if moved_to == state.moved_to else 1
    if sightings < SIGHTINGS:
        return replace(state, moved_to=moved_to, sightings=sightings), None
    return replace(state, address=moved_to, moved_to=None, sightings=0), moved_to


def _paced(state: FeedState, attempt: Attempt) -> FeedState:
    """Remember by the latest dates how often the feed publishes; too few of them, and dates to come, say nothing."""
    if attempt.published is None:
        return state
    dates = sorted((date for date in attempt.published if date <= attempt.at), reverse=True)
    if len(dates) < 3:
        return replace(state, paced_from=None, paced=0, span=None)
    latest = dates[:DATES]
    return replace(state, paced_from=latest[-1], paced=len(latest), span=_span(dates))


def _span(dates: Sequence[datetime]) -> timedelta | None:
    return dates[0] - dates[-1] or None


def _asked_to_wait(attempt: Attempt) -> timedelta:
    return min(attempt.retry_after or timedelta(), LONGEST_RETRY_AFTER)


def _jittered(wait: timedelta, state: FeedState) -> timedelta:
    """The wait, longer or shorter by a share that depends on the feed and the hour of asking alone."""
    seed = hashlib.sha256(f"{state.feed}\0{state.last_polled_at}".encode()).digest()
    return wait * (1 + JITTER * (int.from_bytes(seed[:4], "big") / 2**31 - 1))
