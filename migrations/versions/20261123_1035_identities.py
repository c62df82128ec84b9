"""What is remembered of each feed's entries, so that they keep their article.

Revision ID: 20261123_1035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261123_1035"
down_revision = "20261123_1030"


def upgrade() -> None:
    """Create the table; each feed's next poll fills its row."""
    op.create_table(
        "feed_memory",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_memory")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Drop it: what is known of entries then is what their names say."""
    op.drop_table("feed_memory")
