"""JSON Feed 1.0 and 1.1 → the same shape that feedparser gives other feeds. Pure.

The format: https://jsonfeed.org/version/1.1

Nothing is judged here: a field of a wrong kind is left out, an item that is no object becomes an entry without
content, which the reading of entries then reports with its raw form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from archive.errors import ParseError

_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_VERSION = "https://jsonfeed.org/version/"


def looks_like_json(body: bytes) -> bool:
    """Whether a document begins as a JSON object does, after a byte order mark and blanks."""
    return body[:512].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read(body: bytes, where: str) -> dict[str, Any]:
    """The feed and its entries, by feedparser's names. ParseError where the document is no JSON Feed."""
    try:
        document = _decoded(body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the document is no JSON that can be read: {error}", where=where) from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or not str(document.get("version", "")).startswith(
        (_VERSION, "http://jsonfeed.org/")
    ):
        raise ParseError("the document is JSON but no JSON Feed", where=where, remedy="Check the feed's address")
    feed = {
        "title": _text(document, "title"),
        "link": _text(document, "home_page_url"),
        "language": _text(document, "language"),
    }
    return {
        "version": "json1",
        "feed": {name: value for name, value in feed.items() if value},
        "entries": [_entry(item, document) for item in items],
    }


def _decoded(text: str) -> Any:
    """The document. ValueError where it is no JSON.

    For one item msgspec refuses a whole feed, though it is JSON: half of a surrogate pair, an integer without end.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        spelt_out = json.dumps(json.loads(text, parse_int=str), ensure_ascii=False)
        return msgspec.json.decode(_HALF_A_PAIR.sub("\ufffd", spelt_out))


def _entry(item: object, document: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(item, dict):
        return {"item": item}
    text, markup, summary = _text(item, "content_text"), _text(item, "content_html"), _text(item, "summary")
    details = [{"value": markup, "type": "text/html"}] if markup else []
    details += [{"value": text, "type": "text/plain"}] if text and not markup else []
    entry: dict[str, Any] = {
        "id": _text(item, "id"),
        "link": _text(item, "url") or _text(item, "external_url"),
        "title": _text(item, "title"),
        "author": _author(item) or _author(document),
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "content": [{**detail, "language": _text(item, "language")} for detail in details],
        "summary_detail": {"value": summary, "type": "text/plain"} if summary else None,
        "title_detail": {"language": _text(item, "language")},
    }
    return {name: value for name, value in entry.items() if value}


def _author(holder: Mapping[str, Any]) -> str | None:
    """The names of version 1.1's list of authors, or of 1.0's one author."""
    listed = holder.get("authors")
    authors = [one for one in (listed if isinstance(listed, list) else [holder.get("author")]) if isinstance(one, dict)]
    return ", ".join(name for one in authors if (name := _text(one, "name"))) or None


def _text(holder: Mapping[str, Any], name: str) -> str | None:
    """A text, or a number, which ids sometimes are, as text."""
    value = holder.get(name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if number else None
