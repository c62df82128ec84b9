"""The events that everyone appends and reads: captured articles with some 700 bytes of data each."""

from __future__ import annotations

import hashlib

from archive.ledger.events import ArticleCaptured

FEEDS = 40


def articles(first: int, count: int) -> list[ArticleCaptured]:
    """Captured articles with these numbers, each of its own stream; the same number gives the same article."""
    return [_article(number) for number in range(first, first + count)]


def _article(number: int) -> ArticleCaptured:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    slug = f"harbour-council-of-norland-weighs-the-toll-on-coastal-freight-{number}"
    path = f"https://wire-{number % FEEDS}.example/world/norland/2024/03/01/{slug}"
    return ArticleCaptured(
        article=f"a-{digest[:20]}",
        feed=f"wire-{number % FEEDS}",
        key=f"guid:{path}?edition=coastal&section=economy",
        fingerprint=digest,
        text_source="content",
        captured_at="2024-03-01T12:00:00.000000Z",
        chars=2000 + number % 4000,
        url=f"{path}?utm_source=feed&utm_medium=rss&utm_campaign=morning-briefing",
        outlet=f"Norland Wire, edition {number % FEEDS} for the coastal provinces",
        published_at="2024-03-01T11:42:07.000000Z",
        published_raw="Fri, 01 Mar 2024 11:42:07 GMT",
    )
