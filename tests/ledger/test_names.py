"""Whom a mention stands for, and for whom they speak: names, offices and dates, never a guess."""

from __future__ import annotations

import pytest

from archive.ledger.names import Held, Known, Names, Resolved, Usage, office_key
from archive.model import ActorKind, ActorMention, Span, Statement, StatementKind

USAGE = Usage(
    {
        "norland": ("Norland", ActorKind.COUNTRY),
        "kingdom of norland": ("Norland", ActorKind.COUNTRY),
        "veyland": ("Veyland", ActorKind.COUNTRY),
    },
    sole=frozenset({"president"}),
    apart=frozenset({"deputy", "adviser"}),
    bodies=frozenset({"government", "foreign ministry"}),
)
PORTS = Held("minister ports", "Norland", "2022-01-01", "2024-01-01")
PREMIER = Held("minister prime", "Kingdom of Norland", "2024-01-01")
ADA = Known("ada-quill", "ada-quill", "person", ("ada quill", "minister quill"), (PORTS, PREMIER))
BEN = Known("ben-quill", "ben-quill", "person", ("ben quill",), (Held("minister ports", "Veyland", "2020-01-01"),))
JO = Known("jo-1", "jo-1", "person", ("jo hale",), (Held("president", "Norland"),))
JO_TOO = Known("jo-2", "jo-2", "person", ("jo hale",), (Held("president", "Veyland"),))
NAMES = Names(
    USAGE,
    {"ada quill": (ADA,), "ben quill": (BEN,), "jo hale": (JO, JO_TOO), "a quill": (ADA, BEN)},
    {"minister ports": (ADA, BEN), "minister prime": (ADA,), "president": (JO, JO_TOO)},
)


def told(
    name: str,
    day: str = "2023-05-01",
    *,
    kind: ActorKind = ActorKind.PERSON,
    role: str | None = None,
    speaks_for: str | None = None,
    former: bool = False,
    personal: bool = False,
) -> Resolved:
    mention = ActorMention(name=name, kind=kind, role=role, former=former)
    content = (Span(0, 1),)
    statement = Statement(
        kind=StatementKind.INDIRECT, content=content, actor=mention, speaks_for=speaks_for, personal=personal
    )
    return NAMES.resolve(statement, "a-1", day)


def test_an_office_has_one_key_however_it_is_written() -> None:
    assert office_key("Minister of Finance") == office_key("finance minister")
    assert office_key("Secretary of Defense") == office_key("Defence Secretary")
    assert office_key("Minister of Foreign Affairs") == office_key("foreign minister")
    assert office_key("Deputy Prime Minister") != office_key("Prime Minister")


def test_a_name_that_one_actor_bears_is_that_actor_accents_aside() -> None:
    assert told("Áda Quíll").actor == told("ada quill").actor == "ada-quill"


def test_a_name_nobody_bears_is_an_actor_of_its_own_the_same_in_every_article() -> None:
    assert told("Tove Ask").actor == "person:tove-ask"


def test_a_bare_surname_never_links_articles() -> None:
    assert told("Quill").actor == "person:quill:a-1"


def test_an_office_and_a_country_tell_whose_surname_it_is() -> None:
    assert told("Quill", role="Norland's Minister of Ports", speaks_for="Norland").actor == "ada-quill"
    assert told("Quill", role="Minister of Ports", speaks_for="Veyland").actor == "ben-quill"
    assert told("Quill", "2025-05-01", role="Minister of Ports", speaks_for="Norland").actor == "person:quill:a-1"
    assert told("Hale", role="Minister of Ports", speaks_for="Norland").actor == "person:hale:a-1"


def test_of_two_of_one_name_the_office_at_the_date_tells_which() -> None:
    assert told("Jo Hale", role="President", speaks_for="Veyland").actor == "jo-2"
    assert told("Jo Hale").actor == "person:jo-hale:a-1"


@pytest.mark.parametrize(
    ("role", "day", "actor"),
    [
        ("Norland minister of ports", "2023-12-31", "ada-quill"),
        ("Norland minister of ports", "2024-01-01", "anonymous:x:a-1"),
        ("deputy minister of ports", "2023-05-01", "anonymous:x:a-1"),
        ("adviser to the prime minister", "2024-05-01", "anonymous:x:a-1"),
        ("prime minister", "2024-05-01", "ada-quill"),
        ("minister", "2024-05-01", "anonymous:x:a-1"),
    ],
)
def test_an_office_without_a_name_is_its_holder_at_the_date(role: str, day: str, actor: str) -> None:
    assert told("x", day, kind=ActorKind.ANONYMOUS, role=role, speaks_for="Norland").actor == actor


