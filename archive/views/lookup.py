"""The actors that the archive knows, looked up for the mentions of one article: what :class:`Names` is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, text

from archive.ledger.names import Held, Known, Names, Usage
from archive.model import Statement, fold

_NAMED = """
SELECT n.folded, a.actor, a.canonical, a.kind
FROM (
  SELECT folded, actor FROM actor_rows WHERE folded IN :names AND actor NOT LIKE '%:%'
  UNION
  SELECT folded, actor FROM alias_rows WHERE folded IN :names AND removed_position IS NULL
) n
JOIN actor_rows a ON a.actor = n.actor
ORDER BY n.folded, a.position
"""
"""An id with a colon is one the archive gave itself; its actor bears the name anyway, unless one registered does."""

_HOLDERS = """
SELECT DISTINCT actor FROM office_rows
WHERE folded IN :offices AND withdrawn_position IS NULL AND since <= :last AND (until IS NULL OR until > :first)
"""

_ACTORS = "SELECT actor, canonical, kind FROM actor_rows WHERE actor IN :actors"

_NAMES = """
SELECT actor, folded FROM actor_rows WHERE actor IN :actors
UNION
SELECT actor, folded FROM alias_rows WHERE actor IN :actors AND removed_position IS NULL
"""

_OFFICES = """
SELECT actor, folded, speaks_for, since, until FROM office_rows
WHERE actor IN :actors AND withdrawn_position IS NULL
ORDER BY since, position
"""


def names_in(connection: Connection, usage: Usage, statements: Sequence[Statement], first: str, last: str) -> Names:
    """All that is known of those whom these statements mention; they were made between two days (ISO dates)."""
    actors = [statement.actor for statement in statements if statement.actor]
    roles = {actor.role for actor in actors if actor.role}
    offices = {key for role in roles for key in usage.offices_in(role)}
    found = _rows(connection, _HOLDERS, offices=offices, first=first, last=last) if offices else []
    holders = {actor for (actor,) in found}
    spoken = {name for statement in statements if (name := statement.speaks_for)}
    spoken |= {actor.country for actor in actors if actor.country}
    spoken |= {owner for actor in actors if (owner := usage.owner(actor.name))}
    named = _named(connection, usage, {actor.name for actor in actors}, spoken)
    mine = holders | {actor for bearers in named.values() for actor, _, _ in bearers}
    tenures = _tenures(connection, mine)
    principals = {t.speaks_for for held in tenures.values() for t in held if t.speaks_for}
    named |= _named(connection, usage, (), principals - spoken)
    known = _known(connection, mine | {a for bearers in named.values() for a, _, _ in bearers}, tenures)
    return Names(
        usage=usage,
        named={name: [known[actor] for actor, _, _ in bearers] for name, bearers in named.items()},
        in_office={key: [known[a] for a in sorted(holders) if _held(tenures[a], key)] for key in offices},
    )


def _held(tenures: Iterable[Held], office: str) -> bool:
    return any(tenure.office == office for tenure in tenures)


def _named(
    connection: Connection, usage: Usage, people: Iterable[str], principals: Collection[str]
) -> dict[str, list[tuple[str, str, str]]]:
    """The bearers of names, by folded name: (actor, canonical, kind)."""
    usual = (usage.principal(name).name for name in principals)
    names = {fold(name) for name in (*people, *principals, *usual)}
    found: dict[str, list[tuple[str, str, str]]] = {}
    for folded, *bearer in _rows(connection, _NAMED, names=names) if names else ():
        found.setdefault(folded, []).append((bearer[0], bearer[1], bearer[2]))
    return found


def _tenures(connection: Connection, actors: Collection[str]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {actor: [] for actor in actors}
    for actor, office, speaks_for, since, until in _rows(connection, _OFFICES, actors=actors) if actors else ():
        found[actor].append(Held(office, speaks_for, since or None, until))
    return found


def _known(connection: Connection, actors: Collection[str], tenures: dict[str, list[Held]]) -> dict[str, Known]:
    if not actors:
        return {}
    names: dict[str, set[str]] = {}
    for actor, folded in _rows(connection, _NAMES, actors=actors):
        names.setdefault(actor, set()).add(folded)
    return {
        actor: Known(actor, canonical, kind, frozenset(names[actor]), tuple(tenures.get(actor, ())))
        for actor, canonical, kind in _rows(connection, _ACTORS, actors=actors)
    }


def _rows(connection: Connection, query: str, **values: Collection[str]) -> list[tuple[str, ...]]:
    """The rows of a query whose parameters are texts, or lists of texts for an ``IN``."""
    many = (name for name, value in values.items() if not isinstance(value, str))
    listed: list[BindParameter[str]] = [bindparam(name, expanding=True) for name in many]
    given = {name: value if isinstance(value, str) else sorted(value) for name, value in values.items()}
    return [tuple(row) for row in connection.execute(text(query).bindparams(*listed), given)]
