"""Changing the key that signs checkpoints: an event in the log, signed by the old key over the new."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import ProofError
from archive.ledger import keys
from archive.ledger.events import KeyRotated
from archive.ledger.header import Draft
from archive.ledger.note import Note, Signature, Signer, Verifier, parse_verifier
from archive.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Rotation:
    """That the key ``new`` signs after ``position``, as the holder of ``old`` has signed."""

    position: int
    old: Verifier
    new: Verifier


def rotate(ledger: Ledger, key: Path, now: datetime) -> Signer:
    """Make a new key, record it, and put it in the old one's place, which is kept beside it.

    Broken off in the middle, it can be run again: then what is missing is done.
    """
    with keys.locked(key):
        old, aside = keys.load(key), key.with_name(f"{key.name}.next")
        new = keys.load(aside) if aside.exists() else keys.create(aside, old.name)
        text = rotation_text(old.name, str(new.verifier))
        signature = base64.b64encode(old.sign(text).value).decode()
        event = KeyRotated(old.name, str(new.verifier), str(old.verifier), signature)
        done = [one.new for one in rotations(ledger, old.name)]
        if new.verifier not in done:
            ledger.append([Draft(event)], {event.stream: len(done)}, now)
        kept = key.with_name(f"{key.name}.{old.verifier.id.hex()}")
        if not kept.exists():
            kept.hardlink_to(key)
        aside.replace(key)
    return new


def broken_off(ledger: Ledger, key: Path) -> bool:
    """Whether a change of this key is recorded, and the new one is not in its place yet: it lies beside it."""
    aside = key.with_name(f"{key.name}.next")
    if not aside.exists():
        return False
    new = keys.load(aside)
    return new.verifier in [one.new for one in rotations(ledger, new.name)]


def rotation_text(origin: str, key: str) -> str:
    """What the old key signs. No checkpoint can be like it: the second line of one is a number."""
    return f"{origin}\nthe key from here on is\n{key}\n"


def read_rotation(position: int, event: KeyRotated) -> Rotation:
    """A rotation whose signature is valid. ProofError where it is not."""
    try:
        old, new = parse_verifier(event.previous), parse_verifier(event.key)
        value = base64.b64decode(event.signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("the rotation's signature is not base64", where=f"position {position}") from error
    if event.origin != old.name or event.origin != new.name:
        raise ProofError("a key is of another origin", where=f"position {position}")
    text = rotation_text(event.origin, event.key)
    old.signed(Note(text, (Signature(old.name, old.id, value),)))
    return Rotation(position, old, new)


def rotations(ledger: Ledger, origin: str) -> list[Rotation]:
    """The rotations of a log's key, in order. ProofError where one is not signed by the key before."""
    recorded = ledger.stream(f"key:{origin}")
    return [read_rotation(one.position, one.event) for one in recorded if isinstance(one.event, KeyRotated)]
