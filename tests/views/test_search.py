"""Words are found on both databases by one syntax, and what is erased is found no more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from archive.errors import UsageError
from archive.ledger.engine import reading, writing
from archive.ledger.store import Ledger
from archive.views import catch_up, rebuild
from archive.views.search import Filters, fts5, search
from tests.views.debate import toll_debate
from tests.views.histories import Writer, day


@pytest.fixture
def writer(engine: Engine, ledger: Ledger) -> Writer:
    writer = toll_debate(ledger)
    catch_up(engine, ledger)
    return writer


def found(engine: Engine, query: str, **filters: Any) -> list[str]:
    with reading(engine) as connection:
        return sorted({row["statement"] for row in search(connection, query, Filters(**filters), 50)})


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        ("toll", ["s-1", "s-2"]),
        ("TOLLS", ["s-1", "s-2"]),
        ("toll -stays", ["s-2"]),
        ('"toll stays"', ["s-1"]),
        ('"stays toll"', []),
        ("stays OR Norland", ["s-1", "s-3"]),
        ("toll nothing", []),
        ("ports agree", ["s-5"]),
        ("O'Brien's AND NEAR( col:", []),
        ("'; DROP TABLE events --", []),
    ],
)
def test_words_are_found(engine: Engine, writer: Writer, query: str, statements: list[str]) -> None:
    assert found(engine, query) == statements


def test_filters_narrow_what_is_found(engine: Engine, writer: Writer) -> None:
    assert found(engine, "toll", actor="mara-lind") == ["s-1"]
    assert found(engine, "toll", topic="night-ferries") == []
    assert found(engine, "toll", since=day(2)) == ["s-2"]
    assert found(engine, "toll", until=day(2)) == ["s-1"]


def test_what_was_found_stands_in_brackets_and_the_most_relevant_first(engine: Engine, writer: Writer) -> None:
    with reading(engine) as connection:
        rows = search(connection, "toll", Filters(), 50)
    assert {row["found"] for row in rows} == {"The [toll] stays", "The [toll] must go"}
    assert [row["relevance"] for row in rows] == sorted((row["relevance"] for row in rows), reverse=True)


def test_erased_and_withdrawn_words_are_found_no_more_and_a_rebuild_changes_nothing(
    engine: Engine, writer: Writer
) -> None:
    writer.erase(11, "words")
    writer.withdraw("s-5")
    catch_up(engine, writer.ledger)
    assert found(engine, "toll") == ["s-2"]
    assert found(engine, "ports") == []
    assert rebuild(engine, writer.ledger, check=True) == []
    rebuild(engine, writer.ledger)
    assert found(engine, "toll") == ["s-2"]
    writer.statement("s-80", "a-1", "mara-lind", day(12), quote="A toll again")
    catch_up(engine, writer.ledger)
    assert found(engine, "toll") == ["s-2", "s-80"]
    assert rebuild(engine, writer.ledger, check=True) == []


def test_an_index_that_does_not_hold_what_it_should_is_drift(sqlite_url: str, ledger: Ledger, writer: Writer) -> None:
    engine = ledger.engine
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its index itself")
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO statement_search (statement_search) VALUES ('delete-all')"))
    (drift,) = rebuild(engine, ledger, check=True)
    assert drift.table == "statement_search"
    rebuild(engine, ledger)
    assert rebuild(engine, ledger, check=True) == []


@pytest.mark.parametrize(
    ("query", "message"),
    [("", "nothing to look for"), ("-toll", "nothing to look for"), ('"toll', "a quotation mark is missing")],
)
def test_a_query_that_asks_for_nothing_is_told(query: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fts5(query)


@given(st.text(max_size=60))
def test_no_query_is_a_syntax_error_of_the_database(query: str) -> None:
    import sqlite3

    try:
        words = fts5(query)
    except UsageError:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(quote)")
    assert connection.execute("SELECT * FROM t WHERE t MATCH ?", (words,)).fetchall() == []
    connection.close()
