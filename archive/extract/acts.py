"""What people do or are rather than say: they sign and block a bill, they are critics and champions of a thing."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, reach, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.page import Candidate, Page

SURE_ACT, SURE_AGENT = 0.5, 0.8


def of_verb(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A signature or a veto: a verb that takes a side where its object is what such verbs are about ("the bill")."""
    chunk = clause.chunks[i]
    if clause.tokens[chunk.head].lower not in page.lexicon.acts or chunk.form != "fin" or clause.cues[i] is not None:
        return
    k = i + 1
    while clause.kind(k) == "RB":
        k += 1
    source = subjects.subject(clause, i)
    if source and clause.kind(k) == "NP" and clause.tokens[clause.chunks[k].head].lower in page.lexicon.enacted:
        content, cue = reach.of_object(clause, k), Reach(chunk.first, chunk.last)
        yield Candidate("act", SURE_ACT, (content,), (cue,), source, form="fin")


def of_agent(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A noun for one who is for or against: "is a critic of the toll", "Quill, an early supporter of the bill,"."""
    chunk = clause.chunks[i]
    if clause.tokens[chunk.head].lower not in page.lexicon.agents or clause.word(i + 1) != "of":
        return
    if clause.kind(i + 2) != "NP":
        return
    content = reach.of_object(clause, i + 2)
    if clause.kind(i - 1) == "VG" and clause.tokens[clause.chunks[i - 1].head].lower in page.lexicon.copulas:
        source, first = subjects.subject(clause, i - 1), clause.chunks[i - 1].first
    elif clause.kind(i - 1) == "COMMA" and clause.kind(i - 2) == "NP":
        start = clauses.phrase_start(clause, i - 2)
        source, first = Reach(clause.chunks[start].first, clause.chunks[i - 2].last), chunk.first
        end = clauses.phrase_end(clause, i + 2)
        content = Reach(content.first, clause.chunks[end - 1].last)
    else:
        return
    if source:
        cue = Reach(first, clause.chunks[i + 1].last)
        yield Candidate("agent", SURE_AGENT, (content,), (cue,), source, form="fin")
