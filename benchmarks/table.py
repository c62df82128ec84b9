"""Figures → Markdown: what each one does in a second, and how the archive compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from benchmarks.measures import ARCHIVE, COPY, DRIVER, THEIRS
from benchmarks.memory import Memory

Rates: TypeAlias = Mapping[tuple[str, str], Mapping[str, float]]
"""(work, database) → contender → events a second."""

SHOWN = (ARCHIVE, THEIRS, DRIVER, COPY)


def speed_table(rates: Rates) -> str:
    """One row a work and database; ratios say how many times as fast the archive is."""
    head = ["work", "database", *(f"{name}, /s" for name in SHOWN), f"× {THEIRS}", "× driver"]
    return _table(head, [_row(work, backend, found) for (work, backend), found in rates.items()])


def memory_table(found: Sequence[Memory]) -> str:
    """One row a database: the rebuild of a large log."""
    head = ["rebuild of", "database", "events/s", "seconds", "peak memory, MB"]
    return _table(head, [_memory_row(one) for one in found])


def _memory_row(one: Memory) -> list[str]:
    rate = f"{one.events / one.seconds:,.0f}"
    return [f"{one.events:,} events", one.backend, rate, f"{one.seconds:.1f}", f"{one.peak_megabytes:.0f}"]


def _row(work: str, backend: str, found: Mapping[str, float]) -> list[str]:
    ours = found[ARCHIVE]
    driver = max(found[name] for name in (DRIVER, COPY) if name in found)
    rates = [f"{found[name]:,.0f}" if name in found else "–" for name in SHOWN]
    return [work, backend, *rates, f"{ours / found[THEIRS]:.2f}", f"{ours / driver:.2f}"]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    alignment = ["---", "---", *(["---:"] * (len(head) - 2))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, alignment, *rows))
