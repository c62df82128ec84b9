"""Who is who, by whom: decisions, sources, and tenures as they stand now.

What is projected can be derived again: it is emptied here, and the next start fills it from the log.

Revision ID: 20261123_0957
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.errors import UsageError
from archive.ledger.schema import Moment

revision = "20261123_0957"
down_revision = "20261123_0950"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFOLDED = ("feed_rows", "actor_rows", "merge_rows", "topic_rows")


def upgrade() -> None:
    """Make the tables of the registry anew, and forget how far it had come."""
    op.drop_table("office_rows")
    op.drop_table("alias_rows")
    for create in (_alias_rows, _office_rows, _source_rows, _decision_rows):
        create()
    for table in REFOLDED:
        op.execute(f"DELETE FROM {table}")
    op.execute("DELETE FROM projection_cursors WHERE name = 'registry'")


def downgrade() -> None:
    """Refuse: an older program could not read the events that newer ones append."""
    raise UsageError("the database is not taken back", remedy="Use a copy from before the upgrade")


def _alias_rows() -> None:
    op.create_table(
        "alias_rows",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("removed_position", BIGINT),
        sa.PrimaryKeyConstraint("actor", "alias", name=op.f("pk_alias_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_alias_rows_folded"), "alias_rows", ["folded"])


def _office_rows() -> None:
    op.create_table(
        "office_rows",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("speaks_for", sa.Text()),
        sa.Column("until", sa.Text()),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("withdrawn_position", BIGINT),
        sa.PrimaryKeyConstraint("actor", "folded", "since", name=op.f("pk_office_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_office_rows_folded"), "office_rows", ["folded"])


def _source_rows() -> None:
    op.create_table(
        "source_rows",
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("register", "entry", name=op.f("pk_source_rows")),
        sqlite_strict=True,
    )


def _decision_rows() -> None:
    op.create_table(
        "decision_rows",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_decision_rows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_decision_rows_actor"), "decision_rows", ["actor"])
