"""Looking at articles' pages again: silent edits become revisions, silent removals become events.

A look is conditional where the server gave validators, and costs no reading where the page's bytes are the same. What
is seen is judged by :mod:`archive.feeds.recheck`; what was edited goes the same way as any capture.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from archive import checks
from archive.checks import Check
from archive.errors import ConflictError, FetchError, ParseError
from archive.feeds import recheck
from archive.feeds.fetch import NO_VALIDATORS, FetchFailedError, FetchStatus, Validators
from archive.feeds.recheck import Page, Sight
from archive.feeds.revise import fingerprint
from archive.feeds.text import page_reader
from archive.ledger.engine import reading, writing
from archive.ledger.events import ArticleRemoved
from archive.ledger.header import Draft
from archive.ledger.known import TEXTS, WORDS, KnownArticle, known_article
from archive.model import Article, Feed, FullText, TextSource, iso
from archive.pipeline import capture
from archive.polling import Poller

CLAIM_LASTS = timedelta(minutes=10)
AT_ONCE = 8
REMOVED, FAILED = "removed", "failed"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of one look, and what the next one needs to know.

    ``wait`` brings the next look forward, ``hold`` keeps it off for so long.
    """

    result: str
    validators: Validators | None = None
    body_hash: str | None = None
    strange: str | None = None
    sightings: int = 0
    wait: timedelta | None = None
    hold: timedelta = timedelta()


