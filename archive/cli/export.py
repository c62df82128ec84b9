"""The command that writes files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archive import output
from archive.cli.common import opened
from archive.errors import UsageError
from archive.exports import manifest
from archive.exports.run import FORMATS
from archive.exports.run import export as write


@click.command()
@click.argument("place", metavar="DIR|FILE", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), required=True, help="What to write; sqlite is one file."
)
@click.option("--since", metavar="P", help="Only what changed after this log position; 'last': since the last time.")
@click.pass_context
def export(ctx: click.Context, place: Path, format_: str, since: str | None) -> None:
    """Write what the views show into files: docs/exports.md."""
    engine = opened(ctx).engine
    done = write(engine, place, format_, _position(place, format_, since))
    rows: list[dict[str, Any]] = [
        {"view": one.view, "rows": one.rows, "files": len(one.files), "whole": one.whole} for one in done.views
    ]
    output.write(rows, None)
    click.echo(f"exported up to position {done.position}", err=True)


def _position(place: Path, format_: str, since: str | None) -> int | None:
    if since is None:
        return None
    if since == "last":
        return manifest.last_position(place, format_)
    if not since.isdecimal():
        raise UsageError(f"{since!r} is no log position", where="--since", remedy="Give a number, or 'last'")
    return int(since)
