"""Creating and upgrading the database, by Alembic; ``init``, ``poll`` and ``run`` all come through here."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

import archive
from archive.errors import DatabaseError
from archive.ledger.engine import reading, unreachable, writing

VERSION_TABLE = "alembic_version"


def upgrade(engine: Engine) -> bool:
    """Bring the database to this version's tables and views; True where anything was to be done.

    DatabaseError where the database cannot be opened or was made by a newer version.
    """
    try:
        if revision(engine) == newest():
            return False
        with writing(engine) as connection:
            _lock(connection)
            command.upgrade(_config(connection), "head")
    except SQLAlchemyError as error:
        raise unreachable(engine, error) from error
    return True


def check_current(engine: Engine) -> None:
    """DatabaseError where the database is missing, older or newer than this version; for commands that only read."""
    found = revision(engine)
    if found is None:
        raise DatabaseError(
            "there is no archive in this database yet", where=_place(engine), remedy="Run: archive init"
        )
    if found != newest():
        raise DatabaseError(
            f"the database is at revision {found}, this program at {newest()}",
            where=_place(engine),
            remedy="Run: archive init",
        )


def revision(engine: Engine) -> str | None:
    """The database's revision, None for an empty one. DatabaseError where a newer version made it."""
    if _no_file_yet(engine):
        return None  # opening it would leave an empty file behind
    try:
        with reading(engine) as connection:
            if not inspect(connection).has_table(VERSION_TABLE):
                return None
            found: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    except SQLAlchemyError as error:
        raise unreachable(engine, error) from error
    if found is None:
        return None
    try:
        ScriptDirectory.from_config(_config()).get_revision(found)
    except CommandError as error:
        raise DatabaseError(
            f"the database is newer than this program: revision {found} is not known to version {archive.__version__}",
            where=_place(engine),
            remedy="Upgrade the program, or use another database",
        ) from error
    return found


def _no_file_yet(engine: Engine) -> bool:
    file = engine.url.database
    return engine.dialect.name == "sqlite" and bool(file) and file != ":memory:" and not Path(str(file)).exists()


def newest() -> str | None:
    """The revision that this version of the program makes."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def script_location() -> Path:
    """The migrations: inside the installed package, else beside it in a checkout."""
    package = Path(archive.__file__).parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(script_location()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _lock(connection: Connection) -> None:
    """Two programs that start at once must not both create the tables; SQLite's write lock is held already."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('archive.migrate'), hashtext(current_schema()))")
        )


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
