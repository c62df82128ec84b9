"""Who may read the views on PostgreSQL: a role for analysts that sees them and nothing else, and keeps them.

Views read tables with their owner's rights, so a reader needs none on tables. An upgrade drops and makes the views
anew; what was granted on them is put back, and who could read all views reads the new ones too.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from archive.errors import UsageError
from archive.views.reports import VIEWS
from archive.views.search import TABLE as SEARCH

READABLE = (*VIEWS, SEARCH)

_GRANTED = """
SELECT c.relname, r.rolname
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g JOIN pg_roles r ON r.oid = g.grantee
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v' AND g.privilege_type = 'SELECT'
  AND g.grantee <> c.relowner
"""

_RIGHTS = """
SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = :role
"""


def reader_statements(connection: Connection, role: str, seconds: int = 60) -> list[str]:
    """The SQL that makes a role read the views and nothing else. UsageError where the role may do more by itself."""
    if connection.dialect.name != "postgresql":
        raise UsageError(
            "SQLite knows no users: whoever holds the file can read all of it",
            where="grant-reader",
            remedy="Give others what archive export FILE --format sqlite writes",
        )
    powers = connection.execute(text(_RIGHTS), {"role": role}).scalar_one_or_none()
    if powers:
        raise UsageError(
            f"the role {role} may do more than read", where="grant-reader", remedy="Name another; it is made if need be"
        )
    name = _quoted(role)
    schema = _quoted(str(connection.execute(text("SELECT current_schema()")).scalar_one()))
    database = _quoted(str(connection.execute(text("SELECT current_database()")).scalar_one()))
    made = [] if powers is not None else [f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT"]
    return [
        *made,
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT SELECT ON {', '.join(READABLE)} TO {name}",
        f"ALTER ROLE {name} IN DATABASE {database} SET search_path = {schema}",
        f"ALTER ROLE {name} IN DATABASE {database} SET default_transaction_read_only = on",
        f"ALTER ROLE {name} IN DATABASE {database} SET statement_timeout = '{seconds}s'",
        f"ALTER ROLE {name} IN DATABASE {database} SET jit = off",
        f"ALTER ROLE {name} IN DATABASE {database} SET work_mem = '64MB'",
    ]


def granted(connection: Connection) -> dict[str, frozenset[str]]:
    """Which of the views each role may read that does not own them."""
    if connection.dialect.name != "postgresql":
        return {}
    readers: dict[str, set[str]] = {}
    for view, role in connection.execute(text(_GRANTED)):
        readers.setdefault(role, set()).add(view)
    return {role: frozenset(views) for role, views in readers.items()}


def regrant(connection: Connection, before: Mapping[str, frozenset[str]]) -> None:
    """Put back what was granted before the views were made anew; who could read all of them reads all of them."""
    everything = frozenset().union(*before.values()) & frozenset(READABLE) if before else frozenset()
    for role, views in sorted(before.items()):
        readable = [view for view in READABLE if view in views or views >= everything]
        connection.exec_driver_sql(f"GRANT SELECT ON {', '.join(readable)} TO {_quoted(role)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
