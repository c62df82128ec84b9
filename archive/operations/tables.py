"""The operational tables: what may change in place and be lost, in contrast to the log."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from archive.ledger.schema import BigInt, Moment, metadata

feed_state = Table(
    "feed_state",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("due_at", Moment, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("last_polled_at", Moment),
    Column("last_success_at", Moment),
    Column("last_error", Text),
    Column("full_at", Moment),
    Column("address", Text),
    Column("moved_to", Text),
    Column("sightings", Integer, nullable=False, default=0),
    Column("retired_at", Moment),
    Column("paced_from", Moment),
    Column("paced", Integer, nullable=False, default=0),
    Column("span_seconds", BigInt),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    sqlite_strict=True,
)

polls = Table(
    "polls",
    metadata,
    Column("id", BigInt, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    Column("result", Text, nullable=False),
    Column("http_status", Integer),
    Column("new", Integer, nullable=False, default=0),
    Column("revised", Integer, nullable=False, default=0),
    Column("same", Integer, nullable=False, default=0),
    Column("statements", Integer, nullable=False, default=0),
    Column("held_back", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("body", Text),
    Index(None, "feed", "started_at"),
    sqlite_strict=True,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("key", Text),
    Column("reason", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    sqlite_strict=True,
)

bodies = Table(
    "bodies",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("size", BigInt, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    sqlite_strict=True,
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("acquired_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    sqlite_strict=True,
)

daemons = Table(
    "daemons",
    metadata,
    Column("holder", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("beat_at", Moment, nullable=False),
    Column("leading", Integer, nullable=False),
    sqlite_strict=True,
)
