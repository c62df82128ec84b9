"""A process that forks pollers which may be killed: ``python -m tests.killed feeds.yaml``.

Each line on standard input starts one, whose process number is answered; ``wait`` waits for all that run. Starting a
Python for each would take longer than what is tested.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import archive.polling
from archive import config
from archive.feeds.work import Delivered, ParseJob, do
from archive.model import Feed
from archive.pipeline import open_archive, utc_now
from archive.polling import Poller


class Here:
    """Parses in this process: a killed poller is to be tested, not the start of its workers."""

    async def __aenter__(self) -> Here:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""

    async def parse(self, feed: Feed, body: bytes, headers: Mapping[str, str], url: str, now: datetime) -> Delivered:
        answer = do(ParseJob(feed, headers, url, now, 9.0), body)
        assert isinstance(answer.done, Delivered)
        return answer.done


async def passed(archive: Any) -> None:
    async with Poller(archive) as poller:
        claimed = await poller.claim(archive.config.feeds)
        await asyncio.gather(*(poller.poll(feed, state) for feed, state in claimed))


def poll(file: Path) -> NoReturn:
    opened = open_archive(config.load(file, {}), utc_now())
    asyncio.run(passed(opened))
    opened.close()
    os._exit(0)


def _tell(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> None:
    setattr(archive.polling, "Workers", Here)  # noqa: B010 - a fake, which no type checker need follow
    for line in sys.stdin:
        if line.strip() == "wait":
            while True:
                try:
                    os.wait()
                except ChildProcessError:
                    break
            _tell("done")
            continue
        child = os.fork()
        if child == 0:
            poll(Path(sys.argv[1]))
        _tell(str(child))


if __name__ == "__main__":
    main()
