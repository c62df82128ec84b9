from __future__ import annotations

import pytest

from archive.errors import ConfigError
from archive.extract import lexicon, tokens
from archive.extract.residue import ParagraphKind
from archive.extract.text import analyse


def cut(text: str) -> list[str]:
    document = analyse(text)
    return [document.words(s.first, s.last) for s in document.sentences]


def words(text: str) -> list[str]:
    return [token.text for token in analyse(text).tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It isn't Norland's.", ["It", "is", "n't", "Norland", "'s", "."]),
        ("a well-known 83-year-old", ["a", "well-known", "83-year-old"]),
        ("$1,000 or 3.5% at 3 p.m.", ["$", "1,000", "or", "3.5", "%", "at", "3", "p.m."]),
        ("Sen. Odo Pell (V-Norl.)", ["Sen.", "Odo", "Pell", "(", "V-Norl.", ")"]),
        ("“Why?!” … he asked", ["“", "Why", "?!", "”", "…", "he", "asked"]),
        ("see https://example.org/a?b=1.", ["see", "https://example.org/a?b=1", "."]),
    ],
)
def test_words_are_cut_where_a_reader_would_cut_them(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_an_abbreviation_ends_a_sentence_only_before_a_word_that_begins_one() -> None:
    assert cut("Gov. Ada Brill came. Mr. Pell of Veyland Inc. left. The toll is owed to Pell Inc. He paid.") == [
        "Gov. Ada Brill came.",
        "Mr. Pell of Veyland Inc. left.",
        "The toll is owed to Pell Inc.",
        "He paid.",
    ]


def test_a_closing_mark_belongs_to_the_sentence_it_closes() -> None:
    assert cut('“We will pay.” He left. "Never!" she cried.') == ["“We will pay.”", "He left.", '"Never!" she cried.']


def test_a_wrapped_line_goes_on_and_a_heading_does_not() -> None:
    document = analyse("The toll was\nraised twice.\nA new toll\nThe council met.")
    assert [document.text[p.start : p.end] for p in document.paragraphs] == [
        "The toll was\nraised twice.",
        "A new toll",
        "The council met.",
    ]


def test_a_sentence_without_end_is_cut_all_the_same() -> None:
    document = analyse("word " * 1000)
    assert max(s.last - s.first for s in document.sentences) == tokens.LONGEST_SENTENCE


def test_page_residue_is_told_from_the_text() -> None:
    page = "\n\n".join(
        [
            "Enlarge image",
            "Ada Brill: “The toll must go”",
            "Photo: Odo Pell / AP",
            "Norland's minister Ada Brill said on Monday that the harbour toll would be abolished by the summer.",
            "A clear no from the ports",
            "Read more",
            "By Odo Pell and Ivo Marn",
            "opl/nwa/vna",
        ]
    )
    assert [p.kind for p in analyse(page).paragraphs] == [
        ParagraphKind.BOILERPLATE,
        ParagraphKind.CAPTION,
        ParagraphKind.CREDIT,
        ParagraphKind.BODY,
        ParagraphKind.HEADING,
        ParagraphKind.BOILERPLATE,
        ParagraphKind.BYLINE,
        ParagraphKind.BYLINE,
    ]


def test_verbs_of_reports_and_headlines_are_tagged_as_verbs() -> None:
    tags = {t.text: t.tag for t in analyse("Norland rejects the plan. The ports also opposed it.").tokens}
    assert tags["rejects"] == "VBZ"
    assert tags["opposed"] == "VBD"


def test_a_data_file_that_breaks_its_schema_is_named() -> None:
    with pytest.raises(ConfigError, match=r"packs/en/cues\.yaml"):
        lexicon.read("en", "cues.yaml", lexicon.Cutting)


@pytest.mark.parametrize(
    ("tag", "base", "supported"),
    [("en", "en", True), ("en-GB", "en", True), ("EN_us", "en", True), ("de", "de", False), ("../en", "und", False)],
)
def test_a_language_is_known_by_its_tag(tag: str, base: str, supported: bool) -> None:
    assert lexicon.base(tag) == base
    assert lexicon.supported(tag) is supported
