"""Polling: fetch a feed, parse it, hand every entry to the pipeline, settle.

What each step does is told in :mod:`archive.pipeline`; here is who waits for whom: several feeds at once over the
network, parsers beside them, and one worker that does all that touches the database.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from archive import operations
from archive.errors import ArchiveError, FetchError, ParseError
from archive.feeds.article import article_id, from_entry, needs_page
from archive.feeds.fetch import Fetched, Fetcher, FetchFailedError, FetchStatus, Validators
from archive.feeds.parse import Problem, parse
from archive.feeds.revise import Change
from archive.ledger.engine import reading, writing
from archive.ledger.known import KnownArticle
from archive.model import Article, Entry, Feed, TextSource
from archive.operations import Poll
from archive.pipeline import Archive, Captured, capture_all, latest, utc_now

AT_ONCE = 8
PARSERS = 2
PAGE_LADDER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(days=1))
"""How long after its capture a page that could not be had is asked for again."""

CHUNK = 64
"""How many entries are stored in one transaction."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Poller:
    """Polls feeds, several at once, their articles one by one through one worker. An async context manager.

    A feed that fails is an outcome, not an error. ``stopping`` is asked between articles, so that the one in
    hand is finished; ``now`` is the clock.
    """

    def __init__(
        self, archive: Archive, *, now: Callable[[], datetime] = utc_now, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Open nothing before the context is entered."""
        settings = archive.config.settings
        self.archive, self.now, self.stopping = archive, now, stopping
        self.fetcher = Fetcher(contact=settings.contact, allow=settings.allow)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="capture")
        self._parsers = ThreadPoolExecutor(max_workers=PARSERS, thread_name_prefix="parse")
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        """Open the connections."""
        await self.fetcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections and wait for the article in hand."""
        await self.fetcher.__aexit__(kind, error, trace)
        await asyncio.to_thread(self._worker.shutdown)
        self._parsers.shutdown(wait=False, cancel_futures=True)

    async def poll(self, feed: Feed, *, force: bool = False) -> Poll:
        """Poll one feed and settle it; ``force`` asks for the whole document even where it has not changed."""
        async with self._at_once:
            started = self.now()
            outcome = Poll(feed=feed.id, started_at=started, finished_at=started, result="stopped")
            if self.stopping():
                return outcome
            fresh: Validators | None = None
            retry_after: float | None = None
            try:
                known = Validators() if force else await self._work(self._validators, feed)
                fetched = await self.fetcher.fetch(feed.url, known)
                outcome = await self._take(feed, fetched, outcome)
                fresh = fetched.validators if outcome.result != "stopped" else None
            except FetchFailedError as error:
                retry_after = error.retry_after
                outcome = replace(outcome, result="failed", error=str(error), http_status=error.status)
            except (FetchError, ParseError) as error:
                outcome = replace(outcome, result="failed", error=str(error))
            outcome = replace(outcome, finished_at=self.now())
            if outcome.result != "stopped":
                await self._work(self._settle, feed, outcome, fresh, retry_after)
            _say(outcome)
            return outcome

    async def _take(self, feed: Feed, fetched: Fetched, outcome: Poll) -> Poll:
        if fetched.status is FetchStatus.NOT_MODIFIED:
            return replace(outcome, result="not_modified")
        last_poll = await self._work(self._last_poll, feed)
        loop = asyncio.get_running_loop()
        parsed = await loop.run_in_executor(self._parsers, parse, fetched.body, fetched.headers, fetched.url)
        for problem in parsed.problems:
            await self._work(self._hold_back, feed, problem, fetched.body)
        outcome = replace(outcome, result="ok", held_back=len(parsed.problems))
        for chunk in _batched(_oldest_first(parsed.entries), CHUNK):
            outcome = await self._chunk(feed, chunk, parsed.title, last_poll, outcome)
            if outcome.result == "stopped":
                break
        return outcome

    async def _chunk(
        self, feed: Feed, entries: Sequence[Entry], title: str | None, last_poll: datetime | None, outcome: Poll
    ) -> Poll:
        """Some entries, stored together, or held back one by one with their raw form and the reason."""
        articles: list[tuple[Entry, Article]] = []
        for entry in entries:
            article = await self._article(feed, entry, title, last_poll)
            if isinstance(article, Article):
                articles.append((entry, article))
            else:
                outcome = await self._tally(feed, entry, article, outcome)
        store = partial(capture_all, self.archive, [article for _, article in articles], self.now(), self.stopping)
        done = await self._work(store)
        for (entry, _), captured in zip(articles, done, strict=False):
            outcome = await self._tally(feed, entry, captured, outcome)
        return outcome if len(done) == len(articles) else replace(outcome, result="stopped")

    async def _article(
        self, feed: Feed, entry: Entry, title: str | None, last_poll: datetime | None
    ) -> Article | Captured | Exception:
        """The article of an entry with its page, if it needs one; what is known of it where no page is due."""
        try:
            page = None
            if needs_page(feed, entry):
                known = await self._work(latest, self.archive.ledger, article_id(feed.id, entry.key))
                if known and not _page_is_due(known, entry, last_poll, self.now()):
                    return Captured(Change.SAME)
                page = await self._page(entry)
            return from_entry(feed, entry, page, captured_at=self.now(), outlet=feed.title or title)
        except SQLAlchemyError:
            raise  # a database that fails is no fault of the entry's
        except Exception as error:
            log.exception("an entry makes no article", extra={"feed": feed.id, "key": entry.key})
            return error

    async def _tally(self, feed: Feed, entry: Entry, became: Captured | Exception, outcome: Poll) -> Poll:
        if isinstance(became, Captured):
            return _count(outcome, became)
        reason = str(became) if isinstance(became, ArchiveError) else f"{type(became).__name__}: {became}"
        raw = msgspec.json.encode(entry)
        await self._work(self._hold_back, feed, Problem(reason, entry.key, raw), raw)
        return replace(outcome, held_back=outcome.held_back + 1)

    async def _page(self, entry: Entry) -> bytes | None:
        """The linked page; None where it cannot be had, and the article then says what it rests on instead."""
        assert entry.link is not None
        try:
            return (await self.fetcher.page(entry.link)).body
        except FetchError as error:
            log.info("page not fetched", extra={"url": entry.link, "reason": str(error)})
            return None

    async def _work(self, job: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, job, *args)

    def _validators(self, feed: Feed) -> Validators:
        with reading(self.archive.engine) as connection:
            return operations.validators(connection, feed.id)

    def _last_poll(self, feed: Feed) -> datetime | None:
        with reading(self.archive.engine) as connection:
            return operations.last_poll(connection, feed.id)

    def _settle(self, feed: Feed, outcome: Poll, fresh: Validators | None, retry_after: float | None) -> None:
        wait = timedelta(seconds=retry_after) if retry_after else None
        with writing(self.archive.engine) as connection:
            operations.settle(connection, outcome, feed.every, fresh, wait)

    def _hold_back(self, feed: Feed, problem: Problem, document: bytes) -> None:
        """Keep what could not be stored: the entry's own raw form, or the document where that is what is wrong."""
        what = problem.raw or problem.reason.encode()
        identity = f"q-{hashlib.sha256(feed.id.encode() + bytes(1) + what).hexdigest()[:20]}"
        raw, now = problem.raw or document, self.now()
        with writing(self.archive.engine) as connection:
            operations.hold_back(
                connection, identity, feed=feed.id, key=problem.key, reason=problem.reason, raw=raw, now=now
            )


def _oldest_first(entries: Sequence[Entry]) -> list[Entry]:
    """Feeds list the newest first; the log is to tell things in the order in which they were published."""
    latest = datetime.max.replace(tzinfo=UTC)
    oldest_first = list(entries)
    oldest_first.reverse()
    oldest_first.sort(key=lambda entry: entry.published or latest)
    return oldest_first


def _batched(entries: Sequence[Entry], size: int) -> Iterator[Sequence[Entry]]:
    return (entries[at : at + size] for at in range(0, len(entries), size))


def _page_is_due(known: KnownArticle, entry: Entry, last_poll: datetime | None, now: datetime) -> bool:
    """Whether to ask for a known article's page again.

    It is if the feed says that the entry was updated since, or if the page could not be had at the first capture
    and another rung of :data:`PAGE_LADDER` has passed since the last poll; a page behind a wall is left alone then.
    """
    if entry.updated is not None and entry.updated > known.captured_at:
        return True
    rungs = (known.captured_at + age for age in PAGE_LADDER)
    return known.text_source is not TextSource.PAGE and any((last_poll or rung) <= rung <= now for rung in rungs)


def _count(outcome: Poll, captured: Captured) -> Poll:
    tally = {captured.change.value: getattr(outcome, captured.change.value) + 1}
    return replace(outcome, statements=outcome.statements + captured.statements, **tally)


def _say(outcome: Poll) -> None:
    told: dict[str, object] = {
        "feed": outcome.feed,
        "result": outcome.result,
        "new": outcome.new,
        "revised": outcome.revised,
    }
    told |= {"statements": outcome.statements, "held_back": outcome.held_back, "error": outcome.error}
    log.log(logging.WARNING if outcome.error or outcome.held_back else logging.INFO, "polled", extra=told)
