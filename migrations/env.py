"""Alembic's entry: migrate the database it is handed, then make the views anew.

Views hold nothing, so they are not versioned step by step: each upgrade drops them first and creates them from
archive/views/sql afterwards.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

import archive.checks
import archive.copies
import archive.identities
import archive.importing
import archive.operations
import archive.views.tables  # noqa: F401 - both register their tables with the metadata
from archive.ledger.schema import metadata
from archive.views.grants import granted, regrant
from archive.views.reports import create_views, drop_views


def migrate(connection: Connection) -> None:
    """Run the pending steps in the caller's transaction."""
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
    readers = granted(connection)
    drop_views(connection)
    context.run_migrations()
    create_views(connection)
    regrant(connection, readers)


migrate(context.config.attributes["connection"])
