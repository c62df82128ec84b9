"""How often one host is asked: a few requests at a time, and a pause between their beginnings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

LONGEST_PAUSE = 30.0
"""Seconds; a robots.txt that asks for more gets this."""


class Courtesy:
    """Turns at hosts. ``pause`` gives the seconds between the beginnings of two requests to a host."""

    def __init__(self, per_host: int, pause: Callable[[str], float]) -> None:
        """Nobody has been asked yet."""
        self._per_host, self._pause = per_host, pause
        self._pauses: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def slow_down(self, host: str, pause: float) -> None:
        """Leave this host alone for longer between requests, as it asks for."""
        self._pauses[host] = min(pause, LONGEST_PAUSE)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host, and hold it."""
        turn = self._turns.setdefault(host, asyncio.Semaphore(self._per_host))
        async with turn:
            await asyncio.sleep(self._wait(host))
            yield

    def _wait(self, host: str) -> float:
        """How long until the host may be asked again; the moment is taken."""
        pause = max(self._pause(host), self._pauses.get(host, 0.0))
        if not pause:
            return 0.0
        now = asyncio.get_running_loop().time()
        begin = max(now, self._next.get(host, 0.0))
        self._next[host] = begin + pause
        if len(self._next) > 10_000:  # hosts long past their pause need no remembering
            self._next = {host: moment for host, moment in self._next.items() if moment > now}
        return begin - now
