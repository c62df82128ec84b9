"""Assessments → the bitemporal course of each actor's stance on each topic.

Every event that touches a course is applied on its own, so that each state of knowledge is kept: a row that no
longer holds ends at that event's position, and what takes its place begins there. Most events touch one place of a
course, and only the rows from there on are read; for the others the whole course is read and made anew.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from archive.errors import ProjectionError
from archive.ledger.events import ActorMerged, ActorMergeUndone, Event, Recorded, StanceAssessed, StatementWithdrawn
from archive.model import Cause
from archive.views.registry import json_text, merges_in_force
from archive.views.rows import Change, Insert, Row, Rows, Update
from archive.views.tables import assessment_rows, stance_rows
from archive.views.timeline import Element, Segment, timeline

HANDLES: frozenset[type[Event]] = frozenset({StanceAssessed, StatementWithdrawn, ActorMerged, ActorMergeUndone})

Pair: TypeAlias = tuple[str, str]
"""An actor, as canonical at the time, and a topic."""

Causes: TypeAlias = dict[tuple[str, str, str], str]
"""Valid time, statement and stance of a row → its cause."""

_ELEMENT = """
  {moment:s.valid_at}, {moment:s.dateline}, s.article_position, s.start, s.position, s.statement, s.actor, a.stance,
  s.directness, s.speaks_for, s.precision, a.position, a.method, a.confidence
"""

_SAID = """
SELECT {moment:s.valid_at}, {moment:s.dateline}, s.article_position, s.start, s.position, s.statement, s.actor,
  s.directness, s.speaks_for, s.precision,
  (SELECT min(w.position) FROM {withdrawal_rows} w WHERE w.statement = s.statement)
FROM {keys} CROSS JOIN {statement_rows} s WHERE s.statement = k0
"""

_JUDGED = f"""
SELECT a.topic, {_ELEMENT}
FROM {{keys}} CROSS JOIN {{assessment_rows}} a JOIN {{statement_rows}} s ON s.statement = a.statement
WHERE a.statement = k0 AND a.superseded_position IS NULL
"""

_ELEMENTS = f"""
SELECT {_ELEMENT}
FROM {{keys}} CROSS JOIN {{assessment_rows}} a JOIN {{statement_rows}} s ON s.statement = a.statement
WHERE a.actor = k0 AND a.topic = k1 AND a.superseded_position IS NULL AND NOT EXISTS (
  SELECT 1 FROM {{withdrawal_rows}} w WHERE w.statement = a.statement AND w.position <= {{position}})
"""

_HELD = f"""
SELECT r.actor, r.topic, {{moment:r.valid_to}}, r.known_from, {{moment:r.known_since}}, r.cause, {_ELEMENT}
FROM {{keys}} CROSS JOIN {{stance_rows}} r
JOIN {{assessment_rows}} a ON a.statement = r.statement AND a.topic = r.topic AND a.position = r.assessment
JOIN {{statement_rows}} s ON s.statement = r.statement
WHERE r.actor = k0 AND r.topic = k1
"""

_FROM_THERE_ON = "r.known_to IS NULL AND (r.valid_to IS NULL OR r.valid_to > {at:k2})"


class Why(NamedTuple):
    """The event that changes a course: where and when it was recorded, and what it is a sign of."""

    position: int
    at: str
    cause: str


class Said(NamedTuple):
    """A statement as far as courses need it; ``withdrawn`` is the position of its first withdrawal, if any."""

    valid_at: str
    dateline: str
    article_position: int
    start: int
    position: int
    statement: str
    actor: str | None
    directness: str
    speaks_for: str | None
    precision: str
    withdrawn: int | None

    def live_at(self, position: int) -> bool:
        """Whether the statement still counts when the event at this position is applied."""
        return self.withdrawn is None or self.withdrawn >= position


class Held(NamedTuple):
    """A row of the stance table that is in force: what was held, and since which event the archive says so."""

    pair: Pair
    segment: Segment
    known_from: int
    known_since: str
    cause: str

    @property
    def key(self) -> Row:
        """The row's primary key."""
        return (*self.pair, self.segment.valid_from, self.known_from)


class Course:
    """The rows in force of one pair, in order, and the statements they follow from.

    While only the rows that this batch can touch are read, ``elements`` is None, and ``added`` holds what came in.
    """

    def __init__(self, held: list[Held], elements: dict[str, Element] | None) -> None:
        self.held, self.elements = held, elements
        self.added: list[Element] = []


