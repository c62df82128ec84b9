"""What is read becomes events: pure functions from an article and its statements to a batch of drafts.

All events of an article are in one stream, ``article:<id>``: its revisions, the statements read from them and
the assessments of those. So one expected version guards the whole batch, and one read gives all there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

import msgspec

from archive.ledger.edits import Said, by_sameness, replaced, stands
from archive.ledger.events import (
    ActorRegistered,
    ArticleCaptured,
    ArticleRevised,
    Named,
    Source,
    StanceAssessed,
    StatementReanchored,
    StatementRecorded,
    StatementWithdrawn,
    Words,
    words_part,
)
from archive.ledger.header import Draft, canonical
from archive.ledger.known import WORDS, KnownArticle, anchor
from archive.ledger.names import Names, Resolved
from archive.model import (
    ActorMention,
    Article,
    Assessment,
    Cause,
    Precision,
    Reading,
    Span,
    Statement,
    iso,
)

_ORPHANED = "its words still stand, but are no longer read as its speaker's"


def digest(*facts: object) -> str:
    """SHA-256 over canonical JSON, in hexadecimal: what ids are cut from."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def record(
    article: Article,
    reading: Reading,
    *,
    fingerprint: str,
    rules: str,
    known: KnownArticle | None,
    names: Names,
    before: Reading | None = None,
) -> list[Draft]:
    """The batch for a new article, or for a new revision of a known one; ``rules`` made the assessments.

    On a revision, statements with the same words by the same actor are left alone, but told where they stand now;
    what is new is recorded with cause ``edit``, and what is gone is withdrawn with the same cause. ``before`` is what
    today's extractor reads in the revision before: what differs from the log there already is the doing of the
    extractor, not of the edit, and gets the cause ``rules``.
    """
    revision = known.revision + 1 if known else 1
    if not (known or reading.statements):
        return [_revision(article, fingerprint, revision)]
    batch = _Batch(article, rules, known, names, revision)
    cause = Cause.EDIT if known else Cause.STATEMENT
    return [_revision(article, fingerprint, revision), *batch.changes(reading, cause, before)]


