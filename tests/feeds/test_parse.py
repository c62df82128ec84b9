"""Parsing: a feed beside what is read from it, and what hostile bytes must not do."""

from __future__ import annotations

import json
import re
import tarfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.errors import ParseError
from archive.feeds.parse import LONGEST_KEY, ParsedFeed, parse

DATA = Path(__file__).parent / "data"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
URL = "https://feeds.example/rss"


def shown(feed: ParsedFeed) -> dict[str, Any]:
    """A parsed feed as the JSON files have it: without what is empty, hashes and details of messages cut off."""
    entries = [
        {
            name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
            for name, value in asdict(entry).items()
            if value is not None
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


def test_what_defeats_feedparser_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def defeated(*_: object, **__: object) -> None:
        raise AssertionError("unexpected call")

    monkeypatch.setattr("feedparser.parse", defeated)
    with pytest.raises(ParseError, match="AssertionError: unexpected call") as caught:
        parse(item(""), {}, URL)
    assert caught.value.where == URL


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


def entries_by_lxml(body: bytes) -> int:
    """How many items or entries a lenient XML parser sees: an independent count."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return 0
    if root is None:
        return 0
    return sum(1 for e in root.iter() if isinstance(e.tag, str) and re.fullmatch(r"(\{.*\})?(item|entry)", e.tag))


@pytest.mark.parametrize("corpus", ["real-feeds.tar.gz", "feedparser-tests.tar.gz"])
def test_of_real_and_of_ill_formed_feeds_nothing_is_lost(corpus: str) -> None:
    archive = CORPUS / corpus
    if not archive.is_file():
        pytest.skip(f"the corpus ../shared/corpus/{corpus} is not here")
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is None:
                continue
            body = file.read()
            expected = entries_by_lxml(body)
            if expected:
                feed = parse(body, {}, URL)
                kept = len(feed.entries) + feed.repeated + sum(bool(problem.raw) for problem in feed.problems)
                assert kept >= expected, member.name
