"""docs/feeds.md says what is so: its snippets are read, and its example of a mistake is made."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from archive.config import load
from archive.errors import ConfigError
from archive.model import FullText

PAGE = Path(__file__).parents[2] / "docs" / "feeds.md"


def snippets() -> dict[str, str]:
    """The fenced blocks of the page by what stands after the fence."""
    found: list[tuple[str, str]] = re.findall(
        r"^```(.+?)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return dict(found)


def test_the_snippets_of_the_page_are_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(snippets()["yaml"], encoding="utf-8")
    (tmp_path / "actors.yaml").write_text(snippets()["yaml registry"], encoding="utf-8")
    config = load(tmp_path / "feeds.yaml", {})
    assert [feed.every for feed in config.feeds] == [timedelta(minutes=15), timedelta(minutes=30)]
    assert [feed.full_text for feed in config.feeds] == [FullText.AUTO, FullText.ALWAYS]
    assert [topic.id for topic in config.topics] == ["harbour-toll"]
    assert [actor.id for actor in config.actors] == ["marta-ellingsen", "norland"]


def test_the_mistake_of_the_page_is_told_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("feeds.yaml").write_text(snippets()["yaml mistake"], encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(None, {})
    assert str(caught.value) == snippets()["text"].strip()
