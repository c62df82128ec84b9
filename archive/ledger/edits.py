"""What an edit does to statements: which new one took the place of which old one, and which lost its footing. Pure.

Nothing is guessed. A statement is *the same* where the same words are said by the same actor in the same manner. One
*replaces* another only where that is plain: the very words are now somebody else's, or the same actor now says
something similar, and each is the nearest to the other. A statement that is neither found again nor replaced has
*vanished* if its words are gone, and is *orphaned* if they still stand in the text but are no longer read as anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from archive.ledger.events import StatementRecorded, Words

SIMILAR = 0.6
"""From which share of common words on (``SequenceMatcher.ratio``) two statements of one actor may be one, reworded."""

MOST_COMPARED = 200
"""Statements of one article that are compared with each other; beyond, all but identical words count as new."""

Sameness: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as an event, with its words."""

    event: StatementRecorded
    words: Words

    @property
    def text(self) -> str:
        """The words of the statement, on one line."""
        return " ".join(" ".join(self.words.content).split())

    @property
    def sameness(self) -> Sameness:
        """What makes statements of two revisions the same: who, how, and the very words."""
        return (self.event.kind, self.event.actor, self.event.speaks_for, self.text)


Likeness: TypeAlias = Callable[[Said, Said], float]
"""How near two statements are; 0 where one cannot be the other's successor."""


def by_sameness(said: Iterable[Said]) -> dict[Sameness, list[Said]]:
    """Statements by what makes them the same, each group in the order of the text."""
    found: dict[Sameness, list[Said]] = {}
    for one in sorted(said, key=lambda one: one.event.content):
        found.setdefault(one.sameness, []).append(one)
    return found


def replaced(gone: Sequence[Said], fresh: Sequence[Said]) -> Mapping[str, str]:
    """Which of the new statements took the place of which of the old: ids, old → new, each at most once."""
    pairs: dict[str, str] = {}
    _pair(pairs, gone, fresh, _same_words)
    if max(len(gone), len(fresh)) <= MOST_COMPARED:
        _pair(pairs, gone, fresh, _similar)
    return pairs


def stands(said: Said, text: str) -> bool:
    """Whether all words of a statement are still in a text, whatever the whitespace."""
    plain = " ".join(text.split())
    return all(" ".join(piece.split()) in plain for piece in said.words.content)


def _pair(pairs: dict[str, str], gone: Sequence[Said], fresh: Sequence[Said], likeness: Likeness) -> None:
    """Add those pairs in which each is the other's single nearest."""
    taken = set(pairs.values())
    old = [one for one in gone if one.event.statement not in pairs]
    new = [one for one in fresh if one.event.statement not in taken]
    scores = [[likeness(was, now) for now in new] for was in old]
    forth = [_nearest(row) for row in scores]
    back = [_nearest([row[b] for row in scores]) for b in range(len(new))]
    for a, b in enumerate(forth):
        if b is not None and back[b] == a:
            pairs[old[a].event.statement] = new[b].event.statement


def _nearest(scores: Sequence[float]) -> int | None:
    """Where the one greatest score is; None where there is none above 0, or a tie."""
    best = max(scores, default=0.0)
    return scores.index(best) if best > 0 and scores.count(best) == 1 else None


def _same_words(was: Said, now: Said) -> float:
    return float(was.text == now.text)


def _similar(was: Said, now: Said) -> float:
    """The share of words in common, where the same known actor says both; 0 below :data:`SIMILAR`."""
    if was.event.actor is None or was.event.actor != now.event.actor:
        return 0.0
    ratio = SequenceMatcher(None, was.text.split(), now.text.split(), autojunk=False).ratio()
    return ratio if ratio >= SIMILAR else 0.0
