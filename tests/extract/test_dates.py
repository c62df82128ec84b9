"""When something was said, as far as words tell."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.dates import said_on

TUESDAY = date(2031, 5, 13)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("said on Monday evening", date(2031, 5, 12)),
        ("told reporters Tuesday", TUESDAY),
        ("said on Wednesday", date(2031, 5, 7)),
        ("said last Friday", date(2031, 5, 9)),
        ("wrote yesterday", date(2031, 5, 12)),
        ("said today", TUESDAY),
        ("said on Feb. 3", date(2031, 2, 3)),
        ("said on 30 December", date(2030, 12, 30)),
        ("said on March 4, 2029", date(2029, 3, 4)),
        ("said in a statement", None),
        ("will vote next Monday", None),
        ("between Monday and Friday", None),
        ("said on Monday, February 3", None),
        ("said on February 31", None),
    ],
)
def test_words_name_a_day_seen_from_the_day_of_publication(words: str, day: date | None) -> None:
    assert said_on(words, TUESDAY) == day


def test_without_a_day_of_publication_only_a_full_date_tells() -> None:
    assert said_on("said on Monday", None) is None
    assert said_on("said on March 4", None) is None
    assert said_on("said on March 4, 2029", None) == date(2029, 3, 4)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(["Monday", "Thursday", "Sunday", "yesterday"]))
def test_what_was_said_was_said_at_most_a_week_before_it_was_published(published: date, word: str) -> None:
    day = said_on(f"said on {word}", published)
    assert day is not None
    assert published - timedelta(days=7) < day <= published
