"""What is done in a worker process: hostile bytes are parsed there, and nowhere else.

Run as ``python -m archive.feeds.work`` it answers jobs from its standard input on its standard output. A job is two
frames, MessagePack and the raw bytes it is about, an answer is one; a frame is eight bytes of length and so many more.
It knows no database and no network. It may be killed at any time; by its own alarm it also dies by itself, should
nobody be there to kill it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO, TypeAlias

import msgspec

from archive.errors import ParseError
from archive.feeds.article import from_entry, needs_page
from archive.feeds.parse import ParsedFeed, parse
from archive.feeds.text import text_from_page, title_of
from archive.model import Article, Entry, Feed

LENGTH = struct.Struct(">Q")
ADDRESS_SPACE = 2 * 2**30
"""Bytes of memory a worker may map; what asks for more fails with MemoryError, or dies."""

GROWN = 256 * 2**10
"""Kilobytes a worker may have grown to before another takes its place."""


class ParseJob(msgspec.Struct, frozen=True, tag="parse"):
    """Parse a document, which is the next frame, and make articles of the entries that need no page."""

    feed: Feed
    headers: Mapping[str, str]
    url: str
    now: datetime
    seconds: float


class ArticleJob(msgspec.Struct, frozen=True, tag="article"):
    """Make an article of an entry and its page, which is the next frame; an empty one could not be had."""

    feed: Feed
    entry: Entry
    now: datetime
    outlet: str | None
    seconds: float


class PageJob(msgspec.Struct, frozen=True, tag="page"):
    """Read a page, which is the next frame: its title and main text."""

    url: str
    seconds: float


Job: TypeAlias = ParseJob | ArticleJob | PageJob


class PageText(msgspec.Struct, frozen=True):
    """What a page says; an empty text is none that can be told from the rest."""

    title: str | None
    text: str


class Made(msgspec.Struct, frozen=True):
    """An entry and its article, or what is wrong with it; neither where its page is needed."""

    entry: Entry
    article: Article | None = None
    wrong: str | None = None

    @property
    def waits(self) -> bool:
        """Whether its page is needed."""
        return self.article is None and self.wrong is None


class Delivered(msgspec.Struct, frozen=True):
    """A parsed document, and what was made of its entries, in their order."""

    parsed: ParsedFeed
    made: tuple[Made, ...]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The job's own error, as a ParseError has it."""

    what: str
    where: str | None = None
    remedy: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """What came of a job. ``grown``: another worker is to take the next."""

    done: Delivered | None = None
    article: Article | None = None
    page: PageText | None = None
    failed: Failed | None = None
    grown: bool = False


def do(job: Job, body: bytes) -> Answer:
    """Do a job; what goes wrong with the document is the answer, whatever it is."""
    try:
        match job:
            case ParseJob():
                return Answer(done=_parse(job, body))
            case ArticleJob():
                return Answer(article=_article(job, body))
            case PageJob():
                return Answer(page=PageText(title_of(body), text_from_page(body, job.url)))
    except ParseError as error:
        return Answer(failed=Failed(error.what, error.where, error.remedy))
    except MemoryError:
        return Answer(failed=Failed(f"the document needs more than {ADDRESS_SPACE >> 20} MB to be read"), grown=True)
    except Exception as error:  # noqa: BLE001 - five libraries read foreign bytes here: any of them may raise anything
        return Answer(failed=Failed(f"the document cannot be read: {type(error).__name__}: {error}"))


def _parse(job: ParseJob, body: bytes) -> Delivered:
    parsed = parse(body, job.headers, job.url)
    return Delivered(parsed, tuple(_carried(job, entry, parsed.title) for entry in parsed.entries))


def _carried(job: ParseJob, entry: Entry, title: str | None) -> Made:
    try:
        if needs_page(job.feed, entry):
            return Made(entry)
        return Made(entry, from_entry(job.feed, entry, None, captured_at=job.now, outlet=title))
    except ParseError as error:
        return Made(entry, wrong=error.what)


def _article(job: ArticleJob, page: bytes) -> Article:
    return from_entry(job.feed, job.entry, page or None, captured_at=job.now, outlet=job.outlet)


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None where the stream has ended."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Write a frame and send it off."""
    stream.write(LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def _serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    decoder = msgspec.msgpack.Decoder(Job)
    # The kernel's record begins with that of the process we were started from, which may be large.
    most = max(GROWN, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    while (frame := read_frame(jobs)) is not None:
        body = read_frame(jobs)
        if body is None:
            return
        job = decoder.decode(frame)
        signal.setitimer(signal.ITIMER_REAL, job.seconds + 1)  # the default action of SIGALRM ends the process
        answer = do(job, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > most:
            answer = msgspec.structs.replace(answer, grown=True)
        write_frame(answers, msgspec.msgpack.encode(answer))


def main() -> None:
    """Answer until there are no more jobs. Signals to the group are for the parent, which ends us by end of file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):  # a stricter limit is set already, or the system has none
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    with contextlib.suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
