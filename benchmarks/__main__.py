"""Measure everything by pyperf and print it as tables: ``python -m benchmarks [--quick]``.

pyperf runs each measure in processes of its own; the figures are medians over all of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyperf

from benchmarks.measures import Measure, measures
from benchmarks.memory import EVENTS, memory
from benchmarks.places import POSTGRES_VARIABLE, postgres_answers, postgres_url
from benchmarks.table import memory_table, speed_table

QUICK = 0.1


def main() -> None:
    """Run all measures; in a worker process of pyperf's, the one it is for."""
    runner = _runner()
    options = runner.parse_args()
    backends = ["sqlite", "postgresql"] if postgres_answers() else ["sqlite"]
    if not options.worker:
        _announce(backends)
    scale = QUICK if options.quick else 1.0
    rates: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for measure in measures(backends, scale):
        result = _measured(runner, measure)
        if result is not None:
            rates[measure.work, measure.backend][measure.contender] = 1 / result.median()
    if not options.worker:
        print(f"\n{speed_table(rates)}\n", flush=True)
        print(memory_table([memory(backend, round(EVENTS * scale)) for backend in backends]))


def _runner() -> Any:
    runner = pyperf.Runner(
        processes=3, values=2, warmups=0, loops=1, program_args=("-m", "benchmarks"), add_cmdline_args=_pass_on
    )
    runner.argparser.add_argument("--quick", action="store_true", help="a tenth of the work: for a look, not a figure")
    runner.argparser.set_defaults(quiet=True, inherit_environ=[POSTGRES_VARIABLE])
    return runner


def _pass_on(command: list[str], options: Any) -> None:
    if options.quick:
        command.append("--quick")


def _measured(runner: Any, measure: Measure) -> Any:
    name = f"{measure.work} · {measure.backend} · {measure.contender}"
    return runner.bench_time_func(
        name, lambda loops: sum(measure.run() for _ in range(loops)), inner_loops=measure.events
    )


def _announce(backends: list[str]) -> None:
    if "postgresql" not in backends:
        where = postgres_url().render_as_string()
        print(f"No PostgreSQL answers at {where}: measuring SQLite alone. Another place: {POSTGRES_VARIABLE}=URL")


if __name__ == "__main__":
    main()
