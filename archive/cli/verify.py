"""The command that audits: verify."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from archive import output
from archive.audit import EXIT_CODES, Claim, Given, Report
from archive.audit import verify as audit
from archive.audit.findings import CODES
from archive.cli.common import configuration, listing
from archive.errors import ArchiveError, DatabaseError, ProofError, UsageError
from archive.ledger import keys
from archive.ledger.checkpoint import parse_checkpoint
from archive.ledger.engine import connect, reading, unreachable
from archive.ledger.migrate import VERSION_TABLE, check_current
from archive.ledger.note import Verifier, parse_verifier
from archive.ledger.signing import latest_published
from archive.ledger.tiles import Tiles

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--checkpoint", "pins", type=FILE, multiple=True, help="A checkpoint that you kept. May be repeated.")
@click.option("--key", "given_keys", multiple=True, help="A public key of the log or a witness, or its file.")
@click.option("--no-projections", is_flag=True, help="Do not compare the projected tables; then nothing is written.")
@listing
@click.pass_context
def verify(
    ctx: click.Context, pins: tuple[Path, ...], given_keys: tuple[str, ...], no_projections: bool, format_: str | None
) -> None:
    """Recompute everything from stored bytes; exit 0 PASS, 3 PASS_REDACTED, 4 WARN, 1 FAIL."""
    settings = configuration(ctx).settings
    engine = connect(settings.database)
    ctx.call_on_close(engine.dispose)
    _check_usable(engine)
    claims = [_pin(path) for path in pins]
    try:
        published = latest_published(settings.publish)
    except ProofError as error:
        raise UsageError(error.what, where=error.where, remedy=error.remedy) from error
    if published:
        claims.append(Claim(published, "published"))
    given = Given(
        [*_keys(given_keys, settings.key), *(public_key(one.key) for one in settings.witnesses)],
        claims,
        Tiles(settings.publish) if published else None,
        published.size if published else 0,
    )
    with output.progress("verifying") as advance:
        report = audit(engine, given, projections=not no_projections, progress=advance)
    _write(report, format_)
    sys.exit(EXIT_CODES[report.verdict])


def _write(report: Report, format_: str | None) -> None:
    rows = [asdict(finding) | {"meaning": CODES[finding.code]} for finding in report.findings]
    if (format_ or "json") == "json" and not output.for_people(format_):
        summary = {"verdict": report.verdict, "events": report.events, "root": report.root, "covered": report.covered}
        output.write_object({**summary, "counts": report.counts, "findings": rows})
    elif rows:
        output.write(rows, format_)
    click.echo(
        f"{report.verdict}: {report.events} events, root {report.root}, checkpoints cover {report.covered}", err=True
    )


def _check_usable(engine: Engine) -> None:
    """DatabaseError where this is no archive's database, or none that can be opened."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and file != ":memory:" and not Path(file).is_file():
        raise DatabaseError("there is no database", where=file, remedy="Check archive.database in feeds.yaml")
    try:
        with reading(engine) as connection:
            tables = set(inspect(connection).get_table_names())
    except SQLAlchemyError as error:
        raise unreachable(engine, error) from error
    if not tables & {"events", "log_head", VERSION_TABLE}:
        raise DatabaseError("there is no archive in this database", remedy="Check archive.database in feeds.yaml")
    if VERSION_TABLE in tables:
        check_current(engine)


def _pin(path: Path) -> Claim:
    try:
        return Claim(parse_checkpoint(path.read_bytes()), str(path))
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="Check the path"
        ) from error
    except ProofError as error:
        raise UsageError(error.what, where=str(path), remedy="Hand in a checkpoint as it was published") from error


def _keys(given: tuple[str, ...], configured: Path) -> list[Verifier]:
    """The keys to trust: those given, else the public half of the configured one, if there is one."""
    if given:
        return [public_key(text) for text in given]
    if not configured.exists():
        return []
    try:
        return [keys.load(configured).verifier]
    except ArchiveError as error:
        click.echo(f"not used: {error}", err=True)
        return []


def public_key(text: str) -> Verifier:
    """A public key, or that in a file. UsageError where it is none."""
    try:
        file = Path(text)
        return parse_verifier((file.read_text("utf-8") if os.path.lexists(file) else text).strip())
    except (ProofError, OSError, ValueError) as error:
        raise UsageError(
            f"this is no public key: {error}", where=text[:80], remedy="Show it: archive keys show"
        ) from error
