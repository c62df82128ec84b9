"""New, revised or same: what a capture is, beside what is known. Pure.

An edit is a change of the words in title or text: not of whitespace, and not of where the text came from.
When a page cannot be reached, the feed's summary stands in for it; that poorer capture is no edit and must not take
the place of the fuller text. So:

- nothing known: **new**;
- the same words: **same**;
- other words from a poorer source than the known text's (title < summary < content, page, file): **same**;
- other words from as good or a better source: **revised**.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

import msgspec

from archive.model import Article, TextSource

FINGERPRINT_VERSION = b"\x01"

_FULLNESS = {
    TextSource.TITLE: 0,
    TextSource.SUMMARY: 1,
    TextSource.CONTENT: 2,
    TextSource.PAGE: 2,
    TextSource.FILE: 2,
}


class Change(StrEnum):
    """What a capture is to the archive."""

    NEW = "new"
    REVISED = "revised"
    SAME = "same"


def fingerprint(article: Article) -> str:
    """SHA-256, as 64 hexadecimal digits, over a version byte and the article's words as canonical JSON.

    Runs of whitespace count as one blank. Empty fields are left out, so that a field added later changes no
    fingerprint of articles that do not have it.
    """
    words = {"text": " ".join(article.text.split()), "title": " ".join((article.title or "").split())}
    canonical = msgspec.json.encode({name: value for name, value in words.items() if value}, order="sorted")
    return hashlib.sha256(FINGERPRINT_VERSION + canonical).hexdigest()


def decide(known_fingerprint: str | None, known_source: TextSource | None, article: Article) -> Change:
    """What this capture is, beside the fingerprint and text source of the latest revision (None: there is none)."""
    if known_fingerprint is None:
        return Change.NEW
    poorer = known_source is not None and _FULLNESS[article.text_source] < _FULLNESS[known_source]
    return Change.SAME if poorer or fingerprint(article) == known_fingerprint else Change.REVISED
