"""The view country_stance, made anew: a question about one topic reads that topic alone.

Revision ID: 20261128_0900
"""

from __future__ import annotations

revision = "20261128_0900"
down_revision = "20261123_1135"


def upgrade() -> None:
    """Change no table: every upgrade makes the views anew."""


def downgrade() -> None:
    """Change no table."""
