"""Histories to test with: a writer that appends plain facts, and random sequences of such facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection, text

from archive.ledger.engine import writing
from archive.ledger.events import (
    ActorAliasAdded,
    ActorMerged,
    ActorMergeUndone,
    ActorRegistered,
    ArticleCaptured,
    ArticleRemoved,
    ArticleRevised,
    Event,
    FeedAdded,
    FeedMoved,
    FeedRetired,
    Named,
    OfficeHeld,
    PartErased,
    PartHidden,
    PartShown,
    StanceAssessed,
    StatementReanchored,
    StatementRecorded,
    StatementWithdrawn,
    TopicDefined,
    TopicRetired,
    Words,
    words_part,
)
from archive.ledger.header import Draft
from archive.ledger.store import Ledger
from archive.model import Span, iso

START = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)


def day(number: int) -> datetime:
    """Noon on a day of March 2024."""
    return datetime(2024, 3, number, 12, 0, tzinfo=UTC)


@dataclass
class Writer:
    """Appends one fact after another to a log, a minute apart, keeping the versions of streams."""

    ledger: Ledger
    versions: dict[str, int] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    minutes: int = 0

    def append(self, event: Event, parts: Mapping[str, bytes] | None = None) -> int:
        """Append one event; its position."""
        self.minutes += 1
        now = START + timedelta(minutes=self.minutes)
        appended = self.ledger.append([Draft(event, parts or {})], self.versions, now)
        self.versions[event.stream] = self.versions.get(event.stream, 0) + 1
        return appended.last

    def feed(
        self, feed: str = "wire", url: str = "https://example.org/feed", title: str | None = "Norland Wire"
    ) -> int:
        return self.append(FeedAdded(feed, url, title))

    def actor(self, actor: str, name: str, kind: str = "person") -> int:
        return self.append(ActorRegistered(actor, name, kind))

    def topic(self, topic: str, proposition: str = "The harbour toll should be abolished", *terms: str) -> int:
        return self.append(TopicDefined(topic, proposition, terms or ("harbour toll",)))

    def article(
        self,
        article: str,
        published: datetime | None,
        text_: str = "A text.",
        title: str | None = "A title",
        **fields: Any,
    ) -> int:
        revision = self.revisions[article] = self.revisions.get(article, 0) + 1
        kind = ArticleCaptured if revision == 1 else ArticleRevised
        event = kind(
            article=article,
            feed=fields.pop("feed", "wire"),
            key=f"guid:{article}",
            fingerprint=f"{article}/{revision}",
            text_source="content",
            captured_at=iso(START + timedelta(minutes=self.minutes)),
            chars=len(text_),
            revision=revision,
            url=fields.pop("url", f"https://example.org/{article}"),
            outlet=fields.pop("outlet", "Norland Wire"),
            published_at=iso(published) if published else None,
            **fields,
        )
        return self.append(event, {"text": text_.encode(), **({"title": title.encode()} if title else {})})

    def statement(
        self,
        statement: str,
        article: str,
        actor: str | None,
        valid_at: datetime,
        *,
        quote: str = "We will see.",
        start: int = 0,
        **fields: Any,
    ) -> int:
        self.articles[statement] = article
        event = StatementRecorded(
            statement=statement,
            article=article,
            revision=self.revisions.get(article, 1),
            kind=fields.pop("kind", "direct"),
            resolution="explicit",
            content=(Span(start, start + len(quote)),),
            valid_at=iso(valid_at),
            precision=fields.pop("precision", "published"),
            extractor="rules@1",
            actor=actor,
            named=Named(actor, "person") if actor else None,
            **fields,
        )
        return self.append(event, {"words": words_part(Words(content=(quote,), cue=("said",), speaker="she"))})

    def assess(
        self, statement: str, topic: str, stance: str, method: str = "rule", cause: str = "statement", **fields: Any
    ) -> int:
        by = fields.pop("by", {"person": "Editor", "model": "reader@1"}.get(method, "rules@1"))
        return self.append(
            StanceAssessed(
                statement=statement,
                article=self.articles[statement],
                topic=topic,
                stance=stance,
                method=method,
                by=by,
                cause=cause,
                **fields,
            )
        )

    def withdraw(self, statement: str, cause: str = "edit", by: str = "rules@1", **fields: Any) -> int:
        return self.append(StatementWithdrawn(statement, self.articles[statement], cause, by, **fields))

    def reanchor(self, statement: str, start: int, length: int) -> int:
        article = self.articles[statement]
        spans = (Span(start, start + length),)
        return self.append(StatementReanchored(statement, article, self.revisions[article], spans))

    def merge(self, actor: str, into: str) -> int:
        return self.append(ActorMerged(actor, into, "Editor"))

    def undo(self, actor: str, into: str) -> int:
        return self.append(ActorMergeUndone(actor, into, "Editor"))

    def erase(self, position: int, part: str = "words") -> int:
        """Record an erasure and erase."""
        erased = self.append(PartErased(position, part, "request", "Editor"))
        with writing(self.ledger.engine) as connection:
            connection.execute(
                text("DELETE FROM parts WHERE position = :position AND name = :part"),
                {"position": position, "part": part},
            )
        return erased


ACTORS = ("ann", "bea", "cid", "norland")
TOPICS = ("toll", "dam")
STANCES = ("support", "conditional", "open", "oppose", "no_position", "unclear")

_actor = st.sampled_from(ACTORS)
_topic = st.sampled_from(TOPICS)
_day = st.integers(1, 4)
_number = st.integers(0, 7)

Move = tuple[Any, ...]

moves: st.SearchStrategy[Move] = st.one_of(
    st.tuples(st.just("article"), _number, st.none() | _day),
    st.tuples(
        st.just("statement"),
        _number,
        st.none() | _actor,
        _day,
        st.sampled_from(("first_hand", "first_hand", "ascribed")),
        st.integers(0, 2),
        _topic,
        st.none() | st.sampled_from(STANCES),
    ),
    st.tuples(
        st.just("assess"),
        _number,
        _topic,
        st.sampled_from(STANCES),
        st.sampled_from(("rule", "model", "person")),
        st.sampled_from(("rules", "person", "edit")),
    ),
    st.tuples(st.just("withdraw"), _number, st.sampled_from(("edit", "person", "rules"))),
    st.tuples(st.just("reanchor"), _number),
    st.tuples(st.just("merge"), _actor, _actor),
    st.tuples(st.just("undo"), _actor, _actor),
    st.tuples(st.just("erase"), _number),
    st.tuples(st.just("hide"), _number),
    st.tuples(st.just("unhide"), _number),
    st.tuples(st.just("registry"), _number, _actor),
)


def play(writer: Writer, history: list[Move]) -> Iterator[int]:
    """Write a random history, move by move; yields the size of the log after each."""
    said: list[tuple[str, int]] = []
    for number, (kind, *rest) in enumerate(history):
        if kind == "article":
            writer.article(f"a{rest[0] % 3}", day(rest[1]) if rest[1] else None)
        elif kind == "statement":
            which, actor, on, directness, start, topic, stance = rest
            fields: dict[str, Any] = {
                "directness": directness,
                "speaks_for": "norland" if on % 2 else None,
                "start": start,
            }
            position = writer.statement(f"s{number}", f"a{which % 3}", actor, day(on), **fields)
            said.append((f"s{number}", position))
            if stance:
                writer.assess(f"s{number}", topic, stance)
        elif kind in {"merge", "undo"}:
            (writer.merge if kind == "merge" else writer.undo)(*rest)
        elif kind == "registry":
            _register(writer, *rest)
        elif said:
            _judge(writer, said[rest[0] % len(said)], kind, rest[1:])
        yield writer.ledger.size()


def _judge(writer: Writer, said: tuple[str, int], kind: str, rest: list[Any]) -> None:
    statement, position = said
    if kind == "assess":
        topic, stance, method, cause = rest
        writer.assess(statement, topic, stance, method, cause, by=f"{method}-{writer.minutes}")
    elif kind == "withdraw":
        writer.withdraw(statement, rest[0], by=f"by-{writer.minutes}", orphaned=writer.minutes % 2 == 0)
    elif kind == "reanchor":
        writer.revisions.setdefault(writer.articles[statement], 1)
        writer.reanchor(statement, writer.minutes, 5)
    elif kind == "hide":
        writer.append(PartHidden(position, "words", "complaint", "Editor"))
    elif kind == "unhide":
        writer.append(PartShown(position, "words", "dismissed", "Editor"))
    elif f"erased:{position}" not in writer.articles:
        writer.articles[f"erased:{position}"] = ""
        writer.erase(position)


def _register(writer: Writer, which: int, actor: str) -> None:
    events: tuple[Event, ...] = (
        ActorRegistered(actor, f"{actor.title()} {writer.minutes}", "country" if actor == "norland" else "person"),
        ActorAliasAdded(actor, f"Alias {writer.minutes % 3}", "Editor"),
        OfficeHeld(actor, "Minister of Ports", "norland", "2024-01-01"),
        FeedAdded("wire", "https://example.org/feed", f"Title {writer.minutes}"),
        FeedAdded("other", "https://example.org/other"),
        TopicDefined("toll", f"Proposition {writer.minutes}", ("toll",)),
        TopicDefined("dam", "The dam should be built", ("dam",)),
        ArticleRemoved("a0", "gone", iso(START)),
    )
    writer.append(events[which])
    if which == 3:
        writer.append(FeedMoved("wire", f"https://example.org/{writer.minutes}", "https://example.org/feed"))
    if which == 4:
        writer.append(FeedRetired("other", "removed"))
    if which == 6:
        writer.append(TopicRetired("dam"))


def dump(connection: Connection, table: str, where: str = "true") -> list[tuple[Any, ...]]:
    """The rows of a table, in order."""
    rows = connection.execute(text(f"SELECT * FROM {table} WHERE {where}")).all()
    return sorted((tuple(row) for row in rows), key=repr)
