"""Fetch a feed or a page: bytes, headers and validators, within bounds of time, size and place.

Nothing here knows what the bytes mean. Whatever a server does (drip, loop, compress a gigabyte into a
megabyte, point to an inner address) costs bounded time and memory and ends as a FetchFailedError.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import re
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver
from yarl import URL

from archive import __version__
from archive.errors import FetchError
from archive.feeds.body import Body
from archive.feeds.courtesy import Courtesy
from archive.feeds.gate import Gate
from archive.feeds.robots import Robots
from archive.model import Secret

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5"
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}

_UNSENDABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_READABLE = ("text/", "application/xhtml", "application/xml")


class FetchFailedError(FetchError):
    """Nothing usable came back; ``where`` is the URL or path.

    ``status`` is the HTTP status, if there was an answer; ``retry_after`` the seconds the server asks us to wait.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str,
        remedy: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep the answer beside the message."""
        super().__init__(what, where=where, remedy=remedy)
        self.status, self.retry_after = status, retry_after


class FetchStatus(StrEnum):
    """Whether there is a new body, or the one we had still holds."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server, or a file's content, gave us to ask "has this changed?"; sent back exactly as received."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. ``headers`` have lower-case names; ``url`` is where the body came from after redirects.

    ``validators`` are for the next fetch. ``moved_to`` is where permanent redirects lead, up to the first
    temporary one.
    """

    status: FetchStatus
    body: bytes
    headers: Mapping[str, str]
    url: str
    validators: Validators
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one fetch: seconds, bytes on the wire and after decompression, connections a host, redirects.

    ``seconds`` is for all of it, ``connect_seconds`` until there is a connection, ``headers_seconds`` until an answer
    begins.
    """

    seconds: float = 60.0
    connect_seconds: float = 15.0
    headers_seconds: float = 30.0
    wire_bytes: int = 8 * 2**20
    body_bytes: int = 16 * 2**20
    per_host: int = 2
    redirects: int = 5


SPACING = 1.0
"""Seconds between the beginnings of two requests to a stranger's host."""

NO_VALIDATORS = Validators()
STANDARD_LIMITS = Limits()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: where to, for whom (``where``, as messages have it), and where permanent redirects led so far."""

    url: URL
    where: str
    validators: Validators
    headers: Mapping[str, str]
    auth: Secret | None
    moved_to: str | None = None

    def redirected(self, target: URL, *, moved: bool) -> Ask:
        """The next request. Credentials are for the server they were given for, and no other."""
        auth = self.auth if target.origin() == self.url.origin() else None
        return replace(self, url=target, auth=auth, moved_to=str(target) if moved else self.moved_to)


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that sends us elsewhere."""

    status: int
    target: URL


