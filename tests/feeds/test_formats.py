"""JSON Feed, OPML and the feeds of a page: what is read, what is refused, what survives a round trip."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ParseError
from archive.feeds.discover import Found, common_places, feeds_of
from archive.feeds.opml import Subscription, read_opml, write_opml
from archive.feeds.parse import parse
from archive.model import Feed

URL = "https://wire.example/feed.json"
NOW = datetime(2024, 3, 1, tzinfo=UTC)


def json_feed(*items: object, version: str = "https://jsonfeed.org/version/1.1", **fields: object) -> bytes:
    return json.dumps({"version": version, "title": "Norland Wire", "items": items, **fields}).encode()


def test_a_json_feed_is_read_as_any_other() -> None:
    full = {
        "id": 7,
        "url": "/toll",
        "title": "The toll",
        "content_html": "<p>The toll stays.</p>",
        "summary": "In short & clear",
        "date_published": "2024-03-01T10:00:00+01:00",
        "date_modified": "2024-03-01T12:00:00Z",
        "authors": [{"name": "N. Niro"}, {"url": "x"}, {"name": "Ada Berg"}],
        "language": "en-GB",
    }
    plain = {"id": "b", "content_text": "a < b", "date_published": "soon"}
    parsed = parse(b"\xef\xbb\xbf \n" + json_feed(full, plain), {}, URL)
    first, second = parsed.entries
    assert (parsed.title, first.key, first.link) == ("Norland Wire", "guid:7", "https://wire.example/toll")
    assert (first.content, first.summary) == ("<p>The toll stays.</p>", "In short &amp; clear")
    assert (first.author, first.language) == ("N. Niro, Ada Berg", "en-GB")
    assert (first.published, first.updated) == (
        datetime(2024, 3, 1, 9, tzinfo=UTC),
        datetime(2024, 3, 1, 12, tzinfo=UTC),
    )
    assert (second.content, second.published, second.published_raw) == ("a &lt; b", None, "soon")


def test_version_1_0_names_one_author_and_the_feed_s_stands_in() -> None:
    items = ({"id": "a", "title": "A", "author": {"name": "Own"}}, {"id": "b", "title": "B"})
    parsed = parse(json_feed(*items, version="https://jsonfeed.org/version/1", author={"name": "Desk"}), {}, URL)
    assert [entry.author for entry in parsed.entries] == ["Own", "Desk"]


@given(st.lists(st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.text()), max_size=5))
def test_whatever_stands_among_the_items_is_an_entry_or_a_problem_with_its_raw_form(items: list[object]) -> None:
    good = {"id": "good", "title": "Good"}
    parsed = parse(json_feed(good, *items), {}, URL)
    kept = [problem for problem in parsed.problems if problem.raw]
    assert len(parsed.entries) + len(kept) + parsed.repeated == 1 + len(items)


def test_half_a_character_or_an_endless_number_costs_no_item() -> None:
    odd: list[object] = [
        {"id": "a", "content_text": "Half \ud83d a face \ud83d\ude00"},
        {"id": "LONG", "title": "Toll"},
    ]
    body = json_feed(*odd).replace(b'"LONG"', b"9" * 5000)
    parsed = parse(body, {}, URL)
    assert [(entry.title, entry.key[:5]) for entry in parsed.entries] == [(None, "guid:"), ("Toll", "guid:")]
    assert "Half \ufffd a face 😀" in str(parsed.entries[0])


@pytest.mark.parametrize(
    "body", [b"{", b'{"items": []}', b'{"version": "https://jsonfeed.org/version/1"}', b"{" * 5000]
)
def test_json_that_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body, {}, URL)


def test_outlines_nest_and_entities_are_not_resolved() -> None:
    document = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>
    <opml version="1.0"><head/><body><outline text="News &e;"><outline title="Norland / Coast">
    <outline text="Wire" xmlUrl=" https://wire.example/rss "/></outline></outline>
    <OUTLINE text="Loose" xmlURL="https://loose.example/" category="/Politics/Local,Other"/></body></opml>"""
    assert read_opml(document, "list.opml") == [
        Subscription("https://wire.example/rss", "Wire", "News/Norland - Coast"),
        Subscription("https://loose.example/", "Loose", "Politics/Local"),
    ]


def test_a_list_that_breaks_off_is_read_as_far_as_it_goes_and_others_are_refused() -> None:
    broken = b'<opml><body><outline text="A" xmlUrl="https://a.example/"/><outline text="B'
    assert [one.url for one in read_opml(broken, "x")] == ["https://a.example/"]
    for other in (b"", b"hello", b"<rss/>"):
        with pytest.raises(ParseError):
            read_opml(other, "x")


names = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp", "Cf"]), min_size=1, max_size=9
)
paths = st.lists(names.filter(lambda name: "/" not in name), max_size=3).map("/".join)


@given(st.lists(st.tuples(names, paths), max_size=6, unique_by=lambda pair: pair[0]))
def test_what_is_exported_is_imported_again(listed: list[tuple[str, str]]) -> None:
    feeds = [
        Feed(id=f"f{n}", url=f"https://{n}.example/?a=1&b=2", title=title, category=category or None)
        for n, (title, category) in enumerate(listed)
    ]
    again = read_opml(write_opml(feeds, "Ours", NOW), "x")
    expected = {Subscription(feed.url, feed.title, feed.category) for feed in feeds}
    assert set(again) == expected
    assert len(again) == len(feeds)


PAGE = b"""<!doctype html><head><base href="https://wire.example/news/">
<link rel="alternate" type="application/rss+xml" title="Comments on all" href="comments">
<link REL="ALTERNATE stylesheet" type="application/atom+xml" title="Wire" href="atom">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/json" href="/wp-json/posts/1"></head>
<body><a href="/rss.xml">RSS</a> <a href="atom">again</a> <a href="/feedback">Write</a> <a href="http://[">x</a></body>"""


def test_a_page_s_feeds_are_found_the_best_first() -> None:
    assert feeds_of(PAGE, "https://wire.example/") == [
        Found("https://wire.example/news/atom", "Wire"),
        Found("https://wire.example/news/comments", "Comments on all"),
        Found("https://wire.example/rss.xml"),
    ]
    assert feeds_of(b"", "https://wire.example/") == []
    assert "https://wire.example/feed" in common_places("https://wire.example/a/b?c")
