"""Several writers and a reader miss nothing; a killed writer loses no committed batch and tears none."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine

from archive.ledger import merkle
from archive.ledger.store import Ledger

APPENDER = Path(__file__).parent / "appender.py"


def start(engine: Engine, writer: str, batches: int, size: int) -> subprocess.Popen[str]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, str(APPENDER), url, writer, str(batches), str(size)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_four_writers_and_a_tailing_reader_miss_nothing(engine: Engine, ledger: Ledger) -> None:
    writers = [start(engine, f"w{n}", 15, 4) for n in range(4)]
    seen: list[int] = []
    deadline = time.monotonic() + 60
    while len(seen) < 4 * 15 * 4 and time.monotonic() < deadline:
        seen += [one.position for one in ledger.read(after=seen[-1] if seen else 0)]
    outputs = [writer.communicate(timeout=30)[0] for writer in writers]
    assert [len(output.split()) for output in outputs] == [15] * 4
    assert seen == list(range(1, 4 * 15 * 4 + 1))


@pytest.mark.parametrize("seed", range(3))
def test_kill_nine_loses_no_committed_batch_and_tears_none(engine: Engine, ledger: Ledger, seed: int) -> None:
    size = 40
    writer = start(engine, "w", 10_000, size)
    assert writer.stdout is not None
    said = [writer.stdout.readline() for _ in range(3)]
    time.sleep(random.Random(seed).uniform(0, 0.15))
    writer.kill()
    said += writer.communicate()[0].splitlines()
    read = list(ledger.read())
    per_batch = Counter(one.stream for one in read)
    assert set(per_batch.values()) == {size}
    assert {f"article:w-{int(number)}" for number in said} <= set(per_batch)
    assert ledger.size() == len(read)
    assert len(ledger.head().frontier) == len(read).bit_count()
    assert merkle.root(ledger.head().frontier) != merkle.EMPTY_ROOT
