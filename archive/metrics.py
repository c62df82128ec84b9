"""Whether all is well, as JSON and in Prometheus' text format: what a daemon tells whoever watches it.

Everything is read from the database when it is asked for, so every daemon of an archive tells the same, but for
whether it leads. Nothing is counted in memory, and nothing is lost by a restart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client.core import CollectorRegistry, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, bindparam, text
from sqlalchemy.exc import SQLAlchemyError

import archive
from archive import checks, operations
from archive.config import Config
from archive.feeds.article import IMPORTED
from archive.ledger.engine import reading
from archive.ledger.schema import Moment
from archive.model import iso, parse_iso
from archive.views import questions, reports

MOST_LAG = 100_000
"""Events that a projection may be behind the log."""
LATEST_BEAT = timedelta(seconds=60)

log = logging.getLogger(__name__)

_ARRIVED = text("SELECT recorded_at FROM article_rows WHERE feed <> :imported ORDER BY position DESC LIMIT 1")
_FIRST = text("SELECT recorded_at FROM events WHERE position = 1")
_POLLS = text(
    "SELECT result, count(*) FROM polls WHERE started_at >= :since GROUP BY result ORDER BY result"
).bindparams(bindparam("since", type_=Moment))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and in what state it is."""

    name: str
    ok: bool
    detail: str


def findings(engine: Engine, config: Config, now: datetime) -> list[Finding]:
    """Look at everything that can keep the archive from its work; what cannot be looked at is not well."""
    try:
        with reading(engine) as connection:
            return [
                Finding("database", True, engine.dialect.name),
                _projections(connection),
                _leader(connection, now),
                _feeds(connection, config),
                _arrivals(connection, config, now),
            ]
    except SQLAlchemyError as error:
        return [Finding("database", False, " ".join(str(getattr(error, "orig", None) or error).split())[:300])]


def since_arrival(connection: Connection, now: datetime) -> timedelta | None:
    """How long ago a feed last brought something, or else the archive was begun; None for an empty log."""
    for query, terms in ((_ARRIVED, {"imported": IMPORTED}), (_FIRST, {})):
        moment = connection.execute(query.columns(recorded_at=Moment), terms).scalar_one_or_none()
        if moment:
            return now - parse_iso(moment)
    return None


def _projections(connection: Connection) -> Finding:
    rows = reports.projections(connection)
    stopped = [f"{row['name']} stopped at {row['failed_at']}: {row['error']}" for row in rows if row["error"]]
    behind = [f"{row['name']} is {row['lag']} events behind" for row in rows if row["lag"] > MOST_LAG]
    return Finding("projections", not (stopped or behind), "; ".join(stopped + behind) or "current")


def _leader(connection: Connection, now: datetime) -> Finding:
    beats = [parse_iso(str(one["beat_at"])) for one in operations.signs_of_life(connection) if one["leading"]]
    ok = bool(beats) and now - max(beats) <= LATEST_BEAT
    return Finding("scheduler", ok, f"last beat {iso(max(beats))}" if beats else "no daemon leads")


def _feeds(connection: Connection, config: Config) -> Finding:
    mine = {feed.id for feed in config.feeds}
    rows = [row for row in questions.feed_health(connection) if row["feed"] in mine and row["health"] != "retired"]
    failing = [row["feed"] for row in rows if row["health"] == "failing"]
    silent = [row["feed"] for row in rows if row["health"] == "silent"]
    told = f"{len(rows)} feeds, {len(failing)} failing, {len(silent)} silent"
    return Finding("feeds", not rows or len(failing) < len(rows), told)


def _arrivals(connection: Connection, config: Config, now: datetime) -> Finding:
    quiet, most = since_arrival(connection, now), config.settings.silence
    if quiet is None or not config.feeds:
        return Finding("arrivals", True, "nothing is to be expected")
    told = f"last arrival {quiet.total_seconds() / 3600:.1f} h ago, alarm after {most.total_seconds() / 3600:g} h"
    return Finding("arrivals", quiet <= most, told)


