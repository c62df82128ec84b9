"""Commands for what is subscribed to: feeds add, list, import, export."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import config, output
from archive.cli.common import configuration, listing
from archive.errors import ConfigError, FetchError, ParseError, UsageError
from archive.feeds.discover import Found, common_places, feeds_of
from archive.feeds.fetch import Fetcher
from archive.feeds.opml import Subscription, read_opml, write_opml
from archive.feeds.parse import parse
from archive.feeds.text import looks_like_html
from archive.model import Feed, FullText
from archive.polling import fetcher_of
from archive.subscriptions import Wish, add, same_feed

TRIED = 8
"""Feeds that a page names and that are asked whether they are any."""


@click.group()
def feeds() -> None:
    """Show and change what is subscribed to, in feeds.yaml."""


@feeds.command("add")
@click.argument("url")
@click.option("--id", "identity", help="Default: made of the title.")
@click.option("--title", help="The outlet's name in reports. Default: the feed's own title.")
@click.option("--category", help="Where it stands in exported lists, with slashes for depth.")
@click.option("--every", help="How often to poll, such as 15m or 2h.")
@click.option(
    "--full-text", type=click.Choice([choice.value for choice in FullText]), help="Where the text comes from."
)
@click.option("--language", help="A language tag.")
@listing
@click.pass_context
def add_(
    ctx: click.Context,
    url: str,
    identity: str | None,
    title: str | None,
    category: str | None,
    every: str | None,
    full_text: str | None,
    language: str | None,
    format_: str | None,
) -> None:
    """Subscribe to a feed, or to the feed of a site: the page is searched for it, then the usual places."""
    loaded = configuration(ctx)
    target = str(Path(url).absolute()) if Path(url).is_file() else url if "://" in url else f"https://{url}"
    if not Path(target).is_file() and (refusal := config.refusal(target)):
        raise UsageError(f"{re.sub('//[^/]*@', '//…@', target)}: {refusal}")  # a password is repeated nowhere
    _refuse_known(loaded, target)
    found, others = asyncio.run(_discover(loaded, target))
    _refuse_known(loaded, found.url)
    wish = Wish(
        url=found.url,
        id=identity,
        title=title or found.title,
        category=category,
        every=every,
        full_text=full_text,
        language=language,
    )
    added = add(loaded, [wish], os.environ)
    if others:
        click.echo(f"the page names others besides: {' '.join(one.url for one in others)}", err=True)
    click.echo(f"written to {loaded.path}", err=True)
    output.write([_row(feed) for feed in added], format_)


@feeds.command("list")
@listing
@click.pass_context
def list_(ctx: click.Context, format_: str | None) -> None:
    """List what is subscribed to. How the feeds fare: archive status."""
    output.write([_row(feed) for feed in configuration(ctx).feeds], format_)


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@listing
@click.pass_context
def import_(ctx: click.Context, file: Path, format_: str | None) -> None:
    """Subscribe to every feed of an OPML list; those that are known, or cannot be polled, are told and left out."""
    loaded = configuration(ctx)
    try:
        document = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(file), remedy="Check the path") from error
    rows, wishes = _sorted_out(loaded, read_opml(document, str(file)))
    if wishes:
        add(loaded, wishes, os.environ)
    click.echo(f"{len(wishes)} feeds written to {loaded.path}", err=True)
    output.write(rows, format_)


@feeds.command("export")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_context
def export(ctx: click.Context, file: Path | None) -> None:
    """Write the subscriptions as OPML, to a file or to stdout. Feeds that are files are left out."""
    document = write_opml(configuration(ctx).feeds, "Statement Archive", datetime.now(UTC))
    if file is None:
        sys.stdout.buffer.write(document)
    else:
        file.write_bytes(document)


def _sorted_out(loaded: config.Config, listed: list[Subscription]) -> tuple[list[output.Row], list[Wish]]:
    """What becomes of each listed feed, and the wishes that can be fulfilled."""
    rows: list[output.Row] = []
    wishes: list[Wish] = []
    coming: list[Feed] = []
    for one in listed:
        known = same_feed([*loaded.feeds, *coming], one.url)
        refusal = config.refusal(one.url)
        result = f"known as {known.id}" if known else f"refused: {refusal}" if refusal else "added"
        if result == "added":
            wishes.append(Wish(url=one.url, title=one.title, category=one.category))
            coming.append(Feed(id="this list", url=one.url))
        rows.append({"url": one.url, "title": one.title, "category": one.category, "result": result})
    return rows, wishes


def _refuse_known(loaded: config.Config, url: str) -> None:
    if known := same_feed(loaded.feeds, url):
        raise UsageError(f"{url} is subscribed to already, as {known.id}", where=str(loaded.path))


async def _discover(loaded: config.Config, url: str) -> tuple[Found, list[Found]]:
    """The feed at an address or of the page there, with its title, and the others that the page names."""
    async with fetcher_of(loaded.settings) as fetcher:
        answer = await fetcher.fetch(url)
        try:
            return Found(url, parse(answer.body, answer.headers, answer.url).title), []
        except ParseError:
            page = answer.body
        named = feeds_of(page, answer.url) if looks_like_html(page) else []
        places = named[:TRIED] or [Found(place) for place in common_places(answer.url)]
        for n, one in enumerate(places):
            if title := await _title(fetcher, one):
                return Found(one.url, title), [other for other in named[n + 1 :] if other.url != one.url]
    raise ConfigError(
        "neither a feed nor a page that leads to one",
        where=url,
        remedy="Look for the feed's address on the site and give that",
    )


async def _title(fetcher: Fetcher, found: Found) -> str | None:
    """The title of what is a feed; None where it is none, or cannot be had."""
    try:
        answer = await fetcher.fetch(found.url)
        return parse(answer.body, answer.headers, answer.url).title or found.title or found.url
    except (FetchError, ParseError):
        return None


def _row(feed: Feed) -> output.Row:
    return {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        "category": feed.category,
        "every": f"{feed.every.total_seconds() / 60:g}m",
        "full_text": feed.full_text.value,
        "language": feed.language,
    }
