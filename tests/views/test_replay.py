"""The past as it was: replaying the log to any position gives what the archive held, and told, at that size."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from archive import replay
from archive.errors import LogError, UsageError
from archive.ledger import merkle
from archive.ledger.engine import connect, reading, writing
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import catch_up, reports
from archive.views.differences import differences
from archive.views.tables import PROJECTED
from tests.test_cli import answer, archive
from tests.views.conftest import fresh
from tests.views.example import harbour_toll
from tests.views.histories import Move, Writer, day, moves, play
from tests.wire import FOR, Wire

Dump = dict[str, list[tuple[Any, ...]]]

ERASABLE = {"statement_rows": 4}
"""How many columns at the end of a table hold words: gone from every replay once they are erased or hidden."""


def dump(engine: Engine) -> Dump:
    """Every projected row, moments as texts, and what the reports make of them."""
    with reading(engine) as connection:
        tables = {
            table.name: sorted(
                (_plain(row) for row in connection.execute(text(f"SELECT * FROM {table.name}"))), key=repr
            )
            for table in PROJECTED
        }
        told = (reports.stances(connection), reports.statements(connection), reports.history(connection, None))
    named = zip(("stances", "statements", "history"), told, strict=True)
    return tables | {name: [tuple(row.values()) for row in rows] for name, rows in named}


def without_words(dumped: Dump) -> Dump:
    """What nothing that happens to texts later can change."""
    return {
        name: [row[: -ERASABLE[name]] if name in ERASABLE else row for row in rows]
        for name, rows in dumped.items()
        if name not in {"stances", "statements", "history"}
    }


def _plain(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(iso(value) if isinstance(value, datetime) else value for value in row)


@given(history=st.lists(moves, max_size=30), at=st.integers(0, 40))
@settings(max_examples=25)
def test_a_replay_holds_the_rows_that_the_live_tables_held(
    empty: Path,
    history: list[Move],
    at: int,
) -> None:
    with fresh(empty) as engine:
        ledger, dumps = Ledger(engine), dict[int, Dump]()
        for number, size in enumerate(play(Writer(ledger), history)):
            if number == at:
                catch_up(engine, ledger)
                dumps[size] = dump(engine)
        silenced = any(move[0] in {"erase", "hide"} for move in history)
        for size, before in dumps.items():
            with replay.replayed(ledger, size) as past:
                after = dump(past)
            assert without_words(after) == without_words(before)
            assert silenced or after == before


@pytest.fixture
def toll(ledger: Ledger) -> Ledger:
    """The harbour toll of Norland, on each database."""
    harbour_toll(ledger)
    return ledger


def test_every_position_replays_on_both_databases(engine: Engine, ledger: Ledger) -> None:
    writer, dumps = Writer(ledger), dict[int, Dump]()
    writer.actor("ann", "Ann Ember")
    writer.article("a1", day(1))
    writer.statement("s1", "a1", "ann", day(1))
    for stance, method in (("open", "rule"), ("oppose", "person"), ("support", "model")):
        dumps[writer.assess("s1", "toll", stance, method)] = {}
        catch_up(engine, ledger)
        dumps[ledger.size()] = dump(engine)
    for change in (writer.merge, writer.undo):
        change("ann", "bea")
        catch_up(engine, ledger)
        dumps[ledger.size()] = dump(engine)
    dumps[0] = {name: [] for name in dumps[ledger.size()]}
    for size, before in dumps.items():
        with replay.replayed(ledger, size) as past:
            assert dump(past) == before


def test_the_file_is_an_archive_of_that_size_with_the_same_root_and_views(toll: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "then.db"
    replay.write(toll, 20, file)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "then"))] == ["then.db"]
    file.chmod(0o444)
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
        assert names >= set(reports.VIEWS)
        assert connection.execute("SELECT max(position) FROM events").fetchone() == (20,)
        [(quote, text_)] = connection.execute(
            "SELECT s.quote, a.text FROM statements s JOIN articles a USING (article, revision) "
            "WHERE s.statement = 's-1'"
        )
        assert quote in text_
        [(frontier,)] = connection.execute("SELECT frontier FROM log_head")
    leaves = [
        merkle.leaf_hash(row.header)
        for row in _rows(toll.engine, "SELECT header FROM events WHERE position <= 20 ORDER BY position")
    ]
    assert merkle.unpack(frontier) == merkle.extend((), 0, leaves)


def _rows(engine: Engine, query: str) -> Sequence[Any]:
    with reading(engine) as connection:
        return connection.execute(text(query)).all()


def test_nothing_is_overwritten_and_nothing_half_done_is_left(toll: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "then.db"
    file.write_text("mine")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match="there is a file already"):
        replay.write(toll, 3, file)
    assert file.read_text() == "mine"
    with pytest.raises(UsageError, match="the folder does not exist"):
        replay.write(toll, 3, tmp_path / "nowhere" / "then.db")
    with pytest.raises(LogError, match="the log has a gap"):
        replay.write(toll, 999, tmp_path / "beyond.db")
    assert sorted(tmp_path.iterdir()) == before


def test_a_log_that_was_altered_is_not_replayed(sqlite_ledger: Ledger) -> None:
    harbour_toll(sqlite_ledger)
    with writing(sqlite_ledger.engine) as connection:
        connection.execute(text("DROP TRIGGER events_no_update"))
        connection.execute(
            text(
                "UPDATE events SET header = CAST(replace(CAST(header AS TEXT), 'Lind', 'Lund') AS BLOB) "
                "WHERE position = 5"
            )
        )
    with pytest.raises(LogError, match="position 5: the event is not what was recorded"):
        replay.write(sqlite_ledger, 9, Path(str(sqlite_ledger.engine.url.database)).with_name("then.db"))


@pytest.fixture
def sqlite_ledger(sqlite_url: str) -> Iterator[Ledger]:
    engine = connect(sqlite_url)
    upgrade(engine)
    yield Ledger(engine)
    engine.dispose()


def changes(engine: Engine, first: int, **where: Any) -> list[tuple[Any, ...]]:
    catch_up(engine, Ledger(engine))
    with reading(engine) as connection:
        rows = differences(connection, first, **where)
    shown = ("actor", "before", "after", "cause", "valid_from", "valid_to", "position")
    return [tuple(row[name] for name in shown) for row in rows]


def test_a_difference_names_the_event_that_made_it_not_the_words_that_hold_now(engine: Engine, ledger: Ledger) -> None:
    writer = Writer(ledger)
    writer.article("a1", day(1))
    for number, stance in ((1, "support"), (5, "oppose")):
        writer.statement(f"s{number}", "a1", "ann", day(number))
        writer.assess(f"s{number}", "toll", stance)
    first = ledger.size()
    writer.assess("s5", "toll", "open", "person", "person")
    gone = writer.withdraw("s5", "edit")
    assert changes(engine, first) == [("ann", "oppose", "support", "edit", iso(day(5)), None, gone)]
    assert changes(engine, first - 1) == []
    merged = writer.merge("ann", "bea")
    assert changes(engine, gone) == [
        ("ann", "support", None, "person", iso(day(1)), None, merged),
        ("bea", None, "support", "person", iso(day(1)), None, merged),
    ]
    writer.undo("ann", "bea")
    assert changes(engine, gone) == []
    assert changes(engine, 0, as_of=day(2)) == [("ann", None, "support", "statement", iso(day(1)), None, 3)]


@given(history=st.lists(moves, max_size=30), first=st.integers(0, 60), on=st.integers(1, 6))
@settings(max_examples=25)
def test_the_differences_are_those_between_the_two_states(
    empty: Path,
    history: list[Move],
    first: int,
    on: int,
) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        for _ in play(Writer(ledger), history):
            pass
        catch_up(engine, ledger)
        first = min(first, ledger.size())
        with reading(engine) as connection:
            before, after = (
                {
                    (row["actor"], row["topic"]): row["stance"]
                    for row in reports.stances(connection, as_of=day(on), known_at=position)
                }
                for position in (first, ledger.size())
            )
            told = differences(connection, first, as_of=day(on))
        expected = {
            pair: (before.get(pair), after.get(pair))
            for pair in before.keys() | after.keys()
            if before.get(pair) != after.get(pair)
        }
        assert {(row["actor"], row["topic"]): (row["before"], row["after"]) for row in told} == expected
        assert all(first < row["position"] <= ledger.size() for row in told)


def test_the_command_line_replays_what_the_commands_said(tmp_path: Path) -> None:
    wire = Wire(tmp_path)
    archive("poll", folder=tmp_path)
    size = str(answer("status", folder=tmp_path)["log_size"])
    said = {what: answer(what, folder=tmp_path) for what in ("stances", "statements")}
    course = answer("history", "Ada Quill", folder=tmp_path)
    wire.items["3"] = ("Mon, 12 Feb 2024 09:00:00 GMT", FOR)
    wire.publish()
    archive("poll", "wire", folder=tmp_path)
    for what, rows in said.items():
        assert answer("replay", "--known-at", size, "--what", what, folder=tmp_path) == rows
    history = answer("replay", "--known-at", size, "--what", "history", "--actor", "Ada Quill", folder=tmp_path)
    assert history == course
    assert archive("replay", "--known-at", size, "--to", "then.db", folder=tmp_path).returncode == 0
    environment = {"ARCHIVE_DATABASE": "sqlite:///then.db"}
    there = archive("stances", folder=tmp_path, **environment)
    assert json.loads(there.stdout) == said["stances"]
    again = archive("replay", "--known-at", size, "--to", "then.db", folder=tmp_path)
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)
    assert archive("replay", "--diff", size, "0", folder=tmp_path).returncode == 2
    changed = answer("replay", "--diff", "0", size, "--actor", "Ada Quill", folder=tmp_path)
    assert {(row["before"], row["cause"]) for row in changed} == {(None, "statement")}
    assert all(row["quote"] and row["proposition"] for row in changed)
