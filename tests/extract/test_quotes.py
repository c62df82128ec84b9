from __future__ import annotations

import pytest

from archive.extract import quotes
from archive.extract.text import analyse


def quoted(text: str) -> list[str]:
    document = analyse(text)
    return [document.words(q.first, q.last) for q in quotes.find(document)]


@pytest.mark.parametrize("marks", ["“”", '""', "„“", "»«", "«»", "”“", '„"', "‹›", "‘’"])
def test_every_style_of_marks_pairs_even_where_the_shapes_do_not_match(marks: str) -> None:
    assert quoted(f"He said: {marks[0]}The toll must go{marks[1]} and left.") == ["The toll must go"]


def test_apostrophes_are_no_quotation_marks() -> None:
    assert quoted("The ports' owners don't want Norland's toll, the captains' union says.") == []


def test_a_mark_that_is_missing_at_the_end_is_made_up_for_by_the_paragraph() -> None:
    assert quoted("“The toll must go.\n\nThe council met.") == ["The toll must go."]


def test_a_quotation_goes_on_in_the_next_paragraph_with_or_without_a_mark() -> None:
    document = analyse("“It is late.\n\nIt is dark.”\n\n“We go.\n\n“We stay.”")
    found = quotes.find(document)
    assert [(document.words(q.first, q.last), q.opened, q.continues) for q in found] == [
        ("It is late.", True, False),
        ("It is dark.", False, True),
        ("We go.", True, False),
        ("We stay.", True, True),
    ]


def test_a_quotation_within_a_quotation_is_told_as_such() -> None:
    document = analyse("“Pell told me, ‘The toll must go,’ and I agreed,” she said.")
    assert [q.inside for q in quotes.find(document)] == [False, True]
