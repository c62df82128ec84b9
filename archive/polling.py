"""Polling: fetch a feed, parse it, hand every entry to the pipeline, settle.

What each step does is told in :mod:`archive.pipeline`; here is who waits for whom:

- a host is asked by few at a time, and only feeds whose host is free take one of the ``AT_ONCE`` places;
- documents and pages are parsed in worker processes, which hostile bytes may kill;
- one thread does all that touches the database (:mod:`archive.bookkeeping`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from archive import identities
from archive.bookkeeping import Books, Settlement
from archive.config import Settings
from archive.errors import ArchiveError, FetchError, ParseError
from archive.feeds.article import article_id
from archive.feeds.fetch import NO_VALIDATORS, STANDARD_LIMITS, Fetched, Fetcher, FetchFailedError, FetchStatus
from archive.feeds.identity import Memory, identify
from archive.feeds.parse import Problem
from archive.feeds.revise import Change
from archive.feeds.schedule import Attempt, FeedState, freshness, settle, to_ask_with
from archive.feeds.work import Made
from archive.feeds.workers import WorkerDiedError, Workers
from archive.ledger.engine import reading
from archive.ledger.known import KnownArticle
from archive.model import Article, Entry, Feed, Secret, TextSource
from archive.operations import Document, Poll, Process, this_process
from archive.pipeline import Archive, Captured, capture_all, latest_of, utc_now

AT_ONCE = 16
"""How many feeds are polled at a time; each may hold a document in memory."""

RENEW_SECONDS = 30.0
PAGE_LADDER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(days=1))
"""How long after its capture a page that could not be had is asked for again."""

CHUNK = 64
"""How many entries are stored in one transaction."""

CHUNK_OF_PAGES = 8
"""How many are, where pages must be fetched first: a stop or a crash should cost few fetches."""

Became: TypeAlias = Article | Captured | Exception
"""What an entry comes to before anything is stored."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll as it goes on: the attempt to be settled, the row to be told, and what is to be kept with it."""

    attempt: Attempt
    row: Poll
    document: Document | None = None
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What the articles of one document need to know: their feed, its name for itself, and when it was polled last."""

    feed: Feed
    title: str | None
    last_poll: datetime | None

    def article(self, made: Made) -> str:
        """The id of an entry's article."""
        return article_id(self.feed.id, made.entry.key)


