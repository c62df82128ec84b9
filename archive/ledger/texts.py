"""The texts of the log by their places, and which of them are hidden."""

from __future__ import annotations

from dataclasses import dataclass

from archive.ledger.events import PartHidden, PartShown
from archive.ledger.store import Ledger


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A part: the position of the event it belongs to, and its name."""

    position: int
    part: str

    def __str__(self) -> str:
        return f"{self.position}/{self.part}"

    @property
    def stream(self) -> str:
        """The stream of what was decided on it."""
        return f"part:{self.position}:{self.part}"


def hidden_places(ledger: Ledger) -> frozenset[Place]:
    """The parts that are hidden now, whatever was known when."""
    hidden: set[Place] = set()
    for one in ledger.kind("part"):
        if isinstance(one.event, PartHidden):
            change = hidden.discard if isinstance(one.event, PartShown) else hidden.add
            change(Place(one.event.position, one.event.part))
    return frozenset(hidden)
