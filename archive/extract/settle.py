"""From the candidates that may pass to attributions: one a cue, nested ones only if sure, quotations gone on with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from archive.extract import gate
from archive.extract.page import Candidate


class Passed(NamedTuple):
    """A candidate that passed, its log odds, and the candidate it is nested in, by number in the same list."""

    candidate: Candidate
    weight: float
    parent: int | None


def settle(weighed: Iterable[tuple[float, Candidate]]) -> list[Passed]:
    """The candidates that pass, outer ones before what is nested in them."""
    limit = _log_odds(gate.THRESHOLD)
    hopeful = sorted(((w, c) for w, c in weighed if w >= limit), key=lambda pair: (-_size(pair[1]), -pair[0]))
    inside: dict[int, int] = {}
    taken: set[tuple[int, int]] = set()
    passed: list[Passed] = []
    for weight, candidate in hopeful:
        at = _place(candidate)
        parent = inside.get(at)
        if parent is not None:
            weight += gate.NESTED
        if weight < limit or (candidate.cue and candidate.cue[0] in taken):
            continue
        taken.update(candidate.cue)
        for reach in candidate.content:
            for token in range(reach.first, reach.last):
                inside.setdefault(token, len(passed))
        passed.append(Passed(candidate, weight, parent))
    return passed


def _place(candidate: Candidate) -> int:
    return candidate.cue[0].first if candidate.cue else candidate.content[0].first


def _size(candidate: Candidate) -> int:
    return sum(last - first for first, last in candidate.content)


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))
