"""All that polling asks of the database, done by one thread in the order in which it is asked.

Finished polls are settled together, as many as there are when the thread is free: a pass over feeds that have
nothing new costs a transaction now and then, and not one a feed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from archive import identities, operations
from archive.feeds.identity import Memory
from archive.feeds.parse import Problem
from archive.feeds.schedule import FeedState, Verdict
from archive.ledger.engine import writing
from archive.ledger.events import BY_REDIRECT, Event, FeedAdded, FeedMoved, FeedRetired
from archive.ledger.header import Draft
from archive.ledger.store import Ledger
from archive.model import Feed
from archive.operations import Document, Poll, Process

CLAIM_LASTS = timedelta(minutes=2)
GATHER_SECONDS = 0.05
"""How long a finished poll waits for others to be settled with."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settlement:
    """A poll that is over: the feed as it was asked, what that means for it, the attempt, and what is to be kept.

    ``memory`` is what is remembered of the feed's entries from now on, where that is other than before.
    """

    feed: Feed
    before: FeedState
    verdict: Verdict
    poll: Poll
    document: Document | None = None
    memory: Memory | None = None


class Books:
    """The thread and what it does; ``me`` is whose claims on feeds these are."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime], me: Process) -> None:
        """Open nothing yet."""
        self.ledger, self.now, self.me = ledger, now, me
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="books")
        self._waiting: list[Settlement] = []
        self._settling: asyncio.Task[None] | None = None

    async def do(self, job: Callable[..., T], *args: object) -> T:
        """Do any job in this thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, job, *args)

    async def close(self) -> None:
        """Let go of what is still claimed, and wait for the job in hand."""
        await self.do(self._release)
        await asyncio.to_thread(self._thread.shutdown)

    async def claim(self, feeds: Collection[str], *, due: bool) -> list[FeedState]:
        """Claim those of the feeds that are due, or all, but what is being polled; the longest overdue first."""
        return await self.do(self._claim, feeds, due)

    async def renew(self, feeds: Collection[str]) -> None:
        """Hold on to these feeds for another while."""
        await self.do(self._renew, feeds)

    async def settle(self, settlement: Settlement) -> None:
        """Record a finished poll; it is in the database when this returns."""
        self._waiting.append(settlement)
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle_all())
        await asyncio.shield(self._settling)

    async def _settle_all(self) -> None:
        """Wait a moment for others, then record all that waits; whoever comes later waits for the next."""
        await asyncio.sleep(GATHER_SECONDS)
        waiting, self._waiting, self._settling = self._waiting, [], None
        await self.do(self._record, waiting)

    async def hold_back(self, feed: Feed, problems: Sequence[Problem]) -> None:
        """Put entries into quarantine, each with its bytes and the reason, once however often it is delivered."""
        if problems:
            await self.do(self._hold_back, feed, problems)

    def _claim(self, feeds: Collection[str], due: bool) -> list[FeedState]:
        now = self.now()
        with writing(self.ledger.engine) as connection:
            operations.free_the_dead(connection)
            return operations.claim(connection, feeds, self.me, now, now + CLAIM_LASTS, due=due)

    def _renew(self, feeds: Collection[str]) -> None:
        with writing(self.ledger.engine) as connection:
            operations.renew_claims(connection, feeds, self.me, self.now() + CLAIM_LASTS)

    def _release(self) -> None:
        with writing(self.ledger.engine) as connection:
            operations.release_claims(connection, self.me.holder)

    def _record(self, settlements: Sequence[Settlement]) -> None:
        for one in settlements:
            self._tell(one)
        with writing(self.ledger.engine) as connection:
            for one in settlements:
                if one.document:
                    operations.keep_body(connection, one.document, one.feed.id, one.poll.finished_at)
                if one.memory:
                    identities.remember(connection, one.feed.id, one.memory)
            operations.settle(connection, [(one.verdict.state, one.poll) for one in settlements])

    def _tell(self, one: Settlement) -> None:
        """Append what the log is to know of a feed: that it moved, is gone, or is there again."""
        events: list[Event] = []
        if one.verdict.retired:
            events.append(FeedRetired(one.feed.id, one.verdict.retired))
        if one.before.retired_at and not one.verdict.state.retired_at:
            events.append(FeedAdded(one.feed.id, one.feed.url, one.feed.title, one.feed.language))
        if one.verdict.moved_to:
            events.append(FeedMoved(one.feed.id, one.verdict.moved_to, one.before.location, BY_REDIRECT))
        if events:
            expected = self.ledger.versions([events[0].stream])
            self.ledger.append([Draft(event) for event in events], expected, self.now())

    def _hold_back(self, feed: Feed, problems: Sequence[Problem]) -> None:
        """The same bytes twice in one document are two entries in quarantine."""
        seen: Counter[bytes] = Counter()
        with writing(self.ledger.engine) as connection:
            for problem in problems:
                seen[problem.raw] += 1
                facts = (feed.id.encode(), str(seen[problem.raw]).encode(), problem.raw)
                operations.hold_back(
                    connection,
                    f"q-{hashlib.sha256(bytes(1).join(facts)).hexdigest()[:20]}",
                    feed=feed.id,
                    key=problem.key,
                    reason=problem.reason,
                    raw=problem.raw,
                    now=self.now(),
                )