class Readings(Collector):
    """The archive's state as Prometheus gauges, read when they are asked for."""

    def __init__(
        self, engine: Engine, config: Config, now: Callable[[], datetime], leading: Callable[[], bool]
    ) -> None:
        """Read nothing yet."""
        self._engine, self._config, self._now, self._leading = engine, config, now, leading

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All gauges; where the database fails, only those that say so."""
        now = self._now()
        found = findings(self._engine, self._config, now)
        yield _gauge("archive_build_info", "The program's version.", [((archive.__version__,), 1)], "version")
        yield _gauge("archive_leading", "Whether this daemon schedules.", [((), int(self._leading()))])
        yield _gauge(
            "archive_healthy", "Whether a part is well.", [((one.name,), int(one.ok)) for one in found], "part"
        )
        if found[0].ok:
            with reading(self._engine) as connection:
                yield from self._of_database(connection, now)

    def _of_database(self, connection: Connection, now: datetime) -> Iterable[GaugeMetricFamily]:
        size = connection.execute(text("SELECT size FROM log_head")).scalar_one()
        yield _gauge("archive_log_size", "Events in the log.", [((), size)])
        lags = [((row["name"],), row["lag"]) for row in reports.projections(connection)]
        yield _gauge("archive_projection_lag", "Events a projection is behind the log.", lags, "projection")
        quiet = since_arrival(connection, now)
        seconds = [((), quiet.total_seconds())] if quiet is not None else []
        yield _gauge("archive_seconds_since_arrival", "Since a feed last brought something.", seconds)
        held = connection.execute(text("SELECT count(*) FROM quarantine")).scalar_one()
        yield _gauge("archive_quarantined", "What could not be stored.", [((), held)])
        followed, due = checks.waiting(connection, now)
        yield _gauge("archive_pages_followed", "Articles whose pages are looked at again.", [((), followed)])
        yield _gauge("archive_pages_due", "Articles whose look is due.", [((), due)])
        yield from _of_feeds(connection)
        terms = {"since": iso(now - timedelta(days=1))}
        polled = [((result,), number) for result, number in connection.execute(_POLLS, terms)]
        yield _gauge("archive_polls_24h", "Polls of the last 24 hours.", polled, "result")


def _of_feeds(connection: Connection) -> Iterable[GaugeMetricFamily]:
    rows = [row for row in questions.feed_health(connection) if row["health"] != "retired"]
    healthy = [((row["feed"], row["health"]), 1) for row in rows]
    yield _gauge("archive_feed_health", "1 for the state a feed is in.", healthy, "feed", "health")
    failures = [((row["feed"],), row["failures"]) for row in rows]
    yield _gauge("archive_feed_failures", "Failed attempts in a row.", failures, "feed")
    for name, column in (("success", "last_success_at"), ("article", "last_article_at")):
        moments = [((row["feed"],), parse_iso(row[column]).timestamp()) for row in rows if row[column]]
        yield _gauge(f"archive_feed_last_{name}_timestamp_seconds", f"The last {name}.", moments, "feed")


def _gauge(name: str, says: str, values: Iterable[tuple[tuple[str, ...], float]], *labels: str) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, says, labels=labels)
    for of, value in values:
        gauge.add_metric(of, value)
    return gauge


@asynccontextmanager
async def served(
    engine: Engine, config: Config, now: Callable[[], datetime], leading: Callable[[], bool]
) -> AsyncIterator[str | None]:
    """Serve ``/metrics`` and ``/health`` where the configuration says; yields the address, or None where there is none.

    A port that is taken, by another daemon of this machine perhaps, is told and is no reason not to work.
    """
    if config.settings.metrics is None:
        yield None
        return
    host, port = config.settings.metrics
    runner = web.AppRunner(_application(engine, config, now, leading), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            log.warning("no metrics and no health", extra={"reason": f"{host}:{port}: {error.strerror or error}"})
            yield None
            return
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _application(
    engine: Engine, config: Config, now: Callable[[], datetime], leading: Callable[[], bool]
) -> web.Application:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Readings(engine, config, now, leading))

    async def metrics(_: web.Request) -> web.Response:
        body = await asyncio.to_thread(generate_latest, registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def health(_: web.Request) -> web.Response:
        found = await asyncio.to_thread(findings, engine, config, now())
        ok = all(one.ok for one in found)
        told = {one.name: {"ok": one.ok, "detail": one.detail} for one in found}
        answer = {"status": "ok" if ok else "unhealthy", "version": archive.__version__, "leading": leading()}
        return web.json_response({**answer, "parts": told}, status=200 if ok else 503)

    application = web.Application()
    application.add_routes([web.get("/metrics", metrics), web.get("/health", health)])
    return application
