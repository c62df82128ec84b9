"""Commands that answer from the views: status, stances, history, statements, sql, review."""

from __future__ import annotations

import json
from datetime import datetime

import click
from sqlalchemy import Connection

from archive import operations, output
from archive.cli.common import (
    MOMENT,
    NARROW_STATEMENTS,
    actor_option,
    as_of_option,
    asking,
    bounds_options,
    known_at_option,
    listing,
    opened,
    topic_option,
    write_answer,
    write_rows,
)
from archive.ledger.engine import reading
from archive.views import people, questions, reports
from archive.views.guarded import Bounds, ask

STATUS = {
    "feeds": ("feed", "health", "last_success_at", "due_at", "failures", "captured_7d", "last_error"),
    "projections": ("name", "position", "lag", "error"),
    "daemon": ("holder", "version", "started_at", "beat_at", "leading"),
}


@click.command()
@topic_option
@actor_option
@as_of_option
@known_at_option
@listing
@click.pass_context
def stances(
    ctx: click.Context,
    topic: str | None,
    actor: str | None,
    as_of: datetime | None,
    known_at: int | datetime | None,
    format_: str | None,
) -> None:
    """Show who stands where: now, or at another time, or as was known at another."""
    with asking(ctx) as connection:
        rows = _stances(connection, topic, actor, as_of, known_at)
    write_rows(rows, format_)


@click.command()
@click.argument("actor")
@topic_option
@listing
@click.pass_context
def history(ctx: click.Context, actor: str, topic: str | None, format_: str | None) -> None:
    """Show the course of an ACTOR's stance, each step with its cause and words."""
    with asking(ctx) as connection:
        found = _topic(connection, topic)
        rows = reports.history(connection, reports.find_actor(connection, actor), topic=found)
    write_rows(rows, format_)


@click.command()
@actor_option
@topic_option
@click.option("--since", type=MOMENT, help="Only what was said at or after this time.")
@listing
@click.pass_context
def statements(
    ctx: click.Context, actor: str | None, topic: str | None, since: datetime | None, format_: str | None
) -> None:
    """List statements with their provenance."""
    with asking(ctx) as connection:
        found = reports.find_actor(connection, actor) if actor else None
        rows = reports.statements(connection, actor=found, topic=_topic(connection, topic), since=since)
    write_rows(rows, format_, NARROW_STATEMENTS)


@click.command()
@click.argument("query", metavar="QUERY")
@bounds_options
@listing
@click.pass_context
def sql(ctx: click.Context, query: str, bounds: Bounds, format_: str | None) -> None:
    """Put one read-only SELECT to the views (docs/reporting.md).

    Exits with 1, after the rows that had come, where a limit is hit.
    """
    write_answer(ask(opened(ctx).engine, query, bounds=bounds), format_)


@click.command()
@click.option("--limit", type=click.IntRange(min=1), help="Only so many, the most used.")
@listing
@click.pass_context
def review(ctx: click.Context, limit: int | None, format_: str | None) -> None:
    """List what waits for a person, most used first: unclear stances, unresolved speakers, merge suggestions."""
    with asking(ctx) as connection:
        rows = people.review(connection, limit)
    output.write(rows, format_)


@click.command()
@listing
@click.pass_context
def status(ctx: click.Context, format_: str | None) -> None:
    """Show how feeds, projections and daemons fare."""
    ledger = opened(ctx, follow=False)
    with reading(ledger.engine) as connection:
        parts = {
            "feeds": questions.feed_health(connection),
            "projections": reports.projections(connection),
            "daemon": operations.signs_of_life(connection),
        }
    if not output.for_people(format_):
        click.echo(json.dumps({"log_size": ledger.size(), **parts}, ensure_ascii=False, indent=1, default=str))
        return
    click.echo(f"events in the log: {ledger.size()}", err=True)
    for name, rows in parts.items():
        output.write([{column: output.short_moment(row[column]) for column in STATUS[name]} for row in rows], format_)


def _stances(
    connection: Connection,
    topic: str | None,
    actor: str | None,
    as_of: datetime | None,
    known_at: int | datetime | None,
) -> reports.Report:
    found = reports.find_actor(connection, actor) if actor else None
    position = None if known_at is None else questions.position_of(connection, known_at)
    about = _topic(connection, topic)
    return reports.stances(connection, topic=about, actor=found, as_of=as_of, known_at=position)


def _topic(connection: Connection, name: str | None) -> str | None:
    return reports.find_topic(connection, name) if name else None
