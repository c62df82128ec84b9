"""Measure by pyperf and print tables: ``python -m benchmarks [--quick] [--only replay]``.

pyperf runs each measure in processes of its own; the figures are medians over all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pyperf

from benchmarks.measures import Measure, measures
from benchmarks.memory import EVENTS, memory
from benchmarks.places import POSTGRES_VARIABLE, postgres_answers, postgres_url
from benchmarks.table import memory_table, speed_table

QUICK = 0.1


def main() -> None:
    """Run what was asked for; in a worker process of pyperf's, the one measure it is for."""
    runner = _runner()
    options = runner.parse_args()
    backends = ["sqlite", "postgresql"] if postgres_answers() else ["sqlite"]
    scale = QUICK if options.quick else 1.0
    chosen = [measure for measure in measures(backends, scale) if options.only in measure.work]
    results = [(measure, _measured(runner, measure)) for measure in chosen]
    if not options.worker:
        _say_where(backends)
        _print_speed(results)
        if options.only in "memory":
            print(memory_table([memory(backend, round(EVENTS * scale)) for backend in backends]))


def _runner() -> Any:
    runner = pyperf.Runner(
        processes=3, values=2, warmups=0, loops=1, program_args=("-m", "benchmarks"), add_cmdline_args=_pass_on
    )
    parser = runner.argparser
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: for a look, not for a figure")
    parser.add_argument(
        "--only", default="", help="a part of the name of a work: append, 1000, replay, rebuild, memory"
    )
    parser.set_defaults(quiet=True, inherit_environ=[POSTGRES_VARIABLE])
    return runner


def _pass_on(command: list[str], options: Any) -> None:
    command += ["--quick"] * options.quick + [f"--only={options.only}"]


def _measured(runner: Any, measure: Measure) -> Any:
    """The result; None in a worker that is for another measure, and in every worker."""

    def timed(loops: int) -> float:
        return sum(measure.run() for _ in range(loops))

    name = f"{measure.work} · {measure.backend} · {measure.contender}"
    return runner.bench_time_func(name, timed, inner_loops=measure.events)


def _print_speed(results: Sequence[tuple[Measure, Any]]) -> None:
    rates: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for measure, result in results:
        rates[measure.work, measure.backend][measure.contender] = 1 / result.median()
    if rates:
        print(f"\n{speed_table(rates)}\n", flush=True)


def _say_where(backends: Sequence[str]) -> None:
    if "postgresql" not in backends:
        where = postgres_url().render_as_string()
        print(f"No PostgreSQL answers at {where}: measured SQLite alone. Another place: {POSTGRES_VARIABLE}=URL")


if __name__ == "__main__":
    main()
