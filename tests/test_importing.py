"""Imports of files, folders and WARC files: nothing lost, nothing twice, whenever it is interrupted."""

from __future__ import annotations

import gzip
import os
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive import config, importing, operations
from archive.errors import ParseError, UsageError
from archive.feeds.warc import records
from archive.importing import Given, Outcome, import_all, sources
from archive.ledger.engine import reading
from archive.model import Article
from archive.pipeline import Archive, open_archive
from archive.views.projections import catch_up
from tests.wire import AGAINST, FOR, OTHER, Wire

NOW = datetime(2024, 5, 1, tzinfo=UTC)
DAYS = ("2024-02-01T08:00:00Z", "2024-02-02T08:00:00Z", "2024-02-03T08:00:00Z")


@pytest.fixture
def archive(tmp_path: Path, database_url: str) -> Iterator[Archive]:
    opened = open_archive(config.load(Wire(tmp_path, database_url).config, {}), NOW)
    yield opened
    opened.close()


def page(said: str) -> bytes:
    paragraphs = "".join(f"<p>{line}</p>" for line in said.split("\n\n"))
    return f"<!doctype html><title>Toll</title><body><article>{paragraphs}</article></body>".encode()


class Crawl:
    """A WARC file in the making."""

    def __init__(self, *, compressed: bool = True) -> None:
        self._records: list[bytes] = []
        self._compressed = compressed

    def add(self, url: str, body: bytes, date: str = DAYS[0], status: str = "200 OK", kind: str = "text/html") -> Crawl:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return self._write("response", url, head.encode() + body, date)

    def request(self, url: str) -> Crawl:
        return self._write("request", url, b"GET / HTTP/1.1\r\nHost: wire.example\r\n\r\n", DAYS[0])

    def _write(self, kind: str, url: str, block: bytes, date: str) -> Crawl:
        head = (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Date: {date}\r\nContent-Length: {len(block)}\r\n"
            f"Content-Type: application/http; msgtype={kind}\r\n\r\n"
        )
        record = head.encode() + block + b"\r\n\r\n"
        self._records.append(gzip.compress(record) if self._compressed else record)
        return self

    def write(self, path: Path) -> Path:
        path.write_bytes(b"".join(self._records))
        return path


def run(archive: Archive, *paths: Path, **given: str) -> list[Outcome]:
    outcomes = list(import_all(archive, sources(paths), Given(**given), now=lambda: NOW))  # type: ignore[arg-type]
    catch_up(archive.engine, archive.ledger)
    return outcomes


def stored(archive: Archive) -> list[tuple[str | None, int, str]]:
    with reading(archive.engine) as connection:
        rows = connection.execute(text("SELECT url, revision, captured_at FROM article_rows ORDER BY position"))
        return [(row[0], row[1], str(row[2])[:10]) for row in rows]


def quarantined(archive: Archive) -> list[str]:
    with reading(archive.engine) as connection:
        return [one.reason for one in operations.held_back(connection)]


def test_a_folder_is_imported_with_all_below_it_and_again_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    (folder / "deep" / ".hidden").mkdir(parents=True)
    for name, content in {"b.txt": OTHER, "deep/a.md": AGAINST, "x.png": "no", "deep/.hidden/c.txt": FOR}.items():
        (folder / name).write_text(content)
    (folder / "deep" / "page.HTML").write_bytes(page(FOR))
    (folder / "empty.txt").write_text(" \n")
    first = run(archive, folder, folder / "b.txt", outlet="Post")
    told = {Path(one.file).name: one.as_row()["result"] for one in first}
    assert told == {"b.txt": "new", "empty.txt": "held_back", "a.md": "new", "page.HTML": "new"}
    assert sum(one.tally["statements"] for one in first) >= 3
    size = archive.ledger.size()
    assert {one.as_row()["result"] for one in run(archive, folder, outlet="Post")} == {"same", "held_back"}
    assert archive.ledger.size() == size
    assert [reason.partition(": ")[2] for reason in quarantined(archive)] == [
        "the file has no text. Give a file of plain text or HTML"
    ]


