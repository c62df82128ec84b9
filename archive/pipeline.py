"""THE STORY: how what a feed delivers becomes events.

    for each feed that is due:
        fetch   its bytes, unless they have not changed          feeds/fetch.py
        parse   them into entries                                feeds/parse.py
        for each entry, oldest first:
            choose  its text: the feed's, the page's, or less    feeds/article.py
            decide  new, revised or same                         feeds/revise.py
            extract its statements, assess their stances         extract/
            record  all of it as one batch of events             ledger/record.py
        append  what they came to in one transaction             ledger/store.py
        settle  validators and the next due time                 operations.py
    catch up the projections                                     views/

Whatever is interrupted is simply polled again: ids say what is known already, so nothing is stored twice, and
validators are only kept after everything that came with them was stored or quarantined.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TypeVar

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from archive import extract, operations
from archive.config import Config
from archive.errors import ConflictError, ParseError, ProjectionError
from archive.extract import Extractor, Rules, places, stance, units
from archive.feeds.article import from_entry
from archive.feeds.parse import CUT_SHORT
from archive.feeds.revise import Change, Known, decide, fingerprint
from archive.feeds.work import Delivered
from archive.feeds.workers import Workers
from archive.ledger.declare import declare, declared
from archive.ledger.engine import connect, reading, writing
from archive.ledger.header import Draft, Recorded
from archive.ledger.known import TEXTS, WORDS, KnownArticle, known_article
from archive.ledger.migrate import upgrade
from archive.ledger.names import Names, Usage
from archive.ledger.record import record, valid_time
from archive.ledger.store import Ledger
from archive.model import ActorKind, Article, Entry, Feed, Reading, fold
from archive.views.lookup import names_in
from archive.views.projections import catch_up

ATTEMPTS = 3
EXTRACTED_BY: Extractor = Rules()

T = TypeVar("T")

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The operator's clock; handed around as a parameter, so that tests have their own."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of one article: new, revised or same, and how many statements were recorded."""

    change: Change
    statements: int = 0


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive opened for writing: its configuration, its log, how names are used, what reads and assesses."""

    config: Config
    ledger: Ledger
    usage: Usage
    assessor: stance.Assessor
    extractor: Extractor

    @property
    def engine(self) -> Engine:
        """The database."""
        return self.ledger.engine

    def close(self) -> None:
        """Give the database's connections back."""
        self.engine.dispose()

    def feeds(self, ids: Collection[str]) -> list[Feed]:
        """The configured feeds with these ids, in the order of the configuration."""
        return [feed for feed in self.config.feeds if feed.id in ids]


def open_archive(config: Config, now: datetime, extractor: Extractor = EXTRACTED_BY) -> Archive:
    """Create or upgrade the database, and append what changed in the configuration since it was last opened."""
    engine = connect(config.settings.database)
    upgrade(engine)
    ledger = Ledger(engine)
    _declare(ledger, config, now)
    with writing(engine) as connection:
        operations.enrol(connection, config.feeds, now)
    try:
        catch_up(engine, ledger)  # who is known is looked up in what is projected
    except ProjectionError as error:
        log.warning("capturing goes on with what is projected", extra={"error": str(error)})
    return Archive(config, ledger, usage(), stance.Assessor(config.topics), extractor)


def _declare(ledger: Ledger, config: Config, now: datetime) -> None:
    log = [*ledger.kind("feed"), *ledger.kind("topic")]
    log += ledger.streams([f"actor:{actor.id}" for actor in config.actors])
    known = declared(log)
    ledger.append(declare(known, config.feeds, config.topics, config.actors), known.versions, now)


@cache
def usage(language: str = "en") -> Usage:
    """How a language's names and offices are used, from its pack."""
    offices = units.load(language).offices
    usual = {
        fold(name): (place.name, ActorKind.COUNTRY if place.country else ActorKind.ORGANISATION)
        for name, place in places.load(language).by_name.items()
        if place.form is places.NameKind.NAME
    }
    return Usage(usual, offices.sole, offices.apart, offices.bodies)


