"""Databases to test on: SQLite always, PostgreSQL where a server answers; every test gets an empty archive.

PostgreSQL is found at ARCHIVE_TEST_POSTGRES_URL, else on 127.0.0.1:5432 (user postgres, database test). Each test
works in a schema of its own. Where CI is set, a missing server fails instead of skipping.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from archive.ledger.engine import connect
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger

# How long an example takes is the machine's affair: speed is measured in benchmarks/, never asserted here.
settings.register_profile("archive", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("archive")

DEFAULT_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"
SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def as_loud_as_before() -> Iterator[None]:
    """A command that was run in this process sets how much is logged; the next test's log is its own."""
    logger = logging.getLogger("archive")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of a PostgreSQL server for tests, or a skip that says why there is none."""
    url = os.environ.get("ARCHIVE_TEST_POSTGRES_URL", DEFAULT_POSTGRES)
    try:
        engine = create_engine(url, connect_args={"connect_timeout": 3})
        engine.connect().close()
    except (OperationalError, ModuleNotFoundError) as error:
        reason = f"no PostgreSQL for tests at {make_url(url).render_as_string()}: {str(error).splitlines()[0]}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason} (in CI both databases must be tested)")
        pytest.skip(reason)
    engine.dispose()
    return url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty schema of this test's own."""
    schema = f"archive_test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_server)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield make_url(postgres_server).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)
    with admin.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'archive.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty archive of each kind: tables, guards and views are there."""
    engine = connect(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    """The log of an empty archive."""
    return Ledger(engine)


@pytest.fixture
def now() -> datetime:
    """A fixed moment to be handed wherever the time is a parameter."""
    return datetime(2024, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora and measures beside a checkout, or a skip that says it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder of corpora beside this checkout is absent")
    return SHARED
