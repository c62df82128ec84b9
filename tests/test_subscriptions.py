"""Feeds are added to feeds.yaml without touching anything else in it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner

from archive import config
from archive.cli import cli
from archive.errors import ConfigError, UsageError
from archive.subscriptions import Wish, add, inserted, same_feed
from tests.feeds.server import serve

NEW = "{id: n, url: x}"
TEXTS = {
    "": "feeds:\n  - {id: n, url: x}\n",
    "# nothing yet": "# nothing yet\n\nfeeds:\n  - {id: n, url: x}\n",
    "feeds:\ntopics: []\n": "feeds:\n  - {id: n, url: x}\ntopics: []\n",
    "feeds: []  # none\ntopics: []\n": "feeds:  # none\n  - {id: n, url: x}\ntopics: []\n",
    "feeds: [{id: a, url: b}]\n": "feeds: [{id: a, url: b}, {id: n, url: x}]\n",
    "feeds:\n- {id: a, url: b} # keep\n\n# topics\ntopics: []\n": (
        "feeds:\n- {id: a, url: b} # keep\n- {id: n, url: x}\n\n# topics\ntopics: []\n"
    ),
    "feeds:\n    - id: a\n      url: b   # this\n      title: |\n        Two\n        lines\n\n\ntopics: []": (
        "feeds:\n    - id: a\n      url: b   # this\n      title: |\n        Two\n        lines\n\n\n"
        "    - {id: n, url: x}\ntopics: []"
    ),
    "feeds:\n  - {id: a,\n     url: b}": "feeds:\n  - {id: a,\n     url: b}\n  - {id: n, url: x}\n",
}


@pytest.mark.parametrize("before", TEXTS, ids=range(len(TEXTS)))
def test_an_item_goes_to_the_end_of_the_list_and_everything_else_stays(before: str) -> None:
    assert inserted(before, [NEW]) == TEXTS[before]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text("archive: {allow: [127.0.0.1]}\nfeeds:\n  - {id: a, url: 'https://a.example/rss'} # mine\n")
    return path


def test_ids_are_made_and_odd_words_survive(file: Path) -> None:
    odd = 'On: "#1" — {no}, \\ & co'
    wishes = [Wish(url="https://www.b.example/x", title=title) for title in (odd, "no", "Ñandú 9", "日本", None)]
    for n, wish in enumerate(wishes):
        add(config.load(file, {}), [Wish(url=f"{wish.url}{n}", title=wish.title)], {})
    feeds = config.load(file, {}).feeds
    assert [feed.title for feed in feeds] == [None, odd, "no", "Ñandú 9", "日本", None]
    assert [feed.id for feed in feeds] == ["a", "on-1-no-co", "no", "nandu-9", "b-example", "b-example-2"]
    assert "# mine" in file.read_text()


def test_what_cannot_be_configured_leaves_the_file_as_it_was(file: Path) -> None:
    before, loaded = file.read_text(), config.load(file, {})
    for wish in (Wish(url="https://b.example/", every="often"), Wish(url="ftp://b.example/")):
        with pytest.raises(ConfigError, match=r"feeds\.yaml:4: feeds\[2\]"):
            add(loaded, [wish], {})
    for wish in (Wish(url="http://A.example/rss/"), Wish(url="https://b.example/", id="a")):
        with pytest.raises(UsageError):
            add(loaded, [wish], {})
    assert file.read_text() == before
    assert list(file.parent.iterdir()) == [file]


def test_an_address_is_the_same_however_it_is_written(file: Path) -> None:
    feeds = config.load(file, {}).feeds
    assert same_feed(feeds, "http://A.EXAMPLE:80/rss/")
    assert not same_feed(feeds, "https://a.example/rss?x=1")
    assert not same_feed(feeds, "https://a.example/RSS")


RSS = "<rss version='2.0'><channel><title>Norland Wire</title></channel></rss>"
PAGES = {
    "/": "<!doctype html><link rel=alternate type=application/rss+xml href=/broken>"
    "<link rel=alternate type=application/rss+xml href=/wire><p>Hello</p>",
    "/wire": RSS,
    "/feed": RSS,
    "/plain/": "<!doctype html><p>Nothing here</p>",
}


@pytest.fixture
def site() -> Iterator[str]:
    """A site in a thread of its own: the command line runs a loop itself."""
    started, stop = threading.Event(), asyncio.Event()
    address: list[str] = []
    loop = asyncio.new_event_loop()

    async def answer(request: web.BaseRequest) -> web.Response:
        page = PAGES.get(request.path)
        return web.Response(text=page, content_type="text/html") if page else web.Response(status=404)

    async def served() -> None:
        async with serve(answer) as url:
            address.append(url)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(served(),))
    thread.start()
    started.wait()
    yield address[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_a_site_s_feed_is_found_and_subscribed_to_once(site: str, file: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["--config", str(file), "feeds", *arguments])
        return result.exit_code, str(result.exception or "")

    assert run("add", f"{site}/")[0] == 0
    found = config.load(file, {}).feeds[-1]
    assert (found.id, found.url, found.title) == ("norland-wire", f"{site}/wire", "Norland Wire")
    assert "subscribed to already, as norland-wire" in run("add", f"{site}/wire/")[1]
    assert run("add", f"{site}/plain/", "--id", "usual")[0] == 0
    assert config.load(file, {}).feeds[-1].url == f"{site}/feed"
    assert "404" in run("add", f"{site}/nowhere")[1]


def test_a_list_is_imported_and_what_is_known_or_cannot_be_polled_is_told(file: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.opml"
    listed.write_text(
        "<opml><body><outline text='News'><outline text='Wire' xmlUrl='https://w.example/'/></outline>"
        "<outline text='A' xmlUrl='http://a.example/rss'/><outline text='Again' xmlUrl='https://w.example'/>"
        "<outline text='X' xmlUrl='gopher://x'/></body></opml>"
    )
    result = CliRunner().invoke(cli, ["--config", str(file), "feeds", "import", str(listed), "--format", "csv"])
    assert result.exit_code == 0
    told = [line.rsplit(",", 1)[1].strip('"') for line in result.stdout.splitlines()[1:4]]
    assert told == ["added", "known as a", "known as this list"]
    assert "refused: the scheme 'gopher' is not polled" in result.stdout
    assert [(feed.id, feed.category) for feed in config.load(file, {}).feeds] == [("a", None), ("wire", "News")]
    exported = CliRunner().invoke(cli, ["--config", str(file), "feeds", "export"])
    assert exported.stdout_bytes.count(b"xmlUrl") == 2
