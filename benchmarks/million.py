"""A large invented archive for questions and exports: projected tables filled by the projections' own folds.

Nothing of it goes through the log: a million statements are there in minutes instead of an hour. As in the news, few
actors speak often and on many topics, most on one or two; with ``even``, everybody speaks on everything alike, which is
harder: 425,000 stances are held at once instead of 30,000. The same seed gives the same archive.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from archive.ledger.engine import writing
from archive.ledger.events import (
    ActorRegistered,
    ArticleCaptured,
    ArticleRevised,
    Event,
    FeedAdded,
    Named,
    OfficeHeld,
    Source,
    StanceAssessed,
    StatementRecorded,
    StatementWithdrawn,
    TopicDefined,
    Words,
    words_part,
)
from archive.ledger.header import Recorded
from archive.ledger.known import WORDS
from archive.model import Span, iso
from archive.views.projections import LIVE
from archive.views.rows import take_stock
from archive.views.search import create_search, drop_search
from archive.views.tables import PROJECTED

YEARS = 5
BATCH = 20_000
A_ARTICLE = 5
"""Statements an article."""

STANCES = ("support", "support", "oppose", "oppose", "conditional", "open", "not_now", "undecided", "no_position")
WORDS_USED = (
    "harbour",
    "toll",
    "ferry",
    "night",
    "dam",
    "budget",
    "strike",
    "tariff",
    "border",
    "island",
    "levy",
    "vote",
    "council",
    "reform",
    "treaty",
    "grain",
    "fishing",
    "licence",
    "winter",
    "fuel",
    "school",
    "bridge",
    "union",
    "port",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large the archive is to be."""

    statements: int = 1_000_000
    actors: int = 10_000
    topics: int = 50
    countries: int = 200
    even: bool = False

    def beat(self, actor: int) -> int:
        """On how many topics an actor speaks, 1 at least: the first on all, the hundredth on half, most on one."""
        return self.topics if self.even else max(1, round(self.topics / (1 + actor / 100)))

    outlets: int = 200
    agencies: int = 8


@dataclass
class _Writer:
    """Numbers events as the log would."""

    start: datetime
    step: timedelta
    position: int = 0

    def __call__(self, event: Event, stream: str, version: int, words: Words | None = None) -> Recorded:
        self.position += 1
        at = iso(self.start + self.step * self.position)
        parts = {WORDS: words_part(words)} if words else {}
        return Recorded(self.position, at, f"e{self.position}", stream, version, event, parts)


