"""OPML 1.0 and 2.0: lists of subscriptions, read safely and written. Pure.

The format: http://opml.org/spec2.opml

Outlines nest to any depth; the names of those around a feed are its category, "Politics/Norland".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from archive.errors import ParseError
from archive.feeds.scrub import scrub
from archive.model import Feed, utc

DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed as a list has it."""

    url: str
    title: str | None = None
    category: str | None = None


def read_opml(document: bytes, where: str) -> list[Subscription]:
    """The subscriptions of a list, in its order. ParseError where the document is none.

    A list that is not well-formed is read as far as it goes. Entities are not resolved and nothing is fetched.
    """
    try:
        parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(scrub(document), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"the document is no XML that can be read: {error}", where=where) from error
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        raise ParseError("the document is no OPML", where=where, remedy="Give a file that another reader exported")
    return list(_outlines(root))


def _outlines(root: etree._Element) -> Iterator[Subscription]:
    """Every outline with a feed, in document order, with its place."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, path = waiting.pop()
        values = {str(name).lower(): str(value).strip() for name, value in element.attrib.items()}
        name = values.get("title") or values.get("text") or ""
        if url := values.get("xmlurl"):
            category = "/".join(path) or values.get("category", "").split(",")[0].strip("/ ") or None
            yield Subscription(url, name or None, category)
        elif name and len(path) < DEEPEST:
            path = (*path, name.replace("/", "-"))
        waiting += [(child, path) for child in element.iterchildren(tag=etree.Element, reversed=True)]


def write_opml(feeds: Iterable[Feed], title: str, now: datetime) -> bytes:
    """A list of these feeds as OPML 2.0; categories become nested outlines, files are left out."""
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = utc(now).strftime("%a, %d %b %Y %H:%M:%S GMT")
    places: dict[tuple[str, ...], etree._Element] = {(): body}
    for feed in feeds:
        if not feed.url.startswith(("http://", "https://")):
            continue
        path = tuple(part for part in (feed.category or "").split("/") if part)
        for depth in range(len(path)):
            if path[: depth + 1] not in places:
                above = places[path[:depth]]
                places[path[: depth + 1]] = etree.SubElement(above, "outline", text=path[depth], title=path[depth])
        name = feed.title or feed.id
        etree.SubElement(places[path], "outline", type="rss", text=name, title=name, xmlUrl=feed.url)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document
