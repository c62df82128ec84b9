"""Which articles' pages are due to be looked at again.

Revision ID: 20261123_0950
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from archive.ledger.schema import Moment

revision = "20261123_0950"
down_revision = "20261123_0935"

MOMENT = Moment()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table; the next run fills it from the articles that are still on the ladder."""
    op.create_table(
        "article_checks",
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("captured_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("strange", sa.Text()),
        sa.Column("sightings", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("checked_at", MOMENT),
        sa.Column("result", sa.Text()),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", MOMENT),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_article_checks")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_article_checks_due_at"), "article_checks", ["due_at"])
    op.create_index(op.f("ix_article_checks_position"), "article_checks", ["position"])


def downgrade() -> None:
    """Drop it: what it held is asked anew."""
    op.drop_table("article_checks")