def read(archive: Archive, article: Article) -> Reading:
    """The statements of an article with their stances on the configured topics."""
    if not extract.supported(article.language):
        log.info("captured but not read: there is no pack for the language", extra={"language": article.language})
    published = article.published_at.date() if article.published_at else None
    reading = archive.extractor.read(article.text, published=published, language=article.language)
    return archive.assessor.read(article.text, reading)


def names_for(archive: Archive, article: Article, *readings: Reading | None) -> Names:
    """What is known of those whom the statements of these readings of an article mention."""
    statements = [statement for one in readings if one for statement in one.statements]
    days = sorted(valid_time(statement, article)[0].date().isoformat() for statement in statements)
    if not days:
        return Names(archive.usage)
    with reading(archive.engine) as connection:
        return names_in(connection, archive.usage, statements, days[0], days[-1])


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one article comes to: new, revised or same, and the events that say so (none where it is the same)."""

    change: Change
    drafts: Sequence[Draft] = ()

    @property
    def captured(self) -> Captured:
        """What this is once its events are in the log."""
        return Captured(self.change, sum(draft.event.type.startswith("statement.recorded") for draft in self.drafts))


def prepare(archive: Archive, article: Article, known: KnownArticle | None) -> Prepared:
    """Decide, extract and make the events, beside what is known of the article; writes nothing."""
    if known and _decide(known, article) is not Change.SAME:
        known = known_article(archive.ledger.stream(f"article:{article.id}", parts=(WORDS, *TEXTS)))
    change = _decide(known, article)
    if change is Change.SAME:
        return Prepared(change)
    found = read(archive, article)
    before = _read_before(archive, known, found) if known else None
    drafts = record(
        article,
        found,
        fingerprint=fingerprint(article),
        rules=stance.RULES,
        known=known,
        names=names_for(archive, article, found, before),
        before=before,
    )
    return Prepared(change, drafts)


def _decide(known: KnownArticle | None, article: Article) -> Change:
    """New, revised or same. Where the known text is at hand it is compared: its fingerprint may be an older rule's."""
    if known is None:
        return decide(None, article)
    last = known.article
    stored = fingerprint(last) if last else known.fingerprint
    text, reader = (last.text, last.reader) if last else (None, "")
    return decide(Known(stored, known.text_source, known.past, known.removed, text, reader), article)


def _read_before(archive: Archive, known: KnownArticle, found: Reading) -> Reading | None:
    """What today's extractor reads in the revision before an edit, where it was another that read it then."""
    same = known.live and all(event.extractor == found.extractor for event in known.live.values())
    return read(archive, known.article) if known.article and not same else None


def capture(archive: Archive, article: Article, now: datetime) -> Captured:
    """Store one article: decide, extract, record, append. Its batch is in the log as a whole when this returns.

    Another process may store the same article meanwhile; then this one looks again and finds it known.
    """
    for attempt in range(1, ATTEMPTS + 1):
        known = latest(archive.ledger, article.id)
        prepared = prepare(archive, article, known)
        if not prepared.drafts:
            return prepared.captured
        try:
            expected = {f"article:{article.id}": known.version} if known else {}
            appended = archive.ledger.append(prepared.drafts, expected, now)
        except ConflictError:
            if attempt == ATTEMPTS:
                raise
            continue
        return prepared.captured if appended.count else Captured(prepared.change)
    raise AssertionError("unreachable: the last attempt returns or raises")


