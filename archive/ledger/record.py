"""What is read becomes events: pure functions from an article and its statements to a batch of drafts.

All events of an article are in one stream, ``article:<id>``: its revisions, the statements read from them and
the assessments of those. So one expected version guards the whole batch, and one read gives all there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from archive.ledger.events import (
    ActorRegistered,
    ArticleCaptured,
    ArticleRevised,
    Named,
    Source,
    StanceAssessed,
    StatementRecorded,
    StatementWithdrawn,
    Words,
    read_words,
    words_part,
)
from archive.ledger.header import Draft, Recorded, canonical
from archive.model import (
    ActorKind,
    ActorMention,
    Article,
    Assessment,
    Cause,
    Precision,
    Reading,
    Span,
    Statement,
    TextSource,
    fold,
    iso,
    parse_iso,
)

WORDS = "words"
_SCOPED = (ActorKind.ANONYMOUS, ActorKind.GROUP)


@dataclass(frozen=True, slots=True)
class Names:
    """Names the archive knows, folded, each with its actor; and which names are countries."""

    actors: Mapping[str, str] = field(default_factory=dict)
    countries: Collection[str] = frozenset()

    def principal(self, name: str) -> ActorMention:
        """Whoever can be spoken for: a country where the name is one, else an organisation."""
        country = fold(name) in self.countries
        return ActorMention(name=name, kind=ActorKind.COUNTRY if country else ActorKind.ORGANISATION)

    def actor(self, mention: ActorMention, article: str) -> str:
        """The id of the actor a mention stands for.

        A known name gives its actor; any other name gives an actor of its own. Whoever is not named (a group, an
        anonymous source) is an actor of this one article: two "officials" need not be the same.
        """
        name = fold(mention.name)
        scoped = mention.kind in _SCOPED
        if not scoped and name in self.actors:
            return self.actors[name]
        slug = name.replace(" ", "-") or digest("name", mention.name)[:12]
        return f"{mention.kind}:{slug}" + (f":{article}" if scoped else "")


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the log holds of an article: its last revision, its version, and the statements that still count.

    ``judged`` are those of them that a person assessed; ``refused`` those that a person withdrew, and ``words`` the
    words of both, as far as they were asked for and are not erased.
    """

    version: int
    revision: int
    fingerprint: str
    text_source: TextSource
    captured_at: datetime
    live: Mapping[str, StatementRecorded]
    words: Mapping[str, Words]
    judged: frozenset[str]
    refused: Mapping[str, StatementRecorded]


def digest(*facts: object) -> str:
    """SHA-256 over canonical JSON, in hexadecimal: what ids are cut from."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def known_article(stream: Sequence[Recorded]) -> KnownArticle | None:
    """Fold an article's stream; None where it was never captured."""
    last: ArticleCaptured | None = None
    live: dict[str, StatementRecorded] = {}
    words: dict[str, Words] = {}
    judged: set[str] = set()
    refused: dict[str, StatementRecorded] = {}
    for one in stream:
        match one.event:
            case ArticleCaptured() as captured:
                last = captured
            case StatementRecorded(statement=statement) as recorded:
                live[statement] = recorded
                if WORDS in one.parts:
                    words[statement] = read_words(one.parts[WORDS])
            case StatementWithdrawn(statement=statement, cause=cause):
                gone = live.pop(statement, None)
                if gone and cause == Cause.PERSON:
                    refused[statement] = gone
            case StanceAssessed(statement=statement, method="person"):
                judged.add(statement)
            case _:
                pass
    if last is None:
        return None
    return KnownArticle(
        version=stream[-1].version,
        revision=last.revision,
        fingerprint=last.fingerprint,
        text_source=TextSource(last.text_source),
        captured_at=parse_iso(last.captured_at),
        live=live,
        words=words,
        judged=frozenset(judged & live.keys()),
        refused=refused,
    )


def record(
    article: Article,
    reading: Reading,
    *,
    fingerprint: str,
    rules: str,
    known: KnownArticle | None,
    names: Names,
) -> list[Draft]:
    """The batch for a new article, or for a new revision of a known one; ``rules`` made the assessments.

    On a revision, statements with the same words by the same actor are left alone, at the revision they were read
    from; what is new is recorded with cause ``edit``, and what is gone is withdrawn with the same cause.
    """
    revision = known.revision + 1 if known else 1
    cause = Cause.EDIT if known else Cause.STATEMENT
    changes = _changes(article, reading, cause=cause, revision=revision, rules=rules, known=known, names=names)
    return [_revision(article, fingerprint, revision), *changes]


