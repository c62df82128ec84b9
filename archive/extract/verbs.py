"""Verbs as cues: what stands after them, who is their subject, and their passives."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, passives, reach, subjects
from archive.extract.clauses import SAYING, Clause, Reach
from archive.extract.cues import Cue
from archive.extract.page import Candidate, Page
from archive.extract.quotes import Quotation
from archive.extract.reach import AHEAD

CONDITIONS = frozenset({"if", "when", "while", "because", "unless", "although", "though", "since", "as", "after"})
ASKED = frozenset({"ask", "press", "question"})
STRIVING = 0.45
"""How sure it is that who tries to take such a step holds a position."""
DEED = frozenset({"deed", "try"})
LIKENING = frozenset({"liken", "compare", "equate"})
OBJECTS = frozenset({"oppose", "deed", "discuss", "call", "accuse", "want", "believe_np"})


def candidates(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """The candidates whose cue is the verb group at chunk ``i`` and whose content is its complement or subject."""
    chunk, cue = clause.chunks[i], clause.cues[i]
    form = "fin" if _has_done(clause, i) else chunk.form
    if form in {"pass", "part"}:
        yield from passives.candidates(page, clause, i)
        return
    if (
        chunk.form == "fin"
        and clause.word(i + 1) == "to"
        and (frames := page.lexicon.seem.get(clause.tokens[chunk.head].lower))
    ):
        yield from passives.raised(clause, i, frames.get("inf", 0.0), "seem.inf")
        return
    if cue is None:
        return
    after = clause.ends[i]
    found = complement(page, clause, i, clause.at(after), cue)
    if found:
        frame, content = found[0], reach.with_denial(clause, found[1])
        source = source_of(clause, i) if form == chunk.form else subjects.subject(clause, i)
        asked = source is None and cue.lemma in ASKED and i < 3  # "Asked whether …, she said no"
        sure = cue.frames.get("np" if frame == "rel" else frame, 0.05)
        if frame == "inf" and "try" in cue.classes and _takes_side(page, clause, clause.at(content.first)):
            sure = max(sure, STRIVING)
        for part in _coordinated(clause, content) if frame in {"that", "bare"} else (content,):
            yield Candidate(
                f"{'deed' if cue.classes <= DEED else 'verb'}.{frame}",
                sure,
                (part,),
                (Reach(chunk.first, after),),
                source,
                form="pass" if asked else form,
                free=cue.free,
                direct=frame == "quote",
            )


def _has_done(clause: Clause, i: int) -> bool:
    """Whether "'s" with the participle at chunk ``i`` means "has": "who's called for a ban", "he's said that"."""
    chunk, cue = clause.chunks[i], clause.cues[i]
    if chunk.form != "pass" or cue is None or clause.tokens[chunk.first].lower not in {"'s", "’s"}:
        return False
    after = clause.kind(clause.at(clause.ends[i]))
    return after == "THAT" or (bool(cue.rest) and after == "NP")


def _takes_side(page: Page, clause: Clause, k: int) -> bool:
    """Whether an infinitive at chunk ``k`` does something for or against a thing: "to repeal the toll"."""
    if clause.kind(k) != "VG" or clause.kind(k + 1) not in {"NP", "Q"}:
        return False
    return clause.tokens[clause.chunks[k].head].lower in page.lexicon.steps


def _coordinated(clause: Clause, content: Reach) -> Iterator[Reach]:
    """The clauses of "that … and that …", one each."""
    first, k = content.first, clause.at(content.first)
    while k + 1 < len(clause.chunks) and clause.chunks[k + 1].last < content.last:
        if clause.kind(k) == "CC" and clause.kind(k + 1) == "THAT":
            yield Reach(first, clause.chunks[k].first)
            first = clause.chunks[k + 1].last
        k += 1
    yield Reach(first, content.last)


def source_of(clause: Clause, i: int) -> Reach | None:
    """The source of the verb group at chunk ``i``, standing before it."""
    chunk = clause.chunks[i]
    if chunk.form == "fin":
        if all(clause.kind(k) in {"RB", "CC"} for k in range(i)) and clause.says(i):  # "Said Brill: …"
            turned = subjects.inverted(clause, i + 1)
            return turned[0] if turned and clause.kind(turned[1]) in {"COLON", "COMMA"} else None
        return subjects.subject(clause, i)
    k = i - 1 - (clause.word(i - 1) in subjects.FLOATING)
    beside = clause.kind(i - 2) not in {"VG", "IN"} or clause.word(clauses.phrase_start(clause, k) - 1) == "with"
    beside |= clause.word(i - 2) in {"from", "by"}
    if chunk.form == "ing" and clause.kind(i - 1) == "NP" and beside:
        return subjects.subject(clause, i)
    if chunk.form == "ing" and clause.word(i - 1) == "for" and clause.kind(i - 2) == "NP" and _accuses(clause, i - 3):
        return Reach(clause.chunks[i - 2].first, clause.chunks[i - 2].last)  # "attacked Quill for backing the toll"
    return subjects.main_subject(clause, i)


def _accuses(clause: Clause, k: int) -> bool:
    """Whether chunk ``k`` is a verb that blames or praises somebody for something."""
    cue = clause.cues[k] if k >= 0 else None
    return cue is not None and "accuse" in cue.classes and clause.chunks[k].form != "pass"


def complement(page: Page, clause: Clause, i: int, k: int, cue: Cue) -> tuple[str, Reach] | None:
    """What stands from chunk ``k`` after the cue in chunk ``i``: the construction and its words."""
    while clause.kind(k) in {"RB", "TIME", "RP"} or (clause.kind(k) == "IN" and clause.kind(k + 1) == "TIME"):
        k += 1
    if "tell" in cue.classes:
        k = _after_addressee(clause, k)
    if "quote" in cue.frames and (found := _quotation(page, clause, i, k)):
        return found
    if clause.kind(k) == "THAT" and clause.kind(k + 1) not in {"STOP", "COMMA", "", "Q"} and not _pointing(clause, k):
        return "that", reach.of_clause(clause, k + 1, i)
    if clause.kind(k) == "THAT" and clause.kind(k + 1) in {"Q", "COMMA"}:
        return "that", reach.of_clause(clause, k + 2, i)
    if not cue.classes.isdisjoint(SAYING | {"direct", "show", "think"}) and (ahead := reach.that_ahead(clause, k)):
        return "that", reach.of_clause(clause, ahead + 1, i)
    frame = _frame(clause, i, k, cue)
    if frame is None:
        return _relative(clause, i, cue)
    return _framed(clause, i, k + 1 if clause.kind(k) == "Q" else k, frame, cue)


def _framed(clause: Clause, i: int, k: int, frame: str, cue: Cue) -> tuple[str, Reach]:
    """The construction ``frame`` of the cue in chunk ``i``, with the words from chunk ``k`` that it holds."""
    if frame == "np" and "show" in cue.classes and _shown(clause, k):
        frame = "bare"
    if frame in {"wh", "bare"}:
        return frame, reach.of_clause(clause, k, i)
    later = _past_time(clause, clauses.phrase_end(clause, k))
    if frame == "obj" and later > clauses.phrase_end(clause, k):  # "ordered the board on Monday to close"
        return frame, Reach(clause.chunks[k].first, reach.of_object(clause, later).last)
    return frame, _named(clause, k) if frame == "as" else reach.of_object(clause, k)


def _shown(clause: Clause, k: int) -> bool:
    """Whether somebody and what they are doing begins at chunk ``k`` ("the poll shows Brill leading")."""
    end = clauses.phrase_end(clause, k)
    return clause.kind(k) == "NP" and clause.kind(end) == "VG" and clause.chunks[end].form == "ing"


def _named(clause: Clause, k: int) -> Reach:
    """Somebody or something with what it is called or seen as."""
    end = clauses.phrase_end(clause, k)
    if clause.word(end) == "as" and end + 1 < len(clause.chunks):
        return Reach(clause.chunks[k].first, reach.of_object(clause, end + 1).last)
    return reach.of_object(clause, k)


def _after_addressee(clause: Clause, k: int) -> int:
    """The chunk after whom something is told to, if a clause follows it."""
    if clause.kind(k) == "NP":
        for end in (k + 1, _past_time(clause, clauses.phrase_end(clause, k))):
            if _is_clause(clause, end) and not clause.finite(end):
                return end
            if clause.kind(end) == "VG" and clause.chunks[end].form == "inf":
                return end
            if clause.kind(end) == "WH" or clause.word(end) in {"whether", "if"}:
                return end
    return k


def _past_time(clause: Clause, k: int) -> int:
    """The chunk after words for a day: "asked the council on Monday to"."""
    if clause.kind(k) == "IN" and clause.kind(k + 1) == "TIME":
        return k + 2
    return k + (clause.kind(k) == "TIME")


def _relative(clause: Clause, i: int, cue: Cue) -> tuple[str, Reach] | None:
    """The relative pronoun that stands before subject and verb in place of an object ("which he opposes")."""
    subject = subjects.subject(clause, i)
    if subject is None or cue.classes.isdisjoint(OBJECTS) or not clause.finite(i):
        return None
    k = clause.at(subject.first) - 1
    if clause.word(k) not in {"who", "whom", "which", "what", "that"} or clause.kind(k) not in {"WH", "THAT"}:
        return None
    if clause.word(k) != "what" and (what := subjects.qualified(clause, k)):
        return "rel", what
    return ("rel", Reach(clause.chunks[k].first, clause.chunks[k].last)) if clause.kind(k) == "WH" else None


def _pointing(clause: Clause, k: int) -> bool:
    """Whether the "that" at chunk ``k`` is an object ("said that to the crowd") and opens no clause."""
    return (
        clause.finite(k + 1) is False
        and clause.kind(k + 1) == "IN"
        and clause.word(k + 1) not in CONDITIONS | {"in", "for", "under", "at", "on", "with", "by", "to"}
    )


def _begins(clause: Clause, i: int) -> int:
    """The first token of the subject of the verb group at chunk ``i``, or its own where none is found."""
    subject = subjects.subject(clause, i)
    return subject.first if subject else clause.chunks[i].first


def _frame(clause: Clause, i: int, k: int, cue: Cue) -> str | None:
    j = k + 1 if clause.kind(k) == "Q" else k
    kind = clause.kind(j)
    if kind == "WH" or clause.word(j) in {"whether", "if"}:
        return "wh" if clause.word(j) != "if" or "bare" not in cue.frames else "bare"
    if "bare" in cue.frames and (_is_clause(clause, j) or (_says_only(cue) and _are_two(clause, j))):
        return "bare"
    if kind == "VG" and clause.finite(j) and clause.kind(clause.at(_begins(clause, i)) - 1) == "WH":
        return "bare"  # "who he said was", "what analysts said was"
    if kind == "VG":
        return clause.chunks[j].form if clause.chunks[j].form in {"inf", "ing"} else None
    if kind in {"NP", "JJ", "THAT"}:
        return _nominal(clause, j, cue)
    return None


def _says_only(cue: Cue) -> bool:
    """Whether a clause follows this cue, and hardly ever an object."""
    return not cue.classes.isdisjoint({"say", "think"}) and cue.classes.isdisjoint(OBJECTS)


def _are_two(clause: Clause, j: int) -> bool:
    """Whether a clause with two subjects begins at chunk ``j`` ("the mayor and the council should go")."""
    end = clauses.phrase_end(clause, j)
    return clause.kind(j) == "NP" and clause.kind(end) == "CC" and clauses.main_clause(clause, end + 1)


def _nominal(clause: Clause, j: int, cue: Cue) -> str:
    """Which construction a noun phrase after a cue begins."""
    end = clauses.phrase_end(clause, j)
    later = _past_time(clause, end)
    if clause.kind(later) == "VG" and clause.chunks[later].form == "inf" and "obj" in cue.frames:
        return "obj"
    word, called = clause.word(end), clause.kind(end) in {"Q", "JJ", "NP"}
    if cue.lemma in LIKENING and any(clause.word(k) in {"to", "with"} for k in range(j + 1, end + 1)):
        return "as"
    if "regard" in cue.classes and word in {"as", "to"}:
        return "as"
    if "call" in cue.classes and (called or word == "as"):
        return "as"
    return "as" if "accuse" in cue.classes and word in {"of", "for"} else "np"


def _is_clause(clause: Clause, j: int) -> bool:
    """Whether a clause of its own begins at chunk ``j``, with its subject or with "if", "when" and the like."""
    limit = min(j + AHEAD, len(clause.chunks))
    if clause.kind(j) == "IN" and clause.word(j) not in {"to", "of", "with"}:
        return any(
            clause.kind(m) == "COMMA"
            and clause.kind(m + 1) == "NP"
            and clause.finite(clauses.phrase_end(clause, m + 1))
            for m in range(j, limit)
        )
    if clause.kind(j) == "VG" and clause.chunks[j].form == "ing":
        return _gerund_clause(clause, j)
    if clause.kind(j) not in {"NP", "TIME"}:
        return False
    end = clauses.phrase_end(clause, j)
    if clause.kind(end) == "NP" and clause.finite(
        end + 1
    ):  # "the mails it received were": a relative clause without "that"
        return any(clause.finite(m) and clause.kind(m - 1) != "WH" for m in range(end + 2, min(end + 8, limit)))
    while clause.kind(end) in {"RB", "Q"}:
        quoted = clause.kind(end) == "Q" and clause.kind(end + 1) == "NP"  # "his “friend” Odo Pell went"
        end = clauses.phrase_end(clause, end + 1) if quoted else end + 1
    if clause.kind(end) == "COMMA" and clause.kind(end + 1) in {"WH", "NP"}:
        return any(clause.finite(m) and clause.kind(m - 1) == "COMMA" for m in range(end + 2, limit))
    if clause.kind(end) == "WH":
        return sum(clause.finite(m) for m in range(end + 1, limit)) > 1
    return clause.finite(end)


def _gerund_clause(clause: Clause, j: int) -> bool:
    """Whether a gerund at chunk ``j`` is the subject of a clause ("running is tough")."""
    for m in range(j + 1, min(j + AHEAD, len(clause.chunks))):
        if clause.finite(m):
            return True
        if clause.kind(m) in {"COMMA", "THAT", "WH", "CC", "COLON", "STOP"}:
            return False
    return False


def _quotation(page: Page, clause: Clause, i: int, k: int) -> tuple[str, Reach] | None:
    """A quotation after a cue, at once or after an addressee, a comma or a colon."""
    for j in range(k, min(len(clause.chunks), k + AHEAD)):
        kind = clause.kind(j)
        if kind == "COLON" and j == len(clause.chunks) - 1 and (following := page.opens.get(clause.last + 1)):
            return "quote", Reach(following.first, following.last)
        if kind == "Q":
            quotation = page.opens.get(clause.chunks[j].last)
            if quotation is None or (j > k and clause.kind(j - 1) not in {"COMMA", "COLON"}):
                return None
            return _spoken(clause, i, quotation)
        if kind in {"STOP", "THAT", "WH", "CC"} or (kind == "VG" and clause.chunks[j].form != "ing"):
            return None
    return None


def _spoken(clause: Clause, i: int, quotation: Quotation) -> tuple[str, Reach]:
    """Whether a quotation after a cue is all that is said, or the beginning of a clause of the reporter's."""
    words = Reach(quotation.first, quotation.last)
    if quotation.last >= clause.last - 2:
        return "quote", words
    if clause.tokens[quotation.last - 1].tag in {".", ","} or clause.tokens[quotation.last + 1].tag in {
        ".",
        ",",
        ":",
        "DASH",
    }:
        return "quote", words
    end = reach.clause_end(clause, clause.at(quotation.last), i)
    return "bare", Reach(quotation.first, max(clause.chunks[end - 1].last, quotation.last))
