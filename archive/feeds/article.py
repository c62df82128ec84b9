"""Entry (and page, and file) → article: which text counts as the article's, and where it came from.

Pure functions: the page's bytes are given, the time of capture is given.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import lru_cache

from archive.errors import ParseError
from archive.feeds.dates import believable
from archive.feeds.text import (
    FRAGMENT_READER,
    decode,
    looks_like_html,
    page_reader,
    storable,
    text_from_fragment,
    text_from_page,
    title_of,
)
from archive.model import Article, Entry, Feed, FullText, TextSource, utc

IMPORTED = "import"
"""The feed id of articles that came from files."""

FULL_SUMMARY = 2000
"""Characters from which on a summary is the article itself, as in feeds that know no other place for it."""

_TEASER = re.compile(
    r"(?:…|\.\.\.|[\[(](?:…|\.\.\.)[\])]"
    r"|\b(?:continue reading|read (?:more|on|the (?:full|whole) (?:article|story)))\b[^\n]{0,120})\W*$",
    re.IGNORECASE,
)
_ENDING = 200
_PRIMARY = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")


def article_id(feed: str, key: str) -> str:
    """The id an article keeps over all its revisions: it depends on feed and entry key alone."""
    return "a-" + hashlib.sha256(f"{feed}\0{key}".encode("utf-8", "replace")).hexdigest()[:20]


def needs_page(feed: Feed, entry: Entry) -> bool:
    """Whether the linked page is to be fetched: the feed wants it always, or does not carry the text itself."""
    if entry.link is None or feed.full_text is FullText.NEVER:
        return False
    return feed.full_text is FullText.ALWAYS or not _carried(*_of_feed(entry))


def from_entry(
    feed: Feed, entry: Entry, page: bytes | None, captured_at: datetime, *, outlet: str | None = None
) -> Article:
    """The article an entry points to. ``page`` is the linked page, or None if it was not fetched or not reached.

    ``outlet`` is the feed's own name for itself, used where the configuration gives none. ParseError where
    the entry has no text whatsoever.
    """
    text, source = _text(feed, entry, page)
    if not text:
        raise ParseError("the entry has no text", where=entry.link or f"{feed.id} {entry.key}")
    return Article(
        id=article_id(feed.id, entry.key),
        feed=feed.id,
        key=entry.key,
        text=text,
        text_source=source,
        captured_at=utc(captured_at),
        url=entry.link,
        title=_line(entry.title),
        author=_line(entry.author),
        outlet=feed.title or _line(outlet),
        language=_language(feed, entry),
        published_at=believable(entry.published, utc(captured_at)),
        published_raw=entry.published_raw,
        reader=page_reader() if source is TextSource.PAGE else FRAGMENT_READER,
    )


def from_file(
    data: bytes,
    *,
    name: str,
    captured_at: datetime,
    url: str | None = None,
    published: datetime | None = None,
    outlet: str | None = None,
    language: str = "en",
) -> Article:
    """An article from a file of plain text, taken as it is, or of HTML, reduced to its main text.

    ``name`` is for messages. The URL makes the article's identity, else its content does. ParseError where
    there is no text.
    """
    is_html = looks_like_html(data)
    text = text_from_page(data, url) if is_html else storable(decode(data))
    if not text.strip():
        raise ParseError("the file has no text", where=name, remedy="Give a file of plain text or HTML")
    key = f"link:{url}" if url else f"hash:{hashlib.sha256(data).hexdigest()[:32]}"
    return Article(
        id=article_id(IMPORTED, key),
        feed=IMPORTED,
        key=key,
        text=text,
        text_source=TextSource.FILE,
        captured_at=utc(captured_at),
        url=url,
        title=_line(title_of(data)) if is_html else None,
        outlet=outlet,
        language=language,
        published_at=utc(published) if published else None,
        reader=page_reader() if is_html else "",
    )


def _text(feed: Feed, entry: Entry, page: bytes | None) -> tuple[str, TextSource]:
    """The fullest text that the feed's setting asks for, and its source.

    A page that yields less than what the feed itself tells was not read rightly: a consent wall, or one that
    scripts would have to fill.
    """
    content, summary = _of_feed(entry)
    carried, teaser = _carried(content, summary), max(content, summary, key=len)
    of_page = _of_page(page, entry.link) if page and (feed.full_text is FullText.ALWAYS or not carried) else ""
    if of_page and len(of_page) >= len("" if carried else teaser):
        return of_page, TextSource.PAGE
    if carried:
        return carried, TextSource.CONTENT
    return (teaser, TextSource.SUMMARY) if teaser else (_line(entry.title) or "", TextSource.TITLE)


def _of_feed(entry: Entry) -> tuple[str, str]:
    return _read(entry.content or ""), _read(entry.summary or "")


@lru_cache(maxsize=2)
def _read(fragment: str) -> str:
    """Kept for the moment: whether the page is needed is asked first, and the text is taken right after."""
    return text_from_fragment(fragment)


def _carried(content: str, summary: str) -> str:
    """The full text, if the feed carries it: its content, or a summary so long that it must be all there is.

    A text that breaks off ("Continue reading …") is not full.
    """
    if content and not _TEASER.search(content[-_ENDING:]):
        return content
    return summary if len(summary) >= FULL_SUMMARY and not _TEASER.search(summary[-_ENDING:]) else ""


def _of_page(page: bytes, url: str | None) -> str:
    """The page's text; a page that cannot be read is as good as one that cannot be reached, and says nothing."""
    try:
        return text_from_page(page, url)
    except ParseError:
        return ""


def _line(text: str | None) -> str | None:
    """A title or name on one line, its entities and tags resolved."""
    return " ".join(text_from_fragment(text).split()) or None if text else None


def _language(feed: Feed, entry: Entry) -> str:
    """The primary language subtag: as configured, but where that is English, the default, an entry may know better."""
    configured = _primary(feed.language) or "en"
    return _primary(entry.language or "") or configured if configured == "en" else configured


def _primary(tag: str) -> str | None:
    found = _PRIMARY.match(tag)
    return found[0].lower() if found else None
