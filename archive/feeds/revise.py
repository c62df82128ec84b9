"""New, revised or same: what a capture is, beside what is known. Pure.

An edit is a change of the words in title or text: not of whitespace, of what changes by itself (dates of update,
counters, tokens: see :mod:`archive.feeds.substance`), nor of where the text came from. When a page cannot be reached,
the feed's summary stands in for it; that poorer capture is no edit and must not take the place of the fuller text. So:

- nothing known: **new**;
- the same words: **same**, unless the article was taken down before and its page is there again: **revised**;
- other words from a poorer source than the known text's (title < summary < content, page, file): **same**;
- other words from as good or a better source: **revised**, unless the article flaps, or another version of the reader
  told the two texts from the markup and they differ in whole paragraphs only.

Some pages flap: two texts take turns for ever. A text may come back once at any time; from then on only after the
article was left as it is for a day, then two, four, eight …, so an endless flip-flop costs a few dozen revisions in a
lifetime, and a text that comes back to stay is recorded all the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

import msgspec

from archive.feeds.substance import substance
from archive.model import Article, TextSource

FINGERPRINT_VERSION = b"\x01"

FIRST_STILLNESS = timedelta(days=1)
REWORDED = 0.5
"""From which share of common words on one paragraph is taken for another, reworded."""
MOST_COMPARED = 60

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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article: its latest text's fingerprint and source, and when each text was captured.

    ``past`` are all revisions by fingerprint and time of capture, the latest last; ``text`` and ``reader`` are the
    latest text itself and what told it from the markup, where they are at hand.
    """

    fingerprint: str
    source: TextSource
    past: tuple[tuple[str, datetime], ...]
    removed: bool = False
    text: str | None = None
    reader: str = ""


def fingerprint(article: Article) -> str:
    """SHA-256, as 64 hexadecimal digits, over a version byte and the words that count as canonical JSON.

    Empty fields are left out, so that a field added later changes no fingerprint of articles that do not have it.
    """
    words = {"text": substance(article.text), "title": " ".join((article.title or "").split())}
    canonical = msgspec.json.encode({name: value for name, value in words.items() if value}, order="sorted")
    return hashlib.sha256(FINGERPRINT_VERSION + canonical).hexdigest()


def decide(known: Known | None, article: Article) -> Change:
    """What this capture is, beside what is known of the article (None: nothing)."""
    if known is None:
        return Change.NEW
    now = fingerprint(article)
    if _FULLNESS[article.text_source] < _FULLNESS[known.source]:
        return Change.SAME
    if now == known.fingerprint:
        return Change.REVISED if known.removed and article.text_source is TextSource.PAGE else Change.SAME
    if _reader_differs(known, article) or _flaps(known, now, article.captured_at):
        return Change.SAME
    return Change.REVISED


def _reader_differs(known: Known, article: Article) -> bool:
    """Whether the texts differ as those of two readers do: in whole paragraphs, none of which was reworded.

    A newer program that tells the text from the markup better, or worse, has edited nothing.
    """
    if known.text is None or not known.reader or not article.reader or known.reader == article.reader:
        return False
    before, after = (dict.fromkeys(map(substance, text.split("\n\n"))) for text in (known.text, article.text))
    gone, added = [one for one in before if one not in after], [one for one in after if one not in before]
    if max(len(gone), len(added)) > MOST_COMPARED:
        return True
    return not any(_reworded(one, other) for one in gone for other in added)


def _reworded(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= REWORDED


def _flaps(known: Known, now: str, at: datetime) -> bool:
    """Whether a text that was there twice or more comes back before the article was left alone for long enough."""
    before = sum(one == now for one, _ in known.past)
    return before >= 2 and at - known.past[-1][1] < FIRST_STILLNESS * 2 ** min(before - 2, 20)
