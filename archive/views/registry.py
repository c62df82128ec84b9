"""Who and what is known: feeds, actors with their names, merges and offices, topics.

Pure but for reading the rows that a batch touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from archive.ledger.events import (
    ActorAliasAdded,
    ActorAliasRemoved,
    ActorIdentified,
    ActorMerged,
    ActorMergeUndone,
    ActorRegistered,
    Event,
    FeedAdded,
    FeedMoved,
    FeedRetired,
    OfficeHeld,
    OfficeWithdrawn,
    TopicDefined,
    TopicRetired,
)
from archive.ledger.header import Recorded
from archive.ledger.names import office_key
from archive.model import fold
from archive.views.identity import Merges
from archive.views.rows import Change, Insert, Row, Rows, Update, Upsert
from archive.views.tables import (
    actor_rows,
    alias_rows,
    decision_rows,
    feed_rows,
    merge_rows,
    office_rows,
    source_rows,
    topic_rows,
)

FEEDS = (FeedAdded, FeedMoved, FeedRetired)
TOPICS = (TopicDefined, TopicRetired)
MERGES = (ActorMerged, ActorMergeUndone)
ALIASES = (ActorAliasAdded, ActorAliasRemoved)
OFFICES = (OfficeHeld, OfficeWithdrawn)
HANDLES: frozenset[type[Event]] = frozenset(
    {*FEEDS, *TOPICS, *MERGES, *ALIASES, *OFFICES, ActorRegistered, ActorIdentified}
)


def fold_registry(batch: Sequence[Recorded], rows: Rows) -> list[Change]:
    """The changes that a batch makes to feeds, actors and topics."""
    return [
        *_feeds([one for one in batch if isinstance(one.event, FEEDS)], rows),
        *_topics([one for one in batch if isinstance(one.event, TOPICS)], rows),
        *_actors(batch, rows),
        *_aliases(batch),
        *_offices(batch),
        *_sources(batch),
        Insert(decision_rows, [row for one in batch if (row := _decision(one))]),
    ]


def json_text(value: object) -> str:
    """A value as JSON, as the columns of lists hold it."""
    return msgspec.json.encode(value).decode()


def merges_in_force(rows: Rows) -> Merges:
    """The merges at the position of these rows, whether or not the registry is further by now."""
    in_force = rows.fetch(
        "SELECT actor, into_actor FROM {merge_rows} CROSS JOIN {keys}"
        " WHERE position <= {position} AND (undone_position IS NULL OR undone_position > {position})"
    )
    return Merges((actor, into) for actor, into in in_force)


def _feeds(batch: Sequence[Recorded], rows: Rows) -> Iterable[Change]:
    names = [column.name for column in feed_rows.columns]
    keys = sorted({(one.event.feed,) for one in batch if isinstance(one.event, FEEDS)})
    found = rows.fetch(f"SELECT {', '.join(names)} FROM {{keys}} JOIN {{feed_rows}} ON feed = k0", keys)
    feeds: dict[str, dict[str, Any]] = {row[0]: dict(zip(names, row, strict=True)) for row in found}
    for one in batch:
        match one.event:
            case FeedAdded(feed=feed, url=url, title=title, language=language):
                known = feeds.setdefault(feed, {"feed": feed, "position": one.position})
                known |= {"url": url, "title": title, "language": language, "retired_position": None}
            case FeedMoved(feed=feed, url=url):
                feeds[feed]["url"] = url
            case FeedRetired(feed=feed):
                feeds[feed]["retired_position"] = one.position
            case _:
                pass
    changed = ("url", "title", "language", "retired_position")
    yield Upsert(feed_rows, changed, [tuple(feed[name] for name in names) for feed in feeds.values()])


def _topics(batch: Sequence[Recorded], rows: Rows) -> Iterable[Change]:
    names = [column.name for column in topic_rows.columns]
    keys = sorted({(one.event.topic,) for one in batch if isinstance(one.event, TOPICS)})
    found = rows.fetch(f"SELECT {', '.join(names)} FROM {{keys}} JOIN {{topic_rows}} ON topic = k0", keys)
    topics: dict[str, dict[str, Any]] = {row[0]: dict(zip(names, row, strict=True)) for row in found}
    for one in batch:
        match one.event:
            case TopicDefined(topic=topic, proposition=proposition, terms=terms, context=context):
                known = topics.setdefault(topic, {"topic": topic, "position": one.position})
                known |= {"proposition": proposition, "terms": json_text(terms), "context": json_text(context)}
                known |= {"defined_position": one.position, "retired_position": None}
            case TopicRetired(topic=topic):
                topics[topic]["retired_position"] = one.position
            case _:
                pass
    changed = ("proposition", "terms", "context", "defined_position", "retired_position")
    yield Upsert(topic_rows, changed, [tuple(topic[name] for name in names) for topic in topics.values()])


def _actors(batch: Sequence[Recorded], rows: Rows) -> Iterable[Change]:
    merges = merges_in_force(rows)
    decisions = _Decisions(merges, rows)
    registered: dict[str, Recorded] = {}
    first: dict[str, int] = {}
    for one in batch:
        event = one.event
        if type(event) is ActorRegistered:
            registered[event.actor] = one
            first.setdefault(event.actor, one.position)
        elif isinstance(event, ActorMerged):
            decisions.take(one.position, event)
    yield Upsert(
        actor_rows,
        ("name", "folded", "kind"),
        [
            (actor, one.event.name, fold(one.event.name), one.event.kind, merges.canonical(actor), first[actor])
            for actor, one in registered.items()
            if type(one.event) is ActorRegistered
        ],
    )
    yield from decisions.changes()


class _Decisions:
    """The merges and undone merges of a batch."""

    def __init__(self, merges: Merges, rows: Rows) -> None:
        self._merges, self._rows = merges, rows
        self._made: dict[int, ActorMerged] = {}
        self._undone: dict[int, int] = {}
        self._touched: set[str] = set()

    def take(self, position: int, event: ActorMerged) -> None:
        affected = self._merges.members(self._merges.canonical(event.actor))
        undo = isinstance(event, ActorMergeUndone)
        if undo and self._merges.undo(event.actor, event.into):
            self._end(event.actor, position)
        elif not undo and self._merges.merge(event.actor, event.into):
            self._end(event.actor, position)
            self._made[position] = event
        else:
            return
        self._touched |= affected

    def _end(self, actor: str, position: int) -> None:
        """Note where the merge of this actor that was in force ended, if there was one."""
        stored = self._rows.fetch(
            "SELECT position, undone_position FROM {keys} JOIN {merge_rows} ON actor = k0", [(actor,)]
        )
        mine = [made for made, ended in stored if ended is None]
        mine += [made for made, event in self._made.items() if event.actor == actor]
        for made in mine:
            self._undone.setdefault(made, position)

    def changes(self) -> Iterable[Change]:
        made = [
            (position, event.actor, event.into, event.by, event.reason, self._undone.get(position))
            for position, event in self._made.items()
        ]
        earlier = [(made, ended) for made, ended in self._undone.items() if made not in self._made]
        yield Insert(merge_rows, made)
        yield Update(merge_rows, ("undone_position",), earlier)
        canonical = [(actor, self._merges.canonical(actor)) for actor in sorted(self._touched)]
        yield Update(actor_rows, ("canonical",), canonical)


def _aliases(batch: Sequence[Recorded]) -> Iterable[Change]:
    """Each alias as it stands after the batch; one that is taken away keeps its row."""
    added: dict[Row, Row] = {}
    removed: dict[Row, Row] = {}
    for one in batch:
        event = one.event
        if isinstance(event, ActorAliasAdded):
            key = (event.actor, event.alias)
            removed.pop(key, None)
            added[key] = (*key, fold(event.alias), event.by, one.position, None)
        elif isinstance(event, ActorAliasRemoved):
            key = (event.actor, event.alias)
            if key in added:
                added[key] = (*added[key][:-1], one.position)
            else:
                removed[key] = (*key, one.position)
    yield Upsert(alias_rows, ("decided_by", "position", "removed_position"), list(added.values()))
    yield Update(alias_rows, ("removed_position",), list(removed.values()))


def _offices(batch: Sequence[Recorded]) -> Iterable[Change]:
    """Each tenure as it stands after the batch; one that is withdrawn keeps its row."""
    held: dict[Row, Row] = {}
    withdrawn: dict[Row, Row] = {}
    for one in batch:
        event = one.event
        if isinstance(event, OFFICES):
            key = (event.actor, office_key(event.office), event.since or "")
        if isinstance(event, OfficeHeld):
            withdrawn.pop(key, None)
            held[key] = (*key, event.office, event.speaks_for, event.until, event.by, one.position, None)
        elif isinstance(event, OfficeWithdrawn):
            if key in held:
                held[key] = (*held[key][:-1], one.position)
            else:
                withdrawn[key] = (*key, one.position)
    told = ("office", "speaks_for", "until", "decided_by", "position", "withdrawn_position")
    yield Upsert(office_rows, told, list(held.values()))
    yield Update(office_rows, ("withdrawn_position",), list(withdrawn.values()))


def _sources(batch: Sequence[Recorded]) -> Iterable[Change]:
    entries = {
        (event.register, event.entry): (event.register, event.entry, event.actor, event.by, one.position)
        for one in batch
        if isinstance(event := one.event, ActorIdentified)
    }
    yield Upsert(source_rows, ("actor", "decided_by", "position"), list(entries.values()))


def _decision(one: Recorded) -> Row | None:
    """The row that tells of a decision on who is who; None for other events."""
    match one.event:
        case ActorMergeUndone(actor=actor, into=into, by=by, reason=reason):
            told = ("merge undone", actor, into, by, reason)
        case ActorMerged(actor=actor, into=into, by=by, reason=reason):
            told = ("merged", actor, into, by, reason)
        case ActorAliasAdded(actor=actor, alias=alias, by=by):
            told = ("alias added", actor, alias, by, "")
        case ActorAliasRemoved(actor=actor, alias=alias, by=by, reason=reason):
            told = ("alias removed", actor, alias, by, reason)
        case ActorIdentified(actor=actor, register=register, entry=entry, by=by):
            told = ("identified", actor, f"{register}:{entry}", by, "")
        case OfficeHeld(actor=actor, office=office, by=by):
            told = ("office held", actor, office, by, "")
        case OfficeWithdrawn(actor=actor, office=office, by=by, reason=reason):
            told = ("office withdrawn", actor, office, by, reason)
        case _:
            return None
    return (one.position, *told, one.at)
