"""The command that lets others read the views on PostgreSQL."""

from __future__ import annotations

import click

from archive.cli.common import opened
from archive.ledger.engine import reading, writing
from archive.views.grants import reader_statements


@click.command("grant-reader")
@click.argument("role")
@click.option("--print", "only_print", is_flag=True, help="Only print the SQL, for an administrator to run.")
@click.pass_context
def grant_reader(ctx: click.Context, role: str, only_print: bool) -> None:
    """Let ROLE read the views and nothing else (PostgreSQL); it is made if need be.

    Its password is the administrator's to set. Upgrades and rebuilds keep what it may read.
    """
    engine = opened(ctx, follow=False).engine
    with reading(engine) as connection:
        statements = reader_statements(connection, role)
    if only_print:
        click.echo(";\n".join(statements) + ";")
        return
    with writing(engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    click.echo(f"{role} reads the views, and nothing else", err=True)
