"""New, revised or same: the rule of archive/feeds/revise.py, as properties."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.revise import Change, Known, decide, fingerprint
from archive.feeds.substance import substance
from archive.model import Article, TextSource

FULL = [TextSource.CONTENT, TextSource.PAGE, TextSource.FILE]
ORDER = [[TextSource.TITLE], [TextSource.SUMMARY], FULL]
BASE = Article(
    id="a-1",
    feed="wire",
    key="guid:1",
    text="The toll stays.",
    text_source=TextSource.CONTENT,
    captured_at=datetime(2024, 3, 1, tzinfo=UTC),
    title="Toll",
)
words = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), min_size=1)
sources = st.sampled_from(TextSource)
blanks = st.sampled_from([" ", "\n", "\n\n", "\t ", "\u00a0", "  \n "])
articles = st.builds(
    lambda text, title, source: replace(BASE, text=" ".join(text), title=title, text_source=source),
    words,
    st.none() | words.map(" ".join),
    sources,
)


def known(article: Article, source: TextSource | None = None, *, removed: bool = False) -> Known:
    """What is known after this one capture."""
    now = fingerprint(article)
    return Known(now, source or article.text_source, ((now, article.captured_at),), removed)


def rank(source: TextSource) -> int:
    return next(n for n, equals in enumerate(ORDER) if source in equals)


def test_the_fingerprint_never_changes_for_what_is_in_old_logs() -> None:
    titled, untitled = b'\x01{"text":"The toll stays.","title":"Toll"}', b'\x01{"text":"The toll stays."}'
    assert fingerprint(BASE) == hashlib.sha256(titled).hexdigest()
    assert fingerprint(replace(BASE, title=None)) == hashlib.sha256(untitled).hexdigest()


@given(articles, blanks)
def test_whitespace_is_no_edit(article: Article, blank: str) -> None:
    respaced = replace(article, text=blank + article.text.replace(" ", blank) + blank)
    assert fingerprint(respaced) == fingerprint(article)
    assert decide(known(article), respaced) is Change.SAME


@given(articles, articles)
def test_other_words_have_another_fingerprint(one: Article, other: Article) -> None:
    same = (substance(one.text), (one.title or "").split()) == (substance(other.text), (other.title or "").split())
    assert (fingerprint(one) == fingerprint(other)) is same


def test_a_title_is_not_mistaken_for_text() -> None:
    assert fingerprint(replace(BASE, title="a", text="b c")) != fingerprint(replace(BASE, title="a b", text="c"))
    assert fingerprint(replace(BASE, title="", text="x")) == fingerprint(replace(BASE, title=None, text="x"))


@given(articles)
def test_only_words_count(article: Article) -> None:
    elsewhere = replace(article, url="https://b.example/", author="N. N.", outlet="B", captured_at=datetime.now(UTC))
    assert fingerprint(elsewhere) == fingerprint(article)
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(article))


@given(articles)
def test_what_is_not_known_is_new(article: Article) -> None:
    assert decide(None, article) is Change.NEW


@given(articles, sources)
def test_the_same_words_are_the_same_wherever_they_come_from(article: Article, source: TextSource) -> None:
    assert decide(known(article, source), article) is Change.SAME


@given(articles, articles)
def test_a_poorer_source_never_replaces_a_fuller_text_and_else_other_words_are_an_edit(
    before: Article, captured: Article
) -> None:
    poorer = rank(captured.text_source) < rank(before.text_source)
    same = fingerprint(before) == fingerprint(captured)
    expected = Change.SAME if poorer or same else Change.REVISED
    assert decide(known(before), captured) is expected


def test_a_page_that_cannot_be_reached_for_a_while_leaves_no_trace() -> None:
    page = replace(BASE, text="The whole text.", text_source=TextSource.PAGE)
    summary = replace(BASE, text="In short.", text_source=TextSource.SUMMARY)
    assert [decide(known(page), capture) for capture in (summary, page, summary)] == [Change.SAME] * 3


def edited(text: str, source: TextSource = TextSource.CONTENT, at: datetime = BASE.captured_at) -> Article:
    return replace(BASE, text=text, text_source=source, captured_at=at)


STORY = "NORHAVEN, March 3 (NWA) — The toll stays.\n\nUpdated 3 March 2024, 14:02 GMT\n\n12 shares\n\nSo it was said."


@pytest.mark.parametrize(
    "again",
    [
        STORY.replace("14:02 GMT", "16:45 GMT"),
        STORY.replace("Updated 3 March 2024, 14:02 GMT", "Last updated: 2024-03-04T08:00:00Z"),
        STORY.replace("Updated 3 March 2024, 14:02 GMT", "Updated 5 minutes ago"),
        STORY.replace("12 shares", "1.4k shares · 33 comments"),
        STORY.replace("12 shares", "4 min read"),
        STORY.replace("March 3 (NWA)", "March 4 (NWA)"),
        STORY.replace("12 shares", "5f2c9d8e77aa01b34c"),
        STORY.replace("\n\n", "\n \t\n").replace("The toll", "The\u00a0toll"),
    ],
    ids=["time", "form", "ago", "counters", "reading", "dateline", "token", "blanks"],
)
def test_what_changes_by_itself_is_no_edit(again: str) -> None:
    assert again != STORY
    assert decide(known(edited(STORY)), edited(again)) is Change.SAME


@pytest.mark.parametrize(
    "again",
    [
        STORY.replace("stays", "goes"),
        STORY + "\n\nUpdated to say that the toll goes.",
        STORY.replace("So it was said.", "So it was said on 3 March 2024."),
        STORY.replace("So it was said.", "It got 13 votes."),
        STORY.replace("NORHAVEN", "OSTVIK"),
    ],
    ids=["word", "note", "date in a sentence", "number", "place"],
)
def test_whatever_is_said_counts(again: str) -> None:
    assert decide(known(edited(STORY)), edited(again)) is Change.REVISED


def test_where_nothing_but_a_date_is_there_the_date_counts() -> None:
    assert decide(known(edited("3 March 2024")), edited("4 March 2024")) is Change.REVISED


def test_a_page_that_is_there_again_after_its_removal_is_a_revision() -> None:
    page = edited("The toll stays.", TextSource.PAGE)
    assert decide(known(page, removed=True), page) is Change.REVISED
    assert decide(known(page, removed=True), replace(page, text_source=TextSource.CONTENT)) is Change.SAME


def read_by(reader: str, *paragraphs: str) -> Article:
    return replace(BASE, text="\n\n".join(paragraphs), text_source=TextSource.PAGE, reader=reader)


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (read_by("page@2", "The toll stays.", "Nobody else spoke on it.", "Read also: the dam"), Change.SAME),
        (read_by("page@2", "The toll stays."), Change.SAME),
        (read_by("page@2", "The toll stays.", "Nobody but Hale spoke on it."), Change.REVISED),
        (read_by("page@1", "The toll stays."), Change.REVISED),
    ],
    ids=["one more", "one less", "reworded", "same reader"],
)
def test_another_reader_edits_nothing_but_words_that_changed_are_an_edit(again: Article, expected: Change) -> None:
    before = read_by("page@1", "The toll stays.", "Nobody else spoke on it.")
    so_far = replace(known(before), text=before.text, reader=before.reader)
    assert decide(so_far, again) is expected


def revisions(texts: Iterable[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    """What is recorded of these captures of one article: fingerprint and time of each revision."""
    past: list[tuple[str, datetime]] = []
    for text, at in texts:
        article = edited(text, at=at)
        so_far = Known(past[-1][0], TextSource.CONTENT, tuple(past)) if past else None
        if decide(so_far, article) is not Change.SAME:
            past.append((fingerprint(article), at))
    return past


def test_a_text_may_come_back_and_flapping_is_bounded() -> None:
    times = [BASE.captured_at + timedelta(minutes=30 * n) for n in range(48 * 90)]
    a, b = (fingerprint(edited(text)) for text in ("The toll stays.", "The toll goes."))
    flapping = revisions(zip(["The toll stays.", "The toll goes."] * len(times), times, strict=False))
    assert [one for one, _ in flapping[:4]] == [a, b, a, b]
    assert len(flapping) < 20


@given(st.lists(st.sampled_from(["One.", "Two.", "Three."]), min_size=1, max_size=30))
def test_whatever_comes_to_stay_is_recorded_in_the_end(texts: list[str]) -> None:
    flips = [(text, BASE.captured_at + timedelta(minutes=n)) for n, text in enumerate(texts)]
    much_later = (texts[-1], flips[-1][1] + timedelta(days=2**21))
    assert revisions([*flips, much_later])[-1][0] == fingerprint(edited(texts[-1]))
