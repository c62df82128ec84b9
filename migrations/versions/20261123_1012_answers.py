"""Indexes for what is asked most, and the place of a stance's statement in the log.

Stances are derived from the log: their rows are dropped here and derived anew when the projections next catch up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.errors import UsageError

revision = "20261123_1012"
down_revision = "20261123_1005"
branch_labels = None
depends_on = None

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

PARTIAL = {
    "ix_stance_rows_course": ("topic valid_to valid_from actor stance", "known_to IS NULL"),
    "ix_stance_rows_change": ("valid_from", "known_to IS NULL"),
    "ix_stance_rows_hearsay": ("valid_to topic", "known_to IS NULL AND directness = 'ascribed'"),
    "ix_stance_rows_spoken": ("speaks_for topic valid_to", "known_to IS NULL AND speaks_for IS NOT NULL"),
    "ix_assessment_rows_person": ("topic statement", "method = 'person'"),
    "ix_statement_rows_nobody": ("named speaker article statement position", "actor IS NULL"),
    "ix_article_rows_revised": ("captured_at", "revision > 1"),
}


def upgrade() -> None:
    """Empty what is derived, add the column, exchange the indexes."""
    op.execute("DELETE FROM stance_rows")
    op.execute("DELETE FROM assessment_rows")
    op.execute("DELETE FROM projection_cursors WHERE name = 'stances'")
    op.add_column("stance_rows", sa.Column("position", BIGINT, nullable=False))
    op.drop_index(op.f("ix_stance_rows_now"), "stance_rows")
    op.drop_index(op.f("ix_stance_rows_topic_known_from"), "stance_rows")
    for name, (columns, where) in PARTIAL.items():
        table, condition = name.removeprefix("ix_").rpartition("_")[0], sa.text(where)
        op.create_index(op.f(name), table, columns.split(), sqlite_where=condition, postgresql_where=condition)
    known = ["topic", "known_since", "known_until"]
    op.create_index(op.f("ix_stance_rows_topic_known_since_known_until"), "stance_rows", known)
    op.create_index(op.f("ix_stance_rows_known_since"), "stance_rows", ["known_since"])
    op.create_index(op.f("ix_assessment_rows_topic_statement"), "assessment_rows", ["topic", "statement"])
    op.drop_index(op.f("ix_article_rows_article_revision"), "article_rows")
    op.create_index(op.f("ix_article_rows_article_revision"), "article_rows", ["article", "revision"], unique=True)
    op.create_table(
        "outlet_rows",
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("outlet", "agency", "month", name=op.f("pk_outlet_rows")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Refuse: an older program derives its rows anew from the log in a database of its own."""
    raise UsageError("this revision is not undone", remedy="Use the newer program")
