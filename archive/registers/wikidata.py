"""Wikidata's entities as ``Special:EntityData`` and ``wbgetentities`` deliver them: people, bodies, countries, offices.

The model is Wikibase's (doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html). A person's offices are the
statements of P39 with their qualifiers P580 and P582; what an office is called, and for which country or body it is,
stands in the office's own entity, which must be in the same file.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from archive.errors import UsageError
from archive.model import Actor, ActorKind, Tenure, fold
from archive.registers.source import Extract, Json, Listed, Placed

REGISTER = "wikidata"
LANGUAGES = ("en", "mul")

_HUMAN = "Q5"
_COUNTRIES = frozenset({"Q6256", "Q3624078", "Q7275", "Q20181813", "Q123480", "Q3024240"})
_POSITIONS = frozenset(
    {"Q4164871", "Q294414", "Q83307", "Q114962596", "Q2285706", "Q48352", "Q30461", "Q14212", "Q4657217"}
)
_IS_A, _HELD, _START, _END = "P31", "P39", "P580", "P582"
_OF = ("P1001", "P2389", "P17", "P642")
"""What ties an office to a country or body: jurisdiction, body directed, country, "of"."""

_TIME = re.compile(r"\+?(\d{4,})-(\d\d)-(\d\d)T")
_YEAR, _MONTH, _DAY = 9, 10, 11


def is_wikidata(value: Json) -> bool:
    """Whether a value is an entity of Wikidata, or an answer that holds some."""
    return "entities" in value or ("claims" in value and "id" in value) or value.get("type") == "item"


def entities(where: str, value: Json) -> Iterator[Placed]:
    """The entities in a value of a file; UsageError where it says to hold some and does not."""
    if not is_wikidata(value):
        return
    listed = value.get("entities", {value.get("id", ""): value})
    if not isinstance(listed, dict) or not all(isinstance(one, dict) for one in listed.values()):
        raise _wrong(where, "its entities are no objects by id")
    for id_, entity in listed.items():
        if "missing" in entity:
            raise _wrong(where, f"Wikidata has no entity {id_}")
        if not re.fullmatch(r"Q\d+", str(entity.get("id", ""))):
            raise _wrong(where, f"the entity {id_!r} has no id of an item")
        place = f"{where}, {entity['id']}"
        _checked(place, entity)
        yield place, entity


def extract(found: Sequence[Placed]) -> Extract:
    """The people, bodies and countries among these entities, with the offices whose entities are there too."""
    by_id = {entity["id"]: entity for _, entity in found}
    offices = {target for _, entity in found for target in _targets(entity, _HELD)}
    passed_over: dict[str, None] = {}
    listed = []
    for where, entity in found:
        kind = _kind(entity, offices)
        if kind is None:
            continue
        names = _names(entity, kind)
        if not names:
            raise _wrong(where, "it has no label")
        tenures = tuple(_tenures(entity, by_id, passed_over, where)) if kind is ActorKind.PERSON else ()
        actor = Actor(id=entity["id"].lower(), name=names[0], kind=kind, aliases=names[1:], offices=tenures)
        listed.append(Listed(((REGISTER, entity["id"]),), actor))
    return Extract(tuple(listed), tuple(passed_over))


def _checked(where: str, entity: Json) -> None:
    """UsageError where an entity has not the parts of one."""
    for name, part in ((name, entity.get(name)) for name in ("labels", "aliases", "claims")):
        if part and not isinstance(part, dict):  # what is empty, Wikibase writes as an empty list
            raise _wrong(where, f"its {name} are no object")


def _kind(entity: Json, offices: Iterable[str]) -> ActorKind | None:
    """What an entity is; None for an office, and for what is of no class at all."""
    classes = set(_targets(entity, _IS_A))
    if _HUMAN in classes:
        return ActorKind.PERSON
    if classes & _COUNTRIES or _claims(entity, "P297"):
        return ActorKind.COUNTRY
    if not classes or classes & _POSITIONS or entity["id"] in offices or _claims(entity, "P1308"):
        return None
    return ActorKind.ORGANISATION


def _names(entity: Json, kind: ActorKind) -> tuple[str, ...]:
    """The English label, then labels in other languages and English aliases, each once.

    A person's alias of one word is left out: it is no name of this person alone.
    """
    labels, aliases = entity.get("labels") or {}, entity.get("aliases") or {}
    languages = [*LANGUAGES, *sorted(labels)]
    named = [labels[code]["value"] for code in languages if code in labels]
    also = [one["value"] for code in LANGUAGES for one in aliases.get(code) or ()]
    kept = named[:1] + [n for n in (*named[1:], *also) if kind is not ActorKind.PERSON or " " in fold(n)]
    return tuple({fold(name): name for name in reversed(kept) if fold(name)}.values())[::-1]


def _tenures(entity: Json, by_id: dict[str, Json], passed_over: dict[str, None], where: str) -> Iterator[Tenure]:
    for claim in _claims(entity, _HELD):
        target = _target(claim.get("mainsnak") or {})
        if target is None:
            continue
        office = by_id.get(target)
        name = next(iter(_names(office, ActorKind.ORGANISATION)), None) if office else None
        if office is None or name is None:
            passed_over[f"the office {target} is held, but its entity is not in the file"] = None
            continue
        since = _day(_qualifier(claim, _START), first=True)
        last = _day(_qualifier(claim, _END), first=False)
        until = last + timedelta(days=1) if last else None
        if since and until and until <= since:
            raise _wrong(where, f"the office {target} ends before it begins")
        yield Tenure(office=name, speaks_for=_principal(claim, office, by_id), since=since, until=until)


def _principal(claim: Json, office: Json, by_id: dict[str, Json]) -> str | None:
    """The country or body an office is for, where its entity is in the file."""
    for source in (claim.get("qualifiers") or {}, {p: [c.get("mainsnak") for c in _claims(office, p)] for p in _OF}):
        for one in (_target(snak or {}) for p in _OF for snak in source.get(p) or ()):
            if one in by_id and (names := _names(by_id[one], ActorKind.ORGANISATION)):
                return names[0]
    return None


def _claims(entity: Json, property_: str) -> list[Json]:
    """The statements of a property that stand: not the deprecated ones."""
    found = (entity.get("claims") or {}).get(property_) or []
    return [claim for claim in found if isinstance(claim, dict) and claim.get("rank") != "deprecated"]


def _targets(entity: Json, property_: str) -> Iterator[str]:
    found = (_target(claim.get("mainsnak") or {}) for claim in _claims(entity, property_))
    yield from (target for target in found if target)


def _target(snak: Json) -> str | None:
    """The item a snak points to; None where it has no value, or none that is known."""
    value = _value(snak)
    found = value.get("id") or (f"Q{value['numeric-id']}" if "numeric-id" in value else None)
    return str(found) if found else None


def _qualifier(claim: Json, property_: str) -> Json:
    snaks = (claim.get("qualifiers") or {}).get(property_) or [{}]
    return _value(snaks[0])


def _value(snak: Json) -> Json:
    value = (snak.get("datavalue") or {}).get("value")
    return value if isinstance(value, dict) else {}


def _day(value: Json, *, first: bool) -> date | None:
    """The first or last day that a time of some precision may mean; None where there is none, or it is coarser."""
    found = _TIME.match(str(value.get("time", "")))
    precision = value.get("precision", _DAY)
    if found is None or precision < _YEAR:
        return None
    year, month, day = (int(part) for part in found.groups())
    month = month if precision >= _MONTH and month else (1 if first else 12)
    day = day if precision >= _DAY and day else (1 if first else calendar.monthrange(year, month)[1])
    return date(year, month, day)


def _wrong(where: str, what: str) -> UsageError:
    return UsageError(what, where=where, remedy="Give entities as Special:EntityData or wbgetentities deliver them")
