"""The events of the log: their types, and how old ones are read. Their bytes are in ``header.py``.

An event is one immutable fact; what it means is said here, one class a type.

Every type has a stable dotted name with its schema version (``article.captured.v1``), never a class path.
When a schema changes, the class takes the next version and :data:`UPCASTERS` gains one step from the
version before; the golden file of the old version stays in the tests for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

import msgspec

from archive.model import Span

Identity: TypeAlias = tuple[str | int | None, ...]
Upcaster: TypeAlias = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]


class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What happened, without where and when it was written down. Empty fields are left out of the header.

    ``about`` names the kind of thing it happened to, and the field with its id; ``facts`` the fields that tell this
    fact from another.
    """

    type: ClassVar[str]
    about: ClassVar[str]
    facts: ClassVar[tuple[str, ...]]

    @property
    def stream(self) -> str:
        """The stream whose versions order this event: ``kind:id``."""
        return f"{self.about}:{getattr(self, self.about)}"

    @property
    def identity(self) -> Identity:
        """What makes this fact this fact: the same identity at the same version is the same event."""
        return tuple([getattr(self, name) for name in self.facts])


BY_CONFIGURATION, BY_REDIRECT = "configuration", "redirect"


class FeedAdded(Event, frozen=True, omit_defaults=True):
    """A feed was subscribed to, or its title or language changed in the configuration."""

    type: ClassVar[str] = "feed.added.v1"
    about: ClassVar[str] = "feed"
    facts: ClassVar[tuple[str, ...]] = ("feed", "url", "title", "language")
    feed: str
    url: str
    title: str | None = None
    language: str = "en"


class FeedMoved(Event, frozen=True, omit_defaults=True):
    """A feed has a new URL; ``cause`` is ``configuration``, or ``redirect`` where its server sent us there for good."""

    type: ClassVar[str] = "feed.moved.v1"
    about: ClassVar[str] = "feed"
    facts: ClassVar[tuple[str, ...]] = ("feed", "url")
    feed: str
    url: str
    previous: str
    cause: str = BY_CONFIGURATION


class FeedRetired(Event, frozen=True, omit_defaults=True):
    """A feed is no longer polled; what it delivered stays."""

    type: ClassVar[str] = "feed.retired.v1"
    about: ClassVar[str] = "feed"
    facts: ClassVar[tuple[str, ...]] = ("feed", "reason")
    feed: str
    reason: str


class ArticleCaptured(Event, frozen=True, omit_defaults=True):
    """The first revision of an article. Parts: ``text``, and ``title`` and ``author`` where there are any.

    ``fingerprint`` is the hash by which edits are told (see feeds/revise.py); ``chars`` the length of the text
    in code points; ``published_raw`` the date as delivered, ``published_at`` null where it cannot be read; ``reader``
    what told the text from the markup, with version.
    """

    type: ClassVar[str] = "article.captured.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("article", "revision", "fingerprint")
    article: str
    feed: str
    key: str
    fingerprint: str
    text_source: str
    captured_at: str
    chars: int
    revision: int = 1
    language: str = "en"
    url: str | None = None
    outlet: str | None = None
    published_at: str | None = None
    published_raw: str | None = None
    reader: str = ""


class ArticleRevised(ArticleCaptured, frozen=True, omit_defaults=True):
    """A later revision of an article: the same fields and parts, ``revision`` from 2 on."""

    type: ClassVar[str] = "article.revised.v1"


class ArticleRemoved(Event, frozen=True, omit_defaults=True):
    """The outlet has taken the article down; its revisions and statements stay."""

    type: ClassVar[str] = "article.removed.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("article", "reason")
    article: str
    reason: str
    observed_at: str


