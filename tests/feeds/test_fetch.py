"""Fetching: what a polite client sends, what it takes, and what it refuses."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from archive.feeds.fetch import Fetched, Fetcher, FetchFailedError, FetchStatus, Limits, Validators, retry_after
from tests.feeds.server import Handler, send, serve

T = TypeVar("T")
LOOPBACK = ["127.0.0.1"]
SMALL = Limits(seconds=20.0, connect_seconds=10.0, wire_bytes=20_000, body_bytes=50_000)
BODY = b"<rss version='2.0'><channel><title>Wire</title></channel></rss>"


def using(handler: Handler, ask: Callable[[Fetcher, str], Awaitable[T]], **settings: Any) -> T:
    """Run one conversation between a fetcher and a server."""

    async def conversation() -> T:
        options = {"allow": LOOPBACK, "limits": SMALL, **settings}
        async with serve(handler) as base, Fetcher(**options) as fetcher:
            return await ask(fetcher, base)

    return asyncio.run(conversation())


def fetching(path: str = "/feed", validators: Validators | None = None) -> Callable[[Fetcher, str], Awaitable[Fetched]]:
    return lambda fetcher, base: fetcher.fetch(base + path, validators or Validators())


def answering(
    body: bytes = BODY,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    seen: list[web.BaseRequest] | None = None,
) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if seen is not None:
            seen.append(request)
        return web.Response(body=body, status=status, headers=headers)

    return handler


def routing(routes: Mapping[str, tuple[int, str]]) -> Handler:
    """Redirects by path: status and target; any other path answers with BODY."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        status, target = routes.get(request.path, (200, ""))
        return web.Response(status=status, headers={"Location": target}) if target else web.Response(body=BODY)

    return handler


def test_an_answer_comes_with_its_body_headers_and_validators() -> None:
    seen: list[web.BaseRequest] = []
    headers = {"ETag": 'W/"x, y"', "Last-Modified": "Mon, 26 Feb 2024 10:00:00 GMT", "Content-Type": "text/xml"}
    fetched = using(answering(headers=headers, seen=seen), fetching(), contact="editor@example.org")
    assert (fetched.status, fetched.body, fetched.moved_to) == (FetchStatus.OK, BODY, None)
    assert fetched.headers["content-type"] == "text/xml"
    assert fetched.validators == Validators(etag='W/"x, y"', last_modified="Mon, 26 Feb 2024 10:00:00 GMT")
    assert seen[0].headers["User-Agent"].startswith("StatementArchive/")
    assert "(+editor@example.org)" in seen[0].headers["User-Agent"]
    assert "If-None-Match" not in seen[0].headers


def test_validators_go_back_exactly_as_they_came_and_304_keeps_them() -> None:
    seen: list[web.BaseRequest] = []
    given = Validators(etag='W/"x, y"', last_modified="yesterday, says the server")
    fetched = using(answering(b"", 304, seen=seen), fetching(validators=given))
    assert (fetched.status, fetched.body, fetched.validators) == (FetchStatus.NOT_MODIFIED, b"", given)
    assert seen[0].headers["If-None-Match"] == 'W/"x, y"'
    assert seen[0].headers["If-Modified-Since"] == "yesterday, says the server"


def test_new_validators_replace_the_old_ones_and_absent_ones_clear_them() -> None:
    fetched = using(answering(headers={"ETag": '"new"'}), fetching(validators=Validators(last_modified="old")))
    assert fetched.validators == Validators(etag='"new"')


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    with pytest.raises(FetchFailedError, match="304"):
        using(answering(b"", 304), fetching())


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 429, 500, 503])
def test_other_answers_fail_with_their_status(status: int) -> None:
    with pytest.raises(FetchFailedError, match=str(status)) as caught:
        using(answering(b"", status), fetching())
    assert caught.value.status == status
    assert caught.value.where


