"""Pages are looked at again: silent edits are revisions, removals events, statements follow or lose their place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import pytest
from aiohttp import web
from sqlalchemy import text

from archive import checks, config
from archive.feeds.recheck import LADDER, Page, Sight, due_after, sight
from archive.ledger.engine import reading, writing
from archive.pipeline import Archive, open_archive
from archive.polling import Poller
from archive.rechecking import Rechecker
from archive.views.projections import catch_up
from archive.views.rebuild import rebuild
from tests.feeds.server import serve

START = datetime(2024, 3, 1, 12, tzinfo=UTC)
CONFIG = """\
archive: {{database: "{database}", allow: [127.0.0.1]}}
feeds:
  - {{id: wire, url: "{url}/feed", title: Norland Wire, full_text: always}}
topics:
  - {{id: harbour-toll, proposition: The harbour toll should be abolished, terms: [harbour toll]}}
"""
FEED = """<rss version="2.0"><channel><title>Norland Wire</title><item><guid>1</guid><title>Toll</title>
<link>{url}/story</link><pubDate>Fri, 01 Mar 2024 09:00:00 GMT</pubDate></item></channel></rss>"""
STORY: tuple[str, ...] = (
    "<p>Norland's Minister of Ports Ada Quill spoke in Tarnhaven on Friday, before the congress of shippers.</p>",
    "<p>“The harbour toll must stay,” Quill said. The toll was introduced in 2015 to pay for the eastern pier.</p>",
    "<p>Mayor Ben Hale said that he opposed the abolition of the harbour toll. He has run Kestrel Bay since 2011.</p>",
    "<p>“Nobody has asked the fishermen of this coast,” said Cara Dunn, who leads their union of some 200 boats.</p>",
)


class Site:
    """An outlet with one feed and one page, which it may edit, answer otherwise, or take down."""

    def __init__(self) -> None:
        self.page, self.status, self.asked, self.conditional = STORY, 200, 0, 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        url = f"http://{request.host}"
        if request.path == "/feed":
            return web.Response(text=FEED.format(url=url), content_type="application/rss+xml")
        if request.path != "/story":
            return web.Response(status=404)
        self.asked += 1
        etag = f'"{abs(hash(self.page))}"'
        if request.headers.get("If-None-Match") == etag and self.status == 200:
            self.conditional += 1
            return web.Response(status=304, headers={"ETag": etag})
        body = f"<html><title>Toll</title><body><article><h1>Toll</h1>{''.join(self.page)}</article></body></html>"
        return web.Response(text=body, content_type="text/html", status=self.status, headers={"ETag": etag})


class Run:
    """An archive over a site, with a clock that is turned by hand."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self.archive, self.site, self.clock = archive, site, START

    async def poll(self) -> None:
        async with Poller(self.archive, now=lambda: self.clock) as poller:
            await poller.poll(self.archive.config.feeds[0], force=True)
        catch_up(self.archive.engine, self.archive.ledger)

    async def after(self, wait: timedelta) -> Counter[str]:
        """Let time pass, and look at what is due by then."""
        self.clock += wait
        async with Poller(self.archive, now=lambda: self.clock) as poller:
            looked = await Rechecker(poller).run()
        catch_up(self.archive.engine, self.archive.ledger)
        return looked

    def effects(self) -> list[tuple[int, str, str, str | None, str | None]]:
        query = "SELECT revision, step, effect, old_quote, new_quote FROM revision_effects ORDER BY position, effect"
        with reading(self.archive.engine) as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def articles(self) -> list[tuple[int, str | None]]:
        with reading(self.archive.engine) as connection:
            rows = connection.execute(text("SELECT revision, removed_reason FROM articles ORDER BY position"))
            return [tuple(row) for row in rows]


Stage: TypeAlias = Callable[[Callable[[Run], Awaitable[None]]], None]


@pytest.fixture
def run(tmp_path: Path, sqlite_url: str) -> Iterator[Stage]:
    """Runs a story against a site that is being served."""
    yield from stage(tmp_path, sqlite_url)


