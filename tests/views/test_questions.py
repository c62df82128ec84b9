"""A user's own SQL only reads, whichever database answers; other questions beside the reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.events import ActorRegistered
from archive.ledger.header import Draft
from archive.ledger.store import Ledger
from archive.views import guarded
from archive.views.people import review
from archive.views.projections import catch_up
from archive.views.questions import position_of

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def ask(engine: Engine, query: str) -> list[dict[str, Any]]:
    return guarded.ask(engine, query).rows


@pytest.fixture
def filled(engine: Engine, ledger: Ledger) -> Engine:
    for n in range(3):
        batch = [Draft(ActorRegistered(f"person:{n}-{i}", f"Person {n}", "person")) for i in range(2)]
        ledger.append(batch, {}, NOW + timedelta(hours=n))
    catch_up(engine, ledger)
    return engine


def test_a_question_gives_rows_by_column_name(filled: Engine) -> None:
    assert ask(filled, "SELECT count(*) AS n FROM actors;") == [{"n": 6}]
    assert ask(filled, "WITH a AS (SELECT actor FROM actors) SELECT * FROM a ORDER BY 1 LIMIT 1") == [
        {"actor": "person:0-0"}
    ]
    assert ask(filled, "SELECT actor FROM actors WHERE actor = 'nobody'") == []


def test_moments_look_the_same_on_both_databases(filled: Engine) -> None:
    assert ask(filled, "SELECT recorded_at FROM events WHERE position = 1") == [
        {"recorded_at": "2024-03-01T12:00:00.000000Z"}
    ]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM polls",
        "INSERT INTO polls DEFAULT VALUES",
        "UPDATE actor_rows SET name = 'x'",
        "DROP VIEW actors",
        "CREATE TABLE mine (x integer)",
        "SELECT 1; DELETE FROM polls",
        "SELECT 1; COMMIT; DELETE FROM polls",
        "WITH gone AS (DELETE FROM polls RETURNING 1) SELECT * FROM gone",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SET default_transaction_read_only = off",
        "BEGIN",
        "nonsense",
        "",
        "-- nothing",
    ],
)
def test_whatever_else_is_asked_is_refused_and_changes_nothing(filled: Engine, query: str) -> None:
    with pytest.raises(UsageError, match="sql: "):
        ask(filled, query)
    assert ask(filled, "SELECT count(*) AS n FROM actors") == [{"n": 6}]


def test_a_time_means_the_last_position_recorded_by_it(filled: Engine) -> None:
    with reading(filled) as connection:
        positions = [position_of(connection, NOW + timedelta(minutes=minutes)) for minutes in (-1, 0, 59, 60, 999)]
        assert positions == [0, 2, 2, 4, 6]
        assert position_of(connection, 5) == 5
        with pytest.raises(UsageError, match="6 events, there is no position 7"):
            position_of(connection, 7)


def test_an_archive_without_doubts_has_nothing_to_review(filled: Engine) -> None:
    with reading(filled) as connection:
        assert review(connection) == []
