"""Nouns that tell whose a position is: for what somebody is ("a critic of the toll"), and for what is somebody's.

"Opponents of the dam, including Quill" tells of Quill and the dam, "an effort by Quill to end the toll" of Quill and
the end of the toll.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, nominals, reach, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.page import Candidate, Page

SURE_AGENT, SURE_MAKER = 0.8, 0.5
SINGLED_OUT = frozenset({"including", "include", "includes", "included", "like", "such", "led", "notably"})
"""Words after which some of a group are named."""
MAKES = frozenset({"by", "from"})
WOULD = frozenset({"would", "will", "could", "’d", "'d"})
MET = 6
"""Chunks before an opposition within which stands the verb that tells what met with it."""
DESPITE = frozenset({"despite", "over", "amid", "amidst", "against", "after"})


def of_agent(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A noun for one who is for or against: "is a critic of the toll", "Quill, the bill's chief supporter,"."""
    chunk = clause.chunks[i]
    if clause.tokens[chunk.head].lower not in page.lexicon.agents:
        yield from _titled(page, clause, i)
        return
    if clause.word(i + 1) == "of" and clause.kind(i + 2) == "NP":
        end = clauses.phrase_end(clause, i + 2)
        content, cue = Reach(clause.chunks[i + 2].first, clause.chunks[end - 1].last), chunk.first
        last = clause.chunks[i + 1].last
    else:
        owner = nominals.owner(clause, i)
        if owner is None or owner.last - owner.first < 2:
            return
        content, cue, last, end = Reach(owner.first, owner.last - 1), owner.last, chunk.last, i + 1
    found = _told_of(page, clause, i, end)
    if found:
        source, first = found
        words = Reach(min(first, cue) if content.first >= last else cue, last)
        yield Candidate("agent", SURE_AGENT, (content,), (words,), source, form="fin")


