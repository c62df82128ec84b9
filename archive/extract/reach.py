"""How far a clause or an object that is said reaches, as tokens: where its right boundary is."""

from __future__ import annotations

from archive.extract.clauses import FARTHEST, TELLING, Clause, Reach, main_clause, phrase_end, phrase_start, tense
from archive.extract.english import ADDING, ASKING, DAYS, DEICTIC, DOUBLE, NOT, SCENES, SETTINGS, SUBORDINATE

AHEAD = 14
"""Chunks that an addressee, a place and a time may put between a verb and what it says."""


def of_clause(clause: Clause, k: int, verb: int) -> Reach:
    """The words of the clause that begins with chunk ``k`` and is what verb group ``verb`` says."""
    k = min(k, len(clause.chunks) - 1)
    end = max(clause_end(clause, k, verb), k + 1)
    return Reach(clause.chunks[k].first, clause.chunks[end - 1].last)


def of_object(clause: Clause, k: int) -> Reach:
    """The words of the object that begins with chunk ``k``."""
    k = min(k, len(clause.chunks) - 1)
    end = max(object_end(clause, k), k + 1)
    return Reach(clause.chunks[k].first, clause.chunks[end - 1].last)


def with_denial(clause: Clause, content: Reach) -> Reach:
    """An infinitive with the "not" before it ("decided not to leave")."""
    k = content.first - 1
    denied = k > clause.first and clause.tokens[k].lower in NOT and clause.tokens[content.first].lower == "to"
    return Reach(k, content.last) if denied else content


def to_the_verb(clause: Clause, content: Reach) -> Reach:
    """An object up to the finite verb whose subject it is a part of ("an effort by Quill to end the toll failed")."""
    for k in range(clause.at(content.first) + 1, clause.at(content.last - 1) + 1):
        if clause.kind(k) in {"THAT", "WH", "IN"} and clause.finite(k + 1):
            return content
        if clause.finite(k):
            return Reach(content.first, clause.chunks[k].first)
    return content


def that_ahead(clause: Clause, k: int) -> int | None:
    """The "that" of a clause which an addressee, a place or a time keeps apart from its verb."""
    for j in range(k, min(len(clause.chunks), k + AHEAD)):
        kind = clause.kind(j)
        if kind == "THAT" and clause.kind(j + 1) not in {"STOP", "COMMA", "", "VG"}:
            return j
        if kind in {"VG", "STOP", "COLON", "WH"} or (kind == "CC" and clause.kind(j + 1) != "NP"):
            return None
    return None


def object_end(clause: Clause, i: int) -> int:
    """The chunk after the object that begins with chunk ``i``, with all that modifies it."""
    k = i
    limit = min(len(clause.chunks), i + FARTHEST)
    inner, with_one = False, _with_one_doing(clause, i)
    quoted = starts_quoted(clause, i)
    while k < limit:
        kind = clause.kind(k)
        if kind == "Q":
            quoted = turns(clause, k, quoted)
        elif kind == "LRB":
            closing = next((j for j in range(k, limit) if clause.kind(j) == "RRB"), None)
            k = closing + 1 if closing is not None else k + 1
            continue
        elif kind in {"STOP", "RRB"} or (not quoted and k > i and _ends_object(clause, k, inner, with_one)):
            break
        inner = inner or kind in {"THAT", "WH"}
        k += 1
    return k


def _with_one_doing(clause: Clause, i: int) -> bool:
    """Whether the object at chunk ``i`` is of a participle after "with" and who does it ("with Quill backing it")."""
    k = i - 1 - (clause.kind(i - 1) == "IN")
    doing = clause.kind(k) == "VG" and clause.chunks[k].form == "ing" and clause.kind(k - 1) == "NP"
    return doing and clause.word(phrase_start(clause, k - 1) - 1 - (clause.kind(k - 2) == "RB")) == "with"


def _ends_object(clause: Clause, k: int, inner: bool, with_one: bool) -> bool:
    """Whether an object ends before chunk ``k``.

    ``inner`` tells that it holds a clause of its own, ``with_one`` that it is what one is told to do in "with one
    doing this and another doing that".
    """
    kind = clause.kind(k)
    if kind == "TIME":
        return _when(clause, k)
    if kind == "COMMA":
        return not _object_goes_on(clause, k + 1)
    if kind == "CC":
        end = phrase_end(clause, k + 1)
        if with_one and clause.kind(k + 1) == "NP" and clause.kind(end) == "VG" and clause.chunks[end].form == "ing":
            return True
        if clause.kind(k + 1) == "VG":
            return clause.finite(k + 1) or _another_cue(clause, k + 1)
        return clause.kind(k + 1) == "NP" and not inner and clause.finite(phrase_end(clause, k + 1))
    if kind == "IN":
        return _sets_scene(clause, k)
    return kind in {"COLON", "DASH"} or (kind == "WH" and clause.word(k) in {"when", "where"})


