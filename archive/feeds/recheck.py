"""When an article's page is looked at again, and what is seen then. Pure.

Outlets edit silently, and take down silently. So a page is looked at again when its article is 15 minutes, 1 hour,
3 hours, 1 day, 7 days and 30 days old, counted from the first capture. A page that is not there is no removal yet:
servers err. It takes several sightings, at least some minutes apart, and a text that has shrunk to a fraction must be
seen twice before it counts as an edit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

LADDER = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
AGAIN = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
"""How long after the first, second and later sightings of the same strange thing to look again."""

SIGHTINGS = {404: 3, 410: 2, 451: 2}
"""How often a status must be seen, one time after another, before the article counts as taken down."""
SOFT_SIGHTINGS = 3
FRACTION = 4
"""A text that is less than a FRACTION-th of the known one is looked at twice."""

_GONE = re.compile(
    r"\b404\b|\b(?:page|article|story|content|post)\b[^.\n]{0,40}"
    r"\b(?:not found|(?:not|no longer) (?:be )?(?:available|found|exist)"
    r"|(?:does not|doesn.t) exist|(?:has been|was) (?:removed|deleted|taken down))\b|\bnot found\b",
    re.IGNORECASE,
)
_HEADING = 200


class Sight(StrEnum):
    """What a look at a page showed."""

    SAME = "same"
    TEXT = "text"
    SHRUNK = "shrunk"
    GONE = "gone"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was answered with 200: where it came from in the end, its title and its main text."""

    url: str
    final_url: str
    title: str | None
    text: str


def due_after(captured_at: datetime, now: datetime) -> datetime | None:
    """The next rung of the ladder after ``now``; None once it is climbed. Rungs missed meanwhile count as one."""
    return next((captured_at + age for age in LADDER if captured_at + age > now), None)


def again(sightings: int) -> timedelta:
    """How long to wait after so many sightings (1 is the first)."""
    return AGAIN[min(sightings, len(AGAIN)) - 1]


def sight(page: Page, known_chars: int) -> Sight:
    """What a page shows, beside the length of the known text.

    A page that says it is not there, or an address that now leads to the front page, is as good as a 404.
    """
    if _led_home(page) or _says_gone(page, known_chars):
        return Sight.GONE
    if not page.text:
        return Sight.UNREADABLE
    return Sight.SHRUNK if len(page.text) * FRACTION < known_chars else Sight.TEXT


def _led_home(page: Page) -> bool:
    asked, got = urlsplit(page.url), urlsplit(page.final_url)
    return bool(asked.path.strip("/")) and not got.path.strip("/") and not got.query


def _says_gone(page: Page, known_chars: int) -> bool:
    heading = page.text[:_HEADING]
    short = len(page.text) * 2 < known_chars
    return short and bool(_GONE.search(page.title or "") or _GONE.search(heading))
