"""Daemons: one schedules, another takes over; SIGTERM ends in order; every due feed is polled once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text

from archive import operations
from archive.feeds.fetch import Validators
from archive.ledger.engine import connect, reading, writing
from archive.model import Feed, parse_iso
from archive.operations import Poll, Process
from tests.wire import Wire

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


def process(name: str) -> Process:
    return Process(holder=name, host="elsewhere", pid=1)


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[str]]]:
    """Daemons that are killed in the end, whatever the test did."""
    daemons: list[subprocess.Popen[str]] = []
    yield daemons
    for daemon in daemons:
        daemon.kill()
        daemon.communicate()


def start(wire: Wire) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "archive", "--config", str(wire.config), "run"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ)


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def polls_of(url: str) -> Callable[[], int]:
    engine = connect(url)

    def count() -> int:
        try:
            with reading(engine) as connection:
                return int(connection.execute(text("SELECT count(*) FROM polls WHERE result = 'ok'")).scalar_one())
        finally:
            engine.dispose()

    return count


def test_sigterm_ends_in_order_and_a_restart_leads_at_once(
    tmp_path: Path, sqlite_url: str, running: list[subprocess.Popen[str]]
) -> None:
    wire = Wire(tmp_path, sqlite_url)
    subprocess.run(
        [sys.executable, "-m", "archive", "--config", str(wire.config), "init"], check=True, capture_output=True
    )
    running.append(start(wire))
    wait_for(lambda: polls_of(sqlite_url)() == 1)
    began = time.monotonic()
    running[0].send_signal(signal.SIGTERM)
    _, said = running[0].communicate(timeout=15)
    assert running[0].returncode == 0
    assert time.monotonic() - began < 10
    told = [json.loads(line)["message"] for line in said.splitlines()]
    assert (told[0], told[-1]) == ("started", "stopped")
    assert "polled" in told
    engine = connect(sqlite_url)
    with reading(engine) as connection:
        assert operations.lease_process(connection, "scheduler") is None
        assert operations.signs_of_life(connection) == []
        assert connection.execute(text("SELECT count(*) FROM stance_rows")).scalar_one() > 0
    engine.dispose()


def test_two_daemons_poll_each_due_feed_once_and_the_second_takes_over(
    tmp_path: Path, database_url: str, running: list[subprocess.Popen[str]]
) -> None:
    wire = Wire(tmp_path, database_url)
    subprocess.run(
        [sys.executable, "-m", "archive", "--config", str(wire.config), "init"], check=True, capture_output=True
    )
    engine = connect(database_url)
    running += [start(wire), start(wire)]
    wait_for(lambda: polls_of(database_url)() == 1 and len(_leaders(engine)) == 2)
    time.sleep(5)
    assert polls_of(database_url)() == 1
    leader = next(pid for pid, leading in _leaders(engine).items() if leading)
    first = next(daemon for daemon in running if daemon.pid == leader)
    second = next(daemon for daemon in running if daemon.pid != leader)
    first.kill()
    first.wait()
    with writing(engine) as connection:
        connection.execute(text("UPDATE feed_state SET due_at = last_polled_at, claimed_by = 'the dead one'"))
        connection.execute(operations.feed_state.update().values(claimed_until="2999-01-01T00:00:00.000000Z"))
    (tmp_path / "wire.xml").write_text((tmp_path / "wire.xml").read_text() + "<!-- changed -->")
    wait_for(lambda: polls_of(database_url)() == 2, seconds=60)
    assert _leaders(engine)[second.pid]
    engine.dispose()


def _leaders(engine: Engine) -> dict[int, bool]:
    with reading(engine) as connection:
        return {int(str(row["pid"])): bool(row["leading"]) for row in operations.signs_of_life(connection)}


def test_a_lease_is_held_renewed_refused_and_taken_when_it_has_run_out(engine: Engine) -> None:
    def acquire(name: str, seconds: int) -> bool:
        with writing(engine) as connection:
            return operations.acquire_lease(
                connection, "scheduler", process(name), NOW + seconds * SECONDS, 20 * SECONDS
            )

    assert acquire("a", 0)
    assert not acquire("b", 10)
    assert acquire("a", 15)
    assert not acquire("b", 34)
    assert acquire("b", 35)
    assert not acquire("a", 36)
    with writing(engine) as connection:
        operations.release_lease(connection, "scheduler", "b")
    assert acquire("a", 37)


def test_a_due_feed_is_claimed_by_one_and_freed_by_settling_or_time(engine: Engine) -> None:
    feed = Feed(id="wire", url="wire.xml", every=timedelta(minutes=15))

    def claim(holder: str, seconds: int) -> list[str]:
        now = NOW + seconds * SECONDS
        with writing(engine) as connection:
            return operations.claim_due(connection, ["wire", "other"], holder, now, now + 60 * SECONDS)

    with writing(engine) as connection:
        operations.enrol(connection, [feed], NOW)
    assert claim("a", 0) == ["wire"]
    assert claim("b", 30) == []
    assert claim("b", 60) == ["wire"]
    done = Poll(feed="wire", started_at=NOW, finished_at=NOW + 70 * SECONDS, result="ok", new=1)
    with writing(engine) as connection:
        operations.settle(connection, done, feed.every, Validators(etag='"1"'))
        assert operations.validators(connection, "wire") == Validators(etag='"1"')
    assert claim("a", 70) == []
    assert claim("a", 70 + 15 * 60) == ["wire"]


def test_failures_back_off_within_bounds_and_recover(engine: Engine) -> None:
    feed = Feed(id="wire", url="wire.xml", every=timedelta(minutes=15))
    with writing(engine) as connection:
        operations.enrol(connection, [feed], NOW)
        waits = []
        for _ in range(14):
            failed = Poll(feed="wire", started_at=NOW, finished_at=NOW, result="failed", error="no answer")
            operations.settle(connection, failed, feed.every, None)
            waits.append(due_in(connection))
        assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
        assert waits[-1] == timedelta(hours=6)
        operations.settle(connection, failed, feed.every, None, retry_after=timedelta(hours=9))
        assert due_in(connection) == timedelta(hours=9)
        operations.settle(connection, Poll(feed="wire", started_at=NOW, finished_at=NOW, result="ok"), feed.every, None)
        assert due_in(connection) == feed.every


def due_in(connection: Connection) -> timedelta:
    return parse_iso(connection.execute(select(operations.feed_state.c.due_at)).scalar_one()) - NOW


def test_a_moved_feed_forgets_the_validators_of_its_old_place(engine: Engine) -> None:
    feed = Feed(id="wire", url="wire.xml")
    with writing(engine) as connection:
        operations.enrol(connection, [feed], NOW)
        done = Poll(feed="wire", started_at=NOW, finished_at=NOW, result="ok")
        operations.settle(connection, done, feed.every, Validators(etag='"1"'))
        operations.enrol(connection, [feed], NOW)
        assert operations.validators(connection, "wire").etag == '"1"'
        operations.enrol(connection, [Feed(id="wire", url="moved.xml")], NOW)
        assert operations.validators(connection, "wire") == Validators()
        assert operations.due(connection, ["wire"], NOW) == ["wire"]
