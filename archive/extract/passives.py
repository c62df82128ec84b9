"""Passive verbs as cues: what is expected, said or asked without a source, and what is backed or blamed by one."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, reach, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.cues import Cue
from archive.extract.page import Candidate, Page

NAMED = frozenset({"call", "accuse", "regard", "oppose"})
NEAR = 8
"""Chunks after the verb within which "by" names who did it."""


def candidates(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """The candidates whose cue is the passive or the bare participle at chunk ``i``."""
    chunk, cue = clause.chunks[i], clause.cues[i]
    k = after(clause, i)
    if chunk.form == "pass" and clause.kind(k) == "VG" and clause.chunks[k].form == "inf":
        frames = page.lexicon.passives.get(clause.tokens[chunk.head].lower)
        if frames:
            yield from raised(clause, i, frames["inf"], "passive.inf")
    elif cue is not None:
        done_by = _by(clause, i, k, cue)
        if done_by:
            yield done_by
        elif chunk.form == "pass":
            yield from _without_source(clause, i, k, cue)


def after(clause: Clause, i: int) -> int:
    """The chunk after a verb group and the adverbs and times that follow it."""
    k = i + 1
    while clause.kind(k) in {"RB", "TIME"}:
        k += 1
    return k


def raised(clause: Clause, i: int, sure: float, pattern: str) -> Iterator[Candidate]:
    """What somebody "is expected to" or "seems to" do: the subject and the infinitive together are the content."""
    subject, k = subjects.subject(clause, i), after(clause, i)
    if subject and k < len(clause.chunks):
        cue = Reach(clause.chunks[i].first, clause.chunks[i].last)
        yield Candidate(pattern, sure, (subject, reach.of_object(clause, k)), (cue,), form="pass")


def _by(clause: Clause, i: int, k: int, cue: Cue) -> Candidate | None:
    """In "the plan, backed by the union" the union is the source and the plan the content."""
    by = next((j for j in range(k, min(k + NEAR, len(clause.chunks))) if clause.word(j) == "by"), None)
    subject = subjects.subject(clause, i) if clause.chunks[i].form == "pass" else subjects.undergoer(clause, i)
    if by is None or subject is None or clause.kind(by + 1) != "NP" or "np" not in cue.frames:
        return None
    end = clauses.members_end(clause, clauses.phrase_end(clause, by + 1))
    source = Reach(clause.chunks[by + 1].first, clause.chunks[end - 1].last)
    words = Reach(clause.chunks[i].first, clause.ends[i])
    content: tuple[Reach, ...] = (subject,)
    if clause.word(end) in {"for", "over", "as"} and end + 1 < len(clause.chunks):  # "criticised by X for leaving"
        content = (subject, reach.of_object(clause, end + 1))
    return Candidate("passive.by", cue.frames["np"], content, (words,), source, form="pass")


def _without_source(clause: Clause, i: int, k: int, cue: Cue) -> Iterator[Candidate]:
    words = Reach(clause.chunks[i].first, clause.ends[i])
    subject = subjects.subject(clause, i)
    if subject and clause.word(k) in {"as", "of", "for"} and not cue.classes.isdisjoint(NAMED):
        content = (subject, reach.of_object(clause, k + 1)) if k + 1 < len(clause.chunks) else (subject,)
        called = Reach(words.first, clause.chunks[k].last)
        yield Candidate("passive.as", 0.5, content, (called,), form="pass")
    beside = clause.at(words.last)
    if "discuss" in cue.classes and cue.rest and clause.kind(beside) == "NP":
        yield Candidate("passive.about", 0.5, (reach.of_object(clause, beside),), (words,), form="pass")
    if "wh" in cue.frames and (clause.kind(k) == "WH" or clause.word(k) in {"if", "whether"}):
        yield Candidate("passive.wh", 0.6, (reach.of_clause(clause, k, i),), (words,), form="pass")
    that = reach.that_ahead(clause, k) if "that" in cue.frames else None
    if that is not None:
        yield Candidate("passive.that", 0.6, (reach.of_clause(clause, that + 1, i),), (words,), form="pass")
