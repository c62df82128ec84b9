"""What people do, are and stand behind, rather than say: votes, orders, gifts, roles, and whose an effort is."""

from __future__ import annotations

import pytest

from archive.extract import attribution, read
from archive.extract.text import analyse
from archive.model import Directness, Span


def told(text: str) -> list[tuple[str, str, str]]:
    """Speaker, cue and content of each attribution, as words."""

    def words(spans: tuple[Span, ...]) -> str:
        return " … ".join(text[a:b] for a, b in spans)

    found = attribution.find(analyse(text))
    return [(words((a.speaker,)) if a.speaker else "", words(a.cue), words(a.content)) for a in found]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Ada Quill voted for the harbour bill.", "Ada Quill", "voted for", "the harbour bill"),
        ("Ada Quill voted in favor of the toll.", "Ada Quill", "voted in favor of", "the toll"),
        ("Mayor Quill disbanded the watch unit in April.", "Mayor Quill", "disbanded", "the watch unit in April"),
        ("Ada Quill pushed through the toll.", "Ada Quill", "pushed through", "the toll"),
        ("Norland pulled out of the Sund treaty.", "Norland", "pulled out of", "the Sund treaty"),
        ("The Ferry Union sued over the toll.", "The Ferry Union", "sued over", "the toll"),
        ("The protesters marched against the toll.", "The protesters", "marched against", "the toll"),
        ("Judge Ada Quill eviscerated the toll law.", "Judge Ada Quill", "eviscerated", "the toll law"),
        ("Ada Quill crafted the toll plan.", "Ada Quill", "crafted", "the toll plan"),
        ("The bill was signed by Governor Quill on Monday.", "Governor Quill", "was signed", "The bill"),
        (
            "Judge Ada Quill issued an injunction blocking the toll law.",
            "Judge Ada Quill",
            "issued an injunction",
            "blocking the toll law",
        ),
        ("The party kept up a filibuster of the bill.", "The party", "kept up a filibuster of", "the bill"),
        ("Ada Quill led an effort to abolish the toll.", "Ada Quill", "led an effort", "to abolish the toll"),
        ("Ada Quill tweeted her approval of the toll.", "Ada Quill", "tweeted her approval of", "the toll"),
        ("Ada Quill threw her weight behind the toll.", "Ada Quill", "threw her weight behind", "the toll"),
        ("Ada Quill is drawn to the toll.", "Ada Quill", "is drawn to", "the toll"),
        ("The board decided not to fund the harbour fair.", "The board", "decided", "not to fund the harbour fair"),
    ],
)
def test_deeds_tell_a_position(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    "text",
    [
        "It disbanded the unit in April.",
        "The storm halted the ferry.",
        "The delay gave it a priority.",
        "It is opposed.",
    ],
)
def test_a_deed_is_told_only_of_somebody_named(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("The Ferry Union gave Quill the nod.", "The Ferry Union", "gave … the nod", "Quill"),
        ("Lawmakers gave the deal their seal of approval.", "Lawmakers", "gave … their seal of approval", "the deal"),
        ("Ada Quill made harbour safety a priority.", "Ada Quill", "made … a priority", "harbour safety"),
        ("The Ferry Union is firmly opposed.", "The Ferry Union", "is firmly", "opposed"),
    ],
)
def test_what_is_given_and_how_one_stands(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Ada Quill, a critic of the dam, left early.", "Ada Quill", "a critic of", "the dam"),
        ("Ada Quill (Sund), long a critic of the dam, left.", "Ada Quill", "a critic of", "the dam"),
        ("Ada Quill, the bill’s chief supporter, left early.", "Ada Quill", "chief supporter", "the bill"),
        ("Opponents of the dam such as Ada Quill left early.", "Ada Quill", "Opponents of", "the dam"),
        ("The dam’s opponents, led by Ada Quill, left early.", "Ada Quill", "opponents", "The dam"),
        ("Ada Quill and other opponents of the dam left early.", "Ada Quill", "other opponents of", "the dam"),
        ("Opponents of the dam, including Ada Quill, left.", "Ada Quill", "Opponents of", "the dam"),
    ],
)
def test_nouns_for_who_is_for_or_against(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("An effort by Democrats to end the toll has failed.", "Democrats", "An effort", "to end the toll"),
        ("The toll met with opposition by Ada Quill.", "Ada Quill", "opposition", "The toll"),
        ("The resistance of Ada Quill to the toll grew.", "Ada Quill", "The resistance … to", "the toll"),
        (
            "It followed Norland Oil’s decision not to fund the fair.",
            "Norland Oil’s",
            "decision",
            "not to fund the fair",
        ),
    ],
)
def test_whose_an_effort_or_a_decision_is(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bo Reid slammed an effort supported by Quill and Marn lawmakers.", {"Bo Reid", "Quill", "Marn lawmakers"}),
        ("Bo Reid rejected the deal reached by Ada Quill last week.", {"Bo Reid", "Ada Quill"}),
        ("Bo Reid dismissed claims by Ada Quill that the toll was dead.", {"Bo Reid", "Ada Quill"}),
        ("Ada Quill and Senator Bo Reid oppose tinkering with the toll.", {"Ada Quill", "Bo Reid"}),
    ],
)
def test_everyone_whose_position_is_told_has_a_statement(text: str, names: set[str]) -> None:
    assert {s.actor.name for s in read(text).statements if s.actor} == names


