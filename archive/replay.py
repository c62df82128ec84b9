"""What the archive said at an earlier point: its log cut there, and everything derived from it afresh.

Nothing but the log is asked: the events up to the point go into an empty archive, the projections follow them, and
the reports are read from it. So the answer does not rest on what the live tables hold, and every view, also a user's
own SQL, answers as it did then. What was erased or hidden since is shown no more.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event

from archive import copies
from archive.errors import UsageError
from archive.ledger.cut import copy_log
from archive.ledger.engine import connect
from archive.ledger.known import WORDS
from archive.ledger.migrate import upgrade
from archive.ledger.store import Ledger
from archive.ledger.texts import hidden_places
from archive.views.projections import catch_up

Progress = Callable[[int, int], None]


@contextmanager
def replayed(source: Ledger, position: int, progress: Progress | None = None) -> Iterator[Engine]:
    """An archive as this one was when its log had ``position`` events, for the length of the block.

    It has the words of statements, but not the texts of articles, which take long to copy.
    """
    with tempfile.TemporaryDirectory(prefix="archive-replay-") as folder:
        engine = _cut(source, position, Path(folder) / "replay.db", texts=False, progress=progress)
        try:
            yield engine
        finally:
            engine.dispose()


def write(source: Ledger, position: int, file: Path, progress: Progress | None = None) -> None:
    """Write the archive as it was when its log had ``position`` events to a fresh SQLite file, texts and all.

    The file appears complete or not at all. UsageError where there is one already.
    """
    if file.exists():
        raise UsageError("there is a file already", where=str(file), remedy="Name another; nothing is overwritten")
    if not file.parent.is_dir():
        raise UsageError("the folder does not exist", where=str(file.parent), remedy="Create it, or name another")
    folder = tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        partial = Path(folder) / file.name
        engine = _cut(source, position, partial, texts=True, progress=progress)
        copies.link(engine)
        copies.mend(engine)
        with engine.connect() as connection:
            connection.connection.cursor().execute(
                "PRAGMA journal_mode = DELETE"
            )  # one file, for readers without rights
        engine.dispose()
        _settle(partial, file)
    finally:
        shutil.rmtree(folder)


def _settle(partial: Path, file: Path) -> None:
    """Give a finished file its name, unless another has taken it meanwhile."""
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    try:
        file.touch(exist_ok=False)
    except FileExistsError as error:
        raise UsageError("there is a file already", where=str(file), remedy="Name another") from error
    partial.replace(file)


def _cut(source: Ledger, position: int, file: Path, *, texts: bool, progress: Progress | None) -> Engine:
    engine = connect(f"sqlite:///{file}")
    # Until it is finished it is nobody's: what a power cut leaves of it is thrown away
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    upgrade(engine)
    target = Ledger(engine)
    hidden = {(place.position, place.part) for place in hidden_places(source)}
    names = None if texts else (WORDS,)
    copy_log(source, target, position, names=names, without=hidden, progress=progress)
    catch_up(engine, target, progress=progress)
    return engine
