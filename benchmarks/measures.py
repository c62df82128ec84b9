"""The work that is measured: append, replay, rebuild; each on an empty place, each checked to have done all of it.

Filling a log and making the objects that are appended is not part of the time. Sizes are such
that most take some tenths of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TypeAlias

from benchmarks.bare import Bare, BareCopy
from benchmarks.contender import Contender
from benchmarks.ours import Archive
from benchmarks.payloads import articles
from benchmarks.places import Place, place
from benchmarks.theirs import EventSourcing

Opening: TypeAlias = Callable[[Place], Contender]

ARCHIVE, THEIRS, DRIVER, COPY = "archive", "eventsourcing", "driver", "driver, COPY"
CONTENDERS: Mapping[str, Mapping[str, Opening]] = {
    "sqlite": {ARCHIVE: Archive, THEIRS: EventSourcing, DRIVER: Bare},
    "postgresql": {ARCHIVE: Archive, THEIRS: EventSourcing, DRIVER: Bare, COPY: BareCopy},
}

BATCHES = {1: 200, 100: 60, 1000: 25}
"""Events a batch → how many batches are appended."""

EVENTS = 30_000
"""How many events are replayed and rebuilt."""

EVENTS_ONE_BY_ONE = 2_000
"""How many of them where each is a transaction of its own."""

FILL = 1000
"""Events a batch where a log is filled to be read."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One work of one contender on one database; ``run`` does it once, with ``events`` events, in so many seconds."""

    work: str
    backend: str
    contender: str
    events: int
    run: Callable[[], float]


def measures(backends: Sequence[str], scale: float = 1.0) -> list[Measure]:
    """All that is to be measured, what is to be compared side by side. ``scale`` makes all of it smaller."""
    return [
        measure
        for backend in backends
        for measure in (
            *(_append(backend, name, size, scale) for size in BATCHES for name in CONTENDERS[backend]),
            *(_replay(backend, name, scale) for name in CONTENDERS[backend] if name != COPY),
            *(_rebuild(backend, name, scale) for name in CONTENDERS[backend]),
        )
    ]


def _append(backend: str, name: str, size: int, scale: float) -> Measure:
    batches = _scaled(BATCHES[size], scale)

    def run() -> float:
        with _opened(backend, name) as contender:
            prepared = [contender.prepare(articles(n * size, size)) for n in range(batches)]
            start = perf_counter()
            for batch in prepared:
                contender.append(batch)
            return perf_counter() - start

    return Measure(f"append, batches of {size}", backend, name, size * batches, run)


def _replay(backend: str, name: str, scale: float) -> Measure:
    events = _scaled(EVENTS, scale)

    def run() -> float:
        with _opened(backend, name) as contender:
            expected = fill(contender, events)
            start = perf_counter()
            state = contender.replay()
            seconds = perf_counter() - start
            assert state.total() == expected, f"{name} replayed {state.total()} characters of {expected}"
            return seconds

    return Measure("replay", backend, name, events, run)


def _rebuild(backend: str, name: str, scale: float) -> Measure:
    events = _scaled(EVENTS_ONE_BY_ONE if name == THEIRS else EVENTS, scale)

    def run() -> float:
        with _opened(backend, name) as contender:
            fill(contender, events)
            start = perf_counter()
            contender.rebuild()
            seconds = perf_counter() - start
            assert contender.projected() == events, f"{name} wrote {contender.projected()} rows of {events}"
            return seconds

    return Measure("rebuild with writes", backend, name, events, run)


def fill(contender: Contender, events: int, size: int = FILL) -> int:
    """Append this many articles, in batches of a size; how many characters they count."""
    characters = 0
    for first in range(0, events, size):
        batch = articles(first, min(size, events - first))
        contender.append(contender.prepare(batch))
        characters += sum(article.chars for article in batch)
    return characters


@contextmanager
def _opened(backend: str, name: str) -> Iterator[Contender]:
    with place(backend) as made:
        contender = CONTENDERS[backend][name](made)
        try:
            yield contender
        finally:
            contender.close()


def _scaled(count: int, scale: float) -> int:
    return max(round(count * scale), 2)
