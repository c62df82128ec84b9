"""What a rebuild takes of memory: the peak of a process that does nothing else, on a log that another one filled.

python -m benchmarks.memory URL     rebuilds, and prints one JSON object
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from archive.ledger.engine import connect
from archive.ledger.store import Ledger
from archive.views.rebuild import rebuild
from benchmarks.measures import fill
from benchmarks.ours import Archive
from benchmarks.places import place

EVENTS = 1_000_000
FILL = 20_000
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Memory:
    """A rebuild of so many events, in so many seconds; the most it held, in MB of 10⁶ bytes."""

    backend: str
    events: int
    seconds: float
    peak_megabytes: float


def memory(backend: str, events: int = EVENTS) -> Memory:
    """Fill a log, and rebuild from it in a process of its own."""
    with place(backend) as made:
        archive = Archive(made)
        fill(archive, events, FILL)
        archive.close()
        command = [sys.executable, "-m", "benchmarks.memory", made.url]
        output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return Memory(**json.loads(output))


def rebuild_here(url: str) -> Memory:
    """Rebuild the archive at a URL, in this process."""
    engine = connect(url)
    ledger = Ledger(engine)
    start = perf_counter()
    rebuild(engine, ledger)
    seconds = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Memory(engine.dialect.name, ledger.size(), seconds, peak / 1e6)


if __name__ == "__main__":
    print(json.dumps(asdict(rebuild_here(sys.argv[1]))))
