"""Merges that were undone: each stance that is told asks whether one came in between.

Revision ID: 20261123_1130
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_1130"
down_revision = "20261123_1050"

NAME = "ix_merge_rows_undone"
UNDONE = sa.text("undone_position IS NOT NULL")


def upgrade() -> None:
    """Make the index."""
    op.create_index(NAME, "merge_rows", ["undone_position"], sqlite_where=UNDONE, postgresql_where=UNDONE)


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(NAME, "merge_rows")
