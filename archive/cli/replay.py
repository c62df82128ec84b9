"""The command that rebuilds the past: what the archive said at an earlier point of its log, and what changed since."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection, Engine

from archive import output
from archive import replay as past
from archive.cli.common import (
    MOMENT,
    NARROW,
    NARROW_STATEMENTS,
    POINT,
    actor_option,
    as_of_option,
    listing,
    opened,
    topic_option,
    write_rows,
)
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.points import Point, position_at
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import reports
from archive.views.differences import differences

POINT_HELP = "A log position, a time (then the largest checkpoint signed by it), or a checkpoint file."
NARROW_CHANGES = ("actor_name", "topic", "before", "after", "cause", "valid_from", "valid_to", "position", "quote")


@click.command()
@click.option("--known-at", type=POINT, help=POINT_HELP)
@as_of_option
@click.option("--diff", nargs=2, type=POINT, metavar="P1 P2", help="List every stance that changed between two points.")
@click.option("--what", type=click.Choice(("stances", "statements", "history")), default="stances", show_default=True)
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write the whole state to a fresh SQLite file.")
@topic_option
@actor_option
@click.option("--since", type=MOMENT, help="Only statements made at or after this time.")
@listing
@click.pass_context
def replay(
    ctx: click.Context,
    known_at: Point | None,
    as_of: datetime | None,
    diff: tuple[Point, Point] | None,
    what: str,
    file: Path | None,
    topic: str | None,
    actor: str | None,
    since: datetime | None,
    format_: str | None,
) -> None:
    """Rebuild from the log alone what the archive said at an earlier point, or what changed between two."""
    if (known_at is None) == (diff is None):
        raise click.UsageError("give either --known-at or --diff")
    ledger = opened(ctx, follow=False)
    first, position = _positions(ledger, diff or (0, known_at or 0))
    if file is not None:
        _write_file(ledger, position, file, alone=diff is None and not (topic or actor or as_of or since))
        return
    with output.progress("replaying") as advance, past.replayed(ledger, position, advance) as engine:
        if diff is not None:
            write_rows(_changes(engine, first, topic, actor, as_of), format_, NARROW_CHANGES)
            return
        rows = _told(engine, what, topic, actor, as_of, since)
    write_rows(rows, format_, NARROW_STATEMENTS if what == "statements" else NARROW)


def _positions(ledger: Ledger, points: tuple[Point, Point]) -> tuple[int, int]:
    first, second = (position_at(ledger, point) for point in points)
    if first > second:
        raise UsageError(
            f"position {first} comes after position {second}", where="--diff", remedy="Give the earlier point first"
        )
    return first, second


def _write_file(ledger: Ledger, position: int, file: Path, *, alone: bool) -> None:
    if not alone:
        raise click.UsageError("--to writes the whole state at one point: give it with --known-at alone")
    with output.progress("replaying") as advance:
        past.write(ledger, position, file, advance)
    click.echo(f"{file}: the archive as it was at position {position}", err=True)


def _told(
    engine: Engine,
    what: str,
    topic: str | None,
    actor: str | None,
    as_of: datetime | None,
    since: datetime | None,
) -> reports.Report:
    if since and what != "statements":
        raise click.UsageError("--since goes with --what statements")
    with reading(engine) as connection:
        who = _actor(connection, actor)
        if what == "stances":
            return reports.stances(connection, topic=topic, actor=who, as_of=as_of)
        if what == "history":
            return _until(reports.history(connection, who, topic=topic), "valid_from", as_of)
        return _until(reports.statements(connection, actor=who, topic=topic, since=since), "valid_at", as_of)


def _changes(
    engine: Engine, first: int, topic: str | None, actor: str | None, as_of: datetime | None
) -> reports.Report:
    with reading(engine) as connection:
        return differences(connection, first, topic=topic, actor=_actor(connection, actor), as_of=as_of)


def _actor(connection: Connection, name: str | None) -> str | None:
    return reports.find_actor(connection, name) if name else None


def _until(rows: reports.Report, column: str, moment: datetime | None) -> reports.Report:
    return [row for row in rows if moment is None or row[column] <= iso(moment)]
