"""Whatever the text: spans hold, nothing is raised, and what is found is in order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.extract import attribution, quotes
from archive.extract.text import analyse

PIECES = st.sampled_from(
    ["Ada Brill", "he", "the minister", "said", "told", "wants to", "that", "the toll must go", "opposes", "“", "”",
     '"', "'", "’", "»", "«", ",", ".", "?", ":", "—", "(", ")", "\n\n", "\r\n", "and", "who", "according to", "called",
     "not", "\0", "😀", "שלום", "by", "was", "expected", "to", "claim", "its", "Mr.", "U.S."]
)  # fmt: skip
NEWSLIKE = st.lists(PIECES, max_size=60).map(" ".join)


def check(text: str) -> None:
    document = analyse(text)
    end = 0
    for token in document.tokens:
        assert end <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.text
        end = token.end
    assert [t for s in document.sentences for t in range(s.first, s.last)] == list(range(len(document.tokens)))
    for quotation in quotes.find(document):
        assert 0 <= quotation.first < quotation.last <= len(document.tokens)
    found = attribution.find(document)
    assert list(found) == sorted(found, key=lambda a: a.content[0])
    for number, one in enumerate(found):
        spans = (*one.content, *one.cue, *one.via, *((one.speaker,) if one.speaker else ()))
        assert all(0 <= a < b <= len(text) and text[a:b].strip() == text[a:b] for a, b in spans)
        assert list(one.content) == sorted(one.content)
        assert one.parent != number
        assert one.continues != number
        assert 0 <= one.confidence <= 1


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_can_be_read(text: str) -> None:
    check(text)


@given(NEWSLIKE)
@settings(deadline=None, max_examples=200)
def test_any_jumble_of_news_can_be_read(text: str) -> None:
    check(text)


@given(NEWSLIKE)
@settings(deadline=None, max_examples=30)
def test_the_same_text_reads_the_same(text: str) -> None:
    assert attribution.find(analyse(text)) == attribution.find(analyse(text))


@pytest.mark.parametrize(
    "text",
    ["word " * 40_000, '"' * 20_000, "“he said " * 2_000, "(" * 20_000, "a" * 100_000, "He said no.\r\n" * 2_000,
     "א" * 20_000, "😀" * 20_000, "\0 said " * 2_000, "said that " * 5_000, "and attacked the " * 3_000],
    ids=["no stop", "marks", "open quotations", "brackets", "one word", "CRLF", "right to left", "emoji", "NUL",
         "nesting", "participles"],
)  # fmt: skip
def test_hostile_text_can_be_read(text: str) -> None:
    check(text)
