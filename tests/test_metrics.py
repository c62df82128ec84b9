"""Health and metrics: well, alarmed when nothing arrives, and honest when something is broken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from archive import config, operations
from archive.daemon import Daemon
from archive.errors import ConfigError
from archive.ledger.engine import writing
from archive.metrics import findings, served
from archive.operations import Process
from archive.pipeline import Archive, open_archive
from archive.polling import Poller
from archive.views.projections import catch_up
from tests.wire import Wire

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
ME = Process(holder="me", host="here", pid=1)


@pytest.fixture
def archive(tmp_path: Path, database_url: str) -> Iterator[Archive]:
    """An archive with one feed, polled once at START."""
    wire = Wire(tmp_path, database_url)
    wire.config.write_text(
        wire.config.read_text().replace("archive:", "archive:\n  metrics: 127.0.0.1:0\n  silence: 6h")
    )
    opened = open_archive(config.load(wire.config, {}), START)

    async def poll() -> None:
        async with Poller(opened, now=lambda: START) as poller:
            await poller.poll(opened.config.feeds[0], force=True)

    asyncio.run(poll())
    catch_up(opened.engine, opened.ledger)
    yield opened
    opened.close()


def beat(archive: Archive, at: datetime) -> None:
    with writing(archive.engine) as connection:
        operations.beat(connection, ME, "1", True, at)


def ask(archive: Archive, at: datetime) -> tuple[int, dict[str, object], dict[tuple[str, ...], float]]:
    """The status and answer of /health, and the values of /metrics by name and labels."""

    async def asked() -> tuple[int, dict[str, object], str]:
        async with (
            served(archive.engine, archive.config, lambda: at, lambda: True) as url,
            aiohttp.ClientSession() as web,
        ):
            health, metrics = await web.get(f"{url}/health"), await web.get(f"{url}/metrics")
            return health.status, await health.json(), await metrics.text()

    status, told, metrics = asyncio.run(asked())
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
    }
    return status, told, values


def test_an_archive_that_works_says_so(archive: Archive) -> None:
    beat(archive, START)
    status, told, values = ask(archive, START + timedelta(seconds=30))
    assert (status, told["status"], told["leading"]) == (200, "ok", True)
    assert values["archive_log_size",] == archive.ledger.size()
    assert values["archive_feed_failures", "wire"] == 0
    assert values["archive_polls_24h", "ok"] == 1
    assert values["archive_seconds_since_arrival",] == 30
    assert values["archive_healthy", "arrivals"] == 1
    assert {name for name, *_ in values} >= {"archive_projection_lag", "archive_quarantined", "archive_pages_due"}


def test_when_nothing_arrives_for_a_while_there_is_an_alarm(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    later = START + timedelta(hours=7)
    beat(archive, later)
    status, told, values = ask(archive, later)
    assert (status, told["status"], values["archive_healthy", "arrivals"]) == (503, "unhealthy", 0)
    assert "last arrival 7.0 h ago, alarm after 6 h" in str(told["parts"])
    times = iter([later, later, START])
    daemon = Daemon(archive, now=lambda: next(times))
    with caplog.at_level(logging.WARNING, "archive.daemon"):
        for _ in range(3):
            asyncio.run(daemon._watch())
    assert [record.message for record in caplog.records] == ["alarm", "well again"]


def test_what_is_broken_is_named(archive: Archive) -> None:
    wrong = {one.name: one.detail for one in findings(archive.engine, archive.config, START) if not one.ok}
    assert wrong == {"scheduler": "no daemon leads"}
    with writing(archive.engine) as connection:
        connection.execute(text("UPDATE projection_cursors SET failed_at = 3, error = 'odd' WHERE name = 'stances'"))
        connection.execute(text("UPDATE feed_state SET failures = 2, last_error = 'the server answers 500'"))
    wrong = {one.name: one.detail for one in findings(archive.engine, archive.config, START) if not one.ok}
    assert wrong["projections"] == "stances stopped at 3: odd"
    assert wrong["feeds"].startswith("1 feeds, 1 failing")
    with writing(archive.engine) as connection:
        connection.execute(text("ALTER TABLE log_head RENAME TO lost"))
    status, told, values = ask(archive, START)
    assert status == 503
    assert "log_head" in str(told["parts"])
    assert values["archive_healthy", "database"] == 0


def test_a_port_that_is_taken_is_told_and_hinders_nobody(
    archive: Archive, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async def both() -> str | None:
        async with served(archive.engine, archive.config, lambda: START, lambda: True) as url:
            taken = (tmp_path / "feeds.yaml").read_text().replace("127.0.0.1:0", str(url).removeprefix("http://"))
            (tmp_path / "other.yaml").write_text(taken)
            other = config.load(tmp_path / "other.yaml", {})
            async with served(archive.engine, other, lambda: START, lambda: True) as again:
                return again

    assert asyncio.run(both()) is None
    assert [record.message for record in caplog.records] == ["no metrics and no health"]


def test_where_to_listen_is_configured(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    places: dict[str, tuple[str, int] | None] = {
        "off": None,
        "0.0.0.0:80": ("0.0.0.0", 80),
        "'[::1]:9000'": ("::1", 9000),
    }
    for written, expected in places.items():
        path.write_text(f"archive: {{metrics: {written}}}")
        assert config.load(path, {}).settings.metrics == expected
    for wrong in ("9464", "localhost:http", "127.0.0.1:99999"):
        path.write_text(f"archive: {{metrics: {wrong}}}")
        with pytest.raises(ConfigError, match="no place to listen at"):
            config.load(path, {})
