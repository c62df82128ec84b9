"""Who does what a verb says: the words of a verb's subject, wherever they stand in its sentence."""

from __future__ import annotations

from archive.extract.clauses import FARTHEST, Clause, Reach, main_clause, phrase_end, phrase_start, tense
from archive.extract.english import RELATIVE_PRONOUNS

OPENERS = frozenset({"IN", "CC", "RB", "Q", "WH"})
"""What may stand before the participle that a sentence begins with ("And after saying …, he left")."""

FLOATING = frozenset({"all", "both", "each"})
"""Words that may stand between a subject and its verb ("the senators all voted")."""


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
    if clause.kind(i) == "NP" and clause.word(i) in FLOATING and clause.kind(i - 1) in {"NP", "DASH", "RRB"}:
        i -= clause.chunks[i].last - clause.chunks[i].first == 1
    found = _skip_aside(clause, i)
    if found is None and clause.kind(i) == "COMMA" and clause.kind(i - 1) == "RRB":  # "Odo Pell (Sund), said"
        i -= 1
        found = _skip_aside(clause, i)
    if found is not None and clause.kind(found[0]) == "RRB":  # "Odo Pell (Sund), the chairman, said"
        bracket = _skip_aside(clause, found[0])
        found = (bracket[0], found[1]) if bracket is not None else None
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
    if kind in {"WH", "THAT"} and clause.word(i) in RELATIVE_PRONOUNS:
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
        if clause.kind(k) == opening and clause.kind(k - 1) in {"NP", "RRB"}:
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
    """Whether the chunks from ``start`` to before ``end`` can stand beside a name, describing it."""
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
    chosen = main if main is not None and clause.says(verb) else nearest
    return subject(clause, chosen) if chosen is not None else None


def _is_subordinate(clause: Clause, k: int) -> bool:
    """Whether a conjunction or relative pronoun introduces the clause of verb group ``k``."""
    found = subject(clause, k)
    if found is None:
        return True
    before = clause.at(found.first) - 1
    return clause.kind(before) in {"WH", "THAT", "IN"} or clause.tokens[found.first].tag in {"WP", "WDT"}


def undergoer(clause: Clause, i: int) -> Reach | None:
    """What a bare participle is done to: what it qualifies, or what the sentence it begins goes on with."""
    fronted = all(clause.kind(k) == "RB" for k in range(i))
    return main_subject(clause, i) if fronted else qualified(clause, i)


def qualified(clause: Clause, i: int) -> Reach | None:
    """What a bare participle qualifies: the noun phrase right before it, or before a comma."""
    k = i - 1
    while clause.kind(k) in {"RB", "TIME"}:
        k -= 1
    if clause.kind(k) == "COMMA":
        k -= 1
    if clause.kind(k) != "NP":
        return None
    return Reach(clause.chunks[phrase_start(clause, k)].first, clause.chunks[k].last)


def main_subject(clause: Clause, verb: int) -> Reach | None:
    """Whose doing a participle or infinitive at ``verb`` is: the subject of a finite verb near it, best to its left."""
    opening = [clause.kind(k) for k in range(verb)]
    if OPENERS.issuperset(opening) or opening == ["IN", "NP"]:  # "In a speech attacking the toll, Quill"
        return _fronted_subject(clause, verb)
    before = [k for k in range(verb - 1, max(-1, verb - FARTHEST), -1) if clause.finite(k)]
    if clause.says(verb):
        before.sort(key=lambda k: not clause.says(k))
    beside = clause.kind(verb - 1) == "COMMA"
    for k in before:
        found = subject(clause, k)
        if found and not (beside and clause.tokens[found.first].tag in {"WP", "WDT", "IN"}):
            return found
    if beside and not before and clause.kind(verb - 2) == "NP":  # "Ada Quill, citing the cost, left"
        return Reach(clause.chunks[phrase_start(clause, verb - 2)].first, clause.chunks[verb - 2].last)
    return None


def _fronted_subject(clause: Clause, verb: int) -> Reach | None:
    """The subject of the main clause that follows a participle phrase and its comma."""
    for k in range(verb + 1, min(len(clause.chunks), verb + FARTHEST)):
        if clause.kind(k) == "COMMA" and main_clause(clause, k + 1):
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