class Poller:
    """Polls feeds, several at once. An async context manager.

    A feed that fails is an outcome, not an error. ``stopping`` is asked between articles, so that the one in
    hand is finished; ``now`` is the clock; ``me`` is whose claims on feeds these are.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        now: Callable[[], datetime] = utc_now,
        stopping: Callable[[], bool] = lambda: False,
        me: Process | None = None,
    ) -> None:
        """Open nothing before the context is entered."""
        settings = archive.config.settings
        self.archive, self.now, self.stopping = archive, now, stopping
        self.fetcher = fetcher_of(settings)
        self.workers = Workers()
        self.me = me or this_process()
        self._books = Books(archive.ledger, now, self.me)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._in_hand: set[str] = set()

    async def __aenter__(self) -> Self:
        """Open the connections."""
        self._open = AsyncExitStack()
        self._open.push_async_callback(self._books.close)
        await self._open.enter_async_context(self.fetcher)
        await self._open.enter_async_context(self.workers)
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections, wait for the article in hand, and let go of what is still claimed."""
        self._renewing.cancel()
        await self._open.__aexit__(kind, error, trace)

    async def claim(self, feeds: Sequence[Feed], *, due: bool = True) -> list[tuple[Feed, FeedState]]:
        """Claim those of the feeds that are due (or all) and that nobody polls now, the longest overdue first."""
        known = {feed.id: feed for feed in feeds}
        claimed = await self._books.claim(known, due=due)
        self._in_hand |= {state.feed for state in claimed}
        return [(known[state.feed], state) for state in claimed]

    async def poll(self, feed: Feed, state: FeedState | None = None, *, force: bool = False) -> Poll:
        """Poll one feed and settle it; ``force`` asks for the whole document even where it has not changed.

        ``state`` is what :meth:`claim` said; without it the feed is claimed here, or left to whoever polls it now.
        """
        if state is None:
            state = next((state for _, state in await self.claim([feed], due=False)), None)
        if state is None:
            return Poll(feed=feed.id, started_at=self.now(), finished_at=self.now(), result="busy")
        try:
            async with self._host(state.location), self._places:
                polled = await self._attempt(feed, replace(state, full_at=None) if force else state)
            if polled.row.result != "stopped":
                verdict = settle(state, polled.attempt, feed.every)
                await self._books.settle(Settlement(feed, state, verdict, polled.row, polled.document, polled.memory))
        finally:
            self._in_hand.discard(feed.id)
        _say(polled.row)
        return polled.row

    async def _attempt(self, feed: Feed, state: FeedState) -> Polled:
        """Ask, and keep what is delivered; whatever goes wrong is told as a failure."""
        started = self.now()
        polled = Polled(
            Attempt(at=started), Poll(feed=feed.id, started_at=started, finished_at=started, result="stopped")
        )
        if self.stopping():
            return polled
        attempt = polled.attempt
        try:
            fetched = await self.fetcher.fetch(state.location, to_ask_with(state, started), self._auth(feed, state))
            attempt = replace(attempt, validators=fetched.validators, moved_to=fetched.moved_to)
            polled = await self._take(feed, state, fetched, replace(polled, attempt=attempt))
            attempt = polled.attempt
        except FetchFailedError as error:
            wait = timedelta(seconds=error.retry_after) if error.retry_after else None
            attempt = replace(attempt, error=str(error), status=error.status, retry_after=wait)
        except (FetchError, ParseError) as error:
            attempt = replace(attempt, error=str(error))
        except SQLAlchemyError:
            raise  # a database that fails is no fault of the feed's
        except Exception as error:
            log.exception("a poll failed in a way nobody thought of", extra={"feed": feed.id})
            attempt = replace(attempt, error=f"{feed.url}: {type(error).__name__}: {error}")
        row = replace(polled.row, finished_at=self.now())
        if attempt.error is not None:
            row = replace(row, result="failed", error=attempt.error, http_status=attempt.status)
        return replace(polled, attempt=replace(attempt, at=row.finished_at), row=row)

    async def _take(self, feed: Feed, state: FeedState, fetched: Fetched, polled: Polled) -> Polled:
        """Store or hold back all that was delivered. A document that breaks off leaves no validators behind."""
        if fetched.status is FetchStatus.NOT_MODIFIED:
            attempt = replace(polled.attempt, fresh=freshness(fetched.headers, None))
            return replace(polled, attempt=attempt, row=replace(polled.row, result="not_modified"))
        document = await asyncio.to_thread(Document.of, fetched.body)
        polled = replace(polled, document=document, row=replace(polled.row, body=document.hash))
        try:
            delivered = await self.workers.parse(feed, fetched.body, fetched.headers, fetched.url, self.now())
        except WorkerDiedError as error:
            await self._books.hold_back(feed, [Problem(error.what, raw=fetched.body)])
            failed = replace(polled.attempt, error=str(error))
            return replace(polled, attempt=failed, row=replace(polled.row, held_back=1))
        except ParseError as error:
            return replace(polled, attempt=replace(polled.attempt, error=str(error)))
        parsed = delivered.parsed
        attempt = replace(
            polled.attempt,
            published=tuple(entry.published for entry in parsed.entries if entry.published),
            fresh=freshness(fetched.headers, parsed.ttl),
            validators=polled.attempt.validators if parsed.whole else NO_VALIDATORS,
        )
        await self._books.hold_back(feed, parsed.problems)
        memory = await self._books.do(self._recall, feed)
        keys, learnt = identify(memory, [one.entry for one in delivered.made])
        made = [_under(feed, one, key) for one, key in zip(delivered.made, keys, strict=True)]
        row = replace(polled.row, result="ok", held_back=len(parsed.problems), same=parsed.repeated)
        row = await self._store(Turn(feed, parsed.title, state.last_polled_at), made, row)
        return replace(polled, attempt=attempt, row=row, memory=learnt if learnt != memory else None)

    def _recall(self, feed: Feed) -> Memory:
        with reading(self.archive.engine) as connection:
            return identities.recall(connection, feed.id)

    async def _store(self, turn: Turn, made: Sequence[Made], row: Poll) -> Poll:
        for chunk in _chunks(_oldest_first(made)):
            if self.stopping():
                return replace(row, result="stopped")
            row = await self._chunk(turn, chunk, row)
            if row.result == "stopped":
                break
        return row

    async def _chunk(self, turn: Turn, chunk: Sequence[Made], row: Poll) -> Poll:
        """Some entries, stored together, or held back one by one with their raw form and the reason."""
        waiting = [one for one in chunk if one.waits]
        ids = [turn.article(one) for one in waiting]
        known = await self._books.do(latest_of, self.archive.ledger, ids) if ids else {}
        pages = await asyncio.gather(*(self._article(turn, one, known.get(turn.article(one))) for one in waiting))
        of_pages = iter(pages)
        became: list[Became] = [
            next(of_pages) if one.waits else one.article or ParseError(one.wrong or "") for one in chunk
        ]
        articles = [article for article in became if isinstance(article, Article)]
        stored = await self._books.do(capture_all, self.archive, articles, self.now(), self.stopping)
        done = iter(stored)
        problems = []
        captured = []
        for one, article in zip(chunk, became, strict=True):
            outcome = next(done, None) if isinstance(article, Article) else article
            if isinstance(outcome, Captured):
                captured.append(outcome)
            elif outcome is not None:
                problems.append(_problem(one.entry, outcome))
        await self._books.hold_back(turn.feed, problems)
        row = replace(_counted(row, captured), held_back=row.held_back + len(problems))
        return row if len(stored) == len(articles) else replace(row, result="stopped")

    async def _article(self, turn: Turn, made: Made, known: KnownArticle | None) -> Became:
        """The article of an entry with its page; what is known of it where no look at the page is due."""
        if known and not _page_is_due(known, made.entry, turn.last_poll, self.now()):
            return Captured(Change.SAME)
        page = await self._page(made.entry)
        try:
            return await self.workers.article(turn.feed, made.entry, page, self.now(), turn.title)
        except WorkerDiedError as error:
            log.warning("page not read", extra={"url": made.entry.link, "reason": str(error)})
        except ParseError as error:
            return error
        try:
            return await self.workers.article(turn.feed, made.entry, None, self.now(), turn.title)
        except ParseError as error:
            return error

    async def _page(self, entry: Entry) -> bytes | None:
        """The linked page; None where it cannot be had, and the article then says what it rests on instead."""
        assert entry.link is not None
        try:
            return (await self.fetcher.page(entry.link)).body
        except FetchError as error:
            log.info("page not fetched", extra={"url": entry.link, "reason": str(error)})
            return None

    def _auth(self, feed: Feed, state: FeedState) -> Secret | None:
        """The feed's credentials, for the server that the user gave them for; not for one that it moved to."""
        same = urlsplit(state.location)[:2] == urlsplit(feed.url)[:2]
        return self.archive.config.auth.get(feed.id) if same else None

    def _host(self, location: str) -> asyncio.Semaphore:
        """The turn of a feed's host: as many of its feeds may be in hand as it may be asked at once."""
        limit = self.fetcher.limits.per_host
        return self._hosts.setdefault(urlsplit(location).hostname or location, asyncio.Semaphore(limit))

    async def _renew(self) -> None:
        """Hold on to the claims on what is in hand, for as long as it takes."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self._in_hand:
                await self._books.renew(sorted(self._in_hand))


def fetcher_of(settings: Settings) -> Fetcher:
    """A fetcher as the configuration has it."""
    network = settings.network
    return Fetcher(
        contact=settings.contact,
        allow=settings.allow,
        limits=replace(STANDARD_LIMITS, per_host=network.per_host),
        spacing=network.spacing.total_seconds() if network.spacing is not None else None,
        proxy=network.proxy,
    )


def _under(feed: Feed, made: Made, key: str) -> Made:
    """An entry and its article under the key that its feed's past gives it."""
    if made.entry.key == key:
        return made
    article = made.article and replace(made.article, id=article_id(feed.id, key), key=key)
    return msgspec.structs.replace(made, entry=replace(made.entry, key=key), article=article)


