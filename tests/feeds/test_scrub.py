"""What XML forbids is taken out, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from archive.feeds.scrub import scrub
from archive.feeds.text import text_from_page


@pytest.mark.parametrize(
    ("markup", "scrubbed"),
    [
        (b"a\x00b\x0bc\x1fd", b"abcd"),
        (b"tab\tline\nreturn\r", b"tab\tline\nreturn\r"),
        (b"&#0; &#x1F; &#xD800; &#xFFFF; &#1114112; &#" + b"9" * 9999 + b";", b" ".join([b"&#xFFFD;"] * 6)),
        (b"&#10; &#x201C; &#8212; &#00065; &#x10FFFF;", b"&#10; &#x201C; &#8212; &#00065; &#x10FFFF;"),
        (b"\x1b$B$3\x1b(B \x1b[0m", b"\x1b$B$3\x1b(B [0m"),
        ("<a>é</a>".encode("utf-16"), "<a>é</a>".encode("utf-16")),
    ],
)
def test_control_characters_go_and_letters_stay(markup: bytes, scrubbed: bytes) -> None:
    assert scrub(markup) == scrubbed


@given(st.text(st.characters(codec="ascii", exclude_characters="<>&\x1b\x7f")), st.integers(0, 0x1FFFFF))
def test_what_is_left_is_legal_xml_and_left_alone_the_second_time(text: str, code: int) -> None:
    scrubbed = scrub(f"<a>{text}&#{code};&#x{code:x};</a>".encode())
    etree.fromstring(scrubbed)
    assert scrub(scrubbed) == scrubbed


def test_control_characters_do_not_keep_a_page_from_being_read() -> None:
    words = "The harbour toll will stay, said the minister on Monday. " * 10
    page = f"<html><body><article><p>{words}\x01&#2;</p><p>{words}</p></article></body></html>"
    assert text_from_page(page.encode()).count("The harbour toll will stay") == 20
