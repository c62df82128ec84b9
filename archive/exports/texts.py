"""CSV and JSON Lines: one file a view, all columns.

CSV is opened in spreadsheets, which run a cell that begins with ``=``, ``+``, ``-``, ``@`` or a control character as a
formula; what a feed delivered must not. Such texts get an apostrophe in front, as spreadsheets themselves write it.
JSON Lines are exact.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from archive.exports.manifest import Export, Written
from archive.exports.source import RELATIONS, Batch, Relation, plain, query_for, stream
from archive.views.columns import kind_of

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

_encode = msgspec.json.Encoder().encode


def write(connection: Connection, folder: Path, run: Export) -> tuple[Written, ...]:
    """Write every view into the folder as ``csv`` or ``jsonl``."""
    return tuple(_view(connection, one, folder, run) for one in RELATIONS)


def _view(connection: Connection, one: Relation, folder: Path, run: Export) -> Written:
    whole = run.since is None or one.changed is None
    name = f"{one.view}.{run.format}" if whole else f"{one.view}.p{run.position:012}.{run.format}"
    columns, batches = stream(connection, query_for(one, connection.dialect.name, run.since))
    rows = 0
    texts = [n for n, column in enumerate(columns) if kind_of(column) == "text"]
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if run.format == "csv":
            writer.writerow(columns)
        for batch in batches:
            rows += len(batch)
            values = plain(columns, batch)
            if run.format == "csv":
                writer.writerows(_harmless(values, texts))
            else:
                file.writelines(_lines(columns, values))
    return Written(one.view, one.key, whole, rows, (name,))


def _lines(columns: Sequence[str], batch: Batch) -> list[str]:
    return [_encode(dict(zip(columns, row, strict=True))).decode() + "\n" for row in batch]


def _harmless(batch: Batch, texts: Sequence[int]) -> Batch:
    """Rows in which no text is a formula."""
    rows: Batch = []
    for row in batch:
        dangerous = [n for n in texts if row[n] is not None and str(row[n]).startswith(_FORMULA)]
        values = list(row)
        for n in dangerous:
            values[n] = f"'{row[n]}"
        rows.append(tuple(values))
    return rows
