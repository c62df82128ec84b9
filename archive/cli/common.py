"""What the commands share: options, the configuration, and an archive opened for reading."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from archive import config, output
from archive.errors import ProofError, UsageError
from archive.ledger.checkpoint import Signed, parse_checkpoint
from archive.ledger.engine import connect, reading
from archive.ledger.migrate import check_current
from archive.ledger.points import Point
from archive.ledger.store import Ledger
from archive.model import utc
from archive.views.guarded import LIMIT_ROWS, TIMEOUT_SECONDS, Answer, Bounds
from archive.views.projections import catch_up


class Moment(click.ParamType[datetime]):
    """A date or a time; without a zone it is UTC, a date alone is its first moment."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read ISO 8601."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
            return utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a date or time; write 2024-03-01 or 2024-03-01T18:00Z", param, ctx)


class Known(click.ParamType[int | datetime]):
    """A log position, or a time: then the last position that was recorded by it."""

    name = "position|time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | datetime:
        """Read a whole number as a position, anything else as a time."""
        if isinstance(value, int):
            return value
        if isinstance(value, str) and value[:1] in "+-":
            self.fail(f"{value!r} is no position and no time; write 812 or 2024-03-01T18:00Z", param, ctx)
        return int(value) if isinstance(value, str) and value.isdecimal() else MOMENT.convert(value, param, ctx)


class PointOfLog(click.ParamType[Point]):
    """A log position, a time, or a file with a signed checkpoint."""

    name = "position|time|file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Point:
        """Read a file that exists as a checkpoint, a whole number as a position, anything else as a time."""
        if isinstance(value, str) and not value.isdecimal() and Path(value).is_file():
            try:
                return parse_checkpoint(Path(value).read_bytes())
            except (OSError, ProofError) as error:
                self.fail(f"{value}: {error}", param, ctx)
        if isinstance(value, str) and not (value[:1].isdigit() or value[:1] in "+-"):
            what = f"{value!r} is no position, no time, and no file"
            self.fail(f"{what}; write 812, 2024-03-01T18:00Z or the path of a checkpoint", param, ctx)
        return value if isinstance(value, Signed) else KNOWN.convert(value, param, ctx)


MOMENT = Moment()
KNOWN = Known()
POINT = PointOfLog()

NARROW = ("actor_name", "stance", "topic", "valid_from", "cause", "quote")
NARROW_STATEMENTS = ("statement", "actor_name", "topic", "stance", "valid_at", "quote", "outlet")
known_at_option = click.option(
    "--known-at", type=KNOWN, help="As it was known at this log position or time. Default: now."
)

listing = click.option(
    "--format", "format_", type=click.Choice(output.FORMATS), help="Default: table on a terminal, json into a pipe."
)
by_option = click.option("--by", required=True, help="Who decides.")
reason_option = click.option("--reason", required=True, help="Why.")
topic_option = click.option("--topic", help="Only this topic (its id).")
actor_option = click.option("--actor", help="Only this actor (a name or an id).")
as_of_option = click.option("--as-of", type=MOMENT, help="As it stood at this time (valid time). Default: now.")


def bounds_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options --timeout and --limit, handed over as one :class:`Bounds` named ``bounds``."""

    @click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        default=TIMEOUT_SECONDS,
        show_default=True,
        help="Seconds after which to stop (0: never).",
    )
    @click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=LIMIT_ROWS,
        show_default=True,
        help="Rows after which to stop (0: never).",
    )
    @functools.wraps(command)
    def bounded(*args: Any, timeout: float, limit: int, **options: Any) -> None:
        command(*args, bounds=Bounds(timeout or None, limit or None), **options)

    return bounded


def configuration(ctx: click.Context) -> config.Config:
    """The configuration that the command line, the environment or the folder names."""
    return config.load(ctx.obj, os.environ)


def opened(ctx: click.Context, *, follow: bool = True) -> Ledger:
    """An archive that is there and current, its projections caught up unless told otherwise; else DatabaseError."""
    engine = connect(configuration(ctx).settings.database)
    ctx.call_on_close(engine.dispose)
    check_current(engine)
    ledger = Ledger(engine)
    if follow:
        catch_up(engine, ledger)
    return ledger


@contextmanager
def asking(ctx: click.Context) -> Iterator[Connection]:
    """A connection for questions to the views."""
    with reading(opened(ctx).engine) as connection:
        yield connection


def write_rows(rows: Sequence[output.Row], format_: str | None, narrow: tuple[str, ...] = NARROW) -> None:
    """Write all columns for programs; for people those that fit a screen."""
    if output.for_people(format_):
        rows = [{name: output.short_moment(row[name]) for name in narrow} for row in rows]
    output.write(rows, format_)


def write_answer(answer: Answer, format_: str | None) -> None:
    """Write the rows; where they are not all, say so on stderr and exit with 1."""
    rows: Sequence[Mapping[str, object]] = answer.rows
    if output.for_people(format_):
        rows = [{name: output.short_moment(value) for name, value in row.items()} for row in rows]
    output.write(rows, format_, columns=answer.columns)
    if answer.cut:
        click.echo(f"incomplete: {answer.cut}. Raise --limit or --timeout (0: none), or ask for less", err=True)
        sys.exit(1)


def person(by: str) -> str:
    """The name behind a decision. UsageError where it is empty."""
    if not by.strip():
        raise UsageError("--by is empty", remedy="A judgement carries a name")
    return by.strip()
