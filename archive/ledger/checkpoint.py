"""Checkpoints (c2sp.org/tlog-checkpoint): what a log commits itself to, its origin, size and Merkle root, signed.

And proofs that an entry is under one (c2sp.org/tlog-proof), as a text that is complete in itself.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import ProofError
from archive.ledger import merkle
from archive.ledger.note import Note, Verifier, parse_note

PROOF_FIRST_LINE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: who it is, how many events it has, and the root of their Merkle tree."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text of the note that is signed."""
        return f"{self.origin}\n{self.size}\n{encode_hash(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint with the note it stands in."""

    checkpoint: Checkpoint
    note: Note

    @property
    def size(self) -> int:
        """How many events it covers."""
        return self.checkpoint.size

    def signed_by(self, key: Verifier) -> bool:
        """Whether this key signed it. ProofError where a signature claims to be the key's and is not valid."""
        return key.signed(self.note)


@dataclass(frozen=True, slots=True)
class Proof:
    """That the entry at ``index`` (from 0: its position less one) is in the log that a checkpoint describes."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Signed
    extra: bytes = b""
    """What it is a proof of, so that it is complete in itself: the header. Worth nothing until it :meth:`holds`."""

    def __str__(self) -> str:
        """As a ``.tlog-proof`` file."""
        extra = [f"extra {base64.b64encode(self.extra).decode()}"] if self.extra else []
        lines = [PROOF_FIRST_LINE, *extra, f"index {self.index}", *map(encode_hash, self.path)]
        return "\n".join(lines) + f"\n\n{self.checkpoint.note}"

    def holds(self, header: bytes) -> bool:
        """Whether the proof leads from these header bytes to the checkpoint's root; says nothing of signatures."""
        state = self.checkpoint.checkpoint
        return merkle.includes(merkle.leaf_hash(header), self.index, state.size, self.path, state.root)


def parse_checkpoint(data: bytes | str) -> Signed:
    """Read a signed checkpoint, of whatever origin. ProofError where it is none; signatures are not checked."""
    note = parse_note(data)
    lines = note.text.removesuffix("\n").split("\n")
    root = _hash(lines[2]) if len(lines) > 2 else None
    if root is None or not all(lines) or not is_size(lines[1]):
        raise _none("origin, size and root are needed, each on a line of its own")
    return Signed(Checkpoint(lines[0], int(lines[1]), root), note)


def parse_proof(data: bytes | str) -> Proof:
    """Read a proof. ProofError where it is none; whether it holds is for :meth:`Proof.holds` to say."""
    text = data if isinstance(data, str) else data.decode(errors="replace")
    head, blank, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _extra(lines.pop(0).removeprefix("extra "))
    indexed = bool(lines) and lines[0].startswith("index ") and is_size(lines[0].removeprefix("index "))
    if first != PROOF_FIRST_LINE or not blank or not indexed:
        raise _no_proof("its first lines are not those of a proof")
    index = lines[0].removeprefix("index ")
    return Proof(int(index), tuple(decode_hashes(lines[1:])), parse_checkpoint(checkpoint), extra)


def encode_hash(value: bytes) -> str:
    """A hash as these formats write it: base64."""
    return base64.b64encode(value).decode()


def decode_hashes(lines: Sequence[str]) -> list[bytes]:
    """The inverse, of several. ProofError where one is no hash."""
    found = [_hash(line) for line in lines]
    if None in found:
        raise _no_proof("its lines are not hashes")
    return [one for one in found if one is not None]


def is_size(text: str) -> bool:
    """Whether this is a size as the formats write it: ASCII digits, no leading zero, below 2^63."""
    return text.isascii() and text.isdigit() and len(text) <= 19 and str(int(text)) == text and int(text) < 1 << 63


def _extra(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _no_proof("its extra data is not base64") from None


def _hash(text: str) -> bytes | None:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == merkle.HASH_BYTES and encode_hash(value) == text else None


def _none(why: str) -> ProofError:
    return ProofError(f"this is no checkpoint: {why}", remedy="See c2sp.org/tlog-checkpoint for the format")


def _no_proof(why: str) -> ProofError:
    return ProofError(f"this is no proof: {why}", remedy="See c2sp.org/tlog-proof for the format")
