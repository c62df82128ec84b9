"""The command that reads files without a database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from archive import config, output
from archive.model import Topic
from archive.reading import read_files


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file and line, also on a terminal.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="How many processes read.")
@click.pass_context
def extract(ctx: click.Context, files: tuple[Path, ...], as_json: bool, jobs: int) -> None:
    """Show what would be read from files, without a database."""
    for one in read_files(files, _topics(ctx.obj), jobs):
        if as_json or not sys.stdout.isatty():
            output.write_line(one.as_json())
        else:
            output.write([output.statement_row(one.text, statement) for statement in one.reading.statements], None)


def _topics(path: Path | None) -> tuple[Topic, ...]:
    """The configured topics; where nobody names a configuration and the folder has none, there are none."""
    if path is None and "ARCHIVE_CONFIG" not in os.environ and not config.DEFAULT_FILE.is_file():
        return ()
    return config.load(path, os.environ).topics
