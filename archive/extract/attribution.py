"""Document → attributions: who is said to say, think, want or reject what, as spans and nothing more.

``find`` generates candidates generously, lets the gate pass or refuse each, and settles their spans last.
Who the source's words stand for is the business of ``speakers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive.extract import candidates, gate, quotes, settle
from archive.extract import page as pages
from archive.extract.clauses import Reach
from archive.extract.residue import ParagraphKind
from archive.extract.text import Document
from archive.model import Span, StatementKind

OUTER_MARKS = frozenset({",", ":", "DASH"})
READ = frozenset({ParagraphKind.BODY, ParagraphKind.HEADING})


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

    @property
    def in_passing(self) -> bool:
        """Whether it did not pass the gate, and counts only where it takes a side on a topic."""
        return self.confidence < gate.THRESHOLD


def find(
    document: Document, *, weigh: Callable[[pages.Page, pages.Candidate], float] = gate.score
) -> tuple[Attribution, ...]:
    """Every attribution in the document, ordered by where its content begins.

    ``weigh`` gives the log odds that a candidate is one; another gate may be put in its place.
    """
    return tuple(one for one in find_more(document, weigh=weigh) if not one.in_passing)


def find_more(
    document: Document, *, weigh: Callable[[pages.Page, pages.Candidate], float] = gate.score
) -> tuple[Attribution, ...]:
    """As :func:`find`, and after these what is told in passing (``in_passing``)."""
    look = pages.page(document, quotes.find(document))
    passed = settle.settle(
        look,
        (
            (weigh(look, candidate), candidate)
            for number, sentence in enumerate(document.sentences)
            if document.paragraphs[sentence.paragraph].kind in READ
            for candidate in candidates.generate(look, number)
        ),
    )
    order = sorted(range(len(passed)), key=lambda n: (_doubted(passed[n]), passed[n].candidate.content[0], n))
    numbers = {old: new for new, old in enumerate(order)}
    return tuple(_attribution(look, passed[n], numbers) for n in order)


def _attribution(look: pages.Page, passed: settle.Passed, numbers: Mapping[int, int]) -> Attribution:
    candidate = passed.candidate
    return Attribution(
        kind=_kind(look, candidate),
        content=tuple(_content_span(look, reach) for reach in candidate.content),
        cue=tuple(_span(look, reach) for reach in candidate.cue),
        speaker=_span(look, candidate.source) if candidate.source else None,
        via=tuple(_span(look, reach) for reach in candidate.via),
        confidence=round(gate.confidence(passed.weight), 3),
        pattern=candidate.pattern,
        parent=None if passed.parent is None else numbers[passed.parent],
        continues=None if passed.continues is None else numbers[passed.continues],
    )


def _doubted(passed: settle.Passed) -> bool:
    return gate.confidence(passed.weight) < gate.THRESHOLD


def _kind(look: pages.Page, candidate: pages.Candidate) -> StatementKind:
    if candidate.direct:
        return StatementKind.DIRECT
    tokens = look.document.tokens
    marks = any(tokens[k].tag == "QUOTE" for a, b in candidate.content for k in range(a, b))
    return StatementKind.MIXED if marks else StatementKind.INDIRECT


def _span(look: pages.Page, reach: Reach) -> Span:
    tokens = look.document.tokens
    return Span(tokens[reach.first].start, tokens[reach.last - 1].end)


def _content_span(look: pages.Page, reach: Reach) -> Span:
    """A content's span, without marks that belong to the sentence around it."""
    tokens = look.document.tokens
    first, last = reach
    while last - first > 1 and tokens[last - 1].tag in OUTER_MARKS:
        last -= 1
    while last - first > 1 and tokens[first].tag in OUTER_MARKS:
        first += 1
    return _span(look, Reach(first, last))
