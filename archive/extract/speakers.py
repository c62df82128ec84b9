"""Attributions → statements: whom the source's words stand for, whom they speak for, and when it was said.

``resolve`` walks the attributions in the order in which their speakers stand, so that "he" can be the one who
spoke just before. A name is completed from the whole article, an office goes to whoever holds it there, a
description nobody answers to becomes an unnamed actor of its own, and what cannot be told stays None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from archive.extract import allegiance, units
from archive.extract import cast as casting
from archive.extract.attribution import Attribution
from archive.extract.cast import Cast, Figure
from archive.extract.dates import said_on
from archive.extract.phrases import tokens_of, voiced
from archive.extract.reference import Discourse, Voice, first_person, third_person
from archive.extract.relatives import antecedent
from archive.extract.text import Document
from archive.model import ActorMention, Directness, Resolution, Span, Statement, StatementKind, Via

_BESIDE = 48
"""Code points on either side of cue and content within which words tell when something was said."""

_SHARED_CONFIDENCE = 0.8
_SHARED_PATTERN = "ascribed.common-position"

_SHARED = re.compile(
    r"\b(?:(?:has|had|have|hold|holds|held|takes?|shares?|shared)\s+)?(?:a|the|its|his|her|their)?\s*"
    r"(?:common|joint|same|shared|identical|similar)\s+(?:position|view|stance|line|approach|opinion)\s+(?:with|as)\s+"
    r"|\b(?:agree[sd]?|in agreement|in line|united|at one)\s+with\s+"
)


def resolve(document: Document, attributions: Sequence[Attribution], published: date | None) -> tuple[Statement, ...]:
    """One statement for each attribution and each of its coordinated speakers, in the order of the attributions.

    ``published`` is the day from which "on Monday" is counted; without it such words tell no date.
    """
    words = units.load(document.language)
    quoted = sorted((s.start, s.end) for a in attributions if a.kind is StatementKind.DIRECT for s in a.content)
    cast = casting.read(document, words, quoted)
    allegiance.settle_ties(cast)
    contents = sorted((span.start, index) for index, a in enumerate(attributions) for span in a.content)
    discourse = Discourse(cast, tuple(attributions), tuple(contents))
    for index in sorted(range(len(attributions)), key=lambda i: (attributions[i].in_passing, _stands(attributions[i]))):
        _hear(discourse, index)
    found = [s for index in range(len(attributions)) for s in _statements(discourse, index, published)]
    return tuple(_once(found))


def _once(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements with each claimed common position told once, in the fewest words that hold it."""
    shared = [s for s in statements if s.pattern == _SHARED_PATTERN]
    fewest = {s.speaker: s for s in sorted(shared, key=lambda s: s.content[0].start - s.content[0].end)}
    yield from (s for s in statements if s.pattern != _SHARED_PATTERN or fewest[s.speaker] is s)


def _stands(attribution: Attribution) -> int:
    return attribution.speaker.start if attribution.speaker else attribution.content[0].start


def _hear(discourse: Discourse, index: int) -> tuple[Voice, ...]:
    """The voices of one attribution, remembered for the pronouns that follow."""
    if index in discourse.voices:
        return discourse.voices[index]
    discourse.voices[index] = ()
    voices = tuple(_heard(discourse, index))
    discourse.voices[index] = voices
    first, _ = tokens_of(discourse.cast.document, discourse.attributions[index].speaker)
    discourse.trail.extend((first, v.figure) for v in voices if v.figure and first >= 0)
    return voices


def _heard(discourse: Discourse, index: int) -> Iterator[Voice]:
    attribution = discourse.attributions[index]
    if attribution.speaker is None:
        source = _hear(discourse, attribution.continues) if attribution.continues is not None else ()
        yield from (Voice(v.figure, Resolution.IMPLICIT) for v in source or (Voice(None, Resolution.IMPLICIT),))
        return
    first, last = tokens_of(discourse.cast.document, attribution.speaker)
    pronoun = discourse.cast.words.pronouns.pronouns.get(discourse.cast.document.tokens[first].lower)
    if pronoun is None or last - first > 1:
        yield from voiced(discourse, first, last)
    elif pronoun.person == "1":
        if attribution.parent is not None:
            _hear(discourse, attribution.parent)
        yield from first_person(discourse, index)
    elif pronoun.person == "r":
        yield from antecedent(discourse, first)
    else:
        yield Voice(third_person(discourse, first, pronoun, index), Resolution.PRONOUN)


def _statements(discourse: Discourse, index: int, published: date | None) -> Iterator[Statement]:
    attribution = discourse.attributions[index]
    personal = _personal(discourse, attribution)
    for voice in discourse.voices[index]:
        outer = _outer(discourse, index, voice)
        yield Statement(
            kind=attribution.kind,
            content=attribution.content,
            cue=attribution.cue,
            speaker=attribution.speaker,
            resolution=voice.resolution,
            actor=_actor(voice.figure),
            speaks_for=None if personal or not voice.figure else allegiance.speaks_for(discourse.cast, voice.figure),
            personal=personal,
            via=(*_relays(discourse, attribution), *outer),
            directness=Directness.ASCRIBED if outer else Directness.FIRST_HAND,
            said_on=_said_on(discourse, index, published),
            confidence=attribution.confidence,
            pattern=attribution.pattern,
        )
    yield from _shared(discourse, index)


