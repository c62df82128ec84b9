"""Poll 200 feeds of 50 entries over loopback, beside the library `reader`: ``python -m benchmarks.polling [--quick]``.

What counts is CPU time, children included. Each contender runs in a process of its own, the server in a third; a cold
pass stores everything, the next finds nothing changed (304). Nobody reads the articles; the archive also brings
its projections up to date. What it takes to tell which articles are copies is measured apart: `reader` does not.

Once with entries that carry their full texts as HTML, in RSS, and once with short ones, of two sentences, in RSS and
Atom, plain and with a link in them by turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from archive import config, copies
from archive.model import Reading
from archive.pipeline import open_archive
from archive.polling import Poller
from archive.views.projections import catch_up

FEEDS, ENTRIES = 200, 50
FIRST = datetime(2024, 2, 1, 8, tzinfo=UTC)
SENTENCE = (
    'The council of <a href="/places/tarnhaven">Tarnhaven</a> met on the quay and heard what the <em>pilots</em> had to'
    " say about the tide of number {}. "
)
PARAGRAPHS, SENTENCES = 5, 3
KINDS = ("full", "short")
WORDS = [
    "harbour", "council", "pilot", "tide", "quay", "ferry", "minister", "barrier", "budget", "storm", "vote",
    "market", "bridge", "report", "school", "winter", "grain", "signal", "river", "meeting", "garden", "engine",
    "letter", "captain", "village", "price", "union", "court", "paper", "glass",
]  # fmt: skip


class Unread:
    """An extractor that finds nothing: the measure is of polling."""

    name = "unread@1"

    def read(self, text: str, **_: object) -> Reading:
        """Nothing."""
        del text
        return Reading(extractor=self.name, statements=())


def document(feed: int, kind: str = "full", entries: int = ENTRIES) -> bytes:
    """A feed whose entries carry their full texts or short ones, the newest first."""
    return _full(feed, entries) if kind == "full" else _short(feed, entries)


def _short(feed: int, entries: int) -> bytes:
    """Two sentences of invented news an entry, half of the feeds in Atom, and half of them with some markup."""
    chance = random.Random(feed)
    told = [(n, " ".join(_sentence(chance) for _ in range(2))) for n in reversed(range(entries))]
    if feed % 4 >= 2:
        told = [(n, f'<p>{text} <a href="https://feed-{feed}.example/{n}">More of it</a></p>') for n, text in told]
    if feed % 2:
        items = "".join(_atom_entry(feed, n, text) for n, text in told)
        head = f"<id>urn:feed:{feed}</id><title>Feed {feed}</title><updated>{FIRST.isoformat()}</updated>"
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{items}</feed>'.encode()
    items = "".join(_rss_item(feed, n, text) for n, text in told)
    head = f"<title>Feed {feed}</title><link>https://feed-{feed}.example/</link><description>Tides</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=14)).capitalize() + "."


def _rss_item(feed: int, n: int, text: str) -> str:
    date = (FIRST + timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (
        f"<item><guid isPermaLink='false'>feed-{feed}-{n}</guid><title>Item {n} of feed {feed}</title>"
        f"<link>https://feed-{feed}.example/{n}</link><pubDate>{date}</pubDate>"
        f"<description>{escape(text)}</description></item>"
    )


def _atom_entry(feed: int, n: int, text: str) -> str:
    date = (FIRST + timedelta(hours=n)).isoformat()
    return (
        f"<entry><id>urn:feed:{feed}:{n}</id><title>Item {n} of feed {feed}</title>"
        f'<link href="https://feed-{feed}.example/{n}"/><updated>{date}</updated>'
        f'<author><name>Ada Quill</name></author><summary type="html">{escape(text)}</summary></entry>'
    )


def _full(feed: int, entries: int) -> bytes:
    """An RSS document whose entries carry their full texts, of some 1,500 characters with links, the newest first."""
    items = "".join(_item(feed, n) for n in reversed(range(entries)))
    head = f"<title>Feed {feed}</title><link>https://feed-{feed}.example/</link><description>Tides</description>"
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f'<?xml version="1.0"?><rss version="2.0" {names}><channel>{head}{items}</channel></rss>'.encode()


def _item(feed: int, n: int) -> str:
    text = "".join(f"<p>{SENTENCE.format(n + k) * SENTENCES}</p>" for k in range(PARAGRAPHS))
    date = (FIRST + timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (
        f"<item><guid isPermaLink='false'>feed-{feed}-{n}</guid><title>Item {n} of feed {feed}</title>"
        f"<link>https://feed-{feed}.example/{n}</link><dc:creator>Ada Quill</dc:creator><category>Tides</category>"
        f"<pubDate>{date}</pubDate><description>Of the tide of number {n}.</description>"
        f"<content:encoded>{escape(text)}</content:encoded></item>"
    )


def _serve(told: Connection) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        etag = f'"{request.path}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        kind, number = request.path.strip("/").split("/")
        body = document(int(number), kind)
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": "application/xml"})

    async def forever() -> None:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        told.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(forever())


@contextmanager
def served() -> Iterator[str]:
    """A server with a feed at each number, in a process of its own; yields its address."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.terminate()
        server.join()


