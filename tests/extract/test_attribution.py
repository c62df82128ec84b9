from __future__ import annotations

import pytest

from archive.extract import attribution
from archive.extract.attribution import Attribution
from archive.extract.text import analyse
from archive.model import Span, StatementKind


def found(text: str) -> tuple[Attribution, ...]:
    return attribution.find(analyse(text))


def told(text: str) -> list[tuple[str, str, str]]:
    """Speaker, cue and content of each attribution, as words."""

    def words(spans: tuple[Span, ...]) -> str:
        return " … ".join(text[a:b] for a, b in spans)

    return [(words((a.speaker,)) if a.speaker else "", words(a.cue), words(a.content)) for a in found(text)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Ada Brill said that the toll must go.", "Ada Brill", "said", "the toll must go"),
        ("Ada Brill said the toll must go.", "Ada Brill", "said", "the toll must go"),
        ("“The toll must go,” said Ada Brill.", "Ada Brill", "said", "The toll must go"),
        ("The toll must go, the minister said.", "the minister", "said", "The toll must go"),
        ("“It must go,” the chair, Ada Brill, told the Courier.", "the chair, Ada Brill,", "told", "It must go"),
        ("Ada Brill signed the harbour bill.", "Ada Brill", "signed", "the harbour bill"),
        ("Ada Brill is a critic of the toll.", "Ada Brill", "is a critic of", "the toll"),
        ("The toll, backed by Ada Brill, is high.", "Ada Brill", "backed", "The toll"),
        ("Brill told reporters on Monday that the toll must go.", "Brill", "told", "the toll must go"),
        ("Norland opposes the harbour toll.", "Norland", "opposes", "the harbour toll"),
        ("Ada Brill conceded on Tuesday that it was late.", "Ada Brill", "conceded", "it was late"),
        ("Ada Brill called on Monday for a new toll.", "Ada Brill", "called on Monday for", "a new toll"),
        ("The Supreme Council agreed on Monday to end it.", "The Supreme Council", "agreed", "to end it"),
        ("Brill campaigned for years for a toll.", "Brill", "campaigned for years for", "a toll"),
        ("And Mr. Brill gloated: “It must go today.”", "Mr. Brill", "gloated", "It must go today."),
        ("“It scares me,” Ada Brill, 30, of Sund, who was there, said.", "Ada Brill", "said", "It scares me"),
        ("“We will wait,” Ada Brill, a spokeswoman for Mayor Odo Pell told us.", "Ada Brill", "told", "We will wait"),
        ("Ada Brill, 38, said Mayor Odo Pell, 84, was late.", "Ada Brill, 38,", "said", "Mayor Odo Pell, 84, was late"),
        (
            "The toll has failed, said Housing Minister Leo Farr.",
            "Housing Minister Leo Farr",
            "said",
            "The toll has failed",
        ),
        ("Norland did not rule out a new toll.", "Norland", "did not rule out", "a new toll"),
        ("The minister wants to abolish the toll.", "The minister", "wants", "to abolish the toll"),
        ("Brill called the toll “a disgrace” on Monday.", "Brill", "called", "the toll “a disgrace”"),
        ("Veyland is not opposed to the new toll.", "Veyland", "is not opposed to", "the new toll"),
        ("The ports, Brill said, were losing trade.", "Brill", "said", "The ports … were losing trade"),
        ("The toll must go, according to the union.", "the union", "according to", "The toll must go"),
        ("Brill made it clear that the toll would go.", "Brill", "made it clear", "the toll would go"),
        (
            "Odo Pell (Sund), the port’s chair, said it must go.",
            "Odo Pell (Sund), the port’s chair,",
            "said",
            "it must go",
        ),
        ("After saying it must go, Brill left the hall.", "Brill", "saying", "it must go"),
        (
            "One presidential hopeful, Ada Brill, said it must go.",
            "One presidential hopeful, Ada Brill,",
            "said",
            "it must go",
        ),
        ("Said Brill: “The toll must go at once.”", "Brill", "Said", "The toll must go at once."),
        ("Aides to the mayor say the toll must go.", "Aides to the mayor", "say", "the toll must go"),
        ("The poll shows Brill leading Pell by ten points.", "The poll", "shows", "Brill leading Pell by ten points"),
        (
            "That is not enough, said Ada Brill, who chairs the port.",
            "Ada Brill, who chairs the port",
            "said",
            "That is not enough",
        ),
        ("That is not enough, said several residents.", "several residents", "said", "That is not enough"),
        ("The answer, Brill told them, was simple.", "Brill", "told", "The answer … was simple"),
        ("Brill told the Marn Post and Courier on Monday that it must go.", "Brill", "told", "it must go"),
        ("Brill met captains who she said were ready to sail.", "she", "said", "were ready to sail"),
        ("But aides said Brill left the hall.", "aides", "said", "Brill left the hall"),
        ("Asked whether the toll must go, she left.", "", "Asked", "whether the toll must go"),
        ("The toll seems to be dead.", "", "seems", "The toll … to be dead"),
    ],
)
def test_constructions_that_attribute(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Brill said the toll must go, but the council kept it for another year.", "the toll must go"),
        ("Brill said the toll must go, and Pell denied that he wanted it.", "the toll must go"),
        ("Brill said the toll must go, which the council had proposed last year.", "the toll must go"),
        ("Brill said that if the toll goes, the ports will live.", "if the toll goes, the ports will live"),
        ("Brill said the toll “is dead, and we all know it” today.", "the toll “is dead, and we all know it"),
        ("Brill said the toll was “a disgrace. It must go.” Pell left.", "the toll was “a disgrace. It must go."),
        ("Brill supports Odo Pell, the chair of the port council.", "Odo Pell, the chair of the port council"),
        ("Brill supports ports, roads and bridges.", "ports, roads and bridges"),
        ("Brill supports the plan, although she dislikes its author.", "the plan"),
    ],
)
def test_where_a_content_ends(text: str, content: str) -> None:
    assert told(text)[0][2] == content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (
            "By ending the toll, Brill said, the council saved the ports.",
            "By ending the toll … the council saved the ports",
        ),
        ("Among the ports, according to Brill, Sund is the oldest.", "Among the ports … Sund is the oldest"),
    ],
)
def test_a_source_in_the_middle_parts_the_content(text: str, content: str) -> None:
    assert [c for *_, c in told(text)] == [content]


