"""The example feed: readable to the last entry, and edited in one article only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archive.config import load
from archive.feeds.article import from_entry, needs_page
from archive.feeds.parse import parse
from archive.feeds.revise import Change, Known, decide, fingerprint
from archive.model import Article, TextSource

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NOW = datetime(2024, 4, 1, tzinfo=UTC)


def articles(name: str) -> dict[str, Article]:
    feed = load(ROOT / "feeds.yaml", {}).feeds[0]
    parsed = parse((EXAMPLES / name).read_bytes(), {}, str(EXAMPLES / name))
    assert parsed.problems == ()
    assert not any(needs_page(feed, entry) for entry in parsed.entries), "the example needs no network"
    captured = [from_entry(feed, entry, None, NOW, outlet=parsed.title) for entry in parsed.entries]
    return {article.id: article for article in captured}


def test_every_article_has_text_title_and_date_and_is_about_a_topic() -> None:
    topics = load(ROOT / "feeds.yaml", {}).topics
    found = articles("feed.xml").values()
    assert len(found) == 10
    for article in found:
        assert article.text_source is TextSource.CONTENT
        assert article.title
        assert article.outlet == "Example Wire"
        assert article.published_at
        assert article.published_at.year == 2024
        assert len(article.text.split("\n\n")) >= 4
        assert any(term in article.text.lower() for topic in topics for term in topic.terms)


def _known(article: Article) -> Known:
    return Known(fingerprint(article), article.text_source, ((fingerprint(article), article.captured_at),))


def test_the_edited_feed_changes_one_article_and_adds_none() -> None:
    before, after = articles("feed.xml"), articles("feed-edited.xml")
    assert before.keys() == after.keys()
    changes = {article.key: decide(_known(before[identity]), article) for identity, article in after.items()}
    assert [key for key, change in changes.items() if change is Change.REVISED] == ["guid:wire:2024-02-05-mayor"]
    assert Change.NEW not in changes.values()


def test_the_minister_changes_her_position_between_the_two_dates() -> None:
    by_key = {article.key: article for article in articles("feed.xml").values()}
    first, second = by_key["guid:wire:2024-01-15-ports"], by_key["guid:wire:2024-02-26-turn"]
    assert "“The harbour toll will stay,” Ellingsen said" in first.text
    assert "The harbour toll should be abolished,” Ellingsen said" in second.text
    assert first.published_at == datetime(2024, 1, 15, 6, 40, tzinfo=UTC)
    assert second.published_at == datetime(2024, 2, 26, 10, 10, tzinfo=UTC)
