"""One export: from the archive into a folder or file, in one snapshot, with its entry in the manifest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from archive.errors import UsageError
from archive.exports import dna, jsonld, manifest, networks, parquet, sqlite, texts
from archive.exports.manifest import Export, Written
from archive.ledger.engine import reading
from archive.model import iso

FORMATS = ("csv", "jsonl", "parquet", "graphml", "gexf", "dna", "jsonld", "sqlite")
INCREMENTAL = ("csv", "jsonl", "parquet", "dna", "jsonld")


def export(engine: Engine, place: Path, format_: str, since: int | None) -> Export:
    """Write what the views show, or what changed of it after a log position, and say up to which position.

    UsageError where the place holds an export already that a whole one would mix with, or the format is whole only.
    """
    if since is not None and format_ not in INCREMENTAL:
        raise UsageError(
            f"{format_} is written whole", where="--since", remedy=f"Leave it out, or use {', '.join(INCREMENTAL)}"
        )
    if format_ == "sqlite":
        _parent(place)
    else:
        _folder(place, format_, since)
    with reading(engine) as connection:
        run = _begun(connection, format_, since)
        done = replace(run, views=_written(connection, place, run))
    if format_ != "sqlite":
        manifest.add(place, done)
    return done


def _written(connection: Connection, place: Path, run: Export) -> tuple[Written, ...]:
    match run.format:
        case "sqlite":
            return sqlite.write(connection, place)
        case "parquet":
            return parquet.write(connection, place, run)
        case "graphml" | "gexf":
            return networks.write(connection, place, run.format)
        case "dna":
            return dna.write(connection, place, run)
        case "jsonld":
            return jsonld.write(connection, place, run)
        case _:
            return texts.write(connection, place, run)


def _begun(connection: Connection, format_: str, since: int | None) -> Export:
    position = _reached(connection)
    if since is not None and since > position:
        raise UsageError(
            f"the archive has come to position {position}, not yet to {since}",
            where="--since",
            remedy="Give an earlier one; or, where the database was restored from a backup, export into another folder",
        )
    query = text("SELECT recorded_at FROM events WHERE position = :position")
    at = connection.execute(query, {"position": position}).scalar()
    return Export(format_, since, position, iso(at) if isinstance(at, datetime) else at)


def _reached(connection: Connection) -> int:
    """Up to where every projection has come: what lies after it is for the next export."""
    query = "SELECT coalesce(min(position), 0) FROM projection_cursors WHERE name NOT LIKE '%!_!_new' ESCAPE '!'"
    return int(
        connection.exec_driver_sql(
            query.replace("%", "%%") if connection.dialect.name != "sqlite" else query
        ).scalar_one()
    )


def _folder(place: Path, format_: str, since: int | None) -> None:
    if place.exists() and not place.is_dir():
        raise UsageError(f"{format_} is written into a folder", where=str(place), remedy="Give a folder, new or empty")
    if since is None and place.is_dir() and any(place.iterdir()):
        raise UsageError(
            "the folder is not empty",
            where=str(place),
            remedy="Give a new one; or, to add what is new to an export, --since last",
        )
    place.mkdir(parents=True, exist_ok=True)


def _parent(place: Path) -> None:
    if place.is_dir():
        raise UsageError("SQLite is one file", where=str(place), remedy="Give a file, such as answers.db")
    if not place.parent.is_dir():
        raise UsageError("the folder of the file does not exist", where=str(place), remedy="Create it first")
