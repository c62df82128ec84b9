"""The archive itself: identities, hashes, Merkle frontier, guards and all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select

from archive.ledger.engine import connect, reading
from archive.ledger.events import ArticleCaptured
from archive.ledger.header import Draft
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.views.rebuild import rebuild
from archive.views.tables import article_rows
from benchmarks.contender import State
from benchmarks.places import Place

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


class Archive:
    """The log and the projections of an archive."""

    def __init__(self, place: Place) -> None:
        self._engine = connect(place.url)
        upgrade(self._engine)
        self._ledger = Ledger(self._engine)

    def prepare(self, articles: Sequence[ArticleCaptured]) -> Sequence[Draft]:
        return [Draft(article) for article in articles]

    def append(self, batch: Sequence[Draft]) -> None:
        self._ledger.append(batch, {}, NOW)

    def replay(self) -> State:
        state: State = Counter()
        for one in self._ledger.read():
            if isinstance(one.event, ArticleCaptured):
                state[one.event.feed] += one.event.chars
        return state

    def rebuild(self) -> None:
        rebuild(self._engine, self._ledger)

    def projected(self) -> int:
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(article_rows)).scalar_one()

    def close(self) -> None:
        self._engine.dispose()
