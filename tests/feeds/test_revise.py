"""New, revised or same: the rule of archive/feeds/revise.py, as properties."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.revise import Change, decide, fingerprint
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
    assert decide(fingerprint(article), article.text_source, respaced) is Change.SAME


@given(articles, articles)
def test_other_words_have_another_fingerprint(one: Article, other: Article) -> None:
    same = (one.text.split(), (one.title or "").split()) == (other.text.split(), (other.title or "").split())
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
    assert decide(None, None, article) is Change.NEW


@given(articles, sources)
def test_the_same_words_are_the_same_wherever_they_come_from(article: Article, source: TextSource) -> None:
    assert decide(fingerprint(article), source, article) is Change.SAME


@given(articles, articles)
def test_a_poorer_source_never_replaces_a_fuller_text_and_else_other_words_are_an_edit(
    known: Article, captured: Article
) -> None:
    poorer = rank(captured.text_source) < rank(known.text_source)
    same = fingerprint(known) == fingerprint(captured)
    expected = Change.SAME if poorer or same else Change.REVISED
    assert decide(fingerprint(known), known.text_source, captured) is expected


def test_a_page_that_cannot_be_reached_for_a_while_leaves_no_trace() -> None:
    page = replace(BASE, text="The whole text.", text_source=TextSource.PAGE)
    summary = replace(BASE, text="In short.", text_source=TextSource.SUMMARY)
    known = fingerprint(page)
    assert [decide(known, TextSource.PAGE, capture) for capture in (summary, page, summary)] == [Change.SAME] * 3
