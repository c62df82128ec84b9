"""Assessments → the bitemporal course of each actor's stance on each topic.

Every event that touches a course is applied on its own, so that each state of knowledge is kept: a row that no
longer holds ends at that event's position, and what takes its place begins there. Most events touch one place of a
course, and only the rows from there on are read; for the others the whole course is read and made anew.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence

from archive.errors import ProjectionError
from archive.ledger.events import (
    ActorMerged,
    ActorMergeUndone,
    Event,
    StanceAssessed,
    StanceRetracted,
    StatementWithdrawn,
)
from archive.ledger.header import Recorded
from archive.model import Cause
from archive.views.courses import (
    Causes,
    Course,
    Held,
    Pair,
    Said,
    Why,
    cause_key,
    causes_of,
    read_elements,
    read_ever,
    read_in_force,
    read_in_force_from,
    read_judged,
    read_said,
    read_topics,
)
from archive.views.registry import json_text, merges_in_force
from archive.views.rows import Change, Insert, Row, Rows, Update
from archive.views.tables import assessment_rows, stance_rows
from archive.views.timeline import Element, Segment, timeline

ON_STATEMENTS = (StanceAssessed, StanceRetracted, StatementWithdrawn)
HANDLES: frozenset[type[Event]] = frozenset({*ON_STATEMENTS, ActorMerged, ActorMergeUndone})


def fold_stances(batch: Sequence[Recorded], rows: Rows) -> list[Change]:
    """The changes that a batch makes to assessments and to the courses of stances."""
    courses = _Courses(batch, rows)
    for one in batch:
        event = one.event
        if isinstance(event, StanceAssessed):
            courses.assess(event, Why(one.position, one.at, event.cause))
        elif isinstance(event, StanceRetracted):
            courses.retract(event, Why(one.position, one.at, event.cause))
        elif isinstance(event, StatementWithdrawn):
            courses.withdraw(event, Why(one.position, one.at, event.cause))
        elif isinstance(event, ActorMerged):
            courses.regroup(event, Why(one.position, one.at, Cause.PERSON))
    return list(courses.changes())


class _Courses:
    """The courses that one batch touches, as they are after the events applied so far."""

    def __init__(self, batch: Sequence[Recorded], rows: Rows) -> None:
        self._rows = rows
        self._merges = merges_in_force(rows)
        self._judged: dict[Row, Row] = {}
        self._superseded: dict[Row, int] = {}
        self._opened: dict[Row, Held] = {}
        self._ended: dict[Row, Why] = {}
        touched = {one.event.statement for one in batch if isinstance(one.event, ON_STATEMENTS)}
        self._said = read_said(rows, touched)
        earlier = [one.statement for one in self._said.values() if one.position <= rows.position]
        self._best = read_judged(rows, earlier)
        self._courses = self._touched(batch)

    def _touched(self, batch: Sequence[Recorded]) -> dict[Pair, Course]:
        """The courses that assessments of this batch go into, from the first place on that one of them touches."""
        first: dict[Pair, str] = {}
        for one in batch:
            event = one.event
            if isinstance(event, StanceAssessed) and (said := self._said.get(event.statement)) and said.actor:
                pair = (self._merges.canonical(said.actor), event.topic)
                first[pair] = min(first.get(pair, said.valid_at), said.valid_at)
        courses = {pair: Course([], {}) for pair in first}
        for held in read_in_force_from(self._rows, first):
            courses[held.pair].held.append(held)
            courses[held.pair].elements = None
        for course in courses.values():
            course.held.sort(key=_valid_from)
        return courses

    def assess(self, event: StanceAssessed, why: Why) -> None:
        said = self._said.get(event.statement)
        if said is None or said.position >= why.position:
            raise ProjectionError(
                f"the statement {event.statement} is assessed but was not recorded before",
                where=f"position {why.position}",
            )
        element = _element(event, said, why)
        self._judged[event.statement, event.topic, why.position] = _judgement(event, said, why)
        known = self._best.setdefault(said.statement, {})
        before = known.get(event.topic)
        weaker = min((before, element), key=_authority) if before else None
        if weaker:
            self._superseded[event.statement, event.topic, weaker.assessment] = why.position
        if weaker is not element:
            known[event.topic] = element
            if said.actor is not None and said.live_at(why.position):
                pair = (self._merges.canonical(said.actor), event.topic)
                self._place(pair, element, why, before)

    def retract(self, event: StanceRetracted, why: Why) -> None:
        """Take back the judgement that counts, where it is of this method; a person's is never taken back so."""
        said = self._said.get(event.statement)
        counting = self._best.get(event.statement, {}).get(event.topic)
        if said is None or counting is None or counting.method != event.method:
            return
        self._superseded[event.statement, event.topic, counting.assessment] = why.position
        del self._best[event.statement][event.topic]
        if said.actor is not None and said.live_at(why.position):
            pair = (self._merges.canonical(said.actor), event.topic)
            course = self._whole(pair)
            del course[said.statement]
            self._revise(pair, course, why)

    def withdraw(self, event: StatementWithdrawn, why: Why) -> None:
        said = self._said.get(event.statement)
        if said is None or said.actor is None or said.withdrawn != why.position:
            return
        for topic in self._best.get(said.statement, {}):
            pair = (self._merges.canonical(said.actor), topic)
            course = self._whole(pair)
            del course[said.statement]
            self._revise(pair, course, why)

    def regroup(self, event: ActorMerged, why: Why) -> None:
        """Two actors become one, or one becomes two again: every statement goes to whoever it belongs to now.

        What comes back is as it was: a row keeps the cause it had when either actor last held it.
        """
        before = {self._merges.canonical(event.actor), self._merges.canonical(event.into)}
        members = frozenset().union(*(self._merges.members(actor) for actor in before))
        topics = sorted(read_topics(self._rows, members) | {topic for _, topic in self._courses})
        elements = {t: [e for actor in before for e in self._whole((actor, t)).values()] for t in topics}
        change = self._merges.undo if isinstance(event, ActorMergeUndone) else self._merges.merge
        if not change(event.actor, event.into):
            return
        after = {self._merges.canonical(actor) for actor in members}
        pairs = [(actor, topic) for topic in topics for actor in sorted(before | after)]
        causes = self._causes_ever(pairs)
        for pair in pairs:
            self._whole(pair)
            actor, topic = pair
            mine = {e.statement: e for e in elements[topic] if e.actor and self._merges.canonical(e.actor) == actor}
            self._courses[pair].elements = mine
            self._revise(pair, mine, why, causes)

    def changes(self) -> Iterable[Change]:
        """New rows, and the ends of rows that were there before."""
        judged = [(*row, self._superseded.get(key)) for key, row in self._judged.items()]
        superseded = [(*key, position) for key, position in self._superseded.items() if key not in self._judged]
        yield Insert(assessment_rows, judged)
        yield Update(assessment_rows, ("superseded_position",), superseded)
        opened = [_row(held, self._ended.get(key)) for key, held in self._opened.items()]
        ended = [(*key, why.position, why.at) for key, why in self._ended.items() if key not in self._opened]
        yield Insert(stance_rows, opened)
        yield Update(stance_rows, ("known_to", "known_until"), ended)

    def _place(self, pair: Pair, element: Element, why: Why, before: Element | None) -> None:
        """Put an element into its course, in the place of ``before``, if the statement was assessed before."""
        course = self._courses.get(pair)
        locally = self._insert if before is None else self._exchange if before.tier == element.tier else None
        if course and locally and locally(course, pair, element, why):
            if course.elements is None:
                course.added.append(element)
            else:
                course.elements[element.statement] = element
        else:
            elements = self._whole(pair)
            elements[element.statement] = element
            self._revise(pair, elements, why)

    def _insert(self, course: Course, pair: Pair, element: Element, why: Why) -> bool:
        """Show a new element between the rows before and after it. False, without effect, where it hides later ones."""
        place = bisect(course.held, element, key=_element_of)
        before = course.held[place - 1] if place else None
        after = course.held[place] if place < len(course.held) else None
        if after and after.segment.element.tier > element.tier:
            return False
        hidden = before is not None and element.tier > before.segment.element.tier
        if hidden or (after and after.segment.valid_from == element.valid_at):
            return True
        shown = []
        if before:
            self._end(before, why)
            if before.segment.valid_from < element.valid_at:
                cut = before.segment._replace(valid_to=element.valid_at)
                shown.append(self._open(pair, cut, why, before.cause))
        segment = Segment(element.valid_at, after.segment.valid_from if after else None, element)
        shown.append(self._open(pair, segment, why, why.cause))
        course.held[max(place - 1, 0) : place] = shown
        return True

    def _exchange(self, course: Course, pair: Pair, element: Element, why: Why) -> bool:
        """Take another label of the same kind for a statement: where it is shown, its row changes in place."""
        place = bisect(course.held, element.valid_at, key=_valid_from) - 1
        held = course.held[place] if place >= 0 else None
        if held and held.segment.element.statement == element.statement:
            same = held.segment.element.stance == element.stance
            self._end(held, why)
            segment = held.segment._replace(element=element)
            course.held[place] = self._open(pair, segment, why, held.cause if same else why.cause)
        return True

    def _revise(self, pair: Pair, elements: Mapping[str, Element], why: Why, causes: Causes | None = None) -> None:
        """Make a course anew: rows that still hold stay, others end, and their successors begin."""
        course = self._courses[pair]
        causes = causes or causes_of(course.held)
        current = {held.segment: held for held in course.held}
        course.held = []
        for segment in timeline(elements.values()):
            held = current.pop(segment, None)
            cause = causes.get(cause_key(segment), why.cause)
            course.held.append(held or self._open(pair, segment, why, cause))
        for gone in current.values():
            self._end(gone, why)

    def _open(self, pair: Pair, segment: Segment, why: Why, cause: str) -> Held:
        held = Held(pair, segment, why.position, why.at, cause)
        self._opened[held.key] = held
        return held

    def _end(self, held: Held, why: Why) -> None:
        self._ended[held.key] = why

    def _whole(self, pair: Pair) -> dict[str, Element]:
        """All elements of a course; reads what was not read of it yet."""
        course = self._courses.setdefault(pair, Course([], None))
        if course.elements is None:
            read = read_elements(self._rows, self._merges.members(pair[0]), pair[1])
            course.elements = {e.statement: e for e in sorted([*read, *course.added], key=_authority)}
            held = {one.key: one for one in read_in_force(self._rows, pair)}
            held = {key: one for key, one in held.items() if key not in self._ended}
            held |= {one.key: one for one in course.held}
            course.held = sorted(held.values(), key=_valid_from)
        return course.elements

    def _causes_ever(self, pairs: Sequence[Pair]) -> Causes:
        """The cause of every row these pairs ever had, the latest where there were several."""
        mine = frozenset(pairs)
        return causes_of(
            [*read_ever(self._rows, pairs), *(held for held in self._opened.values() if held.pair in mine)]
        )


