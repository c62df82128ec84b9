"""The tables of the log, and how they guard themselves on each database.

All tables of the archive share :data:`metadata`. On SQLite they are STRICT. A moment is TEXT there (fixed
width RFC 3339 in UTC, so that text order is time order) and ``timestamptz`` on PostgreSQL; Python hands over
and gets back the text of :func:`archive.model.iso` on both.

The guards are in the database, not in this program: whoever opens it with another tool meets them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from archive.model import iso, parse_iso

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit integer: what SQLite's INTEGER is anyhow, and the only spelling STRICT tables take."""

Name = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its bytes on both, so that a range over it is a range in the index."""


class Moment(TypeDecorator[str]):
    """A moment in UTC, as the text of :func:`archive.model.iso` in Python and on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT, or ``timestamptz`` on PostgreSQL."""
        native = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(native)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """Text as it is; PostgreSQL's driver takes a datetime."""
        return parse_iso(value) if value is not None and dialect.name == "postgresql" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """The same text from both."""
        return iso(value) if isinstance(value, datetime) else value


events = Table(
    "events",
    metadata,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("stream", Name, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    UniqueConstraint("stream", "version"),
    sqlite_strict=True,
)

parts = Table(
    "parts",
    metadata,
    Column("position", BigInt, ForeignKey("events.position"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)

log_head = Table(
    "log_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInt, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("recorded_at", Moment),
    CheckConstraint("id = 1", name="single"),
    sqlite_strict=True,
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInt, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("key", Text, nullable=False),
    Column("signed_at", Moment, nullable=False),
    Column("note", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""What was signed, and by which key; ``note`` is the checkpoint with the log's own signature (checkpoint.py)."""

anchors = Table(
    "anchors",
    metadata,
    Column("size", BigInt, ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("received_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""What others gave for a checkpoint: a witness's signature lines (``cosignature``), a ``timestamp`` of RFC 3161."""

_REFUSE_ON_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON {table} BEGIN
  SELECT RAISE(ABORT, '{table}: what is recorded is never changed ({event} refused)');
END"""

# INSERT OR REPLACE deletes the old row without firing DELETE triggers, so the INSERT itself must be refused.
_SQLITE_GUARDS = (
    _REFUSE_ON_SQLITE.format(table="events", verb="update", event="UPDATE"),
    _REFUSE_ON_SQLITE.format(table="events", verb="delete", event="DELETE"),
    """
CREATE TRIGGER events_append_only BEFORE INSERT ON events
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events)
  OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version = NEW.version)
BEGIN
  SELECT RAISE(ABORT, 'events: appended at the next position only, and never overwritten');
END""",
    _REFUSE_ON_SQLITE.format(table="parts", verb="update", event="UPDATE"),
    """
CREATE TRIGGER parts_erased_with_event BEFORE DELETE ON parts
WHEN NOT EXISTS (
  SELECT 1 FROM events
  WHERE stream = 'part:' || OLD.position || ':' || OLD.name AND type GLOB 'part.erased.v*')
BEGIN
  SELECT RAISE(ABORT, 'parts: a text is erased only beside its part.erased event');
END""",
    """
CREATE TRIGGER parts_with_event BEFORE INSERT ON parts
WHEN NEW.position <= (SELECT size FROM log_head)
  OR EXISTS (SELECT 1 FROM parts WHERE position = NEW.position AND name = NEW.name)
BEGIN
  SELECT RAISE(ABORT, 'parts: written together with their event only, and never overwritten');
END""",
    _REFUSE_ON_SQLITE.format(table="log_head", verb="delete", event="DELETE"),
    """
CREATE TRIGGER log_head_single BEFORE INSERT ON log_head WHEN EXISTS (SELECT 1 FROM log_head) BEGIN
  SELECT RAISE(ABORT, 'log_head: there is one head');
END""",
    """
CREATE TRIGGER log_head_grows BEFORE UPDATE ON log_head
WHEN NEW.size < OLD.size OR NEW.recorded_at < OLD.recorded_at OR NEW.id <> OLD.id
BEGIN
  SELECT RAISE(ABORT, 'log_head: the log only grows');
END""",
)

_POSTGRESQL_FUNCTIONS = (
    """
CREATE FUNCTION archive_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: what is recorded is never changed (% refused)', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation';
END $$""",
    """
CREATE FUNCTION archive_part_erased() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM events
    WHERE stream = 'part:' || OLD.position || ':' || OLD.name AND type LIKE 'part.erased.v%') THEN
    RAISE EXCEPTION 'parts: a text is erased only beside its part.erased event'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$""",
    """
CREATE FUNCTION archive_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added WHERE position <= (SELECT size FROM log_head)) THEN
    RAISE EXCEPTION '%: appended at the next position only', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION archive_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR NEW.recorded_at < OLD.recorded_at OR NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'log_head: the log only grows' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$""",
)

_POSTGRESQL_TRIGGERS = {
    "events": {
        "events_no_change": "BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION archive_refuse()",
        "events_no_truncate": "BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION archive_refuse()",
        "events_append_only": "AFTER INSERT ON events REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION archive_append_only()",
    },
    "parts": {
        "parts_no_update": "BEFORE UPDATE ON parts FOR EACH ROW EXECUTE FUNCTION archive_refuse()",
        "parts_no_truncate": "BEFORE TRUNCATE ON parts FOR EACH STATEMENT EXECUTE FUNCTION archive_refuse()",
        "parts_erased_with_event": "BEFORE DELETE ON parts FOR EACH ROW EXECUTE FUNCTION archive_part_erased()",
        "parts_with_event": "AFTER INSERT ON parts REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION archive_append_only()",
    },
    "log_head": {
        "log_head_no_delete": "BEFORE DELETE ON log_head FOR EACH ROW EXECUTE FUNCTION archive_refuse()",
        "log_head_no_truncate": "BEFORE TRUNCATE ON log_head FOR EACH STATEMENT EXECUTE FUNCTION archive_refuse()",
        "log_head_grows": "BEFORE UPDATE ON log_head FOR EACH ROW EXECUTE FUNCTION archive_head_grows()",
    },
}

_FIRST_HEAD = "INSERT INTO log_head (id, size, frontier) VALUES (1, 0, {empty})"

_SQLITE_CHECKPOINT_GUARDS = (
    *(
        _REFUSE_ON_SQLITE.format(table=table, verb=event.lower(), event=event)
        for table in ("checkpoints", "anchors")
        for event in ("UPDATE", "DELETE")
    ),
    """
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoints
WHEN EXISTS (SELECT 1 FROM checkpoints WHERE size >= NEW.size) BEGIN
  SELECT RAISE(ABORT, 'checkpoints: what is recorded is never changed, the next is larger');
END""",
    """
CREATE TRIGGER anchors_once BEFORE INSERT ON anchors
WHEN EXISTS (SELECT 1 FROM anchors WHERE size = NEW.size AND kind = NEW.kind AND name = NEW.name) BEGIN
  SELECT RAISE(ABORT, 'anchors: what is recorded is never changed');
END""",
)

_POSTGRESQL_CHECKPOINTS_GROW = """
CREATE FUNCTION archive_checkpoints_grow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM checkpoints WHERE size >= NEW.size) THEN
    RAISE EXCEPTION 'checkpoints: what is recorded is never changed, the next is larger'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$"""

_POSTGRESQL_CHECKPOINT_TRIGGERS = {
    "checkpoints": {
        "checkpoints_no_change": "BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW "
        "EXECUTE FUNCTION archive_refuse()",
        "checkpoints_no_truncate": "BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT "
        "EXECUTE FUNCTION archive_refuse()",
        "checkpoints_grow": "BEFORE INSERT ON checkpoints FOR EACH ROW EXECUTE FUNCTION archive_checkpoints_grow()",
    },
    "anchors": {
        "anchors_no_change": "BEFORE UPDATE OR DELETE ON anchors FOR EACH ROW EXECUTE FUNCTION archive_refuse()",
        "anchors_no_truncate": "BEFORE TRUNCATE ON anchors FOR EACH STATEMENT EXECUTE FUNCTION archive_refuse()",
    },
}


def guard_statements(dialect: str) -> tuple[str, ...]:
    """The DDL that makes the log guard itself, and its first head; run once after the tables are made.

    On PostgreSQL the triggers are ENABLE ALWAYS: a session in replication role does not get around them.
    """
    if dialect == "sqlite":
        return (*_SQLITE_GUARDS, _FIRST_HEAD.format(empty="x''"))
    return (*_POSTGRESQL_FUNCTIONS, *_always(_POSTGRESQL_TRIGGERS), _FIRST_HEAD.format(empty="''"))


def checkpoint_guard_statements(dialect: str) -> tuple[str, ...]:
    """The DDL by which checkpoints and anchors guard themselves in the same way, once their tables are made."""
    if dialect == "sqlite":
        return _SQLITE_CHECKPOINT_GUARDS
    return (_POSTGRESQL_CHECKPOINTS_GROW, *_always(_POSTGRESQL_CHECKPOINT_TRIGGERS))


def _always(triggers: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        statement
        for table, named in triggers.items()
        for name, rest in named.items()
        for statement in (f"CREATE TRIGGER {name} {rest}", f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    ]
