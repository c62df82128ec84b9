"""Attributions become statements: whom the words stand for, and for whom these speak."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TypedDict

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.attribution import Attribution
from archive.extract.speakers import resolve
from archive.extract.text import analyse
from archive.model import Directness, Span, Statement, StatementKind
from tests.extract.marked import read_marked


class SpeakerCase(TypedDict):
    case: str
    text: str
    expect: list[str]


CASES: list[SpeakerCase] = yaml.safe_load(Path(__file__).with_name("speaker_cases.yaml").read_text(encoding="utf-8"))


def statements(marked: str, published: date | None = None) -> tuple[Statement, ...]:
    text, attributions = read_marked(marked)
    return resolve(analyse(text), attributions, published)


def told(statement: Statement) -> list[str]:
    if statement.actor is None:
        return ["-"]
    actor = statement.actor
    return [
        actor.name,
        actor.kind.value,
        statement.speaks_for or "-",
        statement.resolution.value,
        actor.country or "-",
    ]


@pytest.mark.parametrize("case", CASES, ids=[c["case"] for c in CASES])
def test_the_words_of_a_speaker_are_resolved(case: SpeakerCase) -> None:
    expected = [line.split(" | ") for line in case["expect"]]
    found = [told(s) for s in statements(case["text"])]
    assert [f[: len(e)] for f, e in zip(found, expected, strict=True)] == expected


def test_the_day_comes_from_the_words_beside_the_cue_and_not_from_the_content() -> None:
    said = statements("⟨Ada Quill⟩ |said| on Monday {the Friday ferry was late}.", date(2031, 5, 13))
    assert said[0].said_on == date(2031, 5, 12)
    assert statements("⟨Ada Quill⟩ |said| {the Friday ferry was late}.", date(2031, 5, 13))[0].said_on is None
    assert statements("⟨Ada Quill⟩ |said| on Monday {the ferry was late}.")[0].said_on is None


def nested() -> tuple[Statement, ...]:
    text = '"Mayor Quill has made clear that the toll stays," said spokeswoman Dora Finch.'
    outer = Attribution(
        kind=StatementKind.DIRECT,
        content=(Span(1, 48),),
        cue=(Span(51, 55),),
        speaker=Span(56, text.index(".")),
    )
    inner = Attribution(
        kind=StatementKind.INDIRECT,
        content=(Span(33, 48),),
        cue=(Span(13, 27),),
        speaker=Span(1, 12),
        parent=0,
    )
    return resolve(analyse(text), (outer, inner), None)


def test_what_somebody_else_reports_is_ascribed_and_names_the_reporter() -> None:
    first, second = nested()
    assert first.directness is Directness.FIRST_HAND
    assert second.directness is Directness.ASCRIBED
    assert [v.name for v in second.via] == ["Dora Finch"]


def test_an_agency_is_a_relay() -> None:
    text = "All is well, she said, according to a report by the NWA agency. Ada Quill left."
    attribution = Attribution(
        kind=StatementKind.INDIRECT,
        content=(Span(0, 11),),
        cue=(Span(17, 21),),
        speaker=Span(13, 16),
        via=(Span(text.index("the NWA"), text.index(". Ada")),),
    )
    (statement,) = resolve(analyse(text), (attribution,), None)
    assert [v.name for v in statement.via] == ["NWA"]


def test_a_claimed_common_position_is_ascribed_to_the_other() -> None:
    found = statements("⟨Polish Prime Minister Marek Sowa⟩ |said| {it had a common position with the Czech Republic}.")
    assert [s.speaks_for for s in found] == ["Poland", "Czechia"]
    assert found[1].directness is Directness.ASCRIBED
    assert [v.name for v in found[1].via] == ["Marek Sowa"]
    assert found[1].pattern == "ascribed.common-position"


@st.composite
def attributed(draw: st.DrawFn) -> tuple[str, tuple[Attribution, ...]]:
    text = draw(
        st.text(alphabet=st.sampled_from("Aa Bé,.\n\"'“”he she who I The of and's Mr.🙂"), min_size=1, max_size=80)
    )
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).map(
        lambda p: Span(min(p[0], p[1] - 1), max(p[0] + 1, p[1]))
    )
    one = st.builds(
        Attribution,
        kind=st.sampled_from(StatementKind),
        content=st.tuples(spans),
        cue=st.lists(spans, max_size=1).map(tuple),
        speaker=st.none() | spans,
        via=st.lists(spans, max_size=1).map(tuple),
    )
    return text, tuple(draw(st.lists(one, max_size=4)))


@given(attributed())
def test_any_spans_of_any_text_are_resolved_without_a_fault(given_: tuple[str, tuple[Attribution, ...]]) -> None:
    text, attributions = given_
    document = analyse(text)
    if document.tokens:
        found = resolve(document, attributions, date(2031, 5, 13))
        assert len(found) >= len(attributions)
        assert {s.content for s in found} == {a.content for a in attributions}
