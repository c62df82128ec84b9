"""Commands that answer others: publish, witness."""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.common import configuration
from archive.cli.verify import public_key
from archive.errors import UsageError
from archive.ledger import keys
from archive.ledger.note import COSIGNATURE
from archive.ledger.witness import Witness
from archive.serving import alone, published, serve, witnessing

FILE = click.Path(path_type=Path, dir_okay=False)
listen_option = click.option("--listen", default="127.0.0.1:0", help="HOST:PORT. Default: a free port of this machine.")


@click.command()
@listen_option
@click.pass_context
def publish(ctx: click.Context, listen: str) -> None:
    """Serve the signed checkpoint and the tiles over HTTP (c2sp.org/tlog-tiles), until stopped."""
    folder = configuration(ctx).settings.publish
    if not folder.is_dir():
        raise UsageError("nothing is published yet", where=str(folder), remedy="Run: archive checkpoint")
    serve(published(folder), *_place(listen), ready=f"serving {folder} at {{address}}")


@click.command()
@click.option("--key", "key_file", type=FILE, default=Path("witness.key"), help="Its own key. Made if missing.")
@click.option("--name", help="The name it signs under, for a key that is made.")
@click.option("--state", type=FILE, default=Path("witness.json"), help="The file of what it signed last.")
@click.option("--log", "logs", multiple=True, required=True, help="A log's public key, or its file. May be repeated.")
@listen_option
def witness(key_file: Path, name: str | None, state: Path, logs: tuple[str, ...], listen: str) -> None:
    """Co-sign the checkpoints of known logs, as long as they only grow (c2sp.org/tlog-witness), until stopped."""
    if not key_file.exists():
        if name is None:
            raise UsageError(
                "there is no key yet", where=str(key_file), remedy="Say what it signs as: --name witness.example/1"
            )
        keys.create(key_file, name, COSIGNATURE)
    signer = keys.load(key_file)
    if signer.kind != COSIGNATURE:
        raise UsageError("this is a log's key, not a witness's", where=str(key_file), remedy="Name another: --key")
    with alone(state):
        one = Witness(signer, [public_key(text) for text in logs], state)
        serve(witnessing(one), *_place(listen), ready=f"{signer.verifier}\nwitness at {{address}}")


def _place(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 0xFFFF:
        raise UsageError(f"{listen!r} is no place to listen at", remedy="Write for example 127.0.0.1:8080")
    return host.strip("[]"), int(port)
