"""Parsing: a feed beside what is read from it, and what hostile bytes must not do."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ParseError
from archive.feeds.parse import LONGEST_KEY, ParsedFeed, parse

DATA = Path(__file__).parent / "data"
URL = "https://feeds.example/rss"


def shown(feed: ParsedFeed) -> dict[str, Any]:
    """A parsed feed as the JSON files have it: without what is empty, hashes and details of messages cut off."""
    entries = [
        {
            name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
            for name, value in asdict(entry).items()
            if value is not None and name != "names"
        }
        for entry in feed.entries
    ]
    for entry in entries:
        entry["key"] = "hash:" if entry["key"].startswith("hash:") else entry["key"]
        for name in entry.keys() & {"published", "updated"}:
            entry[name] = entry[name].replace(".123", "")
    return {
        "title": feed.title,
        **({"language": feed.language} if feed.language else {}),
        "entries": entries,
        "problems": [problem.reason if problem.raw else problem.reason.partition(":")[0] for problem in feed.problems],
        **({"repeated": feed.repeated} if feed.repeated else {}),
    }


@pytest.mark.parametrize("path", sorted(DATA.glob("*.xml")), ids=lambda path: path.stem)
def test_a_feed_is_read_as_the_file_beside_it_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    feed = parse(path.read_bytes(), {}, URL)
    assert shown(feed) == expected
    assert len({entry.key for entry in feed.entries}) == len(feed.entries)


def item(inner: str) -> bytes:
    return f"<rss version='2.0'><channel><item><title>T</title>{inner}</item></channel></rss>".encode()


def test_an_entry_that_cannot_be_used_is_kept_as_a_problem_with_what_is_known_of_it() -> None:
    feed = parse(b"<rss><channel><item><category>toll</category></item></channel></rss>", {}, URL)
    (problem,) = feed.problems
    assert b"toll" in problem.raw


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"<html><body><p>Not found</p></body></html>", b'{"a": 1}', b"\x89PNG\r\n", b"\xff\xfe", b"<a/>"],
)
def test_what_is_no_feed_is_an_error_that_names_the_address(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        parse(body, {}, URL)
    assert caught.value.where == URL
    assert caught.value.remedy


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = parse(b"<rss version='2.0'><channel><title>Quiet</title></channel></rss>", {}, URL)
    assert (feed.title, feed.entries, feed.problems) == ("Quiet", (), ())


def test_nul_bytes_cost_nothing_but_themselves() -> None:
    (entry,) = parse(item("<description>a\0b</description>"), {}, URL).entries
    assert entry.summary == "ab"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "koi8-r"])
def test_declared_encodings_are_read(encoding: str) -> None:
    word = "Ветер" if encoding == "koi8-r" else "Café"
    text = f"<?xml version='1.0' encoding='{encoding}'?>" + item("").decode().replace(">T<", f">{word}<")
    (entry,) = parse(text.encode(encoding), {"content-type": "application/xml"}, URL).entries
    assert entry.title == word


def test_the_charset_of_the_answer_counts() -> None:
    body = "<rss version='2.0'><channel><item><title>Café</title></item></channel></rss>".encode("latin-1")
    (entry,) = parse(body, {"content-type": "application/xml; charset=iso-8859-1"}, URL).entries
    assert entry.title == "Café"


def test_a_very_long_guid_becomes_a_short_key_that_stays_the_same() -> None:
    body = item(f"<guid isPermaLink='false'>{'x' * 10_000}</guid>")
    (first,), (second,) = parse(body, {}, URL).entries, parse(body, {}, "https://other.example/").entries
    assert len(first.key) < LONGEST_KEY
    assert first.key == second.key


def test_the_key_does_not_depend_on_the_address_of_the_feed() -> None:
    body = item("<guid>4711</guid>")
    assert parse(body, {"content-location": "https://a.example/"}, URL).entries[0].key == "guid:4711"


def test_links_of_a_feed_in_a_file_are_resolved_against_the_site_it_names() -> None:
    body = b"<rss version='2.0'><channel><link>https://w.example/</link><item><title>T</title><link>/a</link></item></channel></rss>"
    assert parse(body, {}, "/home/feed.xml").entries[0].link == "https://w.example/a"
    assert parse(item("<link>/etc/passwd</link>"), {}, "/home/feed.xml").entries[0].link is None


@pytest.mark.parametrize("raw", ["2004-j\u00falius-13T9:15-05:00", "10:15", "--02-26", "2004", "next Monday"])
def test_a_date_that_cannot_be_read_is_not_completed_from_the_clock(raw: str) -> None:
    (entry,) = parse(item(f"<pubDate>{raw}</pubDate>"), {}, URL).entries
    assert (entry.published, entry.published_raw) == (None, raw)


@pytest.mark.parametrize("link", ["http://[::1/", "mailto:a@b.example", "file:///etc/passwd"])
def test_a_link_that_leads_nowhere_is_none(link: str) -> None:
    assert parse(item(f"<link>{link}</link>"), {}, URL).entries[0].link is None


def test_what_defeats_feedparser_is_an_error_of_ours_and_costs_no_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def defeated(*_: object, **__: object) -> None:
        raise AssertionError("unexpected call")

    monkeypatch.setattr("feedparser.parse", defeated)
    with pytest.raises(ParseError, match="AssertionError: unexpected call") as caught:
        parse(b"<rss/>", {}, URL)
    assert caught.value.where == URL
    (problem,) = parse(item("<link>https://w.example/1</link><x/>"), {}, URL).problems
    assert b"https://w.example/1" in problem.raw


ENTITIES = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{more}<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>T</title><description>&j; &x;</description></item></channel></rss>"""


