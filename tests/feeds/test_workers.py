"""Worker processes: they parse, they can be killed, and what kills one costs nobody else anything."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from archive.errors import ParseError
from archive.feeds.work import GROWN
from archive.feeds.workers import WorkerDiedError, Workers
from archive.model import Entry, Feed, FullText

T = TypeVar("T")
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
WIRE = Feed(id="wire", url="https://w.example/feed", full_text=FullText.AUTO)
SMALL = b"<rss version='2.0'><channel><title>W</title><item><guid>1</guid><title>T</title></item></channel></rss>"
LARGE = SMALL.replace(b"<item>", b"<item><title>T</title><description>D</description></item><item>" * 15_000)
LINKED = SMALL.replace(b"<guid>", b"<link>https://w.example/1</link><guid>")
PAGE = (
    b"<html><body><article>" + b"<p>The pilots of Tarnhaven counted the ships once more.</p>" * 9 + b"</article></body>"
)


def using(work: Callable[[Workers], Awaitable[T]], seconds: float = 20.0) -> T:
    async def run() -> T:
        async with Workers(seconds=seconds) as workers:
            return await work(workers)

    return asyncio.run(run())


def test_a_document_is_parsed_and_its_articles_are_made() -> None:
    delivered = using(lambda workers: workers.parse(WIRE, SMALL, {}, WIRE.url, NOW))
    (made,) = delivered.made
    assert delivered.parsed.title == "W"
    assert made.article
    assert (made.article.key, made.article.text, made.article.outlet) == ("guid:1", "T", "W")


def test_an_entry_waits_for_its_page_and_is_read_with_it() -> None:
    async def both(workers: Workers) -> tuple[bool, str, str]:
        (made,) = (await workers.parse(WIRE, LINKED, {}, WIRE.url, NOW)).made
        full = await workers.article(WIRE, made.entry, PAGE, NOW, "W")
        poor = await workers.article(WIRE, made.entry, None, NOW, "W")
        return made.waits, full.text, poor.text

    waits, full, poor = using(both)
    assert waits
    assert full.startswith("The pilots of Tarnhaven")
    assert poor == "T"


def test_what_is_wrong_with_a_document_is_told_as_it_was_found() -> None:
    with pytest.raises(ParseError, match="no feed that can be read") as caught:
        using(lambda workers: workers.parse(WIRE, b"<html/>", {}, WIRE.url, NOW))
    assert caught.value.where == WIRE.url
    with pytest.raises(ParseError, match="no text"):
        using(lambda workers: workers.article(WIRE, Entry(key="guid:1"), None, NOW, None))


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_parsed() -> None:
    async def two(workers: Workers) -> int:
        began = time.monotonic()
        with pytest.raises(WorkerDiedError, match=r"not read within 0\.5 s"):
            await workers.parse(WIRE, LARGE, {}, WIRE.url, NOW)
        assert time.monotonic() - began < 10
        workers.seconds = 20.0
        return len((await workers.parse(WIRE, SMALL, {}, WIRE.url, NOW)).made)

    assert using(two, seconds=0.5) == 1


def test_a_worker_that_is_killed_costs_only_the_document_it_had() -> None:
    async def kill(workers: Workers) -> int:
        await workers.parse(WIRE, SMALL, {}, WIRE.url, NOW)
        (worker,) = workers._idle
        parsing = asyncio.create_task(workers.parse(WIRE, LARGE, {}, WIRE.url, NOW))
        await asyncio.sleep(0.2)
        os.kill(worker._process.pid, signal.SIGKILL)
        with pytest.raises(WorkerDiedError, match="kills its reader"):
            await parsing
        return len((await workers.parse(WIRE, SMALL, {}, WIRE.url, NOW)).made)

    assert using(kill) == 1


def test_workers_are_used_again_and_end_with_the_pool() -> None:
    async def many(workers: Workers) -> list[int]:
        for _ in range(3):
            await asyncio.gather(*(workers.parse(WIRE, SMALL, {}, WIRE.url, NOW) for _ in range(6)))
        return [worker._process.pid for worker in workers._idle]

    pids = using(many)
    assert 1 <= len(pids) <= 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_worker_of_a_large_process_is_used_again() -> None:
    """The kernel hands the record of memory on to what a process starts: it says nothing of the worker."""
    large = bytearray((GROWN << 10) + (64 << 20))
    large[:: 1 << 12] = b"x" * len(large[:: 1 << 12])

    async def twice(workers: Workers) -> list[int]:
        pids = []
        for _ in range(2):
            await workers.parse(WIRE, SMALL, {}, WIRE.url, NOW)
            pids += [worker._process.pid for worker in workers._idle]
        return pids

    pids = using(twice)
    assert len(pids) == 2
    assert pids[0] == pids[1]
    assert large
