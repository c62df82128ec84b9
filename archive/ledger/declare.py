"""What the user's configuration says becomes events: feeds, topics and the registry of actors.

Pure functions from what the log says to what the configuration says. Nothing in the configuration rewrites
history: a topic with new terms is defined anew from here on, a feed that is gone is retired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.ledger.events import (
    ActorAliasAdded,
    ActorRegistered,
    Event,
    FeedAdded,
    FeedMoved,
    FeedRetired,
    OfficeHeld,
    TopicDefined,
    TopicRetired,
)
from archive.ledger.header import Draft, Recorded
from archive.ledger.record import Names
from archive.model import Actor, Feed, Topic, fold

BY_CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class Declared:
    """What the log says is configured now, and the version of every stream that says so."""

    feeds: Mapping[str, FeedAdded] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, TopicDefined] = field(default_factory=dict)
    actors: Mapping[str, frozenset[Event]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)


def declared(log: Iterable[Recorded]) -> Declared:
    """Fold the events of feeds, topics and actors; others are passed over."""
    feeds: dict[str, FeedAdded] = {}
    urls: dict[str, str] = {}
    topics: dict[str, TopicDefined] = {}
    actors: dict[str, set[Event]] = {}
    versions: dict[str, int] = {}
    for one in log:
        versions[one.stream] = one.version
        match one.event:
            case FeedAdded() as event:
                feeds[event.feed], urls[event.feed] = event, event.url
            case FeedMoved() as event:
                urls[event.feed] = event.url
            case FeedRetired(feed=feed):
                feeds.pop(feed, None)
            case TopicDefined() as event:
                topics[event.topic] = event
            case TopicRetired(topic=topic):
                topics.pop(topic, None)
            case ActorRegistered() | ActorAliasAdded() | OfficeHeld() as event:
                actors.setdefault(event.actor, set()).add(event)
            case _:
                pass
    return Declared(feeds, urls, topics, {id_: frozenset(events) for id_, events in actors.items()}, versions)


def declare(known: Declared, feeds: Sequence[Feed], topics: Sequence[Topic], actors: Sequence[Actor]) -> list[Draft]:
    """What must be appended so that the log says what the configuration says; nothing where it does already."""
    events = [*_feeds(known, feeds), *_topics(known, topics)]
    for actor in actors:
        events += _actor(known.actors.get(actor.id, frozenset()), actor)
    return [Draft(event) for event in events]


def _feeds(known: Declared, feeds: Sequence[Feed]) -> list[Event]:
    events: list[Event] = []
    for feed in feeds:
        before = known.feeds.get(feed.id)
        added = FeedAdded(feed.id, feed.url, feed.title, feed.language)
        if before is None or (before.title, before.language) != (added.title, added.language):
            events.append(added)
        elif known.urls[feed.id] != feed.url:
            events.append(FeedMoved(feed.id, feed.url, known.urls[feed.id]))
    gone = sorted(known.feeds.keys() - {feed.id for feed in feeds})
    return [*events, *(FeedRetired(id_, f"removed from the {BY_CONFIGURATION}") for id_ in gone)]


def _topics(known: Declared, topics: Sequence[Topic]) -> list[Event]:
    events: list[Event] = []
    for topic in topics:
        defined = TopicDefined(topic.id, topic.proposition, topic.terms, topic.context)
        if known.topics.get(topic.id) != defined:
            events.append(defined)
    gone = sorted(known.topics.keys() - {topic.id for topic in topics})
    return [*events, *(TopicRetired(id_) for id_ in gone)]


def _actor(known: frozenset[Event], actor: Actor) -> list[Event]:
    wanted: list[Event] = []
    if not any(isinstance(event, ActorRegistered) for event in known):
        wanted.append(ActorRegistered(actor.id, actor.name, actor.kind))
    aliases = {fold(event.alias) for event in known if isinstance(event, ActorAliasAdded)}
    wanted += [ActorAliasAdded(actor.id, name, BY_CONFIGURATION) for name in actor.aliases if fold(name) not in aliases]
    for held in actor.offices:
        since, until = (day.isoformat() if day else None for day in (held.since, held.until))
        office = OfficeHeld(actor.id, held.office, held.speaks_for, since, until)
        wanted += [office] if office not in known else []
    return wanted


def names(actors: Sequence[Actor], countries: Iterable[str]) -> Names:
    """The names by which a reading's mentions are resolved: the registry's names and aliases."""
    known = {fold(name): actor.id for actor in actors for name in (actor.name, *actor.aliases)}
    return Names(known, frozenset(countries))
