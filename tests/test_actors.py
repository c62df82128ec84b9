"""Decisions on who is who are recorded with a name, taken back without a trace in what holds now, and never lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from archive import actors, registers
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.registers import Extract
from archive.views import catch_up
from archive.views.people import dossier, review
from archive.views.reports import find_actor, history, stances
from tests.views.conftest import empty as empty  # noqa: PLC0414 - a fixture is asked for by its name
from tests.views.conftest import fresh
from tests.views.example import harbour_toll
from tests.views.histories import Move, Writer, day, dump, moves, play

NOW = datetime(2031, 5, 1, tzinfo=UTC)
DATA = Path(__file__).parent / "registers"
VIEWS = ("statements", "actors", "topics", "current_stance", "stance_changes", "country_stance", "unresolved_mentions")


def held(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with reading(engine) as connection:
        return {view: dump(connection, view) for view in VIEWS}


@given(history=st.lists(moves, max_size=25), pair=st.permutations(["ann", "bea", "cid", "norland"]))
@settings(max_examples=30, deadline=None)
def test_a_merge_taken_back_leaves_everything_as_it_was(empty: Path, history: list[Move], pair: list[str]) -> None:
    with fresh(empty) as engine:
        writer = Writer(Ledger(engine))
        for actor in pair:
            writer.actor(actor, actor.title(), "country" if actor == "norland" else "person")
        for _ in play(writer, history):
            pass
        catch_up(engine, writer.ledger)
        before = held(engine)
        with reading(engine) as connection:
            first, second = (find_actor(connection, actor) for actor in pair[:2])
        if first == second:
            return
        actors.merge(writer.ledger, first, second, by="R. Voss", reason="the same", now=NOW)
        catch_up(engine, writer.ledger)
        actors.split(writer.ledger, first, by="I. Vale", reason="not the same", now=NOW)
        catch_up(engine, writer.ledger)
        assert held(engine) == before
        with reading(engine) as connection:
            query = "SELECT decision, decided_by, reason FROM actor_decisions ORDER BY position DESC LIMIT 2"
            told = [tuple(row) for row in connection.execute(text(query))]
        assert told == [("merge undone", "I. Vale", "not the same"), ("merged", "R. Voss", "the same")]


@pytest.fixture
def writer(engine: Engine, ledger: Ledger) -> Writer:
    writer = harbour_toll(ledger)
    catch_up(engine, ledger)
    return writer


def test_what_reports_say_is_as_before_after_a_merge_and_its_undoing(engine: Engine, writer: Writer) -> None:
    def said() -> list[Any]:
        with reading(engine) as connection:
            return [stances(connection), history(connection, "mara-lind"), history(connection, "tove-ask")]

    before = said()
    actors.merge(writer.ledger, "Tove Ask", "Mara Lind", by="R. Voss", reason="one", now=NOW)
    catch_up(engine, writer.ledger)
    assert said() != before
    actors.split(writer.ledger, "Tove Ask", by="R. Voss", reason="two", now=NOW)
    catch_up(engine, writer.ledger)
    assert said() == before


def test_what_cannot_be_decided_is_said(engine: Engine, writer: Writer) -> None:
    ledger = writer.ledger
    with pytest.raises(UsageError, match="no actor 'Tove Ask' is merged"):
        actors.split(ledger, "Tove Ask", by="R. Voss", reason="x", now=NOW)
    with pytest.raises(UsageError, match="are one already"):
        actors.merge(ledger, "mara-lind", "Mara Lind", by="R. Voss", reason="x", now=NOW)
    with pytest.raises(UsageError, match=r"is no alias of mara-lind.*Minister Lind"):
        actors.unname(ledger, "Mara Lind", "The Minister", by="R. Voss", reason="x", now=NOW)
    with pytest.raises(UsageError, match="the alias is empty"):
        actors.name(ledger, "Mara Lind", " - ", by="R. Voss", now=NOW)
    with pytest.raises(UsageError, match="no actor is called"):
        actors.merge(ledger, "Nobody", "Mara Lind", by="R. Voss", reason="x", now=NOW)


def test_an_alias_is_a_name_until_it_is_taken_away(engine: Engine, writer: Writer) -> None:
    def called(name: str) -> str | None:
        with reading(engine) as connection:
            try:
                return find_actor(connection, name)
            except UsageError:
                return None

    assert actors.name(writer.ledger, "Tove Ask", "The Grey Fox", by="R. Voss", now=NOW)
    catch_up(engine, writer.ledger)
    assert called("the grey fox") == "tove-ask"
    assert actors.name(writer.ledger, "Tove Ask", "The Grey Fox", by="R. Voss", now=NOW) is None
    actors.unname(writer.ledger, "Tove Ask", "the grey fox", by="R. Voss", reason="a nickname of two", now=NOW)
    catch_up(engine, writer.ledger)
    assert called("the grey fox") is None
    with reading(engine) as connection:
        told = [row["what"] for row in dossier(connection, "tove-ask")]
    assert told == ["name", "alias added", "alias removed"]


def taken(ledger: Ledger, *names: str) -> actors.Imported:
    listed = [one for name in names for one in extract(name).listed]
    done = actors.take(ledger, Extract(tuple(listed)), by="R. Voss", now=NOW)
    catch_up(ledger.engine, ledger)
    return done


def extract(name: str) -> Extract:
    return registers.read((DATA / name).read_bytes(), name)


def offices(engine: Engine, actor: str) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        rows = dossier(connection, find_actor(connection, actor))
    told = [(r["value"], r["speaks_for"], r["since"], r["until"]) for r in rows if r["what"] == "office"]
    return sorted(told, key=lambda office: str(office[2]))


def test_people_bodies_and_tenures_are_taken_from_wikidata(engine: Engine, ledger: Ledger) -> None:
    catch_up(engine, ledger)
    assert taken(ledger, "wikidata.json") == actors.Imported(new=2, events=7)
    assert taken(ledger, "wikidata.json") == actors.Imported(unchanged=2)
    assert offices(engine, "M. Skov") == [
        ("member of the Folketing", None, "2011-01-01", "2022-11-01"),
        ("Minister of Defence", "Denmark", "2021-05-01", "2023-11-01"),
    ]
    assert extract("wikidata.json").passed_over == ("the office Q900009 is held, but its entity is not in the file",)


def test_people_bodies_and_tenures_are_taken_from_followthemoney(engine: Engine, ledger: Ledger) -> None:
    catch_up(engine, ledger)
    assert taken(ledger, "ftm.jsonl") == actors.Imported(new=2, events=6)
    assert taken(ledger, "ftm.jsonl") == actors.Imported(unchanged=2)
    assert offices(engine, "Tomás Berglind") == [
        ("Member of the Riksdag", None, "2010-01-01", "2022-11-01"),
        ("Minister of Foreign Affairs", "Sweden", "2022-10-18", None),
    ]


def test_two_registers_that_know_one_person_are_of_one_actor_and_two_entries_of_one_register_are_two(
    engine: Engine, ledger: Ledger
) -> None:
    catch_up(engine, ledger)
    person: dict[str, Any] = {"schema": "Person", "properties": {"name": ["Ada Quill"], "wikidataId": ["Q900011"]}}
    twins = [{**person, "id": f"NK-{n}", "properties": {"name": ["Ben Hale"]}} for n in (1, 2)]
    lines = "\n".join(json.dumps(one) for one in ({**person, "id": "NK-0"}, *twins))
    human = {"rank": "normal", "mainsnak": {"datavalue": {"value": {"id": "Q5"}}}}
    ada = {"id": "Q900011", "type": "item", "labels": {"en": {"value": "Ada B. Quill"}}, "claims": {"P31": [human]}}
    actors.take(ledger, registers.read(lines.encode(), "x"), by="R. Voss", now=NOW)
    catch_up(engine, ledger)
    actors.take(ledger, registers.read(json.dumps(ada).encode(), "y"), by="R. Voss", now=NOW)
    catch_up(engine, ledger)
    with reading(engine) as connection:
        assert find_actor(connection, "Ada B. Quill") == "nk-0"
        with pytest.raises(UsageError, match="several actors are called"):
            find_actor(connection, "Ben Hale")


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b'{"id": "a", "schema": "Person", "properties": {"name": ["A"]}}\n{"id": ', "f:2", "not JSON"),
        (b'{"entities": \n\n {"Q1": }}', "f:3", "not JSON"),
        (b'{"hello": 1}', "f:1", "no entity"),
        (b"[1]", "f, item 1", "a JSON object"),
        (b"", "f", "empty"),
        (b"\xff", "f:1", "UTF-8"),
        (b'{"entities": {"Q7": {"id": "Q7", "missing": ""}}}', "f:1", "no entity Q7"),
        (b'{"entities": {"Q7": {"id": "Q7", "labels": "x"}}}', "f:1, Q7", "labels"),
        (b'{"id": "a", "schema": "Person", "properties": {}}', "f:1", "no name"),
        (b'{"id": "a", "schema": "Person", "properties": {"name": "A"}}', "f:1", "no list"),
        (b'{"id": "o", "schema": "Occupancy", "properties": {"holder": ["a"], "endDate": ["soon"]}}', "f:1", "no date"),
    ],
)  # fmt: skip
def test_what_is_no_entity_is_named_with_its_line(data: bytes, where: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as error:
        registers.read(data, "f")
    assert error.value.where == where


def test_what_may_be_one_is_suggested_with_the_command_and_not_again_once_it_was_refused(
    engine: Engine, ledger: Ledger
) -> None:
    writer = Writer(ledger)
    writer.topic("toll")
    for actor, name in (("person:ann-reed", "Ann Reed"), ("person:a-reed", "A. Reed"), ("person:bo-reed", "Bo Reed")):
        writer.actor(actor, name)
        writer.article(f"a-{actor[7:]}", day(1))
        writer.statement(f"s-{actor[7:]}", f"a-{actor[7:]}", actor, day(1))
        writer.assess(f"s-{actor[7:]}", "toll", "unclear")
    catch_up(engine, ledger)
    with reading(engine) as connection:
        commands = [row["command"] for row in review(connection)]
    suggested = "archive actors merge person:a-reed person:ann-reed --by NAME --reason REASON"
    assert [one for one in commands if " merge " in one] == [suggested]
    assert "archive assess s-bo-reed toll STANCE --by NAME" in commands
    actors.merge(ledger, "person:a-reed", "person:ann-reed", by="R. Voss", reason="x", now=NOW)
    catch_up(engine, ledger)
    actors.split(ledger, "person:a-reed", by="R. Voss", reason="two", now=NOW)
    catch_up(engine, ledger)
    with reading(engine) as connection:
        assert not [row for row in review(connection) if row["kind"] == "merge suggestion"]
