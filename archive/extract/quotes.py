"""Which words stand in quotation marks: every style of mark, mismatched, missing, nested, across paragraphs.

A mark opens or closes by where the white space is, and by its shape only where that does not tell. Marks of
different shapes may pair, for that is how they are printed („…“, »…«, “…", ‘…' and worse).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from archive.extract.text import Document, Paragraph

OPENING = frozenset("“„‟«‹‘‚‛`") | {"``"}
CLOSING = frozenset("”»›’") | {"''"}
PAIRED = frozenset('"”»') | {"''"}
SINGLE = frozenset("'‘’‚‛‹›`")
BEFORE_OPENING = frozenset("([{-–—―/…:") | OPENING

LONGEST_SINGLE = 80
"""Words between single marks; further apart, the marks are apostrophes."""


class Quotation(NamedTuple):
    """Tokens ``first`` to before ``last``, the marks not among them, within one paragraph.

    ``opened`` and ``closed`` tell whether the marks are there; ``continues`` that the quotation began in an
    earlier paragraph. ``single`` marks often stand for emphasis. ``inside`` tells that it is part of another quotation.
    """

    first: int
    last: int
    opened: bool
    closed: bool
    continues: bool
    single: bool
    inside: bool


@dataclass(slots=True)
class _Open:
    first: int
    single: bool
    continues: bool = False
    opened: bool = True


def find(document: Document) -> tuple[Quotation, ...]:
    """The quotations of a document, in the order in which they begin."""
    found: list[Quotation] = []
    running = False
    for paragraph in document.paragraphs:
        marks = _marks(document, paragraph)
        running = running and _goes_on(paragraph, marks)
        quotations, running = _pair(paragraph, marks, running)
        found.extend(quotations)
    return tuple(sorted(found))


class _Mark(NamedTuple):
    token: int
    opens: bool
    single: bool


def _marks(document: Document, paragraph: Paragraph) -> list[_Mark]:
    """The quotation marks of a paragraph, apostrophes left out as far as one mark alone tells."""
    marks: list[_Mark] = []
    balance = 0
    for i in range(paragraph.first, paragraph.last):
        token = document.tokens[i]
        if token.tag not in {"QUOTE", "POS", "''"} or token.text in {"'s", "’s"} or token.text.isalpha():
            continue
        if token.text[0] not in "\"“”„‟«»‹›'‘’‚‛`":
            continue
        opens = _opens(document.text, token.start, token.end, balance > 0)
        single = token.text in SINGLE
        if single and not opens and token.tag == "POS" and document.text[token.start - 1] == "s":
            marks.append(_Mark(i, False, True))
            continue
        if not opens and not single and balance == 0 and _after_cue(document, i, paragraph):
            opens = True
        balance += 0 if single else 1 if opens else -balance
        marks.append(_Mark(i, opens, single))
    return marks


def _after_cue(document: Document, i: int, paragraph: Paragraph) -> bool:
    """Whether a mark that looks closing, with nothing open, follows a comma or colon and another mark comes later."""
    tokens = document.tokens
    if i == paragraph.first or tokens[i - 1].text not in {",", ":"}:
        return False
    return any(tokens[k].text in PAIRED for k in range(i + 1, min(i + LONGEST_SINGLE, paragraph.last)))


def _opens(text: str, start: int, end: int, is_open: bool) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    left = before.isspace() or before in BEFORE_OPENING
    right = after.isspace() or not (after.isalnum() or after in BEFORE_OPENING or after in "$#@")
    if left != right:
        return left
    mark = text[start:end]
    if mark in OPENING:
        return True
    return mark not in CLOSING and not is_open


def _goes_on(paragraph: Paragraph, marks: list[_Mark]) -> bool:
    """Whether a quotation left open goes on here: this paragraph opens with a mark, or closes before it opens."""
    doubles = [mark for mark in marks if not mark.single]
    return bool(doubles) and (not doubles[0].opens or doubles[0].token == paragraph.first)


def _pair(paragraph: Paragraph, marks: list[_Mark], running: bool) -> tuple[list[Quotation], bool]:
    """The quotations of one paragraph, and whether its last one is left open."""
    found: list[Quotation] = []
    outer: _Open | None = None
    inner: _Open | None = None
    if running and not (marks and marks[0].token == paragraph.first):
        outer = _Open(paragraph.first, False, continues=True, opened=False)
    for mark in marks:
        if mark.single:
            inner = _single(mark, inner, outer, found)
        elif mark.opens:
            if outer is not None:
                found.append(_quotation(outer, mark.token, closed=False, inside=False))
            outer = _Open(mark.token + 1, False, running and mark.token == paragraph.first)
            inner = None
        elif outer is not None:
            found.append(_quotation(outer, mark.token, closed=True, inside=False))
            outer = inner = None
    if outer is not None:
        found.append(_quotation(outer, paragraph.last, closed=False, inside=False))
    return [q for q in found if q.first < q.last], outer is not None


def _single(mark: _Mark, inner: _Open | None, outer: _Open | None, found: list[Quotation]) -> _Open | None:
    if mark.opens:
        return _Open(mark.token + 1, True)
    if inner is not None and mark.token - inner.first <= LONGEST_SINGLE:
        found.append(_quotation(inner, mark.token, closed=True, inside=outer is not None))
    return None


def _quotation(start: _Open, end: int, *, closed: bool, inside: bool) -> Quotation:
    return Quotation(start.first, end, start.opened, closed, start.continues, start.single, inside)