class Fetcher:
    """Fetches over HTTP and from files; an async context manager that holds the connections.

    Only public addresses are connected to, besides those of ``allow`` (see :class:`Gate`).
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        allow: Iterable[str] = (),
        limits: Limits = STANDARD_LIMITS,
        resolver: AbstractResolver | None = None,
        now: Callable[[], datetime] = _now,
        spacing: float | None = None,
        proxy: Secret | None = None,
    ) -> None:
        """Nothing is opened before the context is entered.

        ``spacing`` is the seconds between requests to one host; by default :data:`SPACING`, and none for the hosts
        that are the user's own, by name or address in ``allow``.
        """
        self._agent = f"StatementArchive/{__version__}" + (f" (+{contact})" if contact else "")
        self._gate, self.limits, self._resolver, self._now = Gate.of(allow), limits, resolver, now
        self._courtesy = Courtesy(self.limits.per_host, lambda host: self._pause(host, spacing))
        self._robots = Robots(self._robots_txt, time.monotonic)
        via = URL(proxy.reveal()) if proxy else None
        self._proxy = via.with_user(None) if via else None
        credentials = Secret(f"{via.user}:{via.password or ''}") if via and via.user else None
        self._proxy_headers = {"Proxy-Authorization": credentials.basic()} if credentials else {}

    def _pause(self, host: str, spacing: float | None) -> float:
        if spacing is None:
            return 0.0 if self._gate.is_own(host) else SPACING
        return spacing

    async def __aenter__(self) -> Self:
        """Open one pool behind the gate, and one for the hosts that the user trusts by name."""
        self._guarded = self._session(TCPConnector(
            limit_per_host=self.limits.per_host, resolver=self._resolver, socket_factory=self._gate.open_socket
        ))  # fmt: skip
        self._trusted = self._session(TCPConnector(limit_per_host=self.limits.per_host, resolver=self._resolver))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._guarded.close()
        await self._trusted.close()

    def _session(self, connector: TCPConnector) -> ClientSession:
        return ClientSession(
            connector=connector,
            auto_decompress=False,  # a small body may unfold to gigabytes: Body watches
            cookie_jar=DummyCookieJar(),
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
            timeout=ClientTimeout(total=None, sock_connect=self.limits.connect_seconds),
        )

    async def fetch(self, location: str, validators: Validators = NO_VALIDATORS, auth: Secret | None = None) -> Fetched:
        """Fetch a feed from an http(s) URL or a file's path, if it has changed. FetchFailedError otherwise.

        ``auth`` is ``user:password``, sent to the URL's own server alone.
        """
        scheme = _SCHEME.match(location)
        if scheme is None:
            return await asyncio.to_thread(_read_file, Path(location), validators, self.limits.body_bytes)
        return await self._over_http(location, validators, FEED_TYPES, auth)

    async def page(self, url: str, validators: Validators = NO_VALIDATORS) -> Fetched:
        """Fetch the page an entry links to: http(s) only, for a feed must not make us read files.

        Only what the site's robots.txt allows is asked for.
        """
        _told_apart(url, lambda: _checked(url, url))
        if not await self._robots.allows(url):
            raise FetchFailedError("the site's robots.txt does not let us ask for this page", where=url)
        if pause := await self._robots.pause(url):
            self._courtesy.slow_down(URL(url).host or "", pause)
        fetched = await self._over_http(url, validators, PAGE_TYPES)
        kind = fetched.headers.get("content-type", "text/html").strip().lower()
        if not kind.startswith(_READABLE):
            raise FetchFailedError(f"the page is not text but {kind[:80]}", where=url, status=200)
        return fetched

    async def _robots_txt(self, url: str) -> bytes:
        return (await self._over_http(url, NO_VALIDATORS, "text/plain, */*;q=0.5")).body

    async def _over_http(self, url: str, validators: Validators, accept: str, auth: Secret | None = None) -> Fetched:
        """Follow redirects to an answer. Waiting for a turn at a host costs no deadline, all else does."""
        start = _told_apart(url, lambda: _checked(url, url))
        headers = {"Accept": accept, **_conditions(validators)}
        ask, left, permanent = Ask(start, str(start), validators, headers, auth), self.limits.seconds, True
        clock = asyncio.get_running_loop().time
        for _ in range(self.limits.redirects + 1):
            async with self._courtesy.turn(ask.url.host or ""):
                began = clock()
                answer = await self._within(left, ask)
                left -= clock() - began
            if isinstance(answer, Fetched):
                return answer
            permanent = permanent and answer.status in PERMANENT
            ask = ask.redirected(answer.target, moved=permanent)
        raise FetchFailedError(f"more than {self.limits.redirects} redirects", where=str(start))

    async def _within(self, seconds: float, ask: Ask) -> Fetched | Redirect:
        """One request and its answer, its errors told in our words."""
        url = ask.where
        try:
            async with asyncio.timeout(seconds):
                return await self._request(ask)
        except TimeoutError as error:
            what = f"no complete answer within {self.limits.seconds:g} s"
            raise FetchFailedError(str(error) or what, where=url) from error
        except ClientConnectorError as error:
            refused = error.os_error.errno == errno.EACCES
            remedy = "Add the host to archive.allow of feeds.yaml if it is yours" if refused else None
            raise FetchFailedError(f"cannot connect: {error.strerror or error}", where=url, remedy=remedy) from error
        except (ClientError, OSError, ValueError) as error:
            raise FetchFailedError(f"the fetch failed: {str(error) or type(error).__name__}", where=url) from error

    async def _request(self, ask: Ask) -> Fetched | Redirect:
        host = ask.url.host or ""
        proxied = self._proxy is not None
        if proxied:
            self._gate.check_literal(host)  # the proxy connects: of names only it knows the addresses
        session = self._trusted if proxied or self._gate.trusts(host) else self._guarded
        headers = {**ask.headers, **({"Authorization": ask.auth.basic()} if ask.auth else {})}
        if ask.url.scheme == "http":  # which the proxy itself reads; of https it sees but the CONNECT
            headers |= self._proxy_headers
        asking = session.get(
            ask.url, headers=headers, allow_redirects=False, proxy=self._proxy, proxy_headers=self._proxy_headers
        )
        try:
            async with asyncio.timeout(self.limits.headers_seconds):
                response = await asking
        except TimeoutError as error:
            raise TimeoutError(str(error) or f"no answer within {self.limits.headers_seconds:g} s") from error
        async with response:
            if response.status in REDIRECTS:
                return Redirect(response.status, _target(response, ask.where))
            return await self._take(response, ask.where, ask.validators, ask.moved_to)

    async def _take(
        self, response: ClientResponse, where: str, validators: Validators, moved_to: str | None
    ) -> Fetched:
        headers = {name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers}
        asked = validators != NO_VALIDATORS
        if response.status == 304 and asked:
            return Fetched(
                status=FetchStatus.NOT_MODIFIED,
                body=b"",
                headers=headers,
                url=str(response.url),
                validators=_renewed(headers, validators),
                moved_to=moved_to,
            )
        if response.status not in (200, 203):
            raise FetchFailedError(
                f"the server answers {response.status} {response.reason or ''}".rstrip(),
                where=where,
                status=response.status,
                retry_after=retry_after(headers, self._now()),
            )
        body = Body(headers.get("content-encoding", ""), self.limits.wire_bytes, self.limits.body_bytes)
        async for chunk in response.content.iter_any():
            body.add(chunk)
        return Fetched(
            status=FetchStatus.OK,
            body=body.whole(),
            headers=headers,
            url=str(response.url),
            validators=_renewed(headers, NO_VALIDATORS),
            moved_to=moved_to,
        )


def _told_apart(url: str, check: Callable[[], URL]) -> URL:
    """The checked URL; FetchFailedError also where yarl cannot make anything of it."""
    try:
        return check()
    except ValueError as error:
        raise FetchFailedError(f"the fetch failed: {error}", where=url) from error


def _checked(url: str | URL, where: str) -> URL:
    checked = URL(url)
    if checked.scheme not in {"http", "https"} or not checked.host:
        raise FetchFailedError(f"{str(url)[:200]!r} is not an http(s) URL", where=where)
    return checked.with_user(None)


def _target(response: ClientResponse, where: str) -> URL:
    location = response.headers.get("location")
    if not location:
        raise FetchFailedError("a redirect leads nowhere", where=where, status=response.status)
    return _checked(response.url.join(URL(location)), where)


def _conditions(validators: Validators) -> dict[str, str]:
    asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in asked.items() if value}


def _renewed(headers: Mapping[str, str], previous: Validators) -> Validators:
    etag, last_modified = (_sendable(headers.get(name)) for name in ("etag", "last-modified"))
    return Validators(etag=etag or previous.etag, last_modified=last_modified or previous.last_modified)


def _sendable(value: str | None) -> str | None:
    """A validator that can be sent back exactly as it came; bytes that are no UTF-8 cannot."""
    return value if value and not _UNSENDABLE.search(value) else None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, which may hold seconds or a date; None if it says nothing."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    moment, server_now = _http_date(value), _http_date(headers.get("date", ""))
    return max(0.0, (moment - (server_now or now)).total_seconds()) if moment else None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_file(path: Path, validators: Validators, ceiling: int) -> Fetched:
    """A file, with the hash of its content as validator: times of files are coarse, and copied along."""
    try:
        details = path.stat()
        if not stat.S_ISREG(details.st_mode):
            raise FetchFailedError("this is not a regular file", where=str(path))
        if details.st_size > ceiling:
            raise FetchFailedError(f"the file is larger than {ceiling} bytes", where=str(path))
        body = path.read_bytes()
    except OSError as error:
        remedy = "Correct the feed's url, which is relative to the configuration file"
        raise FetchFailedError(f"cannot be read: {error.strerror}", where=str(path), remedy=remedy) from error
    now_valid = Validators(etag=f"sha256:{hashlib.sha256(body).hexdigest()}")
    same = now_valid == validators
    return Fetched(
        status=FetchStatus.NOT_MODIFIED if same else FetchStatus.OK,
        body=b"" if same else body,
        headers={},
        url=str(path),
        validators=now_valid,
    )
