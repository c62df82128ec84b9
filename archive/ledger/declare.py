"""What the user's configuration says becomes events: feeds, topics and the registry of actors.

Pure functions from what the log says to what the configuration says. Nothing in the configuration rewrites
history: a topic with new terms is defined anew from here on, a feed that is gone is retired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archive.ledger.events import (
    BY_CONFIGURATION,
    ActorAliasAdded,
    ActorAliasRemoved,
    ActorIdentified,
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
from archive.ledger.header import Draft, Recorded
from archive.ledger.names import office_key
from archive.model import Actor, Feed, Tenure, Topic, fold

REMOVED = f"removed from the {BY_CONFIGURATION}"


@dataclass(slots=True)
class Registered:
    """What the log says of one actor: names, offices, and entries of registers.

    Names are folded; aliases are with who decided on each, ``refused`` are those that somebody took away.
    """

    name: str = ""
    aliases: dict[str, ActorAliasAdded] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    offices: dict[tuple[str, str | None], OfficeHeld] = field(default_factory=dict)
    entries: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, event: Event) -> None:
        """Take one more event of the actor."""
        match event:
            case ActorRegistered(name=name):
                self.name = fold(name)
            case ActorAliasAdded(alias=alias):
                self.aliases[fold(alias)] = event
                self.refused.discard(fold(alias))
            case ActorAliasRemoved(alias=alias, by=by):
                self.aliases.pop(fold(alias), None)
                if by != BY_CONFIGURATION:
                    self.refused.add(fold(alias))
            case ActorIdentified(register=register, entry=entry):
                self.entries.add((register, entry))
            case OfficeHeld(office=office, since=since):
                self.offices[office_key(office), since] = event
            case OfficeWithdrawn(office=office, since=since):
                self.offices.pop((office_key(office), since), None)
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Declared:
    """What the log says is configured now, and the version of every stream that says so.

    Where a redirect moved a feed, and a feed whose server says it is gone, are no matter of the configuration.
    """

    feeds: Mapping[str, FeedAdded] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, TopicDefined] = field(default_factory=dict)
    actors: Mapping[str, Registered] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)


def declared(log: Iterable[Recorded]) -> Declared:
    """Fold the events of feeds, topics and actors; others are passed over."""
    feeds: dict[str, FeedAdded] = {}
    urls: dict[str, str] = {}
    topics: dict[str, TopicDefined] = {}
    actors: dict[str, Registered] = {}
    versions: dict[str, int] = {}
    for one in log:
        versions[one.stream] = one.version
        match one.event:
            case FeedAdded() as event:
                feeds[event.feed], urls[event.feed] = event, event.url
            case FeedMoved(cause=cause) as event if cause == BY_CONFIGURATION:
                urls[event.feed] = event.url
            case FeedRetired(feed=feed, reason=reason) if reason == REMOVED:
                feeds.pop(feed, None)
            case TopicDefined() as event:
                topics[event.topic] = event
            case TopicRetired(topic=topic):
                topics.pop(topic, None)
            case ActorRegistered(actor=actor, name=name):
                actors.setdefault(actor, Registered()).name = fold(name)
            case (
                ActorAliasAdded() | ActorAliasRemoved() | ActorIdentified() | OfficeHeld() | OfficeWithdrawn() as event
            ):
                actors.setdefault(event.actor, Registered()).learn(event)
            case _:
                pass
    return Declared(feeds, urls, topics, actors, versions)


def declare(known: Declared, feeds: Sequence[Feed], topics: Sequence[Topic], actors: Sequence[Actor]) -> list[Draft]:
    """What must be appended so that the log says what the configuration says; nothing where it does already."""
    events = [*_feeds(known, feeds), *_topics(known, topics)]
    for actor in actors:
        events += _actor(known.actors.get(actor.id), actor)
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
    return [*events, *(FeedRetired(id_, REMOVED) for id_ in gone)]


def _topics(known: Declared, topics: Sequence[Topic]) -> list[Event]:
    events: list[Event] = []
    for topic in topics:
        defined = TopicDefined(topic.id, topic.proposition, topic.terms, topic.context)
        if known.topics.get(topic.id) != defined:
            events.append(defined)
    gone = sorted(known.topics.keys() - {topic.id for topic in topics})
    return [*events, *(TopicRetired(id_) for id_ in gone)]


def _actor(known: Registered | None, actor: Actor) -> list[Event]:
    """What the configuration adds to an actor or takes back; what others decided stays, an alias they refused too."""
    before = known or Registered()
    wanted: list[Event] = [] if known else [ActorRegistered(actor.id, actor.name, actor.kind)]
    given = {fold(name): name for name in actor.aliases}
    wanted += [
        ActorAliasAdded(actor.id, name, BY_CONFIGURATION)
        for folded, name in given.items()
        if folded not in before.aliases and folded not in before.refused
    ]
    wanted += [
        ActorAliasRemoved(actor.id, event.alias, BY_CONFIGURATION, REMOVED)
        for folded, event in before.aliases.items()
        if event.by == BY_CONFIGURATION and folded not in given
    ]
    return [*wanted, *_offices(before, actor)]


def listed(known: Registered | None, actor: Actor, by: str) -> list[Event]:
    """What a register adds to an actor; nothing of it is taken back, and what others decided stays.

    A tenure that the register itself told before is replaced where it tells it otherwise now.
    """
    before = known or Registered()
    given = {fold(name): name for name in (actor.name, *actor.aliases)} if known else {}
    given |= {fold(name): name for name in actor.aliases}
    events: list[Event] = [] if known else [ActorRegistered(actor.id, actor.name, actor.kind)]
    taken = {*before.aliases, *before.refused, before.name or fold(actor.name)}
    events += [ActorAliasAdded(actor.id, name, by) for folded, name in given.items() if folded not in taken]
    for tenure in dict.fromkeys(actor.offices):
        office = _held(actor.id, tenure, by)
        told = before.offices.get((office_key(office.office), office.since))
        if told is None or (told.by == by and told != office):
            events.append(office)
    return events


def _held(actor: str, tenure: Tenure, by: str) -> OfficeHeld:
    since, until = (day.isoformat() if day else None for day in (tenure.since, tenure.until))
    return OfficeHeld(actor, tenure.office, tenure.speaks_for, since, until, by)


def _offices(before: Registered, actor: Actor) -> Iterable[Event]:
    held: set[tuple[str, str | None]] = set()
    for tenure in actor.offices:
        office = _held(actor.id, tenure, BY_CONFIGURATION)
        key = (office_key(office.office), office.since)
        held.add(key)
        if before.offices.get(key) != office:
            yield office
    for key, event in before.offices.items():
        if event.by == BY_CONFIGURATION and key not in held:
            yield OfficeWithdrawn(actor.id, event.office, BY_CONFIGURATION, event.since, REMOVED)
