"""Erased means gone: from rows, pages and files. Hidden means gone until shown again. Structure and proofs stay."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive import erasure, replay
from archive.errors import DatabaseError, UsageError
from archive.ledger.engine import reading, writing
from archive.ledger.events import PartErased
from archive.ledger.purge import purge
from archive.ledger.store import Ledger
from archive.ledger.texts import Place, hidden_places
from archive.model import Span
from archive.operations import Document, hold_back, keep_body
from archive.views import catch_up, rebuild, reports
from tests.test_cli import answer, archive
from tests.views.example import harbour_toll
from tests.views.histories import START, Writer, day
from tests.wire import Wire

WORDS_OF_S2 = "The toll must go"
TABLES = ("parts", "statement_rows")


@pytest.fixture
def toll(engine: Engine, ledger: Ledger) -> Ledger:
    harbour_toll(ledger)
    catch_up(engine, ledger)
    return ledger


def ask(engine: Engine, query: str) -> Sequence[Any]:
    with reading(engine) as connection:
        return connection.execute(text(query)).all()


def erase(ledger: Ledger, what: str) -> erasure.Found:
    found = erasure.find(ledger, what)
    erasure.erase(ledger, found.places, found.words, reason="request", authority="Ada Quill", by=None, now=START)
    catch_up(ledger.engine, ledger)
    return found


def test_a_statement_is_found_in_its_words_its_article_and_its_title(toll: Ledger) -> None:
    article, statement = (
        ask(toll.engine, f"SELECT position FROM {view} WHERE article = 'a-2' ORDER BY position")[0][0]
        for view in ("articles", "statements")
    )
    found = erasure.find(toll, "s-2")
    assert found.places == (Place(article, "text"), Place(statement, "words"))
    assert found.words == (WORDS_OF_S2,)
    assert found.elsewhere == ()


def test_an_erased_statement_keeps_its_place_and_its_stance(toll: Ledger) -> None:
    engine = toll.engine
    before = ask(engine, "SELECT actor, stance, valid_from, known_from, cause FROM stance_history ORDER BY 1, 3, 4")
    head, frontier = toll.head().size, ask(engine, "SELECT leaf_hash FROM events ORDER BY position")
    found = erase(toll, "s-2")
    assert toll.head().size == head + len(found.places)
    assert ask(engine, "SELECT leaf_hash FROM events ORDER BY position")[:head] == frontier
    assert (
        ask(engine, "SELECT actor, stance, valid_from, known_from, cause FROM stance_history ORDER BY 1, 3, 4")
        == before
    )
    assert ask(engine, "SELECT quote, cue, speaker, content_spans FROM statements WHERE statement = 's-2'") == [
        (None, None, None, "[[1,17]]")
    ]
    assert ask(engine, "SELECT text, title FROM articles WHERE article = 'a-2'") == [(None, "Veyland asks")]
    events = [one.event for one in toll.read(head)]
    assert {(event.position, event.part) for event in events if isinstance(event, PartErased)} == {
        (place.position, place.part) for place in found.places
    }
    assert rebuild(engine, toll, check=True) == []
    assert erase(toll, "s-2").places == found.places
    assert toll.size() == head + len(found.places)


def test_words_are_found_where_others_quote_them_and_overlap(toll: Ledger) -> None:
    writer = Writer(toll, toll.versions(["article:a-2"]), {}, {"a-2": 1})
    copy = writer.article("wire-copy", day(2), "It was said that “The toll must go”.", None)
    inner = writer.statement("s-2b", "a-2", "ivo-brandt", day(4), quote="toll", start=5)
    catch_up(toll.engine, toll)
    found = erasure.find(toll, "s-2")
    assert Place(inner, "words") in found.places
    assert found.elsewhere == (Place(copy, "text"),)


def test_quotation_marks_and_line_breaks_do_not_hide_a_text(toll: Ledger) -> None:
    writer = Writer(toll)
    quote = 'He said "never" —\nand left for \\ good'
    writer.article("a-91", day(2), f"Norland. {quote}. More.", None)
    first = writer.statement("s-91", "a-91", "ivo-brandt", day(2), quote=quote, start=9)
    writer.article("a-92", day(2), "Other.", None)
    second = writer.statement("s-92", "a-92", "ivo-brandt", day(2), quote=quote, start=0)
    catch_up(toll.engine, toll)
    found = erasure.find(toll, "s-91")
    assert Place(first, "words") in found.places
    assert found.elsewhere == (Place(second, "words"),)


def test_short_fragments_beside_long_ones_are_not_hunted(toll: Ledger) -> None:
    assert erasure._distinctive(["yes", "we shall never pay it"]) == ("we shall never pay it",)
    assert erasure._distinctive(["yes"]) == ("yes",)


def test_an_article_goes_with_all_that_was_read_from_it(toll: Ledger) -> None:
    erase(toll, "a-3@1")
    assert ask(toll.engine, "SELECT revision, text IS NULL FROM articles WHERE article = 'a-3' ORDER BY 1") == [
        (1, True),
        (2, False),
    ]
    assert {row[0] for row in ask(toll.engine, "SELECT quote FROM statements WHERE article = 'a-3'")} == {None}
    erase(toll, "a-3")
    assert {row[0] for row in ask(toll.engine, "SELECT title FROM articles WHERE article = 'a-3'")} == {None}


@pytest.mark.parametrize("what", ["s-99", "a-1@7", "999/words", "1/words", "nonsense/9", ""])
def test_what_does_not_exist_is_not_erased(toll: Ledger, what: str) -> None:
    size = toll.size()
    with pytest.raises(UsageError, match="there is no"):
        erasure.find(toll, what)
    assert toll.size() == size


def test_hidden_texts_are_shown_nowhere_and_come_back(toll: Ledger, tmp_path: Path) -> None:
    engine = toll.engine
    views = ("statements", "articles", "stance_history", "current_stance")

    def shown() -> list[Sequence[Any]]:
        columns = ("*", "article, revision, title, author, text", "*", "*")
        return [
            ask(engine, f"SELECT {c} FROM {view} ORDER BY 1, 2, 3, 4, 5")
            for c, view in zip(columns, views, strict=True)
        ]

    before = shown()
    position = toll.size()
    places = erasure.find(toll, "s-2").places
    erasure.hide(toll, places, reason="complaint", by="Editor", now=START)
    catch_up(engine, toll)
    assert WORDS_OF_S2 not in repr(shown())
    assert rebuild(engine, toll, check=True) == []
    with replay.replayed(toll, position) as past, reading(past) as connection:
        assert WORDS_OF_S2 not in repr(reports.statements(connection))
    replay.write(toll, position, tmp_path / "then.db")
    assert WORDS_OF_S2.encode() not in (tmp_path / "then.db").read_bytes()
    assert hidden_places(toll) == set(places)
    with pytest.raises(UsageError, match="nothing is left"):
        erasure.hide(toll, places, reason="complaint", by="Editor", now=START)
    erasure.unhide(toll, places, reason="dismissed", by="Editor", now=START)
    catch_up(engine, toll)
    assert shown() == before
    assert rebuild(engine, toll, check=True) == []
    with pytest.raises(UsageError, match="nothing is left"):
        erasure.unhide(toll, places, reason="dismissed", by="Editor", now=START)


def test_what_was_hidden_can_be_erased_and_then_not_be_shown(toll: Ledger) -> None:
    places = erasure.find(toll, "s-2").places
    erasure.hide(toll, places, reason="complaint", by="Editor", now=START)
    erase(toll, "s-2")
    with pytest.raises(UsageError, match="nothing is left"):
        erasure.unhide(toll, places, reason="dismissed", by="Editor", now=START)
    assert rebuild(toll.engine, toll, check=True) == []


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("archive.db*")))


def test_no_byte_of_it_is_left_in_the_files_of_sqlite(tmp_path: Path) -> None:
    Wire(tmp_path)
    assert archive("poll", folder=tmp_path).returncode == 0
    rows = [
        row for row in answer("statements", "--actor", "Ada Quill", folder=tmp_path) if len(row["quote"].split()) > 3
    ]
    quote, statement = rows[0]["quote"], rows[0]["statement"]
    stances = [(row["actor"], row["stance"]) for row in answer("stances", folder=tmp_path)]
    assert quote.encode() in files(tmp_path)
    done = archive("erase", statement, "--reason", "request", "--authority", "Ada Quill", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {row["name"] for row in json.loads(done.stdout)} >= {"words", "text"}
    assert quote.encode() not in files(tmp_path)
    assert [(row["actor"], row["stance"]) for row in answer("stances", folder=tmp_path)] == stances
    empty = archive("erase", statement, "--reason", " ", "--authority", "x", folder=tmp_path)
    assert (empty.returncode, len(empty.stderr.splitlines())) == (2, 1)


def test_the_same_words_elsewhere_ask_for_a_decision(tmp_path: Path) -> None:
    Wire(tmp_path)
    archive("poll", folder=tmp_path)
    row = next(r for r in answer("statements", "--actor", "Ada Quill", folder=tmp_path) if len(r["quote"].split()) > 3)
    (tmp_path / "copy.txt").write_text(f"Another paper. “{row['quote']}” Ada Quill said on Monday in Norland.")
    assert archive("import", "copy.txt", folder=tmp_path).returncode == 0
    command = ["erase", row["statement"], "--reason", "request", "--authority", "Ada Quill"]
    asked = archive(*command, folder=tmp_path)
    assert (asked.returncode, len(asked.stderr.splitlines())) == (2, 1)
    assert "--everywhere" in asked.stderr
    listed = json.loads(archive(*command, "--dry-run", folder=tmp_path).stdout)
    assert {one["where"] for one in listed} == {"here", "elsewhere"}
    assert row["quote"].encode() in files(tmp_path)
    assert archive(*command, "--everywhere", folder=tmp_path).returncode == 0
    assert row["quote"].encode() not in files(tmp_path)


def test_no_byte_of_it_is_left_in_the_tables_of_postgresql(toll: Ledger) -> None:
    engine = toll.engine
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite is tested as a whole file")
    rebuild(engine, toll)  # which lets the planner take samples of the words
    erase(toll, "s-2")
    purge(engine, TABLES)
    with reading(engine) as connection:
        for table in TABLES:
            query = text(
                "SELECT count(*) FROM generate_series(0, pg_relation_size(:table) / 8192 - 1) page "
                "WHERE position(:needle IN pg_read_binary_file(pg_relation_filepath(:table), page * 8192, 8192)) > 0"
            )
            found = connection.execute(query, {"table": table, "needle": WORDS_OF_S2.encode()}).scalar_one()
            assert found == 0, table
        samples = (
            "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = current_schema()"
        )
        assert WORDS_OF_S2 not in repr(connection.execute(text(samples)).all())


def test_an_open_reader_is_named_as_what_is_in_the_way(toll: Ledger) -> None:
    if toll.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(toll.engine.url.database), isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM events").fetchone()
            erase(toll, "s-2")
            with pytest.raises(DatabaseError, match=r"still in use.*run the same command again"):
                purge(toll.engine, TABLES, patience=0.5)
    else:
        with reading(toll.engine) as connection:
            connection.execute(text("SELECT count(*) FROM events"))
            erase(toll, "s-2")
            with pytest.raises(DatabaseError, match=r"still in use.*run the same command again"):
                purge(toll.engine, TABLES, patience=0.5)


def test_a_writer_is_in_the_way_too_for_who_begins_to_read_meanwhile(toll: Ledger) -> None:
    if toll.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with toll.engine.connect() as writer:
        writer.execute(text("SELECT pg_current_xact_id()"))
        erase(toll, "s-2")
        with pytest.raises(DatabaseError, match=r"still in use.*run the same command again"):
            purge(toll.engine, TABLES, patience=0.5)
        writer.rollback()
    purge(toll.engine, TABLES)


def test_raw_documents_that_hold_the_words_go_whatever_their_markup(toll: Ledger) -> None:
    feed = "<description>&lt;p&gt;“The &lt;b&gt;toll&lt;/b&gt; stays”, said Mara&amp;nbsp;Lind.&lt;/p&gt;</description>"
    with writing(toll.engine) as connection:
        keep_body(connection, Document.of(feed.encode()), "wire", START)
        keep_body(connection, Document.of(b"<p>The toll goes</p>"), "wire", START)
        raw = b"<![CDATA[<p>The toll\nstays</p>]]>"
        hold_back(connection, "q1", feed="wire", key=None, reason="none", raw=raw, now=START)
        hold_back(connection, "q2", feed="wire", key=None, reason="none", raw=b"\xff\x00", now=START)
    erase(toll, "s-1")
    assert ask(toll.engine, "SELECT size FROM bodies") == [(20,)]
    assert ask(toll.engine, "SELECT id FROM quarantine") == [("q2",)]


def test_spans_touch_only_where_they_share_text() -> None:
    assert erasure._touch([Span(0, 5)], [Span(4, 9)])
    assert not erasure._touch([Span(0, 5)], [Span(5, 9)])
