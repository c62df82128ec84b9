"""Feeds remember their pace, their moves and their end; raw documents are kept.

Revision ID: 20261123_1000
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.errors import UsageError
from archive.ledger.schema import Moment

revision = "20261123_1000"
down_revision = "20261123_0957"

MOMENT = Moment()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what a feed's state has gained, and the table of documents."""
    for column in (
        sa.Column("full_at", MOMENT),
        sa.Column("address", sa.Text()),
        sa.Column("moved_to", sa.Text()),
        sa.Column("sightings", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("retired_at", MOMENT),
        sa.Column("paced_from", MOMENT),
        sa.Column("paced", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("span_seconds", BIGINT),
    ):
        op.add_column("feed_state", column)
    op.add_column("polls", sa.Column("body", sa.Text()))
    op.create_table(
        "bodies",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("size", BIGINT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_bodies")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Refuse: a database goes one way."""
    raise UsageError("this revision is not taken back", remedy="Restore the backup made before the upgrade")
