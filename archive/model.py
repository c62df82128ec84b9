"""The frozen types that flow through the archive, in the order in which they flow.

A feed has entries; an entry points to an article; an article is captured as revisions; a revision
holds statements; a statement may take a stance on topics. Everything here is a value: compared by
content, never changed, free of I/O. Offsets are Unicode code points into the text of one revision,
half-open: ``text[span.start:span.end]``. Times are aware datetimes in UTC; unknown is ``None``.
"""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class FullText(StrEnum):
    """Where a feed's article text comes from: the feed if it carries it, the linked page, or the feed only."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class TextSource(StrEnum):
    """What the text of a revision was taken from; kept with it, for it says how complete the text may be."""

    CONTENT = "content"
    PAGE = "page"
    SUMMARY = "summary"
    TITLE = "title"
    FILE = "file"


class StatementKind(StrEnum):
    """Verbatim speech, a report of it in the reporter's words, or a report with quoted fragments."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    MIXED = "mixed"


class Resolution(StrEnum):
    """How the speaker's words name the actor: by name, pronoun, description, or not at all."""

    EXPLICIT = "explicit"
    PRONOUN = "pronoun"
    NOMINAL = "nominal"
    IMPLICIT = "implicit"


class ActorKind(StrEnum):
    """What an actor is; ``group`` is an unnamed plurality, ``anonymous`` an unnamed source."""

    PERSON = "person"
    ORGANISATION = "organisation"
    COUNTRY = "country"
    GROUP = "group"
    ANONYMOUS = "anonymous"


class Directness(StrEnum):
    """How an actor's position reached us: their own words or acts, or through another speaker."""

    FIRST_HAND = "first_hand"
    ASCRIBED = "ascribed"


class Stance(StrEnum):
    """The position of an actor on a proposition P."""

    SUPPORT = "support"
    CONDITIONAL = "conditional"
    OPEN = "open"
    UNDECIDED = "undecided"
    NOT_NOW = "not_now"
    OPPOSE = "oppose"
    NO_POSITION = "no_position"
    UNCLEAR = "unclear"

    @property
    def positional(self) -> bool:
        """Whether the label says where the actor stands (``no_position`` and ``unclear`` do not)."""
        return self not in (Stance.NO_POSITION, Stance.UNCLEAR)


class Cause(StrEnum):
    """Why a stance changed; only ``statement`` is a change of the actor's own."""

    STATEMENT = "statement"
    EDIT = "edit"
    PERSON = "person"
    RULES = "rules"


class Precision(StrEnum):
    """What a statement's valid time rests on: its own words, the publication date, or the time of capture."""

    SAID = "said"
    PUBLISHED = "published"
    CAPTURED = "captured"


