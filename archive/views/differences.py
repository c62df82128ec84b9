"""What the archive told differently at two positions of its log: each stretch of a course, with what changed it.

Read from the rows of the later position. The cause of a change is that of the event which last changed the label
there, not of the words the label rests on now: where a withdrawal brings an older stance back, it is the withdrawal's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, text

from archive.ledger.events import ActorMerged
from archive.ledger.header import Recorded
from archive.ledger.store import read_events
from archive.model import Cause, iso
from archive.views.reports import Report

Row: TypeAlias = Mapping[str, Any]

_CHANGED = """
SELECT h.actor, h.actor_name, h.topic, t.proposition, h.stance, h.valid_from, h.valid_to, h.known_from, h.known_to,
  h.assessment, h.statement, h.quote
FROM stance_history h
LEFT JOIN topics t ON t.topic = h.topic
WHERE (h.known_to IS NULL OR h.known_to > :first) AND EXISTS (
  SELECT 1 FROM stance_rows c
  WHERE c.actor = h.actor AND c.topic = h.topic AND (c.known_from > :first OR c.known_to > :first))
  {where}
ORDER BY h.actor, h.topic, h.known_from
"""


class _Change(NamedTuple):
    """One stretch of valid time whose label changed: the rows before and after, and the event that did it."""

    valid_from: str
    valid_to: str | None
    was: Row | None
    is_now: Row | None
    position: int

    @property
    def what(self) -> tuple[object, ...]:
        """What adjacent stretches have in common that are one change."""
        told = [row and (row["stance"], row["statement"]) for row in (self.was, self.is_now)]
        return self.position, *told


def differences(
    connection: Connection,
    first: int,
    *,
    topic: str | None = None,
    actor: str | None = None,
    as_of: datetime | None = None,
) -> Report:
    """Every stance that is told otherwise now than at an earlier log position, with cause and words.

    A row a stretch of valid time [``valid_from``, ``valid_to``); with ``as_of`` only those that hold that time.
    ``position`` is the event that made the change, ``cause`` and ``by`` are its.
    """
    given = {name: value for name, value in (("topic", topic), ("actor", actor)) if value is not None}
    query = text(_CHANGED.format(where=" ".join(f"AND h.{name} = :{name}" for name in given)))
    rows = [_plain(row._asdict()) for row in connection.execute(query, {"first": first, **given})]
    moment = iso(as_of) if as_of else None
    return [
        _told(change, _cause(connection, change, first))
        for _, course in groupby(rows, key=lambda row: (row["actor"], row["topic"]))
        for change in _joined(_changes(list(course), first))
        if moment is None or (change.valid_from <= moment and (change.valid_to is None or change.valid_to > moment))
    ]


def _changes(course: Sequence[Row], first: int) -> Iterator[_Change]:
    """The stretches of one course whose label at the end differs from that at ``first``, in order."""
    ends = {end for row in course for end in (row["valid_from"], row["valid_to"]) if end is not None}
    starts = sorted(ends)
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        told = [r for r in course if r["valid_from"] <= start and (r["valid_to"] is None or r["valid_to"] > start)]
        was = next((row for row in told if row["known_from"] <= first), None)
        is_now = next((row for row in told if row["known_to"] is None), None)
        if _label(was) != _label(is_now):
            yield _Change(start, end, was, is_now, _last_change(told, first, _label(was)))


def _last_change(told: Sequence[Row], first: int, label: str | None) -> int:
    """The position at which the label last changed, from ``label`` at ``first`` on."""
    changed = first
    known: int | None = first
    for row in told:
        if known is not None and known < row["known_from"] and label is not None:
            label, changed = None, known  # between two rows nothing was told
        if row["stance"] != label:
            label, changed = row["stance"], row["known_from"]
        known = row["known_to"]
    return changed if known is None else known


def _joined(changes: Iterable[_Change]) -> Iterator[_Change]:
    """Adjacent stretches with the same change as one."""
    last: _Change | None = None
    for change in changes:
        if last and last.valid_to == change.valid_from and last.what == change.what:
            last = last._replace(valid_to=change.valid_to)
            continue
        if last:
            yield last
        last = change
    if last:
        yield last


def _cause(connection: Connection, change: _Change, first: int) -> Recorded:
    """The event that made a change.

    Where actors were merged or parted last, and what is told now was judged after ``first``, it is that judgement:
    those decisions only say whose it is.
    """
    [recorded] = read_events(connection, change.position - 1, change.position)
    judged = change.is_now["assessment"] if change.is_now else first
    if judged > first and isinstance(recorded.event, ActorMerged):
        [recorded] = read_events(connection, judged - 1, judged)
    return recorded


def _told(change: _Change, recorded: Recorded) -> dict[str, Any]:
    row = change.is_now or change.was or {}
    was = change.was or {}
    return {
        "actor": row["actor"],
        "actor_name": row["actor_name"],
        "topic": row["topic"],
        "before": _label(change.was),
        "after": _label(change.is_now),
        "cause": str(getattr(recorded.event, "cause", Cause.PERSON)),
        "valid_from": change.valid_from,
        "valid_to": change.valid_to,
        "quote": row["quote"],
        "statement": row["statement"],
        "from_quote": was.get("quote"),
        "from_statement": was.get("statement"),
        "proposition": row["proposition"],
        "by": getattr(recorded.event, "by", None),
        "event": type(recorded.event).type,
        "recorded_at": recorded.at,
        "position": recorded.position,
    }


def _label(row: Row | None) -> str | None:
    return row["stance"] if row else None


def _plain(row: Row) -> Row:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}