def test_a_position_told_within_what_another_is_against_is_ascribed() -> None:
    statements = read("Bo Reid denounced claims by Ada Quill that the toll was dead.").statements
    assert [s.directness for s in statements if s.actor and s.actor.name == "Ada Quill"] == [Directness.ASCRIBED]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Ada Quill, who’s called for a toll, left early.", "who", "’s called for", "a toll"),
        (
            "Lawmakers, meanwhile, blasted Ada Quill for the toll.",
            "Lawmakers, meanwhile,",
            "blasted",
            "Ada Quill for the toll",
        ),
        (
            "Ada Quill, founder of the Sund Institute, welcomed the toll.",
            "Ada Quill, founder of the Sund Institute,",
            "welcomed",
            "the toll",
        ),
        ("Brill says Norland and its allies should leave.", "Brill", "says", "Norland and its allies should leave"),
        ("Ada Quill likened the deal to a raid.", "Ada Quill", "likened", "the deal to a raid"),
        ("The mayor took heat from a ferry group demanding a toll.", "a ferry group", "demanding", "a toll"),
        (
            "The board approved the toll despite opposition from Quill.",
            "Quill",
            "opposition",
            "The board approved the toll",
        ),
        ("The group cited Quill’s legislation to ban the toll.", "Quill’s", "legislation", "to ban the toll"),
    ],
)
def test_who_is_found_over_what_stands_between(text: str, speaker: str, cue: str, content: str) -> None:
    assert (speaker, cue, content) in told(text)