def fold_stances(batch: Sequence[Recorded], rows: Rows) -> list[Change]:
    """The changes that a batch makes to assessments and to the courses of stances."""
    courses = _Courses(batch, rows)
    for one in batch:
        event = one.event
        if isinstance(event, StanceAssessed):
            courses.assess(event, Why(one.position, one.at, event.cause))
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
        touched = {one.event.statement for one in batch if isinstance(one.event, StanceAssessed | StatementWithdrawn)}
        said = (Said(*row) for row in rows.fetch(_SAID, [(statement,) for statement in sorted(touched)]))
        self._said = {one.statement: one for one in said}
        self._best = self._judged_before()
        self._courses = self._touched(batch)

    def _judged_before(self) -> dict[str, dict[str, Element]]:
        """The assessments that count so far, by statement and topic."""
        earlier = [(one.statement,) for one in self._said.values() if one.position <= self._rows.position]
        best: dict[str, dict[str, Element]] = {}
        for topic, *values in self._rows.fetch(_JUDGED, earlier):
            element = Element(*values)
            best.setdefault(element.statement, {})[topic] = element
        return best

    def _touched(self, batch: Sequence[Recorded]) -> dict[Pair, Course]:
        """The courses that assessments of this batch go into, from the first place on that one of them touches."""
        first: dict[Pair, str] = {}
        for one in batch:
            event = one.event
            if isinstance(event, StanceAssessed) and (said := self._said.get(event.statement)) and said.actor:
                pair = (self._merges.canonical(said.actor), event.topic)
                first[pair] = min(first.get(pair, said.valid_at), said.valid_at)
        courses = {pair: Course([], {}) for pair in first}
        for held in self._read_held([(*pair, at) for pair, at in sorted(first.items())], _FROM_THERE_ON):
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
        topics = self._topics(members)
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
        causes = causes or _causes(course.held)
        current = {held.segment: held for held in course.held}
        course.held = []
        for segment in timeline(elements.values()):
            held = current.pop(segment, None)
            cause = causes.get(_cause_key(segment), why.cause)
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
            keys = [(member, pair[1]) for member in self._merges.members(pair[0])]
            read = [Element(*row) for row in self._rows.fetch(_ELEMENTS, keys)]
            course.elements = {e.statement: e for e in sorted([*read, *course.added], key=_authority)}
            held = {one.key: one for one in self._read_held([pair], "r.known_to IS NULL")}
            held = {key: one for key, one in held.items() if key not in self._ended}
            held |= {one.key: one for one in course.held}
            course.held = sorted(held.values(), key=_valid_from)
        return course.elements

    def _read_held(self, keys: Sequence[tuple[str, ...]], condition: str) -> list[Held]:
        found = self._rows.fetch(f"{_HELD} AND {condition} ORDER BY r.known_from", keys)
        return [
            Held((actor, topic), Segment(values[0], valid_to, Element(*values)), known_from, known_since, cause)
            for actor, topic, valid_to, known_from, known_since, cause, *values in found
        ]

    def _topics(self, members: Iterable[str]) -> list[str]:
        """Every topic that one of these actors was assessed on."""
        keys = [(member,) for member in sorted(members)]
        stored = self._rows.fetch("SELECT DISTINCT topic FROM {keys} JOIN {assessment_rows} ON actor = k0", keys)
        return sorted({topic for (topic,) in stored} | {topic for _, topic in self._courses})

    def _causes_ever(self, pairs: Sequence[Pair]) -> Causes:
        """The cause of every row these pairs ever had, the latest where there were several."""
        mine = frozenset(pairs)
        stored = self._read_held(pairs, "r.known_from <= {position}")
        return _causes([*stored, *(held for held in self._opened.values() if held.pair in mine)])


def _authority(element: Element) -> tuple[int, int]:
    return element.authority


def _element_of(held: Held) -> Element:
    return held.segment.element


def _valid_from(held: Held) -> str:
    return held.segment.valid_from


def _cause_key(segment: Segment) -> tuple[str, str, str]:
    return segment.valid_from, segment.element.statement, segment.element.stance


def _causes(rows: Iterable[Held]) -> Causes:
    return {_cause_key(held.segment): held.cause for held in rows}


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
    )
