"""Migrations make exactly the tables the code believes in, on both databases, and refuse what they do not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

import archive.checks
import archive.copies
import archive.identities
import archive.importing
import archive.operations
import archive.views.tables  # noqa: F401 - both register their tables with the metadata
from archive.errors import DatabaseError
from archive.ledger.engine import connect, reading, writing
from archive.ledger.migrate import check_current, newest, revision, upgrade
from archive.ledger.schema import metadata


def _declared(name: str | None, kind: str, _parents: object) -> bool:
    """The search on SQLite is made with the views: a virtual table, with tables of its own."""
    return not (kind == "table" and (name or "").startswith("statement_search"))


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrations_equal_the_metadata(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _declared})
        assert compare_metadata(context, metadata) == []


def test_sqlite_tables_are_strict(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    upgrade(engine)
    query = """SELECT name FROM pragma_table_list
      WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'statement_search%'"""
    with reading(engine) as connection:
        assert set(connection.execute(text(query)).scalars()) == {"alembic_version"}


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    assert upgrade(engine) is False
    assert revision(engine) == newest()
    check_current(engine)


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '29991231_0000'"))
    for use in (upgrade, check_current):
        with pytest.raises(
            DatabaseError, match=r"newer than this program: revision 29991231_0000.*Upgrade the program"
        ):
            use(engine)


def test_an_empty_database_is_no_archive_yet_and_no_file_is_made(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"no archive in this database yet.*archive init"):
        check_current(connect(sqlite_url))
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer_is_named_in_one_line() -> None:
    with pytest.raises(DatabaseError, match=r"127\.0\.0\.1:1/none: the database cannot be opened") as error:
        upgrade(connect("postgresql+psycopg://nobody:secret@127.0.0.1:1/none"))
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "no url", "sqlite:////nowhere/at/all/x.db"])
def test_a_database_that_cannot_be_used_is_named_with_the_remedy(url: str) -> None:
    with pytest.raises(DatabaseError) as error:
        upgrade(connect(url))
    assert url[:6] in str(error.value)
    assert error.value.remedy


def test_a_file_that_is_no_database_is_left_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("db") / "notes.txt"
    path.write_text("these are notes, not a database; " * 40)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        upgrade(connect(f"sqlite:///{path}"))
    assert path.read_text().startswith("these are notes")
