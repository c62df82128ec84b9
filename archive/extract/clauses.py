"""A sentence as chunks: its phrases, and how far what follows a verb reaches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archive.extract.cues import Cue
from archive.extract.english import JOINING, SETTINGS, SUBORDINATE
from archive.extract.grammar import VERBS, Chunk
from archive.extract.tokens import Token

SAYING = frozenset({"say", "say_only", "tell"})
"""The classes of cues that say, rather than think or want."""
TELLING = SAYING | {"oppose", "direct", "call", "accuse"}
"""The classes of cues that a second verb of the same subject may be in."""

FARTHEST = 45
"""Chunks looked at on either side of a verb: sentences without an end must not cost more than their length."""


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
    if clause.kind(i - 1) != "COMMA" or clause.kind(i - 2) != "NP" or clause.kind(i - 3) in {"IN", "VG", "RP"}:
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


def object_end(clause: Clause, i: int) -> int:
    """The chunk after the object that begins with chunk ``i``, with all that modifies it."""
    k = i
    limit = min(len(clause.chunks), i + FARTHEST)
    inner = False
    while k < limit:
        kind = clause.kind(k)
        if kind == "LRB":
            closing = next((j for j in range(k, limit) if clause.kind(j) == "RRB"), None)
            k = closing + 1 if closing is not None else k + 1
            continue
        if kind in {"STOP", "COLON", "RRB", "TIME"} or (kind == "DASH" and k > i):
            break
        if kind == "COMMA" and not _list_goes_on(clause, k):
            break
        if kind == "CC" and clause.kind(k + 1) == "VG" and (clause.finite(k + 1) or _another_cue(clause, k + 1)):
            break
        if kind == "CC" and clause.kind(k + 1) == "NP" and not inner and clause.finite(phrase_end(clause, k + 1)):
            break
        inner = inner or kind in {"THAT", "WH"}
        if kind == "IN" and k > i and _sets_scene(clause, k):
            break
        if kind == "WH" and k > i and clause.word(k) in {"when", "where"}:
            break
        k += 1
    return k


def _another_cue(clause: Clause, k: int) -> bool:
    """Whether a participle that says or judges begins at chunk ``k``, beside the one whose object came before."""
    return clause.chunks[k].form == "ing" and clause.cues[k] is not None


def _sets_scene(clause: Clause, k: int) -> bool:
    """Whether the preposition at chunk ``k`` begins a circumstance of the saying rather than part of the object."""
    if clause.word(k) in SUBORDINATE | {"during", "throughout"} or clause.kind(k + 1) == "TIME":
        return True
    if clause.word(k) not in {"in", "at", "on"} or clause.kind(k + 1) != "NP":
        return False
    return clause.tokens[clause.chunks[k + 1].head].lower in SETTINGS


def _list_goes_on(clause: Clause, k: int) -> bool:
    """Whether the comma at chunk ``k`` stands within a list of noun phrases."""
    if clause.kind(k + 1) != "NP":
        return False
    end = phrase_end(clause, k + 1)
    if any(clause.kind(j) == "CC" for j in range(k + 2, end)) and not clause.finite(end):
        return True
    if clause.kind(end) == "COMMA":
        return clause.kind(end + 1) == "CC" or (clause.kind(end + 1) == "NP" and _list_goes_on(clause, end))
    return False


def clause_end(clause: Clause, i: int, verb: int) -> int:
    """The chunk after the clause that begins with chunk ``i`` and is what verb group ``verb`` says.

    It reaches to the sentence's end, but for a source named after it, another verb of the same subject, or, in a
    relative clause, the comma that ends that.
    """
    relative = clause.kind(verb - 1) == "WH" or (clause.kind(verb - 1) == "RB" and clause.kind(verb - 2) == "WH")
    fronted = _is_fronted(clause, verb)
    brackets = 0
    for k in range(i, len(clause.chunks)):
        kind = clause.kind(k)
        if kind == "STOP" and k >= len(clause.chunks) - 2:
            return k
        if kind in {"LRB", "RRB"}:
            brackets += 1 if kind == "LRB" else -1
            if brackets < 0:
                return k
        if kind == "COMMA" and (relative or _leaves(clause, k, verb) or (fronted and main_clause(clause, k + 1))):
            return k
        if kind == "Q" and k > i + 1 and _circumstance(clause, k + 1):
            return k
        if kind == "CC" and k > i and _same_subject(clause, k + 1, verb):
            return k
    return len(clause.chunks)


def _is_fronted(clause: Clause, verb: int) -> bool:
    """Whether a verb stands in a subordinate clause that the main clause follows ("While he said …, he …")."""
    start = 0
    while clause.kind(start) in {"CC", "RB", "Q"}:
        start += 1
    if clause.kind(start) == "VG" and start <= verb and not clause.finite(start):
        return True
    if clause.kind(start) not in {"IN", "WH"} or clause.word(start) not in SUBORDINATE | {"if"}:
        return False
    return not any(clause.kind(k) == "COMMA" and main_clause(clause, k + 1) for k in range(start, verb))


def _circumstance(clause: Clause, k: int) -> bool:
    """Whether nothing but where and when something was said follows a quotation that ends before chunk ``k``."""
    if clause.kind(k) == "COMMA":
        k += 1
    if clause.kind(k) == "VG" and clause.chunks[k].form == "ing" and clause.kind(k - 1) == "COMMA":
        return True
    if clause.kind(k) == "TIME":
        return True
    if clause.kind(k) != "IN" or clause.word(k) not in {
        "in",
        "during",
        "at",
        "on",
        "after",
        "while",
        "when",
        "as",
        "before",
    }:
        return False
    if (
        clause.word(k) in {"in", "at", "on"}
        and clause.kind(k - 1) != "COMMA"
        and clause.tokens[clause.chunks[k].first - 2].tag != ","
    ):
        return clause.tokens[clause.chunks[min(k + 1, len(clause.chunks) - 1)].head].lower in SETTINGS
    return True


def _leaves(clause: Clause, k: int, verb: int) -> bool:
    """Whether what follows the comma at chunk ``k`` is the reporter's again."""
    if clause.word(k + 1) == "according":
        return True
    nxt = k + 1
    if clause.kind(nxt) == "Q":
        nxt += 1
    if clause.kind(nxt) == "CC":
        nxt += 1
    while clause.kind(nxt) == "RB":
        nxt += 1
    if clause.kind(nxt) == "VG":
        ing = clause.chunks[nxt].form == "ing" and clause.cues[nxt] is not None
        return ing or (clause.kind(k + 1) == "CC" and _same_subject(clause, nxt, verb))
    if clause.kind(nxt) == "NP":
        end = phrase_end(clause, nxt)
        return clause.finite(end) and clause.says(end) and clause.kind(end + 1) in {"", "STOP", "TIME", "IN", "COMMA"}
    return False


def _same_subject(clause: Clause, k: int, verb: int) -> bool:
    """Whether verb group ``k`` tells what the subject of ``verb`` did besides."""
    while clause.kind(k) in {"RB", "Q"}:
        k += 1
    cue = clause.cues[k] if k < len(clause.cues) else None
    if cue is None or cue.classes.isdisjoint(TELLING) or not clause.finite(k) or not clause.finite(verb):
        return False
    return tense(clause, k) == tense(clause, verb) and tense(clause, verb) in {"VBD", "VBZ"}
