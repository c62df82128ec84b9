"""The log's contract, the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from archive.errors import ConflictError, LogError
from archive.ledger import merkle
from archive.ledger.engine import reading, writing
from archive.ledger.events import ActorRegistered, ArticleRemoved, PartErased
from archive.ledger.header import Draft
from archive.ledger.store import Ledger
from archive.model import iso
from tests.ledger.examples import drafts

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def actors(first: int, count: int) -> list[Draft]:
    return [Draft(ActorRegistered(f"person:{n}", f"Person {n}", "person")) for n in range(first, first + count)]


def removals(article: str, count: int, first: int = 0) -> list[Draft]:
    return [Draft(ArticleRemoved(article, f"reason {n}", "2024")) for n in range(first, first + count)]


def numbered(ledger: Ledger) -> list[tuple[int, str, int]]:
    return [(one.position, one.stream, one.version) for one in ledger.read()]


def test_a_batch_is_appended_in_order_without_gaps(ledger: Ledger) -> None:
    appended = ledger.append(drafts(), {}, NOW)
    assert (appended.first, appended.last, appended.known) == (1, len(drafts()), 0)
    read = list(ledger.read())
    assert [one.event for one in read] == [draft.event for draft in drafts()]
    assert [one.position for one in read] == list(range(1, len(read) + 1))


@pytest.mark.parametrize("size", [1, 5, 60])
def test_batches_of_any_size_take_the_same_way(ledger: Ledger, size: int) -> None:
    assert ledger.append(actors(0, size), {}, NOW).count == size
    assert ledger.size() == size


def test_events_of_one_stream_are_numbered_on_from_the_expected_version(ledger: Ledger) -> None:
    ledger.append(removals("a", 2), {}, NOW)
    ledger.append(removals("a", 2, first=2), {"article:a": 2}, NOW)
    assert [(one.position, one.version) for one in ledger.stream("article:a")] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_the_same_batch_again_is_no_op_whoever_sends_it(ledger: Ledger) -> None:
    first = ledger.append(drafts(), {}, NOW)
    before = ledger.head()
    again = ledger.append(drafts(), {}, NOW + timedelta(days=1))
    assert (again.count, again.known) == (0, first.count)
    assert ledger.head() == before


def test_known_facts_in_a_batch_are_passed_over_and_the_rest_appended(ledger: Ledger) -> None:
    ledger.append(actors(0, 3), {}, NOW)
    appended = ledger.append(actors(0, 5), {}, NOW)
    assert (appended.first, appended.count, appended.known) == (4, 2, 3)


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_stream_that_moved_on_refuses_the_whole_batch(ledger: Ledger, expected: int) -> None:
    ledger.append(removals("a", 2), {}, NOW)
    batch = [*actors(0, 3), *removals("a", 1, first=9)]
    with pytest.raises(ConflictError, match=f"article:a: the stream is at version 2, not {expected}"):
        ledger.append(batch, {"article:a": expected}, NOW)
    assert ledger.size() == 2


def test_recorded_times_never_decrease_even_if_the_clock_does(ledger: Ledger) -> None:
    ledger.append(actors(0, 1), {}, NOW)
    ledger.append(actors(1, 1), {}, NOW - timedelta(hours=1))
    assert [one.at for one in ledger.read()] == [iso(NOW), iso(NOW)]


def test_the_head_holds_the_merkle_root_of_all_headers(ledger: Ledger, engine: Engine) -> None:
    ledger.append(drafts(), {}, NOW)
    ledger.append(actors(50, 30), {}, NOW)
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT header, leaf_hash FROM events ORDER BY position")).all()
    leaves = [merkle.leaf_hash(bytes(row.header)) for row in rows]
    assert leaves == [bytes(row.leaf_hash) for row in rows]
    assert ledger.head().frontier == merkle.extend((), 0, leaves)


def test_parts_come_back_only_when_asked_for(ledger: Ledger) -> None:
    ledger.append(drafts(), {}, NOW)
    bodies = {one.position: one.parts for one in ledger.read(parts=("words",)) if one.parts}
    assert list(bodies) == [7]
    assert dict(bodies[7]) == {"words": b'{"content":["x"]}'}
    assert not any(one.parts for one in ledger.read())


def test_streams_of_one_kind_are_read_alone(ledger: Ledger) -> None:
    ledger.append(drafts(), {}, NOW)
    assert {one.stream for one in ledger.kind("topic")} == {"topic:harbour-toll"}
    assert {one.stream for one in ledger.streams(["feed:wire", "topic:none"])} == {"feed:wire"}
    assert ledger.versions(["feed:wire", "topic:none"]) == {"feed:wire": 3}


@pytest.mark.parametrize("batch", [1, 2, 7, 100])
def test_reading_in_batches_of_any_size_gives_the_same_events(ledger: Ledger, batch: int) -> None:
    ledger.append(actors(0, 20), {}, NOW)
    batches = list(ledger.read_batches(after=3, upto=17, batch=batch))
    assert [one.position for group in batches for one in group] == list(range(4, 18))
    assert max(map(len, batches)) <= batch


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(0, 6), max_size=6), max_size=5))
def test_any_batches_leave_positions_and_versions_without_gaps(ledger: Ledger, batches: list[list[int]]) -> None:
    for batch in batches:
        streams = {f"article:{n}" for n in batch}
        current = ledger.versions(streams)
        drafts = [Draft(ArticleRemoved(str(n), f"{ledger.size()}-{i}", "2024")) for i, n in enumerate(batch)]
        ledger.append(drafts, current, NOW)
    read = numbered(ledger)
    assert [position for position, _, _ in read] == list(range(1, ledger.size() + 1))
    for stream in {stream for _, stream, _ in read}:
        versions = [version for _, name, version in read if name == stream]
        assert versions == list(range(1, len(versions) + 1))


REFUSED = {
    "update an event": "UPDATE events SET type = 'x' WHERE position = 1",
    "update every event": "UPDATE events SET header = header",
    "delete an event": "DELETE FROM events WHERE position = 1",
    "delete the last event": "DELETE FROM events WHERE position = (SELECT max(position) FROM events)",
    "update a part": "UPDATE parts SET body = salt",
    "delete a part": "DELETE FROM parts",
    "delete the head": "DELETE FROM log_head",
    "shrink the head": "UPDATE log_head SET size = size - 1",
}
COPY_OF_FIRST = "position, id, stream, version, type, recorded_at, header, leaf_hash FROM events WHERE position = 1"
NEXT = "(SELECT max(position) + 1 FROM events)"
REST_OF_FIRST = "type, recorded_at, header, leaf_hash FROM events WHERE position = 1"
REFUSED_BY_SQLITE = {
    "replace an event": f"INSERT OR REPLACE INTO events SELECT {COPY_OF_FIRST}",
    "replace by id": "INSERT OR REPLACE INTO events SELECT 999, id, stream, 9, type, recorded_at, header, leaf_hash "
    "FROM events WHERE position = 1",
    "replace by id at the next position": f"REPLACE INTO events SELECT {NEXT}, id, stream, 9, {REST_OF_FIRST}",
    "replace by stream and version": f"REPLACE INTO events SELECT {NEXT}, 'x', stream, version, {REST_OF_FIRST}",
    "update or replace": "UPDATE OR REPLACE events SET position = 2 WHERE position = 1",
    "replace a part": "REPLACE INTO parts SELECT position, name, salt, x'00' FROM parts",
    "replace the head": "REPLACE INTO log_head VALUES (1, 0, x'', NULL)",
    "add a part later": "INSERT INTO parts VALUES (1, 'late', x'00', x'00')",
}
REFUSED_BY_POSTGRESQL = {
    "truncate events": "TRUNCATE events CASCADE",
    "truncate parts": "TRUNCATE parts",
    "truncate the head": "TRUNCATE log_head",
    "upsert": f"INSERT INTO events SELECT {COPY_OF_FIRST} ON CONFLICT (position) DO UPDATE SET type = 'x'",
    "update as a replica": "SET LOCAL session_replication_role = replica; UPDATE events SET type = 'x'",
    "delete as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM events",
    "truncate as a replica": "SET LOCAL session_replication_role = replica; TRUNCATE events CASCADE",
    "add a part later": "INSERT INTO parts VALUES (1, 'late', '', '')",
    "add an event out of order": "INSERT INTO events SELECT 0, 'other', 'other', version, type, recorded_at, header, "
    "leaf_hash FROM events WHERE position = 1",
}


def assert_refused(engine: Engine, attempts: dict[str, str]) -> None:
    ledger = Ledger(engine)
    ledger.append(drafts(), {}, NOW)
    before = _dump(engine)
    for what, attempt in attempts.items():
        with pytest.raises(DBAPIError, match=r"recorded|appended|erased|written|grows|head"):
            _execute(engine, attempt)
        assert _dump(engine) == before, what


def _execute(engine: Engine, attempt: str) -> None:
    with writing(engine) as connection:
        for statement in attempt.split("; "):
            connection.execute(text(statement))


def _dump(engine: Engine) -> list[Sequence[object]]:
    with reading(engine) as connection:
        tables = ("events ORDER BY position", "parts ORDER BY position, name", "log_head")
        return [tuple(map(str, row)) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]


def test_the_database_itself_refuses_to_change_history(engine: Engine) -> None:
    special = REFUSED_BY_SQLITE if engine.dialect.name == "sqlite" else REFUSED_BY_POSTGRESQL
    assert_refused(engine, REFUSED | special)


def test_a_part_can_be_deleted_only_beside_its_erasure_event(engine: Engine, ledger: Ledger) -> None:
    ledger.append(drafts()[:16], {}, NOW)
    delete = text("DELETE FROM parts WHERE position = 4 AND name = 'text'")
    with pytest.raises(DBAPIError, match=r"part\.erased"), writing(engine) as connection:
        connection.execute(delete)
    ledger.append([Draft(PartErased(4, "text", "court order", "R. Voss"))], {}, NOW)
    with writing(engine) as connection:
        assert connection.execute(delete).rowcount == 1


@pytest.mark.parametrize("missing", [1, 3, 6])
def test_a_gap_in_the_log_is_named_not_read_over(engine: Engine, ledger: Ledger, missing: int) -> None:
    ledger.append(actors(0, 6), {}, NOW)
    with writing(engine) as connection:
        guard = (
            "DROP TRIGGER events_no_delete"
            if engine.dialect.name == "sqlite"
            else "ALTER TABLE events DISABLE TRIGGER ALL"
        )
        connection.execute(text(guard))
        connection.execute(text(f"DELETE FROM events WHERE position = {missing}"))
    with pytest.raises(LogError, match="between positions 1 and 6"):
        list(ledger.read())
