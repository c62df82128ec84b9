"""Document → attributions: who is said to say, think, want or reject what, as spans and nothing more.

``find`` generates candidates generously, lets the gate pass or refuse each, and settles their spans last.
Who the source's words stand for is the business of ``speakers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.extract import candidates, gate, quotes
from archive.extract.candidates import Candidate, Page
from archive.extract.clauses import Reach
from archive.extract.text import Document
from archive.model import Span, StatementKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """One attributed utterance or position, in spans of the document's text.

    ``content`` is in text order and has several spans where the attribution stands between its parts;
    quotation marks are not part of it. ``speaker`` is the whole noun phrase that names the source, pronouns,
    relative pronouns, possessives and coordinations included ("the governments of Spain and Italy", "who",
    "his"), and None where no words do: a quotation that goes on, free indirect speech, "It is feared that".
    ``cue`` is empty for those that go on. ``via`` are the words for sources in between ("the agency" of "according to a
    report by the agency"). ``parent`` is the index, in the same tuple, of the attribution whose content this
    one stands in (nested); ``continues`` that of the one whose quotation or report this one goes on with, and
    whose source is therefore this one's too. ``confidence`` is the gate's estimate, 0 to 1,
    that this is a statement at all, and ``pattern`` names the rule that found it, e.g. ``direct.inverted``.
    """

    kind: StatementKind
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    speaker: Span | None = None
    via: tuple[Span, ...] = ()
    confidence: float = 1.0
    pattern: str = ""
    parent: int | None = None
    continues: int | None = None


def find(document: Document) -> tuple[Attribution, ...]:
    """Every attribution in the document, ordered by where its content begins."""
    page = candidates.page(document, quotes.find(document))
    passed = []
    for number in range(len(document.sentences)):
        for candidate in candidates.generate(page, number):
            confidence = gate.score(page, candidate)
            if confidence >= gate.THRESHOLD:
                passed.append((confidence, candidate))
    return settle(page, passed)


def settle(page: Page, passed: Sequence[tuple[float, Candidate]]) -> tuple[Attribution, ...]:
    """The attributions that passed, with spans of the text."""
    found = [_attribution(page, confidence, candidate) for confidence, candidate in passed]
    return tuple(sorted(found, key=lambda a: a.content[0]))


def _attribution(page: Page, confidence: float, candidate: Candidate) -> Attribution:
    return Attribution(
        kind=StatementKind.DIRECT if candidate.quotation else StatementKind.INDIRECT,
        content=tuple(_span(page, reach) for reach in candidate.content),
        cue=tuple(_span(page, reach) for reach in candidate.cue),
        speaker=_span(page, candidate.source) if candidate.source else None,
        confidence=round(confidence, 3),
        pattern=candidate.pattern,
    )


def _span(page: Page, reach: Reach) -> Span:
    tokens = page.document.tokens
    return Span(tokens[reach.first].start, tokens[reach.last - 1].end)
