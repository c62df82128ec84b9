"""The command that packs evidence for somebody who trusts neither the archive nor its operator."""

from __future__ import annotations

from pathlib import Path

import click

from archive.bundle import bundle as pack
from archive.cli.common import POINT, configuration, opened
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.points import Point, position_at
from archive.ledger.signing import Desk
from archive.views.reports import find_actor


@click.command()
@click.option("--actor", required=True, help="Whose statements (a name or an id).")
@click.option("--topic", required=True, help="On which topic (its id).")
@click.option("--known-at", type=POINT, help="As known at a log position, a time, or a checkpoint file. Default: now.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def bundle(ctx: click.Context, actor: str, topic: str, known_at: Point | None, file: Path) -> None:
    """Pack what is known of an actor on a topic, with proofs, into FILE.zip; verify.py in it checks it offline."""
    settings = configuration(ctx).settings
    ledger = opened(ctx)
    if file.exists():
        raise UsageError("there is a file already", where=str(file), remedy="Name another; nothing is overwritten")
    with reading(ledger.engine) as connection:
        who = find_actor(connection, actor)
    position = None if known_at is None else position_at(ledger, known_at)
    data = pack(Desk(ledger, settings.key, settings.publish), who, topic, position)
    partial = file.with_name(f".{file.name}.partial")
    partial.write_bytes(data)
    partial.replace(file)
    click.echo(f"{file}: {len(data)} bytes. To check it: python3 -I verify.py {file} --key KEY", err=True)
