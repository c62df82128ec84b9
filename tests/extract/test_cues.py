from __future__ import annotations

import pytest

from archive.extract import cues
from archive.extract.text import analyse

LEXICON = cues.load("en")


@pytest.mark.parametrize(
    "form",
    ["said", "denies", "denied", "planned", "planning", "admitted", "admitting", "offered", "agreed", "told",
     "rejects", "preferred"],
)  # fmt: skip
def test_verbs_are_known_in_all_their_forms(form: str) -> None:
    assert form in LEXICON.verbs


@pytest.mark.parametrize(
    ("text", "lemma", "rest"),
    [
        ("ruled out", "rule", ("out",)),
        ("ruled", "rule", ()),
        ("spoke warmly of", "speak", ("of",)),
        ("called Monday for", "call", ("for",)),
        ("called it for", "call", ()),
    ],
)
def test_the_longest_entry_wins_and_an_adverb_may_stand_in_it(text: str, lemma: str, rest: tuple[str, ...]) -> None:
    tokens = analyse(text).tokens
    found = LEXICON.verb(tokens, 0, len(tokens))
    assert found is not None
    assert (found[0].lemma, found[0].rest) == (lemma, rest)


def test_sureness_is_a_probability() -> None:
    assert all(0 < sure < 1 for found in LEXICON.verbs.values() for cue in found for sure in cue.frames.values())
