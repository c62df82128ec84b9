"""What edits do to statements: where they stand in later revisions, and what took their place.

Revision ID: 20261123_0930
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_0930"
down_revision = "20261123_0600"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what old logs say nothing of, so that rows derived so far stay right."""
    op.add_column("withdrawal_rows", sa.Column("replaced_by", sa.Text()))
    op.add_column("withdrawal_rows", sa.Column("orphaned", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(op.f("ix_withdrawal_rows_replaced_by"), "withdrawal_rows", ["replaced_by"])
    op.create_table(
        "anchor_rows",
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("content_spans", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("statement", "revision", name=op.f("pk_anchor_rows")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("anchor_rows")
    op.drop_index(op.f("ix_withdrawal_rows_replaced_by"), "withdrawal_rows")
    with op.batch_alter_table("withdrawal_rows") as table:
        table.drop_column("orphaned")
        table.drop_column("replaced_by")
