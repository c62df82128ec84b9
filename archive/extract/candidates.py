"""Candidates for attributions, generated generously: every cue with whatever it may take as source and content.

Each pattern looks at one cue in one sentence. What it yields says which pattern found it and how sure the lexicon
is of such a construction; whether it is an attribution is for the gate to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice

from archive.extract import acts, companions, direct, nominals, roles, verbs
from archive.extract.clauses import Reach
from archive.extract.page import Candidate, Page

MOST = 12
"""Candidates a sentence may yield; a text of nothing but cues must not cost the square of its sentences."""


def generate(page: Page, number: int) -> Iterator[Candidate]:
    """The candidates whose cue stands in sentence ``number``; a cue in a quotation has its content there too."""
    for candidate in map(partial(_to_the_mark, page), islice(_all(page, number), MOST)):
        yield from companions.shared(page.clauses[number], _within_its_quotation(page, candidate))


def _within_its_quotation(page: Page, candidate: Candidate) -> Candidate:
    """A candidate whose cue stands in a quotation with its content cut off where that closes."""
    first, last = candidate.content[-1]
    quotation = page.quoted.get(candidate.cue[0].first)
    if quotation is None or not first < quotation.last < last:
        return candidate
    return candidate._replace(content=(*candidate.content[:-1], Reach(first, quotation.last)))


def _to_the_mark(page: Page, candidate: Candidate) -> Candidate:
    """A candidate with the rest of a quotation that its content breaks off in, at a sentence's end or before."""
    first, last = candidate.content[-1]
    quotation = page.quoted.get(last - 1)
    if quotation is None or not quotation.closed or quotation.first < first or quotation.last <= last:
        return candidate
    return candidate._replace(content=(*candidate.content[:-1], Reach(first, quotation.last)))


def _all(page: Page, number: int) -> Iterator[Candidate]:
    clause = page.clauses[number]
    for i, chunk in enumerate(clause.chunks):
        if chunk.kind == "VG":
            before = direct.before(page, number, i)
            if before:
                yield before._replace(via=nominals.relayed(page, clause, before.end))
            else:
                yield from verbs.candidates(page, clause, i)
                yield from direct.after_colon(page, clause, i)
                yield from nominals.aside(clause, i)
                yield from nominals.after_verb(page, clause, i)
                yield from acts.of_verb(page, clause, i)
                yield from acts.of_gift(page, clause, i)
                yield from acts.of_state(page, clause, i)
        elif chunk.kind == "NP":
            yield from nominals.of_noun(page, clause, i)
            yield from roles.of_agent(page, clause, i)
            yield from roles.of_maker(page, clause, i)
            yield from roles.of_plan(page, clause, i)
        if clause.word(i) in page.lexicon.according:
            yield from nominals.according(page, number, i)
    yield from nominals.colon(page, number)