def test_a_server_that_asks_us_to_wait_is_heard() -> None:
    with pytest.raises(FetchFailedError) as caught:
        using(answering(b"", 429, {"Retry-After": "120"}), fetching())
    assert (caught.value.status, caught.value.retry_after) == (429, 120.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "90"}, 90.0),
        ({"retry-after": "Mon, 26 Feb 2024 10:02:00 GMT"}, 120.0),
        ({"retry-after": "Mon, 26 Feb 2024 10:02:00 GMT", "date": "Mon, 26 Feb 2024 10:01:00 GMT"}, 60.0),
        ({"retry-after": "Mon, 26 Feb 2024 09:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_servers_own_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, datetime(2024, 2, 26, 10, 0, tzinfo=UTC)) == seconds


def test_permanent_redirects_move_the_feed_up_to_the_first_temporary_one() -> None:
    routes = {"/feed": (301, "/b"), "/b": (308, "c?x=1"), "/c": (302, "/d"), "/d": (301, "/e")}
    fetched = using(routing(routes), fetching())
    assert fetched.moved_to
    assert fetched.moved_to.endswith("/c?x=1")
    assert fetched.url.endswith("/e")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_temporary_redirects_move_nothing(status: int) -> None:
    fetched = using(routing({"/feed": (status, "/b")}), fetching())
    assert (fetched.moved_to, fetched.body) == (None, BODY)


def test_five_redirects_are_followed_and_six_are_not() -> None:
    routes = {f"/{n}": (302, f"/{n + 1}") for n in range(6)}
    assert using(routing(routes), fetching("/1")).body == BODY
    with pytest.raises(FetchFailedError, match="more than 5 redirects"):
        using(routing(routes), fetching("/0"))


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://h.example/", "javascript:0", "http://", "http://[::1/", "//"]
)
def test_redirects_to_anything_but_http_are_refused(target: str) -> None:
    with pytest.raises(FetchFailedError):
        using(routing({"/feed": (302, target)}), fetching())


def test_a_redirect_that_leads_nowhere_is_a_failure() -> None:
    with pytest.raises(FetchFailedError, match="leads nowhere") as caught:
        using(answering(b"", 302), fetching())
    assert caught.value.status == 302


def test_a_redirect_takes_no_credentials_along() -> None:
    seen: list[web.BaseRequest] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(request)
        target = f"http://user:secret@{request.host}/b"
        return web.Response(status=302, headers={"Location": target}) if request.path == "/feed" else web.Response()

    using(handler, fetching())
    assert "Authorization" not in seen[1].headers


COMPRESSED = {
    "gzip": ("gzip", gzip.compress(BODY)),
    "two gzip members": ("x-gzip", gzip.compress(BODY[:10]) + gzip.compress(BODY[10:])),
    "gzip with padding": ("gzip", gzip.compress(BODY) + b"\0\0padding"),
    "deflate": ("deflate", zlib.compress(BODY)),
    "deflate without its header": ("deflate", zlib.compress(BODY, wbits=-15)),
    "no compression": ("identity", BODY),
}


@pytest.mark.parametrize("case", COMPRESSED)
def test_compressed_bodies_are_read(case: str) -> None:
    encoding, encoded = COMPRESSED[case]
    fetched = using(answering(encoded, headers={"Content-Encoding": encoding}), fetching())
    assert fetched.body == BODY


DAMAGED = {
    "a gzip body cut short": ("gzip", gzip.compress(BODY)[:-9], "cut short"),
    "a gzip body without its checksum": ("gzip", gzip.compress(BODY)[:-4], "cut short"),
    "a gzip body that is none": ("gzip", BODY, "damaged"),
    "an encoding nobody asked for": ("br", BODY, "nobody asked for"),
    "two encodings": ("gzip, gzip", gzip.compress(gzip.compress(BODY)), "nobody asked for"),
    "a bomb": ("gzip", gzip.compress(b"\0" * 10_000_000), "unfolds to more than 50000"),
    "bombs in a row": ("gzip", gzip.compress(b"\0" * 30_000) * 3, "unfolds to more than 50000"),
    "a body that is too large": ("identity", b"x" * 20_001, "larger than 20000"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_bodies_that_are_damaged_or_too_large_are_failures(case: str) -> None:
    encoding, body, reason = DAMAGED[case]
    with pytest.raises(FetchFailedError, match=reason):
        using(answering(body, headers={"Content-Encoding": encoding}), fetching())


RAW = {
    "a body shorter than it says": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",),
    "chunks that stop": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",),
    "something that is not HTTP": (b"\x16\x03\x01 hello\r\n\r\n",),
    "nothing": (b"",),
    "a header that never ends": (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,),
}


@pytest.mark.parametrize("case", RAW)
def test_answers_that_break_off_are_failures(case: str) -> None:
    async def ask() -> None:
        async with send(*RAW[case]) as url, Fetcher(allow=LOOPBACK, limits=SMALL) as fetcher:
            await fetcher.fetch(url)

    with pytest.raises(FetchFailedError):
        asyncio.run(ask())


def test_a_slow_drip_does_not_hold_a_worker() -> None:
    async def ask() -> None:
        drip = (b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 100)
        limits = Limits(seconds=0.4)
        async with send(*drip, pause=0.1) as url, Fetcher(allow=LOOPBACK, limits=limits) as fetcher:
            await fetcher.fetch(url)

    with pytest.raises(FetchFailedError, match=r"no complete answer within 0\.4 s"):
        asyncio.run(ask())


def test_one_host_is_not_asked_more_at_a_time_than_the_limit_and_waiting_costs_no_deadline() -> None:
    at_once, most = 0, 0

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.3)
        at_once -= 1
        return web.Response(body=BODY)

    async def ask(fetcher: Fetcher, base: str) -> list[Fetched]:
        return await asyncio.gather(*(fetcher.fetch(f"{base}/{n}") for n in range(10)))

    answers = using(handler, ask, limits=Limits(seconds=1.2, per_host=2))
    assert [fetched.body for fetched in answers] == [BODY] * 10
    assert most == 2


REFUSED = r"not a public address.*archive\.allow|not a canonical|Domain name not found"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
    ],
)
def test_inner_addresses_are_refused_however_they_are_spelt(url: str) -> None:
    async def ask() -> None:
        async with Fetcher(limits=SMALL) as fetcher:
            await fetcher.fetch(url)

    with pytest.raises(FetchFailedError, match=REFUSED):
        asyncio.run(ask())


