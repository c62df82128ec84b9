"""What a user's SQL may read, and what happens at its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from archive.errors import UsageError
from archive.ledger.engine import connect
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.views import catch_up
from archive.views.guarded import Bounds, ask, parameters_in
from tests.views.debate import toll_debate

COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT "


@pytest.fixture
def filled(engine: Engine, ledger: Ledger) -> Engine:
    toll_debate(ledger)
    catch_up(engine, ledger)
    return engine


def test_more_rows_than_the_limit_are_cut_and_it_is_said(engine: Engine) -> None:
    answer = ask(engine, COUNTING.format(2500) + "i FROM n", bounds=Bounds(None, 1500))
    assert [row["i"] for row in answer.rows] == list(range(1, 1501))
    assert answer.cut == "stopped at 1500 rows; there are more"
    exact = ask(engine, COUNTING.format(1500) + "i FROM n", bounds=Bounds(None, 1500))
    assert (len(exact.rows), exact.cut) == (1500, None)


def test_a_question_without_end_ends_at_the_limit(sqlite: Engine) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    answer = ask(sqlite, endless, bounds=Bounds(30, 3))
    assert ([row["i"] for row in answer.rows], answer.cut) == ([1, 2, 3], "stopped at 3 rows; there are more")


def test_columns_of_one_name_are_all_shown(engine: Engine) -> None:
    assert ask(engine, "SELECT 1 AS a, 2 AS a_2, 3 AS a, 4 AS a").rows == [{"a": 1, "a_2": 2, "a_3": 3, "a_4": 4}]


def test_a_question_that_takes_too_long_is_stopped(engine: Engine) -> None:
    answer = ask(engine, COUNTING.format(10**12) + "count(*) AS n FROM n", bounds=Bounds(0.3, None))
    assert answer.rows == []
    assert answer.cut == "stopped after 0.3 seconds, with 0 rows"


def test_values_are_bound_and_never_part_of_the_text(filled: Engine) -> None:
    query = "SELECT actor, '100% :no' AS t FROM actors WHERE actor_name = :name -- :not_this"
    assert ask(filled, query, {"name": "Mara Lind"}).rows == [{"actor": "mara-lind", "t": "100% :no"}]
    assert ask(filled, query, {"name": "' OR 1=1 --"}).rows == []
    with pytest.raises(UsageError, match="no value for :name"):
        ask(filled, query, {})


@pytest.fixture
def sqlite(sqlite_url: str) -> Engine:
    engine = connect(sqlite_url)
    upgrade(engine)
    toll_debate(Ledger(engine))
    catch_up(engine, Ledger(engine))
    return engine


@pytest.mark.parametrize(
    "query",
    [
        "SELECT body FROM parts",
        "SELECT * FROM statement_rows",
        "WITH statements AS (SELECT * FROM parts) SELECT salt FROM statements",
        "WITH statements(a, b, c, d) AS (SELECT * FROM parts) SELECT c FROM statements",
        "WITH 'statements' AS MATERIALIZED (SELECT * FROM parts) SELECT salt FROM statements",
        "WITH [spoken]/**/AS(SELECT * FROM parts) SELECT salt FROM spoken",
        "SELECT (SELECT body FROM parts LIMIT 1) FROM topics",
        "SELECT * FROM topics JOIN polls ON true",
        "ATTACH DATABASE '/etc/passwd' AS other",
        "SELECT load_extension('x')",
        "SELECT readfile('/etc/passwd')",
        "PRAGMA query_only = OFF",
    ],
)
def test_on_sqlite_nothing_beside_the_views_is_read(sqlite: Engine, query: str) -> None:
    with pytest.raises(UsageError, match="sql: "):
        ask(sqlite, query)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT count(*) AS n FROM country_stance", 1),
        ("SELECT quote FROM statement_search WHERE statement_search MATCH 'toll'", 2),
        ("SELECT * FROM statements WHERE position IN (SELECT rowid FROM statement_search('toll'))", 2),
        ("SELECT type FROM events WHERE position = 1", 1),
        ("WITH mine AS (SELECT topic FROM topics) SELECT * FROM mine", 1),
    ],
)  # fmt: skip
def test_on_sqlite_views_search_and_the_log_are_read(sqlite: Engine, query: str, rows: int) -> None:
    assert len(ask(sqlite, query).rows) == rows


@given(st.lists(st.sampled_from(["'it''s :a'", '"b :c"', "-- :d\n", "/* :e */", ":x", ":y", "a::text", "%", " , "])))
def test_parameters_are_those_outside_of_texts_and_comments(pieces: list[str]) -> None:
    expected = tuple(dict.fromkeys(piece[1:] for piece in pieces if piece in {":x", ":y"}))
    assert parameters_in(" ".join(pieces)) == expected
