"""How long the fifteen questions take, and how fast statements go to Parquet, on a large invented archive.

python -m benchmarks.questions [--statements 1000000] [--even] [--backend sqlite]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import Engine

from archive.exports.run import export
from archive.ledger.engine import connect, reading
from archive.ledger.migrate import upgrade
from archive.views import named
from archive.views.guarded import ask
from benchmarks.million import Size, fill
from benchmarks.places import place, postgres_answers

ROUNDS = 5
GIVEN = {"topic": "topic-7", "actor": "person:4", "day": "900 days ago", "since": "7 days ago"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on one database: how many rows it gave, and the median of its times after one to warm up."""

    backend: str
    report: str
    rows: int
    milliseconds: float


def questions(engine: Engine, now: datetime) -> list[Asked]:
    """Ask each question as ``archive report`` does, opening the database each time."""
    asked = []
    for name, report in named.shipped().items():
        with reading(engine) as connection:
            given = {one.name: GIVEN[one.name] for one in report.parameters}
            values = named.values_for(connection, report, given, now)
        rows, times = 0, []
        for _ in range(ROUNDS + 1):
            start = perf_counter()
            rows = len(ask(engine, report.query, values).rows)
            times.append(perf_counter() - start)
        asked.append(Asked(engine.dialect.name, name, rows, median(times[1:]) * 1000))
    return asked


def parquet_rate(engine: Engine) -> tuple[float, float]:
    """Rows a second of the whole export, and the most memory that a process of it held, in MB of 10⁶ bytes."""
    with tempfile.TemporaryDirectory(prefix="archive-bench-") as folder:
        start = perf_counter()
        done = export(engine, Path(folder) / "out", "parquet", None)
        seconds = perf_counter() - start
    rows = sum(one.rows for one in done.views)
    held = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return rows / seconds, held * 1024 / 1e6


def table(results: Sequence[Asked]) -> str:
    """A table in Markdown: a line for each question, a column for each database."""
    backends = list(dict.fromkeys(one.backend for one in results))
    lines = [
        f"| question | rows | {' | '.join(f'{one}, ms' for one in backends)} |",
        f"|---|---:|{'---:|' * len(backends)}",
    ]
    for name in named.ORDER:
        mine = {one.backend: one for one in results if one.report == name}
        times = " | ".join(f"{mine[one].milliseconds:,.0f}" for one in backends)
        lines.append(f"| `{name}` | {max(one.rows for one in mine.values()):,} | {times} |")
    return "\n".join(lines)


def main() -> None:
    """Build, ask, export, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--even", action="store_true", help="everybody speaks on everything")
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args()
    now = datetime.now(UTC)
    results: list[Asked] = []
    for backend in options.backend or (["sqlite", "postgresql"] if postgres_answers() else ["sqlite"]):
        with place(backend) as made:
            engine = connect(made.url)
            upgrade(engine)
            events = fill(engine, Size(statements=options.statements, even=options.even), now)
            results += questions(engine, now)
            rate, held = parquet_rate(engine)
            print(f"{backend}: {events:,} events; Parquet {rate:,.0f} rows/s, {held:.0f} MB a process")
            engine.dispose()
    print(table(results))


if __name__ == "__main__":
    main()
