"""A few worker processes that hostile bytes are parsed in, each of which can be killed.

A document that takes longer than its deadline, or more memory than a worker may have, costs the worker its life and
its feed this turn, and nobody else anything: the next job gets a new worker. Workers are started when first
needed and live as long as the pool, so a pass over many feeds pays for their start once.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

import archive
from archive.errors import ParseError
from archive.feeds.work import (
    Answer,
    ArticleJob,
    Delivered,
    Job,
    PageJob,
    PageText,
    ParseJob,
    read_frame,
    write_frame,
)
from archive.model import Article, Entry, Feed

AT_ONCE = 2
SECONDS = 20.0
"""How long one document may take, far more than the largest takes."""

REPORT = "Its bytes are kept; report them with the feed's address"

_ROOT = str(Path(archive.__file__).parent.parent)


class WorkerDiedError(ParseError):
    """A document killed its worker, or had to be ended with it; ``where`` is its URL."""


class _Worker:
    """One process and its pipes, used by one thread at a time."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "archive.feeds.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )

    def ask(self, request: bytes, body: bytes) -> bytes | None:
        """The answer; None where the process dies over it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            for frame in (request, body):
                write_frame(self._process.stdin, frame)  # type: ignore[arg-type] # a buffered writer, as Popen makes it
            return read_frame(self._process.stdout)  # type: ignore[arg-type] # the same
        except (BrokenPipeError, ValueError):
            return None

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()

    def close(self) -> int:
        """Let the process end, and gather it; its exit code."""
        with self._process as process:
            process.kill()
        return process.returncode


class Workers:
    """The pool; an async context manager. :meth:`parse` and :meth:`article` are what it can do."""

    def __init__(self, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        """Start nothing yet."""
        self.seconds = seconds
        self._idle: list[_Worker] = []
        self._turn = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="worker")
        self._answers = msgspec.msgpack.Decoder(Answer)

    async def __aenter__(self) -> Self:
        """Nothing is opened before it is needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all workers."""
        while self._idle:
            self._idle.pop().close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def parse(self, feed: Feed, body: bytes, headers: Mapping[str, str], url: str, now: datetime) -> Delivered:
        """A document's entries, with the articles of those that need no page. ParseError where it is no feed."""
        kind = headers.get("content-type", "").encode("utf-8", "replace").decode()
        job = ParseJob(feed, {"content-type": kind} if kind else {}, url, now, self.seconds)
        answer = await self._do(job, body, url)
        assert answer.done is not None
        return answer.done

    async def article(self, feed: Feed, entry: Entry, page: bytes | None, now: datetime, outlet: str | None) -> Article:
        """The article of an entry and its page. ParseError where there is no text."""
        job = ArticleJob(feed, entry, now, outlet, self.seconds)
        answer = await self._do(job, page or b"", entry.link or entry.key)
        assert answer.article is not None
        return answer.article

    async def page(self, url: str, body: bytes) -> PageText:
        """The title and main text of a page. ParseError where it defeats every reader."""
        answer = await self._do(PageJob(url, self.seconds), body, url)
        assert answer.page is not None
        return answer.page

    async def _do(self, job: Job, body: bytes, where: str) -> Answer:
        request = msgspec.msgpack.encode(job)
        async with self._turn:
            answer = await self._answer(request, body, where)
        if answer.failed:
            failed = answer.failed
            raise ParseError(failed.what, where=failed.where or where, remedy=failed.remedy or REPORT)
        return answer

    async def _answer(self, request: bytes, body: bytes, where: str) -> Answer:
        worker = self._idle.pop() if self._idle else await asyncio.to_thread(_Worker)
        asking = asyncio.get_running_loop().run_in_executor(self._threads, worker.ask, request, body)
        healthy = False
        try:
            done, _ = await asyncio.wait([asking], timeout=self.seconds)
            reply = asking.result() if done else None
            if reply is None:
                raise _died(worker, in_time=bool(done), seconds=self.seconds, where=where)
            answer = self._answers.decode(reply)
            healthy = not answer.grown
            return answer
        finally:
            if healthy:
                self._idle.append(worker)
            else:
                worker.kill()  # frees the thread that may still wait for it
                await asyncio.wait([asking])
                worker.close()


def _died(worker: _Worker, *, in_time: bool, seconds: float, where: str) -> WorkerDiedError:
    if not in_time:
        return WorkerDiedError(f"the document was not read within {seconds:g} s", where=where, remedy=REPORT)
    return WorkerDiedError(f"the document kills its reader (exit {worker.close()})", where=where, remedy=REPORT)
