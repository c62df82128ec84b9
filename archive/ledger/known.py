"""What the log holds of one article: the fold of its stream. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from archive.ledger.edits import Said
from archive.ledger.events import (
    ArticleCaptured,
    ArticleRemoved,
    StanceAssessed,
    StatementReanchored,
    StatementRecorded,
    StatementWithdrawn,
    Words,
    read_words,
)
from archive.ledger.header import Recorded
from archive.model import Article, Cause, Span, TextSource, parse_iso

WORDS, TEXT, TITLE, AUTHOR = "words", "text", "title", "author"
TEXTS = (TEXT, TITLE, AUTHOR)


class Anchor(NamedTuple):
    """Where a statement stands in the text of a revision."""

    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    speaker: Span | None


class Seen(NamedTuple):
    """One revision, as far as telling edits needs it."""

    fingerprint: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the log holds of an article: its last revision, its version, and the statements that still count.

    ``judged`` are those of them that a person assessed; ``refused`` those that a person withdrew, and ``words`` the
    words of both, as far as they were asked for and are not erased. ``anchors`` tell where each stands in the last
    revision. ``past`` are all revisions, the last one last; ``removed`` says that the outlet took it down after that.
    ``article`` is the last revision itself where its texts were asked for and are not erased.
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
    anchors: Mapping[str, Anchor]
    past: tuple[Seen, ...]
    removed: bool = False
    article: Article | None = None

    def said(self, statements: Mapping[str, StatementRecorded]) -> list[Said]:
        """These statements with their words; without the erased ones, whose words nobody knows."""
        return [Said(event, self.words[id_]) for id_, event in statements.items() if id_ in self.words]


def known_article(stream: Sequence[Recorded]) -> KnownArticle | None:
    """Fold an article's stream; None where it was never captured."""
    last: Recorded | None = None
    removed = False
    past: list[Seen] = []
    live: dict[str, StatementRecorded] = {}
    anchors: dict[str, Anchor] = {}
    words: dict[str, Words] = {}
    judged: set[str] = set()
    refused: dict[str, StatementRecorded] = {}
    for one in stream:
        match one.event:
            case ArticleCaptured(fingerprint=fingerprint, captured_at=at):
                last, removed = one, False
                past.append(Seen(fingerprint, parse_iso(at)))
            case ArticleRemoved():
                removed = True
            case StatementRecorded(statement=statement) as recorded:
                live[statement] = recorded
                anchors[statement] = anchor(recorded)
                if WORDS in one.parts:
                    words[statement] = read_words(one.parts[WORDS])
            case StatementReanchored(statement=statement) as moved:
                anchors[statement] = anchor(moved)
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
    event = last.event
    assert isinstance(event, ArticleCaptured)
    return KnownArticle(
        version=stream[-1].version,
        revision=event.revision,
        fingerprint=event.fingerprint,
        text_source=TextSource(event.text_source),
        captured_at=parse_iso(event.captured_at),
        live=live,
        words=words,
        judged=frozenset(judged & live.keys()),
        refused=refused,
        anchors=anchors,
        past=tuple(past),
        removed=removed,
        article=_article(event, last.parts),
    )


def anchor(event: StatementRecorded | StatementReanchored) -> Anchor:
    """Where an event puts a statement."""
    return Anchor(event.content, event.cue, event.speaker)


def _article(event: ArticleCaptured, parts: Mapping[str, bytes]) -> Article | None:
    """The revision with its texts; None where the text was not asked for, or erased."""
    if TEXT not in parts:
        return None
    return Article(
        id=event.article,
        feed=event.feed,
        key=event.key,
        text=parts[TEXT].decode(),
        text_source=TextSource(event.text_source),
        captured_at=parse_iso(event.captured_at),
        url=event.url,
        title=parts[TITLE].decode() if TITLE in parts else None,
        author=parts[AUTHOR].decode() if AUTHOR in parts else None,
        outlet=event.outlet,
        language=event.language,
        published_at=parse_iso(event.published_at) if event.published_at else None,
        published_raw=event.published_raw,
        reader=event.reader,
    )