def _actor(figure: Figure | None) -> ActorMention | None:
    if figure is None:
        return None
    tied = figure.place or figure.tie
    return ActorMention(
        name=figure.name,
        kind=figure.kind,
        role=figure.role,
        country=tied.name if tied else None,
        former=figure.former,
    )


def _personal(discourse: Discourse, attribution: Attribution) -> bool:
    """Whether the words beside say that an office holder speaks for nobody else."""
    beside = _beside(discourse.cast, attribution).casefold()
    return any(phrase in beside for phrase in discourse.cast.words.offices.personal)


def _relays(discourse: Discourse, attribution: Attribution) -> Iterator[Via]:
    for span in attribution.via:
        first, last = tokens_of(discourse.cast.document, span)
        named = discourse.cast.at(first, last)
        words = discourse.cast.document.text[span.start : span.end]
        yield Via(name=named[1].name if named else units.bare(words), span=span)


def _outer(discourse: Discourse, index: int, voice: Voice) -> tuple[Via, ...]:
    """The speaker in whose words this statement stands, where that is somebody else."""
    parent = discourse.attributions[index].parent
    while parent is not None:
        for other in discourse.voices[parent]:
            span = _named_at(discourse, parent)
            if other.figure and other.figure is not voice.figure and span:
                return (Via(name=other.figure.name, span=span), *_outer(discourse, parent, other))
        parent = discourse.attributions[parent].parent
    return ()


def _named_at(discourse: Discourse, index: int | None) -> Span | None:
    while index is not None:
        attribution = discourse.attributions[index]
        if attribution.speaker:
            return attribution.speaker
        index = attribution.continues
    return None


def _said_on(discourse: Discourse, index: int, published: date | None) -> date | None:
    attribution = discourse.attributions[index]
    if attribution.speaker is None and attribution.continues is not None:
        return _said_on(discourse, attribution.continues, published)
    return said_on(_beside(discourse.cast, attribution), published)


def _beside(cast: Cast, attribution: Attribution) -> str:
    """The words near cue, speaker and content, within their sentences and outside the content."""
    anchors = [s for s in (*attribution.cue, attribution.speaker) if s]
    if not anchors:
        return ""
    document = cast.document
    first, _ = tokens_of(document, anchors[0])
    sentence = document.sentences[cast.sentence_of(first)]
    start, end = document.tokens[sentence.first].start, document.tokens[sentence.last - 1].end
    beside = [*anchors, *(c for c in attribution.content if start <= c.start < end)]
    kept = bytearray(end - start)
    for anchor in beside:
        _mark(kept, anchor.start - _BESIDE - start, anchor.end + _BESIDE - start, 1)
    for content in attribution.content:
        _mark(kept, content.start - start, content.end - start, 0)
    return "\n".join(document.text[start + low : start + high] for low, high in _runs(kept))


def _runs(kept: bytearray) -> Iterator[tuple[int, int]]:
    low = kept.find(1)
    while low >= 0:
        high = kept.find(0, low)
        yield low, high if high >= 0 else len(kept)
        low = kept.find(1, high) if high >= 0 else -1


def _mark(kept: bytearray, low: int, high: int, value: int) -> None:
    low, high = max(0, low), min(len(kept), high)
    if low < high:
        kept[low:high] = bytes([value]) * (high - low)


def _shared(discourse: Discourse, index: int) -> Iterator[Statement]:
    """Statements ascribed to those with whom a speaker claims a common position."""
    attribution, document = discourse.attributions[index], discourse.cast.document
    span = _named_at(discourse, index)
    for content in attribution.content:
        for match in _SHARED.finditer(document.text, content.start, content.end):
            first, last = tokens_of(document, Span(match.end(), min(match.end() + 1, content.end)))
            partner = discourse.cast.at(first, min(last + 2, len(document.tokens)))
            if partner is None or span is None:
                continue
            start, end = partner[0].span(document)
            named = Span(match.end(), end) if start - match.end() <= len("the ") else Span(start, end)
            outer = tuple(v.figure for v in discourse.voices[index] if v.figure)
            if outer and partner[1] not in outer:
                yield Statement(
                    kind=StatementKind.INDIRECT,
                    content=(content,),
                    cue=(Span(match.start(), len(match.group().rstrip()) + match.start()),),
                    speaker=named,
                    actor=_actor(partner[1]),
                    speaks_for=allegiance.speaks_for(discourse.cast, partner[1]),
                    via=tuple(Via(name=figure.name, span=span) for figure in outer[:1]),
                    directness=Directness.ASCRIBED,
                    confidence=attribution.confidence * _SHARED_CONFIDENCE,
                    pattern=_SHARED_PATTERN,
                )
