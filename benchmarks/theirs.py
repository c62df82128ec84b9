"""The library `eventsourcing`, by its public path: event store, mapper, JSON transcoder, recorders as they come.

Its projections take one event a transaction, with the position in the same transaction; so does this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.persistence import InfrastructureFactory, Tracking

from archive.ledger.events import ArticleCaptured
from benchmarks.bare import ARTICLES_DDL, article_row, insertion
from benchmarks.contender import READ_BATCH, State
from benchmarks.places import Place, postgres_url

_NAME = "articles"


@dataclass(frozen=True)
class Captured:
    """The article as an event of the library's kind, which is any object with these first two attributes."""

    originator_id: UUID
    originator_version: int
    article: str
    feed: str
    key: str
    fingerprint: str
    text_source: str
    captured_at: str
    chars: int
    url: str | None
    outlet: str | None
    published_at: str | None
    published_raw: str | None


class EventSourcing:
    """An event store, and a projection of it, in one database."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._factory: Any = InfrastructureFactory.construct(_environment(place))
        self._recorder: Any = self._factory.application_recorder()
        self._tracking: Any = self._factory.tracking_recorder()
        self._mapper: Any = self._factory.mapper()
        self._store: Any = self._factory.event_store(mapper=self._mapper, recorder=self._recorder)
        with self._tracking.datastore.transaction(commit=True) as cursor:
            cursor.execute(self._in_schema(ARTICLES_DDL[place.backend]))

    def prepare(self, articles: Sequence[ArticleCaptured]) -> Sequence[Captured]:
        return [_event(article) for article in articles]

    def append(self, batch: Sequence[Captured]) -> None:
        self._store.put(batch)

    def replay(self) -> State:
        state: State = Counter()
        for _, event in self._events():
            state[event.feed] += event.chars
        return state

    def rebuild(self) -> None:
        for position, event in self._events():
            row = article_row(position, event)
            insert = self._in_schema(insertion("article_rows", len(row), self._place.backend))
            with self._tracking.datastore.transaction(commit=True) as cursor:
                self._tracking._insert_tracking(cursor, Tracking(_NAME, position))  # what its manual has views call
                cursor.execute(insert, row)

    def projected(self) -> int:
        with self._tracking.datastore.transaction(commit=False) as cursor:
            cursor.execute(self._in_schema("SELECT count(*) AS rows FROM article_rows"))
            return int(cursor.fetchone()["rows"])

    def close(self) -> None:
        self._factory.close()

    def _events(self) -> Iterator[tuple[int, Captured]]:
        start = 1
        while notifications := self._recorder.select_notifications(start, READ_BATCH):
            for one in notifications:
                yield one.id, self._mapper.to_domain_event(one)
            start = notifications[-1].id + 1

    def _in_schema(self, statement: str) -> str:
        schema = self._place.schema
        return statement.replace("article_rows", f"{schema}.article_rows", 1) if schema else statement


def _event(article: ArticleCaptured) -> Captured:
    return Captured(
        originator_id=uuid5(NAMESPACE_URL, article.stream),
        originator_version=1,
        article=article.article,
        feed=article.feed,
        key=article.key,
        fingerprint=article.fingerprint,
        text_source=article.text_source,
        captured_at=article.captured_at,
        chars=article.chars,
        url=article.url,
        outlet=article.outlet,
        published_at=article.published_at,
        published_raw=article.published_raw,
    )


def _environment(place: Place) -> dict[str, str]:
    if place.backend == "sqlite":
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": place.file}
    url = postgres_url()
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": url.database or "",
        "POSTGRES_HOST": url.host or "",
        "POSTGRES_PORT": str(url.port or 5432),
        "POSTGRES_USER": url.username or "",
        "POSTGRES_PASSWORD": url.password or "",
        "POSTGRES_SCHEMA": place.schema,
    }