def test_one_doing_this_and_another_doing_that_have_a_statement_each() -> None:
    assert told("They differ, with Ada Quill supporting the toll and Bo Reid demanding its repeal.") == [
        ("Ada Quill", "supporting", "the toll"),
        ("Bo Reid", "demanding", "its repeal"),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("“It must go,” said Senator Ada Quill of Marn, who supports ending the toll.", {"Ada Quill"}),
        ("“It must go,” said Ada Quill (Sund), who supports ending the toll.", {"Ada Quill"}),
        ("It was the Ferry Union, which filed a challenge against the toll.", {"Ferry Union"}),
        ("Senators Ada Quill, Bo Reid and Ted Oster all voted for the toll.", {"Ada Quill", "Bo Reid", "Ted Oster"}),
        ("Three senators — Ada Quill of Marn and Bo Reid of Sund — backed the toll.", {"Ada Quill", "Bo Reid"}),
        (
            "They differ, with Ada Quill, Bo Reid and Ted Oster all calling for a toll.",
            {"Ada Quill", "Bo Reid", "Ted Oster"},
        ),
        ("The vote came as Marn’s lawyers opposed a toll.", {"Marn’s lawyers"}),
        ("Ada Quill, the legendary activist and lawyer, endorsed Bo Reid’s toll.", {"Ada Quill"}),
        ("Lawmakers — and, in particular, Ada Quill — backed the toll.", {"Lawmakers", "Ada Quill"}),
        ("Voters blamed Ada Quill, the bill’s most outspoken supporter.", {"Voters", "Ada Quill"}),
        ("According to the Courier, Ada Quill has said the toll must go.", {"Courier", "Ada Quill"}),
    ],
)
def test_whose_position_it_is(text: str, names: set[str]) -> None:
    assert {s.actor.name for s in read(text).statements if s.actor} == names


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Ada Quill is one of the bill’s sponsors.", "Ada Quill", "sponsors", "the bill"),
        ("The plan drew criticism from Ada Quill.", "Ada Quill", "criticism", "The plan"),
        ("The plan, which has the backing of Ada Quill, failed.", "Ada Quill", "the backing", "The plan"),
        ("Despite opposition from Ada Quill, the toll was kept.", "Ada Quill", "opposition", "the toll was kept"),
        ("Ada Quill’s bill would keep the toll.", "Ada Quill’s", "bill", "would keep the toll"),
        ("Under Ada Quill’s plan, the toll would go.", "Ada Quill’s", "plan", "the toll would go"),
        ("Ada Quill is in favor of the toll.", "Ada Quill", "is in favor of", "the toll"),
        ("Ada Quill has no problem with the toll.", "Ada Quill", "has no problem with", "the toll"),
        ("Ada Quill dropped her opposition to the toll.", "Ada Quill", "dropped her opposition to", "the toll"),
        ("In a speech attacking the toll, Ada Quill left.", "Ada Quill", "attacking", "the toll"),
        ("Ada Quill issued an order to end the toll.", "Ada Quill", "issued an order", "to end the toll"),
    ],
)
def test_what_meets_with_a_stand_and_what_a_plan_would_do(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Bo Reid opposes the toll, as does Ada Quill.", "the toll"),
        ("Bo Reid opposes the toll, and so does Ada Quill.", "the toll"),
        ("Several senators opposed the toll, including Ada Quill.", "the toll"),
        ("Like Ada Quill, Bo Reid opposes the toll.", "the toll"),
        ("Bo Reid, along with Ada Quill, opposes the toll.", "the toll"),
    ],
)
def test_who_shares_a_position_has_a_statement_too(text: str, content: str) -> None:
    shared = [s for s in read(text).statements if s.actor and s.actor.name == "Ada Quill"]
    assert [text[span.start : span.end] for s in shared for span in s.content] == [content]


def test_what_somebody_is_blamed_for_is_theirs() -> None:
    statements = read("Bo Reid attacked Ada Quill for supporting the toll.").statements
    assert [(s.actor.name, s.directness) for s in statements if s.actor and s.pattern == "verb.np"] == [
        ("Ada Quill", Directness.ASCRIBED)
    ]


def test_claims_of_several_who_are_named_beside_their_office() -> None:
    text = "She denounced claims by the port’s rivals, Ada Quill and Senator Bo Dahl (Sund), that the toll was dead."
    names = [s.actor.name for s in read(text).statements if s.actor and s.pattern == "maker.that"]
    assert names == ["Ada Quill", "Bo Dahl"]


@pytest.mark.parametrize(
    ("text", "speaker", "cue", "content"),
    [
        ("Backed by Ada Quill, the toll passed.", "Ada Quill", "Backed", "the toll"),
        ("The bill that Ada Quill vetoed was harsh.", "Ada Quill", "vetoed", "The bill"),
        ("The treaty, which Norland signed in May, failed.", "Norland", "signed", "The treaty"),
        ("Toll opponent Ada Quill left early.", "Ada Quill", "opponent", "Toll"),
        ("The toll’s backers include Ada Quill.", "Ada Quill", "backers", "The toll"),
        ("Ada Quill’s veto of the bill angered captains.", "Ada Quill’s", "veto of", "the bill"),
        ("Ada Quill cast a vote against the toll.", "Ada Quill", "cast a vote against", "the toll"),
        ("At the urging of Ada Quill, the toll was kept.", "Ada Quill", "the urging", "the toll was kept"),
    ],
)
def test_what_is_named_before_who_does_it(text: str, speaker: str, cue: str, content: str) -> None:
    assert told(text) == [(speaker, cue, content)]


@pytest.mark.parametrize(
    "text",
    [
        "Ada Quill was among those who voted against the toll.",
        "Ada Quill is a mayor of few words who opposes the toll.",
    ],
)
def test_a_description_goes_back_to_the_one_who_is_described(text: str) -> None:
    assert [s.actor.name for s in read(text).statements if s.actor] == ["Ada Quill"]


def test_who_joins_somebody_in_what_they_do() -> None:
    statements = read("Ada Quill, joined by Bo Reid, denounced the toll.").statements
    assert [s.actor.name for s in statements if s.actor] == ["Ada Quill", "Bo Reid"]
