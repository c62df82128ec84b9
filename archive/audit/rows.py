"""Checks of event rows, one by one: everything that their bytes alone can tell. Pure.

An event that is as it should be is recognised in one go: its header is decoded as the type it claims, encoded again
and compared byte for byte, its id derived anew. Only where that fails is it asked what is wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeAlias, get_type_hints

import msgspec

from archive.audit.findings import Findings
from archive.errors import LogError
from archive.ledger import merkle
from archive.ledger.events import EVENT_TYPES, Event
from archive.ledger.header import LONGEST_HEADER, canonical, decode, derive_id, event_id

Row: TypeAlias = tuple[Any, ...]
"""Position, id, stream, version, type, recorded_at, header, leaf_hash; of whatever types the database holds."""

COLUMNS = ("position", "id", "stream", "version", "type", "recorded_at", "header", "leaf_hash")
TYPES = (int, str, str, int, str, str, bytes, bytes)
LARGEST_INTEGER = 2**53 - 1

_AT = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d\.\d{6}Z")
_sorted_json = msgspec.json.Encoder(order="sorted").encode


class _Whole(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A header with its event in one; the type of ``data`` is set by each subclass."""

    at: str
    id: str
    stream: str
    type: str
    version: int
    parts: dict[str, str] = {}


def _decoder(kind: type[Event]) -> Callable[[bytes], Any]:
    fields = [("data", kind)]
    return msgspec.json.Decoder(msgspec.defstruct("Whole", fields, bases=(_Whole,), kw_only=True, gc=False)).decode


def _integers(kind: type[Event]) -> Callable[[Event], bool]:
    """Whether the integers of an event are within what canonical JSON takes; those in spans are bounded by lengths."""
    names = [name for name, hint in get_type_hints(kind).items() if hint is int]
    if not names:
        return lambda _: True
    values = attrgetter(names[0], *names)  # of one name it would give no tuple
    return lambda event: max(map(abs, values(event))) <= LARGEST_INTEGER


_DECODERS: Mapping[str, Callable[[bytes], Any]] = {name: _decoder(kind) for name, kind in EVENT_TYPES.items()}
_INTEGERS: Mapping[str, Callable[[Event], bool]] = {name: _integers(kind) for name, kind in EVENT_TYPES.items()}


