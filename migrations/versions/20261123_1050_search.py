"""Full-text search: the index of PostgreSQL. SQLite's is made with the views, which every upgrade makes anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.errors import UsageError

revision = "20261123_1050"
down_revision = "20261123_1035"
branch_labels = None
depends_on = None

WORDS = sa.text("to_tsvector('english'::regconfig, coalesce(quote, ''::text))")


def upgrade() -> None:
    """Index the words of statements."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(op.f("ix_statement_rows_words"), "statement_rows", [WORDS], postgresql_using="gin")


def downgrade() -> None:
    """Refuse: an older program derives its rows anew from the log in a database of its own."""
    raise UsageError("this revision is not undone", remedy="Use the newer program")
