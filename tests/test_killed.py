"""Pollers that are killed at any moment, fifty times: every revision once, no feed forgotten, no feed polled twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.ledger.engine import connect, reading, writing
from archive.ledger.events import ArticleCaptured
from archive.ledger.store import Ledger
from archive.views.projections import catch_up
from archive.views.rebuild import rebuild

FEEDS, KILLS, START = 5, 50, 8
ROOT = Path(__file__).parent.parent


class Forks:
    """The process that starts pollers."""

    def __init__(self, file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed", str(file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def start(self) -> int:
        return int(self._told("poll"))

    def wait(self) -> None:
        assert self._told("wait") == "done"

    def close(self) -> None:
        with self._process:
            self._process.kill()

    def _told(self, what: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@pytest.fixture
def forks(tmp_path: Path, sqlite_url: str) -> Iterator[Forks]:
    feeds = [f"  - {{id: f{n}, url: f{n}.xml, full_text: never, language: de}}" for n in range(FEEDS)]
    (tmp_path / "feeds.yaml").write_text("\n".join([f'archive: {{database: "{sqlite_url}"}}', "feeds:", *feeds]))
    publish(tmp_path, 0)
    made = Forks(tmp_path / "feeds.yaml")
    made.start()
    made.wait()
    yield made
    made.close()


def publish(folder: Path, edition: int) -> None:
    """One more article in every feed, and another wording of the first."""
    for number in range(FEEDS):
        items = "".join(
            f"<item><guid>{n}</guid><title>Article {n}</title><description>{_words(n, edition)}</description></item>"
            for n in range(START + edition)
        )
        body = f"<rss version='2.0'><channel><title>F{number}</title>{items}</channel></rss>"
        (folder / "next").write_text(body)
        (folder / "next").rename(folder / f"f{number}.xml")


def _words(n: int, edition: int) -> str:
    told = f" in their edition of the number {edition}" if n == 0 else ""
    return f"The pilots of Tarnhaven tell the story of ship number {n}{told}."


def all_due(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE feed_state SET due_at = last_polled_at"))


def test_killed_fifty_times_every_revision_is_stored_once_and_no_feed_forgotten(
    tmp_path: Path, sqlite_url: str, forks: Forks
) -> None:
    engine, chance = connect(sqlite_url), random.Random(5)
    for edition in range(1, KILLS + 1):
        publish(tmp_path, edition)
        all_due(engine)
        poller = forks.start()
        time.sleep(chance.uniform(0.0, 0.25))
        os.kill(poller, signal.SIGKILL)
        forks.wait()
    all_due(engine)
    forks.start()
    forks.wait()
    with reading(engine) as connection:
        state = connection.execute(text("SELECT claimed_by, due_at > last_polled_at FROM feed_state")).all()
        captured = connection.execute(
            text("SELECT stream, count(*) FROM events WHERE type = 'article.captured.v1' GROUP BY stream")
        ).all()
    assert [tuple(row) for row in state] == [(None, 1)] * FEEDS
    assert [count for _, count in captured] == [1] * (FEEDS * (START + KILLS))
    ledger = Ledger(engine)
    catch_up(engine, ledger)
    editions = [
        (one.event.article, one.event.fingerprint) for one in ledger.read() if isinstance(one.event, ArticleCaptured)
    ]
    assert len(set(editions)) == len(editions) > FEEDS * (START + KILLS), "no edition is stored twice"
    assert rebuild(engine, ledger, check=True) == []
    engine.dispose()


def test_pollers_that_run_at_once_poll_each_feed_once(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    engine = connect(sqlite_url)
    for edition in range(1, 4):
        publish(tmp_path, edition)
        all_due(engine)
        for _ in range(3):
            forks.start()
        forks.wait()
    with reading(engine) as connection:
        polls = connection.execute(text("SELECT feed, count(*) FROM polls GROUP BY feed")).all()
    assert [count for _, count in polls] == [4] * FEEDS
    engine.dispose()
