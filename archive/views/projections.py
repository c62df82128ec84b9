"""The projections, and how they follow the log: in batches, each with its cursor in the same transaction.

A projection that meets an event it cannot apply stops there: its cursor says so, and so does every
:func:`catch_up` from then on. It hinders no other, but for those that read its rows; they wait where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlalchemy import Connection, Engine, select, text

from archive.errors import ProjectionError
from archive.ledger.engine import reading, writing
from archive.ledger.events import Event
from archive.ledger.header import Recorded
from archive.ledger.known import WORDS
from archive.ledger.store import Ledger
from archive.views import outlets, registry, reported, stances
from archive.views.rows import Change, Rows, take_stock
from archive.views.tables import projection_cursors

_ENROL = text(
    "INSERT INTO projection_cursors (name, version, position) VALUES (:name, :version, 0) ON CONFLICT (name) DO NOTHING"
)

BATCH = 20_000
"""Events a transaction: more would be hardly faster; this many take some 50 MB."""

Fold: TypeAlias = Callable[[Sequence[Recorded], Rows], list[Change]]

Progress: TypeAlias = Callable[[int, int], None]
"""Told the position reached and the size of the log."""


class SetBackError(ProjectionError):
    """Another process began to derive the same rows anew while this one was at it."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Tables derived from the log by one fold. A new ``version`` makes what an older one derived unusable.

    ``reads`` names projections whose rows the fold reads; it never runs ahead of them.
    """

    name: str
    version: int
    handles: frozenset[type[Event]]
    fold: Fold
    reads: tuple[str, ...] = ()


PROJECTIONS = (
    Projection("registry", 1, registry.HANDLES, registry.fold_registry),
    Projection("articles", 1, reported.ARTICLES, reported.fold_articles),
    Projection("statements", 1, reported.STATEMENTS, reported.fold_statements),
    Projection("stances", 1, stances.HANDLES, stances.fold_stances, reads=("registry", "statements")),
    Projection("outlets", 1, outlets.HANDLES, outlets.fold_outlets, reads=("statements",)),
)
"""In the order in which they read each other."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a projection has come, and where and why it stopped, if it did."""

    name: str
    version: int
    position: int
    failed_at: int | None = None
    error: str | None = None

    def raise_failure(self) -> None:
        """ProjectionError where the projection has stopped."""
        if self.error is not None:
            raise ProjectionError(
                f"the projection {self.name} has stopped: {self.error}",
                where=f"position {self.failed_at}",
                remedy="Nothing is lost. With a version of the program that knows this event, run: archive rebuild",
            )


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of projected tables with its cursors: the live one, or the fresh one of a rebuild."""

    suffix: str = ""
    projections: tuple[Projection, ...] = PROJECTIONS

    def follow(self, engine: Engine, ledger: Ledger, batch: int = BATCH, progress: Progress | None = None) -> None:
        """Apply what is in the log, as far as projections have not stopped."""
        self.enrol(engine)
        while True:
            size = ledger.size()
            with reading(engine) as connection:
                start = self._start(self.cursors(connection), size)
            if start >= size:
                return
            for events in ledger.read_batches(start, size, parts=(WORDS,), batch=batch):
                self._advance_alone(engine, events)
                if progress:
                    progress(events[-1].position, size)
            if not self.suffix and start.bit_length() != size.bit_length():  # twice as large as when it was last done
                with writing(engine) as connection:
                    take_stock(connection)

    def enrol(self, engine: Engine) -> None:
        """Give each projection its cursor, at the beginning of the log, where it has none."""
        with reading(engine) as connection:
            known = self.cursors(connection)
        missing = [
            {"name": one.name + self.suffix, "version": one.version}
            for one in self.projections
            if one.name not in known
        ]
        if missing:
            with writing(engine) as connection:
                connection.execute(_ENROL, missing)

    def cursors(self, connection: Connection, *, lock: bool = False) -> dict[str, Cursor]:
        """The cursors by the projections' names; locked until the end of the transaction, if so wished."""
        names = {projection.name + self.suffix: projection for projection in self.projections}
        query = select(projection_cursors).where(projection_cursors.c.name.in_(names)).order_by("name")
        rows = connection.execute(query.with_for_update() if lock else query)
        found = {names[row.name].name: Cursor(**(dict(row._mapping) | {"name": names[row.name].name})) for row in rows}
        return {name: _checked(cursor, self._named(name)) for name, cursor in found.items()}

    def _advance_alone(self, engine: Engine, events: Sequence[Recorded]) -> None:
        """Apply a batch in a transaction of its own; once more, with care, where an event of it cannot be applied.

        Care takes savepoints, and on SQLite a savepoint makes bulk writes many times slower.
        """
        try:
            with writing(engine) as connection:
                self.advance(connection, events, careful=False)
        except Exception as error:
            if _concerns_database(error) or isinstance(error, SetBackError):
                raise
            with writing(engine) as connection:
                self.advance(connection, events)

    def advance(self, connection: Connection, events: Sequence[Recorded], *, careful: bool = True) -> None:
        """Apply a batch, or what each projection has not applied of it, in this transaction.

        A projection that meets an event it cannot apply stops there; without ``careful`` the error is raised.
        """
        cursors = self.cursors(connection, lock=True)
        for projection in self.projections:
            cursor = cursors.get(projection.name)
            if cursor is not None and (cursor.error is not None or self._waits(projection, cursor, cursors)):
                continue
            if cursor is None or events[0].position > cursor.position + 1:
                raise SetBackError(
                    f"the projection {projection.name} was set back by another process",
                    where=f"position {events[0].position}",
                    remedy="Let one rebuild finish before the next is started",
                )
            limit = min((cursors[name].position for name in projection.reads), default=events[-1].position)
            mine = _between(events, cursor.position, limit)
            if mine:
                apply = self._apply_carefully if careful else self._apply
                cursors[projection.name] = moved = apply(connection, projection, cursor, mine)
                self._store(connection, moved)

    def _waits(self, projection: Projection, cursor: Cursor, cursors: Mapping[str, Cursor]) -> bool:
        """Whether a projection stands where one that it reads has stopped."""
        read = [cursors[name] for name in projection.reads]
        return any(one.error is not None and one.position <= cursor.position for one in read)

    def _named(self, name: str) -> Projection:
        return next(projection for projection in self.projections if projection.name == name)

    def _start(self, cursors: Mapping[str, Cursor], size: int) -> int:
        """The least position from which a projection can still go on; the log's size where none can."""
        return min(
            (
                cursors[one.name].position
                for one in self.projections
                if cursors[one.name].error is None
                and all(
                    cursors[name].error is None or cursors[name].position > cursors[one.name].position
                    for name in one.reads
                )
            ),
            default=size,
        )

    def _apply(
        self, connection: Connection, projection: Projection, cursor: Cursor, events: Sequence[Recorded]
    ) -> Cursor:
        """The cursor after a batch."""
        handled = [one for one in events if type(one.event) in projection.handles]
        if handled:
            rows = Rows(connection, self.suffix, cursor.position)
            rows.write(projection.fold(handled, rows))
        return replace(cursor, position=events[-1].position)

    def _apply_carefully(
        self, connection: Connection, projection: Projection, cursor: Cursor, events: Sequence[Recorded]
    ) -> Cursor:
        """The cursor after a batch, or before the event of it that cannot be applied: found by halving."""
        try:
            with connection.begin_nested():
                return self._apply(connection, projection, cursor, events)
        except Exception as error:
            if _concerns_database(error):
                raise
            if len(events) == 1:
                return replace(cursor, failed_at=events[0].position, error=_line(error))
        middle = len(events) // 2
        cursor = self._apply_carefully(connection, projection, cursor, events[:middle])
        if cursor.error is not None:
            return cursor
        return self._apply_carefully(connection, projection, cursor, events[middle:])

    def _store(self, connection: Connection, cursor: Cursor) -> None:
        connection.execute(
            projection_cursors.update()
            .where(projection_cursors.c.name == cursor.name + self.suffix)
            .values(position=cursor.position, failed_at=cursor.failed_at, error=cursor.error)
        )


