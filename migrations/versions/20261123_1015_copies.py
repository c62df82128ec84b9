"""Which articles carry the same story.

Revision ID: 20261123_1015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.ledger.schema import Moment

revision = "20261123_1015"
down_revision = "20261123_1012"

MOMENT = Moment()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables; the next run fills them from the articles that are there."""
    op.create_table(
        "story_rows",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("linked_to", sa.Text()),
        sa.Column("how", sa.Text()),
        sa.Column("similarity", sa.Integer()),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_story_rows")),
        sqlite_strict=True,
    )
    op.create_table(
        "copy_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("captured_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", "article", name=op.f("pk_copy_keys")),
        sqlite_strict=True,
    )
    op.create_table(
        "statement_copies",
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("statement", name=op.f("pk_statement_copies")),
        sqlite_strict=True,
    )
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


INDEXES = (
    ("story_rows", "story"),
    ("story_rows", "position"),
    ("copy_keys", "article"),
    ("copy_keys", "position"),
    ("statement_copies", "original"),
    ("statement_copies", "story"),
)


def downgrade() -> None:
    """Drop them: what they held is derived anew."""
    for table in ("statement_copies", "copy_keys", "story_rows"):
        op.drop_table(table)