def test_a_path_that_leads_nowhere_is_named_before_anything_is_imported(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(OTHER)
    with pytest.raises(UsageError, match=r"none\.txt: the file cannot be read"):
        sources([tmp_path / "a.txt", tmp_path / "none.txt"])


@pytest.mark.parametrize("compressed", [True, False])
def test_a_crawl_keeps_addresses_and_dates_and_a_later_record_is_a_revision(
    archive: Archive, tmp_path: Path, compressed: bool
) -> None:
    crawl = Crawl(compressed=compressed)
    crawl.add("https://wire.example/1", page(AGAINST)).request("https://wire.example/1")
    crawl.add("https://wire.example/gone", page(OTHER), status="404 Not Found")
    crawl.add("https://wire.example/p.png", b"\x89PNG", kind="image/png")
    crawl.add("https://wire.example/2", OTHER.encode("cp1251", "replace"), kind="text/plain; charset=windows-1251")
    crawl.add("https://wire.example/1", page(FOR), DAYS[1])
    path = crawl.write(tmp_path / ("crawl.warc.gz" if compressed else "crawl.warc"))
    (outcome,) = run(archive, path)
    row = outcome.as_row()
    assert (row["result"], row["new"], row["revised"], row["held_back"], row["passed_over"]) == ("ok", 2, 1, 0, 3)
    assert stored(archive) == [
        ("https://wire.example/1", 1, "2024-02-01"),
        ("https://wire.example/2", 1, "2024-02-01"),
        ("https://wire.example/1", 2, "2024-02-02"),
    ]
    size = archive.ledger.size()
    assert [one.as_row()["result"] for one in run(archive, path)] == ["known"]
    assert archive.ledger.size() == size


def test_an_import_goes_on_where_it_was_interrupted_and_nothing_is_twice(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    crawl = Crawl()
    for n in range(7):
        crawl.add(f"https://wire.example/{n % 5}", page(AGAINST if n < 5 else FOR), DAYS[n // 5])
    path = crawl.write(tmp_path / "crawl.warc.gz")
    remember = importing._Import._remember
    for cut in (1, 2):  # dies after the second chunk is in the log, before that is remembered; then once more
        calls = iter(range(99))

        def dies(
            self: importing._Import, *args: object, cut: int = cut, calls: Iterator[int] = calls, **kwargs: object
        ) -> None:
            if next(calls) == cut:
                raise KeyboardInterrupt
            remember(self, *args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(importing._Import, "_remember", dies)
        with pytest.raises(KeyboardInterrupt):
            run(archive, path)
    monkeypatch.setattr(importing._Import, "_remember", remember)
    run(archive, path)
    assert [(url, revision) for url, revision, _ in stored(archive)] == [
        *((f"https://wire.example/{n}", 1) for n in range(5)),
        *((f"https://wire.example/{n}", 2) for n in range(2)),
    ]
    assert quarantined(archive) == []


def test_records_that_cannot_be_used_are_quarantined_and_the_others_stored(archive: Archive, tmp_path: Path) -> None:
    crawl = Crawl().add("https://wire.example/1", page(AGAINST), DAYS[2])
    crawl.add("https://wire.example/1", page(FOR), DAYS[0])
    crawl.add("https://wire.example/2", b"<html><body></body></html>")
    crawl.add("https://wire.example/3", page(OTHER), date="some day")
    crawl.add("https://wire.example/4", page(OTHER))
    (outcome,) = run(archive, crawl.write(tmp_path / "crawl.warc.gz"))
    assert (outcome.tally["new"], outcome.tally["held_back"]) == (2, 3)
    assert sorted(reason.partition(": ")[2] or reason for reason in quarantined(archive)) == [
        "older than the article's latest revision",
        "the file has no text. Give a file of plain text or HTML",
        "the record has no WARC-Date that can be read",
    ]


@pytest.mark.parametrize(("cut", "new"), [(40, 1), (900, 1), (-9, 2)], ids=["head", "body", "end"])
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes_and_the_rest_is_told(
    archive: Archive, tmp_path: Path, cut: int, new: int
) -> None:
    noise = random.Random(1).randbytes(4000).hex()
    whole = Crawl().add("https://wire.example/1", page(AGAINST)).add("https://wire.example/2", page(f"{OTHER} {noise}"))
    path = whole.write(tmp_path / "crawl.warc.gz")
    second = [one.offset for one in records(path)][1]
    path.write_bytes(path.read_bytes()[: second + cut if cut > 0 else cut])
    (outcome,) = run(archive, path)
    assert outcome.tally["new"] == new
    assert outcome.error
    assert "breaks off" in outcome.error
    assert quarantined(archive)


def test_a_part_of_a_document_never_becomes_an_edit_of_the_whole(archive: Archive, tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(4000).hex()
    path = (
        Crawl().add("https://wire.example/1", page(f"{OTHER}\n\n{AGAINST} {noise}")).write(tmp_path / "crawl.warc.gz")
    )
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(path.read_bytes()[:900])
    run(archive, path, cut)
    assert any("the record breaks off" in reason for reason in quarantined(archive))
    assert importing.retry(archive, NOW) == 0
    assert [revision for _, revision, _ in stored(archive)] == [1]


def test_what_the_import_held_back_as_older_stays_there(archive: Archive, tmp_path: Path) -> None:
    for number, said in enumerate((FOR, AGAINST)):
        run(archive, Crawl().add("https://wire.example/1", page(said)).write(tmp_path / f"{number}.warc.gz"))
    assert quarantined(archive) == ["older than the article's latest revision"]
    assert importing.retry(archive, NOW) == 0
    assert [revision for _, revision, _ in stored(archive)] == [1]


def test_a_folder_with_a_pipe_in_it_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(OTHER)
    os.mkfifo(tmp_path / "b.txt")
    assert sources([tmp_path]) == [tmp_path / "a.txt"]


def test_what_could_not_be_stored_can_be_tried_again(archive: Archive, tmp_path: Path) -> None:
    crawl = Crawl().add("https://wire.example/1", page(AGAINST), DAYS[1])
    path = crawl.write(tmp_path / "crawl.warc.gz")

    def refuses(*_: object, **__: object) -> Article:
        raise ParseError("this version cannot read it")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "from_file", refuses)
        run(archive, path)
        assert importing.retry(archive, NOW) == 0
    assert quarantined(archive) == ["this version cannot read it"]
    assert importing.retry(archive, NOW) == 1
    catch_up(archive.engine, archive.ledger)
    assert (quarantined(archive), stored(archive)) == ([], [("https://wire.example/1", 1, "2024-02-02")])


def test_what_is_no_warc_is_told(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(gzip.compress(b"these are notes, no records\n" * 9))
    (outcome,) = run(archive, path)
    assert outcome.error
    assert "cannot be read" in outcome.error
