"""WARC files (ISO 28500), compressed or not → the text documents in them, one by one.

Whatever is no answer with text (requests, redirects, images, revisits without content) is passed over and counted. A
record that cannot be used, or that breaks off, is a document with a reason; the records after it are read on.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import ParseError
from archive.feeds.dates import read_date

SUFFIXES = (".warc", ".warc.gz")
LARGEST = 16 * 2**20
"""Bytes of a document that are read; a larger one is held back."""

NOT_WHOLE = ("the document is larger than", "the record breaks off")
"""How the problem of a record begins of which only a part is there."""

_PIECE = 2**16
_READABLE = ("text/html", "application/xhtml", "text/plain")
_HOLDING = frozenset({"response", "resource", "conversion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: its place in the file, and the document in it, or why there is none to be had.

    ``passed_over`` is a record that holds no text and is not meant to. ``problem`` says what is wrong with one that is.
    """

    offset: int = 0
    url: str | None = None
    date: datetime | None = None
    body: bytes = b""
    passed_over: bool = False
    problem: str | None = None


def records(path: Path, start: int = 0) -> Iterator[Record]:
    """The records from a byte offset on (0, or one that a record had). ParseError where the file cannot be read on."""
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 - only who reads such files needs it
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415 - as above

    offset = start
    with path.open("rb") as file, contextlib.redirect_stderr(io.StringIO()):  # it complains there of what we report
        file.seek(start)
        iterator = ArchiveIterator(file)
        try:
            for record in iterator:
                found = _record(record)
                offset = iterator.get_record_offset()  # which reads the record to its end
                yield replace(found, offset=offset)
            if path.suffix == ".gz":
                _check_end(file, offset)
        except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error) as error:
            reason = " ".join(str(error).partition(":")[0].split())[:200] or type(error).__name__  # then come raw bytes
            raise ParseError(f"the file cannot be read on from byte {offset}: {reason}", where=str(path)) from error


def _check_end(file: BinaryIO, last: int) -> None:
    """EOFError where the compressed members from the last record on do not end with the file: warcio says nothing."""
    file.seek(last)
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    begun = False
    while data := file.read(_PIECE):
        while data:
            member.decompress(data, _PIECE)
            data = member.unconsumed_tail or member.unused_data
            if member.eof:
                member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                begun = bool(data)
            else:
                begun = True
    if begun:
        raise EOFError("it breaks off")


def _record(record: Any) -> Record:
    headers = record.rec_headers
    url = headers.get_header("WARC-Target-URI")
    raw_date = headers.get_header("WARC-Date")
    date = read_date(raw_date) if raw_date else None
    if record.rec_type not in _HOLDING or not _has_text(record) or not url:
        return Record(passed_over=True)
    try:
        body = record.content_stream().read(LARGEST + 1)
    except Exception as error:  # noqa: BLE001 - of a foreign stream, decoders raise what they like
        return Record(url=url, date=date, problem=f"its content cannot be read: {error}")
    known = Record(url=url.strip("<>"), date=date, body=_in_utf8(body, record))
    return _judged(known, record)


def _judged(known: Record, record: Any) -> Record:
    """A record with what is wrong with it."""
    raw = record.raw_stream
    missing = getattr(raw, "limit", 0)
    problem = None
    if len(known.body) > LARGEST:
        problem = f"{NOT_WHOLE[0]} {LARGEST} bytes"
    elif missing:
        problem = f"{NOT_WHOLE[1]}, {missing} bytes are missing"
    elif known.date is None:
        problem = "the record has no WARC-Date that can be read"
    return replace(known, problem=problem)


def _has_text(record: Any) -> bool:
    """Whether a record is an answer with text: status 200, or no HTTP answer but a document as such."""
    http = record.http_headers
    if record.rec_type == "response" and (http is None or http.get_statuscode() != "200"):
        return False
    kind = http.get_header("Content-Type", "text/html") if http else record.rec_headers.get_header("Content-Type", "")
    return bool(kind.strip().lower().startswith(_READABLE))


def _in_utf8(body: bytes, record: Any) -> bytes:
    """The document in UTF-8, where the HTTP header names another encoding and it is not UTF-8 already."""
    http = record.http_headers
    declared = (http.get_header("Content-Type", "") if http else "").lower().partition("charset=")[2].split(";")[0]
    name = declared.strip("\"' ")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        with contextlib.suppress(LookupError):
            if name and codecs.lookup(name).name not in {"utf-8", "iso8859-1"}:
                return body.decode(name, "replace").encode()
    return body
