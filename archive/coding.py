"""Blind coding: a person judges statements on a topic without seeing what the rules or other persons say of them.

A sample depends on the seed and on the statements alone, so that every coder is given the same one; each gets the rest
of it that they have not judged yet. A sheet is handed out, filled in and taken back, or a person is asked one by one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from archive.errors import UsageError
from archive.judgement import assess
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.model import Stance

CONTEXT = 400
"""Code points of the article on either side of a statement that a coder sees."""

COLUMNS = ("topic", "proposition", "statement", "actor", "said", "before", "quote", "after", "outlet", "url")
FILLED = ("stance", "note")
LABELS = tuple(stance.value for stance in Stance)


@dataclass(frozen=True, slots=True)
class Code:
    """A judgement from a filled sheet, with its place in the file."""

    where: str
    statement: str
    topic: str
    stance: Stance
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """What became of a filled sheet: judgements recorded, and those that said the same as the coder's latest."""

    recorded: int = 0
    unchanged: int = 0


def units(
    connection: Connection, topic: str, by: str, *, sample: int | None = None, seed: int = 0
) -> list[dict[str, Any]]:
    """What a coder has still to judge of a sample, each with its context. UsageError where there is no such topic."""
    query = "SELECT proposition FROM topics WHERE topic = :topic"
    proposition = connection.execute(text(query), {"topic": topic}).scalars().first()
    if proposition is None:
        raise UsageError(f"there is no topic {topic!r}", remedy="See: archive sql 'SELECT topic FROM topics'")
    rows = connection.execute(
        text("SELECT statement FROM statements WHERE topic = :topic AND NOT withdrawn"), {"topic": topic}
    )
    drawn = sorted(set(rows.scalars()), key=lambda statement: _lot(seed, statement))[:sample]
    judged = latest(connection, by)
    open_ = (statement for statement in drawn if (statement, topic) not in judged)
    return [unit for one in open_ if (unit := _unit(connection, topic, str(proposition), one))]


def _lot(seed: int, statement: str) -> bytes:
    return hashlib.sha256(f"{seed}:{statement}".encode()).digest()


def _unit(connection: Connection, topic: str, proposition: str, statement: str) -> dict[str, Any] | None:
    """A statement as a coder sees it; None where its text was erased."""
    query = text(
        "SELECT s.actor_name, s.named, s.speaker, s.valid_at, s.quote, s.outlet, s.url, s.content_spans,"
        " a.text AS article FROM statements s"
        " JOIN articles a ON a.article = s.article AND a.revision = s.revision"
        " WHERE s.statement = :statement AND s.topic = :topic"
    )
    row = connection.execute(query, {"statement": statement, "topic": topic}).mappings().one()
    if row["article"] is None or row["quote"] is None:
        return None
    spans = json.loads(row["content_spans"])
    start, end = spans[0][0], spans[-1][1]
    body = str(row["article"])
    shown = {
        "topic": topic,
        "proposition": proposition,
        "statement": statement,
        "actor": row["actor_name"] or row["named"] or row["speaker"],
        "said": str(row["valid_at"])[:10],
        "before": body[max(0, start - CONTEXT) : start],
        "quote": row["quote"],
        "after": body[end : end + CONTEXT],
        "outlet": row["outlet"],
        "url": row["url"],
    }
    return shown | dict.fromkeys(FILLED)


def latest(connection: Connection, by: str) -> dict[tuple[str, str], str]:
    """What a person's latest judgement of each statement on each topic says."""
    query = text(
        "SELECT statement, topic, stance FROM assessment_rows"
        " WHERE method = 'person' AND assessed_by = :by ORDER BY position"
    )
    return {(row.statement, row.topic): row.stance for row in connection.execute(query, {"by": by})}


def read_sheet(data: bytes, name: str, topic: str) -> list[Code]:
    """The judgements of a filled sheet, CSV or JSON lines; rows without a stance are left out.

    UsageError, with the line, for a row that cannot be a judgement on this topic.
    """
    try:
        lines = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("the sheet is not UTF-8", where=name, remedy="Save it as UTF-8") from error
    rows = _json_rows(lines, name) if lines.lstrip().startswith("{") else _csv_rows(lines, name)
    return [code for where, row in rows if (code := _code(where, row, topic))]


def _csv_rows(lines: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(lines))
    missing = {"statement", "stance"} - set(reader.fieldnames or ())
    if missing:
        what = f"the sheet has no column {', '.join(sorted(missing))}"
        raise UsageError(what, where=f"{name}:1", remedy="Write one with: archive code TOPIC --by NAME --export FILE")
    for row in reader:
        yield f"{name}:{reader.line_num}", row


def _json_rows(lines: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(lines.splitlines(), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(f"not JSON: {error.msg}", where=f"{name}:{number}", remedy="Mend the line") from error
            if not isinstance(row, dict):
                raise UsageError("no JSON object", where=f"{name}:{number}", remedy="Mend the line")
            yield f"{name}:{number}", row


def _code(where: str, row: Mapping[str, Any], topic: str) -> Code | None:
    given = {key: str(row.get(key) or "").strip() for key in ("statement", "topic", *FILLED)}
    if not given["stance"]:
        return None
    if given["stance"] not in LABELS:
        raise UsageError(f"{given['stance']!r} is no stance", where=where, remedy=f"Use one of {', '.join(LABELS)}")
    if given["topic"] not in ("", topic):
        what = f"the row is on the topic {given['topic']}"
        raise UsageError(what, where=where, remedy=f"Import it with: archive code {given['topic']} …")
    if not given["statement"]:
        raise UsageError("the row names no statement", where=where, remedy="Fill in the sheet that was exported")
    return Code(where, given["statement"], topic, Stance(given["stance"]), given["note"] or None)


def record(ledger: Ledger, codes: Sequence[Code], *, by: str, now: datetime) -> Coded:
    """Append a coder's judgements; those that say the same as their latest are passed over.

    UsageError, with the line and before anything is appended, where a row names a statement that does not count.
    """
    with reading(ledger.engine) as connection:
        _check(connection, codes)
        before = latest(connection, by)
    fresh = [code for code in codes if before.get((code.statement, code.topic)) != code.stance]
    for code in fresh:
        assess(ledger, code.statement, code.topic, code.stance, by=by, note=code.note, now=now)
    return Coded(len(fresh), len(codes) - len(fresh))


def _check(connection: Connection, codes: Iterable[Code]) -> None:
    query = text("SELECT count(*) FROM statements WHERE statement = :statement AND NOT withdrawn")
    for code in codes:
        if not connection.execute(query, {"statement": code.statement}).scalar_one():
            what = f"there is no statement {code.statement!r}, or it was withdrawn"
            raise UsageError(what, where=code.where, remedy="Take the row out, or export the sheet again")
