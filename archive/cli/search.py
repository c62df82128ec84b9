"""The command that looks for words."""

from __future__ import annotations

from datetime import datetime

import click

from archive.cli.common import MOMENT, actor_option, asking, listing, topic_option, write_rows
from archive.views import reports
from archive.views.search import Filters
from archive.views.search import search as find

SHOWN = ("valid_at", "actor_name", "topic", "stance", "found", "outlet")


@click.command()
@click.argument("words", metavar="WORDS")
@actor_option
@topic_option
@click.option("--since", type=MOMENT, help="Only what was said at or after this time.")
@click.option("--until", type=MOMENT, help="Only what was said before this time.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most.")
@listing
@click.pass_context
def search(
    ctx: click.Context,
    words: str,
    actor: str | None,
    topic: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    format_: str | None,
) -> None:
    """Find statements by their WORDS: all of them, "a phrase", one OR other, -without.

    The most relevant come first, with what was found in brackets.
    """
    with asking(ctx) as connection:
        who = reports.find_actor(connection, actor) if actor else None
        about = reports.find_topic(connection, topic) if topic else None
        rows = find(connection, words, Filters(who, about, since, until), limit + 1)
    write_rows(rows[:limit], format_, SHOWN)
    if len(rows) > limit:
        click.echo(f"there are more: these are the {limit} most relevant (--limit)", err=True)
