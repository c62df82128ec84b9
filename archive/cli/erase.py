"""Commands that take texts out of the archive, for good or for a while; each decision is an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from archive import erasure
from archive.cli.common import listing, opened
from archive.cli.proof import sign_if_there_is_a_key
from archive.erasure import Found
from archive.errors import UsageError
from archive.ledger.purge import purge
from archive.ledger.store import Ledger
from archive.ledger.texts import Place
from archive.output import write
from archive.pipeline import utc_now
from archive.views.projections import catch_up
from archive.views.rebuild import SHADOW

TABLES = ("parts", "statement_rows", f"statement_rows{SHADOW}", "quarantine", "bodies")
"""Where texts stand."""

reason_option = click.option("--reason", required=True, help="Why: it is recorded.")
by_option = click.option("--by", required=True, help="Who decides.")
dry_option = click.option("--dry-run", is_flag=True, help="Only list what it would concern.")


@click.command()
@click.argument("part")
@reason_option
@click.option("--authority", required=True, help="On whose authority: a law, a court, the person concerned.")
@click.option("--by", help="Who does it.")
@click.option("--everywhere", is_flag=True, help="Erase the same words in other articles too.")
@click.option("--here", is_flag=True, help="Leave the same words in other articles.")
@dry_option
@listing
@click.pass_context
def erase(
    ctx: click.Context,
    part: str,
    reason: str,
    authority: str,
    by: str | None,
    everywhere: bool,
    here: bool,
    dry_run: bool,
    format_: str | None,
) -> None:
    """Erase a text for good: PART is position/name, a statement, an article, or a revision (article@2)."""
    reason, authority = _said("--reason", reason), _said("--authority", authority)
    ledger = opened(ctx)
    found = erasure.find(ledger, part)
    if dry_run:
        _list(found, format_)
        return
    if found.elsewhere and everywhere == here:
        raise UsageError(
            f"the same words stand in {len(found.elsewhere)} texts of other articles: "
            f"{', '.join(map(str, found.elsewhere[:10]))}. Nothing was erased",
            remedy="Say --everywhere to erase those too, or --here to leave them",
        )
    places = (*found.places, *(found.elsewhere if everywhere else ()))
    erasure.erase(ledger, places, found.words, reason=reason, authority=authority, by=by, now=utc_now())
    catch_up(ledger.engine, ledger)
    click.echo("erased; overwriting what is left of it in the database", err=True)
    purge(ledger.engine, TABLES)
    sign_if_there_is_a_key(ctx, ledger)
    _list(Found(places, () if everywhere else found.elsewhere), format_)
    click.echo("backups, replicas and files written earlier still hold it: see docs/audit.md", err=True)


@click.command()
@click.argument("part")
@reason_option
@by_option
@dry_option
@listing
@click.pass_context
def hide(ctx: click.Context, part: str, reason: str, by: str, dry_run: bool, format_: str | None) -> None:
    """Show a text no more, but keep it: PART as for erase."""
    _decide(ctx, part, reason, by, dry_run, format_, erasure.hide)


@click.command()
@click.argument("part")
@reason_option
@by_option
@dry_option
@listing
@click.pass_context
def unhide(ctx: click.Context, part: str, reason: str, by: str, dry_run: bool, format_: str | None) -> None:
    """Show a hidden text again: PART as for erase."""
    _decide(ctx, part, reason, by, dry_run, format_, erasure.unhide)


def _decide(
    ctx: click.Context,
    part: str,
    reason: str,
    by: str,
    dry_run: bool,
    format_: str | None,
    decide: Callable[..., Any],
) -> None:
    reason, by = _said("--reason", reason), _said("--by", by)
    ledger: Ledger = opened(ctx)
    found = erasure.find(ledger, part)
    if not dry_run:
        decide(ledger, found.places, reason=reason, by=by, now=utc_now())
        catch_up(ledger.engine, ledger)
    _list(found, format_)


def _list(found: Found, format_: str | None) -> None:
    def row(place: Place, where: str) -> dict[str, object]:
        return {"part": str(place), "position": place.position, "name": place.part, "where": where}

    rows = [row(place, "here") for place in found.places] + [row(place, "elsewhere") for place in found.elsewhere]
    write(rows, format_)


def _said(option: str, value: str) -> str:
    if not value.strip():
        raise UsageError(f"{option} is empty", remedy="It is recorded for ever: say it")
    return value.strip()
