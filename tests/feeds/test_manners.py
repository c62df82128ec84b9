"""Manners: robots.txt, pauses between requests, and credentials that go to nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from itertools import pairwise

import pytest
from aiohttp import web

from archive.feeds.courtesy import Courtesy
from archive.feeds.fetch import Fetcher, FetchFailedError, Limits
from archive.feeds.robots import KEPT_SECONDS, UNREACHABLE_SECONDS, Robots
from archive.model import Secret
from tests.feeds.server import serve

LOOPBACK = ["127.0.0.1"]
RULES = b"User-agent: StatementArchive\nDisallow: /private/\nCrawl-delay: 2\n"


class Site:
    """A robots.txt that may be missing, and how often it was asked for."""

    def __init__(self, status: int | None, body: bytes = RULES) -> None:
        self.status, self.body, self.asked, self.now = status, body, 0, 0.0

    async def get(self, url: str) -> bytes:
        self.asked += 1
        if self.status == 200:
            return self.body
        raise FetchFailedError("no", where=url, status=self.status)

    def allows(self, robots: Robots, path: str) -> bool:
        return asyncio.run(robots.allows(f"https://w.example{path}"))


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (None, False)])
def test_no_robots_txt_means_yes_and_an_unreachable_one_no(status: int | None, allowed: bool) -> None:
    site = Site(status)
    assert site.allows(Robots(site.get, lambda: site.now), "/1") is allowed


def test_rules_are_kept_for_a_day_and_a_copy_stands_in_where_they_cannot_be_had() -> None:
    site = Site(200)
    robots = Robots(site.get, lambda: site.now)
    assert site.allows(robots, "/1")
    assert not site.allows(robots, "/private/1")
    assert asyncio.run(robots.pause("https://w.example/1")) == 2
    assert site.asked == 1
    site.now, site.status = KEPT_SECONDS, 503
    assert site.allows(robots, "/1")
    assert not site.allows(robots, "/private/1")
    assert site.asked == 2
    site.now += UNREACHABLE_SECONDS
    site.status, site.body = 200, b""
    assert site.allows(robots, "/private/1")


def test_a_page_is_asked_for_only_where_robots_txt_lets_us() -> None:
    seen: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        seen.append(request.path)
        body = RULES.replace(b"Crawl-delay: 2\n", b"") if request.path == "/robots.txt" else b"<p>Text</p>"
        return web.Response(body=body, content_type="text/html")

    async def ask() -> None:
        async with serve(answer) as base, Fetcher(allow=LOOPBACK) as fetcher:
            assert (await fetcher.page(f"{base}/1")).body == b"<p>Text</p>"
            await fetcher.fetch(f"{base}/private/feed")
            with pytest.raises(FetchFailedError, match=r"robots\.txt does not let us"):
                await fetcher.page(f"{base}/private/1")

    asyncio.run(ask())
    assert seen == ["/robots.txt", "/1", "/private/feed"]


def test_requests_to_one_host_begin_a_pause_apart_and_others_wait_for_nothing() -> None:
    begun: list[tuple[str, float]] = []

    async def ask(courtesy: Courtesy, host: str) -> None:
        async with courtesy.turn(host):
            begun.append((host, time.monotonic()))

    async def all_at_once() -> None:
        courtesy = Courtesy(2, lambda host: 0.1 if host == "a" else 0.0)
        await asyncio.gather(*(ask(courtesy, host) for host in "aaaabbbb"))

    asyncio.run(all_at_once())
    moments = [moment for host, moment in begun if host == "a"]
    assert all(later - earlier > 0.09 for earlier, later in pairwise(moments))
    assert [host for host, _ in begun[:5]].count("b") == 4


def asked(headers: list[Mapping[str, str]]) -> list[str | None]:
    return [one.get("Authorization") for one in headers]


def test_credentials_go_to_the_feeds_own_server_and_show_nowhere() -> None:
    secret = Secret("ada:very secret")
    here: list[Mapping[str, str]] = []
    there: list[Mapping[str, str]] = []

    async def elsewhere(request: web.BaseRequest) -> web.StreamResponse:
        there.append(dict(request.headers))
        return web.Response(status=403)

    async def ask() -> str:
        async with serve(elsewhere) as other:

            async def answer(request: web.BaseRequest) -> web.StreamResponse:
                here.append(dict(request.headers))
                target = "/again" if request.path == "/feed" else f"{other}/feed"
                return web.Response(status=302, headers={"Location": target})

            async with serve(answer) as base, Fetcher(allow=LOOPBACK, limits=Limits(seconds=9)) as fetcher:
                with pytest.raises(FetchFailedError, match="403") as caught:
                    await fetcher.fetch(f"{base}/feed", auth=secret)
                return repr(caught.value)

    told = asyncio.run(ask())
    assert asked(here) == ["Basic YWRhOnZlcnkgc2VjcmV0"] * 2
    assert asked(there) == [None]
    assert "secret" not in told + repr(secret) + str(secret)


def test_a_proxy_is_asked_in_place_of_the_server_and_gets_its_own_credentials() -> None:
    seen: list[tuple[str, str | None]] = []

    async def proxy(request: web.BaseRequest) -> web.StreamResponse:
        seen.append((str(request.url), request.headers.get("Proxy-Authorization")))
        return web.Response(body=b"<rss/>")

    async def ask() -> None:
        async with serve(proxy) as base:
            via = Secret(base.replace("http://", "http://ada:pass@"))
            async with Fetcher(proxy=via) as fetcher:
                assert (await fetcher.fetch("http://far.example/feed")).body == b"<rss/>"
                with pytest.raises(FetchFailedError, match="not a public address"):
                    await fetcher.fetch("http://10.0.0.1/feed")

    asyncio.run(ask())
    assert seen == [("http://far.example/feed", "Basic YWRhOnBhc3M=")]
