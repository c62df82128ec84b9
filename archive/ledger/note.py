"""Signed notes (c2sp.org/signed-note): text with signature lines, and the keys that make and check them.

Two kinds of signature are known: Ed25519 over the text (0x01), by which a log signs its checkpoints, and the timed
cosignature of a witness (0x04, c2sp.org/tlog-cosignature). Lines of other keys and kinds are carried along unread.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive.errors import ProofError

ED25519 = 0x01
COSIGNATURE = 0x04
KINDS = (ED25519, COSIGNATURE)
PUBLIC_BYTES = 32
MOST_BYTES = 1_000_000
"""Longer notes are refused; with sixteen signatures, which everybody must take, one has some two thousand."""

_DASH = "— "
_PRIVATE = "PRIVATE+KEY+"
_KEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by which signatures are checked: the name it signs under, its kind, its 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature line names the key, together with the name."""
        return hashlib.sha256(b"%b\n%c%b" % (self.name.encode(), self.kind, self.public)).digest()[:4]

    def __str__(self) -> str:
        """As it is handed around: ``name+hexid+base64(kind ‖ key)``."""
        return f"{self.name}+{self.id.hex()}+{_encoded(bytes([self.kind]) + self.public)}"

    def signed(self, note: Note) -> bool:
        """Whether the note bears a valid signature of this key. ProofError where one claims to be and is not."""
        return bool(self.signatures(note))

    def signatures(self, note: Note) -> list[Signature]:
        """The note's signatures of this key, all valid. ProofError where one of them is not."""
        mine = [one for one in note.signatures if one.name == self.name and one.key == self.id]
        for one in mine:
            if not self._valid(note.text, one.value):
                raise ProofError(
                    f"the signature of {self.name} is not valid",
                    remedy="It was made for another text",
                )
        return mine

    def _valid(self, text: str, value: bytes) -> bool:
        message = text.encode()
        if self.kind == COSIGNATURE:
            message, value = _cosigned(text, int.from_bytes(value[:8])), value[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of a note: the name and id of the key, and what it made of the text."""

    name: str
    key: bytes
    value: bytes

    @property
    def time(self) -> int:
        """When a cosignature was made, in seconds since 1970."""
        return int.from_bytes(self.value[:8])

    def __str__(self) -> str:
        """The line, with its newline."""
        return f"{_DASH}{self.name} {_encoded(self.key + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending in a newline, with its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """The note as it is published."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def and_lines(self, signatures: Iterable[Signature]) -> Note:
        """The note with more signatures, each once."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key: the name it signs under, its kind, its 32 secret bytes. Its text never shows them."""

    name: str
    kind: int
    seed: bytes

    def __repr__(self) -> str:
        return f"Signer({self.verifier})"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.kind, self._private().public_key().public_bytes_raw())

    def secret(self) -> str:
        """As it is kept in a file: ``PRIVATE+KEY+name+hexid+base64(kind ‖ seed)``, which Go's sumdb/note reads too."""
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{_encoded(bytes([self.kind]) + self.seed)}"

    def sign(self, text: str, seconds: int = 0) -> Signature:
        """The signature of a text; that of a witness also says when it was made, in seconds since 1970."""
        timed = self.kind == COSIGNATURE
        value = self._private().sign(_cosigned(text, seconds) if timed else text.encode())
        return Signature(self.name, self.verifier.id, (seconds.to_bytes(8) if timed else b"") + value)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def parse_verifier(text: str) -> Verifier:
    """The inverse of a verifier's text. ProofError where it is none, or its id is not that of its key."""
    name, key, kind, public = _parse_key(text)
    found = Verifier(name, kind, public)
    if found.id.hex() != key:
        raise _no_key("the id is not that of the key")
    return found


def parse_signer(text: str) -> Signer:
    """The inverse of :meth:`Signer.secret`. ProofError, which shows nothing of the text, where it is none."""
    if not text.startswith(_PRIVATE):
        raise _no_key("a private key begins with PRIVATE+KEY+")
    name, key, kind, seed = _parse_key(text.removeprefix(_PRIVATE))
    found = Signer(name, kind, seed)
    if found.verifier.id.hex() != key:
        raise _no_key("the id is not that of the key")
    return found


def valid_name(name: str) -> bool:
    """Whether keys can sign under this name: no spaces, no plus sign, nothing invisible."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def parse_note(data: bytes | str) -> Note:
    """Read a signed note; which of its signatures are worth anything is for :meth:`Verifier.signed` to say.

    ProofError where it is none, or bears no signature at all.
    """
    text = _readable(data)
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not body or not lines.endswith("\n"):
        raise _no_note("a text, an empty line and signature lines are needed")
    return Note(f"{body}\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Read signature lines, each with its newline. ProofError where one is malformed, or there is none."""
    found = tuple(_signature(line) for line in lines.removesuffix("\n").split("\n"))
    if not lines.endswith("\n"):
        raise _no_note("the last line does not end")
    return found


def _readable(data: bytes | str) -> str:
    if len(data) > MOST_BYTES:
        raise _no_note("it is too long")
    try:
        text = data if isinstance(data, str) else data.decode()
    except UnicodeDecodeError:
        raise _no_note("it is not UTF-8") from None
    if _CONTROL.search(text):
        raise _no_note("it holds control characters")
    return text


def _signature(line: str) -> Signature:
    name, space, value = line.removeprefix(_DASH).partition(" ")
    decoded = _decoded(value)
    if not line.startswith(_DASH) or not space or not valid_name(name) or decoded is None or len(decoded) < 5:
        raise _no_note(f"{line[:40]!r} is no signature line")
    return Signature(name, decoded[:4], decoded[4:])


def _parse_key(text: str) -> tuple[str, str, int, bytes]:
    found = _KEY.fullmatch(text)
    decoded = _decoded(found[3]) if found else None
    if found is None or decoded is None or not valid_name(found[1]):
        raise _no_key("it is not name+id+key")
    if decoded[0] not in KINDS or len(decoded) != 1 + PUBLIC_BYTES:
        raise _no_key("its kind is not known: Ed25519 alone is")
    return found[1], found[2], decoded[0], decoded[1:]


def _cosigned(text: str, seconds: int) -> bytes:
    """What a witness signs: c2sp.org/tlog-cosignature, Ed25519."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes | None:
    """Strict base64; None for what is none, and for a second spelling of the same bytes."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if data and _encoded(data) == text else None


def _no_note(why: str) -> ProofError:
    return ProofError(f"this is no signed note: {why}", remedy="See c2sp.org/signed-note for the format")


def _no_key(why: str) -> ProofError:
    return ProofError(f"this is no key: {why}", remedy="Keys are made and shown by: archive keys")
