"""Daemons: one schedules, another takes over; SIGTERM ends in order; every due feed is polled once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive import operations
from archive.feeds.fetch import Validators
from archive.feeds.schedule import FeedState
from archive.ledger import keys
from archive.ledger.engine import connect, reading, writing
from archive.ledger.signing import latest_published
from archive.ledger.store import Ledger
from archive.model import Feed
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
    keys.create(tmp_path / "archive.key", "log.example")
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
    published = latest_published(tmp_path / "archive.published")
    assert published
    assert published.size == Ledger(engine).size()
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
        connection.execute(text("UPDATE feed_state SET due_at = last_polled_at"))
        dead = f"{socket.gethostname()}:{first.pid}:0"
        claimed = {"claimed_by": dead, "claimed_until": "2999-01-01T00:00:00.000000Z"}
        connection.execute(operations.feed_state.update().values(claimed))
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

    def claim(holder: str, seconds: int, *, due: bool = True) -> list[FeedState]:
        now = NOW + seconds * SECONDS
        with writing(engine) as connection:
            return operations.claim(connection, ["wire", "x"], process(holder), now, now + 60 * SECONDS, due=due)

    with writing(engine) as connection:
        operations.enrol(connection, [feed], NOW)
    (state,) = claim("a", 0)
    assert claim("a", 30) == claim("b", 30) == claim("b", 30, due=False) == []
    assert len(claim("b", 60)) == 1
    done = Poll(feed="wire", started_at=NOW, finished_at=NOW + 70 * SECONDS, result="ok", new=1)
    fresh = replace(state, validators=Validators(etag='"1"'), due_at=NOW + 1000 * SECONDS, span=timedelta(hours=9))
    with writing(engine) as connection:
        operations.settle(connection, [(fresh, done)])
        assert operations.states(connection, ["wire"]) == [fresh]
    assert claim("a", 999) == []
    assert len(claim("a", 999, due=False)) == 1
    with writing(engine) as connection:
        operations.release_claims(connection, "a")
    assert len(claim("a", 1000)) == 1


def test_a_claim_is_renewed_while_its_process_lives_and_freed_with_it(engine: Engine) -> None:
    me = operations.this_process()
    with writing(engine) as connection:
        operations.enrol(connection, [Feed(id="wire", url="wire.xml")], NOW)
        assert operations.claim(connection, ["wire"], me, NOW, NOW + 60 * SECONDS)
        operations.renew_claims(connection, ["wire"], me, NOW + 600 * SECONDS)
        assert not operations.claim(connection, ["wire"], process("b"), NOW + 60 * SECONDS, NOW + 600 * SECONDS)
        operations.free_the_dead(connection)
        assert not operations.claim(connection, ["wire"], process("b"), NOW + 60 * SECONDS, NOW + 600 * SECONDS)
        operations.free_the_dead(connection, dead=lambda process: process == me)
        assert operations.claim(connection, ["wire"], process("b"), NOW + 60 * SECONDS, NOW + 600 * SECONDS)


def test_a_feed_that_a_wrong_clock_put_off_for_ever_is_due(engine: Engine) -> None:
    with writing(engine) as connection:
        operations.enrol(connection, [Feed(id="wire", url="wire.xml")], NOW + timedelta(days=4000))
        assert operations.claim(connection, ["wire"], process("a"), NOW, NOW + SECONDS)


def test_a_feed_that_is_retired_is_not_due(engine: Engine) -> None:
    with writing(engine) as connection:
        operations.enrol(connection, [Feed(id="wire", url="wire.xml")], NOW)
        (state,) = operations.states(connection, ["wire"])
        done = Poll(feed="wire", started_at=NOW, finished_at=NOW, result="failed", error="gone")
        operations.settle(connection, [(replace(state, retired_at=NOW), done)])
        assert not operations.claim(connection, ["wire"], process("a"), NOW + 9 * SECONDS, NOW + 99 * SECONDS)
        assert operations.claim(connection, ["wire"], process("a"), NOW, NOW + SECONDS, due=False)


def test_a_feed_whose_configured_place_changed_begins_anew(engine: Engine) -> None:
    feed = Feed(id="wire", url="wire.xml")
    with writing(engine) as connection:
        operations.enrol(connection, [feed], NOW)
        (state,) = operations.states(connection, ["wire"])
        settled = replace(state, validators=Validators(etag='"1"'), address="https://w.example/", due_at=NOW + SECONDS)
        done = Poll(feed="wire", started_at=NOW, finished_at=NOW, result="ok")
        operations.settle(connection, [(settled, done)])
        operations.enrol(connection, [feed], NOW)
        assert operations.states(connection, ["wire"]) == [settled]
        operations.enrol(connection, [Feed(id="wire", url="moved.xml")], NOW)
        assert operations.states(connection, ["wire"]) == [replace(state, url="moved.xml")]


def test_documents_are_kept_once_and_for_as_long_as_the_user_says(engine: Engine) -> None:
    body = b"<rss/>" * 100
    document = operations.Document.of(body)
    assert len(document.packed) < len(body)
    with writing(engine) as connection:
        for day in range(3):
            operations.keep_body(connection, document, "wire", NOW + timedelta(days=day))
        assert operations.kept_body(connection, document.hash[:12]) == body
        assert operations.kept_body(connection, "0" * 12) is None
        for days, kept in ((15, 1), (16, 0)):
            operations.housekeeping(connection, NOW + timedelta(days=days), timedelta(days=14) - SECONDS)
            assert len(operations.kept_bodies(connection, ["wire"])) == kept
