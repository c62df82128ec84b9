"""Bytes of a feed → its entries. Pure: no network, no clock, safe in a worker process.

The only place that knows feedparser, which gets bytes and a content type, never an address, and neither
cleans HTML nor resolves links: what is stored is what was delivered. An entry that cannot be used is a value
in ``problems``; it never costs the feed its other entries.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

import feedparser

from archive.errors import ParseError
from archive.feeds.dates import read_date
from archive.feeds.scrub import scrub
from archive.model import Entry

LONGEST_KEY = 500

Raw: TypeAlias = Mapping[str, Any]
"""An entry or a feed of feedparser as a plain dict: the look-up of its own class takes one date for another."""

_UNSTORABLE = re.compile("[\ud800-\udfff]")
_TEXTUAL = ("text/", "application/xhtml+xml", "application/html")
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something delivered that is not among the entries: why, and what is known of it.

    ``raw`` is what could be read of an entry. It is empty where the problem is the document's as a whole;
    then the document itself is the evidence.
    """

    reason: str
    key: str | None = None
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What one delivered document holds, entries in its order (feeds usually put the newest first).

    Entries, problems with a ``raw`` form, and the number ``repeated`` of literal repetitions (some real feeds hold
    an entry four times) add up to what was delivered.
    """

    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    repeated: int = 0


def parse(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed:
    """Read a feed document that came from ``url`` with ``headers`` (lower-case names).

    ParseError where it is not a feed at all.
    """
    result = _feedparser(body, headers, url)
    feed, raws = dict(result["feed"]), [dict(entry) for entry in result["entries"]]
    if not result["version"] and not raws:
        raise ParseError(
            "the document is no feed that can be read" + _because(result), where=url, remedy="Check the feed's address"
        )
    base, language = url if _is_http(url) else _text(feed, "link") or "", _text(feed, "language")
    found: list[tuple[Entry, Raw]] = []
    problems: list[Problem] = []
    for raw in raws:
        try:
            found.append((_entry(raw, base, language), raw))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            problems.append(Problem(f"the entry cannot be read: {error}", raw=_known(raw)))
    entries, repeats = _told_apart(found)
    if result.get("bozo") and not isinstance(result.get("bozo_exception"), _HARMLESS):
        problems.append(Problem("the document is not well-formed, entries may be missing" + _because(result)))
    repeated = len(found) - len(entries) - len(repeats)
    return ParsedFeed(_text(feed, "title"), language, entries, (*problems, *repeats), repeated)


def _feedparser(body: bytes, headers: Mapping[str, str], url: str) -> dict[str, Any]:
    kept = {"content-type": headers["content-type"]} if "content-type" in headers else {}
    try:
        result = feedparser.parse(
            io.BytesIO(scrub(body)), response_headers=kept, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser's parsers raise anything on hostile input
        what = f"the document cannot be read: {type(error).__name__}: {error}"
        raise ParseError(what, where=url, remedy="Its bytes are kept; report them with the feed's address") from error
    return {"version": "", **result}


def _because(result: Mapping[str, Any]) -> str:
    cause = result.get("bozo_exception")
    return f": {' '.join(str(cause).split())[:200]}" if cause else ""


def _entry(raw: Raw, base: str, language: str | None) -> Entry:
    """One entry, its key still a candidate; ValueError where it holds nothing at all."""
    published_raw = _text(raw, "published") or _text(raw, "updated") or _text(raw, "created")
    entry = Entry(
        key="",
        link=_link(raw, base),
        title=_text(raw, "title"),
        author=_text(raw, "author"),
        content=_content(raw),
        summary=_summary(raw),
        published=_date(raw, "published") or _date(raw, "updated") or _date(raw, "created"),
        published_raw=published_raw,
        updated=_date(raw, "updated"),
        language=_language(raw) or language,
    )
    if not (entry.link or entry.title or entry.content or entry.summary):
        raise ValueError("it has neither link nor title nor text")
    return entry


def _told_apart(found: Iterable[tuple[Entry, Raw]]) -> tuple[tuple[Entry, ...], list[Problem]]:
    """Give each entry the first of its keys that no different entry of the document shares.

    Some feeds give all entries one guid, or link them all to the front page: then the next key decides. Of two
    entries that are one article after all, the first is kept, and the other is a problem if it says otherwise.
    """
    sharing: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    candidates = [(entry, raw, _keys(entry, raw)) for entry, raw in found]
    for entry, _, keys in candidates:
        for key in keys:
            sharing[key].add((entry.link, entry.title))
    kept: dict[str, Entry] = {}
    repeats: list[Problem] = []
    for entry, raw, keys in candidates:
        key = next((key for key in keys if len(sharing[key]) == 1), keys[-1])
        named = replace(entry, key=key)
        if kept.setdefault(key, named) != named:
            repeats.append(Problem("the entry repeats an earlier one in other words", key=key, raw=_known(raw)))
    return tuple(kept.values()), repeats


def _keys(entry: Entry, raw: Raw) -> tuple[str, ...]:
    """guid, link and hash, as far as they exist. The hash leaves the text out if it can: texts are edited."""
    guid = _text(raw, "id")
    keys = [f"guid:{guid}"] if guid else []
    if entry.link:
        keys.append(f"link:{entry.link}")
    named = (entry.title, entry.published_raw) if entry.title else (entry.content, entry.summary)
    keys.append(f"hash:{_digest(repr(named))}")
    return tuple(key if len(key) <= LONGEST_KEY else f"{key[:5]}sha256:{_digest(key)}" for key in keys)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _text(raw: Raw, name: str) -> str | None:
    """A field as text that can be stored; None where it is absent or blank."""
    value = raw.get(name)
    return _storable(value) if isinstance(value, str) else None


def _storable(value: str) -> str | None:
    return _UNSTORABLE.sub("\ufffd", value.replace("\0", "")).strip() or None


def _link(raw: Raw, base: str) -> str | None:
    """The entry's page, absolute and http(s). A guid that feedparser took for the link must be so by itself."""
    link = _text(raw, "link")
    if link is None:
        return None
    try:
        absolute = link if link == _text(raw, "id") else urljoin(base, link)
        return absolute if _is_http(absolute) else None
    except ValueError:  # such as an unfinished IPv6 address
        return None


def _is_http(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _content(raw: Raw) -> str | None:
    """The longest of the full texts, where there are any."""
    details = raw.get("content") or []
    return max((text for detail in details if (text := _markup(detail))), key=len, default=None)


def _summary(raw: Raw) -> str | None:
    """The summary. Where it has no detail, it is feedparser's copy of the content and none of the feed's."""
    detail = raw.get("summary_detail")
    return _markup(detail) if detail else None


def _markup(detail: Raw) -> str | None:
    """A text construct as HTML, or as plain text where there is no mistaking it for HTML."""
    value, kind = detail.get("value"), detail.get("type") or "text/html"
    if not isinstance(value, str) or not kind.startswith(_TEXTUAL):
        return None
    return _storable(html.escape(value, quote=False) if kind == "text/plain" else value)


def _date(raw: Raw, name: str) -> datetime | None:
    """A date by our own reading: feedparser completes a broken one with today's month and day."""
    text = _text(raw, name)
    return read_date(text) if text else None


def _language(raw: Raw) -> str | None:
    for detail in (*(raw.get("content") or ()), raw.get("title_detail") or {}):
        if language := _text(detail, "language"):
            return language
    return None


def _known(raw: Raw) -> bytes:
    return repr(raw).encode("utf-8", "surrogatepass")