def test_entities_neither_unfold_nor_read_files() -> None:
    steps = zip("abcdefghi", "bcdefghij", strict=True)
    more = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in steps)
    feed = parse(ENTITIES.replace("{more}", more).encode(), {}, URL)
    assert all(len(entry.summary or "") < 10_000 and "root:" not in (entry.summary or "") for entry in feed.entries)


@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss version='2.0'><channel><item>", b"<feed><entry><title>"]))
def test_any_bytes_are_read_or_refused(noise: bytes, start: bytes) -> None:
    try:
        feed = parse(start + noise, {}, URL)
    except ParseError:
        return
    for entry in feed.entries:
        assert entry.key
        for value in asdict(entry).values():
            if isinstance(value, str):
                assert "\0" not in value
                value.encode()


CUT = """<rss version="2.0"><channel><title>Wire</title><item><guid>1</guid><title>One</title></item>
<item><guid>2</guid><title>Two</title><description>The minister said that"""


def test_an_entry_that_the_document_breaks_off_in_is_held_back_whole() -> None:
    feed = parse(CUT.encode(), {}, URL)
    assert [entry.title for entry in feed.entries] == ["One"]
    assert b"The minister said that" in feed.problems[0].raw
    assert "breaks off" in feed.problems[0].reason
    assert not feed.whole
    assert parse(item(""), {}, URL).whole


def test_entries_that_feedparser_loses_are_cut_out_and_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = feedparser.parse

    def losing(*what: Any, **how: Any) -> Any:
        result = honest(*what, **how)
        result["entries"] = result["entries"][:1]
        return result

    monkeypatch.setattr("feedparser.parse", losing)
    items = "".join(f"<item><guid>{n}</guid><title>N {n}</title><link>/{n}</link></item>" for n in range(5))
    feed = parse(f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode(), {}, URL)
    assert [(entry.key, entry.link) for entry in feed.entries] == [
        (f"guid:{n}", f"https://feeds.example/{n}") for n in range(5)
    ]
    assert feed.title == "Wire"


def test_a_flood_of_entries_is_refused_as_a_whole() -> None:
    with pytest.raises(ParseError, match="more than 20000 entries"):
        parse(b"<rss version='2.0'><channel>" + b"<item/>" * 20_001 + b"</channel></rss>", {}, URL)
