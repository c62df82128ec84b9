"""A reader on PostgreSQL sees the views and nothing else, with psql as with any other client, and keeps them."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Iterator
from importlib.resources import files

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from archive.errors import UsageError
from archive.ledger.engine import connect, reading, writing
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.views import catch_up, named, rebuild
from archive.views.grants import READABLE, granted, reader_statements, regrant
from archive.views.reports import create_views, drop_views
from tests.views.debate import toll_debate

GIVEN = {
    "topic": "'harbour-toll'",
    "actor": "'mara-lind'",
    "day": "'2024-03-05T00:00:00.000000Z'",
    "since": "'2024-03-01T00:00:00.000000Z'",
}


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Engine]:
    engine = connect(postgres_url)
    upgrade(engine)
    ledger = Ledger(engine)
    toll_debate(ledger)
    catch_up(engine, ledger)
    yield engine
    engine.dispose()


@pytest.fixture
def role(owner: Engine) -> Iterator[str]:
    role = f"reader_{uuid.uuid4().hex[:12]}"
    with writing(owner) as connection:
        for statement in reader_statements(connection, role):
            connection.exec_driver_sql(statement)
    yield role
    with writing(owner) as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")


def reader(owner: Engine, role: str) -> psycopg.Connection:
    url = make_url(str(owner.url.render_as_string(hide_password=False)))
    return psycopg.connect(host=url.host, port=url.port, dbname=url.database, user=role, autocommit=True)


def test_a_reader_sees_every_view(owner: Engine, role: str) -> None:
    with reader(owner, role) as connection:
        for view in READABLE:
            connection.execute(f"SELECT * FROM {view}".encode()).fetchall()


def test_psql_answers_the_fifteen_questions(owner: Engine, role: str) -> None:
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("psql is not installed")
    url = make_url(str(owner.url.render_as_string(hide_password=False)))
    where = ["-h", str(url.host), "-p", str(url.port or 5432), "-U", role, "-d", str(url.database)]
    given = [option for name, value in GIVEN.items() for option in ("-v", f"{name}={value}")]
    for name in named.ORDER:
        path = str(files("archive.views") / "sql" / "named" / f"{name}.sql")
        run = [psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, *given, "-f", path]
        done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert name == "unresolved" or done.stdout.strip(), name


@pytest.mark.parametrize(
    "command",
    [
        "SELECT * FROM statement_rows",
        "SELECT * FROM parts",
        "SELECT * FROM events",
        "DELETE FROM events",
        "UPDATE topic_rows SET proposition = 'x'",
        "INSERT INTO polls DEFAULT VALUES",
        "CREATE TABLE mine (x integer)",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('.')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY statements TO '/tmp/x'",
        "SELECT lo_import('/etc/passwd')",
        "CREATE EXTENSION dblink",
        "SET ROLE postgres",
    ],
)
def test_whatever_else_a_reader_tries_is_refused(owner: Engine, role: str, command: str) -> None:
    with reader(owner, role) as connection:
        connection.execute(b"SET default_transaction_read_only = off")  # which a user may: the rights must hold alone
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(command.encode())
    assert refused.value.sqlstate in {"42501", "25006", "58P01"}


def test_a_rebuild_and_an_upgrade_keep_what_was_granted(owner: Engine, role: str) -> None:
    rebuild(owner, Ledger(owner))
    with reading(owner) as connection:
        before = granted(connection)
    assert before[role] == frozenset(READABLE)
    with writing(owner) as connection:
        drop_views(connection)
        create_views(connection)
        regrant(connection, {role: before[role] - {"copies"}})
    with reading(owner) as connection:
        assert granted(connection)[role] == frozenset(READABLE), "a new view is read by who read all"


def test_sqlite_has_no_readers(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    upgrade(engine)
    with reading(engine) as connection, pytest.raises(UsageError, match="SQLite knows no users"):
        reader_statements(connection, "analyst")


def test_a_role_that_may_do_more_is_no_reader(owner: Engine) -> None:
    with reading(owner) as connection, pytest.raises(UsageError, match="may do more than read"):
        reader_statements(connection, "postgres")
