"""The values that flow: times that name a moment, names that compare, labels that say where one stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Span, Stance, fold, iso, parse_iso, quoted

# Fixed offsets only: across the gaps of a civil zone Python itself holds equal moments for unequal.
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9998, 1, 1), timezones=offsets)  # noqa: DTZ001 - bounds


@given(moments)
def test_a_moment_survives_its_text_and_text_order_is_time_order(moment: datetime) -> None:
    assert parse_iso(iso(moment)) == moment
    assert len(iso(moment)) == 27
    later = moment + timedelta(microseconds=1)
    assert iso(moment) < iso(later)


def test_a_time_without_a_zone_names_no_moment() -> None:
    with pytest.raises(ValueError, match="names no moment"):
        iso(datetime(2024, 3, 1))  # noqa: DTZ001 - that is the point
    assert iso(datetime(2024, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == "2024-03-01T00:00:00.000000Z"
    assert iso(datetime(2024, 3, 1, tzinfo=UTC)).endswith("Z")


@given(st.text(max_size=30))
def test_folding_again_changes_nothing_and_ascii_takes_no_shortcut(name: str) -> None:
    folded = fold(name)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())
    assert fold(name + "é") == fold(name + "e")


def test_names_are_compared_without_accents_case_and_punctuation() -> None:
    assert fold("Anušauskas, A.") == fold("ANUSAUSKAS a") == "anusauskas a"
    assert fold("St. John-Smith") == "st john smith"


def test_two_labels_say_nothing_of_where_one_stands() -> None:
    assert {stance for stance in Stance if not stance.positional} == {Stance.NO_POSITION, Stance.UNCLEAR}


def test_words_of_several_spans_show_what_was_left_out() -> None:
    assert quoted("one two three", (Span(0, 3), Span(8, 13))) == "one … three"
