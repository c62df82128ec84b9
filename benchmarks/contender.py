"""What everyone who is measured must be able to do, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

from archive.ledger.events import ArticleCaptured

READ_BATCH = 5000
"""Events a query: the archive's own default, given to everyone."""

State: TypeAlias = Counter[str]
"""What replay folds the log into: how many characters each feed delivered."""


class Contender(Protocol):
    """A log in one database, opened on an empty place."""

    def prepare(self, articles: Sequence[ArticleCaptured]) -> Sequence[Any]:
        """The articles as this contender's users hold them before appending; not part of what is measured."""

    def append(self, batch: Sequence[Any]) -> None:
        """Encode a prepared batch and commit it durably, in one transaction."""

    def replay(self) -> State:
        """Read every event from the log, make it an object again, and fold it."""

    def rebuild(self) -> None:
        """Derive the table of articles from the log: read, decode, write."""

    def projected(self) -> int:
        """How many rows the table of articles has."""

    def close(self) -> None:
        """Close what is open."""