def reread(article: Article, reading: Reading, *, rules: str, known: KnownArticle, names: Names) -> list[Draft]:
    """The batch for another reading of a revision that is in the log already, by a newer extractor.

    What it finds besides is recorded, and what it does not find again is withdrawn, both with cause ``rules``. A
    statement that a person assessed is kept all the same: people outrank rules.
    """
    return _changes(article, reading, cause=Cause.RULES, revision=known.revision, rules=rules, known=known, names=names)


def _changes(
    article: Article,
    reading: Reading,
    *,
    cause: Cause,
    revision: int,
    rules: str,
    known: KnownArticle | None,
    names: Names,
) -> list[Draft]:
    """What must be recorded and withdrawn so that those statements count that were read; the same are left alone.

    What a person withdrew is not recorded again, however often it is found.
    """
    earlier = _by_sameness(known.live, known.words) if known else {}
    refused = _by_sameness(known.refused, known.words).keys() if known else set()
    version = known.version if known else 0
    drafts: list[Draft] = []
    seen: set[str] = set()
    registered: set[str] = set()
    for statement in reading.statements:
        event = _statement(
            article,
            statement,
            version=version,
            revision=revision,
            extractor=reading.extractor,
            cause=cause,
            names=names,
        )
        words = _words(article.text, statement)
        same = _sameness(event, words)
        if not _added(seen, event.statement):
            continue
        if earlier.get(same):
            earlier[same].pop()
        elif same not in refused:
            drafts += [one for one in _actors(statement, event, names) if _added(registered, one.event.stream)]
            drafts.append(Draft(event, {WORDS: words_part(words)}))
            drafts += _assessments(event, statement.assessments, rules, cause)
    gone = {id_ for ids in earlier.values() for id_ in ids}
    kept = known.judged if known and cause is Cause.RULES else frozenset()
    return drafts + [_withdrawal(article.id, id_, cause, reading.extractor) for id_ in sorted(gone - kept)]


def _added(seen: set[str], one: str) -> bool:
    """Whether it was not there yet; it is from now on."""
    before = len(seen)
    seen.add(one)
    return len(seen) > before


def _by_sameness(
    statements: Mapping[str, StatementRecorded], words: Mapping[str, Words]
) -> dict[tuple[object, ...], list[str]]:
    """Statements by what makes them the same; without the erased ones, whose words nobody knows."""
    found: dict[tuple[object, ...], list[str]] = {}
    for id_, event in statements.items():
        if id_ in words:
            found.setdefault(_sameness(event, words[id_]), []).append(id_)
    return found


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
    )
    texts = {"text": article.text, "title": article.title, "author": article.author}
    return Draft(event, {name: body.encode() for name, body in texts.items() if body})


def _statement(
    article: Article, statement: Statement, *, version: int, revision: int, extractor: str, cause: Cause, names: Names
) -> StatementRecorded:
    actor = names.actor(statement.actor, article.id) if statement.actor else None
    valid_at, precision = valid_time(statement, article)
    return StatementRecorded(
        statement=statement_id(article.id, version, statement, actor),
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
        actor=actor,
        named=_named(statement.actor),
        speaks_for=names.actor(names.principal(statement.speaks_for), article.id) if statement.speaks_for else None,
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


def _actors(statement: Statement, event: StatementRecorded, names: Names) -> list[Draft]:
    """Register who is named. Whoever is known already keeps their entry: the same fact is appended once."""
    drafts = []
    if statement.actor and event.actor:
        drafts.append(Draft(ActorRegistered(event.actor, statement.actor.name, statement.actor.kind)))
    if statement.speaks_for and event.speaks_for:
        principal = names.principal(statement.speaks_for)
        drafts.append(Draft(ActorRegistered(event.speaks_for, principal.name, principal.kind)))
    return drafts


def _assessments(event: StatementRecorded, assessments: Iterable[Assessment], rules: str, cause: Cause) -> list[Draft]:
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
        for one in assessments
    ]


def _withdrawal(article: str, statement: str, cause: Cause, extractor: str) -> Draft:
    reason = "not found again" if cause is Cause.RULES else "no longer in the article"
    return Draft(StatementWithdrawn(statement=statement, article=article, cause=cause, by=extractor, reason=reason))


def _words(text: str, statement: Statement) -> Words:
    def of(spans: Iterable[Span]) -> tuple[str, ...]:
        return tuple(text[start:end] for start, end in spans)

    speaker = of([statement.speaker])[0] if statement.speaker else None
    limits = of(one.condition for one in statement.assessments if one.condition)
    return Words(of(statement.content), of(statement.cue), speaker, limits[0] if limits else None)


def _sameness(event: StatementRecorded, words: Words) -> tuple[object, ...]:
    """What makes a statement of two revisions the same: who, how, and the very words."""
    return (event.kind, event.actor, event.speaks_for, " ".join(" ".join(words.content).split()))
