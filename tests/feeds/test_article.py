"""Which text counts as the article's, and where it is said to come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ParseError
from archive.feeds.article import article_id, from_entry, from_file, needs_page
from archive.feeds.text import FRAGMENT_READER
from archive.model import Article, Entry, Feed, FullText, TextSource

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
FULL = "<p>The whole text of the feed says that the toll stays.</p>"
TEASER = "<p>The first words of a longer text … <a href='x'>Continue reading</a></p>"
PAGE = b"<html><body><article><p>The whole text of the page says that the toll stays where it is.</p></article></body>"
LINK = "https://wire.example/toll"


def feed(full_text: FullText = FullText.AUTO, language: str = "en", title: str | None = None) -> Feed:
    return Feed(id="wire", url="https://wire.example/rss", full_text=full_text, language=language, title=title)


def entry(
    content: str | None = None, summary: str | None = None, link: str | None = LINK, title: str | None = "A &amp; B"
) -> Entry:
    return Entry(key="guid:1", link=link, title=title, content=content, summary=summary)


CHOICES = {
    # full_text, entry, page: expected source, words of its text
    "content before the page": (FullText.AUTO, entry(FULL, "S."), PAGE, TextSource.CONTENT, "of the feed"),
    "the page where there is no content": (FullText.AUTO, entry(None, "S."), PAGE, TextSource.PAGE, "of the page"),
    "the page before a teaser": (FullText.AUTO, entry(TEASER), PAGE, TextSource.PAGE, "of the page"),
    "a teaser counts as summary": (FullText.AUTO, entry(TEASER), None, TextSource.SUMMARY, "The first words"),
    "the longer of teaser and summary": (FullText.AUTO, entry(TEASER, "S." * 99), None, TextSource.SUMMARY, "S.S."),
    "the summary where the page is not reached": (FullText.AUTO, entry(None, "S."), None, TextSource.SUMMARY, "S."),
    "the summary where the page says less": (FullText.AUTO, entry(None, "S." * 99), PAGE, TextSource.SUMMARY, "S.S."),
    "a summary that is the article": (FullText.AUTO, entry(None, "S. " * 700), PAGE, TextSource.CONTENT, "S. S."),
    "the title where there is nothing else": (FullText.AUTO, entry(), None, TextSource.TITLE, "A & B"),
    "the page if it is always wanted": (FullText.ALWAYS, entry(FULL), PAGE, TextSource.PAGE, "of the page"),
    "content if the page has no text": (FullText.ALWAYS, entry(FULL), b"<html></html>", TextSource.CONTENT, "feed"),
    "content if the page is not reached": (FullText.ALWAYS, entry(FULL), None, TextSource.CONTENT, "of the feed"),
    "the feed alone": (FullText.NEVER, entry(None, "S."), None, TextSource.SUMMARY, "S."),
}


@pytest.mark.parametrize("case", CHOICES)
def test_the_text_comes_from_the_fullest_source_that_is_wanted(case: str) -> None:
    full_text, given_entry, page, source, words = CHOICES[case]
    article = from_entry(feed(full_text), given_entry, page, NOW)
    assert article.text_source is source
    assert words in article.text


@pytest.mark.parametrize(
    ("full_text", "given_entry", "needed"),
    [
        (FullText.AUTO, entry(FULL), False),
        (FullText.AUTO, entry(None, "S."), True),
        (FullText.AUTO, entry(TEASER), True),
        (FullText.AUTO, entry(None, "S. " * 700), False),
        (FullText.AUTO, entry(None, "S. " * 700 + "Read more…"), True),
        (FullText.AUTO, entry("<img src='x'>"), True),
        (FullText.AUTO, entry(None, "S.", link=None), False),
        (FullText.ALWAYS, entry(FULL), True),
        (FullText.ALWAYS, entry(FULL, link=None), False),
        (FullText.NEVER, entry(None, "S."), False),
    ],
)
def test_a_page_is_fetched_only_if_it_is_needed(full_text: FullText, given_entry: Entry, needed: bool) -> None:
    assert needs_page(feed(full_text), given_entry) is needed


def test_a_page_that_cannot_be_read_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def defeated(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("trafilatura.extract", defeated)
    article = from_entry(feed(), entry(None, "S."), PAGE, NOW)
    assert (article.text, article.text_source) == ("S.", TextSource.SUMMARY)
    with pytest.raises(ParseError, match="RecursionError: too deep"):
        from_file(b"<!doctype html>" + PAGE, name="a.html", captured_at=NOW)


def test_everything_known_goes_into_the_article() -> None:
    delivered = Entry(
        key="guid:1",
        link=LINK,
        title="Toll &amp; <i>trade</i>",
        author=" Jonas  Tveit ",
        content=FULL,
        published=datetime(2024, 2, 26, tzinfo=UTC),
        published_raw="Mon, 26 Feb 2024 00:00:00 GMT",
    )
    captured = NOW.astimezone(timezone(timedelta(hours=1)))
    assert from_entry(feed(), delivered, None, captured, outlet="Example Wire") == Article(
        id=article_id("wire", "guid:1"),
        feed="wire",
        key="guid:1",
        text="The whole text of the feed says that the toll stays.",
        text_source=TextSource.CONTENT,
        captured_at=NOW,
        url=LINK,
        title="Toll & trade",
        author="Jonas Tveit",
        outlet="Example Wire",
        published_at=datetime(2024, 2, 26, tzinfo=UTC),
        published_raw="Mon, 26 Feb 2024 00:00:00 GMT",
        reader=FRAGMENT_READER,
    )


def test_the_configured_title_names_the_outlet_first() -> None:
    assert from_entry(feed(title="The Wire"), entry(FULL), None, NOW, outlet="x").outlet == "The Wire"


@pytest.mark.parametrize(
    ("configured", "of_the_entry", "language"),
    [
        ("en", None, "en"),
        ("en", "de_AT", "de"),
        ("en-GB", "EN-us", "en"),
        ("en", "English", "en"),
        ("cs", "en-US", "cs"),
        ("pt-BR", None, "pt"),
    ],
)
def test_the_configured_language_holds_unless_it_is_the_default(
    configured: str, of_the_entry: str | None, language: str
) -> None:
    delivered = Entry(key="guid:1", title="T", language=of_the_entry)
    assert from_entry(feed(language=configured), delivered, None, NOW).language == language


def test_an_entry_without_any_text_is_an_error_that_names_it() -> None:
    with pytest.raises(ParseError, match="no text") as caught:
        from_entry(feed(), entry(title=None), None, NOW)
    assert caught.value.where == LINK


def test_a_time_of_capture_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        from_entry(feed(), entry(FULL), None, datetime(2024, 3, 1))  # noqa: DTZ001


def test_nul_becomes_a_replacement_character() -> None:
    assert from_entry(feed(), entry("<p>a\0b</p>"), None, NOW).text == "a\ufffdb"


@given(st.text(), st.text(), st.text(), st.text())
def test_article_ids_depend_on_feed_and_key_alone(feed_id: str, key: str, other_feed: str, other_key: str) -> None:
    identity = article_id(feed_id, key)
    assert identity.startswith("a-")
    assert len(identity) == 22
    if "\0" not in feed_id + other_feed:
        assert (identity == article_id(other_feed, other_key)) == ((feed_id, key) == (other_feed, other_key))


def test_a_text_file_is_taken_as_it_is() -> None:
    data = "  Line one.\r\n\r\n“Line two.”\0\n".encode()
    article = from_file(data, name="a.txt", captured_at=NOW, published=NOW, outlet="Desk")
    assert article.text == "  Line one.\r\n\r\n“Line two.”\ufffd\n"
    assert (article.text_source, article.feed, article.url, article.title) == (TextSource.FILE, "import", None, None)
    assert (article.published_at, article.outlet) == (NOW, "Desk")


def test_an_html_file_is_reduced_to_its_main_text() -> None:
    article = from_file(b"<!doctype html><title>Toll</title>" + PAGE, name="a.html", captured_at=NOW, url=LINK)
    assert article.text == "The whole text of the page says that the toll stays where it is."
    assert (article.title, article.url, article.key) == ("Toll", LINK, f"link:{LINK}")


def test_files_are_the_same_article_by_their_url_else_by_their_content() -> None:
    def identity(data: bytes, url: str | None = None) -> str:
        return from_file(data, name="a", captured_at=NOW, url=url).id

    assert identity(b"one") == identity(b"one") != identity(b"two")
    assert identity(b"one", LINK) == identity(b"two", LINK)


@pytest.mark.parametrize("data", [b"", b" \n ", b"<!doctype html><title>x</title>"])
def test_a_file_without_text_is_an_error_that_names_it(data: bytes) -> None:
    with pytest.raises(ParseError, match="no text") as caught:
        from_file(data, name="empty.txt", captured_at=NOW)
    assert caught.value.where == "empty.txt"