def ours(base: str, folder: Path, feeds: int) -> dict[str, float]:
    """The archive: seconds of CPU of a cold pass, and of one that finds nothing changed."""
    lines = [f'  - {{id: f{n}, url: "{base}/{n}", full_text: never}}' for n in range(feeds)]
    file = folder / "feeds.yaml"
    file.write_text("\n".join(["archive: {allow: [127.0.0.1]}", "feeds:", *lines]))
    archive = open_archive(config.load(file, {}), FIRST, Unread())

    async def once() -> None:
        async with Poller(archive) as poller:
            claimed = await poller.claim(archive.config.feeds, due=False)
            await asyncio.gather(*(poller.poll(feed, state) for feed, state in claimed))
        catch_up(archive.engine, archive.ledger)

    cold, unchanged = _cpu(lambda: asyncio.run(once())), _cpu(lambda: asyncio.run(once()))
    linked = _cpu(lambda: copies.link(archive.engine))
    stored = sum(one.event.type == "article.captured.v1" for one in archive.ledger.read())
    archive.close()
    return {"cold": cold, "unchanged": unchanged, "linked": linked, "stored": stored}


def theirs(base: str, folder: Path, feeds: int) -> dict[str, float]:
    """The library `reader`, by its public path."""
    from reader import make_reader  # noqa: PLC0415 - the archive's own process is to be without it

    reader: Any = make_reader(str(folder / "reader.sqlite"))
    for n in range(feeds):
        reader.add_feed(f"{base}/{n}")

    def update() -> None:
        reader.update_feeds(scheduled=False)

    cold, unchanged = _cpu(update), _cpu(update)
    stored = reader.get_entry_counts().total
    reader.close()
    return {"cold": cold, "unchanged": unchanged, "stored": stored}


CONTENDERS = {"archive": ours, "reader": theirs}


def _cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that the work takes in this process and in those it starts and ends."""

    def spent() -> float:
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)

    before = spent()
    work()
    return spent() - before


def measure(contender: str, base: str, feeds: int) -> dict[str, float]:
    """Run one contender in a process of its own, on an empty folder."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.polling",
        "--contender",
        contender,
        "--base",
        base,
        "--feeds",
        str(feeds),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert told["stored"] == feeds * ENTRIES, f"{contender} stored {told['stored']} of {feeds * ENTRIES} entries"
    return told


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """Seconds of CPU and ratios, as Markdown."""
    rows = ["| entries | pass | archive, CPU s | reader, CPU s | ratio |", "|---|---|---|---|---|"]
    for kind, of_kind in figures.items():
        for name, title in (("cold", "cold"), ("unchanged", "nothing changed")):
            a, b = (of_kind[contender][name] for contender in CONTENDERS)
            rows.append(f"| {kind} | {title} | {a:.2f} | {b:.2f} | {a / b:.2f} |")
        rows.append(f"| {kind} | copies linked | {of_kind['archive']['linked']:.2f} | – | – |")
    return "\n".join(rows)


def main() -> None:
    """Measure both and print the table; or, asked for one contender, measure it here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the feeds: for a look, not for a figure")
    parser.add_argument("--contender", choices=CONTENDERS)
    parser.add_argument("--base")
    parser.add_argument("--feeds", type=int, default=FEEDS)
    options = parser.parse_args()
    if options.contender:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(CONTENDERS[options.contender](options.base, Path(folder), options.feeds)))
        return
    feeds = options.feeds // 10 if options.quick else options.feeds
    with served() as base:
        print(table({k: {c: measure(c, f"{base}/{k}", feeds) for c in CONTENDERS} for k in KINDS}))


if __name__ == "__main__":
    main()
