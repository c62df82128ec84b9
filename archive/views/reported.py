"""What was captured and what was said in it: articles by revision, statements with their words.

Pure but for reading the rows that a batch touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archive.ledger.events import (
    ArticleCaptured,
    ArticleRemoved,
    ArticleRevised,
    Event,
    PartErased,
    PartHidden,
    PartShown,
    StatementReanchored,
    StatementRecorded,
    StatementWithdrawn,
    read_words,
)
from archive.ledger.header import Recorded, decode
from archive.ledger.known import WORDS
from archive.views.registry import json_text
from archive.views.rows import Change, Insert, Row, Rows, Update, Upsert
from archive.views.tables import anchor_rows, article_rows, hidden_rows, removal_rows, statement_rows, withdrawal_rows

TEXTS = (PartErased, PartHidden, PartShown)
ARTICLES: frozenset[type[Event]] = frozenset({ArticleCaptured, ArticleRevised, ArticleRemoved, PartHidden, PartShown})
STATEMENTS: frozenset[type[Event]] = frozenset({
    ArticleCaptured, StatementRecorded, StatementReanchored, StatementWithdrawn, *TEXTS,
})  # fmt: skip

WORDS_SHOWN = ("quote", "cue", "speaker", "condition")
"""The columns that hold words, and are null where those are erased or hidden."""

_NO_WORDS = (None,) * len(WORDS_SHOWN)


def fold_articles(batch: Sequence[Recorded], rows: Rows) -> list[Change]:  # noqa: ARG001 - needs no rows
    """The changes that a batch makes to articles: new rows, and which texts are hidden."""
    return [
        Insert(
            article_rows,
            [
                (
                    one.position,
                    event.article,
                    event.revision,
                    event.feed,
                    event.key,
                    event.url,
                    event.outlet,
                    event.language,
                    event.published_at,
                    event.published_raw,
                    event.captured_at,
                    one.at,
                    event.text_source,
                    event.chars,
                    event.fingerprint,
                )
                for one in batch
                if isinstance(event := one.event, ArticleCaptured)
            ],
        ),
        Insert(
            removal_rows,
            [
                (event.article, one.position, event.reason, event.observed_at)
                for one in batch
                if isinstance(event := one.event, ArticleRemoved)
            ],
        ),
        *_hidden(batch),
    ]


def _hidden(batch: Sequence[Recorded]) -> Iterable[Change]:
    hidden: dict[tuple[int, str], Row] = {}
    shown: dict[tuple[int, str], int] = {}
    for one in batch:
        event = one.event
        if isinstance(event, PartShown):
            shown[event.position, event.part] = one.position
        elif isinstance(event, PartHidden):
            hidden[event.position, event.part] = (one.position, event.reason, event.by)
            shown.pop((event.position, event.part), None)
    columns = ("hidden_position", "reason", "decided_by", "shown_position")
    yield Upsert(hidden_rows, columns, [(*key, *row, shown.get(key)) for key, row in hidden.items()])
    earlier = [(*key, position) for key, position in shown.items() if key not in hidden]
    yield Update(hidden_rows, ("shown_position",), earlier)


def fold_statements(batch: Sequence[Recorded], rows: Rows) -> list[Change]:
    """The changes that a batch makes to statements: new rows, withdrawals, and words erased, hidden or shown again."""
    told = [one.event for one in batch if isinstance(one.event, TEXTS) and one.event.part == WORDS]
    texts = {event.position: event for event in told}
    erased = {event.position for event in told if isinstance(event, PartErased)}  # whatever is said of them later
    silent = erased | {position for position, event in texts.items() if not isinstance(event, PartShown)}
    recorded = _first_of_each(batch, rows)
    datelines = _datelines(batch, recorded, rows)
    shown = _shown_again(texts.keys() - silent, rows)
    return [
        Insert(statement_rows, [_statement(one, datelines, one.position in silent) for one in recorded]),
        Insert(
            withdrawal_rows,
            [
                (event.statement, one.position, event.cause, event.by, event.reason, one.at, *_fate(event))
                for one in batch
                if isinstance(event := one.event, StatementWithdrawn)
            ],
        ),
        Upsert(
            anchor_rows,
            (),
            [
                (event.statement, event.revision, one.position, json_text(event.content))
                for one in batch
                if isinstance(event := one.event, StatementReanchored)
            ],
        ),
        Update(statement_rows, WORDS_SHOWN, [*((position, *_NO_WORDS) for position in sorted(silent)), *shown]),
    ]


def _shown_again(positions: Iterable[int], rows: Rows) -> list[Row]:
    """The words of these statements, read from the log itself."""
    query = f"SELECT position, body FROM {{keys}} JOIN parts ON position = CAST(k0 AS bigint) WHERE name = '{WORDS}'"
    return [(at, *_words(body)) for at, body in rows.fetch(query, [(str(one),) for one in sorted(positions)])]


def _fate(event: StatementWithdrawn) -> Row:
    return event.replaced_by, int(event.orphaned)


def _first_of_each(batch: Sequence[Recorded], rows: Rows) -> list[Recorded]:
    """The recorded statements that are new: a second record of the same one changes nothing."""
    new: dict[str, Recorded] = {}
    for one in batch:
        if isinstance(one.event, StatementRecorded):
            new.setdefault(one.event.statement, one)
    known = rows.fetch("SELECT statement FROM {keys} JOIN {statement_rows} ON statement = k0", [(key,) for key in new])
    for (statement,) in known:
        del new[statement]
    return list(new.values())


def _datelines(batch: Sequence[Recorded], recorded: Sequence[Recorded], rows: Rows) -> dict[str, tuple[str, int]]:
    """When the articles of these statements were published, or else captured, and where they stand in the log.

    What is not in the batch is read from the log itself: the first event of an article's stream.
    """
    if not recorded:
        return {}
    articles = {one.event.article for one in recorded if isinstance(one.event, StatementRecorded)}
    captured = [one for one in batch if isinstance(one.event, ArticleCaptured) and one.event.article in articles]
    first = {one.event.article: one for one in captured if isinstance(one.event, ArticleCaptured) and one.version == 1}
    missing = [(f"article:{article}",) for article in sorted(articles - first.keys())]
    query = "SELECT position, header FROM {keys} JOIN events ON stream = k0 WHERE version = 1"
    for position, header in rows.fetch(query, missing):
        one = decode(position, header)
        if isinstance(one.event, ArticleCaptured):
            first[one.event.article] = one
    return {
        article: (event.published_at or event.captured_at, one.position)
        for article, one in first.items()
        if isinstance(event := one.event, ArticleCaptured)
    }


def _statement(one: Recorded, datelines: dict[str, tuple[str, int]], silent: bool) -> Row:
    event = one.event
    assert isinstance(event, StatementRecorded)
    named, speaker = event.named, event.speaker
    dateline, article_position = datelines.get(event.article, (event.valid_at, 0))
    return (
        one.position,
        event.statement,
        event.article,
        event.revision,
        event.kind,
        event.resolution,
        event.actor,
        named.name if named else None,
        named.kind if named else None,
        named.role if named else None,
        named.country if named else None,
        event.speaks_for,
        event.directness,
        event.valid_at,
        event.precision,
        event.said_on,
        event.confidence,
        dateline,
        article_position,
        event.content[0].start if event.content else 0,
        json_text(event.content),
        json_text(event.cue),
        speaker.start if speaker else None,
        speaker.end if speaker else None,
        json_text(event.via),
        event.extractor,
        event.pattern,
        event.cause,
        one.at,
        *(_NO_WORDS if silent else _words(one.parts.get(WORDS))),
    )


def _words(body: bytes | None) -> Row:
    if body is None:
        return _NO_WORDS
    words = read_words(body)
    return (_joined(words.content), _joined(words.cue), words.speaker, words.condition)


def _joined(texts: Iterable[str]) -> str | None:
    return " … ".join(texts) or None
