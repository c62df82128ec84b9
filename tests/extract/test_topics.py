"""What words are about, and in which direction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import indexed, propositions
from archive.extract.matchers import matcher
from archive.extract.stems import Phrases
from archive.extract.text import analyse
from archive.extract.topics import Hit
from archive.extract.vocabulary import vocabulary
from archive.model import Topic

TROOPS = Topic(
    id="troops",
    proposition="Norland should send troops to Veyland",
    terms=("send troops", "ground troops", "peacekeepers"),
)
TOLL = Topic(id="toll", proposition="The harbour toll should be abolished", terms=("harbour toll", "abolish the toll"))
WALL = Topic(id="wall", proposition="Norland should build a wall", terms=("the wall", "border wall"))


def hits(topic: Topic, text: str) -> list[tuple[str, int]]:
    document = analyse(text)
    words = vocabulary("en")
    found: tuple[Hit, ...] = matcher(topic, words).find(indexed.index(document, words.stemmer))
    return [(document.words(h.first, h.last), h.direction) for h in found]


@pytest.mark.parametrize(
    ("topic", "text", "direction"),
    [
        (TROOPS, "They will send troops.", 1),
        (TROOPS, "They are sending Norish troops.", 1),
        (TROOPS, "The troops were sent in May.", 1),
        (TROOPS, "A ground-troops mission is near.", 1),
        (TROOPS, "They will withdraw the ground troops.", -1),
        (TOLL, "They defend the harbour toll.", -1),
        (TOLL, "They will abolish the harbour toll.", 1),
        (TOLL, "They call for the abolition of the harbour toll.", 1),
        (TOLL, "They will keep the harbour toll.", -1),
        (TOLL, "The harbour toll must stay.", -1),
        (TOLL, "The harbour toll must be scrapped.", 1),
    ],
)
def test_a_mention_knows_whether_it_stands_for_the_proposition_or_for_its_contrary(
    topic: Topic, text: str, direction: int
) -> None:
    assert [d for _, d in hits(topic, text)] == [direction]


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        (TROOPS, "They will send letters."),
        (TROOPS, "The troops had lunch."),
        (TROOPS, "They send word. Troops wait elsewhere."),
        (WALL, "He works on Quill Wall Street."),
        (TOLL, "The death toll rose in the harbour."),
    ],
)
def test_what_only_sounds_like_a_topic_is_not_about_it(topic: Topic, text: str) -> None:
    assert hits(topic, text) == []


def test_one_of_the_context_words_must_be_in_the_article() -> None:
    topic = Topic(
        id="toll", proposition="The toll should be abolished", terms=("toll",), context=("harbour", "sea port")
    )
    assert hits(topic, "The toll is high.") == []
    assert hits(topic, "The toll in the harbour is high.") != []
    assert hits(topic, "The toll at this sea port is high.") != []


@pytest.mark.parametrize(
    ("proposition", "heads", "polarity", "negated"),
    [
        ("The harbour toll should be abolished", {"toll"}, -1, False),
        ("Norland should send troops to Veyland", {"troop"}, 1, False),
        ("Norland should not build the dam", {"dam"}, 1, True),
        ("Veylanders should be banned from entering Norland", {"veylander"}, -1, False),
        ("Walt Crane should be the nominee", {"cran"}, 1, False),
        ("Bo Harlan should drop out of the race", {"harlan"}, -1, False),
        ("The wage should be raised to 15 crowns", {"wag"}, 1, False),
    ],
)
def test_a_proposition_is_taken_apart(proposition: str, heads: set[str], polarity: int, negated: bool) -> None:
    found = propositions.read(proposition, vocabulary("en"))
    assert (set(found.heads), found.action.polarity, found.negated) == (heads, polarity, negated)


@given(st.text(min_size=1, max_size=60))
def test_any_proposition_and_any_terms_make_a_topic(text: str) -> None:
    words = [w for w in text.split() if w]
    topic = Topic(id="t", proposition=text, terms=tuple(words) or ("toll",))
    matcher(topic, vocabulary("en"))


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        (("ban", "bans", "banned", "banning"), "ban"),
        (("endorse", "endorses", "endorsed", "endorsing"), "endors"),
        (("abolish", "abolished", "abolishes"), "abolish"),
        (("send", "sends", "sent", "sending"), "send"),
        (("policy", "policies"), "policy"),
        (("need", "needs", "needed"), "need"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...], stem: str) -> None:
    assert {vocabulary("en").stemmer.of(form) for form in forms} == {stem}


def test_a_phrase_may_be_interrupted_by_an_adverb_but_never_by_a_negation() -> None:
    phrases: Phrases[str] = Phrases([(("decide", "to"), "will")], frozenset({"RB"}), frozenset({"not"}))
    assert phrases.at(["decide", "now", "to"], ["VB", "RB", "TO"], 0, 3) == ("will", 3)
    assert phrases.at(["decide", "not", "to"], ["VB", "RB", "TO"], 0, 3) is None


@pytest.mark.parametrize(
    ("said", "theme", "negated"),
    [
        ("Ada Quill is fit to be governor", {"ada", "quill"}, False),
        ("Ada Quill is unfit to lead the party", {"ada", "quill"}, True),
        ("Ada Quill should become governor of Norland", {"ada", "quill"}, False),
        ("The Forward Party should unite behind Ada Quill as its nominee", {"ada", "quill"}, False),
        ("Members should not support Ada Quill", {"ada", "quill"}, True),
        ("Ada Quill is honest and trustworthy", {"ada", "quill"}, False),
        ("Ada Quill is too close to the banks", {"ada", "quill"}, True),
    ],
)
def test_who_should_hold_an_office_or_is_fit_to_should_be_elected(said: str, theme: set[str], negated: bool) -> None:
    words = vocabulary("en")
    found = propositions.read(said, words)
    assert (set(found.theme), found.action, found.negated) == (theme, words.electing, negated)


@pytest.mark.parametrize(
    ("said", "heads", "negated"),
    [
        ("The harbour toll was a mistake", {"toll"}, True),
        ("The harbour toll is a success", {"toll"}, False),
        ("The harbour toll is not a success", {"toll"}, True),
        ("The vote is rigged", {"vot"}, True),
    ],
)
def test_what_is_judged_should_be_or_should_not(said: str, heads: set[str], negated: bool) -> None:
    found = propositions.read(said, vocabulary("en"))
    assert (set(found.heads), found.action.polarity, found.negated) == (heads, 1, negated)


@pytest.mark.parametrize(
    ("said", "heads"),
    [
        ("Newcomers living in Norland should be given a path to legal status", {"path"}),
        ("Norland should press on with a closer union", {"union"}),
        ("Wages should rise to ten crowns", {"wag"}),
        ("Ada Quill should drop out of the race", {"quill"}),
    ],
)
def test_the_theme_is_what_something_should_happen_to(said: str, heads: set[str]) -> None:
    assert propositions.read(said, vocabulary("en")).heads == heads


WORDS = [
    "Ada",
    "Quill",
    "Norland",
    "toll",
    "should",
    "would",
    "not",
    "be",
    "is",
    "has",
    "been",
    "a",
    "mistake",
    "fit",
    "for",
]
WORDS += ["governor", "support", "behind", "given", "press", "on", "of", "too", "close", "become", "to", "abolish", ","]


@given(st.lists(st.sampled_from(WORDS), max_size=8))
def test_any_proposition_is_read(said: list[str]) -> None:
    found = matcher(Topic(id="any", proposition=" ".join(said), terms=("toll",)), vocabulary("en"))
    assert found.proposition.heads <= found.proposition.theme | {"quill", "ada", "norland"}
