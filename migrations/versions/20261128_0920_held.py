"""What an actor holds now, and outlets' tallies in the order in which they are summed up: each read from one index.

Revision ID: 20261128_0920
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261128_0920"
down_revision = "20261128_0910"

HELD, SHOWN = "ix_stance_rows_held", "ix_outlet_rows_shown"
PRESENT = sa.text("known_to IS NULL AND valid_to IS NULL")
COUNTED = sa.text("statements > 0")
COLUMNS: list[str | sa.TextClause] = [
    sa.text("nullif(outlet, '')"),
    sa.text("nullif(agency, '')"),
    "month",
    "statements",
    "outlet",
    "agency",
]


def upgrade() -> None:
    """Make the indexes."""
    op.create_index(HELD, "stance_rows", ["actor", "topic", "stance"], sqlite_where=PRESENT, postgresql_where=PRESENT)
    op.create_index(SHOWN, "outlet_rows", COLUMNS, sqlite_where=COUNTED, postgresql_where=COUNTED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(HELD, "stance_rows")
    op.drop_index(SHOWN, "outlet_rows")