def fill(engine: Engine, size: Size, now: datetime, seed: int = 1) -> int:
    """Fill the projected tables of an empty archive, up to the present; how many events that took."""
    LIVE.enrol(engine)
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            drop_search(connection)
        for table in PROJECTED:
            for index in table.indexes:
                index.drop(connection)
    batch: list[Recorded] = []
    last = 0
    for group in _events(size, now, random.Random(seed)):
        batch += group
        if len(batch) >= BATCH:
            last = _apply(engine, batch)
            batch = []
    last = _apply(engine, batch) if batch else last
    with writing(engine) as connection:
        for table in PROJECTED:
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                index.create(connection)
        connection.execute(text("UPDATE log_head SET size = :size"), {"size": last})
        create_search(connection, refill=True)
        take_stock(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    return last


def _apply(engine: Engine, batch: list[Recorded]) -> int:
    with writing(engine) as connection:
        LIVE.advance(connection, batch, careful=False)
    return batch[-1].position


def _events(size: Size, now: datetime, draw: random.Random) -> Iterator[list[Recorded]]:
    """Groups of events that belong into one batch."""
    span = timedelta(days=365 * YEARS)
    articles = -(-size.statements // A_ARTICLE)
    recorded = _Writer(now - span, span / (size.statements * 2.4 + size.actors * 2 + 1000))
    yield list(_registry(size, recorded, draw))
    for number in range(articles):
        published = now - span * (1 - (number + 0.5) / articles)
        yield list(_article(number, published, size, recorded, draw))


def _registry(size: Size, recorded: _Writer, draw: random.Random) -> Iterator[Recorded]:
    for n in range(size.outlets):
        yield recorded(FeedAdded(f"feed-{n}", f"https://feed{n}.example/rss", f"Outlet {n}"), f"feed:{n}", 1)
    for n in range(size.topics):
        yield recorded(TopicDefined(f"topic-{n}", f"Proposition {n} should pass", (f"term {n}",)), f"topic:{n}", 1)
    for n in range(size.countries):
        yield recorded(ActorRegistered(f"country:{n}", f"Country {n}", "country"), f"actor:c{n}", 1)
    for n in range(size.actors):
        yield recorded(ActorRegistered(f"person:{n}", f"Person {n}", "person"), f"actor:p{n}", 1)
        if n % 4 == 0:
            country = f"country:{draw.randrange(size.countries)}"
            yield recorded(OfficeHeld(f"person:{n}", "Minister", country, "2020-01-01"), f"actor:p{n}", 2)


def _article(
    number: int, published: datetime, size: Size, recorded: _Writer, draw: random.Random
) -> Iterator[Recorded]:
    article, stream = f"a-{number:07d}", f"article:a-{number:07d}"
    outlet = draw.randrange(size.outlets)
    capture = ArticleCaptured(
        article=article,
        feed=f"feed-{outlet}",
        key=f"guid:{article}",
        fingerprint=article,
        text_source="content",
        captured_at=iso(published + timedelta(minutes=7)),
        chars=2000,
        url=f"https://outlet{outlet}.example/{article}",
        outlet=f"Outlet {outlet}",
        published_at=iso(published),
    )
    yield recorded(capture, stream, 1)
    told: list[str] = []
    for n in range(A_ARTICLE):
        yield from _statement(capture, n, size, recorded, draw)
        told.append(f"s-{article[2:]}-{n}")
    if draw.random() < 0.02:
        revised = ArticleRevised(
            **{name: getattr(capture, name) for name in capture.__struct_fields__} | {"revision": 2}
        )
        yield recorded(revised, stream, 40)
        gone = StatementWithdrawn(told[0], article, "edit", "rules@1", "no longer in the article")
        yield recorded(gone, stream, 41)


def _statement(
    capture: ArticleCaptured, n: int, size: Size, recorded: _Writer, draw: random.Random
) -> Iterator[Recorded]:
    article, stream = capture.article, f"article:{capture.article}"
    statement = f"s-{article[2:]}-{n}"
    person = int(size.actors ** draw.random()) - 1 if not size.even else draw.randrange(size.actors)
    known = draw.random() < 0.95
    quote = " ".join(draw.choices(WORDS_USED, k=18))
    event = StatementRecorded(
        statement=statement,
        article=article,
        revision=1,
        kind="direct",
        resolution="explicit" if known else "nominal",
        content=(Span(n * 200, n * 200 + len(quote)),),
        cue=(Span(n * 200 + 150, n * 200 + 154),),
        speaker=Span(n * 200 + 155, n * 200 + 170),
        valid_at=capture.published_at or "",
        precision="published",
        extractor="rules@1",
        actor=f"person:{person}" if known else None,
        named=Named(f"Person {person}", "person") if known else None,
        speaks_for=f"country:{person % size.countries}" if known and person % 4 == 0 else None,
        via=(Source(f"Agency {draw.randrange(size.agencies)}", 1, 9),) if draw.random() < 0.3 else (),
        directness="first_hand" if draw.random() < 0.95 else "ascribed",
        confidence=950,
        pattern="quote.said",
    )
    speaker = f"Person {person}" if known else f"the official {person % 2000}"
    yield recorded(event, stream, 2 + n * 4, Words((quote,), ("said",), speaker))
    topic = f"topic-{(person + draw.randrange(size.beat(person))) % size.topics}"
    judged = StanceAssessed(statement, article, topic, draw.choice(STANCES), "rule", "rules@1", 850, rule="lexicon")
    yield recorded(judged, stream, 3 + n * 4)
    if draw.random() < 0.001:
        for coder in ("coder-1", "coder-2"):
            label = draw.choice(STANCES)
            coded = StanceAssessed(statement, article, topic, label, "person", coder, cause="person")
            yield recorded(coded, stream, 4 + n * 4)


def at_noon() -> datetime:
    """Today's noon, so that "this week" is the end of the data."""
    return datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
