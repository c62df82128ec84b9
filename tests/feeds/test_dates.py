"""Dates of feeds: read rightly, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.dates import FIRST_YEAR, LAST_YEAR, believable, read_date

READ = {
    "Mon, 26 Feb 2024 10:00:00 GMT": "2024-02-26T10:00:00",
    "Mon, 26 Feb 2024 10:00:00 +0100": "2024-02-26T09:00:00",
    "26 Feb 2024 10:00 -0530": "2024-02-26T15:30:00",
    "Mon, 26 Feb 24 10:00:00 EST": "2024-02-26T15:00:00",
    "Mon, 26 Feb 2024 10:00:00 CEST": "2024-02-26T08:00:00",
    "Mon,26 Feb 2024 10:00:00 UTC+02:00": "2024-02-26T08:00:00",
    "Monday, 26 February 2024 10:00:00 GMT+1": "2024-02-26T09:00:00",
    "Mon, 26 Feb 2024 24:00:00 GMT": "2024-02-27T00:00:00",
    "Mon, 26 Feb 2024 10:00:60 GMT": "2024-02-26T10:01:00",
    "Mon, 26 Feb 2024 10:00:00 XYZ": "2024-02-26T10:00:00",
    "Mon, 26 Feb 2024": "2024-02-26T00:00:00",
    "Feb 26, 2024 10:00": "2024-02-26T10:00:00",
    "February 26th, 2024 at 10:00 PST": "2024-02-26T18:00:00",
    "Mon Feb 26 10:00:00 2024": "2024-02-26T10:00:00",
    "Mon Feb 26 10:00:00 CET 2024": "2024-02-26T09:00:00",
    "2024-02-26T10:00:00Z": "2024-02-26T10:00:00",
    "2024-02-26T10:00:00.123456789+01:00": "2024-02-26T09:00:00",
    "2024-02-26 10:00:00 +0100": "2024-02-26T09:00:00",
    "2024-02-26T10:00": "2024-02-26T10:00:00",
    "2024-2-6": "2024-02-06T00:00:00",
    "20240226T100000Z": "2024-02-26T10:00:00",
    "20240226": "2024-02-26T00:00:00",
    "  Mon, 26 Feb\n 2024 10:00:00 GMT ": "2024-02-26T10:00:00",
}


@pytest.mark.parametrize("raw", READ)
def test_dates_are_read_to_utc(raw: str) -> None:
    assert read_date(raw) == datetime.fromisoformat(READ[raw]).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "yesterday",
        "10:30",
        "2024",
        "2024-02",
        "--02-26",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "0000-00-00T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 01:00:00 +0100",
        "Mon, 30 Feb 2024 10:00:00 GMT",
        "Mon, 26 Foo 2024 10:00:00 GMT",
        "2024-02-26T25:00:00Z",
        "2024-02-26T10:61:00Z",
        "2024-02-26T10:00:00+99:00",
        "9999-12-31T23:59:59Z",
        "12024-02-26",
        "26/02/2024",
        "x" * 1_000_000,
        "1" * 1_000_000,
        "Mon, " * 100_000,
    ],
    ids=lambda raw: raw[:40],
)
def test_what_names_no_believable_moment_is_no_date(raw: str) -> None:
    assert read_date(raw) is None


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(FIRST_YEAR + 1, 1, 1), datetime(LAST_YEAR - 1, 1, 1), timezones=zones)  # noqa: DTZ001


@given(moments.map(lambda moment: moment.replace(microsecond=0)))
def test_reading_undoes_writing_in_every_common_form(moment: datetime) -> None:
    if moment != datetime(1970, 1, 1, tzinfo=UTC):
        for written in (format_datetime(moment), moment.isoformat(), moment.strftime("%b %d, %Y %H:%M:%S %z")):
            assert read_date(written) == moment


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(raw: str) -> None:
    moment = read_date(raw)
    assert moment is None or moment.tzinfo is UTC


NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "believed"),
    [
        (NOW, True),
        (NOW + timedelta(days=2), True),
        (NOW + timedelta(days=3), False),
        (NOW.replace(year=2099), False),
        (NOW.replace(year=1990), True),
        (NOW.replace(year=1989), False),
        (None, False),
    ],
)
def test_a_date_that_nobody_can_believe_is_none(published: datetime | None, believed: bool) -> None:
    assert believable(published, NOW) == (published if believed else None)
