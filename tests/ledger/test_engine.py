"""The door to the database: whatever fails behind it comes out as one kind of error, and the door stays usable."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from archive.ledger.engine import reading, writing

Door: TypeAlias = Callable[[Engine], AbstractContextManager[Connection]]


@pytest.mark.parametrize("door", [reading, writing])
def test_an_error_of_the_driver_itself_comes_out_as_sqlalchemys(engine: Engine, door: Door) -> None:
    with pytest.raises(DBAPIError, match="nonsense"):
        _ask_nonsense(engine, door)
    with door(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def _ask_nonsense(engine: Engine, door: Door) -> None:
    with door(engine) as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("SELECT nonsense")
