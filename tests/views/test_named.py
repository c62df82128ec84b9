"""The fifteen questions have the answers that are checked in, the same on both databases; and how reports are read.

To write the present answers down: ``UPDATE_ANSWERS=1 python -m pytest tests/views/test_named.py -k sqlite``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive.errors import UsageError
from archive.ledger.engine import connect, reading
from archive.ledger.events import Source
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.views import catch_up, named
from archive.views.guarded import ask, parameters_in
from tests.views.debate import toll_debate
from tests.views.histories import Writer, day

ANSWERS = Path(__file__).parent / "answers.json"
NOW = datetime(2024, 3, 15, 12, tzinfo=UTC)
GIVEN = {"topic": "harbour-toll", "actor": "Mara Lind", "day": "2024-03-05", "since": "2024-03-01"}


@pytest.fixture
def example(engine: Engine, ledger: Ledger) -> Engine:
    writer = toll_debate(ledger)
    writer.article("a-90", day(9), "An official told NWA that talks would go on.")
    writer.statement("s-90", "a-90", None, day(9), quote="talks would go on", start=26, via=(Source("NWA", 17, 20),))
    writer.assess("s-90", "harbour-toll", "unclear")
    catch_up(engine, ledger)
    return engine


def answer(engine: Engine, report: named.Named, **given: str) -> list[dict[str, Any]]:
    given = given or {one.name: GIVEN[one.name] for one in report.parameters}
    with reading(engine) as connection:
        values = named.values_for(connection, report, given, NOW)
    return ask(engine, report.query, values).rows


def test_there_are_fifteen_questions_each_with_a_purpose() -> None:
    reports = named.shipped()
    assert tuple(reports) == named.ORDER
    assert len(reports) == 15
    assert all(one.purpose.endswith(".") for one in reports.values())


def test_each_question_is_one_select_on_documented_views() -> None:
    for one in named.shipped().values():
        body = "\n".join(line for line in one.query.splitlines() if not line.startswith("--"))
        assert body.count("SELECT") == 1
        assert "_rows" not in body
        assert set(parameters_in(body)) == {parameter.name for parameter in one.parameters}


def test_the_fifteen_questions_have_their_answers(example: Engine) -> None:
    answers = {}
    for name, one in named.shipped().items():
        answers[name] = [
            {column: bool(value) if column == "counts" else value for column, value in row.items()}
            for row in answer(example, one)
        ]
    if os.environ.get("UPDATE_ANSWERS"):
        ANSWERS.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert answers == json.loads(ANSWERS.read_text("utf-8"))


def test_every_question_finds_something_in_the_example() -> None:
    empty = {name for name, rows in json.loads(ANSWERS.read_text("utf-8")).items() if not rows}
    assert empty == set()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "needs topic: the topic. Add --topic TOPIC"),
        ({"topic": "harbor-tol"}, "there is no topic 'harbor-tol'. Did you mean harbour-toll?"),
        ({"topic": "harbour-toll", "day": "2024-03-05"}, "has no parameter 'day'. It takes topic=TOPIC"),
    ],
)
def test_what_does_not_fit_is_told(example: Engine, given: dict[str, str], message: str) -> None:
    report = named.shipped()["stances-now"]
    with reading(example) as connection, pytest.raises(UsageError) as caught:
        named.values_for(connection, report, given, NOW)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("date", "2024-03-05", "2024-03-05T00:00:00.000000Z"),
        ("date", "2024-03-05T10:00+02:00", "2024-03-05T08:00:00.000000Z"),
        ("date", "7 days ago", "2024-03-08T12:00:00.000000Z"),
        ("integer", "-12", -12),
        ("text", "a'b", "a'b"),
        ("actor", "minister lind", "mara-lind"),
        ("position", "3", 3),
        ("position", "2023-01-01", 0),
    ],
)
def test_values_are_read_by_their_kind(example: Engine, kind: str, written: str, value: object) -> None:
    report = named.parse("mine", f"-- Mine.\n-- :x {kind}  what\nSELECT :x AS x", "here")
    with reading(example) as connection:
        assert named.values_for(connection, report, {"x": written}, NOW) == {"x": value}


@pytest.mark.parametrize(("kind", "written"), [("date", "Tuesday"), ("integer", "1.5"), ("actor", "No One")])
def test_values_that_are_none_of_their_kind_are_refused(example: Engine, kind: str, written: str) -> None:
    report = named.parse("mine", f"-- Mine.\n-- :x {kind}  what\nSELECT :x AS x", "here")
    with reading(example) as connection, pytest.raises(UsageError, match=written.replace(".", r"\.")):
        named.values_for(connection, report, {"x": written}, NOW)


def test_a_folder_of_ones_own_is_read(example: Engine, tmp_path: Path) -> None:
    (tmp_path / "loud.sql").write_text(
        "-- Who is loud.\n-- :least integer = 2  how many\n"
        "SELECT actor_name, count(*) AS n, '100% :sure' AS t FROM statements WHERE actor IS NOT NULL\n"
        "GROUP BY actor_name HAVING count(*) >= :least"
    )
    report = named.own(tmp_path)["loud"]
    with reading(example) as connection:
        values = named.values_for(connection, report, {}, NOW)
    rows = ask(example, report.query, values).rows
    assert {"actor_name": "Mara Lind", "n": 2, "t": "100% :sure"} in rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- Mine.\nSELECT :x", "uses :x without saying of what kind"),
        ("-- Mine.\n-- :x colour\nSELECT :x", "declares a parameter that cannot be read"),
    ],
)
def test_a_report_that_does_not_say_what_it_takes_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.sql").write_text(text)
    with pytest.raises(UsageError, match=message):
        named.own(tmp_path)


def test_a_report_in_other_bytes_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "older.sql").mkdir()
    (tmp_path / "mine.sql").write_bytes(b"-- Mine.\n\nSELECT '\xff'")
    with pytest.raises(UsageError, match=r"mine\.sql:3: the report is not UTF-8"):
        named.own(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere: the folder of reports does not exist"):
        named.own(tmp_path / "nowhere")


def test_an_unknown_report_is_answered_with_near_names() -> None:
    with pytest.raises(UsageError, match=r"Did you mean .*stances-now"):
        named.find(named.shipped(), "stance-now")


def test_the_page_lists_every_question() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reporting.md").read_text("utf-8")
    rows = [
        f"| `{one.name}` | {' '.join(f'`{parameter.shown}`' for parameter in one.parameters)} | {one.purpose} |"
        for one in named.shipped().values()
    ]
    assert [row for row in rows if row not in page] == []


def test_the_shell_of_sqlite_answers_the_fifteen_questions_read_only(sqlite_url: str, tmp_path: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("the shell of SQLite is not installed")
    engine = connect(sqlite_url)
    upgrade(engine)
    toll_debate(Ledger(engine))
    catch_up(engine, Ledger(engine))
    path = str(tmp_path / "archive.db")
    given = {"topic": "harbour-toll", "actor": "mara-lind", "day": "2024-03-05T00:00:00.000000Z", "since": "2024-03-01"}
    parameters = "".join(f""".parameter set :{name} "'{value}'"\n""" for name, value in given.items())
    for name, one in named.shipped().items():
        run = [shell, "-readonly", "-safe", "-bail", path]
        done = subprocess.run(run, input=f"{parameters}{one.query};\n", capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), name
        assert name == "unresolved" or done.stdout.strip(), name
    for refused in ("DELETE FROM polls;", "ATTACH '/etc/passwd' AS x;", "SELECT readfile('/etc/passwd');"):
        run = [shell, "-readonly", "-safe", "-bail", path, refused]
        assert subprocess.run(run, capture_output=True, check=False).returncode != 0, refused
    engine.dispose()


def test_a_judgement_is_shown_with_its_statement_even_where_nobody_could_be_told(
    engine: Engine, ledger: Ledger
) -> None:
    writer = Writer(ledger)
    writer.topic("toll")
    writer.article("a-1", day(1))
    for statement, actor in (("s-1", "ann"), ("s-2", None)):
        writer.statement(statement, "a-1", actor, day(1))
        writer.assess(statement, "toll", "oppose")
    catch_up(engine, ledger)
    rows = ask(engine, "SELECT statement, actor, stance FROM statements WHERE topic = 'toll' ORDER BY position").rows
    assert [(row["statement"], row["stance"]) for row in rows] == [("s-1", "oppose"), ("s-2", "oppose")]


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("SELECT other FROM common_ground WHERE actor = 'ann'", "INDEX ix_stance_rows_held (actor=?)"),
        (
            "SELECT sum(statements) FROM outlet_statements GROUP BY outlet, agency",
            "SCAN o USING COVERING INDEX ix_outlet",
        ),
    ],
)
def test_sqlite_answers_from_one_index(sqlite_url: str, question: str, read: str) -> None:
    engine = connect(sqlite_url)
    upgrade(engine)
    with reading(engine) as connection:
        steps = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {question}"))]
    assert any(read in step for step in steps), steps