def reread(article: Article, reading: Reading, *, rules: str, known: KnownArticle, names: Names) -> list[Draft]:
    """The batch for another reading of a revision that is in the log already, by a newer extractor.

    What it finds besides is recorded, and what it does not find again is withdrawn, both with cause ``rules``. A
    statement that a person assessed is kept all the same: people outrank rules.
    """
    return _Batch(article, rules, known, names, known.revision).changes(reading, Cause.RULES)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What must be recorded and withdrawn so that those statements count that were read; the same are left alone."""

    article: Article
    rules: str
    known: KnownArticle | None
    names: Names
    revision: int

    def changes(self, reading: Reading, cause: Cause, before: Reading | None = None) -> list[Draft]:
        """The drafts beside the revision itself. What a person withdrew is not recorded again, however often found."""
        known = self.known
        earlier = by_sameness(known.said(known.live)) if known else {}
        refused = by_sameness(known.said(known.refused)) if known else {}
        kept: list[tuple[str, Said]] = []
        fresh: list[tuple[Statement, Said]] = []
        for statement, said in self._read(reading, self.article.text, cause):
            if earlier.get(said.sameness):
                kept.append((earlier[said.sameness].pop(0).event.statement, said))
            elif said.sameness not in refused:
                fresh.append((statement, said))
        gone = [said for group in earlier.values() for said in group]
        why = self._causes(cause, before)
        moved = self._moved(kept) if cause is Cause.EDIT else []
        recorded = self._recorded(fresh, why)
        return moved + recorded + self._withdrawn(gone, [said for _, said in fresh], why, reading.extractor)

    def _causes(self, cause: Cause, before: Reading | None) -> Callable[[Said, bool], Cause]:
        """Why a statement is new, or gone: for an edit, whether today's extractor reads it in the text before."""
        known = self.known.article if self.known else None
        if before is None or known is None:
            return lambda _said, _found: cause
        there = {said.sameness for _, said in self._read(before, known.text, cause)}
        return lambda said, found: Cause.RULES if (said.sameness in there) is found else cause

    def _resolved(self, statement: Statement) -> Resolved:
        day = valid_time(statement, self.article)[0].date().isoformat()
        return self.names.resolve(statement, self.article.id, day)

    def _read(self, reading: Reading, text: str, cause: Cause) -> list[tuple[Statement, Said]]:
        """The statements of a reading as events with their words, each once."""
        seen: set[str] = set()
        found = []
        for statement in reading.statements:
            event = _statement(
                self.article,
                statement,
                version=self.known.version if self.known else 0,
                revision=self.revision,
                extractor=reading.extractor,
                cause=cause,
                who=self._resolved(statement),
            )
            if _added(seen, event.statement):
                found.append((statement, Said(event, _words(text, statement))))
        return found

    def _moved(self, kept: Iterable[tuple[str, Said]]) -> list[Draft]:
        """Tell where statements stand now, as far as that is elsewhere."""
        assert self.known is not None
        return [
            Draft(
                StatementReanchored(
                    statement=statement,
                    article=self.article.id,
                    revision=self.revision,
                    content=said.event.content,
                    cue=said.event.cue,
                    speaker=said.event.speaker,
                )
            )
            for statement, said in kept
            if anchor(said.event) != self.known.anchors[statement]
        ]

    def _recorded(self, fresh: Iterable[tuple[Statement, Said]], why: Callable[[Said, bool], Cause]) -> list[Draft]:
        drafts: list[Draft] = []
        registered: set[str] = set()
        for statement, said in fresh:
            cause = why(said, True)
            event = msgspec.structs.replace(said.event, cause=cause)
            named = _actors(statement, event, self._resolved(statement))
            drafts += [one for one in named if _added(registered, one.event.stream)]
            drafts.append(Draft(event, {WORDS: words_part(said.words)}))
            drafts += assessments(event, statement.assessments, self.rules, cause)
        return drafts

    def _withdrawn(
        self, gone: Sequence[Said], fresh: Sequence[Said], why: Callable[[Said, bool], Cause], extractor: str
    ) -> list[Draft]:
        """Withdraw what was not found again, but for what a person assessed where only the rules are other ones."""
        judged = self.known.judged if self.known else frozenset()
        drafts = []
        edited = []
        for said in sorted(gone, key=lambda said: said.event.statement):
            if (cause := why(said, False)) is Cause.EDIT:
                edited.append(said)
            elif said.event.statement not in judged:
                drafts.append(_withdrawal(said, cause, extractor, "not found again"))
        heirs = replaced(edited, [said for said in fresh if why(said, True) is Cause.EDIT])
        for said in edited:
            heir = heirs.get(said.event.statement)
            orphaned = heir is None and stands(said, self.article.text)
            reason = "replaced in an edit" if heir else _ORPHANED if orphaned else "no longer in the article"
            drafts.append(_withdrawal(said, Cause.EDIT, extractor, reason, replaced_by=heir, orphaned=orphaned))
        return drafts


def _added(seen: set[str], one: str) -> bool:
    """Whether it was not there yet; it is from now on."""
    before = len(seen)
    seen.add(one)
    return len(seen) > before


def _revision(article: Article, fingerprint: str, revision: int) -> Draft:
    kind = ArticleCaptured if revision == 1 else ArticleRevised
    event = kind(
        article=article.id,
        feed=article.feed,
        key=article.key,
        fingerprint=fingerprint,
        text_source=article.text_source,
        captured_at=iso(article.captured_at),
        chars=len(article.text),
        revision=revision,
        language=article.language,
        url=article.url,
        outlet=article.outlet,
        published_at=iso(article.published_at) if article.published_at else None,
        published_raw=article.published_raw,
        reader=article.reader,
    )
    texts = {"text": article.text, "title": article.title, "author": article.author}
    return Draft(event, {name: body.encode() for name, body in texts.items() if body})


