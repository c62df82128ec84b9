"""The short way through plain feeds: what feedparser makes of RSS 2.0 and Atom documents in which nothing is unusual.

Feedparser stays the authority. It calls a dozen Python functions an element, which was more than half of what a poll
costs; most feeds use a handful of elements whose handling is simple. Here those are read from the tree that libxml2
built for the count anyway. Whatever is not listed here (an element, an attribute, a namespace, an encoding, a child
where text is expected, an element twice) makes :func:`read` decline, and feedparser reads the whole document.
Tests hold the two equal, entry by entry, on generated feeds and on all that the corpora hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

from lxml import etree

Fields: TypeAlias = dict[str, Any]

_PROLOG = re.compile(
    rb"""(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["'](?:utf-8|UTF-8)["'])?\s*\?>)?"""
    rb"\s*(?:(?:<!--(?:[^-]|-[^-])*+-->|<\?xml-stylesheet\s[^<>]*+>)\s*)*+<(?:rss|feed)[\s>]"
)
_TYPE = re.compile(r"(?:text|application)/(?:xml|(?:rss|atom)\+xml)(?i:(;\s*charset=utf-8))?")
_URL = re.compile(r"https?://[A-Za-z0-9][^\x00-\x20\x7f-\U0010ffff;]*")
_NAME = re.compile(r"(?!.*://)[\x21-\x7e]+")
"""What is no address, and cannot be taken for one."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MISREAD = re.compile(r"[\x80-\x9f]")

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
WFW = "http://wellformedweb.org/CommentAPI/"
_NAMESPACES: frozenset[tuple[object, str]] = frozenset({
    ("atom", ATOM), ("content", CONTENT), ("dc", DC), ("slash", SLASH), ("sy", SY), ("wfw", WFW),
    ("georss", "http://www.georss.org/georss"), ("media", "http://search.yahoo.com/mrss/"),
})  # fmt: skip
"""Namespaces that may be declared, each under its usual prefix; feedparser goes by prefixes, and mixes up others."""

_FEED_TEXTS = {"title": "title", "language": "language", "ttl": "ttl"}
_ITEM_TEXTS = {"title": "title", "pubDate": "published", "author": "author", f"{{{DC}}}creator": "author"}
_ITEM_ADDRESSES = {"comments", f"{{{WFW}}}commentRss"}
_FEED_IDLE = {
    "description", "pubDate", "lastBuildDate", "generator", "copyright", "managingEditor", "webMaster",
    f"{{{SY}}}updatePeriod", f"{{{SY}}}updateFrequency",
}  # fmt: skip


class _Unusual(Exception):  # noqa: N818 - no error: the document is for feedparser
    """Something that is not listed here."""


def read(root: etree._Element, markup: bytes, content_type: str) -> dict[str, Any] | None:
    """What feedparser would say of a well-formed document, as far as we ask; None where it must be asked itself."""
    try:
        if not _is_utf8(markup, content_type) or markup.count(b"xmlns") != len(root.nsmap):
            return None
        if root.tag == "rss":
            return _rss(root)
        return _atom(root) if root.tag == f"{{{ATOM}}}feed" and not root.prefix else None
    except _Unusual:
        return None


def _is_utf8(markup: bytes, content_type: str) -> bool:
    """Whether all that declares an encoding says UTF-8; of ``text/xml`` without a charset, RFC 3023 says ASCII."""
    kind = _TYPE.fullmatch(content_type)
    if not _PROLOG.match(markup) or (content_type and not kind):
        return False
    return kind is None or kind[1] is not None or content_type.startswith("application/") or markup.isascii()


def _rss(root: etree._Element) -> dict[str, Any]:
    _check(root.get("version") == "2.0" and len(root.attrib) == 1 and len(root) == 1)
    _check(set(root.nsmap.items()) <= _NAMESPACES)
    channel = root[0]
    _check(channel.tag == "channel" and not channel.attrib)
    feed: Fields = {}
    entries = []
    for element in channel:
        match element.tag:
            case "item":
                entries.append(_item(element))
            case str(tag) if tag in _FEED_TEXTS:
                _put(feed, _FEED_TEXTS[tag], _text(element))
            case "link":
                _put(feed, "link", _shaped(_URL, _text(element)))
            case str(tag) if tag in _FEED_IDLE:
                _text(element)
            case str(tag) if tag == f"{{{ATOM}}}link":
                _check(not len(element) and element.get("rel") in {"self", "hub"})
                _attributes(element, {"rel", "type", "href"})
            case _:
                raise _Unusual
    return {"version": "rss20", "feed": feed, "entries": entries}


def _item(item: etree._Element) -> Fields:
    _check(not item.attrib)
    raw: Fields = {}
    permalink = None
    for element in item:
        match element.tag:
            case str(tag) if tag in _ITEM_TEXTS:
                _put(raw, _ITEM_TEXTS[tag], _text(element))
            case "link":
                _put(raw, "link", _shaped(_URL, _text(element)))
            case "guid":
                is_link = element.get("isPermaLink", "true") == "true"
                _put(raw, "id", _guid(_text(element, {"isPermaLink"})))
                permalink = raw["id"] if is_link else None
            case "description":
                _put(raw, "summary_detail", _construct("text/html", _text(element), None))
            case str(tag) if tag == f"{{{CONTENT}}}encoded":
                _put(raw, "content", [_construct("text/html", _text(element), None)])
            case "category":
                _text(element, {"domain"})
            case str(tag) if tag in _ITEM_ADDRESSES:
                _shaped(_URL, _text(element))
            case str(tag) if tag == f"{{{SLASH}}}comments":
                _text(element)
            case "enclosure":
                _check(not len(element))
                _attributes(element, {"url", "length", "type"})
            case _:
                raise _Unusual
    return {"link": permalink, **raw} if permalink else raw


def _atom(root: etree._Element) -> dict[str, Any]:
    _check(set(root.nsmap.items()) <= {(None, ATOM), *_NAMESPACES})
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    _check(len(root.attrib) == (language is not None) and (language is None or bool(_LANGUAGE.fullmatch(language))))
    feed: Fields = {"language": language} if language else {}
    entries = []
    for element in root:
        match _local(element):
            case "entry":
                entries.append(_entry(element, language))
            case "title":
                _put(feed, "title", _typed(element, language)["value"])
            case "subtitle" | "rights":
                _typed(element, language)
            case "id":
                feed.setdefault("link", _guid(_text(element)))
            case "icon" | "logo":
                _guid(_text(element))
            case "updated":
                _text(element)
            case "generator":
                _text(element, {"version"})
            case "link":
                feed.update(_link(element))
            case "author":
                _author(element)
            case _:
                raise _Unusual
    return {"version": "atom10", "feed": feed, "entries": entries}


def _entry(entry: etree._Element, language: str | None) -> Fields:
    _check(not entry.attrib)
    raw: Fields = {}
    link: Fields = {}
    for element in entry:
        match _local(element):
            case "title":
                _put(raw, "title_detail", _typed(element, language))
                raw["title"] = raw["title_detail"]["value"]
            case "id":
                _put(raw, "id", _guid(_text(element)))
            case "updated" | "published" as name:
                _put(raw, name, _text(element))
            case "link":
                link |= _link(element)
            case "author":
                _put(raw, "author", _author(element))
            case "summary":
                _put(raw, "summary_detail", _typed(element, language))
            case "content":
                _put(raw, "content", [_typed(element, language)])
            case "category":
                _check(not len(element) and not element.text)
                _attributes(element, {"term", "scheme", "label"})
            case _:
                raise _Unusual
    return ({"link": raw["id"]} if "id" in raw else {}) | raw | link


def _link(element: etree._Element) -> Fields:
    """The page that a link leads to, where it is the alternate one."""
    _check(not len(element) and not element.text)
    _attributes(element, {"rel", "type", "href", "hreflang", "title", "length"})
    href = _shaped(_URL, element.get("href", ""))
    kind = element.get("type", "text/html").lower()
    alternate = element.get("rel", "alternate").lower() == "alternate"
    return {"link": href} if alternate and kind in {"text/html", "html", "application/xhtml+xml", "xhtml"} else {}


def _author(element: etree._Element) -> str:
    _check(not element.attrib and [_local(one) for one in element] in (["name"], ["name", "uri"]))
    name, *uri = (_text(one) for one in element)
    for one in uri:
        _shaped(_URL, one)
    _check(bool(name))
    return name


def _typed(element: etree._Element, language: str | None) -> Fields:
    kind = element.get("type", "text")
    _check(kind in {"text", "html"})
    return _construct(f"text/{'plain' if kind == 'text' else 'html'}", _text(element, {"type"}), language)


def _construct(kind: str, value: str, language: str | None) -> Fields:
    return {"type": kind, "language": language, "value": value}


def _text(element: etree._Element, attributes: Iterable[str] = ()) -> str:
    """The text of an element that holds nothing else. Where feedparser mends an encoding, it must do so itself."""
    _check(not len(element))
    _attributes(element, attributes)
    text = (element.text or "").strip()
    if not text.isascii():
        _check(not _MISREAD.search(text) and not _mended(text))
    return text


def _mended(text: str) -> bool:
    try:
        text.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _guid(text: str) -> str:
    return _shaped(_URL if text.startswith("http") else _NAME, text)


def _shaped(form: re.Pattern[str], text: str) -> str:
    _check(form.fullmatch(text) is not None)
    return text


def _attributes(element: etree._Element, known: Iterable[str]) -> None:
    if element.attrib:
        _check(set(element.attrib) <= set(known))


def _put(raw: Fields, name: str, value: object) -> None:
    _check(name not in raw)
    raw[name] = value


def _local(element: etree._Element) -> str:
    """The name of an element of Atom; empty for any other, and for comments."""
    tag: object = element.tag
    return tag.removeprefix(f"{{{ATOM}}}") if isinstance(tag, str) and tag.startswith(f"{{{ATOM}}}") else ""


def _check(usual: bool) -> None:
    if not usual:
        raise _Unusual
