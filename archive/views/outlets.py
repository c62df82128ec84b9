"""How many statements each outlet carried in each month, and from which agency: a tally kept by the projections.

To count a million rows takes seconds; here they are counted as they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from archive.ledger.events import ArticleCaptured, ArticleRevised, Event, StatementRecorded, StatementWithdrawn
from archive.ledger.header import Recorded, decode
from archive.views.rows import Change, Rows, Upsert
from archive.views.tables import outlet_rows

HANDLES: frozenset[type[Event]] = frozenset({ArticleCaptured, ArticleRevised, StatementRecorded, StatementWithdrawn})

Tally: TypeAlias = tuple[str, str, str]
"""An outlet, an agency (both empty where unknown) and a month."""

Revision: TypeAlias = tuple[str, int]
Captured: TypeAlias = tuple[int, str]
"""At which position a revision was captured, and its outlet."""

_CAPTURED = """
SELECT position, header FROM {keys} JOIN events ON stream = k0 AND position <= {position}
WHERE substr(type, 1, 16) = 'article.captured' OR substr(type, 1, 15) = 'article.revised'
"""

_COUNTED = """
SELECT statement, article, revision, via, {moment:valid_at}, position
FROM {keys} JOIN {statement_rows} ON statement = k0
WHERE position <= {position} AND NOT EXISTS (
  SELECT 1 FROM {withdrawal_rows} w WHERE w.statement = k0 AND w.position <= {position})
"""


class _Counted(msgspec.Struct, frozen=True):
    article: str
    revision: int
    agency: str
    month: str
    position: int


def fold_outlets(batch: Sequence[Recorded], rows: Rows) -> list[Change]:
    """The tallies that a batch changes: one more for a statement, one less where it is withdrawn for the first time."""
    known = _known(batch, rows)
    recorded = {one.event.statement for one in batch if isinstance(one.event, StatementRecorded)}
    again = _recorded_before(recorded, rows)
    captured = _captured(batch, known.values(), rows)
    changes: Counter[Tally] = Counter()
    for one in batch:
        event = one.event
        if isinstance(event, StatementRecorded) and event.statement not in again:
            again.add(event.statement)
            known[event.statement] = counted = _Counted(
                event.article, event.revision, event.via[0].name if event.via else "", event.valid_at[:7], one.position
            )
            changes[_tally(counted, captured)] += 1
        elif isinstance(event, StatementWithdrawn) and (gone := known.pop(event.statement, None)):
            changes[_tally(gone, captured)] -= 1
    return [Upsert(outlet_rows, ("statements",), _summed(changes, rows))]


def _tally(one: _Counted, captured: Mapping[Revision, Captured]) -> Tally:
    """Where a statement counts: what was captured after it was recorded tells nothing of it."""
    position, outlet = captured.get((one.article, one.revision), (one.position, ""))
    return outlet if position < one.position else "", one.agency, one.month


def _known(batch: Sequence[Recorded], rows: Rows) -> dict[str, _Counted]:
    """The statements that this batch withdraws and an earlier one recorded."""
    keys = sorted({(one.event.statement,) for one in batch if isinstance(one.event, StatementWithdrawn)})
    return {
        statement: _Counted(article, revision, _agency(via), valid_at[:7], position)
        for statement, article, revision, via, valid_at, position in rows.fetch(_COUNTED, keys)
    }


def _agency(via: str) -> str:
    sources = msgspec.json.decode(via)
    return str(sources[0]["name"]) if sources else ""


def _recorded_before(statements: Iterable[str], rows: Rows) -> set[str]:
    query = "SELECT statement FROM {keys} JOIN {statement_rows} ON statement = k0 WHERE position <= {position}"
    return {statement for (statement,) in rows.fetch(query, [(statement,) for statement in sorted(statements)])}


def _captured(batch: Sequence[Recorded], known: Iterable[_Counted], rows: Rows) -> dict[Revision, Captured]:
    """Who published each revision: from the log as it was before the batch, and from the batch."""
    here = [one for one in batch if isinstance(one.event, ArticleCaptured)]
    in_batch = {(e.article, e.revision) for one in here if isinstance(e := one.event, ArticleCaptured)}
    wanted = {(one.article, one.revision) for one in known}
    wanted |= {(e.article, e.revision) for one in batch if isinstance(e := one.event, StatementRecorded)}
    missing = sorted({(f"article:{article}",) for article, _ in wanted - in_batch})
    before = [decode(position, header) for position, header in rows.fetch(_CAPTURED, missing)]
    found: dict[Revision, Captured] = {}
    for one in sorted([*before, *here], key=lambda one: one.position):
        if isinstance(event := one.event, ArticleCaptured):
            found.setdefault((event.article, event.revision), (one.position, event.outlet or ""))
    return found


def _summed(changes: Mapping[Tally, int], rows: Rows) -> list[tuple[str, str, str, int]]:
    query = """
    SELECT outlet, agency, month, statements FROM {keys}
    JOIN {outlet_rows} ON outlet = k0 AND agency = k1 AND month = k2
    """
    before = {(outlet, agency, month): count for outlet, agency, month, count in rows.fetch(query, sorted(changes))}
    return [(*tally, before.get(tally, 0) + change) for tally, change in sorted(changes.items())]
