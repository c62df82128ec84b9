"""Whether every text is the one its event committed to, and every missing one was erased by an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.audit.findings import Findings
from archive.audit.rows import Row
from archive.errors import LogError
from archive.ledger.events import PartErased
from archive.ledger.header import Part, commitment, decode


class PartCheck:
    """Walks the parts beside the events, both in the order of positions."""

    def __init__(self, parts: Iterator[Row], erased: frozenset[tuple[int, str]], findings: Findings) -> None:
        """``erased`` are the (position, name) of the parts that events erased."""
        self._parts, self._erased, self._findings = parts, erased, findings
        self._next = next(parts, None)

    def check(self, position: int, commitments: Mapping[str, str]) -> None:
        """Check the parts of the event at a position, whose header has these commitments."""
        if not commitments and (self._next is None or _after(self._next[0], position)):
            return
        found = {name: (salt, body) for name, salt, body in self._at(position)}
        for name, committed in commitments.items():
            gone = (position, name) in self._erased
            if name not in found:
                self._findings.add("part.erased" if gone else "part.missing", position, name)
            elif gone:
                self._findings.add("part.kept", position, name)
            elif not _matches(name, *found[name], committed):
                self._findings.add("part.differs", position, name)
        for name in found.keys() - commitments.keys():
            self._findings.add("part.unknown", position, str(name)[:80])

    def finish(self) -> None:
        """After the last event: whatever is left belongs to none."""
        while self._next is not None:
            self._findings.add("part.unknown", None, f"{self._next[1]!r:.40} at {self._next[0]!r:.40}")
            self._next = next(self._parts, None)

    def _at(self, position: int) -> Iterable[tuple[Any, Any, Any]]:
        while self._next is not None and not _after(self._next[0], position):
            at, name, salt, body = self._next
            if at == position and type(at) is int:
                yield name, salt, body
            else:
                self._findings.add("part.unknown", None, f"{name!r:.40} at {at!r:.40}")
            self._next = next(self._parts, None)


def erased_parts(rows: Iterable[Row]) -> frozenset[tuple[int, str]]:
    """The parts that events erased; an event that cannot be read erases nothing, and is found when it is checked."""
    found = set()
    for position, header in rows:
        try:
            event = decode(position, header).event
        except (LogError, TypeError, ValueError):
            continue
        if isinstance(event, PartErased):
            found.add((event.position, event.part))
    return frozenset(found)


def _after(at: Any, position: int) -> bool:
    return isinstance(at, int) and at > position


def _matches(name: Any, salt: Any, body: Any, committed: str) -> bool:
    typed = isinstance(name, str) and isinstance(salt, bytes) and isinstance(body, bytes)
    return typed and commitment(Part(name, salt, body)) == committed
