"""Exports hold what the views show, open in the tools they are for, and let a warehouse follow the log."""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive.errors import UsageError
from archive.exports import manifest
from archive.exports.run import export
from archive.exports.source import RELATIONS, records
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import catch_up, named
from archive.views.columns import kind_of
from archive.views.reports import VIEWS
from tests.views.debate import toll_debate
from tests.views.histories import Writer, day
from tests.views.test_reporting_docs import SECTIONS

pytest.importorskip("pyarrow", reason="the extra 'analysis' is not installed")


@pytest.fixture
def writer(engine: Engine, ledger: Ledger) -> Writer:
    writer = toll_debate(ledger)
    catch_up(engine, ledger)
    return writer


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_column_has_the_kind_that_the_page_gives_it() -> None:
    for view in VIEWS:
        kinds = dict(re.findall(r"^\| `(\w+)` \| (\w+) \| .+ \|$", SECTIONS[view], re.MULTILINE))
        assert {column: kind_of(column) for column in kinds} == kinds


def test_every_view_is_exported_but_the_pairs_and_the_log() -> None:
    assert {one.view for one in RELATIONS} == set(VIEWS) - {"common_ground", "log_times"}


def test_json_lines_hold_every_row_and_column_of_every_view(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    done = export(engine, tmp_path / "out", "jsonl", None)
    with reading(engine) as connection:
        for one in done.views:
            rows = lines(tmp_path / "out" / one.files[0])
            result = connection.execute(text(f"SELECT * FROM {one.view}"))
            assert all(list(row) == list(result.keys()) for row in rows)
            assert len(rows) == len(result.all()) == one.rows
    assert done.position == writer.ledger.size()
    (statement,) = [row for row in lines(tmp_path / "out" / "statements.jsonl") if row["statement"] == "s-1"]
    assert (statement["valid_at"], statement["withdrawn"]) == ("2024-03-01T12:00:00.000000Z", False)


def test_a_spreadsheet_runs_nothing_of_what_a_feed_delivered(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    writer.article("a-7", day(20), "=cmd|' /C calc'!A0", '=HYPERLINK("https://evil.example")')
    catch_up(engine, writer.ledger)
    export(engine, tmp_path / "out", "csv", None)
    with (tmp_path / "out" / "articles.csv").open(newline="", encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file) if row["article"] == "a-7"]
    assert row["text"] == "'=cmd|' /C calc'!A0"
    assert row["title"] == '\'=HYPERLINK("https://evil.example")'


def follow(folder: Path, run: manifest.Export, held: dict[str, dict[Any, list[dict[str, Any]]]]) -> None:
    """What a warehouse does with one run."""
    for one in run.views:
        rows = [row for name in one.files for row in lines(folder / name)]
        fresh: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            fresh.setdefault(tuple(row[column] for column in one.key), []).append(row)
        if one.whole:
            held[one.view] = fresh
        else:
            held[one.view] |= fresh


def test_a_warehouse_that_follows_holds_what_a_whole_export_does(
    engine: Engine, writer: Writer, tmp_path: Path
) -> None:
    held: dict[str, dict[Any, list[dict[str, Any]]]] = {}
    folder = tmp_path / "follows"
    follow(folder, export(engine, folder, "jsonl", None), held)
    for number, change in enumerate(_changes(writer)):
        change_at = change
        catch_up(engine, writer.ledger)
        follow(folder, export(engine, folder, "jsonl", manifest.last_position(folder, "jsonl")), held)
        whole: dict[str, dict[Any, list[dict[str, Any]]]] = {}
        other = tmp_path / f"whole-{number}"
        follow(other, export(engine, other, "jsonl", None), whole)
        for view in ("statements", "stance_history", "articles", "current_stance", "actors"):
            assert held[view] == whole[view], (change_at, view)
    assert len(manifest.read(folder)) == number + 2


def _changes(writer: Writer) -> Iterator[str]:
    writer.withdraw("s-5")
    yield "withdrawal"
    writer.assess("s-1", "harbour-toll", "not_now", "person", "person")
    yield "judgement"
    writer.erase(11, "words")
    writer.erase(10, "text")
    yield "erasure"
    writer.actor("person:m-lind", "M. Lind")
    writer.merge("mara-lind", "person:m-lind")
    yield "merge"
    writer.undo("mara-lind", "person:m-lind")
    yield "undone"
    writer.actor("tove-ask", "Tove Maria Ask")
    yield "renamed"
    writer.article("a-8", day(21), "“No,” said Ivo Brandt.")
    writer.statement("s-80", "a-8", "ivo-brandt", day(21), quote="No", start=1)
    yield "new, not assessed"
    writer.assess("s-80", "harbour-toll", "oppose")
    yield "assessed later"


def test_erased_words_get_into_no_file(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    writer.erase(11, "words")
    writer.erase(10, "text")
    catch_up(engine, writer.ledger)
    (out := tmp_path / "out").mkdir()
    for format_ in ("csv", "jsonl", "dna", "jsonld", "graphml"):
        export(engine, out / format_, format_, None)
    export(engine, out / "x.db", "sqlite", None)
    files = [path for path in out.rglob("*") if path.is_file()]
    assert [path for path in files if b"The toll stays" in path.read_bytes()] == []
    assert len(files) > 20


def test_parquet_opens_in_duckdb_and_pandas_with_its_types(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    pandas = pytest.importorskip("pandas")
    export(engine, tmp_path / "out", "parquet", None)
    where = tmp_path / "out" / "statements"
    assert [path.name for path in where.iterdir()] == ["month=2024-03"]
    query = f"SELECT * FROM read_parquet('{where}/*/*.parquet', hive_partitioning = true)"
    types = {row[0]: row[1] for row in duckdb.sql(f"DESCRIBE {query}").fetchall()}
    assert (types["valid_at"], types["position"]) == ("TIMESTAMP WITH TIME ZONE", "BIGINT")
    assert (types["score"], types["withdrawn"], types["said_on"]) == ("DOUBLE", "BOOLEAN", "DATE")
    assert duckdb.sql(f"SELECT count(*) FROM ({query}) WHERE month = '2024-03'").fetchall() == [(9,)]
    frame = pandas.read_parquet(where)
    assert str(frame["valid_at"].dtype) == "datetime64[us, UTC]"
    assert frame["position"].dtype == "int64"
    assert frame.loc[frame["statement"] == "s-1", "valid_at"].item() == pandas.Timestamp("2024-03-01T12:00Z")


def test_parquet_holds_every_value_of_every_view_to_the_letter(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    writer.article("a-7", day(20), 'Two lines,\r\n"quoted"\\N\n\n\\.\n', "")
    writer.article("a-8", day(21), "t", "1 \u2014 \N{SNOWMAN}\t")
    writer.article("a-9", day(21), "NULL", None)
    catch_up(engine, writer.ledger)
    done = export(engine, tmp_path / "out", "parquet", None)
    with reading(engine) as connection:
        for one in done.views:
            query = f"SELECT * FROM {one.view}"
            shown = [json.dumps(row, sort_keys=True) for row in records(connection, query)]
            held = [
                row for name in one.files for row in parquet.ParquetFile(tmp_path / "out" / name).read().to_pylist()
            ]
            assert sorted(json.dumps(row, sort_keys=True, default=_written) for row in held) == sorted(shown), one.view


def _written(value: date) -> str:
    return iso(value) if isinstance(value, datetime) else value.isoformat()


@pytest.mark.parametrize("format_", ["graphml", "gexf"])
def test_networks_open_in_networkx(engine: Engine, writer: Writer, tmp_path: Path, format_: str) -> None:
    networkx = pytest.importorskip("networkx")
    export(engine, tmp_path / "out", format_, None)
    read = networkx.read_graphml if format_ == "graphml" else networkx.read_gexf
    graph = read(tmp_path / "out" / f"actor-topic.{format_}")
    edge = graph.edges["actor:mara-lind", "topic:harbour-toll"]
    assert (edge["stance"], edge["valid_from"]) == ("conditional", "2024-03-08T12:00:00.000000Z")
    assert graph.nodes["actor:mara-lind"]["label"] == "Mara Lind"
    if format_ == "gexf":
        assert edge["start"] == "2024-03-08"
    pairs = read(tmp_path / "out" / f"agreement.{format_}")
    assert pairs.edges["actor:ivo-brandt", "actor:mara-lind"]["similarity"] == 0.75


def test_discourse_network_analyzer_finds_its_columns(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    export(engine, tmp_path / "out", "dna", None)
    with (tmp_path / "out" / "statements.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    with (tmp_path / "out" / "documents.csv").open(newline="", encoding="utf-8") as file:
        documents = {row["id"]: row for row in csv.DictReader(file, delimiter=";")}
    first = next(row for row in rows if row["statement_id"] == "s-1")
    assert (first["person"], first["organization"], first["agreement"]) == ("Mara Lind", "Norland", "0")
    assert (first["concept"], first["time"]) == ("The harbour toll should be abolished", "2024-03-01 12:00:00")
    document = documents[first["document_id"]]
    assert document["text"][int(first["start_position"]) : int(first["stop_position"])] == first["text"]
    assert {row["agreement"] for row in rows} == {"0", "1"}


def test_json_ld_is_read_without_a_network(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    jsonld = pytest.importorskip("pyld").jsonld
    export(engine, tmp_path / "out", "jsonld", None)
    document = json.loads((tmp_path / "out" / "statements.jsonld").read_text("utf-8"))
    expanded = jsonld.expand(document)
    oa = "http://www.w3.org/ns/oa#"
    (first,) = [node for node in expanded if node["@id"] == "urn:statement-archive:statement/s-1"]
    assert f"{oa}Annotation" in first["@type"]
    selectors = first[f"{oa}hasTarget"][0][f"{oa}hasSelector"]
    kinds = {selector["@type"][0]: selector for selector in selectors}
    assert kinds[f"{oa}TextPositionSelector"][f"{oa}start"][0]["@value"] == 1
    assert kinds[f"{oa}TextQuoteSelector"][f"{oa}exact"][0]["@value"] == "The toll stays"
    attributed = first["http://www.w3.org/ns/prov#wasAttributedTo"][0]["@id"]
    assert attributed == "urn:statement-archive:actor/mara-lind"
    assert len(jsonld.to_rdf(document)["@default"]) > 100


def test_the_file_answers_the_fifteen_questions_in_datasette(engine: Engine, writer: Writer, tmp_path: Path) -> None:
    app = pytest.importorskip("datasette.app")
    export(engine, tmp_path / "answers.db", "sqlite", None)
    described = json.loads((tmp_path / "answers.metadata.json").read_text("utf-8"))
    served = app.Datasette([str(tmp_path / "answers.db")], metadata=described)
    given = {
        "topic": "harbour-toll",
        "actor": "mara-lind",
        "day": "2024-03-05T00:00:00.000000Z",
        "since": "2024-03-01T00:00:00.000000Z",
    }

    async def ask() -> dict[str, Any]:
        answers = {}
        for name in named.ORDER:
            response = await served.client.get(f"/answers/{name}.json", params={**given, "_shape": "array"})
            assert response.status_code == 200, response.text
            answers[name] = response.json()
        return answers

    answers = asyncio.run(ask())
    assert len(answers) == 15
    assert [row["actor_name"] for row in answers["stances-now"]] == ["Norland", "Ivo Brandt", "Mara Lind", "Tove Ask"]
    assert [row["other"] for row in answers["agrees-with"]] == ["country:norland", "ivo-brandt", "tove-ask"]
    assert answers["words"][0]["quote"] == "If the ports agree, it can go"


@pytest.mark.parametrize(
    ("format_", "since", "message"),
    [
        ("graphml", 3, "graphml is written whole"),
        ("csv", None, "the folder is not empty"),
        ("csv", 10**9, "not yet to 1000000000"),
        ("sqlite", None, "SQLite is one file"),
    ],
)
def test_what_cannot_be_written_is_told(
    engine: Engine, tmp_path: Path, format_: str, since: int | None, message: str
) -> None:
    (tmp_path / "something").write_text("x")
    with pytest.raises(UsageError, match=message):
        export(engine, tmp_path, format_, since)


def test_following_needs_a_beginning(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing was exported there as csv yet"):
        manifest.last_position(tmp_path, "csv")
