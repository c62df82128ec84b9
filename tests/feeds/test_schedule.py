"""When feeds are asked again: within bounds whatever happens, and told to the log where it matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.fetch import NO_VALIDATORS, Validators
from archive.feeds.schedule import Attempt, FeedState, backoff, freshness, interval, settle, to_ask_with

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STATE = FeedState(feed="wire", url="https://w.example/feed", due_at=NOW)
DURATIONS = st.timedeltas(min_value=timedelta(seconds=1), max_value=365 * DAY)
MAYBE = st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=99_999))
ATTEMPTS = st.builds(
    Attempt,
    at=st.just(NOW),
    error=st.none() | st.just("no answer"),
    status=st.none() | st.sampled_from([404, 429, 500, 503]),
    retry_after=MAYBE,
    moved_to=st.none() | st.sampled_from(["https://a.example/", "https://b.example/"]),
    fresh=MAYBE,
    published=st.none() | st.lists(st.datetimes(timezones=st.just(UTC))).map(tuple),
)


@given(st.lists(ATTEMPTS, max_size=30), DURATIONS)
def test_whatever_happens_a_feed_is_asked_again_in_bounded_time(attempts: list[Attempt], every: timedelta) -> None:
    state = STATE
    for number, attempt in enumerate(attempts):
        at = NOW + number * DAY
        state = settle(state, replace(attempt, at=at), every).state
        longest = max(every * 4 * 1.1, timedelta(hours=6) * 1.1, 7 * DAY)
        assert at < state.due_at <= at + longest
        assert state.retired_at is None


@given(DURATIONS, st.integers(1, 10_000))
def test_backoff_doubles_and_is_bounded(every: timedelta, failures: int) -> None:
    assert backoff(failures, every) <= backoff(failures + 1, every) <= max(every, 6 * HOUR)
    assert backoff(failures, every) >= min(MINUTE, every)


def test_backoff_begins_with_a_minute() -> None:
    assert [backoff(n, HOUR) for n in range(1, 6)] == [MINUTE * n for n in (1, 2, 4, 8, 16)]
    assert backoff(99, HOUR) == 6 * HOUR
    assert backoff(1, 2 * timedelta(seconds=1)) == 2 * timedelta(seconds=1)


def paced(gap: timedelta, entries: int = 20) -> FeedState:
    published = tuple(NOW - n * gap for n in range(entries))
    return settle(STATE, Attempt(at=NOW, published=published), 30 * MINUTE).state


@pytest.mark.parametrize(
    ("gap", "wait"), [(MINUTE, 15 * MINUTE), (40 * MINUTE, 18 * MINUTE), (2 * HOUR, 54 * MINUTE), (9 * DAY, 2 * HOUR)]
)
def test_the_interval_follows_the_pace_within_a_half_and_four_times(gap: timedelta, wait: timedelta) -> None:
    assert interval(paced(gap), 30 * MINUTE, NOW) == wait


def test_a_feed_without_dates_is_asked_as_often_as_the_user_says() -> None:
    assert interval(STATE, 30 * MINUTE, NOW) == 30 * MINUTE


def test_what_the_server_says_of_freshness_lengthens_the_interval_within_its_bounds() -> None:
    assert interval(STATE, 30 * MINUTE, NOW, 50 * MINUTE) == 50 * MINUTE
    assert interval(STATE, 30 * MINUTE, NOW, MINUTE) == 30 * MINUTE
    assert interval(STATE, 30 * MINUTE, NOW, 99 * DAY) == 2 * HOUR


def test_a_document_that_reaches_back_but_an_hour_is_asked_for_in_half_of_it_whatever_the_server_says() -> None:
    assert interval(paced(3 * MINUTE), 30 * MINUTE, NOW, 2 * HOUR) == 57 * MINUTE / 2


@pytest.mark.parametrize(
    ("headers", "ttl", "fresh"),
    [
        ({"cache-control": "public, max-age=600"}, None, 10 * MINUTE),
        ({"cache-control": "max-age=600"}, 60, HOUR),
        ({"cache-control": "no-cache, max-age=600"}, None, timedelta()),
        ({"cache-control": "max-age=" + "9" * 40}, None, 365 * DAY),
        ({"cache-control": "max-age=soon"}, None, None),
        ({"expires": "Fri, 01 Mar 2024 13:00:00 GMT", "date": "Fri, 01 Mar 2024 12:00:00 GMT"}, None, HOUR),
        ({"expires": "0", "date": "Fri, 01 Mar 2024 12:00:00 GMT"}, None, None),
        ({"expires": "Thu, 29 Feb 2024 12:00:00 GMT", "date": "Fri, 01 Mar 2024 12:00:00 GMT"}, None, timedelta()),
        ({}, None, None),
        ({}, 15, 15 * MINUTE),
    ],
)
def test_freshness_is_read_from_headers_and_ttl(
    headers: dict[str, str], ttl: int | None, fresh: timedelta | None
) -> None:
    assert freshness(headers, ttl) == fresh


def test_not_modified_is_believed_for_less_than_a_day() -> None:
    known = Validators(etag='"1"')
    asked = replace(STATE, validators=known, full_at=NOW, last_polled_at=NOW, due_at=NOW + HOUR)
    assert to_ask_with(STATE, NOW) == NO_VALIDATORS
    assert to_ask_with(asked, NOW + HOUR) == known
    assert to_ask_with(asked, NOW + 22 * HOUR) == known
    assert to_ask_with(asked, NOW + 23 * HOUR) == NO_VALIDATORS
    assert to_ask_with(asked, NOW - HOUR) == NO_VALIDATORS, "a clock that was set back"


def test_validators_are_replaced_even_where_the_body_is_the_same_and_kept_where_none_came() -> None:
    old = replace(STATE, validators=Validators(etag='"1"'))
    assert settle(old, Attempt(at=NOW, validators=Validators(etag='"2"')), HOUR).state.validators.etag == '"2"'
    assert settle(old, Attempt(at=NOW, validators=NO_VALIDATORS), HOUR).state.validators == NO_VALIDATORS
    assert settle(old, Attempt(at=NOW), HOUR).state.validators.etag == '"1"'
    assert settle(old, Attempt(at=NOW, error="x"), HOUR).state.validators.etag == '"1"'


def test_a_move_needs_three_sightings_in_a_row_of_one_place() -> None:
    state, moves = STATE, []
    for to in ("https://a/", "https://a/", "https://b/", "https://b/", None, "https://b/", "https://b/", "https://b/"):
        verdict = settle(state, Attempt(at=NOW, moved_to=to), HOUR)
        state = verdict.state
        moves.append(verdict.moved_to)
    assert moves == [None] * 7 + ["https://b/"]
    assert (state.location, state.url) == ("https://b/", STATE.url)


def test_a_feed_that_is_lost_at_its_new_place_is_looked_for_at_the_old_one() -> None:
    state = replace(STATE, address="https://b/")
    verdicts = []
    for _ in range(5):
        verdicts.append(settle(state, Attempt(at=NOW, error="404", status=404), HOUR))
        state = verdicts[-1].state
    assert [verdict.moved_to for verdict in verdicts] == [None] * 4 + [STATE.url]
    assert state.location == STATE.url


def test_gone_retires_once_and_an_answer_brings_back() -> None:
    gone = settle(STATE, Attempt(at=NOW, error="410", status=410), HOUR)
    assert gone.retired
    again = settle(gone.state, Attempt(at=NOW + DAY, error="410", status=410), HOUR)
    assert (again.retired, again.state.retired_at) == (None, NOW)
    assert settle(again.state, Attempt(at=NOW), HOUR).state.retired_at is None


@given(st.text(min_size=1), DURATIONS)
def test_jitter_parts_feeds_by_a_tenth_at_most(feed: str, every: timedelta) -> None:
    wait = settle(replace(STATE, feed=feed), Attempt(at=NOW), every).state.due_at - NOW
    assert every * 0.9 - timedelta(microseconds=2) <= wait <= every * 1.1 + timedelta(microseconds=2)
