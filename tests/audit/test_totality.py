"""The audit never raises, whatever the database holds: wrong types, no text at all, endless values, broken pages."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.audit import Verdict
from archive.audit.findings import SHOWN
from archive.ledger.checkpoint import Signed
from tests.audit.forger import Forger, copied_sqlite

ODD_VALUES = {
    "a header that is text": ("UPDATE events SET header = 'text' WHERE position = 60", "row.type"),
    "no header": ("UPDATE events SET header = NULL WHERE position = 60", "row.type"),
    "a version that is text": ("UPDATE events SET version = 'one' WHERE position = 60", "row.type"),
    "a version that is a fraction": ("UPDATE events SET version = 1.0 WHERE position = 60", "row.type"),
    "no position": ("UPDATE events SET position = NULL WHERE position = 60", "row.type"),
    "a position that is text": ("UPDATE events SET position = 'x' WHERE position = 60", "row.type"),
    "a position twice": ("UPDATE events SET position = 59 WHERE position = 60", "position.repeated"),
    "a position below the first": ("UPDATE events SET position = -5 WHERE position = 60", "position.repeated"),
    "a position beyond all": ("UPDATE events SET position = 9223372036854775807 WHERE position = 60", "position.gap"),
    "no leaf hash": ("UPDATE events SET leaf_hash = NULL WHERE position = 60", "row.type"),
    "a stream that is no UTF-8": ("UPDATE events SET stream = CAST(x'ff61' AS TEXT) WHERE position = 60", "row.type"),
    "an id that is a number": ("UPDATE events SET id = 3 WHERE position = 60", "row.type"),
    "no time": ("UPDATE events SET recorded_at = NULL WHERE position = 60", "row.type"),
    "a header of 80 MB": ("UPDATE events SET header = zeroblob(80000000) WHERE position = 60", "row.type"),
    "a header nested without end": (
        "UPDATE events SET header = CAST(printf('%.*c', 30000, '[') AS BLOB) WHERE position = 60",
        "header.unreadable",
    ),
    "a head that is text": ("UPDATE log_head SET size = 'many'", "head.differs"),
    "two heads": ("INSERT INTO log_head SELECT 2, size, frontier, recorded_at FROM log_head", "head.missing"),
    "a part of nowhere": ("INSERT INTO parts VALUES ('x', NULL, 1, 2.5)", "part.unknown"),
    "a part without end": (
        "UPDATE parts SET body = zeroblob(80000000) WHERE position = (SELECT min(position) FROM parts)",
        "part.differs",
    ),
    "a part twice": ("INSERT INTO parts SELECT position, name, salt, x'00' FROM parts LIMIT 1", "part.unknown"),
    "a salt that is text": ("UPDATE parts SET salt = 'salt'", "part.differs"),
    "a checkpoint of odd values": ("UPDATE checkpoints SET size = 'x', note = NULL, key = 7", "checkpoint.unreadable"),
    "a checkpoint signed at no time": ("UPDATE checkpoints SET signed_at = NULL", "checkpoint.unreadable"),
    "a checkpoint before the first event": (
        "INSERT INTO checkpoints SELECT -3, origin, root, key, signed_at, note FROM checkpoints",
        "checkpoint.unreadable",
    ),
    "no table of events": ("DROP TABLE events", "table.unreadable"),
    "no table of heads": ("DROP TABLE log_head", "table.unreadable"),
    "a table of events with other columns": ("DROP TABLE events; CREATE TABLE events (x)", "table.unreadable"),
    "a view for a table": ("DROP TABLE events; CREATE VIEW events AS SELECT * FROM parts", "table.unreadable"),
}


def loosened(forger: Forger, script: str) -> None:
    """Every table of the log without types and rules, then a script."""
    forger.run()
    with sqlite3.connect(str(forger.engine.url.database)) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        for table in ("events", "parts", "log_head", "checkpoints"):
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            connection.executescript(
                f"CREATE TABLE loose ({columns}); INSERT INTO loose SELECT * FROM {table}; DROP TABLE {table};"
                f"ALTER TABLE loose RENAME TO {table}"
            )
        connection.executescript(script)
    connection.close()


@pytest.mark.parametrize("what", ODD_VALUES)
def test_odd_values_are_findings(what: str, forger: Forger) -> None:
    script, code = ODD_VALUES[what]
    loosened(forger, script)
    report = forger.audit()
    assert report.verdict is Verdict.FAIL
    assert code in report.counts


def test_loose_tables_alone_are_no_finding(forger: Forger) -> None:
    loosened(forger, "")
    assert forger.audit().verdict is Verdict.PASS


def test_a_database_whose_pages_are_broken_fails(forger: Forger) -> None:
    forger.run("PRAGMA user_version = 1")
    forger.engine.dispose()
    with sqlite3.connect(str(forger.engine.url.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [page] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").fetchone()
        [size] = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with Path(str(forger.engine.url.database)).open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    report = forger.audit(projections=True)
    assert report.verdict is Verdict.FAIL
    assert "table.unreadable" in report.counts


def test_projections_that_cannot_be_derived_are_a_finding(forger: Forger) -> None:
    forger.run("DROP TABLE stance_rows")
    report = forger.audit(projections=True)
    assert (report.verdict, set(report.counts)) == (Verdict.FAIL, {"projection.stopped"})


@pytest.mark.parametrize(
    "forgery",
    ["UPDATE log_head SET size = 2", "UPDATE projection_cursors SET position = 1000000"],
    ids=["head", "cursor"],
)
def test_projections_that_are_ahead_of_the_log_are_a_finding(forger: Forger, forgery: str) -> None:
    assert forger.audit(projections=True).verdict is Verdict.PASS  # they have followed the log
    forger.run(forgery)
    assert "projection.drift" in forger.audit(projections=True).counts


def test_endless_findings_take_little_room(forger: Forger) -> None:
    forger.run("UPDATE events SET leaf_hash = x'00'")
    report = forger.audit()
    assert report.counts["leaf.differs"] == report.events
    assert sum(one.code == "leaf.differs" for one in report.findings) == SHOWN


VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary(max_size=40)
COLUMNS = {
    "events": ("position", "id", "stream", "version", "type", "recorded_at", "header", "leaf_hash"),
    "parts": ("position", "name", "salt", "body"),
    "log_head": ("size", "frontier", "recorded_at"),
    "checkpoints": ("size", "origin", "root", "key", "signed_at", "note"),
}
PLACES = st.sampled_from([(table, column) for table, columns in COLUMNS.items() for column in columns])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PLACES, st.integers(0, 60), VALUES), min_size=1, max_size=4))
def test_whatever_stands_anywhere_the_audit_ends_with_a_verdict(
    sealed: tuple[Path, Signed],
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[tuple[str, str], int, object]],
) -> None:
    with copied_sqlite(sealed[0], sealed[1], tmp_path_factory.mktemp("copy")) as forger:
        loosened(forger, "")
        with sqlite3.connect(str(forger.engine.url.database)) as connection:
            for (table, column), row, value in changes:
                try:
                    connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ? + 1", (value, row))
                except UnicodeEncodeError:
                    continue  # a lone surrogate: the driver itself does not take it
        connection.close()
        assert forger.audit().verdict in set(Verdict)
