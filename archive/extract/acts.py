"""What people do rather than say: they sign and block a bill, they give it their blessing, they are opposed."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, reach, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.page import Candidate, Page

SURE_ACT, SURE_GIFT, SURE_STATE = 0.5, 0.6, 0.6
NEAR = 4
"""Chunks after a passive within which "by" names who did it."""


def of_verb(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A signature or a veto: a verb that takes a side where its object is what such verbs are about ("the bill")."""
    chunk = clause.chunks[i]
    if clause.tokens[chunk.head].lower not in page.lexicon.acts or clause.cues[i] is not None:
        return
    k = i + 1
    while clause.kind(k) in {"RB", "RP"}:
        k += 1
    cue = (Reach(chunk.first, chunk.last),)
    if chunk.form in {"pass", "part"}:
        yield from _undergone(page, clause, i)
    elif chunk.form == "fin" and (source := subjects.subject(clause, i)):
        done = reach.of_object(clause, k) if _enacted(page, clause, k) else _before_that(page, clause, source)
        if done:
            yield Candidate("act", SURE_ACT, (done,), cue, source, form="fin")


def _before_that(page: Page, clause: Clause, source: Reach) -> Reach | None:
    """What a relative clause tells of that begins before ``source``: "the bill that Quill signed"."""
    k = clause.at(source.first) - 1
    if clause.word(k) not in {"that", "which"} or clause.kind(k) not in {"WH", "THAT"}:
        return None
    what = subjects.qualified(clause, k)
    return what if what and _enacted(page, clause, clause.at(what.first)) else None


def _enacted(page: Page, clause: Clause, k: int) -> bool:
    """Whether what such acts are done to is named at chunk ``k``."""
    return clause.kind(k) == "NP" and clause.tokens[clause.chunks[k].head].lower in page.lexicon.enacted


def _undergone(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """In "the deal reached by Quill" or "the bill was signed by Quill" Quill is the source and the deal the content."""
    by = next((k for k in range(i + 1, i + NEAR) if clause.word(k) == "by"), None)
    done = subjects.subject(clause, i) if clause.chunks[i].form == "pass" else subjects.undergoer(clause, i)
    if by is None or done is None or clause.kind(by + 1) != "NP" or not _enacted(page, clause, clause.at(done.first)):
        return
    end = clauses.phrase_end(clause, by + 1)
    source = Reach(clause.chunks[by + 1].first, clause.chunks[end - 1].last)
    cue = (Reach(clause.chunks[i].first, clause.chunks[i].last),)
    yield Candidate("deed.by", SURE_ACT, (done,), cue, source, form="pass")


def of_gift(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A verb with what somebody gives and whom or what it goes to: "gave Quill the nod", "made the toll a priority"."""
    chunk = clause.chunks[i]
    if clause.tokens[chunk.head].lower not in page.lexicon.giving or chunk.form == "pass":
        return
    k = i + 1
    end = clauses.phrase_end(clause, k)
    if clause.kind(k) != "NP" or clause.kind(end) != "NP":
        return
    given = clause.chunks[end]
    source = subjects.subject(clause, i) if clause.finite(i) else subjects.main_subject(clause, i)
    if source and clause.tokens[given.head].lower in page.lexicon.gifts:
        last = clause.chunks[clauses.phrase_end(clause, end) - 1].last if clause.word(end + 1) == "of" else given.last
        cue = (Reach(chunk.first, chunk.last), Reach(given.first, last))
        content = (Reach(clause.chunks[k].first, clause.chunks[end - 1].last),)
        yield Candidate("deed.gift", SURE_GIFT, content, cue, source, form=chunk.form)


def of_state(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A disposition with nothing after it to say towards what: "Quill is firmly opposed."."""
    chunk = clause.chunks[i]
    k = i + 1
    while clause.kind(k) == "RB":
        k += 1
    word = Reach(chunk.head, chunk.last)
    if chunk.form != "pass":
        if clause.kind(k) != "JJ" or clause.tokens[chunk.head].lower not in page.lexicon.copulas:
            return
        word, k = Reach(clause.chunks[k].first, clause.chunks[k].last), k + 1
    if clause.tokens[word.first].lower not in page.lexicon.sides or clause.kind(k) not in {"STOP", "COMMA", "CC", ""}:
        return
    source = subjects.subject(clause, i)
    if source and chunk.first < word.first:
        yield Candidate("deed.state", SURE_STATE, (word,), (Reach(chunk.first, word.first),), source, form="fin")
