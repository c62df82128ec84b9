"""Countries by those who speak for them: the spread is kept, an utterance counts once, nothing said for it is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive.ledger.engine import connect, reading
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.views import catch_up
from archive.views.reports import country_stances
from tests.views.histories import Writer, day

NO = "We will not abolish the harbour toll this year"


@pytest.fixture
def writer(ledger: Ledger) -> Writer:
    writer = Writer(ledger)
    writer.topic("toll")
    writer.actor("country:norland", "Norland", "country")
    for actor, name, kind in (
        ("ann", "Ann Lind", "person"),
        ("bo", "Bo Ask", "person"),
        ("person:lind:a-3", "Lind", "person"),
        ("organisation:palace", "The Palace", "organisation"),
        ("group:officials:a-2", "officials", "group"),
    ):
        writer.actor(actor, name, kind)
    return writer


def said(writer: Writer, number: int, actor: str, stance: str, quote: str, *, on: int = 1, **fields: Any) -> None:
    writer.article(f"a-{number}", day(on))
    fields = {"speaks_for": "country:norland", **fields}
    writer.statement(f"s-{number}", f"a-{number}", actor, day(on), quote=quote, **fields)
    writer.assess(f"s-{number}", "toll", stance)


def norland(engine: Engine, writer: Writer) -> dict[str, Any]:
    catch_up(engine, writer.ledger)
    with reading(engine) as connection:
        rows = country_stances(connection, country="country:norland")
    return {name: rows[0][name] for name in ("stance", "divergent", "spread", "speakers")} if rows else {}


def test_one_utterance_in_several_reports_counts_once(engine: Engine, writer: Writer) -> None:
    said(writer, 1, "ann", "oppose", NO)
    said(writer, 2, "group:officials:a-2", "oppose", "we will not abolish the harbour toll this year")
    said(writer, 3, "person:lind:a-3", "oppose", "will not abolish the harbour toll this year")
    said(writer, 4, "organisation:palace", "oppose", NO)
    assert norland(engine, writer) == {"stance": "oppose", "divergent": False, "spread": "oppose 1", "speakers": 1}


def test_two_people_who_say_the_same_are_two_and_so_are_two_days_and_other_words(
    engine: Engine, writer: Writer
) -> None:
    said(writer, 1, "ann", "oppose", NO)
    said(writer, 2, "bo", "oppose", NO)
    said(writer, 3, "organisation:palace", "oppose", NO, on=2)
    said(writer, 4, "group:officials:a-2", "oppose", "Nobody in the cabinet has ever wanted it gone")
    assert norland(engine, writer)["speakers"] == 4


def test_whoever_differs_makes_it_divergent_and_nothing_is_averaged(engine: Engine, writer: Writer) -> None:
    said(writer, 1, "ann", "oppose", NO)
    said(writer, 2, "bo", "support", "We will abolish the harbour toll this year", on=2)
    spread = {"stance": "support", "divergent": True, "spread": "support 1, oppose 1", "speakers": 2}
    assert norland(engine, writer) == spread


def test_what_one_says_for_oneself_takes_nothing_back_of_what_one_said_for_the_country(
    engine: Engine, writer: Writer
) -> None:
    said(writer, 1, "ann", "oppose", NO)
    said(writer, 2, "ann", "support", "Personally I want it gone", on=5, speaks_for=None)
    assert norland(engine, writer)["spread"] == "oppose 1"
    said(writer, 3, "ann", "conditional", "If the ports agree", on=7)
    assert norland(engine, writer)["spread"] == "conditional 1"


def test_two_countries_and_two_topics_are_compared_apart(engine: Engine, writer: Writer) -> None:
    writer.topic("ferry")
    writer.actor("country:veyland", "Veyland", "country")
    said(writer, 1, "ann", "oppose", NO)
    said(writer, 2, "organisation:palace", "oppose", NO, speaks_for="country:veyland")
    writer.assess("s-2", "ferry", "oppose")
    said(writer, 3, "group:officials:a-2", "oppose", NO)
    catch_up(engine, writer.ledger)
    with reading(engine) as connection:
        rows = country_stances(connection)
    assert [(row["country_name"], row["topic"], row["speakers"], row["actor"]) for row in rows] == [
        ("Veyland", "ferry", 1, "organisation:palace"),
        ("Norland", "toll", 1, "ann"),
        ("Veyland", "toll", 1, "organisation:palace"),
    ]


def test_a_question_about_one_topic_reads_that_topic_alone(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    upgrade(engine)
    query = "EXPLAIN QUERY PLAN SELECT country, spread FROM country_stance WHERE topic = 'toll' AND divergent"
    with reading(engine) as connection:
        steps = [row.detail for row in connection.execute(text(query))]
    reads = [step for step in steps if "stance_rows" in step]
    assert reads
    assert all("topic=?" in step for step in reads)