def _when(clause: Clause, k: int) -> bool:
    """Whether the time at chunk ``k`` is when something was said, rather than part of it ("a day", "100 days")."""
    chunk = clause.chunks[k]
    return clause.word(k) in DEICTIC or clause.tokens[chunk.head].lower in DAYS


def _object_goes_on(clause: Clause, k: int) -> bool:
    """Whether what follows a comma, from chunk ``k``, still belongs to the object: more of a list, or a description."""
    kind = clause.kind(k)
    if kind == "NP":
        return _list_goes_on(clause, k - 1) or not clause.finite(phrase_end(clause, k))
    if kind == "VG":
        return clause.chunks[k].form == "inf" or clause.word(k) == "including"
    return kind in {"JJ", "Q"} or clause.word(k) in ADDING


def starts_quoted(clause: Clause, i: int) -> bool:
    """Whether the words from chunk ``i`` on stand in a quotation that opens right before them."""
    mark = clause.chunks[i].first - 1
    return mark >= clause.first and clause.tokens[mark].text in DOUBLE


def turns(clause: Clause, k: int, quoted: bool) -> bool:
    """Whether the words after the mark at chunk ``k`` are quoted, if those before it are or are not."""
    return not quoted if clause.tokens[clause.chunks[k].first].text in DOUBLE else quoted


def _another_cue(clause: Clause, k: int) -> bool:
    """Whether a participle that says or judges begins at chunk ``k``, beside the one whose object came before."""
    return clause.chunks[k].form == "ing" and clause.cues[k] is not None


def _sets_scene(clause: Clause, k: int) -> bool:
    """Whether the preposition at chunk ``k`` begins a circumstance of the saying rather than part of the object."""
    if clause.kind(k + 1) == "TIME":
        return clause.word(k) in {"on", "at"}
    if clause.word(k) in SCENES:
        return not (clause.kind(k + 1) == "VG" or clause.word(k + 1) == "of")
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

    It reaches to the sentence's end, but for a source named after it, another verb of the same subject, another
    clause of the reporter's or, in a relative clause, the comma that ends that.
    """
    relative = clause.kind(verb - 1) == "WH" or (clause.kind(verb - 1) == "RB" and clause.kind(verb - 2) == "WH")
    fronted = _is_fronted(clause, verb)
    brackets = 0
    whole = False
    quoted = starts_quoted(clause, i)
    for k in range(i, len(clause.chunks)):
        kind = clause.kind(k)
        if kind == "STOP" and k >= len(clause.chunks) - 2:
            return k
        if kind in {"LRB", "RRB"}:
            brackets += 1 if kind == "LRB" else -1
            if brackets < 0:
                return k
        if kind == "Q":
            quoted = turns(clause, k, quoted)
            if k > i + 1 and not quoted and _circumstance(clause, k + 1):
                return k
        if not quoted and k > i:
            if kind == "COMMA" and (relative or _leaves(clause, k, verb) or (whole and _another_clause(clause, k + 1))):
                return k
            if kind == "COMMA" and fronted and main_clause(clause, k + 1):
                return k
            if (kind == "CC" and _same_subject(clause, k + 1, verb)) or clause.word(k) == ";":
                return k
        whole = whole or (clause.finite(k) and not _depends(clause, i, verb))
    return len(clause.chunks)


def _depends(clause: Clause, i: int, verb: int) -> bool:
    """Whether a subordinate clause begins at chunk ``i``, so that the main one is still to come."""
    if clause.word(i) in {"whether", "if"}:
        cue = clause.cues[verb]
        return clause.kind(i - 1) == "THAT" or (cue is not None and cue.lemma not in ASKING)
    return clause.kind(i) in {"IN", "WH", "RB"}


def _another_clause(clause: Clause, k: int) -> bool:
    """Whether a clause in which the reporter goes on begins at chunk ``k``, after a comma and a whole clause."""
    if clause.word(k) in {"which", "where"} or (clause.word(k) == "even" and clause.word(k + 1) in {"as", "though"}):
        return True
    if clause.kind(k) == "VG":
        return clause.chunks[k].form == "part" and clause.cues[k] is not None
    contrast = clause.word(k) in {"but", "though", "although"}
    if clause.kind(k) == "CC" or contrast:
        k += 1
    while clause.kind(k) == "RB":
        k += 1
    if clause.kind(k) != "NP":
        return False
    end = phrase_end(clause, k)
    return clause.finite(end) and (contrast or clause.cues[end] is not None)


def _is_fronted(clause: Clause, verb: int) -> bool:
    """Whether a verb stands in a subordinate clause that the main clause follows ("While he said …, he …")."""
    start = 0
    while clause.kind(start) in {"CC", "RB", "Q"}:
        start += 1
    asked = clause.word(start) in {"asked", "pressed", "questioned"}
    if clause.kind(start) == "VG" and start <= verb and (asked or not clause.finite(start)):
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
