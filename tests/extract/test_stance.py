"""Which side of a proposition a statement takes, over invented articles on many propositions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import operators
from archive.extract.speakers import resolve
from archive.extract.stance import RULES, Assessor, reliability
from archive.extract.text import analyse
from archive.model import Assessment, Span, Stance, Statement, StatementKind, Topic, fold
from tests.extract.marked import read_marked


def topic_of(data: dict[str, Any]) -> Topic:
    terms, context = tuple(data["terms"]), tuple(data.get("context", ()))
    return Topic(id=data["id"], proposition=data["proposition"], terms=terms, context=context)


def cases() -> Iterator[object]:
    for path in sorted(Path(__file__).with_name("stance_cases").glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in data["cases"]:
            plain, _ = read_marked(case["text"])
            yield pytest.param(topic_of(data["topic"]), case["text"], case["expect"], id=plain[:70])


def assessed(topic: Topic, marked: str) -> tuple[str, tuple[Statement, ...]]:
    text, attributions = read_marked(marked)
    document = analyse(text)
    return text, Assessor([topic]).assess(document, resolve(document, attributions, None))


def latest(statements: tuple[Statement, ...], actor: str) -> Assessment | None:
    """The last assessment of an actor, a position before any other."""
    own = [a for s in statements if s.actor and fold(s.actor.name).endswith(fold(actor)) for a in s.assessments]
    return next((a for a in reversed(own) if a.stance.positional), own[-1] if own else None)


@pytest.mark.parametrize(("topic", "marked", "expect"), list(cases()))
def test_the_stance_of_an_actor_is_one_that_a_careful_reader_accepts(
    topic: Topic, marked: str, expect: dict[str, str | list[str]]
) -> None:
    _, statements = assessed(topic, marked)
    for actor, labels in expect.items():
        found = latest(statements, actor)
        label = found.stance.value if found else "none"
        assert label in ([labels] if isinstance(labels, str) else labels), actor


TOLL = Topic(id="toll", proposition="The harbour toll should be abolished", terms=("harbour toll", "toll"))


def one(marked: str, topic: Topic = TOLL) -> Assessment:
    _, statements = assessed(topic, marked)
    (assessment,) = (a for s in statements for a in s.assessments)
    return assessment


def test_an_assessment_names_its_topic_its_rules_and_the_words_it_rests_on() -> None:
    text, (statement,) = assessed(TOLL, "⟨Ada Quill⟩ |opposes| {abolishing the harbour toll}.")
    (assessment,) = statement.assessments
    assert (assessment.topic, assessment.stance, assessment.rule) == ("toll", Stance.OPPOSE, RULES)
    assert [text[a:b] for a, b in assessment.evidence] == ["opposes", "abolishing the harbour toll"]


def test_a_condition_is_stored_beside_the_label() -> None:
    text, (statement,) = assessed(TOLL, "⟨Ada Quill⟩ |said| {she would abolish the toll if the city covered the loss}.")
    (assessment,) = statement.assessments
    assert assessment.stance is Stance.CONDITIONAL
    assert assessment.condition is not None
    start, end = assessment.condition
    assert text[start:end] == "if the city covered the loss"


def test_if_elected_is_no_condition() -> None:
    assert one("⟨Ada Quill⟩ |said| {she would abolish the toll if elected}.").stance is Stance.SUPPORT


def test_a_refusal_at_the_moment_is_none_in_principle() -> None:
    assert one("⟨Ada Quill⟩ |said| {she would not abolish the toll at the moment}.").stance is Stance.NOT_NOW
    assert one("⟨Ada Quill⟩ |said| {she would not abolish the toll}.").stance is Stance.OPPOSE


def test_double_negation_keeps_open() -> None:
    assert one("⟨Ada Quill⟩ |is not opposed to| {abolishing the toll}.").stance is Stance.OPEN


def test_what_somebody_else_wants_is_not_the_speakers_position() -> None:
    assert one("⟨Ada Quill⟩ |said| {that Bram Oster wants to abolish the toll}.").stance is Stance.NO_POSITION


def test_an_article_that_does_not_hold_the_topic_gets_no_assessment() -> None:
    _, statements = assessed(TOLL, "⟨Ada Quill⟩ |opposes| {the new bridge}.")
    assert [s.assessments for s in statements] == [()]


def test_each_topic_that_a_statement_is_about_gets_its_own_assessment() -> None:
    bridge = Topic(id="bridge", proposition="The bridge should be built", terms=("bridge", "build the bridge"))
    text, attributions = read_marked("⟨Ada Quill⟩ |wants to| {abolish the toll and build the bridge}.")
    document = analyse(text)
    (statement,) = Assessor([TOLL, bridge]).assess(document, resolve(document, attributions, None))
    assert {a.topic: a.stance for a in statement.assessments} == {"toll": Stance.SUPPORT, "bridge": Stance.SUPPORT}


def test_the_text_itself_does_as_well_as_the_document_read_from_it() -> None:
    text, attributions = read_marked("⟨Ada Quill⟩ |opposes| {the toll}.")
    statements = resolve(analyse(text), attributions, None)
    assessor = Assessor([TOLL])
    assert assessor.assess(text, statements) == assessor.assess(analyse(text), statements)


def test_assessing_again_replaces_what_was_assessed() -> None:
    text, attributions = read_marked("⟨Ada Quill⟩ |opposes| {the toll}.")
    statements = resolve(analyse(text), attributions, None)
    stale = tuple(
        replace(s, assessments=(Assessment(topic="x", stance=Stance.OPEN, confidence=1.0),)) for s in statements
    )
    assert Assessor([TOLL]).assess(text, stale) == Assessor([TOLL]).assess(text, statements)
    assert [s.assessments for s in Assessor([]).assess(text, stale)] == [()]


def test_what_must_wait_until_is_put_off_and_its_words_are_kept() -> None:
    text, (statement,) = assessed(TOLL, "⟨Ada Quill⟩ |said| {she would not abolish the toll until the vote}.")
    (assessment,) = statement.assessments
    assert assessment.stance is Stance.NOT_NOW
    assert assessment.condition is not None
    assert text[slice(*assessment.condition)] == "until the vote"


def test_words_for_a_time_are_kept_beside_the_label() -> None:
    text, (statement,) = assessed(TOLL, "⟨Ada Quill⟩ |said| {she would not abolish the toll at the moment}.")
    (assessment,) = statement.assessments
    assert assessment.condition is not None
    assert text[slice(*assessment.condition)] == "at the moment"


def test_what_is_said_in_the_midst_of_a_topic_is_on_the_matter_and_takes_no_side() -> None:
    text = "Norland argues over the harbour toll. ⟨Ada Quill⟩ |said| {that the winter was long}."
    _, statements = assessed(TOLL, text)
    assert [a.stance for s in statements for a in s.assessments] == [Stance.NO_POSITION]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_surer_label_is_never_less_reliable(a: float, b: float) -> None:
    knots = operators.load("en").reliability
    low, high = sorted((a, b))
    assert 0 <= reliability(knots, low) <= reliability(knots, high) + 1e-9 <= 1 + 1e-9


WORDS = (
    "the toll harbour abolish not will should if only this that it he We opposes supports nothing ruled out no plans "
    'consensus but , . " ” Quill keep wrong would be may at moment unless without'
)


@given(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=40), st.integers(0, 39), st.integers(0, 39))
def test_any_words_are_assessed_within_bounds(words: list[str], a: int, b: int) -> None:
    text = " ".join(words)
    low, high = sorted((min(a, len(text) - 1), min(b, len(text) - 1)))
    statement = Statement(kind=StatementKind.DIRECT, content=(Span(low, high + 1),), cue=(Span(0, 1),))
    (found,) = Assessor([TOLL]).assess(text, (statement,))
    for assessment in found.assessments:
        assert 0 <= assessment.confidence <= 1
        assert all(0 <= s.start < s.end <= len(text) for s in assessment.evidence)
        assert assessment.condition is None or assessment.stance.positional
