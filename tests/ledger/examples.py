"""One example of every event type: what the golden files hold, and what tests append."""

from __future__ import annotations

from archive.ledger.events import (
    ActorAliasAdded,
    ActorAliasRemoved,
    ActorIdentified,
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
    KeyRotated,
    Named,
    OfficeHeld,
    OfficeWithdrawn,
    PartErased,
    PartHidden,
    PartShown,
    Source,
    StanceAssessed,
    StanceRetracted,
    StatementReanchored,
    StatementRecorded,
    StatementWithdrawn,
    TopicDefined,
    TopicRetired,
)
from archive.ledger.header import Draft
from archive.model import Span

ARTICLE = "a-00000000000000000001"
STATEMENT = "s-00000000000000000001"

EXAMPLES: tuple[Event, ...] = (
    FeedAdded("wire", "https://wire.example/feed.xml", "Norland Wire", "en"),
    FeedMoved("wire", "https://wire.example/new.xml", "https://wire.example/feed.xml"),
    FeedRetired("wire", "410 Gone"),
    ArticleCaptured(
        article=ARTICLE,
        feed="wire",
        key="guid:1",
        fingerprint="0" * 64,
        text_source="content",
        captured_at="2024-03-01T12:00:00.000000Z",
        chars=42,
        url="https://wire.example/1",
        outlet="Norland Wire",
        published_at="2024-02-29T08:00:00.000000Z",
        published_raw="Thu, 29 Feb 2024 08:00:00 GMT",
    ),
    ArticleRevised(
        article=ARTICLE,
        feed="wire",
        key="guid:1",
        fingerprint="1" * 64,
        text_source="page",
        captured_at="2024-03-02T12:00:00.000000Z",
        chars=43,
        revision=2,
        language="en",
    ),
    ArticleRemoved(ARTICLE, "410 Gone", "2024-03-03T12:00:00.000000Z"),
    StatementRecorded(
        statement=STATEMENT,
        article=ARTICLE,
        revision=1,
        kind="direct",
        resolution="pronoun",
        content=(Span(0, 10), Span(20, 30)),
        valid_at="2024-02-28T00:00:00.000000Z",
        precision="said",
        extractor="rules@1",
        cue=(Span(11, 15),),
        speaker=Span(16, 19),
        actor="person:ada-quill",
        named=Named("Ada Quill", "person", "Minister of Ports", "Norland"),
        speaks_for="country:norland",
        via=(Source("NWA", 33, 36),),
        said_on="2024-02-28",
        confidence=870,
        pattern="quote-cue-speaker",
    ),
    StatementReanchored(STATEMENT, ARTICLE, 2, (Span(20, 31),), (Span(34, 38),), Span(39, 50)),
    StatementWithdrawn(STATEMENT, ARTICLE, "edit", "rules@1", "no longer in the article"),
    StanceAssessed(
        statement=STATEMENT,
        article=ARTICLE,
        topic="harbour-toll",
        stance="conditional",
        method="rule",
        by="stance-rules@1",
        confidence=800,
        evidence=(Span(0, 10),),
        condition=Span(20, 30),
        rule="support-if",
    ),
    StanceRetracted(STATEMENT, ARTICLE, "harbour-toll", "rule", "stance-rules@1"),
    ActorRegistered("person:ada-quill", "Ada Quill", "person"),
    ActorAliasAdded("person:ada-quill", "A. Quill", "R. Voss"),
    ActorAliasRemoved("person:ada-quill", "A. Quill", "R. Voss", "another Quill"),
    ActorIdentified("person:ada-quill", "wikidata", "Q1", "R. Voss"),
    ActorMerged("person:a-quill", "person:ada-quill", "R. Voss", "same person"),
    ActorMergeUndone("person:a-quill", "person:ada-quill", "R. Voss", "another person after all"),
    OfficeHeld("person:ada-quill", "Minister of Ports", "country:norland", "2023-01-01", None, "R. Voss"),
    OfficeWithdrawn("person:ada-quill", "Minister of Ports", "R. Voss", "2023-01-01", "never sworn in"),
    TopicDefined(
        "harbour-toll", "The harbour toll should be abolished", ("harbour toll", "port charges"), ("harbour",)
    ),
    TopicRetired("harbour-toll"),
    PartErased(4, "text", "court order", "R. Voss"),
    PartHidden(4, "title", "complaint pending", "R. Voss"),
    PartShown(4, "title", "complaint dismissed", "R. Voss"),
    KeyRotated("archive.example", "key-2", "key-1", "c2ln"),
)

PARTS = {"article.captured.v1": {"text": b"The toll stays."}, "statement.recorded.v1": {"words": b'{"content":["x"]}'}}


def drafts() -> list[Draft]:
    """Every example with its parts, in the order of :data:`EXAMPLES`."""
    return [Draft(event, PARTS.get(type(event).type, {})) for event in EXAMPLES]
