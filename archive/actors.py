"""Decisions on who is who, as events with a name behind them, each to be taken back by another: merges and aliases.

And what public registers say (``registers/``): imported, it adds names and tenures to the actors that are known, or
actors; it never takes anything back, and never merges two entries of one register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, text

from archive.errors import UsageError
from archive.extract import places, units
from archive.ledger.declare import Registered, declared, listed
from archive.ledger.engine import reading
from archive.ledger.events import (
    ActorAliasAdded,
    ActorAliasRemoved,
    ActorIdentified,
    ActorMerged,
    ActorMergeUndone,
    Event,
)
from archive.ledger.header import Draft
from archive.ledger.store import Appended, Ledger
from archive.model import Tenure, fold
from archive.registers import Extract
from archive.registers.source import Listed
from archive.views.reports import find_actor

_NEVERTHELESS = frozenset({"secretary", "office"})
"""Words of an office that may be another's, or of a body, but not where the office itself is one that speaks."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: actors that are new, actors that learnt something, and those it left alone."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    events: int = 0


def merge(ledger: Ledger, actor: str, into: str, *, by: str, reason: str, now: datetime) -> Appended:
    """Decide that two actors (names or ids) are one, who goes on as the second. UsageError where they are already."""
    with reading(ledger.engine) as connection:
        first, second = find_actor(connection, actor), find_actor(connection, into)
    if first == second:
        raise UsageError(f"{actor!r} and {into!r} are one already: {first}", remedy="See: archive actors show " + first)
    return _append(ledger, ActorMerged(first, second, by, reason), now)


def split(ledger: Ledger, actor: str, *, by: str, reason: str, now: datetime) -> Appended:
    """Take back the merge of an actor (the id or name it had) into another. UsageError where there is none."""
    with reading(ledger.engine) as connection:
        merged = _merged(connection, actor)
    if len(merged) != 1:
        found = ", ".join(f"{one} (into {into})" for one, into in merged)
        what = f"several merged actors are called {actor!r}" if merged else f"no actor {actor!r} is merged into another"
        remedy = f"Give the id of one: {found}" if merged else "See: archive sql 'SELECT * FROM actor_decisions'"
        raise UsageError(what, remedy=remedy)
    ((one, into),) = merged
    return _append(ledger, ActorMergeUndone(one, into, by, reason), now)


def name(ledger: Ledger, actor: str, alias: str, *, by: str, now: datetime) -> Appended | None:
    """Decide that a name is an actor's; None where it is already. UsageError for an empty name."""
    if not fold(alias):
        raise UsageError("the alias is empty", remedy="Give a name with letters or digits")
    with reading(ledger.engine) as connection:
        found = find_actor(connection, actor)
        if alias in _aliases(connection, found):
            return None
    return _append(ledger, ActorAliasAdded(found, alias, by), now)


def unname(ledger: Ledger, actor: str, alias: str, *, by: str, reason: str, now: datetime) -> Appended:
    """Decide that a name is none of an actor's. UsageError where it is no alias of it."""
    with reading(ledger.engine) as connection:
        found = find_actor(connection, actor)
        known = {fold(one): one for one in _aliases(connection, found)}
    if fold(alias) not in known:
        has = ", ".join(known.values()) or "none"
        raise UsageError(f"{alias!r} is no alias of {found}", remedy=f"Its aliases are: {has}")
    return _append(ledger, ActorAliasRemoved(found, known[fold(alias)], by, reason), now)


def take(ledger: Ledger, extract: Extract, *, by: str, now: datetime) -> Imported:
    """Append what a register says and the archive does not yet; the same again appends nothing.

    An entry is the actor it was found to be before, under any of its ids; else the one registered actor of its name and
    kind, unless another entry of the same register is that; else a new actor.
    """
    with reading(ledger.engine) as connection:
        matched = _matched(connection, extract.listed)
    ids = [actor or one.actor.id for one, actor in zip(extract.listed, matched, strict=True)]
    known = declared(ledger.streams([f"actor:{id_}" for id_ in dict.fromkeys(ids)]))
    actors = dict(known.actors)
    events: list[Event] = []
    became: Counter[str] = Counter()
    for one, id_ in zip(extract.listed, ids, strict=True):
        said = _said(actors.get(id_), one, id_, by)
        became["new" if id_ not in actors else "changed" if said else "unchanged"] += 1
        state = actors.setdefault(id_, Registered())
        for event in said:
            state.learn(event)
        events += said
    if events:
        ledger.append([Draft(event) for event in events], known.versions, now)
    return Imported(became["new"], became["changed"], became["unchanged"], len(events))


