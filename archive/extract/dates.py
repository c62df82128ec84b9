"""When something was said, as far as the words beside it tell: "on Monday evening", "yesterday", "on Feb. 3"."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.lower(): number for number, name in enumerate(calendar.month_abbr) if name
}
_MONTHS["sept"] = 9

_WEEKDAY = re.compile(
    r"(?:\b(?P<last>last|next|every|each|this coming|by|until|since|before|after)\s+)?"
    rf"\b(?P<day>{'|'.join(_WEEKDAYS)})\b(?!s)",
    re.IGNORECASE,
)
_NAMED = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATED = re.compile(
    rf"\b(?:(?P<m1>{_NAMED})\.?\s+(?P<d1>\d{{1,2}})|(?P<d2>\d{{1,2}})\s+(?P<m2>{_NAMED})\b\.?)(?!\d)(?:,?\s+(?P<y>\d{{4}}))?",
    re.IGNORECASE,
)
_NEAR = re.compile(
    r"\b(?P<word>yesterday|today|tonight|this (?:morning|afternoon|evening)|last night)\b", re.IGNORECASE
)
_ELSEWHEN = frozenset({"next", "every", "each", "this coming", "by", "until", "since", "before", "after"})


def said_on(words: str, published: date | None) -> date | None:
    """The day that ``words`` name, seen from the day of publication; None where they name none, or several.

    A weekday is the last such day up to the publication. A day without a year is the last such day up to it.
    """
    days = {day for day in (_dated(words, published), _weekday(words, published), _near(words, published)) if day}
    return days.pop() if len(days) == 1 else None


def _weekday(words: str, published: date | None) -> date | None:
    found = list(_WEEKDAY.finditer(words))
    if published is None or len(found) != 1 or (found[0]["last"] or "").lower() in _ELSEWHEN:
        return None
    back = (published.weekday() - _WEEKDAYS[found[0]["day"].lower()]) % 7
    return published - timedelta(days=back)


def _dated(words: str, published: date | None) -> date | None:
    found = list(_DATED.finditer(words))
    if len(found) != 1:
        return None
    match = found[0]
    month, day = _MONTHS[(match["m1"] or match["m2"]).lower()], int(match["d1"] or match["d2"])
    if match["y"]:
        return _day(int(match["y"]), month, day)
    if published is None:
        return None
    this = _day(published.year, month, day)
    return this if this and this <= published else _day(published.year - 1, month, day)


def _near(words: str, published: date | None) -> date | None:
    match = _NEAR.search(words)
    if match is None or published is None:
        return None
    back = 1 if match["word"].lower() in {"yesterday", "last night"} else 0
    return published - timedelta(days=back)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