def test_a_clause_before_a_quotation_only_tells_when_it_was_said() -> None:
    assert told("As the crowd left the hall, Brill said, “The toll must go at once.”") == [
        ("Brill", "said", "The toll must go at once.")
    ]


def test_a_discontinuous_quotation_is_one_statement() -> None:
    assert told("“The toll must go,” Brill said. “It ruins the ports.”") == [
        ("Brill", "said", "The toll must go … It ruins the ports.")
    ]


def test_a_quotation_may_run_over_paragraphs() -> None:
    assert told("Brill said: “The toll must go.\n\nIt ruins the ports.”") == [
        ("Brill", "said", "The toll must go.\n\nIt ruins the ports.")
    ]


def test_a_quotation_that_fills_the_next_paragraph_goes_on_with_the_last_source() -> None:
    first, second = found("“The toll must go,” said Brill.\n\n“It ruins the ports.”")
    assert (second.continues, second.cue, second.speaker) == (0, (), first.speaker)
    assert first.continues is None


def test_a_judgement_right_after_a_quotation_is_still_the_speakers() -> None:
    text = "Brill stressed: “The ports need help.” The matter is urgent. The council met on Monday."
    first, second = found(text)
    assert [text[a:b] for a, b in second.content] == ["The matter is urgent."]
    assert (second.pattern, second.continues, second.speaker, first.pattern) == ("free", 0, None, "verb.quote")


def test_two_clauses_with_that_are_two_statements_of_one_source() -> None:
    assert told("Brill said that the toll must go and that the ports must stay.") == [
        ("Brill", "said", "the toll must go"),
        ("Brill", "said", "the ports must stay"),
    ]


def test_who_passed_it_on_is_no_source_but_via() -> None:
    text = "The toll must go, he said, according to a report by the Norland News Agency."
    (one,) = found(text)
    assert [text[a:b] for a, b in one.via] == ["the Norland News Agency"]
    assert one.speaker is not None
    assert text[one.speaker.start : one.speaker.end] == "he"


def test_speech_within_speech_is_nested() -> None:
    text = "“President Odo Pell has made it clear that the toll must go,” said spokeswoman Ada Brill."
    outer, inner = found(text)
    assert (outer.parent, inner.parent) == (None, 0)
    assert inner.content[0].end == outer.content[0].end


def test_kinds_tell_quotations_from_reports() -> None:
    kinds = [found(t)[0].kind for t in ("“It must go,” he said.", "He said it must go.", "He said it “must go” soon.")]
    assert kinds == [StatementKind.DIRECT, StatementKind.INDIRECT, StatementKind.MIXED]


@pytest.mark.parametrize(
    "text",
    [
        "Photo: Odo Pell / AP",
        "Read more: what Ada Brill said",
        "The harbour was quiet on Monday.",
        "The so-called “toll men” came at dawn.",
        "",
    ],
)
def test_what_is_no_statement(text: str) -> None:
    assert found(text) == ()


def test_every_pattern_and_confidence_is_told() -> None:
    (one,) = found("Ada Brill said that the toll must go.")
    assert one.pattern == "verb.that"
    assert 0.9 < one.confidence <= 1.0


def test_what_is_told_in_passing_is_kept_apart() -> None:
    text = "A poll shows that many lawmakers favor the toll."
    everything = attribution.find_more(analyse(text))
    assert [one.in_passing for one in everything] == sorted(one.in_passing for one in everything)
    assert attribution.find(analyse(text)) == tuple(one for one in everything if not one.in_passing)
    assert any(text[a:b] == "favor" for one in everything if one.in_passing for a, b in one.cue)