class Named(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The actor as the article names it, before any resolution across articles."""

    name: str
    kind: str
    role: str | None = None
    country: str | None = None


class Source(msgspec.Struct, frozen=True, gc=False):
    """A source between the speaker and the outlet, with its words' place in the text."""

    name: str
    start: int
    end: int


class StatementRecorded(Event, frozen=True, omit_defaults=True):
    """One attributed utterance or position, read from one revision. Part: ``words`` (see :class:`Words`).

    ``actor`` and ``speaks_for`` are actor ids. ``valid_at`` is when it was said as far as is known, and
    ``precision`` what that rests on. ``confidence`` is in thousandths. ``cause`` is ``statement`` for a first
    capture, ``edit`` for a later revision, ``rules`` for a re-reading by a newer extractor.
    """

    type: ClassVar[str] = "statement.recorded.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("statement",)
    statement: str
    article: str
    revision: int
    kind: str
    resolution: str
    content: tuple[Span, ...]
    valid_at: str
    precision: str
    extractor: str
    cue: tuple[Span, ...] = ()
    speaker: Span | None = None
    actor: str | None = None
    named: Named | None = None
    speaks_for: str | None = None
    via: tuple[Source, ...] = ()
    directness: str = "first_hand"
    said_on: str | None = None
    confidence: int = 1000
    pattern: str = ""
    cause: str = "statement"


class StatementReanchored(Event, frozen=True, omit_defaults=True):
    """A statement stands, in the same words, elsewhere in a later revision of its article: spans into that one."""

    type: ClassVar[str] = "statement.reanchored.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("statement", "revision")
    statement: str
    article: str
    revision: int
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    speaker: Span | None = None


class StatementWithdrawn(Event, frozen=True, omit_defaults=True):
    """A statement no longer counts: edited away, found wrong by a person, or not found by newer rules.

    ``replaced_by`` is the statement that an edit put in its place. ``orphaned`` says that its words still stand in the
    edited text, but are no longer read as anybody's.
    """

    type: ClassVar[str] = "statement.withdrawn.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("statement", "cause", "by")
    statement: str
    article: str
    cause: str
    by: str
    reason: str = ""
    replaced_by: str | None = None
    orphaned: bool = False


class StanceAssessed(Event, frozen=True, omit_defaults=True):
    """One judgement "this statement expresses this stance on this topic". Part: ``note``, if a person left one.

    ``by`` is ``name@version`` of the rules or model, or the person's name; ``method`` says which: ``rule``,
    ``model`` or ``person``. ``evidence`` and ``condition`` are spans into the statement's revision.
    ``confidence`` is in thousandths.
    """

    type: ClassVar[str] = "stance.assessed.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("statement", "topic", "stance", "method", "by")
    statement: str
    article: str
    topic: str
    stance: str
    method: str
    by: str
    confidence: int = 1000
    evidence: tuple[Span, ...] = ()
    condition: Span | None = None
    rule: str = ""
    cause: str = "statement"


class StanceRetracted(Event, frozen=True, omit_defaults=True):
    """A judgement of rules or of a model is made no longer: by the topic's terms now, the statement is not about it.

    A person's judgement stays as it is.
    """

    type: ClassVar[str] = "stance.retracted.v1"
    about: ClassVar[str] = "article"
    facts: ClassVar[tuple[str, ...]] = ("statement", "topic", "method", "by")
    statement: str
    article: str
    topic: str
    method: str
    by: str
    cause: str = "rules"


class ActorRegistered(Event, frozen=True, omit_defaults=True):
    """An actor is known from here on, under the name it was first met with or registered by the user."""

    type: ClassVar[str] = "actor.registered.v1"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor",)
    actor: str
    name: str
    kind: str


class ActorAliasAdded(Event, frozen=True, omit_defaults=True):
    """Another name of an actor, by decision of ``by``."""

    type: ClassVar[str] = "actor.alias_added.v1"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor", "alias")
    actor: str
    alias: str
    by: str


class ActorAliasRemoved(Event, frozen=True, omit_defaults=True):
    """A name is none of the actor's after all, by decision of ``by``."""

    type: ClassVar[str] = "actor.alias_removed.v1"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor", "alias", "by")
    actor: str
    alias: str
    by: str
    reason: str = ""


class ActorIdentified(Event, frozen=True, omit_defaults=True):
    """An entry of a public register describes this actor; what an import took from it follows in other events."""

    type: ClassVar[str] = "actor.identified.v1"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor", "register", "entry")
    actor: str
    register: str
    entry: str
    by: str


class ActorMerged(Event, frozen=True, omit_defaults=True):
    """``actor`` is the same as ``into``, by decision of ``by``; reversible."""

    type: ClassVar[str] = "actor.merged.v1"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor", "into", "by")
    actor: str
    into: str
    by: str
    reason: str = ""


class ActorMergeUndone(ActorMerged, frozen=True, omit_defaults=True):
    """``actor`` is not the same as ``into`` after all."""

    type: ClassVar[str] = "actor.merge_undone.v1"


class OfficeHeld(Event, frozen=True, omit_defaults=True):
    """An actor held an office, from ``since`` to before ``until`` (ISO dates; null is open), as ``by`` says.

    ``speaks_for`` is the name or the id of a country or organisation. A later event of the same actor, office and
    ``since`` takes the place of an earlier one: so a tenure is ended.
    """

    type: ClassVar[str] = "office.held.v2"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor", "office", "speaks_for", "since", "until", "by")
    actor: str
    office: str
    speaks_for: str | None = None
    since: str | None = None
    until: str | None = None
    by: str = "configuration"


class OfficeWithdrawn(Event, frozen=True, omit_defaults=True):
    """The actor did not hold the office from ``since`` on after all, as ``by`` says."""

    type: ClassVar[str] = "office.withdrawn.v1"
    about: ClassVar[str] = "actor"
    facts: ClassVar[tuple[str, ...]] = ("actor", "office", "since", "by")
    actor: str
    office: str
    by: str
    since: str | None = None
    reason: str = ""


class TopicDefined(Event, frozen=True, omit_defaults=True):
    """A proposition and the terms that make a statement be about it; a later definition replaces it."""

    type: ClassVar[str] = "topic.defined.v1"
    about: ClassVar[str] = "topic"
    topic: str
    proposition: str
    terms: tuple[str, ...]
    context: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        return (self.topic, self.proposition, *self.terms, None, *self.context)


class TopicRetired(Event, frozen=True, omit_defaults=True):
    """A topic is no longer assessed; its assessments stay."""

    type: ClassVar[str] = "topic.retired.v1"
    about: ClassVar[str] = "topic"
    facts: ClassVar[tuple[str, ...]] = ("topic",)
    topic: str


class PartErased(Event, frozen=True, omit_defaults=True):
    """The text of a part was erased, for a reason and on somebody's authority; ``by`` is who did it."""

    type: ClassVar[str] = "part.erased.v1"
    position: int
    part: str
    reason: str
    authority: str
    by: str | None = None

    @property
    def stream(self) -> str:
        return f"part:{self.position}:{self.part}"

    @property
    def identity(self) -> Identity:
        return (self.position, self.part)


class PartHidden(Event, frozen=True, omit_defaults=True):
    """The text of a part is shown no more, but kept; reversible."""

    type: ClassVar[str] = "part.hidden.v1"
    position: int
    part: str
    reason: str
    by: str

    @property
    def stream(self) -> str:
        return f"part:{self.position}:{self.part}"

    @property
    def identity(self) -> Identity:
        return (self.position, self.part)


class PartShown(PartHidden, frozen=True, omit_defaults=True):
    """A hidden text is shown again."""

    type: ClassVar[str] = "part.shown.v1"


class KeyRotated(Event, frozen=True, omit_defaults=True):
    """Checkpoints are signed by another key from here on; ``signature`` is by the previous one, over the new."""

    type: ClassVar[str] = "key.rotated.v1"
    origin: str
    key: str
    previous: str
    signature: str

    @property
    def stream(self) -> str:
        return f"key:{self.origin}"

    @property
    def identity(self) -> Identity:
        return (self.origin, self.key)


EVENT_TYPES: Mapping[str, type[Event]] = {
    kind.type: kind
    for kind in (
        FeedAdded, FeedMoved, FeedRetired, ArticleCaptured, ArticleRevised, ArticleRemoved, StatementRecorded,
        StatementReanchored, StatementWithdrawn, StanceAssessed, StanceRetracted, ActorRegistered, ActorAliasAdded,
        ActorAliasRemoved, ActorIdentified, ActorMerged, ActorMergeUndone, OfficeHeld, OfficeWithdrawn, TopicDefined,
        TopicRetired, PartErased, PartHidden, PartShown, KeyRotated,
    )
}  # fmt: skip

UPCASTERS: Mapping[str, Upcaster] = {
    # Only the configuration could say who held an office, so version 1 did not name who says so.
    "office.held.v1": lambda data: (OfficeHeld.type, {**data, "by": "configuration"}),
}
"""Old type name → a step that turns its data into (newer type name, data). Steps chain until a current type."""


class Words(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The body of a statement's ``words`` part: the texts of its spans, in the spans' order."""

    content: tuple[str, ...]
    cue: tuple[str, ...] = ()
    speaker: str | None = None
    condition: str | None = None


def words_part(texts: Words) -> bytes:
    """The ``words`` part of a statement as bytes."""
    return msgspec.json.encode(texts, order="sorted")


_words = msgspec.json.Decoder(Words)


def read_words(body: bytes) -> Words:
    """The inverse of :func:`words_part`."""
    return _words.decode(body)
