"""Who held what on a topic, as known at a position: read from one index.

Revision ID: 20261123_1030
"""

from __future__ import annotations

from alembic import op

revision = "20261123_1030"
down_revision = "20261123_1015"

NAME = "ix_stance_rows_as_of"


def upgrade() -> None:
    """Make the index."""
    op.create_index(NAME, "stance_rows", ["topic", "valid_from", "valid_to", "known_from", "known_to"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(NAME, "stance_rows")
