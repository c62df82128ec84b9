"""How far a clause or an object that is said reaches, as tokens."""

from __future__ import annotations

from archive.extract import clauses
from archive.extract.clauses import Clause, Reach

AHEAD = 14
"""Chunks that an addressee, a place and a time may put between a verb and what it says."""


def of_clause(clause: Clause, k: int, verb: int) -> Reach:
    """The words of the clause that begins with chunk ``k`` and is what verb group ``verb`` says."""
    k = min(k, len(clause.chunks) - 1)
    end = max(clauses.clause_end(clause, k, verb), k + 1)
    return Reach(clause.chunks[k].first, clause.chunks[end - 1].last)


def of_object(clause: Clause, k: int) -> Reach:
    """The words of the object that begins with chunk ``k``."""
    k = min(k, len(clause.chunks) - 1)
    end = max(clauses.object_end(clause, k), k + 1)
    return Reach(clause.chunks[k].first, clause.chunks[end - 1].last)


def that_ahead(clause: Clause, k: int) -> int | None:
    """The "that" of a clause which an addressee, a place or a time keeps apart from its verb."""
    for j in range(k, min(len(clause.chunks), k + AHEAD)):
        kind = clause.kind(j)
        if kind == "THAT" and clause.kind(j + 1) not in {"STOP", "COMMA", "", "VG"}:
            return j
        if kind in {"VG", "STOP", "COLON", "WH", "CC"}:
            return None
    return None
