"""Bytes of a feed → its entries. Pure: no network, no clock, safe in a worker process.

The only place that knows feedparser, which gets bytes and a content type, never an address, and neither
cleans HTML nor resolves links: what is stored is what was delivered. Plain documents take a shorter way to the same
result (:mod:`archive.feeds.plain`). An entry that cannot be used is a value
in ``problems``; it never costs the feed its other entries.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from archive.errors import ParseError
from archive.feeds import jsonfeed, plain
from archive.feeds.dates import read_date
from archive.feeds.recover import Recovered, breaks_off
from archive.feeds.scrub import scrub
from archive.model import Entry

LONGEST_KEY = 500
MOST_ENTRIES = 20_000
"""More than any feed holds; a document with more is kept as a whole, lest it fill the quarantine."""

NOT_A_FEED = "Check the feed's address"
UNREADABLE = "Its bytes are kept; report them with the feed's address"
CUT_SHORT = "the document breaks off inside it"

Raw: TypeAlias = Mapping[str, Any]
"""An entry or a feed of feedparser as a plain dict: the look-up of its own class takes one date for another."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with what feedparser knows of it, and what gives its bytes if they are needed."""

    entry: Entry
    raw: Raw
    evidence: Callable[[], bytes]


_UNSTORABLE = re.compile("[\ud800-\udfff]")
_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?::[0-9]+)?/[A-Za-z0-9_~/-]*(?:\.[a-z]+)?")
"""Most links: joined to no base they are any other, and taking them apart costs more than all else of an entry."""
_TEXTUAL = ("text/", "application/xhtml+xml", "application/html")


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that was delivered and is not among the entries: why, its key if it has one, and its bytes."""

    reason: str
    key: str | None = None
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What one delivered document holds, entries in its order (feeds usually put the newest first).

    Entries, problems, and the number ``repeated`` of literal repetitions (some real feeds hold an entry four
    times) add up to what was delivered. ``whole`` is false where the document breaks off. ``ttl`` is how many
    minutes the feed says it may be kept.
    """

    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    repeated: int = 0
    whole: bool = True
    ttl: int | None = None