def capture_all(
    archive: Archive, articles: Sequence[Article], now: datetime, stopping: Callable[[], bool] = lambda: False
) -> list[Captured | Exception]:
    """Store different articles in one transaction, which a poll of many owes its pace to: what became of each.

    An article that cannot be stored is its error, and costs no other. ``stopping`` is asked before each article;
    the answer is shorter where it said yes. Where another process stored one of them meanwhile, or the
    transaction fails for what one of them holds, they are stored one by one.
    """
    known = latest_of(archive.ledger, [article.id for article in articles])
    done: list[Prepared | Exception] = []
    for article in articles:
        if stopping():
            break
        done.append(_attempt(partial(prepare, archive, article, known.get(article.id))))
    drafts = [draft for one in done if isinstance(one, Prepared) for draft in one.drafts]
    expected = {f"article:{id_}": one.version for id_, one in known.items()}
    try:
        if drafts:
            archive.ledger.append(drafts, expected, now)
    except Exception as error:  # noqa: BLE001 - whose fault it is shows one by one
        log.info("stored one by one", extra={"reason": f"{type(error).__name__}: {error}"})
        return [_attempt(partial(capture, archive, article, now)) for article in articles[: len(done)]]
    return [one if isinstance(one, Exception) else one.captured for one in done]


def _attempt(work: Callable[[], T]) -> T | Exception:
    """The result, or the error as a value; a database that fails is no fault of the article's, and raises."""
    try:
        return work()
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("an article cannot be stored")
        return error


def latest(ledger: Ledger, article: str) -> KnownArticle | None:
    """The latest revision of an article with what it held; None where there is none."""
    return known_article(ledger.stream(f"article:{article}", parts=(WORDS,)))


def latest_of(ledger: Ledger, articles: Sequence[str]) -> dict[str, KnownArticle]:
    """The same of several articles at once, without the words of their statements."""
    streams: dict[str, list[Recorded]] = defaultdict(list)
    for one in ledger.streams([f"article:{id_}" for id_ in articles]):
        streams[one.stream.removeprefix("article:")].append(one)
    found = {id_: known_article(stream) for id_, stream in streams.items()}
    return {id_: known for id_, known in found.items() if known}


def retry_held_back(archive: Archive, now: datetime) -> tuple[int, int]:
    """Try again to store what is in quarantine: (stored, still held back)."""
    with reading(archive.engine) as connection:
        held = operations.held_back(connection)
    stored = sum(_retry(archive, row, now) for row in held)
    return stored, len(held) - stored


def _retry(archive: Archive, row: operations.HeldBack, now: datetime) -> bool:
    feed = next((feed for feed in archive.config.feeds if feed.id == row.feed), None)
    if feed is None or CUT_SHORT in row.reason:  # a part of an entry would pass for its first version
        return False
    try:
        articles = _of_entry(feed, row) if row.raw.startswith(b"{") else _of_bytes(archive, feed, row)
        for article in articles:
            capture(archive, article, now)
    except SQLAlchemyError:
        raise  # a database that fails is no fault of the entry's
    except Exception as error:  # noqa: BLE001 - whatever it is, the entry stays in quarantine and the reason is told
        log.info("still held back", extra={"id": row.id, "reason": f"{type(error).__name__}: {error}"})
        return False
    with writing(archive.engine) as connection:
        operations.let_go(connection, row.id)
    return True


def _of_entry(feed: Feed, row: operations.HeldBack) -> list[Article]:
    """The article of an entry that was read, and could not be stored."""
    entry = msgspec.json.decode(row.raw, type=Entry)
    return [from_entry(feed, entry, None, captured_at=row.first_seen_at, outlet=feed.title)]


def _of_bytes(archive: Archive, feed: Feed, row: operations.HeldBack) -> list[Article]:
    """The articles of bytes that could not be read; ParseError where they cannot still, or where one is known.

    What is known came whole meanwhile, or says something else under the same key: these bytes must not replace it.
    """

    async def parse() -> Delivered:
        async with Workers() as workers:
            return await workers.parse(feed, row.raw, {}, feed.url, row.first_seen_at)

    delivered = asyncio.run(parse())
    articles = [one.article for one in delivered.made if one.article]
    if not articles or delivered.parsed.problems or len(articles) < len(delivered.made):
        raise ParseError("it cannot be read still", where=row.id)
    if latest_of(archive.ledger, [article.id for article in articles]):
        raise ParseError("another form of it is stored", where=row.id)
    return articles
