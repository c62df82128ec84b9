"""Entries keep their article over many polls, whatever their feed does to their guids."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.feeds import identity
from archive.feeds.identity import Memory, identify
from archive.feeds.parse import parse
from archive.model import Entry

Item = tuple[str | None, str | None, str, str]
"""Guid, link, title and date."""


def entries(items: Sequence[Item]) -> Sequence[Entry]:
    """The entries of a feed with these items, as the parser gives them."""
    written = "".join(
        "<item>"
        + (f"<guid isPermaLink='false'>{guid}</guid>" if guid else "")
        + (f"<link>https://wire.example/{link}</link>" if link else "")
        + f"<title>{title}</title><pubDate>{date}</pubDate></item>"
        for guid, link, title, date in items
    )
    return parse(f"<rss version='2.0'><channel>{written}</channel></rss>".encode(), {}, "https://wire.example/").entries


def polls(*documents: Sequence[Item]) -> list[list[str]]:
    """The keys of each document's entries, one poll after another."""
    memory, found = Memory(), []
    for document in documents:
        keys, memory = identify(memory, entries(document))
        found.append(keys)
    return found


def story(n: int, guid: object = None, title: str | None = None) -> Item:
    return (str(guid or f"g{n}"), f"story-{n}", title or f"Title {n}", f"Mon, 0{n % 9 + 1} Jan 2024 09:00:00 GMT")


def test_a_feed_that_keeps_its_word_is_taken_at_it() -> None:
    moved = ("g1", "a-better-address", "Another title", story(1)[3])
    again = ("new", "story-2", "Title 2", story(2)[3])
    assert polls([story(1), story(2)], [moved, story(2), story(3), again]) == [
        ["guid:g1", "guid:g2"],
        ["guid:g1", "guid:g2", "guid:g3", "guid:new"],
    ]


def test_rotating_guids_make_no_new_articles_and_edits_are_still_found() -> None:
    first = [story(n) for n in range(1, 51)]
    second = [story(n, f"x{n}") for n in range(2, 52)]
    third = [story(n, f"y{n}", title=f"Edited {n}" if n % 9 == 0 else None) for n in range(3, 53)]
    one, two, three = polls(first, second, third)
    assert two[:-1] == one[1:]
    assert three[:-1] == two[1:]
    assert (two[-1], three[-1]) == ("link:https://wire.example/story-51", "link:https://wire.example/story-52")


def test_links_with_a_session_and_rotating_guids_leave_the_hash() -> None:
    def shown(at: int) -> list[Item]:
        return [(f"{at}-{n}", f"story-{n}?sid={at}{n}", f"Title {n}", f"0{n} Jan 2024") for n in range(1, 5)]

    first, second, third = polls(shown(1), shown(2), shown(3))
    assert first == second == third


def test_one_guid_for_whatever_is_on_top_tells_nothing() -> None:
    documents = [[story(n, "latest")] for n in range(1, 5)]
    found = [keys[0] for keys in polls(*documents, documents[-1])]
    assert found[0] == "guid:latest"
    assert len(set(found)) == 4
    assert found[-1] == found[-2]


def test_guids_that_are_all_alike_go_by_link_from_the_first_poll_on() -> None:
    alike = [story(n, "same") for n in range(1, 4)]
    assert (
        polls(alike, alike)[0] == polls(alike, alike)[1] == [f"link:https://wire.example/story-{n}" for n in (1, 2, 3)]
    )


def test_a_guid_shared_later_does_not_make_its_article_twice() -> None:
    first, second = polls([story(1, "same")], [story(1, "same"), story(2, "same")])
    assert second == [first[0], "link:https://wire.example/story-2"]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "MOST_REMEMBERED", 10)
    memory = Memory()
    for n in range(3):
        items = [(f"g{n}-{m}", f"s{n}-{m}", f"T{n}-{m}", "") for m in range(5)]
        _, memory = identify(memory, entries(items))
    assert len(memory.entries) == 10
    assert identify(memory, entries(items))[1] == memory


items = st.tuples(
    st.none() | st.sampled_from("abc"),
    st.none() | st.sampled_from("xyz"),
    st.sampled_from("TUV"),
    st.sampled_from("12"),
)


@settings(max_examples=50)
@given(st.lists(st.lists(items, max_size=5), max_size=5))
def test_no_two_entries_of_a_document_are_one_article_and_a_document_again_is_the_same(
    documents: list[list[Item]],
) -> None:
    memory = Memory()
    for document in documents:
        keys, memory = identify(memory, entries(document))
        assert len(set(keys)) == len(keys) == len(entries(document))
        assert identify(memory, entries(document))[0] == keys
