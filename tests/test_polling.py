"""Polling against a server with every fault: what comes of each, and what it costs."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from sqlalchemy import select

from archive import config, operations
from archive.feeds.fetch import STANDARD_LIMITS, Fetcher
from archive.ledger.engine import reading
from archive.ledger.events import FeedMoved
from archive.operations import Poll
from archive.pipeline import Archive, open_archive
from archive.polling import Poller
from tests.feeds.faults import FAULTS, TWO, Answer, Asked, Fault, faulty, feed, item, whole

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
QUICK = replace(STANDARD_LIMITS, seconds=4.0, headers_seconds=2.0)
TELLS_MEMORY = Path("/proc/self/clear_refs").exists()
RETRY_AT = "Fri, 01 Mar 2024 15:00:00 GMT"


class Rebinding(AbstractResolver):
    """A name server under the attacker's hand."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="10.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass
class Clock:
    """The time, as the test has it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def written(folder: Path, database: str, urls: dict[str, str]) -> Archive:
    lines = [f'  - {{id: {id_}, url: "{url}", full_text: never, language: de}}' for id_, url in urls.items()]
    file = folder / "feeds.yaml"
    file.write_text("\n".join([f'archive: {{database: "{database}", allow: [127.0.0.1]}}', "feeds:", *lines]))
    return open_archive(config.load(file, {}), NOW)


async def passed(archive: Archive, clock: Clock, *, due: bool = False) -> dict[str, Poll]:
    """One pass over all feeds (or those that are due), with short deadlines."""
    async with Poller(archive, now=clock) as poller:
        quick = Fetcher(allow=["127.0.0.1"], limits=QUICK, resolver=Rebinding(), now=clock)
        async with quick:
            poller.fetcher, usual = quick, poller.fetcher
            claimed = await poller.claim(archive.config.feeds, due=due)
            polls = await asyncio.gather(*(poller.poll(feed, state) for feed, state in claimed))
            poller.fetcher = usual
    return {poll.feed: poll for poll in polls}


def peak(reset: bool = False) -> float:
    """The most memory this process has held since the last reset, in MB."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Poll], dict[str, float]]:
    """What became of every fault in one pass; and the memory the pass took."""
    folder = tmp_path_factory.mktemp("faults")

    async def ask() -> tuple[dict[str, Poll], float]:
        async with faulty() as base:
            urls = {fault.name: fault.url or f"{base}/{fault.name}" for fault in FAULTS}
            archive = written(folder, "sqlite:///archive.db", urls)
            try:
                before = peak(reset=True) if TELLS_MEMORY else 0.0
                return await passed(archive, Clock()), before
            finally:
                archive.close()

    polls, before = asyncio.run(ask())
    return polls, {"grown": peak() - before} if before else {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_ends_as_it_must(fault: Fault, told: tuple[dict[str, Poll], dict[str, float]]) -> None:
    poll = told[0][fault.name]
    assert (poll.result, poll.new, poll.held_back) == (fault.result, fault.new, fault.held_back), poll.error
    assert re.search(fault.error, poll.error or ""), poll.error


def test_the_faults_are_many_and_cost_little_memory(
    told: tuple[dict[str, Poll], dict[str, float]], record_property: Callable[[str, object], None]
) -> None:
    assert len(FAULTS) >= 30
    if not told[1]:
        pytest.skip("this system does not tell the peak of memory")
    record_property("memory grew by, MB", told[1]["grown"])
    assert told[1]["grown"] < 50


Then: TypeAlias = Mapping[str, Answer]


@dataclass
class Passes:
    """What several passes over the same feeds gave: the rows of each, and the archive as it then is."""

    polls: list[dict[str, Poll]]
    archive: Archive

    def column(self, feed: str, name: str) -> object:
        """A column of the feed's state."""
        with reading(self.archive.engine) as connection:
            return connection.execute(select(operations.feed_state.c[name]).filter_by(feed=feed)).scalar_one()

    def events(self, feed: str) -> list[str]:
        """The types of the feed's events."""
        return [one.event.type for one in self.archive.ledger.streams([f"feed:{feed}"])]


@pytest.fixture
def passes(tmp_path: Path, database_url: str) -> Iterator[Callable[..., Passes]]:
    """Poll some paths of the server of faults, once at each of these times."""
    opened: list[Archive] = []

    def run(
        names: Sequence[str], hours: Sequence[float], extra: Then | None = None, *, due: Sequence[bool] = ()
    ) -> Passes:
        async def ask() -> Passes:
            async with faulty(extra) as base:
                archive = written(tmp_path, database_url, {name: f"{base}/{name}" for name in names})
                opened.append(archive)
                clock = Clock()
                polls = []
                for hour, only_due in zip(hours, due or [False] * len(hours), strict=True):
                    clock.now = NOW + timedelta(hours=hour)
                    polls.append(await passed(archive, clock, due=only_due))
                return Passes(polls, archive)

        return asyncio.run(ask())

    yield run
    for archive in opened:
        archive.close()


def test_not_modified_is_believed_for_a_day(passes: Callable[..., Passes]) -> None:
    told = passes(["304-for-ever"], [0, 1, 12, 25])
    assert [polls["304-for-ever"].result for polls in told.polls] == ["ok", "not_modified", "not_modified", "ok"]
    assert told.polls[-1]["304-for-ever"].new == 3


def test_validators_that_cannot_be_sent_are_not_kept(passes: Callable[..., Passes]) -> None:
    told = passes(["etag-of-strange-bytes"], [0, 1])
    assert [polls["etag-of-strange-bytes"].new for polls in told.polls] == [1, 1]


def test_an_entry_that_broke_off_is_stored_when_it_comes_whole(passes: Callable[..., Passes]) -> None:
    cut = feed(item(1), item(2))[:-80]

    def mended(asked: Asked) -> Iterator[bytes | float]:
        assert "if-none-match" not in asked.headers, "what broke off leaves no validators"
        return whole(feed(item(1), item(2)) if asked.before else cut, ETag='"1"')(asked)

    told = passes(["mended"], [0, 1], {"/mended": mended})
    assert [(polls["mended"].new, polls["mended"].held_back) for polls in told.polls] == [(1, 1), (1, 0)]


def test_a_server_that_asks_for_time_gets_it_over_restarts(passes: Callable[..., Passes]) -> None:
    extra = {
        "/until": whole(b"", 503, Retry_After="Fri, 01 Mar 2024 15:00:00 GMT"),
        "/for": whole(b"", 429, Retry_After="10800"),
        "/for-ever": whole(b"", 429, Retry_After="9" * 30),
    }
    told = passes(["until", "for", "for-ever"], [0, 1, 2.9, 3.1, 24 * 8], extra, due=[True] * 5)
    assert [sorted(polls) for polls in told.polls] == [
        ["for", "for-ever", "until"], [], [], ["for", "until"], ["for", "for-ever", "until"],
    ]  # fmt: skip


def test_a_server_that_fails_is_asked_again_and_recovers(passes: Callable[..., Passes]) -> None:
    def recovering(asked: Asked) -> Iterator[bytes | float]:
        return (whole(feed(item(1))) if asked.before >= 3 else whole(b"", 500))(asked)

    told = passes(["recovering"], [n / 60 for n in range(12)], {"/recovering": recovering}, due=[True] * 12)
    results = [polls["recovering"].result for polls in told.polls if polls]
    assert results == ["failed", "failed", "failed", "ok"]
    assert told.column("recovering", "failures") == 0


def test_what_is_gone_is_retired_once_and_comes_back_when_asked_for(passes: Callable[..., Passes]) -> None:
    def lazarus(asked: Asked) -> Iterator[bytes | float]:
        return (whole(feed(item(1))) if asked.before >= 2 else whole(b"", 410))(asked)

    told = passes(["lazarus"], [0, 1, 2, 900, 901], {"/lazarus": lazarus}, due=[False, False, True, True, False])
    assert [[poll.result for poll in polls.values()] for polls in told.polls] == [
        ["failed"],
        ["failed"],
        [],
        [],
        ["ok"],
    ]
    assert told.events("lazarus") == ["feed.added.v1", "feed.retired.v1", "feed.added.v1"]
    assert told.column("lazarus", "retired_at") is None


def test_a_restart_revives_no_feed_that_is_gone(passes: Callable[..., Passes]) -> None:
    told = passes(["gone"], [0])
    again = open_archive(told.archive.config, NOW)
    assert Passes([], again).events("gone") == ["feed.added.v1", "feed.retired.v1"]
    again.close()


def test_a_feed_moves_after_three_permanent_redirects_and_never_by_temporary_ones(
    passes: Callable[..., Passes],
) -> None:
    extra = {
        "/old": whole(b"", 301, Location="/new"),
        "/new": whole(feed(item(1))),
        "/away": whole(b"", 307, Location="/new"),
        "/lost": whole(b"", 308, Location="/nowhere"),
    }
    told = passes(["old", "away", "lost"], [0, 1, 2, 3], extra)
    assert told.events("old") == ["feed.added.v1", "feed.moved.v1"]
    assert told.events("away") == told.events("lost") == ["feed.added.v1"]
    assert str(told.column("old", "address")).endswith("/new")
    moved = told.archive.ledger.streams(["feed:old"])[-1].event
    assert isinstance(moved, FeedMoved)
    assert (moved.cause, moved.previous.rpartition("/")[2]) == ("redirect", "old")
    again = open_archive(told.archive.config, NOW)
    assert Passes([], again).events("old") == ["feed.added.v1", "feed.moved.v1"], "the configuration moves nothing back"
    again.close()


def test_documents_are_kept_and_told_by_the_poll(passes: Callable[..., Passes]) -> None:
    told = passes(["nothing-wrong"], [0, 1])
    name = told.polls[0]["nothing-wrong"].body
    assert name
    with reading(told.archive.engine) as connection:
        assert operations.kept_body(connection, name) == TWO
        assert len(operations.kept_bodies(connection)) == 1