def _authority(element: Element) -> tuple[int, int]:
    return element.authority


def _element_of(held: Held) -> Element:
    return held.segment.element


def _valid_from(held: Held) -> str:
    return held.segment.valid_from


def _element(event: StanceAssessed, said: Said, why: Why) -> Element:
    return Element(
        *said[:7],
        event.stance,
        said.directness,
        said.speaks_for,
        said.precision,
        why.position,
        event.method,
        event.confidence,
    )


def _judgement(event: StanceAssessed, said: Said, why: Why) -> Row:
    condition = event.condition
    return (
        event.statement,
        event.topic,
        why.position,
        said.actor,
        event.stance,
        event.method,
        event.by,
        event.confidence,
        json_text(event.evidence),
        condition.start if condition else None,
        condition.end if condition else None,
        event.rule,
        event.cause,
        why.at,
    )


def _row(held: Held, ended: Why | None) -> Row:
    actor, topic = held.pair
    element = held.segment.element
    return (
        actor,
        topic,
        held.segment.valid_from,
        held.known_from,
        held.segment.valid_to,
        ended.position if ended else None,
        held.known_since,
        ended.at if ended else None,
        element.stance,
        held.cause,
        element.statement,
        element.assessment,
        element.method,
        element.confidence,
        element.directness,
        element.speaks_for,
        element.precision,
        element.position,
    )