def _said(before: Registered | None, one: Listed, id_: str, by: str) -> list[Event]:
    """What an entry adds to the actor it is of."""
    register, entry = one.entries[0]
    offices = tuple(_with_principal(tenure) for tenure in one.actor.offices)
    events = listed(before, replace(one.actor, id=id_, offices=offices), f"{register}:{entry}")
    there = before.entries if before else frozenset()
    identified = [ActorIdentified(id_, r, e, by) for r, e in one.entries if (r, e) not in there]
    return [*events[:1], *identified, *events[1:]] if before is None else [*identified, *events]


def _with_principal(tenure: Tenure) -> Tenure:
    """A tenure that says for whom it speaks, only where its holder does: a member of a parliament speaks for nobody.

    Of which country an office is, its name tells where the register does not ("Minister of Ports of Norland").
    """
    words = units.load("en")
    parts = tuple(tenure.office.split())
    named = [(i, *found) for i in range(len(parts)) if (found := words.places.starting(parts[i:]))]
    of = tenure.speaks_for or (named[-1][1].name if named else None)
    usual = words.places.find(of) if of else None
    of = usual.name if usual and usual.form is places.NameKind.NAME else of
    office = _without(parts, [(i, length) for i, place, length in named if place.name == of])
    rest = f" {fold(office)} "
    speaks = any(f" {one} " in rest for one in (*words.offices.national, *words.offices.spokes))
    apart = (words.offices.organisations | words.offices.apart) & set(rest.split()) - _NEVERTHELESS
    return replace(tenure, office=office or tenure.office, speaks_for=of if speaks and not apart else None)


def _without(parts: Sequence[str], named: Sequence[tuple[int, int]]) -> str:
    """An office without the country it is of: "Minister of Ports of Norland" is "Minister of Ports"."""
    dropped: set[int] = set()
    for i, length in named:
        first = i
        while first and parts[first - 1].lower() in {"of", "the"}:
            first -= 1
        dropped.update(range(first, i + length))
    return " ".join(part for i, part in enumerate(parts) if i not in dropped).strip(" ,")


def _matched(connection: Connection, found: Sequence[Listed]) -> list[str | None]:
    """Which known actor each listed one is, if any."""
    sources = {
        (row.register, row.entry): row.actor
        for row in connection.execute(text("SELECT register, entry, actor FROM source_rows"))
    }
    taken = {(register, actor) for (register, _), actor in sources.items()}
    rows = connection.execute(text("SELECT folded, kind, actor FROM actor_rows WHERE actor NOT LIKE '%:%'"))
    by_name: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        by_name.setdefault((row.folded, row.kind), []).append(row.actor)
    matched: list[str | None] = []
    for one in found:
        same = next((sources[entry] for entry in one.entries if entry in sources), None)
        register = one.entries[0][0]
        named = [a for a in by_name.get((fold(one.actor.name), one.actor.kind), ()) if (register, a) not in taken]
        actor = same or (named[0] if len(named) == 1 else None)
        taken.add((register, actor or one.actor.id))
        matched.append(actor)
    return matched


def _merged(connection: Connection, actor: str) -> list[tuple[str, str]]:
    """The merges in force of the actors with this id, or else of this name: (actor, into)."""
    query = text(
        "SELECT m.actor, m.into_actor, a.folded FROM merge_rows m JOIN actor_rows a ON a.actor = m.actor "
        "WHERE m.undone_position IS NULL ORDER BY m.position"
    )
    rows = connection.execute(query).all()
    by_id = [(row.actor, row.into_actor) for row in rows if row.actor == actor]
    return by_id or [(row.actor, row.into_actor) for row in rows if row.folded == fold(actor)]


def _aliases(connection: Connection, actor: str) -> list[str]:
    query = text("SELECT alias FROM alias_rows WHERE actor = :actor AND removed_position IS NULL ORDER BY position")
    return list(connection.execute(query, {"actor": actor}).scalars())


def _append(ledger: Ledger, event: Event, now: datetime) -> Appended:
    """Append after whatever the stream holds by now."""
    return ledger.append([Draft(event)], ledger.versions([event.stream]), now)
