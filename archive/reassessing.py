"""Assessing archived statements again on one topic, when its definition or the rules have changed, by a person's order.

Nothing is read again and nothing is rewritten: see ``ledger/reassess.py`` for what becomes events.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import text

from archive.errors import ConflictError, UsageError
from archive.extract import stance
from archive.ledger.engine import reading
from archive.ledger.events import StanceAssessed
from archive.ledger.known import TEXTS, WORDS, known_article
from archive.ledger.reassess import as_read, reassessed, standing
from archive.pipeline import Archive
from archive.views.questions import articles_since

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Reassessed:
    """What came of it: articles and statements looked at, labels given anew, and labels given no longer."""

    articles: int = 0
    statements: int = 0
    assessed: int = 0
    retracted: int = 0

    def __add__(self, other: Reassessed) -> Reassessed:
        return Reassessed(
            self.articles + other.articles,
            self.statements + other.statements,
            self.assessed + other.assessed,
            self.retracted + other.retracted,
        )


class Reassessor:
    """Assesses what an archive holds on one of its topics; UsageError where the topic is not configured."""

    def __init__(self, archive: Archive, topic: str) -> None:
        """Compile the topic's terms once."""
        found = next((one for one in archive.config.topics if one.id == topic), None)
        if found is None:
            known = ", ".join(one.id for one in archive.config.topics) or "none"
            raise UsageError(
                f"the topic {topic!r} is not configured",
                where=str(archive.config.path),
                remedy=f"Topics there are: {known}",
            )
        self.archive, self.topic = archive, found
        self._assessor = stance.Assessor((found,))
        self._name = cache(self._lookup)

    def all(self, *, now: Callable[[], datetime], progress: Callable[[int, int], None]) -> Reassessed:
        """Go through every article. Can be broken off any time, and begun again."""
        with reading(self.archive.engine) as connection:
            articles = articles_since(connection, None)
        total = Reassessed()
        for done, article in enumerate(articles, start=1):
            total += self._one(article, now())
            progress(done, len(articles))
        return total

    def _one(self, article: str, now: datetime) -> Reassessed:
        ledger, topic = self.archive.ledger, self.topic
        for _ in range(ATTEMPTS):
            stream = ledger.stream(f"article:{article}", parts=(WORDS, *TEXTS))
            known = known_article(stream)
            if known is None or known.article is None:
                return Reassessed()  # its text was erased: there is nothing to assess
            said = as_read(known, self._name)
            assessed = self._assessor.assess(known.article.text, list(said.values()))
            found = dict(zip(said, assessed, strict=True))
            drafts = reassessed(known, standing(stream, topic.id), found, topic=topic.id, rules=stance.RULES)
            try:
                if drafts:
                    ledger.append(drafts, {f"article:{article}": known.version}, now)
            except ConflictError:
                continue  # the article was captured anew meanwhile: look at what it holds now
            given = sum(isinstance(draft.event, StanceAssessed) for draft in drafts)
            return Reassessed(1, len(said), given, len(drafts) - given)
        raise ConflictError("the article is being written to by others", where=article, remedy="Try again")

    def _lookup(self, actor: str) -> str | None:
        with reading(self.archive.engine) as connection:
            query = text("SELECT name FROM actor_rows WHERE actor = :actor")
            found: str | None = connection.execute(query, {"actor": actor}).scalars().first()
        return found


def reassess(
    archive: Archive, topic: str, *, now: Callable[[], datetime], progress: Callable[[int, int], None]
) -> Reassessed:
    """Assess everything an archive holds on a topic, as :class:`Reassessor`."""
    return Reassessor(archive, topic).all(now=now, progress=progress)
