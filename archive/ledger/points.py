"""Points in the life of the log, as people name them: a position, a signed checkpoint, a time."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, func, select

from archive.errors import ProofError, UsageError
from archive.ledger import merkle
from archive.ledger.checkpoint import Signed
from archive.ledger.engine import reading
from archive.ledger.schema import events
from archive.ledger.signing import leaves, size_signed_by
from archive.ledger.store import Ledger
from archive.model import iso

Point: TypeAlias = int | datetime | Signed


def position_at(ledger: Ledger, point: Point) -> int:
    """The size the log had at a point.

    At a time it is the size of the largest checkpoint signed by then: what others can hold the archive to. UsageError
    where none was, naming the position by the archive's own clock, and where the log does not reach so far;
    ProofError where the log is not the one that a checkpoint was signed over.
    """
    if isinstance(point, Signed):
        return _size_of(ledger, point)
    if isinstance(point, datetime):
        with reading(ledger.engine) as connection:
            size = size_signed_by(connection, point)
            if size is None:
                raise _unsigned(point, _by_the_clock(connection, point))
        return size
    if point > ledger.size():
        raise UsageError(
            f"the log has {ledger.size()} events, there is no position {point}", remedy="See: archive status"
        )
    return point


def _size_of(ledger: Ledger, signed: Signed) -> int:
    state = signed.checkpoint
    if state.size > ledger.size():
        raise ProofError(
            f"the checkpoint covers {state.size} events, and the log has {ledger.size()}",
            where=state.origin,
            remedy="The log was cut short, or is another one. Run: archive verify --checkpoint FILE",
        )
    found = merkle.root(merkle.extend((), 0, (leaf for leaf, _ in leaves(ledger.engine, 0, state.size))))
    if found != state.root:
        raise ProofError(
            f"the first {state.size} events of the log are not those that were signed",
            where=state.origin,
            remedy="Run: archive verify --checkpoint FILE",
        )
    return state.size


def _by_the_clock(connection: Connection, moment: datetime) -> int:
    query = select(func.coalesce(func.max(events.c.position), 0)).where(events.c.recorded_at <= iso(moment))
    return int(connection.execute(query).scalar_one())


def _unsigned(moment: datetime, position: int) -> UsageError:
    return UsageError(
        f"no checkpoint was signed by {iso(moment)}, so nothing shows what was known then",
        remedy=f"By the archive's own clock, which proves nothing, it is position {position}: ask for that",
    )
