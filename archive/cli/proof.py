"""Commands that make proofs: keys, checkpoint, prove."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select, text

from archive.anchoring import sign_and_anchor
from archive.cli.common import configuration, opened
from archive.errors import ArchiveError, UsageError
from archive.ledger import keys as key_files
from archive.ledger.checkpoint import Proof, parse_checkpoint
from archive.ledger.engine import reading
from archive.ledger.rotation import broken_off, rotate
from archive.ledger.schema import events
from archive.ledger.signing import Desk, latest, sign
from archive.ledger.store import Ledger

FILE = click.Path(path_type=Path, dir_okay=False)
key_file_option = click.option("--file", "path", type=FILE, help="The key's file. Default: archive.key in feeds.yaml.")


@click.group()
def keys() -> None:
    """Make, show or rotate the key that signs checkpoints."""


@keys.command("new")
@click.option("--origin", help="The name the log signs under, such as example.org/log. Default: a random one.")
@key_file_option
@click.pass_context
def new_key(ctx: click.Context, origin: str | None, path: Path | None) -> None:
    """Make a key in a file that only you can read; print the public key, to be handed around."""
    path = path or configuration(ctx).settings.key
    signer = key_files.create(path, origin or f"statement-archive/{secrets.token_hex(8)}")
    click.echo(f"made {path}: keep it safe, and apart from the database", err=True)
    click.echo(str(signer.verifier))


@keys.command("show")
@key_file_option
@click.pass_context
def show_key(ctx: click.Context, path: Path | None) -> None:
    """Print the public key: what others check checkpoints with."""
    click.echo(str(key_files.load(path or configuration(ctx).settings.key).verifier))


@keys.command("rotate")
@click.pass_context
def rotate_key(ctx: click.Context) -> None:
    """Make a new key and record it, signed by the old one; print the new public key."""
    desk = _desk(ctx)
    if not broken_off(desk.ledger, desk.key):
        sign(desk, datetime.now(UTC))
    signer = rotate(desk.ledger, desk.key, datetime.now(UTC))
    sign(desk, datetime.now(UTC))
    click.echo(f"the old key is kept beside {desk.key}", err=True)
    click.echo(str(signer.verifier))


@click.command()
@click.option("--compare", type=FILE, help="The checkpoint published last, where the database was restored or moved.")
@click.option("--timestamp", help="Have a time-stamp authority at this address (RFC 3161) say when it saw it.")
@click.pass_context
def checkpoint(ctx: click.Context, compare: Path | None, timestamp: str | None) -> None:
    """Sign the log as it is now, write its tiles, publish both, ask the witnesses; print the checkpoint."""
    if timestamp and not timestamp.startswith(("http://", "https://")):
        raise UsageError(f"{timestamp!r} is no address", remedy="Write https://host/path")
    desk, settings = _desk(ctx), configuration(ctx).settings
    settings = replace(settings, timestamp=timestamp or settings.timestamp)
    kept = parse_checkpoint(_read(compare)) if compare else None
    anchored = sign_and_anchor(desk, settings, datetime.now(UTC), kept)
    click.echo(f"signed {anchored.signed.size} events; published in {desk.folder}", err=True)
    click.echo(str(anchored.signed.note), nl=False)
    for problem in anchored.problems:
        click.echo(f"error: {problem}", err=True)
    if anchored.problems:
        sys.exit(1)


@click.command()
@click.argument("statement")
@click.option("--to", type=FILE, help="Write the proof to this file. Default: print it.")
@click.pass_context
def prove(ctx: click.Context, statement: str, to: Path | None) -> None:
    """Prove that a STATEMENT (its id, or a position) is in the signed log: a .tlog-proof with its header."""
    desk = _desk(ctx, follow=True)
    with reading(desk.ledger.engine) as connection:
        signed = latest(connection)
        found = (
            _position(statement)
            or connection.execute(
                text("SELECT min(position) FROM statements WHERE statement = :statement"), {"statement": statement}
            ).scalar()
        )
        header = connection.execute(select(events.c.header).where(events.c.position == found)).scalar()
    if not found or header is None:
        what = "the log has no event at this position" if found else "there is no such statement"
        raise UsageError(what, where=statement, remedy="List statements: archive statements")
    if signed is None or signed.size < found:
        raise UsageError(
            f"it was recorded at position {found}, and {signed.size if signed else 0} events are signed",
            where=statement,
            remedy="Run: archive checkpoint",
        )
    path = desk.tiles.inclusion(found - 1, signed.checkpoint)
    proof = replace(Proof(found - 1, tuple(path), signed), extra=bytes(header))
    if not proof.holds(proof.extra):
        raise UsageError(
            "the event is not the one that was signed: no proof is given", where=statement, remedy="Run: archive verify"
        )
    if to:
        to.write_text(str(proof), "utf-8")
    else:
        click.echo(str(proof), nl=False)


def sign_if_there_is_a_key(ctx: click.Context, ledger: Ledger) -> None:
    """Sign what a command has just appended; that it could not be signed is told, and spoils nothing."""
    settings = configuration(ctx).settings
    if settings.key.exists():
        try:
            desk = Desk(ledger, settings.key, settings.publish)
            anchored = sign_and_anchor(desk, settings, datetime.now(UTC))
        except ArchiveError as error:
            click.echo(f"not signed: {error}", err=True)
        else:
            click.echo(f"signed {anchored.signed.size} events", err=True)


def _desk(ctx: click.Context, *, follow: bool = False) -> Desk:
    """Where checkpoints are signed; what the log says can be signed whatever becomes of projections."""
    settings = configuration(ctx).settings
    return Desk(opened(ctx, follow=follow), settings.key, settings.publish)


def _position(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="Check the path"
        ) from error
