"""Commands on who is who: look, merge, split, name, and take over what public registers say."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from archive import actors as decisions
from archive import output, registers
from archive.cli.common import by_option, listing, opened, person, reason_option
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.pipeline import utc_now
from archive.views import people
from archive.views.projections import catch_up
from archive.views.reports import find_actor


@click.group()
def actors() -> None:
    """Who is who: list, show, import, merge, split, alias. Every decision names who made it, and can be taken back."""


@actors.command("list")
@click.option("--kind", help="Only persons, organisations, countries, groups or anonymous ones.")
@listing
@click.pass_context
def list_(ctx: click.Context, kind: str | None, format_: str | None) -> None:
    """List actors, the most quoted first."""
    with reading(opened(ctx).engine) as connection:
        rows = people.actors(connection, kind)
    output.write(rows, format_)


@actors.command()
@click.argument("actor")
@listing
@click.pass_context
def show(ctx: click.Context, actor: str, format_: str | None) -> None:
    """Show what is known of an ACTOR: names, offices, register entries, and the decisions on it."""
    with reading(opened(ctx).engine) as connection:
        rows = people.dossier(connection, find_actor(connection, actor))
    output.write(rows, format_)


@actors.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--by", default="import", show_default=True, help="Who imports.")
@listing
@click.pass_context
def import_(ctx: click.Context, files: tuple[Path, ...], by: str, format_: str | None) -> None:
    """Take over people, bodies and tenures from FILES: Wikidata's JSON, or OpenSanctions/FollowTheMoney entities."""
    extracts = [(file, registers.read(_bytes(file), str(file))) for file in files]
    ledger = opened(ctx)
    rows = []
    for file, extract in extracts:
        done = decisions.take(ledger, extract, by=person(by), now=utc_now())
        catch_up(ledger.engine, ledger)
        rows.append({"file": str(file), **asdict(done)})
        for why in extract.passed_over:
            click.echo(f"{file}: passed over: {why}", err=True)
    output.write(rows, format_)


@actors.command()
@click.argument("actor")
@click.argument("into")
@by_option
@reason_option
@click.pass_context
def merge(ctx: click.Context, actor: str, into: str, by: str, reason: str) -> None:
    """Decide that ACTOR and INTO are one, who goes on as INTO. Taken back by: archive actors split."""
    ledger = opened(ctx)
    done = decisions.merge(ledger, actor, into, by=person(by), reason=reason, now=utc_now())
    catch_up(ledger.engine, ledger)
    click.echo(f"recorded at position {done.last}", err=True)


@actors.command()
@click.argument("actor")
@by_option
@reason_option
@click.pass_context
def split(ctx: click.Context, actor: str, by: str, reason: str) -> None:
    """Take back the merge of ACTOR (the id or name it had) into another."""
    ledger = opened(ctx)
    done = decisions.split(ledger, actor, by=person(by), reason=reason, now=utc_now())
    catch_up(ledger.engine, ledger)
    click.echo(f"recorded at position {done.last}", err=True)


@actors.command()
@click.argument("actor")
@click.argument("text")
@by_option
@click.option("--remove", is_flag=True, help="Decide that it is none of the actor's names.")
@click.option("--reason", default="", help="Why.")
@click.pass_context
def alias(ctx: click.Context, actor: str, text: str, by: str, remove: bool, reason: str) -> None:
    """Decide that TEXT is another name of ACTOR: who is named so from now on is that actor."""
    ledger = opened(ctx)
    who, now = person(by), utc_now()
    done = (
        decisions.unname(ledger, actor, text, by=who, reason=reason, now=now)
        if remove
        else decisions.name(ledger, actor, text, by=who, now=now)
    )
    catch_up(ledger.engine, ledger)
    click.echo(
        f"recorded at position {done.last}" if done is not None else "it is an alias already: nothing recorded",
        err=True,
    )


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror}", where=str(file), remedy="Check the path"
        ) from error
