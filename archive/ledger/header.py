"""Events → bytes and back: what is hashed, stored and replayed.

A header is canonical JSON in a profile on which all serialisers agree byte for byte (ASCII keys in order, no
floats, integers below 2^53, strings as they are in UTF-8; cf. RFC 8785). Texts are not in it but in *parts*, each
bound to it by a salted commitment, so that a text can be erased and the proof stays.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping

import msgspec

from archive.errors import LogError
from archive.ledger.events import EVENT_TYPES, UPCASTERS, Event, Identity, Upcaster

SALT_BYTES = 32
LONGEST_HEADER = 0xFFFF
"""Bytes: published entries carry their length in two (see tiles.py)."""

MAX_SAFE_INTEGER = 2**53 - 1


class Draft(msgspec.Struct, frozen=True, gc=False):
    """An event to be appended, with the texts that belong to it by part name."""

    event: Event
    parts: Mapping[str, bytes] = {}


class Part(msgspec.Struct, frozen=True, gc=False):
    """One erasable text with the salt that hides it behind its commitment."""

    name: str
    salt: bytes
    body: bytes


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """A draft with its version, id and header bytes; only the time of recording is still missing."""

    id: str
    stream: str
    version: int
    type: str
    timeless_header: bytes
    parts: tuple[Part, ...]

    def header(self, at: str) -> bytes:
        """The header bytes for a time of recording (``at`` sorts before every other key)."""
        return b'{"at":"%b",%b' % (at.encode(), self.timeless_header[1:])


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """An event as read back from the log. ``parts`` holds the bodies that were asked for and still exist."""

    position: int
    at: str
    id: str
    stream: str
    version: int
    event: Event
    parts: Mapping[str, bytes] = {}


class _Envelope(msgspec.Struct, frozen=True, gc=False):
    at: str
    data: msgspec.Raw
    id: str
    stream: str
    type: str
    version: int
    parts: dict[str, str] = {}


_AT_BYTES = len('"at":"2024-03-01T12:00:00.000000Z",')
_json = msgspec.json.Encoder().encode
_sorted_json = msgspec.json.Encoder(order="sorted").encode


def canonical(value: object) -> bytes:
    """Canonical JSON in the safe profile; ValueError for what the profile excludes."""
    encoded = _sorted_json(value)
    _check_profile(msgspec.json.decode(encoded))
    return encoded


def _check_profile(value: object) -> None:
    match value:
        case dict():
            for key, item in value.items():
                if not key.isascii():
                    raise ValueError(f"key {key!r} is not ASCII: canonical JSON takes ASCII keys only")
                _check_profile(item)
        case list():
            for item in value:
                _check_profile(item)
        case bool() | str() | None:
            pass
        case int() if abs(value) <= MAX_SAFE_INTEGER:
            pass
        case _:
            raise ValueError(f"{value!r} cannot stand in canonical JSON: no floats, integers below 2^53")


def event_id(event: Event, version: int) -> str:
    """The id that the same fact has whoever records it: 128 bits of SHA-256, as 32 hexadecimal digits."""
    return derive_id(type(event).type, event.stream, version, event.identity)


def derive_id(kind: str, stream: str, version: int, identity: Identity) -> str:
    """The same, of an event's type, stream and identity."""
    return hashlib.sha256(_json((kind, stream, version, *identity))).hexdigest()[:32]


def commitment(part: Part) -> str:
    """SHA-256(0x02 ‖ salt ‖ len ‖ name ‖ body), ``len`` being the name's length in four big-endian bytes."""
    name = part.name.encode()
    return hashlib.sha256(b"".join((b"\x02", part.salt, len(name).to_bytes(4), name, part.body))).hexdigest()


def seal(draft: Draft, version: int, *, salt: Callable[[int], bytes] = os.urandom) -> Sealed:
    """Fix a draft's version, id and header bytes. Salts are random unless ``salt`` says otherwise."""
    event = draft.event
    kind, stream = type(event).type, event.stream
    identifier = derive_id(kind, stream, version, event.identity)
    header: dict[str, object] = {"data": event, "id": identifier, "stream": stream, "type": kind, "version": version}
    parts: tuple[Part, ...] = ()
    if draft.parts:
        parts = tuple(Part(name, salt(SALT_BYTES), body) for name, body in sorted(draft.parts.items()))
        header["parts"] = {part.name: commitment(part) for part in parts}
    encoded = _sorted_json(header)
    if len(encoded) + _AT_BYTES > LONGEST_HEADER:
        raise LogError(
            f"the event is too long for the log: {len(encoded)} bytes without its texts",
            where=f"{kind} in {stream[:80]}",
            remedy=f"At most {LONGEST_HEADER} bytes go into one event: shorten its names, addresses or terms",
        )
    return Sealed(identifier, stream, version, kind, encoded, parts)


_envelopes = msgspec.json.Decoder(_Envelope)
_decoders = {name: msgspec.json.Decoder(kind) for name, kind in EVENT_TYPES.items()}


def decode(
    position: int,
    header: bytes,
    parts: Mapping[str, bytes] | None = None,
    *,
    upcasters: Mapping[str, Upcaster] = UPCASTERS,
) -> Recorded:
    """Read one stored header. LogError, naming the position, where it is not an event this version knows."""
    try:
        envelope = _envelopes.decode(header)
        decoder = _decoders.get(envelope.type)
        event = decoder.decode(envelope.data) if decoder else _upcast(envelope, upcasters)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LogError(f"the event cannot be read: {error}", where=f"position {position}") from error
    except KeyError as error:
        raise LogError(
            f"the event's type {error} is not known to this version",
            where=f"position {position}",
            remedy="A newer version may have written it: upgrade the program",
        ) from error
    return Recorded(position, envelope.at, envelope.id, envelope.stream, envelope.version, event, parts or {})


def _upcast(envelope: _Envelope, upcasters: Mapping[str, Upcaster]) -> Event:
    kind, data = envelope.type, msgspec.json.decode(envelope.data)
    while kind not in EVENT_TYPES:
        kind, data = upcasters[kind](data)
    return msgspec.convert(data, EVENT_TYPES[kind])
