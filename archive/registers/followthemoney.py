"""FollowTheMoney entities as OpenSanctions publishes them, one a line, flat or nested: people, bodies, who held what.

The schemata are followthemoney.tech's: Person, Organization, PublicBody, Company, LegalEntity; Position (``name``,
``country``) and Occupancy (``holder``, ``post``, ``startDate``, ``endDate``). Others are passed over, and told.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from babel import Locale

from archive.errors import UsageError
from archive.model import Actor, ActorKind, Tenure, fold
from archive.registers.source import Extract, Json, Listed, Placed

REGISTER = "opensanctions"
_KINDS = {
    "Person": ActorKind.PERSON,
    "Organization": ActorKind.ORGANISATION,
    "PublicBody": ActorKind.ORGANISATION,
    "Company": ActorKind.ORGANISATION,
    "LegalEntity": ActorKind.ORGANISATION,
}
_WIKIDATA_ID = re.compile(r"Q\d+")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T.*)?")
_UNION = {"eu": "European Union"}


def is_entity(value: Json) -> bool:
    """Whether a value is an entity of FollowTheMoney."""
    return isinstance(value.get("schema"), str) and isinstance(value.get("id"), str) and "properties" in value


def extract(found: Sequence[Placed]) -> Extract:
    """The people and bodies among these entities, with the tenures that occupancies tell of."""
    flat = {entity["id"]: (where, entity) for placed in found for where, entity in _flat(*placed)}
    passed_over: dict[str, None] = {}
    tenures: dict[str, list[Tenure]] = {}
    for where, entity in flat.values():
        if entity["schema"] == "Occupancy":
            for holder in _texts(entity, "holder"):
                tenures.setdefault(holder, []).extend(_tenures(where, entity, flat, passed_over))
        elif entity["schema"] not in _KINDS and entity["schema"] != "Position":
            passed_over[f"entities of the schema {entity['schema']} are neither actors nor offices"] = None
    listed = [
        _listed(where, entity, tuple(tenures.get(entity["id"], ())))
        for where, entity in flat.values()
        if entity["schema"] in _KINDS
    ]
    gone = sorted(tenures.keys() - {one.entries[0][1] for one in listed})
    passed_over |= dict.fromkeys(f"the holder {holder} of an office is not in the file" for holder in gone)
    return Extract(tuple(listed), tuple(passed_over))


def _flat(where: str, entity: Json, holder: str | None = None) -> Iterator[Placed]:
    """An entity and those nested in its properties, each with ids in their place; a nested tenure names its holder."""
    if not isinstance(entity["properties"], dict):
        raise _wrong(where, "its properties are no object")
    properties: dict[str, list[str]] = {}
    for name, values in entity["properties"].items():
        if not isinstance(values, list):
            raise _wrong(where, f"the property {name} is no list of values")
        nested = [value for value in values if isinstance(value, dict) and is_entity(value)]
        properties[name] = [
            str(v["id"]) if isinstance(v, dict) else str(v) for v in values if v not in nested or "id" in v
        ]
        for value in nested:
            yield from _flat(where, value, entity["id"])
    if entity["schema"] == "Occupancy" and holder and not properties.get("holder"):
        properties["holder"] = [holder]
    yield where, {**entity, "properties": properties}


def _listed(where: str, entity: Json, tenures: tuple[Tenure, ...]) -> Listed:
    kind = _KINDS[entity["schema"]]
    caption = entity.get("caption")
    given = [*([caption] if isinstance(caption, str) else []), *_texts(entity, "name")]
    if not given:
        raise _wrong(where, f"the entity {entity['id']} has no name")
    others = [
        name for name in (*given[1:], *_texts(entity, "alias")) if kind is not ActorKind.PERSON or " " in fold(name)
    ]
    aliases = {fold(name): name for name in others if fold(name) != fold(given[0])}
    entries = [(REGISTER, entity["id"])]
    same = [id_ for id_ in (entity["id"], *_texts(entity, "wikidataId")) if _WIKIDATA_ID.fullmatch(id_)]
    entries += [("wikidata", id_) for id_ in dict.fromkeys(same)]
    id_ = re.sub(r"[^a-z0-9_.-]", "-", entity["id"].lower()).lstrip("_.-")
    actor = Actor(id=id_, name=given[0], kind=kind, aliases=tuple(aliases.values()), offices=tenures)
    return Listed(tuple(entries), actor)


def _tenures(where: str, occupancy: Json, flat: Mapping[str, Placed], passed_over: dict[str, None]) -> Iterator[Tenure]:
    since = _day(where, next(iter(_texts(occupancy, "startDate")), None), first=True)
    last = _day(where, next(iter(_texts(occupancy, "endDate")), None), first=False)
    until = last + timedelta(days=1) if last else None
    if since and until and until <= since:
        raise _wrong(where, f"the occupancy {occupancy['id']} ends before it begins")
    for post in _texts(occupancy, "post"):
        if post not in flat:
            passed_over[f"the position {post} is held, but is not in the file"] = None
            continue
        position = flat[post][1]
        for name in (_texts(position, "name") or [str(position.get("caption") or "")])[:1]:
            if name:
                yield Tenure(office=name, speaks_for=_principal(position), since=since, until=until)


def _principal(position: Json) -> str | None:
    """The country of a position by its code, if it has one and no smaller area."""
    codes = _texts(position, "country")
    if len(codes) != 1 or _texts(position, "subnationalArea"):
        return None
    name = _UNION.get(codes[0]) or Locale("en").territories.get(codes[0].upper())
    return str(name) if name else None


def _texts(entity: Json, name: str) -> list[str]:
    return [value for value in entity["properties"].get(name, ()) if isinstance(value, str) and value.strip()]


def _day(where: str, written: str | None, *, first: bool) -> date | None:
    """The first or last day that a date, a month or a year may mean."""
    if written is None:
        return None
    found = _DATE.fullmatch(written)
    try:
        if found is None:
            raise ValueError(written)
        year, month, day = int(found[1]), int(found[2] or (1 if first else 12)), found[3]
        return date(year, month, int(day) if day else 1 if first else calendar.monthrange(year, month)[1])
    except ValueError:
        raise _wrong(where, f"{written!r} is no date") from None


def _wrong(where: str, what: str) -> UsageError:
    return UsageError(what, where=where, remedy="Give FollowTheMoney entities, one a line")
