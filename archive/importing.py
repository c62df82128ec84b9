"""Articles from files: text, HTML, folders of them, and WARC files.

What is imported goes the same way as what a feed delivers. An import that was interrupted goes on where it stopped, and
one that is run again imports nothing twice: how far each file was read is remembered, and ids and times of capture tell
what is there already. What cannot be used goes into quarantine with its bytes and the reason.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, Table, Text, select

from archive import operations
from archive.errors import ArchiveError, ParseError, UsageError
from archive.feeds import warc
from archive.feeds.article import IMPORTED, from_file
from archive.feeds.dates import read_date
from archive.feeds.revise import Change, fingerprint
from archive.ledger.engine import reading, writing
from archive.ledger.schema import BigInt, Moment, metadata
from archive.model import Article, iso
from archive.pipeline import Archive, Captured, capture_all, latest_of, utc_now

CHUNK = 40
"""Documents a transaction; what an interruption at most costs to read again."""

_KEY = re.compile(r".*#\d+ (\S+) (\S+)", re.DOTALL)
"""How a record of a WARC file is named in quarantine: file and offset, date, address."""

TEXT_SUFFIXES = (".txt", ".text", ".md", ".html", ".htm", ".xhtml")

imports = Table(
    "imports",
    metadata,
    Column("source", Text, primary_key=True),
    Column("signature", Text, nullable=False),
    Column("done_offset", BigInt, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_strict=True,
)
"""How far each file was read: up to and including the record at ``done_offset``. ``signature`` is its size and time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user says of all that is imported."""

    url: str | None = None
    published: datetime | None = None
    outlet: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Document:
    """One document to import; ``key`` names it in messages. ``problem`` says why it cannot be used."""

    key: str
    body: bytes
    captured_at: datetime
    url: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; ``article`` where it holds just one."""

    file: str
    tally: Counter[str]
    article: str | None = None
    error: str | None = None

    def as_row(self) -> dict[str, object]:
        """As a row: ``result`` is the article's where there is one, else ``ok``, ``held_back`` or ``known``."""
        kinds = (*(change.value for change in Change), "held_back", "passed_over")
        single = next((kind for kind in kinds if self.tally[kind]), "known") if self.article or self.error else None
        result = single or ("ok" if any(self.tally[kind] for kind in kinds) else "known")
        counts = {kind: self.tally[kind] for kind in (*kinds, "statements")}
        return {"file": self.file, "article": self.article, "result": result, **counts, "error": self.error}


