"""Where a site's feeds are: what its page declares, what it links to, where they commonly lie. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from archive.feeds.text import decode, tree_of

COMMON_PATHS = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "feeds/posts/default")
"""Tried, relative to the site's root, where its page names no feed."""

MOST_FOUND = 50

_TYPES = re.compile(r"application/(?:rss|atom|rdf)\+xml|application/feed\+json|(?:application|text)/xml", re.IGNORECASE)
_JSON = re.compile(r"application/json", re.IGNORECASE)
_LINKED = re.compile(
    r"(?:[./]|\b)(?:rss|atom|feed|feeds)(?:\.(?:xml|json|rdf))?/?(?:[?#].*)?$|\.(?:rss|rdf)$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a page names: its address, and its title where one is given."""

    url: str
    title: str | None = None


def feeds_of(page: bytes, url: str) -> list[Found]:
    """The feeds a page names, the best first: declared ones, then linked ones; those of comments last of each."""
    root = tree_of(decode(page))
    if root is None:
        return []
    base = urljoin(url, next((href for href in root.xpath("//base/@href") if href.strip()), ""))
    declared = [
        Found(link.get("href"), link.get("title"))
        for link in root.iter("link")
        if "alternate" in (link.get("rel") or "").lower().split() and _is_feed(link.get("type") or "", link.get("href"))
    ]
    linked = [Found(link.get("href")) for link in root.iter("a") if _LINKED.search(link.get("href") or "")]
    ordered = [one for group in (declared, linked) for one in sorted(group, key=_of_comments)]
    found: dict[str, Found] = {}
    for one in ordered:
        if target := _absolute(base, one.url):
            found.setdefault(target, Found(target, one.title))
    return list(found.values())[:MOST_FOUND]


def common_places(url: str) -> list[str]:
    """Addresses at which a site's feed often lies."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}/{path}" for path in COMMON_PATHS]


def _is_feed(kind: str, href: str | None) -> bool:
    return bool(href) and bool(_TYPES.match(kind) or (_JSON.match(kind) and "feed" in str(href)))


def _of_comments(found: Found) -> bool:
    return bool(_COMMENTS.search(f"{found.url} {found.title or ''}"))


def _absolute(base: str, href: str) -> str | None:
    try:
        target = urljoin(base, href.strip().replace("feed://", "https://", 1))
        return target if urlsplit(target).scheme in {"http", "https"} and urlsplit(target).hostname else None
    except ValueError:  # such as an unfinished IPv6 address
        return None
