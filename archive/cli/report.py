"""The command that runs a named report: the fifteen questions, and a user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from archive import charts, output
from archive.cli.common import bounds_options, configuration, listing, opened, write_answer
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.pipeline import utc_now
from archive.views import named
from archive.views.guarded import Bounds, ask


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED, metavar="[--PARAMETER VALUE]...")
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.svg|png", help="Draw the answer, too.")
@bounds_options
@listing
@click.pass_context
def report(
    ctx: click.Context,
    name: str | None,
    parameters: tuple[str, ...],
    plot: Path | None,
    bounds: Bounds,
    format_: str | None,
) -> None:
    """Run the report NAME; without a name, list them with what each is for.

    Parameters are given as --topic harbour-toll or topic=harbour-toll. archive.reports in feeds.yaml names a folder
    of your own.
    """
    loaded = configuration(ctx)
    reports = named.shipped() | (named.own(loaded.settings.reports) if loaded.settings.reports else {})
    if name is None:
        output.write(named.listing(reports.values()), format_)
        return
    wanted = named.find(reports, name)
    engine = opened(ctx).engine
    with reading(engine) as connection:
        values = named.values_for(connection, wanted, _pairs(parameters), utc_now())
    answer = ask(engine, wanted.query, values, bounds)
    if plot:
        charts.draw(wanted.name, answer.rows, values, plot)
    write_answer(answer, format_)


def _pairs(written: Sequence[str]) -> dict[str, str]:
    """``--topic x``, ``--topic=x`` and ``topic=x`` alike."""
    pairs: dict[str, str] = {}
    words = list(written)
    while words:
        word = words.pop(0)
        name, separator, value = word.removeprefix("--").partition("=")
        if not separator:
            if not word.startswith("--") or not words:
                raise UsageError(
                    f"{word!r} is no parameter" if not word.startswith("--") else f"{word} has no value",
                    where="report",
                    remedy="Write --topic harbour-toll or topic=harbour-toll",
                )
            value = words.pop(0)
        pairs[name.replace("-", "_")] = value
    return pairs