def parse(body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed:
    """Read a feed document that came from ``url`` with ``headers`` (lower-case names).

    Layers: what XML forbids is scrubbed and the document parsed; where that finds fewer entries than libxml2
    does, each entry is cut out and parsed by itself; one that still cannot be read is a problem with its bytes.
    ParseError where the document is not a feed at all.
    """
    document = _Document(body, headers, url)
    if not (document.result["version"] or document.found or document.problems):
        because = _because(document.result)
        raise ParseError(f"the document is no feed that can be read{because}", where=url, remedy=NOT_A_FEED)
    feed = dict(document.result["feed"])
    entries, repeats = _told_apart(document.found)
    return ParsedFeed(
        title=_text(feed, "title"),
        language=_text(feed, "language"),
        entries=entries,
        problems=(*document.problems, *repeats),
        repeated=len(document.found) - len(entries) - len(repeats),
        whole=document.whole,
        ttl=_ttl(feed),
    )


class _Document:
    """One document read: the entries that were ``found``, as feedparser has them beside them, and the ``problems``."""

    def __init__(self, body: bytes, headers: Mapping[str, str], url: str) -> None:
        self.found: list[Found] = []
        self.problems: list[Problem] = []
        is_json = jsonfeed.looks_like_json(body)
        markup = b"" if is_json else scrub(body)
        self.recovered = Recovered(markup)
        short = jsonfeed.read(body, url) if is_json else _short(markup, headers, self.recovered)
        self.result, error = (short, None) if short else _feedparser(markup, headers)
        self._complete = bool(short)
        feed = self.result["feed"]
        self._base = url if _is_http(url) else _text(feed, "link") or ""
        self._language = _text(feed, "language")
        self.whole = not (self.result.get("bozo") and breaks_off(markup))
        if error and not self.recovered:
            raise ParseError(f"the document cannot be read: {error}", where=url, remedy=UNREADABLE)
        if len(self.result["entries"]) > MOST_ENTRIES:
            raise ParseError(f"the document holds more than {MOST_ENTRIES} entries", where=url, remedy=UNREADABLE)
        self._read()

    def _read(self) -> None:
        raws = [dict(entry) for entry in self.result["entries"]]
        if self._complete or len(raws) >= len(self.recovered):
            for number, raw in enumerate(raws):
                cut_short = not self.whole and number == len(raws) - 1
                self._add(raw, CUT_SHORT if cut_short else None, partial(self._raw, raw, number))
            return
        count = len(self.recovered)
        for number, cut in enumerate(self.recovered.cuts()):
            alone = [dict(entry) for entry in _feedparser(cut.document, {})[0]["entries"]]
            problem = "the entry cannot be read, by itself neither" if len(alone) != 1 else None
            problem = CUT_SHORT if not self.whole and number == count - 1 else problem
            self._add(alone[0] if alone else {}, problem, partial(getattr, cut, "raw"))

    def _add(self, raw: Raw, problem: str | None, evidence: Callable[[], bytes]) -> None:
        try:
            if problem:
                raise ValueError(problem)
            self.found.append(Found(_entry(raw, self._base, self._language), raw, evidence))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            self.problems.append(Problem(f"the entry cannot be read: {error}", raw=evidence()))

    def _raw(self, raw: Raw, number: int) -> bytes:
        """The bytes of an entry, where both readings found as many; else as feedparser has it."""
        same = len(self.result["entries"]) == len(self.recovered)
        return self.recovered.raw(number) if same else repr(raw).encode("utf-8", "surrogatepass")


def _short(markup: bytes, headers: Mapping[str, str], recovered: Recovered) -> dict[str, Any] | None:
    """What feedparser would make of the markup, where there is a short way to it."""
    root = recovered.sound
    return plain.read(root, markup, headers.get("content-type", "")) if root is not None else None


@cache
def _library() -> Any:
    """Feedparser, without its reading of dates, for which it tries a dozen forms: ours is used instead."""
    import feedparser  # noqa: PLC0415 - a tenth of a second to load, and most feeds do without

    feedparser.registerDateHandler(lambda _text: (1970, 1, 1, 0, 0, 0, 3, 1, 0))
    return feedparser


def _feedparser(markup: bytes, headers: Mapping[str, str]) -> tuple[dict[str, Any], str | None]:
    """What feedparser makes of the markup, or nothing and the error: on hostile input it raises anything."""
    kept = {"content-type": headers["content-type"]} if "content-type" in headers else {}
    try:
        result = _library().parse(
            io.BytesIO(markup), response_headers=kept, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001 - it is kept, and raised where nothing can be saved
        return {"version": "", "feed": {}, "entries": []}, f"{type(error).__name__}: {error}"
    return {"version": "", "feed": {}, **result}, None


def _ttl(feed: Raw) -> int | None:
    """Minutes; only what can be one, for some feeds put a time or a sentence there."""
    text = _text(feed, "ttl") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _because(result: Mapping[str, Any]) -> str:
    cause = result.get("bozo_exception")
    return f": {' '.join(str(cause).split())[:200]}" if cause else ""


def _entry(raw: Raw, base: str, language: str | None) -> Entry:
    """One entry, its key still a candidate; ValueError where it holds nothing at all."""
    published_raw, published = _published(raw)
    entry = Entry(
        key="",
        link=_link(raw, base),
        title=_text(raw, "title"),
        author=_text(raw, "author"),
        content=_content(raw),
        summary=_summary(raw),
        published=published,
        published_raw=published_raw,
        updated=_date(raw, "updated"),
        language=_language(raw) or language,
    )
    if not (entry.link or entry.title or entry.content or entry.summary):
        raise ValueError("it has neither link nor title nor text")
    return entry


def _told_apart(found: Sequence[Found]) -> tuple[tuple[Entry, ...], list[Problem]]:
    """Give each entry the first of its keys that no different entry of the document shares.

    Some feeds give all entries one guid, or link them all to the front page: then the next key decides. Of two
    entries that are one article after all, the first is kept, and the other is a problem if it says otherwise.
    """
    sharing: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    candidates = [(one, _keys(one.entry, one.raw)) for one in found]
    for one, keys in candidates:
        for key in keys:
            sharing[key].add((one.entry.link, one.entry.title))
    kept: dict[str, Entry] = {}
    repeats: list[Problem] = []
    for one, keys in candidates:
        names = tuple(key for key in keys if len(sharing[key]) == 1)
        key = names[0] if names else keys[-1]
        named = replace(one.entry, key=key, names=names)
        if kept.setdefault(key, named) != named:
            repeats.append(Problem("the entry repeats an earlier one in other words", key=key, raw=one.evidence()))
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
    if link is None or _ABSOLUTE.fullmatch(link):
        return link
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


def _published(raw: Raw) -> tuple[str | None, datetime | None]:
    """The date as delivered and as read, both of one field: the first that can be read, else the first there is."""
    delivered = [(text, read_date(text)) for name in ("published", "updated", "created") if (text := _text(raw, name))]
    return next((one for one in delivered if one[1]), delivered[0] if delivered else (None, None))


def _date(raw: Raw, name: str) -> datetime | None:
    """A date by our own reading: feedparser completes a broken one with today's month and day."""
    text = _text(raw, name)
    return read_date(text) if text else None


def _language(raw: Raw) -> str | None:
    for detail in (*(raw.get("content") or ()), raw.get("title_detail") or {}):
        if language := _text(detail, "language"):
            return language
    return None
