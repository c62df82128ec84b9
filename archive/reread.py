"""Reading what is archived again, with a better extractor, when a person asks for it.

History is not rewritten: what the new reading finds besides is recorded, what it does not find is withdrawn, both
with cause ``rules``, and everything else is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archive.errors import ConflictError
from archive.extract import stance
from archive.ledger.engine import reading
from archive.ledger.events import StatementRecorded
from archive.ledger.known import TEXTS, WORDS, known_article
from archive.ledger.record import reread
from archive.pipeline import Archive, names_for, read
from archive.views.questions import articles_since

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Reread:
    """What came of it: articles read, statements recorded besides, and withdrawn."""

    articles: int = 0
    recorded: int = 0
    withdrawn: int = 0


def reread_all(
    archive: Archive,
    since: datetime | None,
    *,
    now: Callable[[], datetime],
    progress: Callable[[int, int], None],
) -> Reread:
    """Read again the latest revision of every article captured since a time (None: all). Can be broken off any time."""
    with reading(archive.engine) as connection:
        articles = articles_since(connection, since)
    total = Reread()
    for done, article in enumerate(articles, start=1):
        one = _reread(archive, article, now())
        total = Reread(total.articles + 1, total.recorded + one.recorded, total.withdrawn + one.withdrawn)
        progress(done, len(articles))
    return total


def _reread(archive: Archive, article: str, now: datetime) -> Reread:
    for attempt in range(1, ATTEMPTS + 1):
        known = known_article(archive.ledger.stream(f"article:{article}", parts=(WORDS, *TEXTS)))
        if known is None or known.article is None:
            return Reread()  # its text was erased: there is nothing to read
        again = known.article
        found = read(archive, again)
        names = names_for(archive, again, found)
        drafts = reread(again, found, rules=stance.RULES, known=known, names=names)
        try:
            archive.ledger.append(drafts, {f"article:{article}": known.version}, now)
        except ConflictError:
            if attempt == ATTEMPTS:
                raise
            continue
        recorded = sum(isinstance(draft.event, StatementRecorded) for draft in drafts)
        withdrawn = sum(draft.event.type.startswith("statement.withdrawn") for draft in drafts)
        return Reread(1, recorded, withdrawn)
    raise AssertionError("unreachable: the last attempt returns or raises")
