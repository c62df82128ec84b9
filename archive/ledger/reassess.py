"""What is recorded is assessed anew on a topic: pure functions from an article's stream to the events that differ.

Statements stay as they were recorded, and what persons judged stays. A label that the rules give now and did not give
is one more assessment; one that they gave and give no longer, for the statement is not about the topic by its present
terms, is retracted. Both have the cause ``rules``, so that no actor seems to have changed their mind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from archive.ledger.events import StanceAssessed, StanceRetracted, StatementRecorded
from archive.ledger.header import Draft, Recorded
from archive.ledger.known import Anchor, KnownArticle
from archive.ledger.record import assessments
from archive.model import (
    ActorKind,
    ActorMention,
    Assessment,
    Cause,
    Directness,
    Resolution,
    Span,
    Statement,
    StatementKind,
)

METHOD = "rule"


def standing(stream: Iterable[Recorded], topic: str) -> dict[str, StanceAssessed]:
    """What the rules say of each statement on a topic so far."""
    told: dict[str, StanceAssessed] = {}
    for one in stream:
        match one.event:
            case StanceAssessed(topic=about, method=method) as event if (about, method) == (topic, METHOD):
                told[event.statement] = event
            case StanceRetracted(topic=about, method=method, statement=statement) if (about, method) == (topic, METHOD):
                told.pop(statement, None)
            case _:
                pass
    return told


def as_read(known: KnownArticle, name: Callable[[str], str | None]) -> dict[str, Statement]:
    """The statements of an article that count, where they stand in its latest revision; ``name`` gives an id's name."""
    placed = ((id_, known.live[id_], known.anchors[id_]) for id_ in known.live)
    listed = [(id_, _statement(event, anchor, name)) for id_, event, anchor in placed]
    return dict(sorted(listed, key=lambda one: one[1].content))


def reassessed(
    known: KnownArticle, told: Mapping[str, StanceAssessed], found: Mapping[str, Statement], *, topic: str, rules: str
) -> list[Draft]:
    """The assessments and retractions by which what ``told`` says becomes what was ``found``; none where it does."""
    drafts: list[Draft] = []
    for id_, statement in found.items():
        event, before = known.live[id_], told.get(id_)
        here = [_back(one, event, known.anchors[id_]) for one in statement.assessments]
        for draft in assessments(event, here, rules, Cause.RULES):
            assert isinstance(draft.event, StanceAssessed)
            if before is None or _label(before) != _label(draft.event):
                drafts.append(draft)
        if before and not here:
            drafts.append(Draft(StanceRetracted(id_, event.article, topic, METHOD, rules)))
    return drafts


def _label(event: StanceAssessed) -> StanceAssessed:
    """A judgement without who made it when: what it says."""
    return msgspec.structs.replace(event, by="", cause="")


def _statement(event: StatementRecorded, anchor: Anchor, name: Callable[[str], str | None]) -> Statement:
    named = event.named
    return Statement(
        kind=StatementKind(event.kind),
        content=anchor.content,
        cue=anchor.cue,
        speaker=anchor.speaker,
        resolution=Resolution(event.resolution),
        actor=ActorMention(name=named.name, kind=ActorKind(named.kind), role=named.role, country=named.country)
        if named
        else None,
        speaks_for=name(event.speaks_for) if event.speaks_for else None,
        directness=Directness(event.directness),
        confidence=event.confidence / 1000,
        pattern=event.pattern,
    )


def _back(one: Assessment, event: StatementRecorded, anchor: Anchor) -> Assessment:
    """An assessment with its spans in the revision that the statement was recorded from."""
    now, then = _spans(anchor), _spans(event)
    moved = [(a, b.start - a.start) for a, b in zip(now, then, strict=False)]

    def back(span: Span) -> Span | None:
        return next((Span(span.start + by, span.end + by) for a, by in moved if a.start <= span.start < a.end), None)

    if now == then:
        return one
    evidence = tuple(span for span in map(back, one.evidence) if span)
    return Assessment(
        topic=one.topic,
        stance=one.stance,
        confidence=one.confidence,
        evidence=evidence,
        condition=back(one.condition) if one.condition else None,
        rule=one.rule,
    )


def _spans(placed: Anchor | StatementRecorded) -> Sequence[Span]:
    return [*placed.content, *placed.cue]