class Rechecker:
    """Looks at what is due, several hosts at once, with a poller's connections, workers, clock and claims."""

    def __init__(self, poller: Poller) -> None:
        """Begin nothing yet."""
        self._poller, self._archive, self._now = poller, poller.archive, poller.now
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._enrolled: int | None = None
        self._feeds = [feed.id for feed in self._archive.config.feeds if _has_pages(feed)]

    async def run(
        self, feeds: Collection[str] | None = None, *, before: datetime | None = None, most: int = AT_ONCE
    ) -> Counter[str]:
        """Look at what is due, at most so many articles; how many gave which result.

        With ``before``, whether due or not, at whatever is followed of ``feeds`` and was captured before that time.
        """
        due = await asyncio.to_thread(self._claim, feeds, before, most)
        results = await asyncio.gather(*(self._one(check) for check in due))
        return Counter(results)

    def _claim(self, feeds: Collection[str] | None, before: datetime | None, most: int) -> list[Check]:
        now = self._now()
        with reading(self._archive.engine) as connection:
            if before is None and checks.idle(connection, now, self._enrolled):
                return []
        mine = self._feeds if feeds is None else [feed for feed in self._feeds if feed in feeds]
        holder, until = self._poller.me.holder, now + CLAIM_LASTS
        with writing(self._archive.engine) as connection:
            self._enrolled = checks.enrol(connection, self._feeds, now, self._enrolled)
            return checks.claim(connection, holder, now, until, most=most, feeds=mine, before=before)

    async def _one(self, check: Check) -> str:
        async with self._turns:
            return "stopped" if self._poller.stopping() else await self._judged(check)

    async def _judged(self, check: Check) -> str:
        try:
            look = await self._look(check)
        except SQLAlchemyError:
            raise  # a database that fails is no fault of the page's
        except Exception as error:
            log.exception("a page cannot be looked at", extra={"article": check.article, "url": check.url})
            look = Look(FAILED, strange=f"error: {type(error).__name__}", sightings=check.sightings + 1)
        await asyncio.to_thread(self._settle, check, look)
        log.info("rechecked", extra={"article": check.article, "url": check.url, "result": look.result})
        return look.result

    async def _look(self, check: Check) -> Look:
        try:
            fetched = await self._poller.fetcher.page(check.url, check.validators)
        except FetchFailedError as error:
            if error.status in recheck.SIGHTINGS:
                what = f"the server answers {error.status}"
                return await asyncio.to_thread(self._gone, check, what, recheck.SIGHTINGS[error.status])
            return _failed(check, error)
        except FetchError as error:
            return _failed(check, error)
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        if fetched.status is FetchStatus.NOT_MODIFIED:
            return Look(Sight.SAME, fetched.validators, check.body_hash)
        if body_hash == check.body_hash and check.strange is None:
            return Look(Sight.SAME, fetched.validators, body_hash)  # the same bytes are not read again
        try:
            page = await self._poller.workers.page(check.url, fetched.body)
        except ParseError as error:
            return _failed(check, error)
        seen = Page(check.url, fetched.url, page.title, page.text)
        return await asyncio.to_thread(self._judge, check, seen, Look(Sight.TEXT, fetched.validators, body_hash))

    def _judge(self, check: Check, page: Page, look: Look) -> Look:
        """What a page that was read means for its article."""
        known = self._known(check.article)
        if known is None or known.article is None:
            return Look("erased", wait=recheck.LADDER[-1])
        match recheck.sight(page, len(known.article.text)):
            case Sight.GONE:
                return self._gone(check, "the page says that it is gone", recheck.SOFT_SIGHTINGS)
            case Sight.UNREADABLE:
                return replace(look, result=Sight.UNREADABLE)
            case seen:
                return self._text(check, known.article, page.text, replace(look, result=seen))

    def _text(self, check: Check, last: Article, text: str, look: Look) -> Look:
        """Capture a page's text, unless the feed itself carries the article, or the text must be seen twice."""
        poorer = last.text_source in {TextSource.SUMMARY, TextSource.TITLE} and len(text) < len(last.text)
        if last.text_source is TextSource.CONTENT or poorer:
            return replace(look, result=Sight.SAME)
        now = self._now()
        article = replace(last, text=text, text_source=TextSource.PAGE, captured_at=now, reader=page_reader())
        mark = f"shrunk: {fingerprint(article)}"
        if look.result == Sight.SHRUNK and check.strange != mark:
            return Look(Sight.SHRUNK, strange=mark, sightings=1, wait=recheck.again(1))
        return replace(look, result=capture(self._archive, article, now).change)

    def _gone(self, check: Check, what: str, needed: int) -> Look:
        """One more sighting of a page that is not there; the removal itself, once it was seen often enough."""
        sightings = check.sightings + 1 if (check.strange or "").startswith("gone") else 1
        look = Look(Sight.GONE, strange="gone", sightings=sightings, wait=recheck.again(sightings))
        if sightings < needed:
            return look
        known = self._known(check.article)
        if known is None or known.removed:
            return replace(look, result=Sight.SAME, wait=None)
        observed = self._now()
        event = ArticleRemoved(check.article, f"{what}, seen {sightings} times", iso(observed))
        try:
            self._archive.ledger.append([Draft(event)], {event.stream: known.version}, observed)
        except ConflictError:
            return replace(look, wait=recheck.AGAIN[0])  # it was captured anew this moment: look once more
        return replace(look, result=REMOVED, wait=None, validators=NO_VALIDATORS)

    def _known(self, article: str) -> KnownArticle | None:
        return known_article(self._archive.ledger.stream(f"article:{article}", parts=(WORDS, *TEXTS)))

    def _settle(self, check: Check, look: Look) -> None:
        now = self._now()
        rung = recheck.due_after(check.captured_at, now)
        soon = now + look.wait if look.wait else None
        due = min(rung, soon) if rung and soon else rung or soon
        due = max(due, now + look.hold) if due else None
        with writing(self._archive.engine) as connection:
            checks.settle(
                connection,
                check.article,
                result=look.result,
                now=now,
                due=due,
                validators=look.validators,
                body_hash=look.body_hash,
                strange=look.strange,
                sightings=look.sightings,
            )


def _has_pages(feed: Feed) -> bool:
    """Whether a feed's articles have pages to look at: not where the user wants none, nor where the feed is a file."""
    return feed.full_text is not FullText.NEVER and feed.url.startswith(("http://", "https://"))


def _failed(check: Check, error: FetchError | ParseError) -> Look:
    """A look that showed nothing; what was seen before still waits for its confirmation."""
    log.info("page not fetched", extra={"url": check.url, "reason": str(error)})
    hold = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    wait = recheck.AGAIN[-1] if check.strange else None
    return Look(FAILED, strange=check.strange, sightings=check.sightings, wait=wait, hold=hold)