class EventCheck:
    """Checks the rows of the log in order; what it knows of the log so far is a few numbers."""

    def __init__(self, findings: Findings) -> None:
        """Begin at the first position."""
        self.findings = findings
        self.position = 0
        self.at = ""
        self.watch: dict[str, Callable[[int, Any], None]] = {}

    def check(self, row: Row) -> tuple[bytes, Mapping[str, str]]:
        """Check one row; the leaf hash of its header, and the commitments of its parts by name."""
        header, kind = row[6], row[4]
        position = self.position + 1
        try:
            whole = _DECODERS[kind](header)
            event = whole.data
            leaf = hashlib.sha256(b"\x00" + header).digest()
            good = (
                row == (position, whole.id, whole.stream, whole.version, whole.type, whole.at, header, leaf)
                and type(row[0]) is type(row[3]) is int  # the others equal nothing of another type
                and _sorted_json(whole) == header
                and whole.at >= self.at
                and len(whole.at) == 27
                and whole.stream == event.stream
                and whole.id == derive_id(kind, whole.stream, whole.version, event.identity)
                and _INTEGERS[kind](event)
                and len(header) <= LONGEST_HEADER
            )
        except Exception:  # noqa: BLE001 - whatever it is, what is wrong is found out below
            good = False
        if not good:
            return self._explain(row)
        self.position, self.at = position, whole.at
        if kind in self.watch:
            self.watch[kind](position, event)
        return leaf, whole.parts

    def _explain(self, row: Row) -> tuple[bytes, Mapping[str, str]]:
        """Say what is wrong with a row."""
        add = self.findings.add
        position = self._position(row[0])
        for name, value, kind in zip(COLUMNS, row, TYPES, strict=True):
            if type(value) is not kind:
                add("row.type", position, f"{name} is {_kind(value)}, not {kind.__name__}")
        header = row[6] if isinstance(row[6], bytes) else str(row[6]).encode(errors="surrogateescape")
        leaf = merkle.leaf_hash(header)
        if row[7] != leaf:
            add("leaf.differs", position)
        if len(header) > LONGEST_HEADER:
            add("header.unreadable", position, f"it is longer than {LONGEST_HEADER} bytes")
            return leaf, {}
        envelope = self._canonical(position, header)
        if envelope is not None:
            self._columns(position, row, envelope)
            self._time(position, envelope.get("at"))
            self._event(position, header, envelope.get("type"))
            parts = envelope.get("parts", {})
            if isinstance(parts, dict) and all(isinstance(value, str) for value in parts.values()):
                return leaf, parts
        return leaf, {}

    def _position(self, position: Any) -> int:
        """Where this row is: the position it has, if that can be; else the next."""
        expected = self.position + 1
        if not isinstance(position, int) or position <= self.position:
            self.findings.add("position.repeated", expected, f"a row has the position {position!r:.40}")
            self.position = expected
        else:
            if position > expected:
                self.findings.add("position.gap", expected, f"missing up to {position - 1}" * (position > expected + 1))
            self.position = position
        return self.position

    def _canonical(self, position: int, header: bytes) -> Mapping[str, Any] | None:
        """The header as plain JSON, if it is a JSON object at all."""
        try:
            envelope = msgspec.json.decode(header)
            if not isinstance(envelope, dict):
                raise TypeError("not an object")
        except (ValueError, RecursionError, TypeError) as error:
            self.findings.add("header.unreadable", position, str(error))
            return None
        try:
            same = canonical(envelope) == header
        except (ValueError, RecursionError) as error:
            self.findings.add("header.canonical", position, str(error))
        else:
            if not same:
                self.findings.add("header.canonical", position)
        return envelope

    def _columns(self, position: int, row: Row, envelope: Mapping[str, Any]) -> None:
        named = ("id", "stream", "version", "type", "at")
        differing = [name for name, value in zip(named, row[1:6], strict=True) if envelope.get(name) != value]
        if differing:
            self.findings.add("row.differs", position, ", ".join(differing))

    def _time(self, position: int, at: Any) -> None:
        if not isinstance(at, str) or not _AT.fullmatch(at):
            self.findings.add("time.malformed", position, repr(at)[:60])
        elif at < self.at:
            self.findings.add("time.decreasing", position, f"{at} after {self.at}")
        else:
            self.at = at

    def _event(self, position: int, header: bytes, kind: Any) -> None:
        try:
            recorded = decode(position, header)
            event, stream = recorded.event, recorded.event.stream
            derived = event_id(event, recorded.version)
        except LogError as error:
            unknown = isinstance(error.__cause__, KeyError)
            self.findings.add("header.unknown" if unknown else "header.unreadable", position, error.what)
            return
        except Exception as error:  # noqa: BLE001 - an old event's step may fail in any way on data that is none of it
            self.findings.add("header.unreadable", position, f"{type(error).__name__}: {error}")
            return
        if recorded.stream != stream:
            self.findings.add("event.stream", position, f"{recorded.stream} for {stream}")
        if type(event).type == kind and recorded.id != derived:  # an older type's id was made of its older name
            self.findings.add("event.id", position)
        if type(event).type in self.watch:
            self.watch[type(event).type](position, event)


def check_streams(rows: Sequence[Row], last: Row | None, findings: Findings) -> Row | None:
    """Check (stream, version, position) rows in the order of the first two; the last of them, to go on from."""
    for row in rows:
        stream, version, position = row
        before = last if last is not None and last[0] == stream else None
        expected = before[1] + 1 if before else 1
        if version != expected:
            duplicate = before is not None and version == before[1]
            code = "event.duplicate" if duplicate else "stream.gap"
            findings.add(code, _whole(position), f"{str(stream)[:120]} version {str(version)[:40]}")
        elif before and position <= before[2]:
            findings.add("stream.order", _whole(position), f"{str(stream)[:120]} version {version}")
        last = row if isinstance(version, int) and isinstance(position, int) else None
    return last


def _whole(position: Any) -> int | None:
    return position if isinstance(position, int) else None


def _kind(value: Any) -> str:
    return "NULL, or too long to be read" if value is None else type(value).__name__
