"""Texts that are kept but not shown.

Revision ID: 20261123_1002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_1002"
down_revision = "20261123_1000"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nothing was ever hidden in older logs: the table begins empty."""
    op.create_table(
        "hidden_rows",
        sa.Column("position", BIGINT, nullable=False, autoincrement=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("hidden_position", BIGINT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("shown_position", BIGINT),
        sa.PrimaryKeyConstraint("position", "part", name=op.f("pk_hidden_rows")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Take it away again; what is hidden stays so in the log."""
    op.drop_table("hidden_rows")
