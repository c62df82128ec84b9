"""Within one sentence: where a verb's subject stands, and how far what follows a verb reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archive.extract.cues import Cue
from archive.extract.grammar import NOUNS, VERBS, Chunk
from archive.extract.tokens import Token

SAYING = frozenset({"say", "say_only", "tell"})

TELLING = SAYING | {"oppose", "direct", "call", "accuse"}

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

    def at(self, token: int, start: int = 0) -> int:
        """The number of the chunk that holds ``token`` or, at the end, the number of chunks; search begins at ``start``."""
        i = start
        while i < len(self.chunks) and self.chunks[i].last <= token:
            i += 1
        return i

    def finite(self, i: int) -> bool:
        """Whether chunk ``i`` is a finite verb group."""
        return 0 <= i < len(self.chunks) and self.chunks[i].finite


JOINING = frozenset(
    ["of", "for", "from", "in", "at", "with", "on", "to", "by", "about", "against", "under", "within", "behind", "over", "between", "near", "and", "or", "&", "'s"]
)
SUBORDINATE = frozenset(["because", "although", "though", "while", "whereas", "if", "unless", "when", "after", "before", "once", "so"])
RELATIVE = frozenset({"who", "which", "that", "whom", "whose"})


def phrase_start(clause: Clause, i: int) -> int:
    """The first chunk of the noun phrase, prepositional phrases and coordination included, that ends with chunk ``i``."""
    while True:
        joint, left = i - 1, i - 2
        if clause.kind(left) not in {"NP", "TIME"} or clause.kind(left) == "TIME":
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


def phrase_end(clause: Clause, i: int) -> int:
    """The chunk after the noun phrase that begins with chunk ``i``: prepositional phrases and names in commas included."""
    end = i + 1
    while True:
        if (clause.kind(end) == "IN" and clause.word(end) in JOINING and clause.kind(end + 1) == "NP") or (clause.kind(end) == "CC" and clause.kind(end + 1) == "NP" and not clause.finite(end + 2)):
            end += 2
        else:
            return end


def subject(clause: Clause, verb: int) -> Reach | None:
    """The words that name who does what verb group ``verb`` says, as far as they stand before it."""
    if verb not in clause.subjects:
        clause.subjects[verb] = _subject(clause, verb)
    return clause.subjects[verb]


def _subject(clause: Clause, verb: int) -> Reach | None:
    i = verb - 1
    while clause.kind(i) in {"RB", "Q", "TIME", "RP"}:
        if clause.kind(i) == "Q" and _ends_speech(clause, i):
            return None
        i -= 2 if clause.kind(i) == "TIME" and clause.kind(i - 1) == "IN" else 1
    if clause.word(i) in {"particular", "general", "turn", "response"} and clause.word(i - 1) == "in":
        i -= 2
    found = _skip_aside(clause, i)
    if found is None:
        return _shared(clause, verb, i - 1) if clause.kind(i) == "COMMA" and clause.says(verb) else None
    i, inner = found
    kind = clause.kind(i)
    if kind == "NP":
        start = _over_participle(clause, phrase_start(clause, i))
        last = clause.chunks[inner].last if inner > i else clause.chunks[i].last
        return Reach(clause.chunks[start].first, last)
    if kind == "VG" and (start := _over_participle(clause, i + 1)) <= i:
        return Reach(clause.chunks[start].first, clause.chunks[inner].last)
    if kind in {"WH", "THAT"} and clause.word(i) in RELATIVE:
        return Reach(clause.chunks[i].first, clause.chunks[i].last)
    if kind == "CC":
        return _shared(clause, verb, i - 1)
    return None


def _over_participle(clause: Clause, start: int) -> int:
    """The first chunk of a noun phrase, with what a participle says of it ("voters going to the polls")."""
    k = start - 1
    if clause.kind(k) == "IN":
        k -= 1
    if clause.kind(k) != "VG" or clause.kind(k - 1) != "NP" or clause.chunks[k].last - clause.chunks[k].first > 1:
        return start
    tag = clause.tokens[clause.chunks[k].head].tag
    if tag in {"VBN", "VBG"} or (tag == "VBD" and clause.tokens[clause.chunks[k].head].lower.endswith("ed")):
        before = phrase_start(clause, k - 1)
        return before if clause.kind(before - 1) not in {"VG", "IN", "THAT", "WH"} else start
    return start


def _ends_speech(clause: Clause, i: int) -> bool:
    """Whether the quotation mark at chunk ``i`` closes more than a name: before it comes a comma or a clause."""
    if clause.kind(i - 1) not in {"COMMA", "STOP"}:
        return False
    for k in range(i - 1, max(-1, i - FARTHEST), -1):
        if clause.finite(k):
            return True
        if clause.kind(k) == "Q":
            return False
    return True


def _skip_aside(clause: Clause, i: int) -> tuple[int, int] | None:
    """Over what stands between commas, dashes or brackets before a verb: the chunk before it and its last chunk."""
    closing = clause.kind(i)
    if closing not in {"COMMA", "DASH", "RRB"}:
        return i, i
    opening = {"COMMA": "COMMA", "DASH": "DASH", "RRB": "LRB"}[closing]
    k = i - 1
    lowest = max(0, i - FARTHEST)
    best: int | None = None
    while k > lowest:
        if clause.kind(k) == opening and clause.kind(k - 1) == "NP":
            if _is_aside(clause, k + 1, i):
                best = k
                if clause.kind(k + 1) == "WH" or opening != "COMMA":
                    break
            elif best is not None:
                break
        elif clause.kind(k) in {"STOP", "COLON"} and closing != "RRB":
            break
        k -= 1
    return (best - 1, i) if best is not None else None


def _is_aside(clause: Clause, start: int, end: int) -> bool:
    """Whether the chunks from ``start`` to before ``end`` can stand beside a name: a description, an age, a relative clause."""
    if clause.kind(start) == "WH" or (clause.kind(start) == "IN" and clause.kind(start + 1) == "WH"):
        return True
    if any(clause.finite(k) and clause.kind(k - 1) not in {"WH", "THAT"} for k in range(start, end)):
        return False
    return clause.kind(start) in {"NP", "VG", "IN", "JJ", "RB", "TIME", "X", "CC"} and start < end


def _shared(clause: Clause, verb: int, i: int) -> Reach | None:
    """The subject of an earlier finite verb, up to chunk ``i``, which the verb group ``verb`` shares with it.

    A verb that says goes with an earlier one that says, in the same tense, over what was said in between.
    """
    nearest = main = None
    for k in range(i, max(-1, i - FARTHEST), -1):
        if clause.kind(k) == "COLON":
            break
        if clause.finite(k):
            if clause.cues[verb] is not None and clause.says(k) and tense(clause, k) == tense(clause, verb):
                return subject(clause, k)
            nearest = k if nearest is None else nearest
            if main is None and not _is_subordinate(clause, k) and tense(clause, k) == tense(clause, verb):
                main = k
    k = main if main is not None and clause.says(verb) else nearest
    return subject(clause, k) if k is not None else None


def _is_subordinate(clause: Clause, k: int) -> bool:
    """Whether a conjunction or relative pronoun introduces the clause of verb group ``k``."""
    found = subject(clause, k)
    if found is None:
        return True
    before = clause.at(found.first) - 1
    return clause.kind(before) in {"WH", "THAT", "IN"} or clause.tokens[found.first].tag in {"WP", "WDT"}


def tense(clause: Clause, i: int) -> str:
    """The tag of the first verb of verb group ``i``."""
    chunk = clause.chunks[i]
    return next((t.tag for t in clause.tokens[chunk.first : chunk.last] if t.tag in VERBS), "")


def main_subject(clause: Clause, verb: int) -> Reach | None:
    """Whose doing a participle or infinitive at ``verb`` is: the subject of a finite verb near it, first to the left."""
    before = [k for k in range(verb - 1, max(-1, verb - FARTHEST), -1) if clause.finite(k)]
    if clause.says(verb):
        before.sort(key=lambda k: not clause.says(k))
    beside = clause.kind(verb - 1) == "COMMA"
    for k in before:
        found = subject(clause, k)
        if found and not (beside and clause.tokens[found.first].tag in {"WP", "WDT", "IN"}):
            return found
    return _fronted_subject(clause, verb) if not before else None


def _fronted_subject(clause: Clause, verb: int) -> Reach | None:
    """The subject of the main clause that follows a participle phrase and its comma."""
    for k in range(verb + 1, min(len(clause.chunks), verb + FARTHEST)):
        if clause.kind(k) == "COMMA" and _main_clause(clause, k + 1):
            return subject(clause, phrase_end(clause, k + 1))
    return None


def inverted(clause: Clause, i: int) -> tuple[Reach, int] | None:
    """The subject that stands after its verb, from chunk ``i``, with what describes it; and the chunk after it."""
    if clause.kind(i) != "NP":
        return None
    end = phrase_end(clause, i)
    if clause.finite(end):
        return None
    stop = end
    while clause.kind(stop) == "COMMA" and clause.kind(stop + 1) in {"NP", "WH"} and stop - i < FARTHEST:
        after = _aside_end(clause, stop + 1)
        if after is None:
            break
        stop = after
    return Reach(clause.chunks[i].first, clause.chunks[stop - 1].last), stop


def _aside_end(clause: Clause, i: int) -> int | None:
    """The chunk after a description that begins with chunk ``i`` and reaches to a comma or the sentence's end."""
    relative = clause.kind(i) == "WH"
    for k in range(i, min(len(clause.chunks), i + FARTHEST)):
        if clause.kind(k) in {"COMMA", "STOP", "COLON", "Q"}:
            return k
        if clause.finite(k) and not relative and clause.kind(k - 1) not in {"WH", "THAT"}:
            return None
    return len(clause.chunks) if i < len(clause.chunks) else None


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
        if kind == "CC" and clause.kind(k + 1) == "VG" and clause.chunks[k + 1].finite:
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
        if kind == "COMMA" and (relative or _leaves(clause, k, verb) or (fronted and _main_clause(clause, k + 1))):
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
    return not any(clause.kind(k) == "COMMA" and _main_clause(clause, k + 1) for k in range(start, verb))


def _main_clause(clause: Clause, k: int) -> bool:
    """Whether a clause of its own begins at chunk ``k``."""
    return clause.kind(k) == "NP" and clause.finite(phrase_end(clause, k))


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


SETTINGS = frozenset(
    ["interview", "statement", "speech", "tweet", "letter", "email", "post", "rally", "conference", "appearance", "address", "remarks", "debate", "event", "briefing", "program", "show", "memo", "message", "release", "town", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
)


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


def is_nominal(clause: Clause, reach: Reach) -> bool:
    """Whether a common or proper noun is among the words."""
    return any(clause.tokens[k].tag in NOUNS for k in range(reach.first, reach.last))
