"""The projections against the log: any batching, any order of catching up and rebuilding, the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.views import catch_up, rebuild
from archive.views.tables import PROJECTED
from tests.views.conftest import fresh
from tests.views.histories import Move, Writer, dump, moves, play


def tables(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with reading(engine) as connection:
        return {table.name: dump(connection, table.name) for table in PROJECTED}


@given(history=st.lists(moves, max_size=40), stops=st.sets(st.integers(1, 60)), batch=st.integers(1, 12))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_catching_up_in_any_batching_equals_a_rebuild(
    empty: Path, history: list[Move], stops: set[int], batch: int
) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        for number, _ in enumerate(play(Writer(ledger), history)):
            if number in stops:
                catch_up(engine, ledger, batch=batch)
        assert rebuild(engine, ledger, check=True) == []
        before = tables(engine)
        rebuild(engine, ledger, batch=7)
        assert tables(engine) == before


def test_what_is_erased_stays_erased_whatever_is_said_of_it_in_the_same_breath(empty: Path) -> None:
    said: list[Move] = [("article", 0, None), ("statement", 0, None, 1, "first_hand", 0, "toll", None)]
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        for number, _ in enumerate(play(Writer(ledger), [*said, ("erase", 0), ("unhide", 0)]), 1):
            if number == len(said):
                catch_up(engine, ledger)
        catch_up(engine, ledger)
        with reading(engine) as connection:
            quotes = connection.exec_driver_sql("SELECT quote FROM statement_rows").scalars().all()
        assert quotes == [None]
        assert rebuild(engine, ledger, check=True) == []
