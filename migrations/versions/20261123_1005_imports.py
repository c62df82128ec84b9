"""How far files were imported.

Revision ID: 20261123_1005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.ledger.schema import Moment

revision = "20261123_1005"
down_revision = "20261123_1002"

MOMENT = Moment()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "imports",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("done_offset", BIGINT, nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_imports")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop it: files would be read from their beginning again, and found known."""
    op.drop_table("imports")
