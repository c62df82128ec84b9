"""Three days of five hundred feeds in a moment: the real poller and its books, on a loop that makes its own time."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from archive import config
from archive.feeds.courtesy import Courtesy
from archive.feeds.fetch import STANDARD_LIMITS, Fetched, FetchFailedError, FetchStatus, Validators
from archive.feeds.parse import ParsedFeed
from archive.feeds.work import Delivered
from archive.ledger.engine import reading
from archive.model import Entry, Feed
from archive.pipeline import Archive, open_archive
from archive.polling import Poller

START = datetime(2024, 3, 1, tzinfo=UTC)
HOURS, FEEDS, TICK = 72, 500, 600.0
PER_HOST, SPACING = 2, 1.0
BEHAVIOURS = ("busy", "steady", "quiet", "flaky", "slow", "drip", "throttled", "down", "dead", "moved", "gone")


class Selector(selectors.DefaultSelector):
    """Waits by moving the time."""

    moved = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.moved += timeout or 0.0
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """A loop that never waits, and does at once what others give to threads."""

    def __init__(self) -> None:
        self.waits = Selector()
        super().__init__(self.waits)

    def time(self) -> float:
        return self.waits.moved

    def run_in_executor(  # type: ignore[override] # told in simpler types
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is whoever waits for the result that must see it
            future.set_exception(error)
        return future


class World:
    """The servers: what each feed does by its name, who asks them, and how many at once."""

    limits = STANDARD_LIMITS

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self.random = now, random.Random(7)
        self.courtesy = Courtesy(PER_HOST, lambda _: SPACING)
        self.asked: dict[str, list[datetime]] = defaultdict(list)
        self.at_once: Counter[str] = Counter()
        self.most = 0
        self.begun: dict[str, list[float]] = defaultdict(list)

    async def __aenter__(self) -> World:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    async def fetch(self, location: str, validators: Validators, _: object = None) -> Fetched:
        host, name = location.split("/")[2:4]
        async with self.courtesy.turn(host):
            self.at_once[host] += 1
            self.most = max(self.most, self.at_once[host])
            self.begun[host].append(asyncio.get_running_loop().time())
            try:
                return await self._answer(location, name, validators)
            finally:
                self.at_once[host] -= 1

    async def _answer(self, location: str, name: str, validators: Validators) -> Fetched:
        self.asked[name].append(self.now())
        behaviour, hours = name.partition("-")[0], (self.now() - START) / timedelta(hours=1)
        await asyncio.sleep({"slow": 20.0, "drip": 60.0}.get(behaviour, 0.2))
        failing = {
            "drip": hours < 60,
            "flaky": self.random.random() < 0.4,
            "throttled": self.random.random() < 0.2,
            "down": 6 < hours < 30,
            "dead": True,
            "gone": hours > 12,
        }
        if failing.get(behaviour):
            status = {"throttled": 429, "gone": 410}.get(behaviour, 503)
            wait = 7200.0 if behaviour == "throttled" else None
            raise FetchFailedError("no", where=location, status=status, retry_after=wait)
        same = validators.etag is not None and behaviour not in {"busy", "flaky"}
        return Fetched(
            status=FetchStatus.NOT_MODIFIED if same else FetchStatus.OK,
            body=b"" if same else name.encode(),
            headers={},
            url=location,
            validators=Validators(etag='"1"'),
            moved_to=location.replace("moved-", "new-") if behaviour == "moved" else None,
        )


class Reader:
    """Parses nothing, and says at which pace the feed publishes."""

    async def __aenter__(self) -> Reader:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    async def parse(self, feed: Feed, body: bytes, headers: Mapping[str, str], url: str, now: datetime) -> Delivered:
        gap = timedelta(days=5) if body.startswith(b"quiet") else timedelta(minutes=50)
        entries = tuple(Entry(key=f"guid:{n}", published=now - n * gap) for n in range(12))
        return Delivered(ParsedFeed("W", None, entries), ())


def written(folder: Path) -> Archive:
    feeds = []
    for n in range(FEEDS):
        name, host = f"{BEHAVIOURS[n % len(BEHAVIOURS)]}-{n}", "platform" if n < 150 else f"host-{n % 40}"
        every = ("4h", "6h", "8h")[n % 3]
        feeds.append(f'  - {{id: {name}, url: "https://{host}.example/{name}", every: {every}}}')
    file = folder / "feeds.yaml"
    file.write_text("\n".join(['archive: {database: "sqlite:///:memory:"}', "feeds:", *feeds]))
    return open_archive(config.load(file, {}), START)


async def live(archive: Archive, loop: Loop) -> World:
    """What the daemon does, for three days."""

    def now() -> datetime:
        return START + timedelta(seconds=loop.time())

    poller = Poller(archive, now=now)
    world = World(now)
    poller.fetcher, poller.workers = world, Reader()  # type: ignore[assignment] # fakes of both
    async with poller:
        tasks: set[asyncio.Task[Any]] = set()
        while loop.time() < HOURS * 3600:
            for feed, state in await poller.claim(archive.config.feeds):
                task = asyncio.create_task(poller.poll(feed, state))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(TICK)
        await asyncio.gather(*tasks)
    return world


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Archive]]:
    """The world after three days, and what the archive remembers of it."""
    archive = written(tmp_path_factory.mktemp("world"))
    loop = Loop()
    try:
        yield loop.run_until_complete(live(archive, loop)), archive
    finally:
        loop.close()
        archive.close()


def test_no_feed_starves(lived: tuple[World, Archive]) -> None:
    world, archive = lived
    end = START + timedelta(hours=HOURS)
    for feed in archive.config.feeds:
        asked = [*world.asked[feed.id], *world.asked[feed.id.replace("moved-", "new-")]]
        assert asked, feed.id
        if not feed.id.startswith("gone"):
            gaps = [b - a for a, b in zip([START, *asked], [*asked, end], strict=True)]
            longest = max(feed.every * 4, timedelta(hours=6)) * 1.1 + timedelta(minutes=30)
            assert max(gaps) <= longest, (feed.id, max(gaps))


def test_no_host_gets_more_than_its_limit(lived: tuple[World, Archive]) -> None:
    world, _ = lived
    assert world.most <= PER_HOST
    for begun in world.begun.values():
        assert all(b - a >= SPACING - 1e-6 for a, b in pairwise(begun))


def test_what_was_down_recovers_and_what_is_dead_is_asked_seldom_but_for_ever(lived: tuple[World, Archive]) -> None:
    world, archive = lived
    with reading(archive.engine) as connection:
        rows = connection.execute(text("SELECT feed, failures, retired_at, address FROM feed_state")).all()
    for row in rows:
        behaviour = row.feed.partition("-")[0]
        if behaviour in {"busy", "steady", "quiet", "slow", "down", "moved"}:
            assert row.failures == 0, row.feed
        assert (row.retired_at is not None) == (behaviour == "gone"), row.feed
        assert (row.address is not None) == (behaviour == "moved"), row.feed
        if behaviour == "dead":
            assert 10 < len(world.asked[row.feed]) < 30
            assert START + timedelta(hours=HOURS) - world.asked[row.feed][-1] < timedelta(hours=9)


def test_every_poll_is_recorded_once(lived: tuple[World, Archive]) -> None:
    world, archive = lived
    with reading(archive.engine) as connection:
        count = connection.execute(text("SELECT count(*) FROM polls")).scalar_one()
    assert count == sum(len(asked) for asked in world.asked.values())