class Rebinding(AbstractResolver):
    """A name server under the attacker's hand: every name is at home."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


def test_a_public_name_with_an_inner_address_is_refused() -> None:
    async def ask() -> None:
        async with Fetcher(resolver=Rebinding(), limits=SMALL) as fetcher:
            await fetcher.fetch("http://feeds.example/rss")

    with pytest.raises(FetchFailedError, match="not a public address"):
        asyncio.run(ask())


def test_a_redirect_to_an_inner_address_is_refused() -> None:
    with pytest.raises(FetchFailedError, match=r"127\.0\.0\.2 is not a public address"):
        using(routing({"/feed": (302, "http://127.0.0.2/")}), fetching())


def test_a_host_that_is_allowed_by_name_is_reached_and_others_at_its_address_are_not() -> None:
    async def ask(host: str) -> bytes:
        async with serve(answering()) as base, Fetcher(allow=["Wire.Inner"], resolver=Rebinding()) as fetcher:
            return (await fetcher.fetch(base.replace("127.0.0.1", host))).body

    assert asyncio.run(ask("wire.inner")) == BODY
    with pytest.raises(FetchFailedError, match="not a public address"):
        asyncio.run(ask("other.example"))


def test_a_server_that_is_not_there_is_a_failure_with_its_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"

        async def ask() -> None:
            async with Fetcher(allow=LOOPBACK, limits=SMALL) as fetcher:
                await fetcher.fetch(url)

        with pytest.raises(FetchFailedError, match="cannot connect") as caught:
            asyncio.run(ask())
    assert caught.value.where == url


@pytest.mark.parametrize(
    "url", ["ftp://h.example/", "mailto:a@b.example", "http:///x", "https://exa mple/", "http://h:99999/"]
)
def test_what_is_no_usable_url_is_a_failure(url: str) -> None:
    async def ask() -> None:
        async with Fetcher() as fetcher:
            await fetcher.fetch(url)

    with pytest.raises(FetchFailedError):
        asyncio.run(ask())


def test_a_page_must_come_over_http_and_be_text(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for url in (str(secret), f"file://{secret}"):
        with pytest.raises(FetchFailedError, match="not an http"):
            using(answering(), lambda fetcher, _, url=url: fetcher.page(url))  # type: ignore[misc]
    with pytest.raises(FetchFailedError, match="not text but image/png"):
        using(answering(headers={"Content-Type": "image/png"}), lambda fetcher, base: fetcher.page(base))
    page = using(answering(headers={"Content-Type": "Text/HTML; charset=utf-8"}), lambda f, base: f.page(base))
    assert page.body == BODY


def of_file(path: Path, validators: Validators | None = None, limits: Limits = SMALL) -> Fetched:
    async def ask() -> Fetched:
        async with Fetcher(limits=limits) as fetcher:
            return await fetcher.fetch(str(path), validators or Validators())

    return asyncio.run(ask())


def test_a_file_is_read_when_its_content_has_changed_whatever_its_times_say(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(BODY)
    first = of_file(path)
    assert (first.status, first.body, first.url) == (FetchStatus.OK, BODY, str(path))
    path.touch()
    again = of_file(path, first.validators)
    assert (again.status, again.body, again.validators) == (FetchStatus.NOT_MODIFIED, b"", first.validators)
    path.write_bytes(BODY + b"\n")
    assert of_file(path, first.validators).body == BODY + b"\n"


def test_files_that_cannot_be_read_are_failures(tmp_path: Path) -> None:
    with pytest.raises(FetchFailedError, match="No such file"):
        of_file(tmp_path / "none.xml")
    with pytest.raises(FetchFailedError, match="not a regular file"):
        of_file(tmp_path)
    with pytest.raises(FetchFailedError, match="not a regular file"):
        of_file(Path("/dev/zero"))
    large = tmp_path / "large.xml"
    large.write_bytes(b"x" * 50_001)
    with pytest.raises(FetchFailedError, match="larger than 50000 bytes"):
        of_file(large)
