"""Commands that record a person's decisions, and the check that the projections are what the log says."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime

import click

from archive import judgement, output
from archive.cli.common import MOMENT, configuration, listing, opened, person
from archive.model import Stance
from archive.pipeline import open_archive, utc_now
from archive.reassessing import reassess as reassess_all
from archive.reread import reread_all
from archive.views.projections import catch_up
from archive.views.rebuild import rebuild as rebuild_projections


@click.command()
@click.argument("statement")
@click.argument("topic")
@click.argument("stance", type=click.Choice([stance.value for stance in Stance]))
@click.option("--by", required=True, help="Who judges.")
@click.option("--note", help="Why.")
@click.pass_context
def assess(ctx: click.Context, statement: str, topic: str, stance: str, by: str, note: str | None) -> None:
    """Record a person's judgement on a STATEMENT: the STANCE it expresses on TOPIC."""
    ledger = opened(ctx)
    appended = judgement.assess(ledger, statement, topic, Stance(stance), by=person(by), note=note, now=utc_now())
    catch_up(ledger.engine, ledger)
    click.echo(f"recorded at position {appended.last}", err=True)


@click.command()
@click.argument("statement")
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def withdraw(ctx: click.Context, statement: str, by: str, reason: str) -> None:
    """Record that a STATEMENT is none, or was wrongly read."""
    ledger = opened(ctx)
    appended = judgement.withdraw(ledger, statement, by=person(by), reason=reason, now=utc_now())
    catch_up(ledger.engine, ledger)
    click.echo(f"recorded at position {appended.last}", err=True)


@click.command()
@click.option("--since", type=MOMENT, help="Only articles captured at or after this time.")
@listing
@click.pass_context
def reread(ctx: click.Context, since: datetime | None, format_: str | None) -> None:
    """Read archived articles again with this version's extractor; record and withdraw what differs."""
    archive = open_archive(configuration(ctx), utc_now())
    ctx.call_on_close(archive.close)
    catch_up(archive.engine, archive.ledger)
    with output.progress("reading") as advance:
        outcome = reread_all(archive, since, now=utc_now, progress=advance)
    catch_up(archive.engine, archive.ledger)
    output.write([asdict(outcome)], format_)


@click.command()
@click.argument("topic")
@listing
@click.pass_context
def reassess(ctx: click.Context, topic: str, format_: str | None) -> None:
    """Assess what is archived again on TOPIC, whose definition or rules have changed; persons' judgements stay."""
    archive = open_archive(configuration(ctx), utc_now())
    ctx.call_on_close(archive.close)
    with output.progress("assessing") as advance:
        outcome = reassess_all(archive, topic, now=utc_now, progress=advance)
    catch_up(archive.engine, archive.ledger)
    output.write([asdict(outcome)], format_)


@click.command()
@click.option("--check", is_flag=True, help="Only compare the log with the live tables; exit 1 where they differ.")
@listing
@click.pass_context
def rebuild(ctx: click.Context, check: bool, format_: str | None) -> None:
    """Rebuild all projections from the log, while readers read on."""
    ledger = opened(ctx, follow=False)
    with output.progress("checking" if check else "rebuilding") as advance:
        drifts = rebuild_projections(ledger.engine, ledger, check=check, progress=advance)
    if drifts:
        output.write([asdict(drift) for drift in drifts], format_)
        sys.exit(1)
    done = "no drift: the live tables hold what the log says" if check else "rebuilt"
    click.echo(done, err=True)
