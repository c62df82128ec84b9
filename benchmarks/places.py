"""Databases for the moment: a file in a temporary folder, a schema of its own on a server."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy.engine import URL, make_url

POSTGRES_VARIABLE = "ARCHIVE_TEST_POSTGRES_URL"
DEFAULT_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


@dataclass(frozen=True, slots=True)
class Place:
    """An empty database. ``file`` is the path of a SQLite file, ``schema`` the name of a PostgreSQL schema."""

    backend: str
    url: str
    file: str = ""
    schema: str = ""


@contextmanager
def place(backend: str) -> Iterator[Place]:
    """An empty database of a kind (``sqlite`` or ``postgresql``), removed at the end of the block."""
    with _folder() if backend == "sqlite" else _schema() as made:
        yield made


def postgres_url() -> URL:
    """Where PostgreSQL is looked for: as the tests do, by the environment, else on this machine."""
    return make_url(os.environ.get(POSTGRES_VARIABLE, DEFAULT_POSTGRES))


def postgres_answers() -> bool:
    """Whether there is a PostgreSQL server to measure on."""
    try:
        connect_postgres().close()
    except psycopg.OperationalError:
        return False
    return True


def connect_postgres(schema: str = "public") -> psycopg.Connection:
    """A bare connection that works in one schema."""
    url = postgres_url().set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, options=f"-csearch_path={schema}", connect_timeout=3)


@contextmanager
def _folder() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="archive-bench-") as folder:
        file = f"{folder}/archive.db"
        yield Place("sqlite", f"sqlite:///{file}", file=file)


@contextmanager
def _schema() -> Iterator[Place]:
    schema = f"archive_bench_{uuid.uuid4().hex[:12]}"
    url = postgres_url().update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)
    with connect_postgres() as admin:
        admin.execute(f"CREATE SCHEMA {schema}")
    try:
        yield Place("postgresql", url, schema=schema)
    finally:
        with connect_postgres() as admin:
            admin.execute(f"DROP SCHEMA {schema} CASCADE")
