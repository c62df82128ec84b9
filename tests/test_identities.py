"""A feed whose guids rotate from poll to poll: its articles stay its articles, and their edits are edits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import config
from archive.ledger.engine import reading
from archive.pipeline import open_archive, utc_now
from archive.polling import Poller
from archive.views.projections import catch_up

ITEM = """<item><guid isPermaLink="false">{guid}</guid><link>https://wire.example/{n}</link><title>Article {n}</title>
<pubDate>Mon, 05 Feb 2024 09:00:00 GMT</pubDate><description>{text} of the coast, number {n}.</description></item>"""


@pytest.mark.parametrize("rotating", [True, False], ids=["rotating", "steady"])
def test_fifty_entries_are_fifty_articles_however_often_they_are_polled(
    tmp_path: Path, sqlite_url: str, rotating: bool
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"archive: {{database: '{sqlite_url}'}}\nfeeds: [{{id: wire, url: wire.xml, full_text: never}}]\n")

    async def polled() -> list[tuple[int, int]]:
        archive = open_archive(config.load(path, {}), utc_now())
        told = []
        async with Poller(archive) as poller:
            for round_ in range(4):
                items = "".join(
                    ITEM.format(
                        guid=f"{round_}-{n}" if rotating else n, n=n, text="Edited news" if n == round_ else "News"
                    )
                    for n in range(round_, 50 + round_)
                )
                (tmp_path / "wire.xml").write_text(f"<rss version='2.0'><channel>{items}</channel></rss>")
                done = await poller.poll(archive.config.feeds[0], force=True)
                told.append((done.new, done.revised))
        catch_up(archive.engine, archive.ledger)
        with reading(archive.engine) as connection:
            entries = connection.execute(text("SELECT count(DISTINCT article) FROM article_rows")).scalar_one()
        archive.close()
        return [*told, (entries, 0)]

    assert asyncio.run(polled()) == [(50, 0), (1, 1), (1, 1), (1, 1), (53, 0)]
