"""A server with every fault that feeds are known for, one at each path, and what must come of each."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

Answer: TypeAlias = Callable[["Asked"], Iterator[bytes | float]]
"""The chunks of an answer; a number is a pause in seconds."""


@dataclass(frozen=True)
class Asked:
    """A request: its path, its headers in lower case, and how often the path was asked for before."""

    path: str
    headers: Mapping[str, str]
    before: int


@dataclass(frozen=True)
class Fault:
    """What the server does, and the row that a poll must give: result, and how many were new and held back.

    ``error`` is a pattern of the failure; ``url`` stands in for the server's own where the fault is the address.
    """

    name: str
    answer: Answer | None = None
    result: str = "failed"
    new: int = 0
    held_back: int = 0
    error: str = ""
    url: str | None = None


def head(status: int = 200, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} So", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")


def whole(body: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda _: iter([head(status, Content_Length=str(len(body)), **headers), body])


def raw(*chunks: bytes | float) -> Answer:
    return lambda _: iter(chunks)


def item(n: int, *, guid: str | None = None, inner: str = "") -> str:
    text = f"<description>The pilots of Tarnhaven counted {n} ships.</description>"
    return f"<item><guid>{guid or n}</guid><link>https://w.example/{n}</link><title>N {n}</title>{text}{inner}</item>"


def feed(*items: str, before: str = "", inner: str = "") -> bytes:
    return f'{before}<rss version="2.0"><channel><title>Wire</title>{inner}{"".join(items)}</channel></rss>'.encode()


TWO = feed(item(1), item(2))
LATIN = TWO.replace(b"pilots", b"pil\xf4ts")
PACKED = gzip.compress(TWO)
DAMAGED = PACKED[:30] + b"!!!!" + PACKED[34:]
BOMB = gzip.compress(bytes(2**20), 9) * 1024
LAUGHS = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
DOCTYPE = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">{LAUGHS}]>'
XXE = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
ILLEGAL = feed(item(1, inner="<author>&#0;&#x1F;&#xFFFF;&#xD800;</author>"), item(2, inner="<author>\x01\x0b</author>"))
CHUNKED = head(Transfer_Encoding="chunked")
INNER = "is not a public address"
HTML = b"<!doctype html><html><head><title>Sorry</title></head><body><p>Be right back.</p></body></html>"


def looping(asked: Asked) -> Iterator[bytes | float]:
    yield head(302, Location=asked.path, Content_Length="0")


def endless(_: Asked) -> Iterator[bytes | float]:
    yield head()
    while True:
        yield b"x" * 65536


def dripping(_: Asked) -> Iterator[bytes | float]:
    yield head()
    while True:
        yield b" "
        yield 0.05


def unchanged_for_ever(asked: Asked) -> Iterator[bytes | float]:
    if "if-none-match" in asked.headers:
        yield head(304, ETag='"for ever"')
    else:
        yield from whole(feed(*(item(n) for n in range(asked.before + 1))), ETag='"for ever"')(asked)


def rotating(asked: Asked) -> Iterator[bytes | float]:
    return whole(feed(*(item(n, guid=f"{asked.before}-{n}") for n in range(3))))(asked)


def strange_tag(asked: Asked) -> Iterator[bytes | float]:
    yield b'HTTP/1.1 200 OK\r\nETag: "\xe9\xff"\r\nConnection: close\r\n\r\n'
    yield feed(item(asked.before))


FAULTS = [
    Fault("nothing-wrong", whole(TWO), "ok", new=2),
    Fault("redirect-loop", looping, error="more than 5 redirects"),
    Fault("redirect-to-ftp", whole(b"", 302, Location="ftp://h.example/feed"), error="not an http"),
    Fault("redirect-to-a-file", whole(b"", 301, Location="file:///etc/passwd"), error="not an http"),
    Fault("redirect-nowhere", whole(b"", 302), error="leads nowhere"),
    Fault("redirect-inside", whole(b"", 302, Location="http://127.0.0.2/"), error=INNER),
    Fault("redirect-to-metadata", whole(b"", 302, Location="http://169.254.169.254/latest/"), error=INNER),
    Fault("rebinding", url="http://rebinding.example/feed", error=INNER),
    Fault("octal-and-hex", url="http://0xa.1/", error=f"{INNER}|canonical|Domain name not found|resolve"),
    Fault("private", url="http://10.0.0.1/", error=INNER),
    Fault("shared-space", url="http://100.64.0.1/", error=INNER),
    Fault("mapped", url="http://[::ffff:10.0.0.1]/", error=INNER),
    Fault("nat64", url="http://[64:ff9b::a00:1]/", error=INNER),
    Fault("6to4", url="http://[2002:a00:1::1]/", error=INNER),
    Fault("teredo", url="http://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/", error=INNER),
    Fault("multicast", url="http://224.0.0.1/", error=INNER),
    Fault("unspecified", url="http://0.0.0.0/", error=INNER),
    Fault("silent", raw(30.0), error="no answer within"),
    Fault("headers-drip", raw(b"HTTP/1.1 200 OK\r\n", 30.0), error="no answer within"),
    Fault("body-drips", dripping, error="no complete answer within"),
    Fault("hangs-up", raw(), error="fetch failed"),
    Fault("not-http", raw(b"\x16\x03\x01 hello\r\n\r\n"), error="fetch failed"),
    Fault("header-without-end", raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000), error="fetch failed"),
    Fault("gzip-bomb", raw(head(Content_Encoding="gzip"), BOMB), error="unfolds to more than"),
    Fault("deflate-bomb", raw(head(Content_Encoding="deflate"), zlib.compress(bytes(2**26))), error="unfolds to more"),
    Fault("gzip-cut-short", raw(head(Content_Encoding="gzip"), PACKED[:-9]), error="cut short"),
    Fault("gzip-damaged", raw(head(Content_Encoding="gzip"), DAMAGED), error="damaged|cut short"),
    Fault("gzip-that-is-none", raw(head(Content_Encoding="gzip"), TWO), error="damaged"),
    Fault("encoding-nobody-asked-for", raw(head(Content_Encoding="br"), TWO), error="nobody asked for"),
    Fault("shorter-than-it-says", raw(head(Content_Length="9999"), TWO), error="fetch failed"),
    Fault("chunks-that-stop", raw(CHUNKED, b"5\r\nshort\r\n"), error="fetch failed"),
    Fault("chunks-that-are-none", raw(CHUNKED, b"zz\r\nshort\r\n"), error="fetch failed"),
    Fault("body-without-end", endless, error="larger than"),
    Fault("html-as-200", whole(HTML, Content_Type="text/html"), error="no feed"),
    Fault("empty-as-200", whole(b""), error="no feed"),
    Fault("json-that-is-no-feed", whole(b'{"error": "down"}'), error="no JSON Feed"),
    Fault("a-picture", whole(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), error="no feed"),
    Fault("not-found", whole(b"", 404), error="404"),
    Fault("server-error", whole(b"", 500), error="500"),
    Fault("wants-a-password", whole(b"", 401, WWW_Authenticate='Basic realm="x"'), error="401"),
    Fault("304-unasked", whole(b"", 304), error="304"),
    Fault("too-many-requests", whole(b"", 429, Retry_After="7200"), error="429"),
    Fault("gone", whole(b"", 410), error="410"),
    Fault("billion-laughs", whole(feed(item(1, inner="<author>&j;</author>"), before=DOCTYPE)), "ok", new=1),
    Fault("external-entity", whole(feed(item(1, inner="<author>&x;</author>"), before=XXE)), "ok", new=1),
    Fault("illegal-references", whole(ILLEGAL), "ok", new=2),
    Fault("charset-that-lies", whole(LATIN, Content_Type="text/xml; charset=utf-8"), "ok", new=2),
    Fault("charset-nobody-knows", whole(TWO, Content_Type="text/xml; charset=x-klingon"), "ok", new=2),
    Fault("encoding-that-lies", whole(b'<?xml version="1.0" encoding="utf-16"?>' + TWO), "ok", new=2),
    Fault("no-xml-type", whole(TWO, Content_Type="application/octet-stream"), "ok", new=2),
    Fault("unclosed-and-unescaped", whole(feed(item(1, inner="<author>A & B < C</author>"), item(2))), "ok", new=2),
    Fault("guids-all-alike", whole(feed(*(item(n, guid="same") for n in range(3)))), "ok", new=3),
    Fault("guids-rotating", rotating, "ok", new=3),
    Fault("304-for-ever", unchanged_for_ever, "ok", new=1),
    Fault("etag-of-strange-bytes", strange_tag, "ok", new=1),
    Fault("breaks-off", whole(TWO[: TWO.rindex(b"counted")]), "ok", new=1, held_back=1),
    Fault("entry-of-nothing", whole(feed("<item></item>", item(1))), "ok", new=1, held_back=1),
    Fault("flood-of-nothing", whole(feed("<item/>" * 20_001)), error="more than 20000 entries"),
    Fault("deep-as-a-well", whole(feed(item(1, inner="<a>" * 100_000))), "ok", new=1),
    Fault("doctype-without-end", whole(b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>\n" * 20_000 + TWO), "ok", new=2),
]


@asynccontextmanager
async def faulty(extra: Mapping[str, Answer] | None = None) -> AsyncIterator[str]:
    """The server; yields its address without a final slash."""
    answers: dict[str, Answer] = {f"/{fault.name}": fault.answer for fault in FAULTS if fault.answer} | dict(
        extra or {}
    )
    asked: Counter[str] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = request.strip().split("\r\n")
            path = first.split()[1]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            for chunk in answers.get(path, whole(b"", 404))(Asked(path, headers, asked[path])):
                if isinstance(chunk, float):
                    await asyncio.sleep(chunk)
                else:
                    writer.write(chunk)
                    await writer.drain()
            asked[path] += 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has had enough, as it should
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