@pytest.fixture
def run_on_each(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    """The same on each database."""
    yield from stage(tmp_path, database_url)


def stage(tmp_path: Path, database_url: str) -> Iterator[Stage]:
    opened: list[Archive] = []

    def told(story: Callable[[Run], Awaitable[None]]) -> None:
        async def served() -> None:
            site = Site()
            async with serve(site.answer) as url:
                path = tmp_path / "feeds.yaml"
                path.write_text(CONFIG.format(database=database_url, url=url))
                opened.append(open_archive(config.load(path, {}), START))
                one = Run(opened[-1], site)
                await one.poll()
                await story(one)

        asyncio.run(served())

    yield told
    for archive in opened:
        archive.close()


def test_an_article_edited_twice_and_then_removed_tells_what_became_of_each_statement(
    run_on_each: Stage,
) -> None:
    async def story(run: Run) -> None:
        assert await run.after(timedelta(minutes=5)) == {}
        first, second, third, fourth = STORY
        run.site.page = (second.replace("must stay", "may stay"), first, third, fourth)
        assert await run.after(timedelta(minutes=11)) == {"revised": 1}
        run.site.page = (second.replace("must stay", "may stay"), first, "<p>More is to follow tomorrow.</p>")
        assert await run.after(timedelta(hours=1)) == {"revised": 1}
        run.site.status = 404
        assert [await run.after(wait) for wait in (timedelta(hours=2), timedelta(minutes=16), timedelta(hours=1))] == [
            {"gone": 1},
            {"gone": 1},
            {"removed": 1},
        ]
        gone = "the server answers 404, seen 3 times"
        assert run.articles() == [(1, gone), (2, gone), (3, gone)]
        told = {(revision, step, effect) for revision, step, effect, _, _ in run.effects()}
        assert (2, "revised", "changed") in told
        assert (2, "revised", "reanchored") in told
        assert (3, "revised", "vanished") in told
        assert (3, "removed", "vanished") in told
        changed = [(old, new) for revision, _, effect, old, new in run.effects() if effect == "changed"]
        assert changed == [("The harbour toll must stay", "The harbour toll may stay")]
        assert rebuild(run.archive.engine, run.archive.ledger, check=True) == []

    run_on_each(story)


def test_what_is_not_edited_costs_one_conditional_request_a_rung_and_no_event(
    run: Stage,
) -> None:
    async def story(run: Run) -> None:
        size = run.archive.ledger.size()
        waits = [LADDER[0], *(later - earlier for earlier, later in pairwise(LADDER))]
        looks = [await run.after(wait) for wait in waits]
        assert looks == [{"same": 1}] * len(LADDER)
        assert (run.site.asked, run.site.conditional) == (1 + len(LADDER), len(LADDER) - 1)
        assert await run.after(timedelta(days=40)) == {}
        assert run.archive.ledger.size() == size

    run(story)


def test_a_page_that_is_back_before_it_was_missed_often_enough_was_never_removed(
    run: Stage,
) -> None:
    async def story(run: Run) -> None:
        run.site.status = 404
        assert await run.after(timedelta(minutes=16)) == {"gone": 1}
        run.site.status = 503
        assert await run.after(timedelta(minutes=16)) == {"failed": 1}
        run.site.status = 200
        assert await run.after(timedelta(hours=8)) == {"same": 1}
        assert run.articles() == [(1, None)]

    run(story)


def test_a_removed_article_that_comes_back_is_a_revision_with_its_statements_unchanged(
    run: Stage,
) -> None:
    async def story(run: Run) -> None:
        run.site.status = 410
        assert await run.after(timedelta(minutes=16)) == {"gone": 1}
        assert await run.after(timedelta(minutes=16)) == {"removed": 1}
        run.site.status = 200
        assert await run.after(timedelta(hours=1)) == {"revised": 1}
        assert [revision for revision, _ in run.articles()] == [1, 2]
        assert {effect for revision, step, effect, _, _ in run.effects() if step == "revised"} == {"unchanged"}

    run(story)


def test_a_text_that_has_shrunk_to_a_fraction_must_be_seen_twice(
    run: Stage,
) -> None:
    async def story(run: Run) -> None:
        run.site.page = ("<p>Please accept our cookies to read on, dear reader.</p>",)
        assert await run.after(timedelta(minutes=16)) == {"shrunk": 1}
        run.site.page = STORY
        assert await run.after(timedelta(minutes=16)) == {"same": 1}
        run.site.page = ("<p>This article was withdrawn by the editors.</p>",)
        assert await run.after(timedelta(hours=3)) == {"shrunk": 1}
        assert await run.after(timedelta(minutes=16)) == {"revised": 1}

    run(story)


def test_two_who_look_share_the_work(run: Stage) -> None:
    async def story(run: Run) -> None:
        later = START + timedelta(hours=1)
        with writing(run.archive.engine) as connection:
            checks.enrol(connection, ["wire"], START, None)
            terms = {"most": 5, "feeds": ["wire"], "until": later + timedelta(minutes=10)}
            first = checks.claim(connection, "one", later, **terms)  # type: ignore[arg-type]
            second = checks.claim(connection, "two", later, **terms)  # type: ignore[arg-type]
        assert (len(first), len(second)) == (1, 0)

    run(story)


def page(text: str, title: str = "Toll", final: str = "https://wire.example/story") -> Page:
    return Page("https://wire.example/story", final, title, text)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (page("x" * 900), Sight.TEXT),
        (page("x" * 200), Sight.SHRUNK),
        (page(""), Sight.UNREADABLE),
        (page("Sorry, this page could not be found.", "404"), Sight.GONE),
        (page("The article you asked for is no longer available."), Sight.GONE),
        (page("x" * 900, "Suspect not found"), Sight.TEXT),
        (page("x" * 900, final="https://wire.example/"), Sight.GONE),
        (page("x" * 900, final="https://wire.example/story/"), Sight.TEXT),
    ],
)
def test_what_a_page_shows(seen: Page, expected: Sight) -> None:
    assert sight(seen, 1000) is expected


def test_the_ladder_has_an_end_and_missed_rungs_count_as_one() -> None:
    assert due_after(START, START) == START + timedelta(minutes=15)
    assert due_after(START, START + timedelta(hours=5)) == START + timedelta(days=1)
    assert due_after(START, START + timedelta(days=30)) is None
