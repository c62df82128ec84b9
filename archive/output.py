"""How answers are written: tables for people, JSON, JSON Lines and CSV for programs; progress on stderr."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Protocol, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from archive.model import Span, Statement, quoted

PIPE_WIDTH = 160
NEVER_WRAPPED = 24
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d\.\d{6}Z")
_SPEAKS_TO_TERMINALS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FORMATS = ("table", "json", "jsonl", "csv", "markdown")
Row = Mapping[str, Any]


class Advance(Protocol):
    """Tell a progress bar how far it is, and of how much."""

    def __call__(self, done: int, total: int) -> None:
        """Show ``done`` of ``total``."""


def for_people(format_: str | None) -> bool:
    """Whether an answer is to be a table: it was asked for, or stdout is a terminal."""
    return format_ == "table" or (format_ is None and sys.stdout.isatty())


def short_moment(value: object) -> object:
    """A moment to the minute, or to the day where it is a day's first; anything else as it is."""
    if isinstance(value, str) and (found := _MOMENT.fullmatch(value)):
        return found[1] if found[2] == "00:00" else f"{found[1]} {found[2]}"
    return value


def write(
    rows: Sequence[Row], format_: str | None, out: TextIO | None = None, *, columns: Sequence[str] | None = None
) -> None:
    """Write rows in a format; by default a table on a terminal, JSON into a pipe.

    ``columns`` name what there would be were there rows: a CSV file then has its header all the same.
    """
    out = out or sys.stdout
    match format_ or ("table" if out.isatty() else "json"):
        case "json":
            json.dump([dict(row) for row in rows], out, ensure_ascii=False, indent=1, default=str)
            out.write("\n")
        case "jsonl":
            for row in rows:
                out.write(json.dumps(dict(row), ensure_ascii=False, default=str) + "\n")
        case "csv":
            _csv(rows, out, columns)
        case "markdown":
            _markdown(rows, out, columns)
        case _:
            _table(rows, out)


def write_object(value: Mapping[str, Any]) -> None:
    """Write one JSON object, indented."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def write_line(value: Mapping[str, Any]) -> None:
    """Write one JSON object on a line of its own, at once, so that a reader can follow."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _csv(rows: Sequence[Row], out: TextIO, columns: Sequence[str] | None) -> None:
    if names := list(rows[0]) if rows else list(columns or ()):
        writer = csv.DictWriter(out, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)


def _markdown(rows: Sequence[Row], out: TextIO, columns: Sequence[str] | None) -> None:
    if names := list(rows[0]) if rows else list(columns or ()):
        out.write(f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n")
        for row in rows:
            cells = [_cell(value) for value in row.values()]
            shown = [re.sub(r"\s*\n\s*", "<br>", cell).replace("|", "\\|") for cell in cells]
            out.write(f"| {' | '.join(shown)} |\n")


def harmless(text: str) -> str:
    """A text with what speaks to a terminal, or turns the order of its characters, written out."""
    return _SPEAKS_TO_TERMINALS.sub(lambda found: ascii(found[0])[1:-1], text)


def _cell(value: object) -> str:
    return "" if value is None else harmless(str(_plain(value)))


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _table(rows: Sequence[Row], out: TextIO) -> None:
    console = Console(file=out, highlight=False, width=None if out.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH)
    if not rows:
        Console(stderr=True, highlight=False).print("nothing found")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in rows[0]:
        narrow = max(len(str(_plain(row[name]))) for row in rows) <= NEVER_WRAPPED
        side: Literal["left", "right"] = "right" if _numeric(rows, name) else "left"
        table.add_column(name, overflow="fold", no_wrap=narrow, justify=side)
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    console.print(table)


def _numeric(rows: Sequence[Row], name: str) -> bool:
    return all(isinstance(row[name], int | float | None) for row in rows)


def _nowhere(done: int, total: int) -> None:
    """Show no progress: nobody is looking."""


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A progress bar on stderr, on a terminal only; call what it yields with (done, total)."""
    if not sys.stderr.isatty():
        yield _nowhere
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def statement_json(text: str, statement: Statement) -> dict[str, Any]:
    """A statement as ``archive extract --json`` prints it."""

    def place(span: Span) -> dict[str, Any]:
        return {"text": text[span.start : span.end], "start": span.start, "end": span.end}

    actor = statement.actor
    return {
        "kind": statement.kind,
        "speaker": place(statement.speaker) if statement.speaker else None,
        "resolution": statement.resolution,
        "actor": {"name": actor.name, "kind": actor.kind, "role": actor.role, "country": actor.country}
        if actor
        else None,
        "speaks_for": {"name": statement.speaks_for} if statement.speaks_for else None,
        "via": [{"name": via.name, "start": via.span.start, "end": via.span.end} for via in statement.via],
        "directness": statement.directness,
        "cue": [place(span) for span in statement.cue],
        "content": [place(span) for span in statement.content],
        "said_on": statement.said_on.isoformat() if statement.said_on else None,
        "confidence": round(statement.confidence, 3),
        "pattern": statement.pattern,
        "topics": [
            {
                "topic": one.topic,
                "stance": one.stance,
                "confidence": round(one.confidence, 3),
                "condition": text[slice(*one.condition)] if one.condition else None,
                "evidence": [place(span) for span in one.evidence],
                "rule": one.rule,
            }
            for one in statement.assessments
        ],
    }


def statement_row(text: str, statement: Statement) -> Row:
    """A statement in few columns, for a person at a terminal."""
    return {
        "kind": statement.kind,
        "actor": statement.actor.name if statement.actor else None,
        "speaks_for": statement.speaks_for,
        "cue": quoted(text, statement.cue),
        "content": quoted(text, statement.content),
        "stances": ", ".join(f"{one.topic}: {one.stance}" for one in statement.assessments),
    }
