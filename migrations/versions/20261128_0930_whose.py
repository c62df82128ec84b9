"""An actor's statements on a topic, on PostgreSQL: found by the judgements, of whose actors the view makes no nulls.

Revision ID: 20261128_0930
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128_0930"
down_revision = "20261128_0920"

WHOSE = sa.text("coalesce(actor, '')")
INDEXES = (
    ("ix_statement_rows_whose", "statement_rows", "valid_at"),
    ("ix_assessment_rows_whose", "assessment_rows", "topic"),
)


def upgrade() -> None:
    """Make the indexes."""
    if op.get_bind().dialect.name == "postgresql":
        for name, table, column in INDEXES:
            op.create_index(name, table, [WHOSE, column])


def downgrade() -> None:
    """Take them away again."""
    if op.get_bind().dialect.name == "postgresql":
        for name, table, _ in INDEXES:
            op.drop_index(name, table)
