"""Keys of copies are numbers, kept for the latest articles that share them: half the work of a pass went into texts.

Revision ID: 20261128_0910
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.ledger.schema import Moment

revision = "20261128_0910"
down_revision = "20261128_0900"

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Begin anew: the next run derives all of it from the articles that are there."""
    op.drop_table("copy_keys")
    op.create_table(
        "copy_keys",
        sa.Column("key", BIGINT, autoincrement=False, nullable=False),
        sa.Column("position", BIGINT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "position", name=op.f("pk_copy_keys")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_copy_keys_position"), "copy_keys", ["position"])
    for table in ("story_rows", "statement_copies"):
        op.execute(f"DELETE FROM {table}")


def downgrade() -> None:
    """As it was, empty."""
    op.drop_table("copy_keys")
    op.create_table(
        "copy_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("captured_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", "article", name=op.f("pk_copy_keys")),
        sqlite_strict=True,
    )
    for column in ("article", "position"):
        op.create_index(op.f(f"ix_copy_keys_{column}"), "copy_keys", [column])
    for table in ("story_rows", "statement_copies"):
        op.execute(f"DELETE FROM {table}")