def _statement(
    article: Article, statement: Statement, *, version: int, revision: int, extractor: str, cause: Cause, who: Resolved
) -> StatementRecorded:
    valid_at, precision = valid_time(statement, article)
    return StatementRecorded(
        statement=statement_id(article.id, version, statement, who.actor),
        article=article.id,
        revision=revision,
        kind=statement.kind,
        resolution=statement.resolution,
        content=statement.content,
        valid_at=iso(valid_at),
        precision=precision,
        extractor=extractor,
        cue=statement.cue,
        speaker=statement.speaker,
        actor=who.actor,
        named=_named(statement.actor),
        speaks_for=who.speaks_for,
        via=tuple(Source(via.name, via.span.start, via.span.end) for via in statement.via),
        directness=statement.directness,
        said_on=statement.said_on.isoformat() if statement.said_on else None,
        confidence=thousandths(statement.confidence),
        pattern=statement.pattern,
        cause=cause,
    )


def statement_id(article: str, version: int, statement: Statement, actor: str | None) -> str:
    """The id of a statement: ``s-`` and 80 bits over its place and its actor, never over its words.

    ``version`` is the article's stream as it was before: what is withdrawn and found again later is another one.
    """
    facts = (article, version, statement.kind, statement.content, statement.speaker, actor)
    return f"s-{digest('statement', *facts)[:20]}"


def valid_time(statement: Statement, article: Article) -> tuple[datetime, Precision]:
    """When it was said: by its own words, else the date of publication, else the time of capture."""
    if statement.said_on:
        return datetime.combine(statement.said_on, time(), UTC), Precision.SAID
    if article.published_at:
        return article.published_at, Precision.PUBLISHED
    return article.captured_at, Precision.CAPTURED


def thousandths(share: float) -> int:
    """A probability as the log keeps it: whole thousandths, for headers hold no floats."""
    return round(share * 1000)


def _named(mention: ActorMention | None) -> Named | None:
    return Named(mention.name, mention.kind, mention.role, mention.country) if mention else None


def _actors(statement: Statement, event: StatementRecorded, who: Resolved) -> list[Draft]:
    """Register who is named. Whoever is known already keeps their entry: the same fact is appended once."""
    drafts = []
    if statement.actor and event.actor:
        drafts.append(Draft(ActorRegistered(event.actor, statement.actor.name, statement.actor.kind)))
    if who.principal and event.speaks_for:
        drafts.append(Draft(ActorRegistered(event.speaks_for, who.principal.name, who.principal.kind)))
    return drafts


def assessments(event: StatementRecorded, found: Iterable[Assessment], rules: str, cause: Cause) -> list[Draft]:
    """What rules found of a statement, as events."""
    return [
        Draft(
            StanceAssessed(
                statement=event.statement,
                article=event.article,
                topic=one.topic,
                stance=one.stance,
                method="rule",
                by=rules,
                confidence=thousandths(one.confidence),
                evidence=one.evidence,
                condition=one.condition,
                rule=one.rule,
                cause=cause,
            )
        )
        for one in found
    ]


def _withdrawal(
    said: Said, cause: Cause, extractor: str, reason: str, *, replaced_by: str | None = None, orphaned: bool = False
) -> Draft:
    event = StatementWithdrawn(
        statement=said.event.statement,
        article=said.event.article,
        cause=cause,
        by=extractor,
        reason=reason,
        replaced_by=replaced_by,
        orphaned=orphaned,
    )
    return Draft(event)


def _words(text: str, statement: Statement) -> Words:
    def of(spans: Iterable[Span]) -> tuple[str, ...]:
        return tuple(text[start:end] for start, end in spans)

    speaker = of([statement.speaker])[0] if statement.speaker else None
    limits = of(one.condition for one in statement.assessments if one.condition)
    return Words(of(statement.content), of(statement.cue), speaker, limits[0] if limits else None)