LIVE = Generation()
"""The tables that the views read."""


def catch_up(
    engine: Engine, ledger: Ledger, *, batch: int = BATCH, progress: Progress | None = None, live: Generation = LIVE
) -> None:
    """Bring every projection up to the end of the log, in transactions of ``batch`` events.

    Safe to call from several processes at once. ProjectionError, after all others are up to date, where a
    projection has stopped; errors of the database itself pass through.
    """
    live.follow(engine, ledger, batch, progress)
    with reading(engine) as connection:
        for cursor in live.cursors(connection).values():
            cursor.raise_failure()


def _between(events: Sequence[Recorded], after: int, upto: int) -> Sequence[Recorded]:
    """Those of consecutive events with ``after`` < position ≤ ``upto``."""
    first = events[0].position
    return events[max(after + 1 - first, 0) : max(upto + 1 - first, 0)]


def _checked(cursor: Cursor, projection: Projection) -> Cursor:
    """A cursor that another version of the projection left counts as stopped."""
    if cursor.version == projection.version:
        return cursor
    error = f"its rows were derived by version {cursor.version}, this program has version {projection.version}"
    return replace(cursor, failed_at=cursor.position + 1, error=error)


def _concerns_database(error: Exception) -> bool:
    """Whether an error is of the connection, disk or locks rather than of the event at hand (PEP 249's names)."""
    return any(kind.__name__ in {"OperationalError", "InterfaceError"} for kind in type(error).__mro__)


def _line(error: Exception) -> str:
    what = str(error).strip().splitlines()
    return f"{type(error).__name__}: {what[0] if what else 'no message'}"