def sources(paths: Sequence[Path]) -> list[Path]:
    """The files to import: those named, and those of named folders whose suffix tells text, HTML or WARC, in order.

    Links to folders are not followed. UsageError where a path leads nowhere.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            read = (*TEXT_SUFFIXES, *warc.SUFFIXES)
            # A pipe or a device may bear such a name too, and reading it may never end
            found += [file for file in _walk(path) if file.name.lower().endswith(read) and file.is_file()]
        elif path.is_file():
            found.append(path)
        else:
            what = "the file cannot be read: there is none" if not path.exists() else "this is no regular file"
            raise UsageError(what, where=str(path), remedy="Check the path")
    return list(dict.fromkeys(found))


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place) / name for name in sorted(files) if not name.startswith("."))


def import_all(
    archive: Archive,
    files: Sequence[Path],
    given: Given,
    *,
    now: Callable[[], datetime] = utc_now,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[Outcome]:
    """Import files one after another; ``progress`` is told kilobytes read, and of how many."""
    sizes = [_size(file) for file in files]
    total, done = sum(sizes), 0
    for file, size in zip(files, sizes, strict=True):
        before = done

        def told(offset: int, before: int = before) -> None:
            progress((before + offset) // 1024, max(total // 1024, 1))

        yield _Import(archive, file, given, now, told).run()
        done += size
        told(size)


class _Import:
    """One file: its documents in chunks, each chunk in the log before the next is read."""

    def __init__(
        self, archive: Archive, file: Path, given: Given, now: Callable[[], datetime], told: Callable[[int], None]
    ) -> None:
        self._archive, self._file, self._given, self._now, self._told = archive, file, given, now, told
        self._tally: Counter[str] = Counter()
        self._article: str | None = None
        self._error: str | None = None
        self._is_warc = file.name.lower().endswith(warc.SUFFIXES)

    def run(self) -> Outcome:
        try:
            if self._is_warc:
                self._warc()
            else:
                self._store([self._document()])
        except (ParseError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._hold_back(str(self._file), f"the file cannot be read: {reason}", b"")
        return Outcome(str(self._file), self._tally, self._article, self._error)

    def _document(self) -> Document:
        return Document(str(self._file), self._file.read_bytes(), self._now(), self._given.url)

    def _warc(self) -> None:
        """The records after those that were done before, with a mark after each chunk."""
        source, signature = str(self._file.absolute()), _signature(self._file)
        with reading(self._archive.engine) as connection:
            marked = _mark(connection, source, signature)
        start, finished = marked or (-1, False)
        if finished:
            return
        chunk: list[Document] = []
        offset = start
        try:
            for record in warc.records(self._file, max(start, 0)):
                if record.offset <= start:
                    continue
                if len(chunk) >= CHUNK:
                    self._store(chunk)
                    self._remember(source, signature, offset, finished=False)
                    chunk = []
                offset = record.offset
                self._told(offset)
                if record.passed_over:
                    self._tally["passed_over"] += 1
                else:
                    chunk.append(self._from_record(record))
        except ParseError:
            self._store(chunk)  # what came before the place that cannot be read
            raise
        self._store(chunk)
        self._remember(source, signature, offset, finished=True)

    def _from_record(self, record: warc.Record) -> Document:
        date = iso(record.date) if record.date else "-"
        key = f"{self._file}#{record.offset} {date} {record.url}"
        return Document(key, record.body, record.date or self._now(), record.url, record.problem)

    def _store(self, documents: Sequence[Document]) -> None:
        """Capture documents; of one article several may be among them, which are stored one after another."""
        waiting: dict[str, tuple[Document, Article]] = {}
        for document in documents:
            article = self._read(document)
            if article is None:
                continue
            if article.id in waiting:
                self._capture(list(waiting.values()))
                waiting = {}
            waiting[article.id] = (document, article)
        self._capture(list(waiting.values()))

    def _read(self, document: Document) -> Article | None:
        if document.problem:
            self._hold_back(document.key, document.problem, document.body)
            return None
        given = self._given
        try:
            return from_file(
                document.body,
                name=document.key,
                captured_at=document.captured_at,
                url=document.url,
                published=given.published,
                outlet=given.outlet,
                language=given.language,
            )
        except ArchiveError as error:
            self._hold_back(document.key, str(error), document.body)
            return None

    def _capture(self, pairs: Sequence[tuple[Document, Article]]) -> None:
        """Store different articles; a record that is older than what is known of its article is not its edit."""
        known = latest_of(self._archive.ledger, [article.id for _, article in pairs])
        fresh: list[tuple[Document, Article]] = []
        for document, article in pairs:
            one = known.get(article.id)
            if one and self._is_warc and article.captured_at <= one.captured_at:
                if fingerprint(article) in {seen.fingerprint for seen in one.past}:
                    self._count(article, Captured(Change.SAME))
                else:
                    self._hold_back(document.key, "older than the article's latest revision", document.body)
            else:
                fresh.append((document, article))
        done = capture_all(self._archive, [article for _, article in fresh], self._now())
        for (document, article), became in zip(fresh, done, strict=True):
            if isinstance(became, Captured):
                self._count(article, became)
            else:
                self._hold_back(document.key, f"{type(became).__name__}: {became}", document.body)

    def _count(self, article: Article, captured: Captured) -> None:
        self._tally[captured.change.value] += 1
        self._tally["statements"] += captured.statements
        self._article = None if self._is_warc else article.id

    def _hold_back(self, key: str, reason: str, raw: bytes) -> None:
        self._tally["held_back"] += 1
        self._error = reason
        identity = f"q-{hashlib.sha256(b'import' + bytes(1) + key.encode('utf-8', 'replace') + raw).hexdigest()[:20]}"
        with writing(self._archive.engine) as connection:
            operations.hold_back(connection, identity, feed=IMPORTED, key=key, reason=reason, raw=raw, now=self._now())

    def _remember(self, source: str, signature: str, offset: int, *, finished: bool) -> None:
        values = {"signature": signature, "done_offset": offset, "finished": int(finished), "at": iso(self._now())}
        with writing(self._archive.engine) as connection:
            if connection.execute(imports.update().where(imports.c.source == source).values(values)).rowcount == 0:
                connection.execute(imports.insert().values(source=source, **values))


def retry(archive: Archive, now: datetime) -> int:
    """Try again to store what imports left in quarantine; how many could be. What is out of order stays there."""
    with reading(archive.engine) as connection:
        held = [row for row in operations.held_back(connection) if row.feed == IMPORTED and row.raw]
    return sum(_retry(archive, row, now) for row in held)


def _retry(archive: Archive, row: operations.HeldBack, now: datetime) -> bool:
    found = _KEY.fullmatch(row.key or "")
    date, url = (read_date(found[1]), found[2]) if found else (row.first_seen_at, None)
    if date is None or row.reason.startswith(warc.NOT_WHOLE):  # a part of a document would pass for its edit
        return False
    try:
        article = from_file(row.raw, name=row.key or row.id, captured_at=date, url=url)
    except ParseError:
        return False
    known = latest_of(archive.ledger, [article.id]).get(article.id)
    if found and known and article.captured_at <= known.captured_at:
        return False
    (became,) = capture_all(archive, [article], now)
    if isinstance(became, Exception):
        return False
    with writing(archive.engine) as connection:
        operations.let_go(connection, row.id)
    return True


def _mark(connection: Connection, source: str, signature: str) -> tuple[int, bool] | None:
    """How far a file was read, and whether to its end; None where it was not, or is another file by now."""
    query = select(imports.c.done_offset, imports.c.finished)
    row = connection.execute(query.where(imports.c.source == source, imports.c.signature == signature)).one_or_none()
    return (row.done_offset, bool(row.finished)) if row else None


def _signature(file: Path) -> str:
    details = file.stat()
    return f"{details.st_size}:{details.st_mtime_ns}"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
