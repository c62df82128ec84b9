"""Signed checkpoints, and what others gave for them.

Revision ID: 20261123_0935
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.errors import UsageError
from archive.ledger.schema import Moment, checkpoint_guard_statements

revision = "20261123_0935"
down_revision = "20261123_0930"

MOMENT = Moment()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create both tables, then let them guard themselves."""
    op.create_table(
        "checkpoints",
        sa.Column("size", BIGINT, nullable=False, autoincrement=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
        sqlite_strict=True,
    )
    op.create_table(
        "anchors",
        sa.Column("size", BIGINT, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["checkpoints.size"], name=op.f("fk_anchors_size")),
        sa.PrimaryKeyConstraint("size", "kind", "name", name=op.f("pk_anchors")),
        sqlite_strict=True,
    )
    for statement in checkpoint_guard_statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what was signed stays on record."""
    raise UsageError("checkpoints are never dropped", remedy="Use another database instead")
