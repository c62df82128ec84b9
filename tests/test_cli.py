"""The program as a user runs it: output, exit codes, and one-line errors with the place and the remedy."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.wire import CONFIG, FOR, Wire


def archive(*args: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run ``archive`` in a folder, as from a shell."""
    environment = {**os.environ, "COLUMNS": "160", "PYTHONWARNINGS": "default", **environ}
    command = [sys.executable, "-m", "archive", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, env=environment, check=False)


def answer(*args: str, folder: Path) -> Any:
    """What a command prints as JSON."""
    done = archive(*args, folder=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive that polled the wire, then an article by which its minister changes sides."""
    wire = Wire(tmp_path_factory.mktemp("polled"))
    assert archive("poll", folder=wire.folder).returncode == 0
    wire.items["3"] = ("Mon, 12 Feb 2024 09:00:00 GMT", FOR)
    wire.publish()
    assert archive("poll", "wire", folder=wire.folder).returncode == 0
    return wire.folder


def test_polling_says_what_came_and_a_pass_without_due_feeds_says_nothing(tmp_path: Path) -> None:
    Wire(tmp_path)
    first = answer("poll", folder=tmp_path)
    assert first[0]["feed"] == "wire"
    assert (first[0]["result"], first[0]["new"]) == ("ok", 2)
    assert answer("poll", folder=tmp_path) == []
    assert answer("poll", "wire", folder=tmp_path)[0]["result"] == "not_modified"
    assert answer("poll", "wire", "--force", folder=tmp_path)[0]["same"] == 2


def test_stances_are_as_of_a_time_and_as_known_at_a_position(polled: Path) -> None:
    def quill(*args: str) -> str | None:
        rows = answer("stances", "--actor", "Ada Quill", *args, folder=polled)
        return rows[0]["stance"] if rows else None

    events = answer("sql", "SELECT max(position) AS last FROM articles", folder=polled)
    before_third = str(events[0]["last"] - 1)
    assert quill() == "support"
    assert quill("--as-of", "2024-02-08") == "oppose"
    assert quill("--as-of", "2024-01-01") is None
    assert quill("--known-at", before_third) == "oppose"
    assert quill("--known-at", before_third, "--as-of", "2024-02-20") == "oppose"
    assert answer("replay", "--known-at", before_third, folder=polled)
    changed = answer("replay", "--diff", before_third, str(answer("status", folder=polled)["log_size"]), folder=polled)
    assert [(row["before"], row["after"], row["cause"]) for row in changed] == [("oppose", "support", "statement")]


def test_history_names_the_cause_and_a_persons_judgement_outranks(tmp_path: Path) -> None:
    wire = Wire(tmp_path)
    archive("poll", folder=tmp_path)
    last = answer("history", "Ada Quill", folder=tmp_path)[-1]
    assert last["cause"] == "statement"
    said = archive("assess", last["statement"], "harbour-toll", "not_now", "--by", "R. Voss", folder=tmp_path)
    assert said.returncode == 0, said.stderr
    judged = answer("history", "Ada Quill", folder=tmp_path)[-1]
    assert (judged["stance"], judged["cause"], judged["method"]) == ("not_now", "person", "person")
    gone = archive("withdraw", last["statement"], "--by", "R. Voss", "--reason", "misread", folder=tmp_path)
    assert gone.returncode == 0, gone.stderr
    left = answer("statements", "--actor", "Ada Quill", folder=wire.folder)
    assert last["statement"] not in {row["statement"] for row in left}
    again = archive("assess", last["statement"], "harbour-toll", "open", "--by", "R. Voss", folder=tmp_path)
    assert again.returncode == 2
    assert "was withdrawn" in again.stderr


def test_every_format_says_the_same(polled: Path) -> None:
    rows = answer("statements", "--format", "json", folder=polled)
    lines = archive("statements", "--format", "jsonl", folder=polled).stdout.splitlines()
    table = csv.DictReader(io.StringIO(archive("statements", "--format", "csv", folder=polled).stdout))
    assert [json.loads(line) for line in lines] == rows
    assert [row["statement"] for row in table] == [row["statement"] for row in rows]
    assert "Ada Quill" in archive("statements", "--format", "table", folder=polled).stdout


def test_provenance_leads_to_the_words_in_the_captured_text(polled: Path) -> None:
    texts = {row["article"]: row["text"] for row in answer("sql", "SELECT article, text FROM articles", folder=polled)}
    for row in answer("statements", folder=polled):
        spans = json.loads(row["content_spans"])
        assert row["quote"] == " … ".join(texts[row["article"]][start:end] for start, end in spans)
        assert row["outlet"] == "Norland Wire"


def test_status_is_one_object(polled: Path) -> None:
    told = answer("status", folder=polled)
    assert set(told) == {"log_size", "feeds", "projections", "daemon"}
    assert told["feeds"][0]["feed"] == "wire"
    assert {row["lag"] for row in told["projections"]} == {0}


def test_rebuild_leaves_no_drift_and_the_check_finds_what_was_tampered_with(tmp_path: Path) -> None:
    Wire(tmp_path)
    archive("poll", folder=tmp_path)
    assert archive("rebuild", folder=tmp_path).returncode == 0
    assert archive("rebuild", "--check", folder=tmp_path).returncode == 0
    with closing(sqlite3.connect(tmp_path / "archive.db")) as tampering, tampering:
        tampering.execute("UPDATE stance_rows SET stance = 'open'")
    found = archive("rebuild", "--check", folder=tmp_path)
    assert found.returncode == 1
    assert json.loads(found.stdout)[0]["table"] == "stance_rows"
    assert archive("rebuild", folder=tmp_path).returncode == 0
    assert archive("rebuild", "--check", folder=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM polls",
        "INSERT INTO polls DEFAULT VALUES",
        "UPDATE stance_rows SET stance = 'open'",
        "DROP VIEW statements",
        "PRAGMA query_only = OFF",
        "ATTACH 'other.db' AS other",
        "SELECT 1; DELETE FROM polls",
        "CREATE TABLE mine (x)",
        "SELECT nothing FROM nowhere",
        "",
    ],
)
def test_sql_is_for_reading_only(polled: Path, query: str) -> None:
    refused = archive("sql", query, folder=polled)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: sql: ")
    assert len(refused.stderr.splitlines()) == 1


def test_extract_prints_one_object_a_file_and_needs_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(FOR.encode().replace(b"\n", b"\r\n"))
    (tmp_path / "b.html").write_text(f"<!DOCTYPE html><html><body><article><p>{FOR}</p></article></body></html>")
    done = archive("extract", "--json", "--jobs", "2", "a.txt", "b.html", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    plain, page = map(json.loads, done.stdout.splitlines())
    assert (plain["file"], page["file"]) == ("a.txt", "b.html")
    assert "text" not in plain
    text = (tmp_path / "a.txt").read_bytes().decode()
    for shown, source in ((plain, text), (page, page["text"])):
        assert shown["statements"]
        for statement in shown["statements"]:
            places = [*statement["cue"], *statement["content"], *filter(None, [statement["speaker"]])]
            assert all(source[place["start"] : place["end"]] == place["text"] for place in places)
    assert not (tmp_path / "archive.db").exists()


BAD_CONFIGURATIONS = {
    "an unknown key": ("every: 15m", "evry: 15m", "feeds.yaml:4", "evry"),
    "a bad duration": ("every: 15m", "every: soon", "feeds.yaml:4", "soon"),
    "a topic without terms": (
        'terms: [harbour toll, port charges, "abolish the toll"]',
        "terms: []",
        "feeds.yaml:8",
        "terms",
    ),
    "unreadable YAML": ("topics:", "topics: [", "feeds.yaml:", ""),
    "a duplicate feed": (
        "topics:",
        "  - {id: wire, url: other.xml}\ntopics:",
        "feeds.yaml:5",
        "wire",
    ),
    "a server that is not there": ("sqlite:///archive.db", "postgresql://nobody@127.0.0.1:1/none", "127.0.0.1:1", ""),
    "a database of another make": ("sqlite:///archive.db", "mysql://x/y", "feeds.yaml:2", "mysql"),
}


@pytest.mark.parametrize("case", BAD_CONFIGURATIONS)
@pytest.mark.parametrize("command", [("poll",), ("run",), ("stances",)])
def test_a_bad_configuration_is_one_line_with_place_and_remedy(
    tmp_path: Path, case: str, command: tuple[str, ...]
) -> None:
    good, bad, place, word = BAD_CONFIGURATIONS[case]
    written = CONFIG.format(database="sqlite:///archive.db").replace(good, bad)
    assert bad in written
    (tmp_path / "feeds.yaml").write_text(written)
    done = archive(*command, folder=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert place in done.stderr
    assert word in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("poll", "nosuch"), "There are: wire"),
        (("history", "Ada Quil"), "Did you mean Ada Quill"),
        (("stances", "--as-of", "yesterday"), "2024-03-01"),
        (("stances", "--known-at", "999999"), "archive status"),
        (("stances", "--known-at", "-5"), "no position and no time"),
        (("stances", "--topic", "harbor-tol"), "Did you mean harbour-toll"),
        (("statements", "--topic", "nosuch"), "no topic"),
        (("history", "Ada Quill", "--topic", "nosuch"), "no topic"),
        (("search", "toll", "--topic", "nosuch"), "no topic"),
        (("feeds", "add", "http://ada:secret@wire.example/f"), "http://…@wire.example/f: the URL holds a user name"),
        (("sql", "SELECT '\udcff'"), "an argument is not UTF-8"),
        (("withdraw", "s-none", "--by", "R. Voss", "--reason", "\udcff"), "no statement"),
        (("assess", "s-none", "harbour-toll", "open", "--by", "R. Voss"), "no statement"),
        (("assess", "s-none", "nosuch", "open", "--by", "R. Voss"), "no topic"),
        (("import", "none.txt"), "none.txt"),
        (("replay",), "--known-at"),
        (("nosuch",), "nosuch"),
        (("--config", "none.yaml", "poll"), "none.yaml"),
    ],
)
def test_wrong_usage_is_told_without_a_traceback(polled: Path, args: tuple[str, ...], said: str) -> None:
    done = archive(*args, folder=polled)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_folder_is_told_what_to_do(tmp_path: Path) -> None:
    Wire(tmp_path)
    done = archive("stances", folder=tmp_path)
    assert (done.returncode, "archive init" in done.stderr) == (2, True)
    assert archive("init", folder=tmp_path).returncode == 0
    assert answer("stances", folder=tmp_path) == []


def test_a_feed_that_cannot_be_reached_does_not_spoil_the_pass(tmp_path: Path) -> None:
    wire = Wire(tmp_path)
    broken = "  - {id: gone, url: none.xml}\n  - {id: closed, url: 'http://127.0.0.1:1/feed'}\ntopics:"
    wire.config.write_text(wire.config.read_text().replace("topics:", broken))
    rows = {row["feed"]: row for row in answer("poll", folder=tmp_path)}
    assert rows["wire"]["new"] == 2
    assert {rows["gone"]["result"], rows["closed"]["result"]} == {"failed"}
    assert archive("poll", "gone", folder=tmp_path).returncode == 1
    health = {row["feed"]: row["health"] for row in answer("status", folder=tmp_path)["feeds"]}
    assert health["gone"] == "failing"


def test_a_damaged_database_is_told_with_what_to_do(tmp_path: Path) -> None:
    Wire(tmp_path)
    assert archive("poll", folder=tmp_path).returncode == 0
    file = tmp_path / "archive.db"
    with closing(sqlite3.connect(file)) as other:
        (page,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'actor_rows'").fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as damaged:
        damaged.seek((page - 1) * size)
        damaged.write(b"\xff" * size)
    done = archive("stances", folder=tmp_path)
    assert (done.returncode, "restore a backup" in done.stderr) == (2, True)


def test_no_text_speaks_to_the_terminal(polled: Path) -> None:
    query = "SELECT 'calm' || char(27) || '[2J' || char(8238) || char(155) AS words"
    for format_ in ("table", "markdown"):
        shown = archive("sql", query, "--format", format_, folder=polled).stdout
        assert "calm\\x1b[2J\\u202e\\x9b" in shown
    assert answer("sql", query, folder=polled) == [{"words": "calm\x1b[2J\u202e\x9b"}]
    refused = archive("sql", "SELECT * FROM 'a\x1b[2J'", folder=polled)
    assert "\\x1b[2J" in refused.stderr


def test_data_is_in_utf_8_whatever_the_locale(polled: Path) -> None:
    query = "SELECT 'é’' AS words"
    for format_ in ("json", "csv", "table"):
        done = archive("sql", query, "--format", format_, folder=polled, PYTHONIOENCODING="ascii")
        assert (done.returncode, "é’" in done.stdout) == (0, True)


def test_ctrl_c_ends_a_question_without_a_word_about_the_question(polled: Path) -> None:
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    # What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
    heard = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    hearing = f"import signal; {heard}; from archive.cli import main; main()"
    command = [sys.executable, "-c", hearing, "sql", endless]
    with subprocess.Popen(command, cwd=polled, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asked:
        time.sleep(5)  # it has begun to count by then; were it still starting, it would end the same
        asked.send_signal(signal.SIGINT)
        _, said = asked.communicate(timeout=30)
    assert (asked.returncode, said.strip()) == (130, "")


def test_a_closed_pipe_is_no_error(polled: Path) -> None:
    command = f"{sys.executable} -m archive statements --format jsonl | head -n 1"
    done = subprocess.run(command, shell=True, cwd=polled, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
