"""The schedule: an unattended process that polls what is due, keeps the projections current and tidies up.

Few jobs, and no job per feed: what is due is in the database, so a restart forgets nothing and a feed that is
added needs no rescheduling. Of several daemons on one database the holder of the lease schedules; the others
wait, and the next takes over when the lease is given back or runs out.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

import archive
from archive import checks, copies, operations
from archive.anchoring import Checkpointer
from archive.errors import ArchiveError
from archive.ledger.engine import writing
from archive.ledger.signing import Desk
from archive.operations import Process, is_dead, this_process
from archive.pipeline import Archive, utc_now
from archive.polling import Poller
from archive.rechecking import Rechecker
from archive.views.projections import catch_up

LEASE = "scheduler"
LEASE_LASTS = timedelta(seconds=20)
BEAT_SECONDS = 5
TICK_SECONDS = 2
PROJECT_SECONDS = 2
SIGN_SECONDS = 5
TIDY_SECONDS = 3600
WATCH_SECONDS = 60
MISFIRE_GRACE_SECONDS = 3600
PATIENCE_SECONDS = 7

log = logging.getLogger(__name__)


class Daemon:
    """One daemon over an opened archive; :meth:`run` returns after SIGTERM or SIGINT."""

    def __init__(self, archive: Archive, *, now: Callable[[], datetime] = utc_now, me: Process | None = None) -> None:
        """Schedule nothing yet."""
        self.archive, self.now, self.me = archive, now, me or this_process()
        self.leading = False
        settings = archive.config.settings
        self._checkpointer = Checkpointer(Desk(archive.ledger, settings.key, settings.publish), settings)
        self._stop = asyncio.Event()
        self._stopped: str | None = None
        self._unsigned: str | None = None
        self._alarmed: set[str] = set()
        self._polling: set[asyncio.Task[object]] = set()

    def stop(self) -> None:
        """Ask :meth:`run` to return: articles in hand are finished, nothing new is begun."""
        log.info("stopping")
        self._stop.set()

    async def run(self) -> None:
        """Run until stopped."""
        loop = asyncio.get_running_loop()
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_, self.stop)
        async with Poller(self.archive, now=self.now, stopping=self._stop.is_set, me=self.me) as poller:
            scheduler = self._schedule(poller, Rechecker(poller))
            scheduler.start()
            log.info("started", extra={"holder": self.me.holder, "feeds": len(self.archive.config.feeds)})
            async with self._served():
                await self._stop.wait()
            scheduler.shutdown(wait=False)
            await self._finish_polling()
        await asyncio.to_thread(self._leave)
        log.info("stopped")

    def _schedule(self, poller: Poller, rechecker: Rechecker) -> AsyncIOScheduler:
        """Few jobs; late runs are made up for, all as one: by default those late by a second are dropped."""
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_SECONDS},
        )
        first = datetime.now(UTC)
        for job, seconds, args in (
            (self._beat, BEAT_SECONDS, ()),
            (self._tick, TICK_SECONDS, (poller,)),
            (self._recheck, TICK_SECONDS, (rechecker,)),
            (self._project, PROJECT_SECONDS, ()),
            (self._sign, SIGN_SECONDS, ()),
            (self._watch, WATCH_SECONDS, ()),
            (self._tidy, TIDY_SECONDS, ()),
        ):
            scheduler.add_job(job, "interval", seconds=seconds, args=args, next_run_time=first, id=job.__name__)
        return scheduler

    async def _beat(self) -> None:
        """Renew or try to take the lease, and leave a sign of life."""
        led, self.leading = self.leading, await asyncio.to_thread(self._lease)
        if self.leading != led:
            log.info("leading" if self.leading else "waiting for the lease", extra={"holder": self.me.holder})

    def _lease(self) -> bool:
        now, me = self.now(), self.me
        with writing(self.archive.engine) as connection:
            holder = operations.lease_process(connection, LEASE)
            if holder is not None and is_dead(holder):
                operations.release_lease(connection, LEASE, holder.holder)
            held = operations.acquire_lease(connection, LEASE, me, now, LEASE_LASTS)
            if held and not self.leading:
                checks.release(connection)
            operations.beat(connection, me, archive.__version__, held, now)
        return held

    async def _tick(self, poller: Poller) -> None:
        """Begin polling whatever is due; how long that takes holds up no later tick."""
        if self.leading and not self._stop.is_set():
            for feed, state in await poller.claim(self.archive.config.feeds):
                task = asyncio.create_task(poller.poll(feed, state))
                self._polling.add(task)
                task.add_done_callback(self._polled)

    async def _recheck(self, rechecker: Rechecker) -> None:
        """Look again at articles' pages that are due; a round is over before the next begins."""
        if self.leading and not self._stop.is_set():
            await rechecker.run()

    def _polled(self, task: asyncio.Task[object]) -> None:
        self._polling.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("polling failed", exc_info=error)

    async def _project(self) -> None:
        """Bring the projections up to the end of the log; one that stopped is told once, and shows in ``status``."""
        stopped = None
        try:
            await asyncio.to_thread(catch_up, self.archive.engine, self.archive.ledger)
            if self.leading:
                await asyncio.to_thread(copies.link, self.archive.engine)
        except ArchiveError as error:
            stopped = str(error)
        if stopped and stopped != self._stopped:
            log.error("projection stopped", extra={"reason": stopped})
        self._stopped = stopped

    async def _sign(self) -> None:
        """Sign a checkpoint when it is time; what keeps it from being signed or co-signed is told once."""
        if not self.leading:
            return
        try:
            anchored = await asyncio.to_thread(self._checkpointer.run, self.now())
        except (ArchiveError, OSError) as error:
            unsigned: str | None = str(error)
        else:
            if anchored is None:
                return
            unsigned = "; ".join(anchored.problems) or None
            log.info("signed", extra={"size": anchored.signed.size})
        if unsigned and unsigned != self._unsigned:
            log.error("checkpoint", extra={"reason": unsigned})
        self._unsigned = unsigned

    def _served(self) -> AbstractAsyncContextManager[str | None]:
        """Health and metrics, for whoever watches."""
        from archive import metrics  # noqa: PLC0415 - a tenth of a second that only the daemon should wait for

        return metrics.served(self.archive.engine, self.archive.config, self.now, lambda: self.leading)

    async def _watch(self) -> None:
        """Tell once what is not well, and once when it is again. That nobody leads is told by those who wait to."""
        from archive import metrics  # noqa: PLC0415 - as above

        found = await asyncio.to_thread(metrics.findings, self.archive.engine, self.archive.config, self.now())
        for one in (one for one in found if one.name != "scheduler"):
            if one.ok and one.name in self._alarmed:
                log.warning("well again", extra={"part": one.name, "detail": one.detail})
            elif not one.ok and one.name not in self._alarmed:
                log.error("alarm", extra={"part": one.name, "detail": one.detail})
        self._alarmed = {one.name for one in found if not one.ok}

    def _sign_last(self) -> None:
        """Leave nothing unsigned; witnesses are asked by whoever leads next, for that may take long."""
        try:
            self._checkpointer.finish(self.now())
        except (ArchiveError, OSError) as error:
            log.error("checkpoint", extra={"reason": str(error)})

    async def _tidy(self) -> None:
        await asyncio.to_thread(self._tidy_up)

    def _tidy_up(self) -> None:
        with writing(self.archive.engine) as connection:
            operations.housekeeping(connection, self.now(), self.archive.config.settings.keep_bodies)
            checks.housekeeping(connection, self.now())
            copies.housekeeping(connection, self.now())
        copies.mend(self.archive.engine)

    async def _finish_polling(self) -> None:
        """Let articles in hand be finished; whoever still waits for the network is cut short and polled again later."""
        if self._polling:
            _, waiting = await asyncio.wait(self._polling, timeout=PATIENCE_SECONDS)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    def _leave(self) -> None:
        if self.leading:
            self._sign_last()
        catch_up(self.archive.engine, self.archive.ledger)
        with writing(self.archive.engine) as connection:
            operations.release_lease(connection, LEASE, self.me.holder)
            operations.release_claims(connection, self.me.holder)
            checks.release(connection, self.me.holder)
            operations.sign_off(connection, self.me.holder)
