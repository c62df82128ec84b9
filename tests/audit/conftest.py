"""Signed archives to be forged: made once on each database, copied for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from archive.ledger import keys
from archive.ledger.checkpoint import Signed
from archive.ledger.engine import connect, writing
from archive.ledger.migrate import upgrade
from archive.ledger.signing import Desk
from archive.ledger.store import Ledger
from tests.audit.forger import ORIGIN, Forger, build, copied_postgresql, copied_sqlite, sealed_sqlite


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Signed]:
    """A signed archive in a folder."""
    folder = tmp_path_factory.mktemp("sealed")
    return folder, sealed_sqlite(folder)


@pytest.fixture
def forger(sealed: tuple[Path, Signed], tmp_path: Path) -> Iterator[Forger]:
    """A copy of it, in the hands of a forger."""
    with copied_sqlite(sealed[0], sealed[1], tmp_path / "copy") as forger:
        yield forger


@pytest.fixture(scope="session")
def sealed_postgresql(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Signed, Path]]:
    """The same on PostgreSQL."""
    schema, files = f"archive_test_{uuid.uuid4().hex[:12]}", tmp_path_factory.mktemp("sealed-files")
    url = make_url(postgres_server).update_query_dict({"options": f"-csearch_path={schema}"})
    engine = connect(url.render_as_string(False))
    with writing(engine) as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    upgrade(engine)
    keys.create(files / "archive.key", ORIGIN)
    yield engine, build(Desk(Ledger(engine), files / "archive.key", files / "published")), files
    with writing(engine) as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def forger_on_either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Forger]:
    """A copy on the database that the test is parametrised with."""
    if request.param == "sqlite":
        folder, pin = request.getfixturevalue("sealed")
        with copied_sqlite(folder, pin, tmp_path / "copy") as forger:
            yield forger
    else:
        engine, pin, files = request.getfixturevalue("sealed_postgresql")
        with copied_postgresql(engine, pin, files, tmp_path / "copy") as forger:
            yield forger
