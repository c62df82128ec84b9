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
        """Check the parts of the event at a position, whose header has these commitments.

        Headers hold them in the order of names, in which the rows come too; where the two agree, that is all.
        """
        rest = dict(commitments)
        for name, committed in commitments.items():
            row = self._next
            if row is None or row[0] != position or row[1] != name or (position, name) in self._erased:
                break
            if not _matches(name, row[2], row[3], committed):
                break
            del rest[name]
            self._next = next(self._parts, None)
        if rest or (self._next is not None and not _after(self._next[0], position)):
            self._explain(position, commitments, rest)

    def _explain(self, position: int, commitments: Mapping[str, str], rest: Mapping[str, str]) -> None:
        """Say what is wrong; ``rest`` are the commitments whose parts have not been found yet."""
        found: dict[Any, tuple[Any, Any]] = {}
        for name, salt, body in self._at(position):
            if name in found or (name in commitments and name not in rest):
                self._findings.add("part.unknown", position, f"{name!r:.40} once more")
            found.setdefault(name, (salt, body))
        for name, committed in rest.items():
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


def _matches(name: str, salt: Any, body: Any, committed: str) -> bool:
    typed = type(salt) is bytes and type(body) is bytes
    return typed and commitment(Part(name, salt, body)) == committed
