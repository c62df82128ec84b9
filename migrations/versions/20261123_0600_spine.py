"""The log with its guards, what the daemon remembers, and the projected tables.

Revision ID: 20261123_0600
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.errors import UsageError
from archive.ledger.schema import Moment, guard_statements

revision = "20261123_0600"
down_revision = None

MOMENT = Moment()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORDERED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create every table, then let the log guard itself."""
    for create in (*LOG, *OPERATIONS, *PROJECTED):
        create()
    for statement in guard_statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a log that could be dropped by a command would not be append-only."""
    raise UsageError("the first revision has nothing before it", remedy="Use another database instead")


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("stream", ORDERED, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
        sa.UniqueConstraint("stream", "version", name=op.f("uq_events_stream_version")),
        sqlite_strict=True,
    )


def _parts() -> None:
    op.create_table(
        "parts",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["events.position"], name=op.f("fk_parts_position")),
        sa.PrimaryKeyConstraint("position", "name", name=op.f("pk_parts")),
        sqlite_strict=True,
    )


def _log_head() -> None:
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("size", BIGINT, nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", MOMENT),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
        sqlite_strict=True,
    )


def _feed_state() -> None:
    op.create_table(
        "feed_state",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_polled_at", MOMENT),
        sa.Column("last_success_at", MOMENT),
        sa.Column("last_error", sa.Text()),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", MOMENT),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_state")),
        sqlite_strict=True,
    )


def _polls() -> None:
    op.create_table(
        "polls",
        sa.Column("id", BIGINT, nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer()),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("revised", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_polls_feed_started_at"), "polls", ["feed", "started_at"])


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sqlite_strict=True,
    )


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("acquired_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
        sqlite_strict=True,
    )


def _daemons() -> None:
    op.create_table(
        "daemons",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.Column("leading", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_daemons")),
        sqlite_strict=True,
    )


def _projection_cursors() -> None:
    op.create_table(
        "projection_cursors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("failed_at", BIGINT),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_projection_cursors")),
        sqlite_strict=True,
    )


def _feed_rows() -> None:
    op.create_table(
        "feed_rows",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("retired_position", BIGINT),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_rows")),
        sqlite_strict=True,
    )


def _actor_rows() -> None:
    op.create_table(
        "actor_rows",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("actor", name=op.f("pk_actor_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_actor_rows_canonical"), "actor_rows", ["canonical"])
    op.create_index(op.f("ix_actor_rows_folded"), "actor_rows", ["folded"])


def _alias_rows() -> None:
    op.create_table(
        "alias_rows",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("actor", "alias", name=op.f("pk_alias_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_alias_rows_folded"), "alias_rows", ["folded"])


def _merge_rows() -> None:
    op.create_table(
        "merge_rows",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("into_actor", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undone_position", BIGINT),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_merge_rows")),
        sqlite_strict=True,
    )


def _office_rows() -> None:
    op.create_table(
        "office_rows",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("speaks_for", sa.Text()),
        sa.Column("since", sa.Text()),
        sa.Column("until", sa.Text()),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_office_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_office_rows_actor"), "office_rows", ["actor"])


def _topic_rows() -> None:
    op.create_table(
        "topic_rows",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("proposition", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("defined_position", BIGINT, nullable=False),
        sa.Column("retired_position", BIGINT),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_topic_rows")),
        sqlite_strict=True,
    )


def _article_rows() -> None:
    op.create_table(
        "article_rows",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("outlet", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("published_raw", sa.Text()),
        sa.Column("captured_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("text_source", sa.Text(), nullable=False),
        sa.Column("chars", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_article_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_article_rows_article_revision"), "article_rows", ["article", "revision"])
    op.create_index(op.f("ix_article_rows_feed_captured_at"), "article_rows", ["feed", "captured_at"])


def _removal_rows() -> None:
    op.create_table(
        "removal_rows",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("observed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("article", "position", name=op.f("pk_removal_rows")),
        sqlite_strict=True,
    )


def _statement_rows() -> None:
    op.create_table(
        "statement_rows",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("named", sa.Text()),
        sa.Column("named_kind", sa.Text()),
        sa.Column("role", sa.Text()),
        sa.Column("named_country", sa.Text()),
        sa.Column("speaks_for", sa.Text()),
        sa.Column("directness", sa.Text(), nullable=False),
        sa.Column("valid_at", MOMENT, nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("said_on", sa.Text()),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("dateline", MOMENT, nullable=False),
        sa.Column("article_position", BIGINT, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("content_spans", sa.Text(), nullable=False),
        sa.Column("cue_spans", sa.Text(), nullable=False),
        sa.Column("speaker_start", sa.Integer()),
        sa.Column("speaker_end", sa.Integer()),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("quote", sa.Text()),
        sa.Column("cue", sa.Text()),
        sa.Column("speaker", sa.Text()),
        sa.Column("condition", sa.Text()),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_statement_rows")),
        sa.UniqueConstraint("statement", name=op.f("uq_statement_rows_statement")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_statement_rows_actor_valid_at"), "statement_rows", ["actor", "valid_at"])
    op.create_index(op.f("ix_statement_rows_article"), "statement_rows", ["article"])
    op.create_index(op.f("ix_statement_rows_valid_at"), "statement_rows", ["valid_at"])


def _withdrawal_rows() -> None:
    op.create_table(
        "withdrawal_rows",
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("statement", "position", name=op.f("pk_withdrawal_rows")),
        sqlite_strict=True,
    )


def _assessment_rows() -> None:
    op.create_table(
        "assessment_rows",
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("actor", sa.Text()),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("assessed_by", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("evidence_spans", sa.Text(), nullable=False),
        sa.Column("condition_start", sa.Integer()),
        sa.Column("condition_end", sa.Integer()),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("superseded_position", BIGINT),
        sa.PrimaryKeyConstraint("statement", "topic", "position", name=op.f("pk_assessment_rows")),
        sa.UniqueConstraint("actor", "topic", "position", name=op.f("uq_assessment_rows_actor_topic_position")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_assessment_rows_position"), "assessment_rows", ["position"])


def _stance_rows() -> None:
    op.create_table(
        "stance_rows",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("known_from", BIGINT, nullable=False, autoincrement=False),
        sa.Column("valid_to", MOMENT),
        sa.Column("known_to", BIGINT),
        sa.Column("known_since", MOMENT, nullable=False),
        sa.Column("known_until", MOMENT),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("assessment", BIGINT, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("directness", sa.Text(), nullable=False),
        sa.Column("speaks_for", sa.Text()),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "topic", "valid_from", "known_from", name=op.f("pk_stance_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stance_rows_statement"), "stance_rows", ["statement"])
    op.create_index(
        op.f("ix_stance_rows_now"),
        "stance_rows",
        ["topic", "actor", "valid_from"],
        sqlite_where=sa.text("known_to IS NULL"),
        postgresql_where=sa.text("known_to IS NULL"),
    )
    op.create_index(op.f("ix_stance_rows_topic_known_from"), "stance_rows", ["topic", "known_from"])


LOG = (_events, _parts, _log_head)
OPERATIONS = (_feed_state, _polls, _quarantine, _lease, _daemons)
PROJECTED = (
    _projection_cursors,
    _feed_rows,
    _actor_rows,
    _alias_rows,
    _merge_rows,
    _office_rows,
    _topic_rows,
    _article_rows,
    _removal_rows,
    _statement_rows,
    _withdrawal_rows,
    _assessment_rows,
    _stance_rows,
)
