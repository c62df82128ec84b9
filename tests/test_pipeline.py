"""The story, end to end, on both databases: what a feed delivers is in the log once, and edits are told as such."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import config, operations
from archive.feeds.parse import CUT_SHORT
from archive.ledger.engine import reading, writing
from archive.ledger.events import ArticleCaptured, FeedRetired, StatementWithdrawn, TopicDefined
from archive.model import Reading, Stance
from archive.operations import Poll
from archive.pipeline import Archive, open_archive, retry_held_back
from archive.polling import Poller
from archive.reread import Reread, reread_all
from archive.views import reports
from archive.views.projections import catch_up
from archive.views.rebuild import rebuild
from tests.wire import FOR, OTHER, Wire

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def wire(tmp_path: Path, database_url: str) -> Wire:
    return Wire(tmp_path, database_url)


OPENED: list[Archive] = []


@pytest.fixture(autouse=True)
def closed_again() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def opened(wire: Wire) -> Archive:
    OPENED.append(open_archive(config.load(wire.config, {}), NOW))
    return OPENED[-1]


def poll(archive: Archive, *, force: bool = True, stop_after: int | None = None) -> Poll:
    asked = iter(range(10_000))

    async def once() -> Poll:
        def stopping() -> bool:
            return stop_after is not None and next(asked) > stop_after

        async with Poller(archive, stopping=stopping) as poller:
            return await poller.poll(archive.config.feeds[0], force=force)

    return asyncio.run(once())


def history(archive: Archive, actor: str) -> list[tuple[str, str]]:
    catch_up(archive.engine, archive.ledger)
    with reading(archive.engine) as connection:
        rows = reports.history(connection, reports.find_actor(connection, actor))
    return [(row["stance"], row["cause"]) for row in rows]


def test_a_feed_is_stored_whole_and_a_second_poll_appends_nothing(wire: Wire) -> None:
    archive = opened(wire)
    first = poll(archive)
    assert (first.result, first.new, first.revised) == ("ok", 2, 0)
    assert first.statements >= 2
    size = archive.ledger.size()
    assert (poll(archive).same, archive.ledger.size()) == (2, size)
    assert poll(archive, force=False).result == "not_modified"
    assert opened(wire).ledger.size() == size


def test_the_log_tells_articles_in_the_order_of_publication(wire: Wire) -> None:
    archive = opened(wire)
    poll(archive)
    with reading(archive.engine) as connection:
        query = "SELECT stream FROM events WHERE type = 'article.captured.v1' ORDER BY position"
        first = connection.execute(text(query)).scalars().first()
    captured = archive.ledger.stream(str(first))[0].event
    assert isinstance(captured, ArticleCaptured)
    assert captured.key == "guid:1"


def test_an_edit_is_a_revision_and_changes_the_stance_with_cause_edit(wire: Wire) -> None:
    archive = opened(wire)
    poll(archive)
    assert {stance for stance, _ in history(archive, "Ada Quill")} == {"oppose"}
    wire.items["1"] = (wire.items["1"][0], FOR)
    wire.publish()
    assert (poll(archive).revised, poll(archive).revised) == (1, 0)
    assert history(archive, "Ada Quill")[-1] == ("support", "edit")
    withdrawn = [one for one in archive.ledger.read() if isinstance(one.event, StatementWithdrawn)]
    assert {one.event.cause for one in withdrawn if isinstance(one.event, StatementWithdrawn)} == {"edit"}
    assert rebuild(archive.engine, archive.ledger, check=True) == []


def test_an_unchanged_statement_in_an_edited_article_is_left_alone(wire: Wire) -> None:
    archive = opened(wire)
    poll(archive)
    before = {one.event for one in archive.ledger.read() if one.event.type.startswith("statement.")}
    date, body = wire.items["1"]
    wire.items["1"] = (date, body + "\n\nThe ministry has four hundred employees.")
    wire.publish()
    assert (poll(archive).revised, poll(archive).statements) == (1, 0)
    assert {one.event for one in archive.ledger.read() if one.event.type.startswith("statement.")} == before


def test_a_later_article_is_a_change_by_statement(wire: Wire) -> None:
    archive = opened(wire)
    poll(archive)
    wire.items["3"] = ("Mon, 12 Feb 2024 09:00:00 GMT", FOR)
    wire.publish()
    poll(archive)
    told = history(archive, "Ada Quill")
    assert next(stance for stance, _ in told if stance in {"oppose", "support"}) == "oppose"
    assert told[-1] == ("support", "statement")


def test_a_poll_that_is_stopped_keeps_no_validators_and_is_taken_up_again(wire: Wire) -> None:
    archive = opened(wire)
    stopped = poll(archive, force=False, stop_after=2)
    assert (stopped.result, stopped.new) == ("stopped", 1)
    again = poll(archive, force=False)
    assert (again.result, again.new, again.same) == ("ok", 1, 1)


def test_a_feed_that_is_missing_is_an_outcome_with_a_backoff(wire: Wire) -> None:
    archive = opened(wire)
    (wire.folder / "wire.xml").unlink()
    failed = poll(archive)
    assert failed.result == "failed"
    assert "wire.xml" in str(failed.error)
    with reading(archive.engine) as connection:
        row = connection.execute(text("SELECT failures, last_error FROM feed_state")).one()
    assert (row.failures, row.last_error) == (1, failed.error)


def test_an_entry_that_fails_is_held_back_and_costs_no_other(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = opened(wire)

    class Broken:
        name = "broken@1"

        def read(self, text: str, **_: object) -> None:
            if "Quill" in text:
                raise RuntimeError("cannot read this one")
            raise ZeroDivisionError

    broken = Archive(archive.config, archive.ledger, archive.usage, archive.assessor, Broken())  # type: ignore[arg-type] # a fake
    outcome = poll(broken)
    assert (outcome.result, outcome.new, outcome.held_back) == ("ok", 0, 2)
    assert retry_held_back(broken, NOW)[1] == 2
    assert retry_held_back(archive, NOW) == (2, 0)
    assert poll(archive).same == 2


def test_an_entry_that_breaks_off_is_kept_and_never_stored_as_the_whole(wire: Wire) -> None:
    archive = opened(wire)
    raw = b"<item><guid>9</guid><title>Nine</title></item>"
    reason = f"the entry cannot be read: {CUT_SHORT}"
    with writing(archive.engine) as connection:
        operations.hold_back(connection, "q-1", feed="wire", key=None, reason=reason, raw=raw, now=NOW)
    assert retry_held_back(archive, NOW) == (0, 1)


def test_bytes_that_could_not_be_read_are_tried_again_and_replace_nothing(wire: Wire) -> None:
    archive = opened(wire)
    poll(archive)
    raws = [b"<item><guid>9</guid><title>Nine</title></item>", b"<item><guid>1</guid><title>One</title></item>", b"<"]
    with writing(archive.engine) as connection:
        for number, raw in enumerate(raws):
            operations.hold_back(connection, f"q-{number}", feed="wire", key=None, reason="died", raw=raw, now=NOW)
    assert retry_held_back(archive, NOW) == (1, 2)
    with reading(archive.engine) as connection:
        titles = connection.execute(text("SELECT count(*) FROM events WHERE type LIKE 'article.%'")).scalar_one()
    assert titles == 3


def test_the_configuration_becomes_events_once(wire: Wire) -> None:
    archive = opened(wire)
    assert [one.event.type for one in archive.ledger.read()] == ["feed.added.v1", "topic.defined.v1"]
    wire.config.write_text(wire.config.read_text().replace("[harbour toll,", "[harbour toll, quay toll,"))
    changed = opened(wire).ledger.kind("topic")[-1].event
    assert isinstance(changed, TopicDefined)
    assert "quay toll" in changed.terms
    wire.config.write_text(wire.config.read_text().replace("id: wire,", "id: other,"))
    events = [one.event for one in opened(wire).ledger.kind("feed")]
    assert isinstance(events[-1], FeedRetired)


def test_stances_are_labels_of_the_scale(wire: Wire) -> None:
    archive = opened(wire)
    poll(archive)
    catch_up(archive.engine, archive.ledger)
    with reading(archive.engine) as connection:
        rows = reports.stances(connection)
    assert rows
    assert {row["stance"] for row in rows} <= {stance.value for stance in Stance}


def test_a_better_extractor_reads_again_when_asked_and_says_so(wire: Wire) -> None:
    class Deaf:
        name = "deaf@1"

        def read(self, text: str, **_: object) -> Reading:
            return Reading(extractor=self.name, statements=())

    archive = opened(wire)
    deaf = Archive(archive.config, archive.ledger, archive.usage, archive.assessor, Deaf())
    assert poll(deaf).statements == 0
    catch_up(archive.engine, archive.ledger)
    told: list[tuple[int, int]] = []

    def again(since: datetime | None = None) -> Reread:
        return reread_all(archive, since, now=lambda: NOW, progress=lambda done, total: told.append((done, total)))

    first = again()
    assert (first.articles, first.withdrawn) == (2, 0)
    assert first.recorded >= 2
    assert told == [(1, 2), (2, 2)]
    assert again() == Reread(articles=2)
    assert again(since=datetime(2999, 1, 1, tzinfo=UTC)) == Reread()
    assert {cause for _, cause in history(archive, "Ben Hale")} == {"rules"}
    assert rebuild(archive.engine, archive.ledger, check=True) == []


@pytest.mark.parametrize("seed", range(4))
def test_kill_nine_while_polling_and_again_gives_every_article_once(wire: Wire, seed: int) -> None:
    wire.items |= {str(n): ("Wed, 07 Feb 2024 09:00:00 GMT", f"{OTHER} It was {n} o'clock.") for n in range(3, 40)}
    wire.publish()
    archive = opened(wire)
    command = [sys.executable, "-m", "archive", "--config", str(wire.config), "poll", "wire"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    deadline, start = time.monotonic() + 30, archive.ledger.size()
    while archive.ledger.size() == start and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    time.sleep(random.Random(seed).uniform(0, 0.2))
    process.kill()
    process.wait()
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    with reading(archive.engine) as connection:
        query = "SELECT stream, count(*) FROM events WHERE type LIKE 'article.%' GROUP BY stream"
        captured = connection.execute(text(query)).all()
    assert [count for _, count in captured] == [1] * 39
    assert rebuild(archive.engine, archive.ledger, check=True) == []
