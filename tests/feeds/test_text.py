"""Markup → text: what stays, what goes, and what hostile markup may cost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.text import decode, looks_like_html, storable, text_from_fragment, text_from_page, title_of

FRAGMENTS = {
    "paragraphs": ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    "blanks between": ("<p>One\n  and a half.</p>\n\n\n<p> Two. </p>", "One and a half.\n\nTwo."),
    "inline markup": ("<p>The <b>har</b>bour <a href='#'>toll</a>.</p>", "The harbour toll."),
    "a line break": ("One.<br>Two.<br/>Three.", "One.\nTwo.\nThree."),
    "two line breaks": ("One.<br><br>Two.<br />\n<br />Three.", "One.\n\nTwo.\n\nThree."),
    "text around blocks": ("Before<div>in</div>after", "Before\n\nin\n\nafter"),
    "lists": ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
    "tables": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
    "headings": ("<h2>Toll</h2>It stays.", "Toll\n\nIt stays."),
    "scripts and styles": ("<p>a</p><script>var x = '<p>no</p>';</script><style>p{}</style>b", "a\n\nb"),
    "figures": ("<p>a</p><figure><img alt='no'><figcaption>no</figcaption></figure><p>b</p>", "a\n\nb"),
    "credits": ("<p>a</p><p class='photo-credit'>Photo: no</p><div class=wp-caption-text>no</div><p>b</p>", "a\n\nb"),
    "a class that only sounds so": (
        f"<div class='has-captions caption'><p>{'word ' * 90}</p></div>",
        "word " * 89 + "word",
    ),
    "comments": ("a<!-- no --> b<?php no ?>", "a b"),
    "entities": ("<p>&ldquo;5 &lt; 6 &amp; 7&rdquo; &#8212; caf&eacute;</p>", "“5 < 6 & 7” — café"),
    "entities without tags": ("Fish &amp; ships &mdash; &#x201C;yes&#x201D;", "Fish & ships — “yes”"),
    "plain text": (
        "One line.\nAnother.\n\n\nA paragraph. \r\n\r\nLast < first.",
        "One line.\nAnother.\n\nA paragraph.\n\nLast < first.",
    ),
    "invisible characters": ("<p>har\u00adbour\u200b toll\u00a0stays</p>", "harbour toll stays"),
    "unclosed tags": ("<p>One<p>Two<b>three", "One\n\nTwothree"),
    "nothing": ("", ""),
    "an image alone": ("<img src='x.png' alt='no'>", ""),
    "a NUL": ("<p>a\0b</p>", "a\ufffdb"),
    "a declared encoding": ("<?xml version='1.0' encoding='latin-1'?><p>café</p>", "café"),
}


@pytest.mark.parametrize("case", FRAGMENTS)
def test_fragments_become_paragraphs(case: str) -> None:
    fragment, text = FRAGMENTS[case]
    assert text_from_fragment(fragment) == text


words = st.text(
    st.characters(codec="utf-8", exclude_characters="<>&\ufeff\u00ad\u200b\u2060", exclude_categories=["C", "Z"]),
    min_size=1,
)


@given(st.lists(words, min_size=1))
def test_paragraphs_written_as_html_are_read_back(paragraphs: list[str]) -> None:
    assert text_from_fragment("".join(f"<p>{word}</p>" for word in paragraphs)) == "\n\n".join(paragraphs)


@given(st.text() | st.text("<>/!?-&;ab p\n\0"))
def test_whatever_comes_the_text_is_storable_and_tidy(fragment: str) -> None:
    text = text_from_fragment(fragment)
    text.encode()
    assert "\0" not in text
    assert text == text.strip()
    assert "\n\n\n" not in text


PAGE = """<!DOCTYPE html><html><head><title>Toll stays &amp; more</title><script>no</script></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Toll stays</h1>
<p>The harbour toll will stay, said Marta Ellingsen, Norland’s Minister of Ports.</p>
<figure><img src="x.jpg"><figcaption>Ellingsen in May</figcaption></figure><p class="photo-credit">Photo: N. N.</p>
<p>“We need it,” she said on Monday in Tarnhaven, the port city.</p>{more}</article>
<footer>© Example Wire, all rights reserved</footer></body></html>"""


@pytest.mark.parametrize("length", [0, 10])
def test_the_main_text_of_a_page_keeps_its_paragraphs_and_loses_the_furniture(length: int) -> None:
    more = "".join(
        f"<p>Paragraph {n} tells what the toll has paid for in that year, and why.</p>" for n in range(length)
    )
    text = text_from_page(PAGE.replace("{more}", more).encode(), "https://wire.example/toll")
    paragraphs = text.split("\n\n")
    assert "The harbour toll will stay, said Marta Ellingsen, Norland’s Minister of Ports." in paragraphs
    assert "“We need it,” she said on Monday in Tarnhaven, the port city." in paragraphs
    assert len(paragraphs) >= 2 + length
    for furniture in ("Home", "rights", "Photo", "Ellingsen in May"):
        assert furniture not in text


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        *(("utf-8", "utf-8"), ("windows-1252", "cp1252"), ("iso-8859-1", "cp1252"), ("utf-8", "cp1252")),
        *(
            ("gb2312", "gb18030"),
            ("punycode", "cp1252"),
            ("koi8-r", "koi8-r"),
            ("no-such-charset", "cp1252"),
            ("", "cp1252"),
            ("", "utf-8"),
            ("", "utf-16"),
        ),
    ],
)
def test_pages_are_read_in_their_encoding_whatever_they_call_it(declared: str, encoding: str) -> None:
    words = "Ветер с моря" if encoding == "koi8-r" else "“Café au port.”"
    page = PAGE.replace("<head>", f"<head><meta charset='{declared}'>").replace("{more}", f"<p>{words}</p>")
    assert words in text_from_page(page.encode(encoding, "ignore"))


@pytest.mark.parametrize("page", [b"", b"   ", b"<html></html>", b"\x00\xff", b"<!-- only -->"])
def test_a_page_without_text_has_none(page: bytes) -> None:
    assert text_from_page(page).strip("\ufffdÿ") == ""


def test_titles_of_pages_are_read() -> None:
    assert title_of(PAGE.encode()) == "Toll stays & more"
    assert title_of(b"<p>none</p>") is None
    assert title_of(b"") is None


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"<!DOCTYPE html><p>a",
            b"\xef\xbb\xbf\n <html lang=en>",
            b"<!-- x --><BODY>",
            b"<?xml version='1.0'?><html>",
        ),
        *(b"<p>One", b"<div class=a>", b"<article>x"),
    ],
)
def test_html_is_told_by_its_beginning(data: bytes) -> None:
    assert looks_like_html(data)


@pytest.mark.parametrize(
    "data", [b"", b"Plain text with a <p> in it", b"<3 ports", b"< p >", b"<pre-war ports", b"<rss>"]
)
def test_plain_text_is_not_taken_for_html(data: bytes) -> None:
    assert not looks_like_html(data)


def test_a_broken_byte_does_not_make_utf8_something_else() -> None:
    assert decode("“Café”".encode() + b"\xff") == "“Café”\ufffd"
    assert decode("\ufffd".encode()) == "\ufffd"


def test_text_files_are_utf8_or_windows_1252() -> None:
    assert decode("\ufeff“Café”".encode()) == "“Café”"
    assert decode("“Café”".encode("cp1252")) == "“Café”"


@given(st.text(st.characters()))
def test_storable_text_has_the_same_length(text: str) -> None:
    assert len(storable(text)) == len(text)


SIZE = 1_000_000
HOSTILE = {
    "angle brackets": "<" * SIZE,
    "open tags": "<a" * (SIZE // 2),
    "nested blocks": "<div>" * (SIZE // 5) + "x",
    "nested inline": "<b><i><u>" * (SIZE // 9) + "x",
    "nested tables": "<table>" * (SIZE // 7) + "x",
    "end tags": "</p>" * (SIZE // 4),
    "comments": "<!--" * (SIZE // 4),
    "instructions": "<?" * (SIZE // 2),
    "ampersands": "<p>" + "&" * SIZE,
    "attributes": "<p " + "a=b " * (SIZE // 4) + ">x",
    "an endless attribute": '<a href="' + "x" * SIZE,
    "blanks": " " * SIZE + "<p>" + " " * SIZE,
    "lines": "\n" * SIZE,
    "captions": "<p class='caption'>" * 300 + "x" * SIZE,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_markup_costs_bounded_time(case: str) -> None:
    began = time.process_time()
    text_from_fragment(HOSTILE[case])
    text_from_page(HOSTILE[case].encode())
    assert time.process_time() - began < 10, "a megabyte takes well under a second; quadratic would take hours"


def test_deeply_nested_markup_gives_up_its_text_all_the_same() -> None:
    nested = "<div>" * 5000 + "The toll will stay." + "</div>" * 5000 + "<p>She said so.</p>"
    assert text_from_fragment(nested) == "The toll will stay.\n\nShe said so."


def test_figures_in_a_page_are_left_out_with_their_captions() -> None:
    paragraph = "The harbour toll will be abolished by the summer, the minister told the captains of the port. " * 4
    figure = '<figure><img src="a.jpg"><figcaption>Ada Brill at the quay. Photo: NWA</figcaption></figure>'
    page = f"<html><body><article><h1>The toll</h1><p>{paragraph}</p>{figure}<p>{paragraph}</p></article></body></html>"
    text = text_from_page(page.encode())
    assert "told the captains" in text
    assert "at the quay" not in text
