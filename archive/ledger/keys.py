"""Private keys, each in a file of its own outside the database that nobody but its owner can read."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import ProofError, UsageError
from archive.ledger.note import ED25519, PUBLIC_BYTES, Signer, parse_signer, valid_name

OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def create(path: Path, name: str, kind: int = ED25519) -> Signer:
    """Make a key and its file. UsageError where the file exists, or keys cannot sign under the name."""
    if not valid_name(name):
        raise UsageError(
            f"keys cannot sign as {name!r}", remedy="Use a name without spaces and plus signs, such as example.org/log"
        )
    signer = Signer(name, kind, os.urandom(PUBLIC_BYTES))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as error:
        raise UsageError(
            "there is a key already, and it is not overwritten",
            where=str(path),
            remedy="To change keys, run: archive keys rotate",
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{signer.secret()}\n")
        file.flush()
        os.fsync(file.fileno())
    return signer


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from using the key meanwhile. UsageError where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError as error:
        raise _missing(path) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def load(path: Path) -> Signer:
    """Read a key's file. UsageError where there is none; ProofError where others can read it, or it holds no key."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise _missing(path) from error
    except UnicodeDecodeError as error:
        raise ProofError("the file holds no key", where=str(path), remedy="Name the file of a private key") from error
    if stat.S_IMODE(mode) & _OTHERS:
        raise ProofError(
            f"the key can be read or written by others (mode {stat.S_IMODE(mode):04o})",
            where=str(path),
            remedy="If nobody has read it, run: chmod 600; else rotate it",
        )
    try:
        return parse_signer(text.strip())
    except ProofError as error:
        raise ProofError(error.what, where=str(path), remedy=error.remedy) from error


def _missing(path: Path) -> UsageError:
    return UsageError("there is no key", where=str(path), remedy="Make one: archive keys new")
