"""What the pattern generators look at and what they yield: the page with its clauses, and candidates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.extract import clauses, cues, grammar, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.quotes import Quotation
from archive.extract.text import Document

FRAGMENT = 6
"""A quotation of fewer tokens is a fragment in a sentence of the reporter's."""


class Candidate(NamedTuple):
    """What may be an attribution, in tokens. ``sure`` is the lexicon's, before the gate has looked at the rest.

    ``form`` is the verb group's (see :class:`grammar.Chunk`), ``free`` that the source may be a thing, and
    ``direct`` that the content is a quotation as a whole. ``end`` is the token after the words of the attribution
    that stand outside the content, where those stand last.
    """

    pattern: str
    sure: float
    content: tuple[Reach, ...]
    cue: tuple[Reach, ...] = ()
    source: Reach | None = None
    via: tuple[Reach, ...] = ()
    form: str = ""
    free: bool = False
    direct: bool = False
    end: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A document with its clauses, one a sentence, and its quotations by the tokens where they open and close.

    ``runs`` has, by their first tokens, those that go on from the paragraph before without a mark of their own.

    ``quoted`` tells of each token in which quotation of more than a few words it stands, if in any.
    """

    document: Document
    quotations: Sequence[Quotation]
    clauses: Sequence[Clause]
    lexicon: cues.Cues
    opens: Mapping[int, Quotation]
    closes: Mapping[int, Quotation]
    runs: Mapping[int, Quotation]
    quoted: Mapping[int, Quotation]

    def paragraph_end(self, token: int) -> int:
        """The token after the paragraph that holds ``token``."""
        return self.document.paragraphs[self.paragraph_of(token)].last

    def paragraph_of(self, token: int) -> int:
        """The number of the paragraph that holds ``token``."""
        return bisect_right(self.document.paragraphs, token, key=lambda p: p.first) - 1


def page(document: Document, quotations: Sequence[Quotation]) -> Page:
    """All that the generators need to know about a document."""
    lexicon = cues.load(document.language)
    outer = [q for q in quotations if not q.inside]
    return Page(
        document,
        quotations,
        [_clause(document, lexicon, s.first, s.last) for s in document.sentences],
        lexicon,
        {q.first: q for q in outer if q.opened},
        {q.last: q for q in outer if q.closed},
        {q.first: q for q in outer if q.continues and not q.opened},
        {token: q for q in outer if q.last - q.first >= FRAGMENT for token in range(q.first, q.last)},
    )


def _clause(document: Document, lexicon: cues.Cues, first: int, last: int) -> Clause:
    tokens = document.tokens
    chunks = grammar.chunks(tokens, first, last)
    found = [lexicon.verb(tokens, c.head, last) if c.kind == "VG" else None for c in chunks]
    ends = {i: one[1] for i, one in enumerate(found) if one}
    clause = Clause(tokens, chunks, [one[0] if one else None for one in found], ends, first, last)
    if (
        len(chunks) > clauses.FARTHEST
    ):  # from left to right, so that one subject's search never runs through all the others'
        for i in ends:
            subjects.subject(clause, i)
    return clause
