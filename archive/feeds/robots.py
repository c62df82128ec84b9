"""What robots.txt lets us ask of a site's pages: RFC 9309, parsed by Protego.

Feeds are made for programs and asked for by the user; pages are not, so their sites have a say. Where the file is
absent (4xx) everything may be asked; where it cannot be had (5xx, no answer) nothing may, unless a copy is known.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protego import Protego
from yarl import URL

from archive.errors import FetchError

AGENT = "StatementArchive"
KEPT_SECONDS = 24 * 3600.0
UNREACHABLE_SECONDS = 600.0
"""How soon a robots.txt that could not be had is asked for again."""

COPY_SECONDS = 30 * 24 * 3600.0
"""How long a copy stands in for a robots.txt that cannot be had (RFC 9309, 2.3.1.4)."""

LONGEST = 500 * 1024
MOST_SITES = 5_000

Get = Callable[[str], Awaitable[bytes]]
"""Fetches a URL; its FetchError has the ``status`` of the answer, if there was one."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one site; None: nothing may be asked. They were read at ``copied_at`` and hold ``until`` then."""

    rules: Protego | None
    copied_at: float
    until: float


class Robots:
    """The rules of the sites met so far, for a day each."""

    def __init__(self, get: Get, clock: Callable[[], float]) -> None:
        """Know nothing yet. ``clock`` gives seconds that only go on."""
        self._get, self._clock = get, clock
        self._sites: dict[str, _Rules] = {}

    async def allows(self, url: str) -> bool:
        """Whether a page may be asked for."""
        rules = (await self._of(URL(url))).rules
        return rules is not None and bool(rules.can_fetch(url, AGENT))

    async def pause(self, url: str) -> float | None:
        """The seconds between requests that the site asks for, if it does."""
        rules = (await self._of(URL(url))).rules
        return rules.crawl_delay(AGENT) if rules else None

    async def _of(self, url: URL) -> _Rules:
        site = str(url.origin())
        known, now = self._sites.get(site), self._clock()
        if known is None or known.until <= now:
            if len(self._sites) >= MOST_SITES:
                self._sites.clear()
            known = self._sites[site] = await self._read(site, known, now)
        return known

    async def _read(self, site: str, known: _Rules | None, now: float) -> _Rules:
        try:
            body = await self._get(f"{site}/robots.txt")
        except FetchError as error:
            status = getattr(error, "status", None)
            if status is not None and 400 <= status < 500:
                return _Rules(Protego.parse(""), now, now + KEPT_SECONDS)
            copy = known.rules if known and now - known.copied_at < COPY_SECONDS else None
            return _Rules(copy, known.copied_at if known and copy else now, now + UNREACHABLE_SECONDS)
        return _Rules(Protego.parse(body[:LONGEST].decode("utf-8", "replace")), now, now + KEPT_SECONDS)
