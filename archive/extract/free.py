"""Free indirect speech: a judgement or demand right after somebody's quotation, told without naming them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archive.extract.clauses import Clause, Reach
from archive.extract.cues import Free
from archive.extract.page import Candidate, Page

LONGEST = 30
"""Words of a sentence that can still be such a remark."""


def goes_on(page: Page, said: Mapping[int, int], quotations: Mapping[int, int]) -> Iterator[tuple[Candidate, int]]:
    """The remarks of a page, each with the number of the attribution whose source makes it.

    ``said`` gives for a token the attribution it is content of, ``quotations`` for the last token of a directly quoted
    content the attribution that quotes it.
    """
    speaks: int | None = None
    words = page.lexicon.free
    for clause in page.clauses:
        ends = next((quotations[k] for k in range(clause.last - 3, clause.last) if k in quotations), None)
        if ends is not None:
            speaks = ends
            continue
        if speaks is not None and clause.first not in said and _remarks(page, clause, words):
            yield Candidate("free", 0.55, (Reach(clause.first, clause.last),)), speaks
        else:
            speaks = None


def _remarks(page: Page, clause: Clause, words: Free) -> bool:
    """Whether a sentence judges or demands in the present tense, with nobody named who does."""
    if clause.last - clause.first > LONGEST or not clause.chunks or clause.kind(0) != "NP":
        return False
    if any(page.document.tokens[k].tag == "QUOTE" for k in range(clause.first, clause.last)):
        return False
    verb = next((k for k in range(len(clause.chunks)) if clause.finite(k)), None)
    if verb is None:
        return False
    first = clause.tokens[clause.chunks[verb].first]
    if first.lower in words.demands and clause.word(0) in words.subjects:
        return first.tag == "MD" or clause.word(verb + 1) == "to"
    return first.lower in {"is", "are", "remains", "remain"} and clause.word(verb + 1) in words.judgements
