"""Positions that no verb of saying tells: each actor that holds one has a statement, with the words it rests on."""

from __future__ import annotations

import pytest

from archive.extract import read
from archive.model import Span


def held(text: str) -> set[tuple[str, str, str]]:
    """Actor, cue and content of each statement, as words."""

    def words(spans: tuple[Span, ...]) -> str:
        return " … ".join(text[a:b] for a, b in spans)

    return {(s.actor.name if s.actor else "", words(s.cue), words(s.content)) for s in read(text).statements}


@pytest.mark.parametrize(
    ("text", "actor", "cue", "content"),
    [
        ("“It must go,” Sen. Odo Pell (D-N.Y.) said Tuesday.", "Odo Pell", "said", "It must go"),
        ("Odo Pell (D-R.I.), said on Monday that it must go.", "Odo Pell", "said", "it must go"),
        ("Odo Pell, who's called for a toll, left.", "Odo Pell", "'s called for", "a toll"),
        (
            "Even as officials in the old harbour called for his dismissal, he stayed.",
            "officials in the old harbour",
            "called for",
            "his dismissal",
        ),
        (
            "Sund has taken heat from a union demanding the port close the quay.",
            "union",
            "demanding",
            "the port close the quay",
        ),
    ],
)
def test_who_speaks_is_found_in_the_forms_of_the_news(text: str, actor: str, cue: str, content: str) -> None:
    assert (actor, cue, content) in held(text)


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Several captains have backed the toll, including Ada Brill and Odo Pell.", {"Ada Brill", "Odo Pell"}),
        ("The toll, opposed by workers like Odo Pell, is high.", {"workers", "Odo Pell"}),
        ("The toll was backed by two mayors, including Odo Pell.", {"two mayors", "Odo Pell"}),
        ("The toll has the backing of many workers, including Sen. Bo Reid (V-Sund).", {"Bo Reid", "many workers"}),
        ("Port leaders — and, in particular, Mayor Odo Pell — said it must go.", {"Port leaders", "Odo Pell"}),
        ("Another hopeful — Odo Pell of Sund — opposes the toll.", {"Odo Pell"}),
        (
            "With Odo Pell, Bo Reid and Ada Brill all calling for a toll, it passed.",
            {"Odo Pell", "Bo Reid", "Ada Brill"},
        ),
    ],
)
def test_members_who_are_named_hold_what_their_group_holds(text: str, actors: set[str]) -> None:
    assert actors <= {actor for actor, *_ in held(text)}


def test_whom_a_group_criticizes_is_no_member_of_it() -> None:
    assert {a for a, *_ in held("Several captains have criticized officials, including Ada Brill.")} == {
        "Several captains"
    }


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Unions have been plotting to junk the toll.", "to junk the toll"),
        ("Odo Pell has tried to repeal the toll.", "to repeal the toll"),
        ("Port leaders are moving to restore the ferry.", "to restore the ferry"),
    ],
)
def test_who_tries_to_change_a_thing_wants_it_changed(text: str, content: str) -> None:
    assert content in {c for *_, c in held(text)}


def test_who_tries_to_do_what_takes_no_side_says_nothing() -> None:
    assert held("Odo Pell has tried to find the harbour.") == set()
