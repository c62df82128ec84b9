"""Empty archives in plenty, for tests that need one for each of many random histories."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, event

from archive.ledger.engine import connect
from archive.ledger.migrate import upgrade


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive to be copied: making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@contextmanager
def fresh(empty: Path) -> Iterator[Engine]:
    """A copy of an empty archive, gone afterwards."""
    with TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{shutil.copy(empty, folder)}")
        # nothing here is to survive a power cut, and waiting for the disk is most of the time
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        yield engine
        engine.dispose()