def _titled(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A name with what its bearer is for or against before it: "toll opponent Ada Quill"."""
    chunk, tokens = clause.chunks[i], clause.tokens
    start = chunk.first + (tokens[chunk.first].tag in {"DT", "PRP$"})
    for k in range(start + 1, chunk.head):
        if tokens[k].lower in page.lexicon.agents and all(t.tag == "NNP" for t in tokens[k + 1 : chunk.last]):
            source, cue = Reach(k + 1, chunk.last), (Reach(k, k + 1),)
            yield Candidate("agent", SURE_AGENT, (Reach(start, k),), cue, source, form="fin")


def _told_of(page: Page, clause: Clause, i: int, end: int) -> tuple[Reach, int] | None:
    """Of whom the noun at chunk ``i``, whose phrase ends before chunk ``end``, is said, and where its cue begins."""
    if clause.word(i - 1) == "of" and clause.word(i - 2) == "one":
        i -= 2  # "one of the bill's sponsors"
    chunk, before = clause.chunks[i], i - 1
    before -= clause.word(before) in {"among", "as"} or clause.kind(before) == "RB"
    if clause.kind(before) == "VG" and (
        clause.word(before + 1) == "as" or clause.tokens[clause.chunks[before].head].lower in page.lexicon.copulas
    ):
        source = subjects.subject(clause, before)
        return (source, clause.chunks[before].first) if source else None
    beside = clause.kind(before) == "COMMA" or (clause.kind(i - 1) == "CC" and clause.word(i) == "other")
    named = before - 1
    if clause.kind(named) == "RRB" and clause.kind(named - 2) == "LRB":  # "Ada Quill (Sund), a critic of"
        named -= 3
    if beside and clauses.names(clause, named):
        start = clauses.phrase_start(clause, named)
        return Reach(clause.chunks[start].first, clause.chunks[named].last), chunk.first
    k = end + (clause.kind(end) == "COMMA")
    if clause.word(k) in SINGLED_OUT:
        k += 1 + (clause.word(k + 1) in {"as", "by"})
    elif k == end:
        return None
    if clause.kind(k) == "NP" and clauses.names(clause, k):
        return Reach(clause.chunks[k].first, clause.chunks[clauses.named_end(clause, k) - 1].last), chunk.first
    return None


def of_maker(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A noun with who is behind it: "an effort by Quill to end the toll", "the opposition of Quill"."""
    chunk, noun = clause.chunks[i], clause.tokens[clause.chunks[i].head].lower
    lexicon = page.lexicon
    against = noun in lexicon.stands
    by = clause.word(i + 1)
    if not (by in MAKES or (by == "of" and against and clause.word(i) == "the")) or clause.kind(i + 2) != "NP":
        return
    if noun not in lexicon.nouns and noun not in lexicon.made and not against:
        return
    end = clauses.members_end(clause, clauses.named_end(clause, i + 2))
    source = Reach(clause.chunks[i + 2].first, clause.chunks[end - 1].last)
    beside = any(clause.kind(k) == "COMMA" for k in range(i, end)) and clause.kind(end) == "COMMA"
    found = nominals.matter(clause, i, end + beside)  # "claims by the mayor, Ada Quill, that"
    if (
        found
        and found[0] in {"that", "inf", "ing", "np"}
        and not (found[0] == "that" and clause.finite(end + beside + 1))
    ):
        frame, content, last = found
        if frame != "that":
            content = reach.to_the_verb(clause, content)
        words = [Reach(chunk.first, chunk.last), Reach(clause.chunks[end - 1 + beside].last, last)]
        cue = tuple(reach for reach in words if reach.first < reach.last)
        sure = lexicon.nouns.get(noun, {}).get(frame, SURE_MAKER)
        yield Candidate(f"maker.{frame}", sure, (content,), cue, source, form="noun")
    elif noun in lexicon.made:
        made: tuple[Reach, ...] = (Reach(chunk.first, chunk.last),)
        if clause.kind(end) in {"THAT", "WH"} and clause.finite(end + 1):
            made = (*made, reach.of_object(clause, end))
        preposition = (Reach(clause.chunks[i + 1].first, clause.chunks[i + 1].last),)
        yield Candidate("maker.of", SURE_MAKER, made, preposition, source, form="noun")
    elif against and (met := _met(page, clause, i, end)):
        yield Candidate("maker.met", SURE_MAKER, (met,), (Reach(chunk.first, chunk.last),), source, form="noun")


def of_plan(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """Somebody's plan with what it would do: "Quill's bill would end the toll", "under Quill's plan, it would go"."""
    chunk, whose = clause.chunks[i], nominals.owner(clause, i)
    if whose is None or clause.tokens[chunk.head].lower not in page.lexicon.made:
        return
    k = i + 1
    if clause.word(i - 1) == "under" and clause.kind(k) == "COMMA" and clauses.main_clause(clause, k + 1):
        k += 1
    elif not clause.finite(k) or clause.word(k) not in WOULD:
        return
    content = reach.of_clause(clause, k, i)
    yield Candidate("maker.would", SURE_MAKER, (content,), (Reach(whose.last, chunk.last),), whose, form="noun")


def _met(page: Page, clause: Clause, i: int, end: int) -> Reach | None:
    """What meets with the stand at chunk ``i``: the subject of "drew" or "met with", or what was done despite it."""
    before = i - 1
    if clause.kind(before) == "VG":
        met = clause.tokens[clause.chunks[before].head].lower in page.lexicon.met
        return _subject_named(clause, before) if met else None
    if clause.kind(before) not in {"IN", "RP"} and clause.word(before) != "given":
        return None
    if before <= 1 and clause.kind(end) == "COMMA" and clauses.main_clause(clause, end + 1):
        return reach.of_clause(clause, end + 1, before)
    for k in range(before, max(-1, i - MET), -1):
        if clause.kind(k) == "VG":
            subject = _subject_named(clause, k)
            despite = subject and clause.word(before) in DESPITE and clause.finite(k)
            return Reach(subject.first, clause.chunks[before].first) if subject and despite else subject
    return None


def _subject_named(clause: Clause, k: int) -> Reach | None:
    """The subject of the verb at chunk ``k``, or what "which" goes back to where that is it."""
    subject = subjects.subject(clause, k)
    if subject is None or clause.tokens[subject.first].tag != "WDT":
        return subject
    before = clause.at(subject.first) - 2
    return subjects.qualified(clause, before + 2)
