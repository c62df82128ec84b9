"""Commands that bring articles in: init, poll, run, import, quarantine."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import click

from archive import config, copies, operations, output
from archive.cli.common import MOMENT, configuration, listing
from archive.errors import UsageError
from archive.feeds.warc import SUFFIXES
from archive.importing import Given, import_all, sources
from archive.importing import retry as retry_imports
from archive.ledger.engine import reading
from archive.model import Feed
from archive.operations import Poll
from archive.pipeline import Archive, open_archive, retry_held_back, utc_now
from archive.polling import Poller
from archive.rechecking import Rechecker
from archive.views.projections import catch_up

MOST_LOOKS = 1000


@click.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """Create or upgrade the database, and record what the configuration declares."""
    archive = _open(ctx)
    click.echo(f"ready: {archive.engine.url.render_as_string(hide_password=True)}", err=True)


@click.command()
@click.argument("feeds", nargs=-1, metavar="[FEED]...")
@click.option("--force", is_flag=True, help="Also what is not due; ask for the whole feed even if it has not changed.")
@listing
@click.pass_context
def poll(ctx: click.Context, feeds: tuple[str, ...], force: bool, format_: str | None) -> None:
    """Make one pass over the feeds that are due, or the named ones, and look again at articles' pages that are due.

    With --force every article of these feeds that is still followed (for 30 days) is looked at.
    """
    _check_feeds(configuration(ctx), feeds)
    archive = _open(ctx)
    wanted = archive.feeds(feeds) if feeds else list(archive.config.feeds)
    polls = asyncio.run(_poll_all(archive, wanted, due=not (feeds or force), force=force))
    order = [feed.id for feed in archive.config.feeds]
    polls.sort(key=lambda one: order.index(one.feed))
    output.write([_poll_row(one) for one in polls], format_)
    if feeds and any(not one.ok for one in polls):
        sys.exit(1)


@click.command()
@click.pass_context
def run(ctx: click.Context) -> None:
    """Run the daemon in the foreground until SIGTERM or SIGINT."""
    from archive.daemon import Daemon  # noqa: PLC0415 - a poll from cron is not to wait for the scheduler

    archive = _open(ctx)

    async def serve() -> None:
        await Daemon(archive).run()

    asyncio.run(serve())


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--url", help="Where the article was published; makes its identity (one file only).")
@click.option("--published", type=MOMENT, help="When it was published.")
@click.option("--outlet", help="Who published it.")
@click.option("--language", default="en", help="A language tag. Default: en.")
@listing
@click.pass_context
def import_(
    ctx: click.Context,
    files: tuple[Path, ...],
    url: str | None,
    published: datetime | None,
    outlet: str | None,
    language: str,
    format_: str | None,
) -> None:
    """Capture articles from files of text or HTML, folders of such, and WARC files.

    What was interrupted goes on where it stopped when it is run again. What cannot be used is in quarantine; then the
    exit code is 1.
    """
    found = sources(files)
    if url and (len(found) > 1 or any(file.name.lower().endswith(SUFFIXES) for file in found)):
        raise UsageError("--url names one article", remedy="Import the files one by one")
    archive = _open(ctx)
    given = Given(url=url, published=published, outlet=outlet, language=language)
    with output.progress("importing") as advance:
        outcomes = list(import_all(archive, found, given, progress=advance))
    _project(archive)
    output.write([one.as_row() for one in outcomes], format_)
    if any(one.tally["held_back"] for one in outcomes):
        sys.exit(1)


@click.command()
@click.option("--retry", is_flag=True, help="Try again to store what is held back.")
@listing
@click.pass_context
def quarantine(ctx: click.Context, retry: bool, format_: str | None) -> None:
    """List entries that could not be stored, with the reason and the raw bytes."""
    archive = _open(ctx)
    if retry:
        stored, left = retry_held_back(archive, utc_now())
        imported = retry_imports(archive, utc_now())
        stored, left = stored + imported, left - imported
        _project(archive)
        click.echo(f"{stored} stored, {left} still held back", err=True)
    with reading(archive.engine) as connection:
        held = operations.held_back(connection)
    output.write([one.as_row() for one in held], format_)


def _open(ctx: click.Context) -> Archive:
    archive = open_archive(configuration(ctx), utc_now())
    ctx.call_on_close(archive.close)
    return archive


def _project(archive: Archive) -> None:
    with output.progress("projecting") as advance:
        catch_up(archive.engine, archive.ledger, progress=advance)
    copies.link(archive.engine)
    copies.mend(archive.engine)


def _check_feeds(loaded: config.Config, names: tuple[str, ...]) -> None:
    unknown = sorted(set(names) - {feed.id for feed in loaded.feeds})
    if unknown:
        there_are = ", ".join(feed.id for feed in loaded.feeds) or "none"
        raise UsageError(
            f"no such feed: {', '.join(unknown)}", where=str(loaded.path), remedy=f"There are: {there_are}"
        )


async def _poll_all(archive: Archive, feeds: list[Feed], *, due: bool, force: bool) -> list[Poll]:
    """Poll what nobody else is polling (``due`` leaves alone what is not), then look at pages again."""
    started = utc_now()
    async with Poller(archive) as poller:
        claimed = await poller.claim(feeds, due=due)
        with output.progress("polling") as advance:
            polls = []
            for finished in asyncio.as_completed([poller.poll(feed, state, force=force) for feed, state in claimed]):
                polls.append(await finished)
                advance(len(polls), len(claimed))
        await asyncio.to_thread(_project, archive)
        looked = await Rechecker(poller).run(
            [feed.id for feed in feeds], before=started if force else None, most=MOST_LOOKS
        )
    if looked:
        told = ", ".join(f"{number} {result}" for result, number in sorted(looked.items()))
        click.echo(f"pages looked at again: {told}", err=True)
        _project(archive)
    if not due:
        mine, now = {feed.id for feed, _ in claimed}, utc_now()
        others = [feed for feed in feeds if feed.id not in mine]
        polls += [Poll(feed=feed.id, started_at=now, finished_at=now, result="busy") for feed in others]
    return polls


def _poll_row(poll: Poll) -> output.Row:
    return {
        "feed": poll.feed,
        "result": poll.result,
        "new": poll.new,
        "revised": poll.revised,
        "same": poll.same,
        "statements": poll.statements,
        "held_back": poll.held_back,
        "error": poll.error,
    }
