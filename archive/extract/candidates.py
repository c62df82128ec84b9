"""Candidates for attributions, generated generously: every cue with whatever it may take as source and content.

Each generator looks at one cue in one sentence. What it yields says which pattern found it and how sure the lexicon
is of such a construction; whether it is an attribution is for the gate to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archive.extract import clauses, cues, grammar
from archive.extract.clauses import Clause, Reach
from archive.extract.cues import Cue
from archive.extract.quotes import Quotation
from archive.extract.text import Document, Sentence

CALLS = frozenset({"call", "accuse"})
SAYING = frozenset({"say", "say_only"})


class Candidate(NamedTuple):
    """What may be an attribution, in tokens. ``sure`` is the lexicon's, before the gate has looked at the rest."""

    pattern: str
    sure: float
    content: tuple[Reach, ...]
    cue: tuple[Reach, ...] = ()
    source: Reach | None = None
    via: tuple[Reach, ...] = ()
    form: str = ""
    free: bool = False
    quotation: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A document with its quotations and chunks, as the generators look at it."""

    document: Document
    quotations: Sequence[Quotation]
    clauses: Sequence[Clause]
    lexicon: cues.Cues
    opens: Mapping[int, Quotation] = field(default_factory=dict)
    closes: Mapping[int, Quotation] = field(default_factory=dict)

    def quotation_from(self, token: int) -> Quotation | None:
        """The quotation whose opening mark is at ``token`` or right before it."""
        return self.opens.get(token + 1) or self.opens.get(token)


def page(document: Document, quotations: Sequence[Quotation]) -> Page:
    """All that the generators need to know about a document."""
    tokens = document.tokens
    cut = [Clause(tokens, grammar.chunks(tokens, s.first, s.last), s.first, s.last) for s in document.sentences]
    real = [q for q in quotations if not q.inside]
    return Page(
        document,
        quotations,
        cut,
        cues.load(document.language),
        {q.first: q for q in real if q.opened},
        {q.last: q for q in real if q.closed},
    )


def generate(page: Page, number: int) -> Iterator[Candidate]:
    """The candidates whose cue stands in sentence ``number``."""
    clause = page.clauses[number]
    for i, chunk in enumerate(clause.chunks):
        if chunk.kind == "VG":
            cue = page.lexicon.verb(clause.tokens, chunk.head, clause.last)
            if cue is not None:
                yield from _verb(page, number, i, cue)


def _verb(page: Page, number: int, i: int, cue: Cue) -> Iterator[Candidate]:
    clause = page.clauses[number]
    chunk = clause.chunks[i]
    after = chunk.head + 1 + len(cue.rest)
    reach = Reach(chunk.first, after)
    if chunk.form == "pass":
        return
    source = source_of(clause, i)
    if "quote" in cue.frames and (before := _before(page, number, i, after, source)):
        content, speaker, pattern = before
        sure = cue.frames["quote"] if pattern == "quote.before" else cue.frames.get("bare", 0.5)
        yield Candidate(pattern, sure, content, (reach,), speaker, (), chunk.form, cue.free, pattern == "quote.before")
        return
    found = complement(page, clause, clause.at(after, i), cue)
    if found:
        frame, content = found
        yield Candidate(
            f"verb.{frame}", cue.frames.get(frame, 0.1), content, (reach,), source, (), chunk.form, cue.free, frame == "quote"
        )


def source_of(clause: Clause, i: int) -> Reach | None:
    """The source of the verb group at chunk ``i``, standing before it."""
    chunk = clause.chunks[i]
    if chunk.form in {"fin", "pass"}:
        return clauses.subject(clause, i)
    before = clause.kind(i - 1)
    if chunk.form == "ing" and before == "NP" and clause.kind(i - 2) != "VG":
        return clauses.subject(clause, i)
    return clauses.main_subject(clause, i)


def _before(
    page: Page, number: int, i: int, after: int, source: Reach | None
) -> tuple[tuple[Reach, ...], Reach | None, str] | None:
    """Content that stands before its source and cue: a quotation or, with a comma, the sentence so far."""
    clause = page.clauses[number]
    chunk = clause.chunks[i]
    k = clause.at(after, i)
    begins = chunk.first
    turned = clauses.inverted(clause, k)
    adjacent = source is not None and source.last == chunk.first
    if adjacent and source is not None:
        begins = source.first
    elif turned:
        source, k = turned
    elif source is not None:
        begins = source.first
    else:
        return None
    if not _ends_here(clause, k):
        return None
    return _content_before(page, number, begins, source)


def _ends_here(clause: Clause, k: int) -> bool:
    """Whether no complement follows a cue: the sentence ends, or a circumstance or a comma comes."""
    kind = clause.kind(k)
    if kind in {"", "STOP", "COMMA", "Q", "TIME", "RRB", "DASH", "RB"}:
        return True
    if kind in {"IN", "VG", "WH"}:
        return not any(clause.kind(j) in {"THAT", "COLON"} for j in range(k, min(k + 8, len(clause.chunks))))
    if kind == "NP":
        end = clauses.phrase_end(clause, k)
        return not clause.finite(end) and clause.kind(end) in {"", "STOP", "COMMA", "Q", "TIME", "IN", "VG", "DASH"}
    return False


def _content_before(
    page: Page, number: int, begins: int, source: Reach | None
) -> tuple[tuple[Reach, ...], Reach | None, str] | None:
    clause = page.clauses[number]
    tokens = clause.tokens
    edge = begins - 1
    if edge >= 0 and tokens[edge].tag == "," and edge > clause.first:
        edge -= 1
    quotation = page.closes.get(edge)
    if quotation and quotation.last >= clause.first - 1 and not quotation.single:
        return (_with_lead(page, number, quotation),), source, "quote.before"
    if edge < clause.first or tokens[begins - 1].tag not in {",", "DASH"}:
        return None
    start = _sentence_content(clause)
    if not any(clause.finite(k) for k in range(clause.at(edge + 1))):
        return None
    return (Reach(start, edge + 1),), source, "bare.before"


def _sentence_content(clause: Clause) -> int:
    """The first token of a sentence that belongs to what is said: a leading "But" or "And" does not."""
    return clause.first + 1 if clause.kind(0) == "CC" and len(clause.chunks) > 1 else clause.first


def _with_lead(page: Page, number: int, quotation: Quotation) -> Reach:
    """A quotation with the words of its first sentence that lead into it, if they are part of what is said."""
    tokens = page.document.tokens
    home = number
    while home > 0 and page.clauses[home].first > quotation.first:
        home -= 1
    clause = page.clauses[home]
    lead = quotation.first - 1 - clause.first
    if lead <= 0 or tokens[quotation.first - 2].tag in {",", ":", "DASH", "QUOTE"}:
        return Reach(quotation.first, quotation.last)
    return Reach(_sentence_content(clause), quotation.last)


def complement(page: Page, clause: Clause, k: int, cue: Cue) -> tuple[str, tuple[Reach, ...]] | None:
    """What stands after a cue, from chunk ``k``: the kind of construction and its words."""
    while clause.kind(k) in {"RB", "TIME", "RP"}:
        k += 1
    if "quote" in cue.frames and (direct := _quotation_after(page, clause, k)):
        return direct
    if clause.kind(k) == "THAT" and (clause.kind(k + 1) not in {"STOP", "COMMA", ""}):
        return "that", (_clause(clause, k + 1, cue),)
    if cue.classes & SAYING and (ahead := _that_ahead(clause, k)):
        return "that", (_clause(clause, ahead + 1, cue),)
    return _close_complement(clause, k, cue)


def _close_complement(clause: Clause, k: int, cue: Cue) -> tuple[str, tuple[Reach, ...]] | None:
    kind = clause.kind(k)
    j = k + 1 if kind == "Q" else k
    if clause.kind(j) == "WH" or clause.word(j) in {"whether", "if"}:
        return "wh", (_clause(clause, j, cue),)
    if _is_clause(clause, j) and "bare" in cue.frames:
        return "bare", (_clause(clause, j, cue),)
    if clause.kind(j) == "VG" and clause.chunks[j].form == "inf":
        return "inf", (_object(clause, j),)
    if clause.kind(j) == "VG" and clause.chunks[j].form == "ing":
        return "ing", (_object(clause, j),)
    if clause.kind(j) in {"NP", "JJ"}:
        return _nominal(clause, j, cue), (_object(clause, j),)
    return None


def _nominal(clause: Clause, j: int, cue: Cue) -> str:
    """Which construction a noun phrase after a cue begins."""
    end = clauses.phrase_end(clause, j)
    if clause.kind(end) == "VG" and clause.chunks[end].form == "inf" and "obj" in cue.frames:
        return "obj"
    if "as" in cue.frames and (clause.word(end) in {"as", "of", "for"} or clause.kind(end) in {"Q", "JJ", "NP"}):
        return "as"
    return "np"


def _is_clause(clause: Clause, j: int) -> bool:
    """Whether a clause of its own begins at chunk ``j``: a noun phrase and its finite verb, or "if", "when" and the like."""
    if clause.kind(j) == "IN" and clause.word(j) in {"if", "when", "while", "because", "unless", "although", "though"}:
        return True
    if clause.kind(j) not in {"NP", "TIME"}:
        return False
    end = clauses.phrase_end(clause, j)
    while clause.kind(end) in {"RB", "Q"}:
        end += 1
    if clause.kind(end) == "COMMA" and clause.kind(end + 1) in {"WH", "NP"}:
        return any(clause.finite(m) and clause.kind(m - 1) == "COMMA" for m in range(end + 2, min(end + 14, len(clause.chunks))))
    return clause.finite(end)


def _quotation_after(page: Page, clause: Clause, k: int) -> tuple[str, tuple[Reach, ...]] | None:
    """A quotation after a cue, at once or after an addressee, a comma or a colon."""
    j = k
    limit = min(len(clause.chunks), k + 14)
    while j < limit:
        kind = clause.kind(j)
        if kind == "Q":
            quotation = page.opens.get(clause.chunks[j].last)
            if quotation is None or (j > k and clause.kind(j - 1) not in {"COMMA", "COLON"}):
                return None
            return _direct(clause, quotation)
        if kind == "VG" and clause.chunks[j].form != "ing":
            return None
        if kind in {"STOP", "THAT", "WH"}:
            return None
        j += 1
    return None


def _direct(clause: Clause, quotation: Quotation) -> tuple[str, tuple[Reach, ...]]:
    """Whether a quotation after a cue is all that is said, or the beginning of a clause of the reporter's."""
    after = quotation.last + 1
    whole = quotation.last >= clause.last - 2 or clause.tokens[after].tag in {".", ",", ":", "CC", "DASH", "-RRB-"}
    if whole or clause.tokens[quotation.last - 1].tag in {".", ","}:
        return "quote", (Reach(quotation.first, quotation.last),)
    end = clauses.object_end(clause, clause.at(quotation.first))
    return "bare", (Reach(quotation.first, max(_end_of(clause, end), quotation.last)),)


def _that_ahead(clause: Clause, k: int) -> int | None:
    """The "that" of a clause which an addressee, a place or a time keeps apart from its verb."""
    for j in range(k, min(len(clause.chunks), k + 14)):
        kind = clause.kind(j)
        if kind == "THAT" and clause.kind(j + 1) not in {"STOP", "COMMA", "", "VG"}:
            return j
        if kind in {"VG", "STOP", "COLON", "WH", "CC"}:
            return None
    return None


def _clause(clause: Clause, k: int, cue: Cue) -> Reach:
    end = clauses.clause_end(clause, k)
    return Reach(clause.chunks[k].first, _end_of(clause, end)) if k < len(clause.chunks) else Reach(0, 0)


def _object(clause: Clause, k: int) -> Reach:
    end = max(clauses.object_end(clause, k), k + 1)
    return Reach(clause.chunks[k].first, _end_of(clause, end))


def _end_of(clause: Clause, k: int) -> int:
    """The token after the last word before chunk ``k``."""
    return clause.chunks[k - 1].last


def sentence_of(document: Document, token: int) -> Sentence:
    """The sentence that holds a token."""
    return next(s for s in document.sentences if s.first <= token < s.last)
