"""From candidates to attributions: quotations gone on with, one attribution a cue, nested ones only if sure."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from archive.extract import free, gate
from archive.extract.clauses import Reach
from archive.extract.page import Candidate, Page
from archive.extract.quotes import Quotation
from archive.extract.tokens import Token

FREE = 0.2
"""The log odds of free indirect speech: better than even, and no more."""
BETWEEN = 40
"""Tokens that may stand between an attribution and the quotation that goes on after it, in the same paragraph."""

IN_PASSING, DOUBT = -1.5, 0.05
"""The least log odds of what may be told in passing, and how far below the limit it stays at least."""

CLAUSAL = (".bare", ".that", ".wh", ".as", ".quote", ".rel", ".would")
"""Constructions that say something rather than take a side."""

ASCRIBING = ("noun", "maker", "passive.by", "deed.by")
"""Constructions that tell whose a position is, in passing,"""
TAKING_SIDES = ("verb.np", "verb.as", "verb.obj", "light", "deed", "act", "verb.ing", "verb.inf")
"""and those whose content names what somebody is for or against, rather than saying it."""


class Passed(NamedTuple):
    """A candidate that passed, its log odds, and by number the one it is nested in and the one it goes on with."""

    candidate: Candidate
    weight: float
    parent: int | None = None
    continues: int | None = None


def settle(page: Page, weighed: Iterable[tuple[float, Candidate]]) -> list[Passed]:
    """The candidates that pass, outer ones before what is nested in them."""
    limit = math.log(gate.THRESHOLD / (1 - gate.THRESHOLD))
    everything = list(weighed)
    hopeful = [(weight, candidate) for weight, candidate in everything if weight >= limit]
    hopeful = _one_each(hopeful)
    claimed = _claims(candidate for _, candidate in hopeful)
    grown = [(weight, _gone_on(page, candidate, claimed)) for weight, candidate in hopeful]
    grown.sort(key=lambda pair: (-_size(pair[1]), -pair[0]))
    inside: dict[int, int] = {}
    passed: list[Passed] = []
    for alone, candidate in grown:
        parent = inside.get(_place(candidate))
        quoted = _place(candidate) in page.quoted  # then it has been weighed as such
        if parent is not None and _tells_of(passed[parent].candidate, candidate):
            parent = None
        nested = parent is not None and not quoted and not _ascribes(page, passed[parent].candidate, candidate)
        weight = alone + gate.NESTED if nested else alone
        if weight < limit:
            continue
        for first, last in candidate.content:
            for token in range(first, last):
                inside.setdefault(token, len(passed))
        passed.append(Passed(candidate, weight, parent))
    passed += list(_unattributed(page, passed, inside))
    passed += [Passed(one, FREE, None, number) for one, number in free.goes_on(page, inside, _last(passed))]
    return passed + list(_in_passing(page, everything, passed, inside, limit))


def _in_passing(
    page: Page,
    weighed: Sequence[tuple[float, Candidate]],
    passed: Sequence[Passed],
    inside: Mapping[int, int],
    limit: float,
) -> Iterator[Passed]:
    """What did not pass, and still tells whose a position is if it turns out to be on a topic: weights below the limit.

    Only what somebody named is for or against: a pronoun could be anybody's.
    """
    told = {one.candidate.cue for one in passed}
    maybe = [
        (weight, candidate)
        for weight, candidate in weighed
        if weight >= IN_PASSING and candidate.cue and candidate.cue not in told and _is_anybody_else(page, candidate)
    ]
    for weight, candidate in _one_each(maybe):
        yield Passed(candidate, min(weight, limit - DOUBT), inside.get(_place(candidate)))


def _is_anybody_else(page: Page, candidate: Candidate) -> bool:
    """Whether a position is somebody's named, people's or a body's that is not the speaker's own ("her government")."""
    if candidate.pattern.endswith(CLAUSAL):
        return False
    source = candidate.source
    own = source is not None and page.document.tokens[source.first].tag == "PRP$"
    return not own and gate.is_named(page, source)


def _ascribes(page: Page, outer: Candidate, inner: Candidate) -> bool:
    """Whether a position is told as a named one's, within what is said for or against it: "Quill's plan to"."""
    tokens = page.document.tokens
    if outer.pattern == "verb.as" and inner.source and inner.pattern.startswith(("verb", "noun")):
        return outer.content[0].first <= inner.source.first < outer.content[0].last
    if outer.pattern == "according":  # "Quill will leave, according to the paper": the paper passes on what she says
        return inner.source is not None and inner.pattern.startswith("verb")
    named = inner.source is not None and any(tokens[k].tag.startswith("NNP") for k in range(*inner.source))
    if not named or not inner.pattern.startswith(ASCRIBING):
        return False
    return inner.pattern.endswith(".by") or outer.pattern.startswith(TAKING_SIDES)


