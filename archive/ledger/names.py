"""Whom a mention stands for: what one article says of a speaker meets the actors that the archive knows.

The order is: a name or alias that exactly one actor bears; of several bearers the one whose office and country at the
date the article gives; an office without a name, by country and date; else an actor of its own. A bare surname, and
whoever is not named, is an actor of its one article. Nothing here is fuzzy: near matches are for a person to judge.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archive.model import ActorKind, ActorMention, Statement, fold

_SCOPED = (ActorKind.ANONYMOUS, ActorKind.GROUP)
_LONGEST_ROLE = 12

_SMALL = frozenset(["of", "the", "for", "and", "to", "a", "an", "s", "affairs"])
"""Words that tell no office from another."""

_OWNED = re.compile(r"(?:[Tt]he )?(?:(?P<a>.+?)(?:['’]s|(?<=s)['’]) (?P<x>.+)|(?P<y>.+?) of (?P<b>.+))")
_SPELLED = {"defense": "defence", "labor": "labour"}


def office_key(office: str) -> str:
    """The key under which an office is known: "Minister of Finance" and "finance minister" have one."""
    return " ".join(sorted(_words(office)))


def _words(office: str) -> list[str]:
    return [_SPELLED.get(word, word) for word in fold(office).split() if word not in _SMALL]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language's names and offices are like; all folded but the usual names.

    ``usual`` gives for every name of a country or organisation its usual one and its kind; ``sole`` are offices of one
    word that one person holds ("president"), ``apart`` words that make an office somebody else's ("deputy", "adviser"),
    ``bodies`` words for what stands for the country it is of ("government").
    """

    usual: Mapping[str, tuple[str, ActorKind]] = field(default_factory=dict)
    sole: Collection[str] = frozenset()
    apart: Collection[str] = frozenset()
    bodies: Collection[str] = frozenset()

    def owner(self, name: str) -> str | None:
        """Whose body a name says it is: "Veyland" of "Veyland's government" and of "the government of Veyland"."""
        found = _OWNED.fullmatch(name)
        if found is None:
            return None
        owner, body = (found["a"], found["x"]) if found["a"] else (found["b"], found["y"])
        return owner if fold(body) in self.bodies else None

    def offices_in(self, role: str) -> tuple[str, ...]:
        """The keys of all offices that the words of a role may name, the longest first."""
        words = _words(role)[:_LONGEST_ROLE]
        runs = sorted(
            ((i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)), key=lambda run: run[0] - run[1]
        )
        keys = (" ".join(sorted(words[i:j])) for i, j in runs)
        return tuple(dict.fromkeys(key for key in keys if " " in key or key in self.sole))

    def is_office(self, role: str, office: str) -> bool:
        """Whether a role is exactly this office (a key), and not that of a deputy or an adviser."""
        others = set(_words(role)) & set(self.apart)
        return office in self.offices_in(role) and others <= set(office.split())

    def principal(self, name: str) -> ActorMention:
        """Whoever can be spoken for, under the usual name: a country or organisation."""
        usual, kind = self.usual.get(fold(name), (name, ActorKind.ORGANISATION))
        return ActorMention(name=usual, kind=kind)


@dataclass(frozen=True, slots=True)
class Held:
    """A tenure: the office's key, for whom it speaks (a name or an actor's id), and [since, until) as ISO dates."""

    office: str
    speaks_for: str | None = None
    since: str | None = None
    until: str | None = None

    def at(self, day: str) -> bool:
        """Whether the office was held on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Known:
    """An actor of the archive with its names, folded; ``canonical`` stands for it where it was merged into another."""

    actor: str
    canonical: str
    kind: str
    names: Collection[str] = ()
    offices: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The actor of a statement, and who it speaks for: ids, None where nobody could be told.

    ``principal`` is the latter under its usual name, to be registered by.
    """

    actor: str | None
    speaks_for: str | None
    principal: ActorMention | None


