"""Files → statements without a database: what ``archive extract`` prints, one file or thousands, on several cores."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from archive import extract
from archive.errors import UsageError
from archive.extract import stance
from archive.feeds.text import decode, looks_like_html, text_from_page
from archive.model import Reading, Topic
from archive.output import statement_json

CHUNK = 8


@dataclass(frozen=True, slots=True)
class FileReading:
    """What was read from one file. ``text`` is what the offsets count in; ``reduced`` where it came out of HTML."""

    path: Path
    sha256: str
    text: str
    reduced: bool
    reading: Reading

    def as_json(self) -> dict[str, Any]:
        """The object that ``archive extract --json`` prints for this file."""
        shown: dict[str, Any] = {"file": str(self.path), "sha256": self.sha256, "extractor": self.reading.extractor}
        if self.reduced:
            shown["text"] = self.text
        return shown | {"statements": [statement_json(self.text, one) for one in self.reading.statements]}


def read_files(paths: Sequence[Path], topics: Sequence[Topic], jobs: int = 1) -> Iterator[FileReading]:
    """Read files in the order given. UsageError, naming the file, where one cannot be read."""
    read = partial(read_file, topics=tuple(topics))
    if jobs <= 1:
        yield from map(read, paths)
        return
    with ProcessPoolExecutor(max_workers=jobs) as workers:
        yield from workers.map(read, paths, chunksize=CHUNK)


def read_file(path: Path, topics: tuple[Topic, ...]) -> FileReading:
    """One file: plain text as it is, HTML reduced to its main text first."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {error.strerror}", where=str(path), remedy="Check the path"
        ) from error
    reduced = looks_like_html(body)
    text = text_from_page(body, str(path)) if reduced else decode(body)
    reading = extract.read(text)
    reading = _assessor(topics).read(text, reading)
    return FileReading(path, hashlib.sha256(body).hexdigest(), text, reduced, reading)


@lru_cache(maxsize=1)
def _assessor(topics: tuple[Topic, ...]) -> stance.Assessor:
    return stance.Assessor(topics)
