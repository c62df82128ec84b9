"""A person's judgement, as events: it outranks every rule, carries a name, and stays visible when overruled."""

from __future__ import annotations

from datetime import datetime

from archive.errors import ConflictError, UsageError
from archive.ledger.events import StanceAssessed, StatementWithdrawn
from archive.ledger.header import Draft
from archive.ledger.known import known_article
from archive.ledger.store import Appended, Ledger
from archive.model import Cause, Stance
from archive.views.questions import article_of

NOTE = "note"
ATTEMPTS = 3


def assess(
    ledger: Ledger, statement: str, topic: str, stance: Stance, *, by: str, note: str | None, now: datetime
) -> Appended:
    """Record that a person reads a statement as this stance on this topic.

    UsageError where there is no such statement or topic, or the statement was withdrawn.
    """
    if topic not in {one.stream.removeprefix("topic:") for one in ledger.kind("topic")}:
        raise UsageError(f"there is no topic {topic!r}", remedy="See: archive sql 'SELECT topic FROM topics'")
    article = _article(ledger, statement)
    event = StanceAssessed(
        statement=statement, article=article, topic=topic, stance=stance, method="person", by=by, cause=Cause.PERSON
    )
    return _append(ledger, Draft(event, {NOTE: note.encode()} if note else {}), statement, now)


def withdraw(ledger: Ledger, statement: str, *, by: str, reason: str, now: datetime) -> Appended:
    """Record that a person found a statement to be none, or wrongly read. UsageError as for :func:`assess`."""
    article = _article(ledger, statement)
    event = StatementWithdrawn(statement=statement, article=article, cause=Cause.PERSON, by=by, reason=reason)
    return _append(ledger, Draft(event), statement, now)


def _article(ledger: Ledger, statement: str) -> str:
    article = article_of(ledger.engine, statement)
    if article is None:
        raise UsageError(f"there is no statement {statement!r}", remedy="See: archive statements")
    return article


def _append(ledger: Ledger, draft: Draft, statement: str, now: datetime) -> Appended:
    stream = draft.event.stream
    for _ in range(ATTEMPTS):
        known = known_article(ledger.stream(stream))
        if known is None or statement not in known.live:
            raise UsageError(f"the statement {statement} was withdrawn", where=stream, remedy="See: archive statements")
        try:
            return ledger.append([draft], {stream: known.version}, now)
        except ConflictError:
            continue  # the article was captured anew meanwhile: look whether the statement is still there
    raise UsageError("the article is being written to by others", where=stream, remedy="Try again")
