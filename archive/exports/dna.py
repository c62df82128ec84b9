"""Files for Discourse Network Analyzer: ``documents.csv`` and ``statements.csv``, with its separator and its variables.

Documents have the fields of DNA's documents; statements its statement type "DNA Statement": person, organization,
concept and the binary agreement, beside the place of the statement in its document. A stance for a proposition
is agreement 1, one against it 0; what takes no side has no place there. See Leifeld, Gruber & Bossner, *Discourse
Network Analyzer Manual*, sections 4.3 and 5.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from archive.exports.manifest import Export, Written
from archive.exports.source import query_for, records, relation

DOCUMENTS = ("id", "title", "text", "author", "source", "section", "type", "notes", "date")
STATEMENTS = (
    "statement_id", "time", "document_id", "document_title", "document_author", "document_source", "document_section",
    "document_type", "start_position", "stop_position", "person", "organization", "concept", "agreement", "text",
)  # fmt: skip

_DOCUMENTS = """
SELECT position, title, text, author, outlet, feed, text_source, url, coalesce(published_at, captured_at) AS observed_at
FROM ({articles}) a ORDER BY position
"""

_SAID = """
SELECT s.statement, s.valid_at, s.actor_name, s.actor_kind, s.content_spans, s.quote, s.score,
  a.position, a.title, a.author, a.outlet, a.feed, a.text_source, t.proposition, p.actor_name AS principal
FROM ({statements}) s
JOIN articles a ON a.article = s.article AND a.revision = s.revision
JOIN topics t ON t.topic = s.topic
LEFT JOIN actors p ON p.actor = s.speaks_for
WHERE s.score IS NOT NULL AND s.score <> 0 AND NOT s.withdrawn AND s.actor IS NOT NULL
ORDER BY s.position, s.topic
"""


def write(connection: Connection, folder: Path, run: Export) -> tuple[Written, ...]:
    """Write both files into the folder."""
    dialect = connection.dialect.name
    suffix = "" if run.since is None else f".p{run.position:012}"
    articles = query_for(relation("articles"), dialect, run.since)
    statements = query_for(relation("statements"), dialect, run.since)
    documents, said = f"documents{suffix}.csv", f"statements{suffix}.csv"
    count = _file(folder / documents, DOCUMENTS, _documents(connection, articles))
    coded = _file(folder / said, STATEMENTS, _statements(connection, statements))
    return (
        Written("documents", ("id",), run.since is None, count, (documents,)),
        Written("statements", ("statement_id", "concept"), run.since is None, coded, (said,)),
    )


def _documents(connection: Connection, articles: str) -> Iterator[tuple[Any, ...]]:
    for row in records(connection, _DOCUMENTS.format(articles=articles)):
        notes, date = row["url"] or "", _time(row["observed_at"])
        title, text = row["title"] or "", row["text"] or ""
        yield (
            row["position"],
            title,
            text,
            row["author"] or "",
            row["outlet"],
            row["feed"],
            row["text_source"],
            notes,
            date,
        )


def _statements(connection: Connection, statements: str) -> Iterator[tuple[Any, ...]]:
    for row in records(connection, _SAID.format(statements=statements)):
        spans = msgspec.json.decode(row["content_spans"])
        alone = row["actor_kind"] == "person"
        yield (
            row["statement"], _time(row["valid_at"]), row["position"], row["title"] or "", row["author"] or "",
            row["outlet"], row["feed"], row["text_source"], spans[0][0] if spans else 0, spans[-1][1] if spans else 0,
            row["actor_name"] if alone else "", row["principal"] if alone else row["actor_name"],
            row["proposition"], int(row["score"] > 0), row["quote"] or "",
        )  # fmt: skip


def _time(moment: str) -> str:
    return moment[:19].replace("T", " ")


def _file(path: Path, head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(head)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
