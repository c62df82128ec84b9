"""What proof costs: auditing a log, making a proof from a large one, and keeping the Merkle tree while appending.

    python -m benchmarks.proof [EVENTS]

Default: a million events of some 700 bytes each, on SQLite. Auditing is measured in seconds of this process's own
time, for it is one thread that waits for nothing; its pace is given beside that of merely reading the rows.
"""

from __future__ import annotations

import random
import resource
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from types import SimpleNamespace

from sqlalchemy import select

from archive.audit import Given, Verdict, verify
from archive.ledger import keys, merkle, store
from archive.ledger.checkpoint import Proof
from archive.ledger.engine import connect, reading
from archive.ledger.schema import events
from archive.ledger.signing import Desk, sign
from archive.ledger.store import Ledger
from archive.ledger.tiles import Tiles
from benchmarks.measures import fill
from benchmarks.ours import NOW, Archive
from benchmarks.payloads import articles
from benchmarks.places import Place, place

EVENTS = 1_000_000
FILL = 20_000
PROOFS = 500
BATCH = 1000
ROUNDS = 25


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with place("sqlite") as made:
        archive = Archive(made)
        kept, without = upkeep(archive)
        archive.close()
    print(
        f"append {BATCH} events       {kept:8.2f} ms, without the tree {without:.2f}: it costs {kept / without - 1:.1%}"
    )
    with place("sqlite") as made:
        archive = Archive(made)
        fill(archive, size, FILL)
        archive.close()
        proofs(made)
        audits(made)


def upkeep(archive: Archive) -> tuple[float, float]:
    """Milliseconds to append a batch with leaf hashes and frontier, and without; in turns, the median of each."""
    nothing = SimpleNamespace(
        leaf_hash=lambda _: bytes(merkle.HASH_BYTES),
        extend=lambda _, size, leaves: (bytes(merkle.HASH_BYTES),) * (size + len(leaves)).bit_count(),
        pack=merkle.pack,
        unpack=merkle.unpack,
    )
    times: dict[bool, list[float]] = {True: [], False: []}
    try:
        for turn in range(2 * ROUNDS):
            batch = archive.prepare(articles(turn * BATCH, BATCH))
            kept = bool(turn % 2)
            setattr(store, "merkle", merkle if kept else nothing)  # noqa: B010 - a module's name, for a while
            begin = perf_counter()
            archive.append(batch)
            times[kept].append(1000 * (perf_counter() - begin))
    finally:
        setattr(store, "merkle", merkle)  # noqa: B010 - as above
    return median(times[True]), median(times[False])


def proofs(made: Place) -> None:
    """Sign the log, then prove events at random, each by a process that has read no tile yet, and by one that has."""
    engine = connect(made.url)
    folder = Path(made.file).parent
    keys.create(folder / "archive.key", "bench.example/log")
    desk = Desk(Ledger(engine), folder / "archive.key", folder / "published")
    begin = perf_counter()
    signed = sign(desk, NOW)
    print(f"sign, first time          {perf_counter() - begin:8.2f} s for {signed.size} events, all tiles written")
    chosen = random.Random(7).sample(range(signed.size), PROOFS)
    with reading(engine) as connection:
        headers = [
            bytes(connection.execute(select(events.c.header).where(events.c.position == n + 1)).scalar_one())
            for n in chosen
        ]
    for what, tiles in (("cold", None), ("warm", desk.tiles)):
        times = []
        for index, header in zip(chosen, headers, strict=True):
            begin = perf_counter()
            proof = Proof(index, tuple((tiles or desk.tiles).inclusion(index, signed.checkpoint)), signed)
            times.append(1000 * (perf_counter() - begin))
            assert proof.holds(header)
        print(f"prove, tiles {what}         {median(times):8.2f} ms, at most {max(times):.2f}")
    engine.dispose()


def audits(made: Place) -> None:
    """Audit the log, without the published tiles and with them; beside it, how fast its rows are merely read."""
    engine = connect(made.url)
    begin = process_time()
    with reading(engine) as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        rows = driver.cursor().execute("SELECT * FROM events ORDER BY position")
        count = sum(1 for _ in rows)
    bare = process_time() - begin
    folder = Path(made.file).parent / "published"
    for what, given in (("alone", Given()), ("with tiles", Given(tiles=Tiles(folder), published=count))):
        begin = process_time()
        report = verify(engine, given, projections=False)
        seconds = process_time() - begin
        assert report.verdict is not Verdict.FAIL, report
        pace = f"{report.events / seconds:,.0f} events/s, {bare / seconds:.0%} of the pace of reading alone"
        print(f"verify, {what:17s} {pace}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"memory, at most           {peak / 1e6:8.0f} MB")
    engine.dispose()


if __name__ == "__main__":
    main()
