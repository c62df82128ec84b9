"""Blind coding by persons: asked one by one on a terminal, or by a sheet that is exported, filled in and imported."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive import coding, output
from archive.cli.common import by_option, opened, person
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.model import Stance
from archive.pipeline import utc_now
from archive.views.projections import catch_up


@click.command()
@click.argument("topic")
@by_option
@click.option("--sample", type=click.IntRange(min=1), help="Only so many statements, drawn by lot.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed draws the same for every coder.")
@click.option("--export", type=click.Path(path_type=Path), help="Write a sheet to fill in: .csv or .jsonl.")
@click.option("--import", "filled", type=click.Path(path_type=Path), help="Record a sheet that was filled in.")
@click.pass_context
def code(
    ctx: click.Context,
    topic: str,
    by: str,
    sample: int | None,
    seed: int,
    export: Path | None,
    filled: Path | None,
) -> None:
    """Judge statements on TOPIC blindly: without the rules' labels or other persons'. See the view agreement."""
    if export and filled:
        raise click.UsageError("give either --export or --import")
    ledger, who = opened(ctx), person(by)
    if filled:
        codes = coding.read_sheet(_bytes(filled), str(filled), topic)
        done = coding.record(ledger, codes, by=who, now=utc_now())
        catch_up(ledger.engine, ledger)
        output.write([asdict(done)], None)
        return
    with reading(ledger.engine) as connection:
        units = coding.units(connection, topic, who, sample=sample, seed=seed)
    if export:
        _write(units, export)
        click.echo(
            f"{len(units)} statements to judge in {export}; then: archive code {topic} --by … --import", err=True
        )
    else:
        _ask(ledger, units, who)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"it cannot be read: {error.strerror}", where=str(file), remedy="Check the path") from error


def _write(units: Sequence[Mapping[str, Any]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        if file.suffix == ".jsonl":
            out.writelines(json.dumps(unit, ensure_ascii=False) + "\n" for unit in units)
            return
        writer = csv.DictWriter(out, [*coding.COLUMNS, *coding.FILLED], lineterminator="\n")
        writer.writeheader()
        writer.writerows(units)


def _ask(ledger: Ledger, units: Sequence[Mapping[str, Any]], by: str) -> None:
    """Ask for one judgement after another, each recorded at once; an empty answer passes over, q ends."""
    if units and not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: use --export FILE, fill it in, then --import FILE")
    labels = " ".join(f"{number} {label}" for number, label in enumerate(coding.LABELS, start=1))
    done = 0
    for number, unit in enumerate(units, start=1):
        click.echo(f"\n[{number} of {len(units)}] {unit['proposition']}\n{unit['actor']}, {unit['said']}:")
        click.echo(f"…{unit['before']}{click.style(unit['quote'], bold=True)}{unit['after']}…\n{labels}")
        answer = click.prompt("stance (number or label, empty: pass over, q: end)", default="", show_default=False)
        if answer.strip() == "q":
            break
        label = _label(answer.strip())
        if label is None:
            click.echo("passed over", err=True)
            continue
        chosen = coding.Code("stdin", unit["statement"], unit["topic"], label)
        done += coding.record(ledger, [chosen], by=by, now=utc_now()).recorded
    catch_up(ledger.engine, ledger)
    click.echo(f"recorded: {done}", err=True)


def _label(answer: str) -> Stance | None:
    if answer.isdecimal() and 0 < int(answer) <= len(coding.LABELS):
        return Stance(coding.LABELS[int(answer) - 1])
    return Stance(answer) if answer in coding.LABELS else None