def _oldest_first(made: Sequence[Made]) -> list[Made]:
    """Feeds list the newest first; the log is to tell things in the order in which they were published."""
    latest = datetime.max.replace(tzinfo=UTC)
    oldest_first = list(made)
    oldest_first.reverse()
    return sorted(oldest_first, key=lambda one: one.entry.published or latest)


def _chunks(made: Sequence[Made]) -> Iterator[Sequence[Made]]:
    """Consecutive entries, few where some of them wait for their pages."""
    at = 0
    while at < len(made):
        size = CHUNK_OF_PAGES if any(one.waits for one in made[at : at + CHUNK]) else CHUNK
        yield made[at : at + size]
        at += size


def _problem(entry: Entry, error: Exception) -> Problem:
    reason = error.args[0] if isinstance(error, ArchiveError) else f"{type(error).__name__}: {error}"
    return Problem(reason, entry.key, msgspec.json.encode(entry))


def _page_is_due(known: KnownArticle, entry: Entry, last_poll: datetime | None, now: datetime) -> bool:
    """Whether to ask for a known article's page again.

    It is if the feed says that the entry was updated since, or if the page could not be had at the first capture
    and another rung of :data:`PAGE_LADDER` has passed since the last poll; a page behind a wall is left alone then.
    """
    if entry.updated is not None and entry.updated > known.captured_at:
        return True
    rungs = (known.captured_at + age for age in PAGE_LADDER)
    return known.text_source is not TextSource.PAGE and any((last_poll or rung) <= rung <= now for rung in rungs)


def _counted(row: Poll, captured: Sequence[Captured]) -> Poll:
    changes = Counter(one.change for one in captured)
    tally = {change.value: getattr(row, change.value) + number for change, number in changes.items()}
    return replace(row, statements=row.statements + sum(one.statements for one in captured), **tally)


def _say(outcome: Poll) -> None:
    told: dict[str, object] = {
        "feed": outcome.feed,
        "result": outcome.result,
        "new": outcome.new,
        "revised": outcome.revised,
    }
    told |= {"statements": outcome.statements, "held_back": outcome.held_back, "error": outcome.error}
    log.log(logging.WARNING if outcome.error or outcome.held_back else logging.INFO, "polled", extra=told)