@dataclass(frozen=True, slots=True)
class Names:
    """The actors that bear the names of an article, and those who ever held the offices it speaks of."""

    usage: Usage = field(default_factory=Usage)
    named: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    in_office: Mapping[str, Sequence[Known]] = field(default_factory=dict)

    def resolve(self, statement: Statement, article: str, day: str) -> Resolved:
        """Whom a statement made on a day (an ISO date) is by, and for whom it speaks."""
        mention, said = statement.actor, statement.speaks_for
        if mention is None:
            return Resolved(None, self.principal(said), self.usage.principal(said) if said else None)
        if said == mention.name and (owner := self.usage.owner(said)) and self.named.get(fold(owner)):
            said = owner
        known = self._known(mention, self.principal(said), day)
        actor = known.actor if known else self._anew(mention, article)
        spoken = None if statement.personal else self._speaks_for(mention, known, said, day)
        named = self.usage.principal(spoken) if spoken and not _is_id(spoken) else None
        return Resolved(actor, self.principal(spoken), named)

    def principal(self, name: str | None) -> str | None:
        """The id of a country or organisation by its name; an id is returned as it is."""
        if name is None or _is_id(name):
            return name
        mention = self.usage.principal(name)
        bearers = [k for n in (name, mention.name) for k in self.named.get(fold(n), ()) if k.kind != ActorKind.PERSON]
        known = _only(bearers)
        return known.actor if known else own_id(mention)

    def _known(self, mention: ActorMention, said: str | None, day: str) -> Known | None:
        if mention.kind in _SCOPED:
            single = mention.kind is ActorKind.ANONYMOUS and not mention.former
            return _only(self._holders(mention, said, day)) if single else None
        bearers = self.named.get(fold(mention.name), ())
        bearers = [known for known in bearers if known.kind == mention.kind] or bearers
        if found := _only(bearers) or _only(k for k in bearers if self._holds(k, mention, said, day)):
            return found
        if bearers or mention.former or " " in fold(mention.name):
            return None
        surname = fold(mention.name)
        return _only(k for k in self._holders(mention, said, day) if any(n.split(" ")[-1] == surname for n in k.names))

    def _holders(self, mention: ActorMention, said: str | None, day: str) -> Iterator[Known]:
        """Those who hold the mention's office in the mention's country on the day."""
        for office in self.usage.offices_in(mention.role or "") if said else ():
            if self.usage.is_office(mention.role or "", office):
                found = [k for k in self.in_office.get(office, ()) if self._holds(k, mention, said, day)]
                if found:
                    yield from found
                    return

    def _holds(self, known: Known, mention: ActorMention, said: str | None, day: str) -> bool:
        """Whether an actor holds on the day an office that the mention's role names, or speaks for its country."""
        held = [t for t in known.offices if t.at(day)]
        tied = {self.principal(mention.country), said} - {None}
        return any(
            (mention.role is None or self.usage.is_office(mention.role, t.office))
            and (not tied or self.principal(t.speaks_for) in tied)
            for t in held
        )

    def _speaks_for(self, mention: ActorMention, known: Known | None, said: str | None, day: str) -> str | None:
        """Whom an actor speaks for, by name: by the tenures that are known, else by the article.

        An office that the article calls a former one has ended, whatever is known of it, and one known to be over on
        the day, or not begun, speaks for nobody, whatever the article calls its holder.
        """
        offices = known.offices if known else ()
        mine = [t for t in offices if t.speaks_for and self._is(mention, t)]
        held = sorted((t for t in offices if t.speaks_for and t.at(day)), key=lambda t: t.since or "")
        if mention.former:
            held = [t for t in held if t not in mine or mention.role is None]
        elif said and mention.role and not mine:
            return said
        if held:
            best = [t for t in held if t in mine] or held
            return best[-1].speaks_for
        return None if self.principal(said) in {self.principal(t.speaks_for) for t in mine} else said

    def _is(self, mention: ActorMention, tenure: Held) -> bool:
        return mention.role is None or self.usage.is_office(mention.role, tenure.office)

    def _anew(self, mention: ActorMention, article: str) -> str:
        """An actor of its own: one a name, but one an article where a name alone does not tell who it is."""
        name = fold(mention.name)
        bare = mention.kind is ActorKind.PERSON and " " not in name
        shared = bool(self.named.get(name))
        return own_id(mention, article if bare or shared or mention.kind in _SCOPED else None)


def own_id(mention: ActorMention, article: str | None = None) -> str:
    """The id that the archive gives an actor of itself: ``kind:name``, with the article where it is of that alone."""
    slug = fold(mention.name).replace(" ", "-") or mention.name.encode().hex()[:24]
    return f"{mention.kind}:{slug}" + (f":{article}" if article else "")


def _is_id(name: str) -> bool:
    return name.partition(":")[0] in (ActorKind.COUNTRY, ActorKind.ORGANISATION) and ": " not in name


def _only(found: Iterable[Known]) -> Known | None:
    """The one actor that all of these are, merged ones aside; None where there are several, or none."""
    listed = list(found)
    return listed[0] if len({known.canonical for known in listed}) == 1 else None
