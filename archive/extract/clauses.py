"""A sentence as chunks: its phrases, and how far what follows a verb reaches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archive.extract.cues import Cue
from archive.extract.english import JOINING
from archive.extract.grammar import VERBS, Chunk
from archive.extract.tokens import Token

SAYING = frozenset({"say", "say_only", "tell"})
"""The classes of cues that say, rather than think or want."""
TELLING = SAYING | {"oppose", "direct", "call", "accuse"}
"""The classes of cues that a second verb of the same subject may be in."""

FARTHEST = 45
"""Chunks looked at on either side of a verb: sentences without an end must not cost more than their length."""


BETWEEN_PEOPLE = frozenset({"of", "like"})
"""Prepositions within the words for somebody: "Quill of Marn", "senators like Quill"."""


class Reach(NamedTuple):
    """Tokens ``first`` to before ``last``."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence as chunks, with the tokens of the document they stand for and the cue each verb group holds.

    ``ends`` has, for each verb group with a cue, the token after the cue's words.
    """

    tokens: Sequence[Token]
    chunks: Sequence[Chunk]
    cues: Sequence[Cue | None]
    ends: Mapping[int, int]
    first: int
    last: int
    subjects: dict[int, Reach | None] = field(default_factory=dict)

    def says(self, i: int) -> bool:
        """Whether chunk ``i`` is a verb group that says."""
        cue = self.cues[i] if 0 <= i < len(self.cues) else None
        return cue is not None and not cue.classes.isdisjoint(SAYING)

    def kind(self, i: int) -> str:
        """The kind of chunk ``i``; "" outside the sentence."""
        return self.chunks[i].kind if 0 <= i < len(self.chunks) else ""

    def word(self, i: int) -> str:
        """The first word of chunk ``i`` in lower case; "" outside the sentence."""
        return self.tokens[self.chunks[i].first].lower if 0 <= i < len(self.chunks) else ""

    def at(self, token: int) -> int:
        """The number of the chunk that holds ``token`` or, after the end, the number of chunks."""
        return bisect_right(self.chunks, token, key=_last)

    def finite(self, i: int) -> bool:
        """Whether chunk ``i`` is a finite verb group."""
        return 0 <= i < len(self.chunks) and self.chunks[i].finite


def _last(chunk: Chunk) -> int:
    return chunk.last


def phrase_start(clause: Clause, i: int) -> int:
    """The first chunk of the noun phrase that ends with chunk ``i``, with prepositional phrases and coordination."""
    while True:
        joint, left = i - 1, i - 2
        if _listed(clause, i):
            i = left
            continue
        if clause.kind(joint) == "CC" and clause.kind(left) == "COMMA" and _listed(clause, joint):
            i = left - 1
            continue
        if clause.kind(left) != "NP":
            return i
        if clause.kind(joint) == "IN" and clause.word(joint) in JOINING:
            if left == 0 or clause.word(joint) == "of" or clause.kind(left - 1) not in {"VG", "RP"}:
                i = left
                continue
            return i
        if clause.kind(joint) == "CC" and clause.kind(left - 1) not in {"VG", "RP"}:
            i = left
            continue
        return i


def _listed(clause: Clause, i: int) -> bool:
    """Whether chunk ``i`` goes on a list of names after a comma: "Ada Quill, Bo Reid and Ted Oster"."""
    opened = clause.kind(i - 3) in {"IN", "VG", "RP"} and clause.word(i - 3) != "with"
    if clause.kind(i - 1) != "COMMA" or clause.kind(i - 2) != "NP" or opened:
        return False
    joined = clause.kind(i) == "CC" or clause.kind(i + 1) == "CC" or clause.kind(i + 1) == "COMMA"
    names = (i - 2,) if clause.kind(i) == "CC" else (i - 2, i)
    return joined and all(clause.tokens[clause.chunks[k].head].tag.startswith("NNP") for k in names)


def phrase_end(clause: Clause, i: int) -> int:
    """The chunk after the noun phrase that begins with chunk ``i``, with prepositional phrases and coordination."""
    end = i + 1
    while True:
        if (clause.kind(end) == "IN" and clause.word(end) in JOINING and clause.kind(end + 1) == "NP") or (
            clause.kind(end) == "CC" and clause.kind(end + 1) == "NP" and not clause.finite(end + 2)
        ):
            end += 2
        else:
            return end


def tense(clause: Clause, i: int) -> str:
    """The tag of the first verb of verb group ``i``."""
    chunk = clause.chunks[i]
    return next((t.tag for t in clause.tokens[chunk.first : chunk.last] if t.tag in VERBS), "")


def main_clause(clause: Clause, k: int) -> bool:
    """Whether a clause of its own begins at chunk ``k``."""
    return clause.kind(k) == "NP" and clause.finite(phrase_end(clause, k))


def named_end(clause: Clause, k: int) -> int:
    """The chunk after those who are named from chunk ``k`` on: several with commas and "and", and whose they are."""
    end = k + 1
    while True:
        if clause.kind(end) == "LRB" and clause.kind(end + 2) == "RRB":
            end += 3
        listed = clause.kind(end) == "CC" or (clause.kind(end) == "COMMA" and names(clause, end + 1))
        if listed and clause.kind(end + 1) == "CC":
            end += 1
        joined = listed or (clause.kind(end) == "IN" and clause.word(end) in BETWEEN_PEOPLE)
        if not joined or clause.kind(end + 1) != "NP" or (listed and clause.finite(end + 2)):
            return end
        end += 2


def members_end(clause: Clause, end: int) -> int:
    """The chunk after those who are named out of a group that ends before chunk ``end``, else ``end``.

    "Several senators, including Ada Quill and Bo Reid"; "captains like Ada Quill".
    """
    k = end + (clause.kind(end) == "COMMA" and clause.word(end + 1) == "including")
    if clause.word(k) not in {"including", "like"} or clause.kind(k + 1) != "NP" or not names(clause, k + 1):
        return end
    return named_end(clause, k + 1)


def names(clause: Clause, k: int) -> bool:
    """Whether chunk ``k`` is a name."""
    return clause.kind(k) == "NP" and clause.tokens[clause.chunks[k].head].tag.startswith("NNP")
