"""Statements by their actors: an index of those that have one, so that SQLite asks the other for those that have none.

Revision ID: 20261123_1135
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_1135"
down_revision = "20261123_1130"

NAME, TABLE, COLUMNS = "ix_statement_rows_actor_valid_at", "statement_rows", ["actor", "valid_at"]
NAMED = sa.text("actor IS NOT NULL")


def upgrade() -> None:
    """Make the index anew, of fewer rows."""
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS, sqlite_where=NAMED, postgresql_where=NAMED)


def downgrade() -> None:
    """Make it of all rows again."""
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, COLUMNS)