class Span(NamedTuple):
    """A half-open range of code points in the text of one revision."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscribed feed. ``url`` is http(s), or the absolute path of a file; ``every`` its polling interval.

    ``category`` is where it stands in lists of subscriptions, with slashes for depth.
    """

    id: str
    url: str
    title: str | None = None
    every: timedelta = timedelta(minutes=30)
    full_text: FullText = FullText.AUTO
    language: str = "en"
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A proposition one can be for or against, and the terms that make a statement be about it."""

    id: str
    proposition: str
    terms: tuple[str, ...]
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """An office an actor held, half-open in time; ``None`` means since ever, or still."""

    office: str
    speaks_for: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An entry of the user's registry: the canonical name, other names, and offices with their tenures."""

    id: str
    name: str
    kind: ActorKind
    aliases: tuple[str, ...] = ()
    offices: tuple[Tenure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a delivered feed document, as it was delivered.

    ``key`` identifies it within its feed: ``guid:…``, ``link:…`` or ``hash:…``, the first that there is; ``names``
    are all of these that no other entry of the document shares.
    ``content`` and ``summary`` are HTML or plain text as the feed has them. ``published_raw`` is the date
    as delivered; ``published`` is None where it is absent or cannot be read.
    """

    key: str
    link: str | None = None
    title: str | None = None
    author: str | None = None
    content: str | None = None
    summary: str | None = None
    published: datetime | None = None
    published_raw: str | None = None
    updated: datetime | None = None
    language: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What an entry points to, as captured at one moment: the input of one revision.

    ``id`` is stable over revisions (derived from feed and entry key). ``text`` has its paragraphs
    separated by blank lines and holds no NUL character; ``reader`` names what told it from the markup, with version.
    """

    id: str
    feed: str
    key: str
    text: str
    text_source: TextSource
    captured_at: datetime
    url: str | None = None
    title: str | None = None
    author: str | None = None
    outlet: str | None = None
    language: str = "en"
    published_at: datetime | None = None
    published_raw: str | None = None
    reader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMention:
    """Whom a speaker's words stand for, as far as one article tells.

    ``name`` is the fullest name the article gives. ``role`` is the article's own wording ("Minister of
    Ports"); ``country`` the country or organisation that the role or adjective ties the actor to. ``former`` says
    that the article calls the role one of the past.
    """

    name: str
    kind: ActorKind
    role: str | None = None
    country: str | None = None
    former: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """A source between the speaker and us: a news agency, a newspaper, another speaker."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One judgement "this statement expresses this stance on this topic".

    ``confidence`` is the probability, 0 to 1, that the label is right. ``evidence`` are the spans the
    label rests on, ``condition`` the words that limit it. ``rule`` names what found it.
    """

    topic: str
    stance: Stance
    confidence: float
    evidence: tuple[Span, ...] = ()
    condition: Span | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One attributed utterance or position, with its place in the text it was read from.

    ``speaker`` is None where no words name the speaker (``resolution`` implicit) and ``actor`` None where
    nobody could be told. ``speaks_for`` is the country or organisation the actor speaks for, in its usual
    English name; ``personal`` says that the actor speaks for nobody else. ``content`` spans are in text order; a
    discontinuous quotation has several. ``confidence`` is the probability, 0 to 1, that this is a statement at all;
    ``pattern`` names what found it.
    """

    kind: StatementKind
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    speaker: Span | None = None
    resolution: Resolution = Resolution.EXPLICIT
    actor: ActorMention | None = None
    speaks_for: str | None = None
    personal: bool = False
    via: tuple[Via, ...] = ()
    directness: Directness = Directness.FIRST_HAND
    said_on: date | None = None
    confidence: float = 1.0
    pattern: str = ""
    assessments: tuple[Assessment, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one extractor (``name@version``) took from one text.

    ``in_passing`` are statements too doubtful or too deep in another's words to count by themselves; those that take
    a side on a topic do.
    """

    extractor: str
    statements: tuple[Statement, ...]
    in_passing: tuple[Statement, ...] = ()


class Secret:
    """Words that must show nowhere: not in logs, errors, events, or a debugger's listing."""

    __slots__ = ("_words",)

    def __init__(self, words: str) -> None:
        """Keep them."""
        self._words = words

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._words == self._words

    def __hash__(self) -> int:
        return hash(self._words)

    def reveal(self) -> str:
        """The words themselves, for whoever is to be shown them."""
        return self._words

    def basic(self) -> str:
        """``user:password`` as HTTP's Basic scheme has it (RFC 7617)."""
        return "Basic " + base64.b64encode(self._words.encode()).decode()


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. A naive datetime raises ValueError: it names no moment."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: a time without a zone names no moment")
    return moment.astimezone(UTC)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with exactly six decimals and ``Z``, so that text order is time order."""
    return f"{utc(moment).isoformat(timespec='microseconds')[:26]}Z"


def parse_iso(text: str) -> datetime:
    """The inverse of :func:`iso`."""
    return datetime.fromisoformat(text)


_ASCII_BLANKS = {code: " " for code in range(128) if not chr(code).isalnum()}


def fold(name: str) -> str:
    """A name without accents, case, punctuation or doubled spaces: how names are compared."""
    if name.isascii():  # a rebuild folds every name there is, and most need only this
        return " ".join(name.lower().translate(_ASCII_BLANKS).split())
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    kept = (c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def quoted(text: str, spans: tuple[Span, ...]) -> str:
    """The words of several spans, in order, with an ellipsis where text between them was left out."""
    return " … ".join(text[a:b] for a, b in spans)
