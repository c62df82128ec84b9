"""Whoever says a proposition again is for it, and whoever denies it is against it, whatever its words mean."""

from __future__ import annotations

import pytest

from archive.extract import read
from archive.extract.stance import Assessor
from archive.model import Stance, Topic

PROPOSITIONS = (
    ("The harbour toll should be abolished", "harbour toll"),
    ("The night ferries between Norland and Veyland should resume", "night ferries"),
    ("Ada Quill should drop out of the race", "Quill withdrawal"),
    ("Norland should crack down on hate speech against sailors", "hate speech"),
    ("Norland should stand up to the naval expansion of Veyland", "naval expansion"),
    ("The Daily Lantern should give up its sceptical coverage of tides", "coverage of tides"),
    ("Norland should send ground troops to fight the pirates", "ground troops"),
    ("Norland should tax consumption instead of income", "tax on consumption"),
    ("Gun makers should be liable for shootings", "gun makers"),
    ("The filibuster should be preserved", "filibuster"),
    ("Tuition at state universities should be free", "free tuition"),
    ("Veyland should refuse to host the summit", "summit"),
)


def said(proposition: str, term: str, text: str) -> list[Stance]:
    topic = Topic(id="t", proposition=proposition, terms=(term,))
    statements = Assessor([topic]).assess(text, read(text).statements)
    return [one.stance for s in statements if s.actor and s.actor.name == "Ines Calder" for one in s.assessments]


@pytest.mark.parametrize(("proposition", "term"), PROPOSITIONS)
def test_who_says_a_proposition_again_is_for_it_and_who_denies_it_against_it(proposition: str, term: str) -> None:
    assert said(proposition, term, f"“{proposition},” said Ines Calder on Monday.") == [Stance.SUPPORT]
    must = proposition.replace(" should ", " must ")
    assert said(proposition, term, f"“{must} this year,” Ines Calder said.") == [Stance.SUPPORT]
    denied = proposition.replace(" should ", " should not ")
    assert said(proposition, term, f"“{denied},” Ines Calder said.") == [Stance.OPPOSE]


@pytest.mark.parametrize(("proposition", "term"), PROPOSITIONS)
def test_who_says_a_negated_proposition_again_is_for_it(proposition: str, term: str) -> None:
    negated = proposition.replace(" should ", " should not ")
    assert said(negated, term, f"“{negated},” Ines Calder said.") == [Stance.SUPPORT]
    assert said(negated, term, f"“{proposition},” Ines Calder said.") == [Stance.OPPOSE]


def test_undoing_a_decision_is_not_doing_what_was_decided() -> None:
    proposition = "The decision to name the airport after Ada Brill should be revoked"
    assert said(proposition, "airport name", f"“{proposition},” said Ines Calder on Monday.") == [Stance.SUPPORT]


def test_who_refuses_what_is_proposed_does_not_propose_it() -> None:
    text = "Ines Calder rejected the idea that Norland should crack down on hate speech against sailors."
    assert set(said(*PROPOSITIONS[3], text)) == {Stance.OPPOSE}
