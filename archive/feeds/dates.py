"""Read the dates that feeds carry: RFC 822 and what became of it, W3C date-times, and asctime.

A date that cannot be read is None, never a guess and never now. A date without a zone, or with one that no table
knows, is read as UTC: the raw text is kept beside it. A date without a time is the midnight it begins with.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 1900, 2199
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What programs write that have no date."""

FIRST_PUBLISHED = 1990
"""No entry was published on the web before; what says so means something else, or nothing."""
MOST_AHEAD = timedelta(days=2)
"""How far ahead a date of publication may lie: clocks and zones are wrong, and some announce tomorrow's page."""

_MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_HOURS = {
    "ut utc gmt z wet": 0.0,
    "cet met mez bst west": 1.0,
    "cest mest mesz eet sast cat": 2.0,
    "eest msk eat trt": 3.0,
    "gst": 4.0,
    "pkt": 5.0,
    "ist": 5.5,
    "npt": 5.75,
    "wib ict": 7.0,
    "hkt sgt awst wita pht myt": 8.0,
    "jst kst": 9.0,
    "acst": 9.5,
    "aest": 10.0,
    "acdt": 10.5,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "brt art": -3.0,
    "edt ast": -4.0,
    "est cdt": -5.0,
    "cst mdt": -6.0,
    "mst pdt": -7.0,
    "pst akdt": -8.0,
    "akst": -9.0,
    "hst": -10.0,
}
_ZONES = {name: timedelta(hours=hours) for names, hours in _HOURS.items() for name in names.split()}

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
_ZONE = r"\s*(?P<zone>(?:[A-Za-z]{1,5})?(?:[+-]\d{2}:?\d{2}|[+-]\d{1,2})?)"
_DAY_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4}|\d{2})"
_MONTH_DAY = r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
_WEEKDAY = r"(?:[A-Za-z]{2,9}\.?,?\s*)??"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:[T\s]\s*{_TIME}{_ZONE})?",
        rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?:T(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?{_ZONE})?",
        rf"{_WEEKDAY}{_DAY_MONTH}(?:,?\s+(?:at\s+)?{_TIME}{_ZONE})?",
        rf"{_WEEKDAY}{_MONTH_DAY}(?:,?\s+(?:at\s+)?{_TIME}{_ZONE})?",
        rf"{_WEEKDAY}(?P<month>[A-Za-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{_TIME}\s+(?:(?P<zone>[A-Z]{{1,5}})\s+)?(?P<year>\d{{4}})",
    )
)
_LONGEST = 100


def read_date(raw: str) -> datetime | None:
    """The moment a date text names, in UTC, or None where it names none that can be believed."""
    text = " ".join(raw[:_LONGEST].split())
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    return _moment(found) if found else None


def believable(published: datetime | None, captured_at: datetime) -> datetime | None:
    """The date of publication, if an entry captured then can have it; else None."""
    if published is None or published.year < FIRST_PUBLISHED or published > captured_at + MOST_AHEAD:
        return None
    return published


def _moment(found: re.Match[str]) -> datetime | None:
    """The parts of a match put together; hours may be 24 and seconds 60, as in some real feeds."""
    parts = {"hour": "0", "minute": "0", "second": "0", "zone": ""} | {
        name: value for name, value in found.groupdict().items() if value
    }
    month = parts["month"]
    clock = timedelta(hours=int(parts["hour"]), minutes=int(parts["minute"]), seconds=int(parts["second"]))
    offset = _offset(parts["zone"])
    if clock > timedelta(days=1) or int(parts["minute"]) > 59 or int(parts["second"]) > 60 or offset is None:
        return None
    try:
        number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
        day = datetime(_year(parts["year"]), number, int(parts["day"]), tzinfo=UTC)
        moment = day + clock - offset
    except (ValueError, KeyError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR and moment != EPOCH else None


def _year(text: str) -> int:
    """Two-digit years as RFC 2822 has them: 49 is 2049, 50 is 1950."""
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _offset(zone: str) -> timedelta | None:
    """The offset of a zone from UTC; None for a number no zone has."""
    name, sign, digits = re.fullmatch(r"([A-Za-z]*)([+-]?)([\d:]*)", zone).groups()  # type: ignore[union-attr]
    if not digits:
        return _ZONES.get(name.lower(), timedelta())
    digits = digits.replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > timedelta(hours=15):
        return None
    return -offset if sign == "-" else offset