def _tells_of(outer: Candidate, inner: Candidate) -> bool:
    """Whether the reporter describes whom a position is about: "blamed Quill, the bill's chief supporter"."""
    return inner.pattern == "agent" and outer.pattern.startswith((*TAKING_SIDES, "noun", "maker"))


def _last(passed: Sequence[Passed]) -> dict[int, int]:
    """The last tokens of quotations, with the numbers of what quotes them."""
    return {one.candidate.content[-1].last - 1: n for n, one in enumerate(passed) if one.candidate.direct}


def _unattributed(page: Page, passed: Sequence[Passed], said: Container[int]) -> Iterator[Passed]:
    """Quotations that fill a paragraph and name no source: they go on with what was said in the paragraph before.

    ``said`` holds the tokens that some attribution has as its content already.
    """
    last_in: dict[int, int] = {}
    for number, one in enumerate(passed):
        if one.parent is None and one.candidate.pattern.split(".")[0] in {"direct", "verb", "bare", "according"}:
            place = page.paragraph_of(_place(one.candidate))
            best = last_in.get(place)
            if best is None or _place(passed[best].candidate) < _place(one.candidate):
                last_in[place] = number
    for quotation in page.quotations:
        place = page.paragraph_of(quotation.first)
        paragraph = page.document.paragraphs[place]
        if quotation.single or quotation.first in said or quotation.first + 1 in said or place - 1 not in last_in:
            continue
        if quotation.first - paragraph.first <= 1 and paragraph.last - quotation.last <= 1:
            number = last_in[place] = last_in[place - 1]
            source = passed[number].candidate.source
            content = (Reach(quotation.first, quotation.last),)
            yield Passed(Candidate("goes_on", 0.7, content, source=source, direct=True), 0.85, None, number)


def _one_each(hopeful: Sequence[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """The best candidate for each cue."""
    best: dict[tuple[Reach, ...], float] = {}
    for weight, candidate in hopeful:
        best[candidate.cue] = max(weight, best.get(candidate.cue, weight))
    return [(weight, candidate) for weight, candidate in hopeful if weight == best[candidate.cue]]


def _claims(candidates: Iterable[Candidate]) -> frozenset[int]:
    """The first words of the quotations that have a source named with them."""
    return frozenset(reach.first for candidate in candidates for reach in candidate.content)


def _gone_on(page: Page, candidate: Candidate, claimed: frozenset[int]) -> Candidate:
    """A candidate with the quotations that go on after it in the same paragraph."""
    if candidate.form == "noun" or candidate.pattern.split(".")[0] not in {"direct", "bare", "verb"}:
        return candidate
    if not candidate.direct and candidate.pattern.split(".")[1] not in {"before", "that", "bare", "quote"}:
        return candidate
    candidate = _run_on(page, candidate)
    more = tuple(_following(page, candidate, claimed))
    if not more:
        return candidate
    return candidate._replace(content=(*candidate.content, *more))


def _following(page: Page, candidate: Candidate, claimed: frozenset[int]) -> Iterator[Reach]:
    tokens = page.document.tokens
    end = max(candidate.end, candidate.content[-1].last, *(reach.last for reach in candidate.cue))
    limit = page.paragraph_end(end - 1)
    k, stop = end, min(end + BETWEEN, limit)
    while k < stop:
        quotation = page.opens.get(k)
        k += 1
        if quotation is None or quotation.single:
            continue
        if quotation.first in claimed:
            return
        if _stands_free(page, quotation) and _leads_on(tokens, end, quotation.first - 1):
            yield Reach(quotation.first, quotation.last)
            k = end = quotation.last + 1
            stop = min(k + 4, limit)


def _run_on(page: Page, candidate: Candidate) -> Candidate:
    """A quotation with what of it stands in the next paragraph, where no mark opens it anew."""
    first, last = candidate.content[-1]
    if not candidate.direct or last != page.paragraph_end(first):
        return candidate
    while last in page.runs:
        last = page.runs[last].last
    return candidate._replace(content=(*candidate.content[:-1], Reach(first, last)))


def _stands_free(page: Page, quotation: Quotation) -> bool:
    """Whether a quotation goes to a sentence's end rather than being a fragment within one."""
    tokens = page.document.tokens
    after = quotation.last + 1
    return (
        tokens[quotation.last - 1].tag == "."
        or after >= len(tokens)
        or tokens[after].tag == "."
        or after >= page.paragraph_end(quotation.first)
    )


def _leads_on(tokens: Sequence[Token], start: int, mark: int) -> bool:
    """Whether a quotation that opens at ``mark`` goes on with what was said before ``start``."""
    between = [tokens[k].tag for k in range(start, mark)]
    if not between:
        return True
    return between[-1] in {".", ",", ":", "DASH", "CC", "QUOTE", "''"} or tokens[mark - 1].lower in {
        "that",
        "and",
        "but",
    }


def _place(candidate: Candidate) -> int:
    return candidate.cue[0].first if candidate.cue else candidate.content[0].first


def _size(candidate: Candidate) -> int:
    return sum(last - first for first, last in candidate.content)