def test_an_office_of_no_known_country_is_nobodys() -> None:
    assert told("x", kind=ActorKind.ANONYMOUS, role="minister of ports").actor == "anonymous:x:a-1"


@pytest.mark.parametrize("kind", [ActorKind.ANONYMOUS, ActorKind.GROUP])
def test_the_unnamed_are_actors_of_their_article(kind: ActorKind) -> None:
    assert told("officials", kind=kind).actor == f"{kind}:officials:a-1"


def test_in_office_one_speaks_for_the_country_even_where_the_article_does_not_say_so() -> None:
    assert told("Ada Quill", "2023-05-01").speaks_for == "country:norland"
    assert told("Ada Quill", "2030-05-01").speaks_for == "country:norland"
    assert told("Ada Quill", "2021-05-01").speaks_for is None


def test_after_the_tenure_one_speaks_for_nobody_whatever_the_article_calls_them() -> None:
    assert told("Ben Quill", "2019-01-01", role="Minister of Ports", speaks_for="Veyland").speaks_for is None
    ended = Known("cy-moe", "cy-moe", "person", ("cy moe",), (PORTS,))
    names = Names(USAGE, {"cy moe": (ended,)})
    mention = ActorMention(name="Cy Moe", kind=ActorKind.PERSON, role="Minister of Ports")
    said = Statement(kind=StatementKind.INDIRECT, content=(Span(0, 1),), actor=mention, speaks_for="Norland")
    assert names.resolve(said, "a-1", "2023-12-31").speaks_for == "country:norland"
    assert names.resolve(said, "a-1", "2024-01-01").speaks_for is None


def test_what_the_article_calls_a_former_office_has_ended() -> None:
    assert told("Ada Quill", role="former Minister of Ports", former=True).speaks_for is None
    later = told("Ada Quill", "2025-05-01", role="former Minister of Ports", former=True)
    assert later.speaks_for == "country:norland"  # prime minister by then


def test_an_office_that_is_not_in_the_registry_is_taken_from_the_article() -> None:
    assert told("Ada Quill", role="envoy", speaks_for="Veyland").speaks_for == "country:veyland"
    assert told("Tove Ask", role="envoy", speaks_for="Veyland").speaks_for == "country:veyland"


def test_who_speaks_personally_speaks_for_nobody() -> None:
    assert told("Ada Quill", personal=True) == Resolved("ada-quill", None, None)


def test_whom_one_speaks_for_goes_by_the_usual_name() -> None:
    resolved = told("Tove Ask", speaks_for="Kingdom of Norland")
    assert resolved.speaks_for == "country:norland"
    assert resolved.principal == ActorMention(name="Norland", kind=ActorKind.COUNTRY)
    assert told("Tove Ask", speaks_for="Harbour Guild").speaks_for == "organisation:harbour-guild"


def test_merged_actors_of_one_name_are_one() -> None:
    twin = Known("person:ada-quill", "ada-quill", "person", ("ada quill",))
    mention = ActorMention(name="Ada Quill", kind=ActorKind.PERSON)
    said = Statement(kind=StatementKind.INDIRECT, content=(Span(0, 1),), actor=mention)
    assert Names(USAGE, {"ada quill": (ADA, twin)}).resolve(said, "a-1", "2021-01-01").actor == "ada-quill"


@pytest.mark.parametrize("name", ["Skarland’s government", "the government of Skarland", "Skarland's foreign ministry"])
def test_a_body_of_a_country_that_only_the_registry_knows_speaks_for_it(name: str) -> None:
    names = Names(USAGE, {"skarland": (Known("skarland", "skarland", "country", ("skarland",)),)})
    mention = ActorMention(name=name, kind=ActorKind.ORGANISATION)
    said = Statement(kind=StatementKind.INDIRECT, content=(Span(0, 1),), actor=mention, speaks_for=name)
    assert names.resolve(said, "a-1", "2023-05-01").speaks_for == "skarland"
    assert Names(USAGE).resolve(said, "a-1", "2023-05-01").speaks_for != "skarland"
