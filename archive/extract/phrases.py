"""The noun phrase of a speaker → voices: one for each of the coordinated, each a figure of the article or a new one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.extract import allegiance, mentions, units
from archive.extract.cast import Cast, Figure
from archive.extract.places import NameKind, Place
from archive.extract.reference import Discourse, Voice, third_person
from archive.extract.text import Document
from archive.extract.units import ARTICLES, Unit, UnitKind
from archive.model import ActorKind, Resolution, Span

_POSSESSIVES = frozenset({"his", "her", "its", "their", "my", "our"})
_COUNTRY_WORDS = frozenset({"country", "nation"})
_GOVERNMENTS = frozenset({"government", "governments"})
_HEADS = (UnitKind.NAME, UnitKind.PLACE, UnitKind.OFFICE, UnitKind.WORD)
_PEOPLE = frozenset({"person", "man", "woman", "boy", "girl", "one", "somebody", "someone", "insider", "veteran"})
_AMONG = frozenset({"including", "like", "such", "as", "notably", "among", "along", "together", "with", "joined", "by"})
_NAMED = (UnitKind.NAME, UnitKind.PLACE)


def tokens_of(document: Document, span: Span | None) -> tuple[int, int]:
    """The tokens that a span covers, half-open; ``(-1, -1)`` for no span."""
    if span is None:
        return -1, -1
    first = min(bisect_left(document.tokens, span.start, key=lambda t: t.end - 1), len(document.tokens) - 1)
    last = bisect_left(document.tokens, span.end, key=lambda t: t.start)
    return first, max(last, first + 1)


def voiced(discourse: Discourse, first: int, last: int) -> Iterator[Voice]:
    """The voices of the noun phrase in tokens ``first`` to before ``last``."""
    cast = discourse.cast
    whole = units.units(cast.document, cast.words, first, last, cast.names)
    line = _spoken(cast.document, _core(whole))
    if governments := _governments(cast, line):
        yield from governments
        return
    parts = _set_apart(cast.document, whole) or _listed(cast.document, line) or _coordinated(cast.document, line)
    for part in parts:
        yield _family(cast, part, parts[-1]) or _voice(discourse, part)


def _core(line: Sequence[Unit]) -> list[Unit]:
    """The phrase without brackets and relative clauses."""
    kept: list[Unit] = []
    for unit in line:
        if unit.kind is UnitKind.STOP:
            if kept:
                break
            continue
        kept.append(unit)
    while kept and kept[-1].kind in (UnitKind.COMMA, UnitKind.AND, UnitKind.POSSESSIVE, UnitKind.LINK):
        kept.pop()
    return kept


def _spoken(document: Document, line: list[Unit]) -> list[Unit]:
    """The phrase without an adverb after a comma: "the ministers, meanwhile"."""
    adverb = len(line) > 1 and all(document.tokens[i].tag == "RB" for i in range(line[-1].first, line[-1].last))
    return _core(line[:-1]) if adverb and line[-2].kind is UnitKind.COMMA else line


def _listed(document: Document, line: Sequence[Unit]) -> list[Sequence[Unit]]:
    """The names after a description: "the two rivals, Ada Quill and Bo Reid"; with it after "including"."""
    comma = next((i for i, u in enumerate(line) if i and _sets_off(document, u)), None)
    if comma is None or comma + 1 >= len(line):
        return []
    rest = line[comma + (line[comma].kind is UnitKind.COMMA) :]
    if _is_name(line[:comma]) and document.tokens[rest[0].first].lower not in {"along", "together", "joined"}:
        return []
    among = document.tokens[rest[0].first].lower in _AMONG
    if among:
        rest = [u for u in rest if u.kind is not UnitKind.LINK and document.tokens[u.first].lower not in _AMONG]
    parts = [[u for u in part if u.kind is not UnitKind.COMMA] for part in _coordinated(document, rest)] if rest else []
    if not parts or not all(part and _is_name(part) for part in parts):
        return []
    return [line[:comma], *parts] if among else list(parts) if len(parts) > 1 else []


def _sets_off(document: Document, unit: Unit) -> bool:
    """Whether a group ends here and its members follow: a comma, or "captains like Ada Quill"."""
    return unit.kind is UnitKind.COMMA or document.tokens[unit.first].lower == "like"


def _set_apart(document: Document, whole: Sequence[Unit]) -> list[Sequence[Unit]]:
    """The names between dashes after a description: "three senators — Ada Quill, Bo Reid and Ted Oster —".

    Where it is only some of them who are named ("and, in particular, Ada Quill") the description comes first.
    """
    stop = next((i for i, u in enumerate(whole) if i and document.tokens[u.first].tag == "DASH"), None)
    if stop is None or _is_name(whole[:stop]):
        return []
    rest = list(whole[stop + 1 :])
    while rest and not document.tokens[rest[0].first].text[0].isupper():
        rest.pop(0)
    parts: list[list[Unit]] = [[]]
    for unit in rest:
        if unit.kind in (UnitKind.COMMA, UnitKind.AND, UnitKind.STOP):
            parts.append([])
        else:
            parts[-1].append(unit)
    names = [part for part in parts if part]
    if not names or not all(_is_name(part) and document.tokens[part[0].first].text[0].isupper() for part in names):
        return []
    some = len(rest) < len(whole) - stop - 1
    return [whole[:stop], *names] if some else list(names)


def _governments(cast: Cast, line: Sequence[Unit]) -> list[Voice]:
    """One voice a country for "the governments of Norland and Veyland"."""
    head = next((i for i, u in enumerate(line) if u.kind is UnitKind.OFFICE), None)
    if head is None or cast.document.tokens[line[head].first].lower not in _GOVERNMENTS:
        return []
    listed = [u.place for u in line if u.kind is UnitKind.PLACE and u.place]
    beside = all(
        u.kind in (UnitKind.PLACE, UnitKind.AND, UnitKind.COMMA, UnitKind.LINK)
        for u in line[head + 1 :]
        if u.last - u.first > 1 or cast.document.tokens[u.first].lower not in ARTICLES
    )
    if not listed or not beside:
        return []
    return [Voice(_government(place), Resolution.EXPLICIT) for place in listed]


def _government(place: Place) -> Figure:
    return Figure(f"Government of {place.name}", ActorKind.ORGANISATION, rank="bodies", tie=place, gender="n")


def _coordinated(document: Document, line: Sequence[Unit]) -> list[Sequence[Unit]]:
    """The parts of a coordination, or the whole phrase where it is none."""
    if not any(u.kind is UnitKind.AND for u in line):
        return [line]
    parts: list[list[Unit]] = [[]]
    for unit in line:
        if unit.kind is UnitKind.AND or (unit.kind is UnitKind.COMMA and parts[-1] and _is_name(parts[-1])):
            parts.append([])
        elif unit.kind is not UnitKind.COMMA or parts[-1]:
            parts[-1].append(unit)
    parts = [p for p in parts if p]
    linked = any(u.kind is UnitKind.LINK for u in parts[0])
    several = document.tokens[line[0].first].lower.endswith(("s", "s."))
    titled = all(
        any(u.kind in (UnitKind.OFFICE, UnitKind.COURTESY) for u in p) for p in parts[: 1 if several else None]
    )
    named = sum(_is_name(p) for p in parts)
    splits = named == len(parts) and (not linked or titled)
    mixed = 0 < named < len(parts) and not linked and all(_is_name(p) or _is_group(document, p) for p in parts)
    return list(parts) if splits or mixed else [line]


def _is_group(document: Document, part: Sequence[Unit]) -> bool:
    """Whether a part without a name can stand beside one: "Quill and the party's leaders"."""
    head = _head(part)
    if head is None or any(u.kind is UnitKind.LINK for u in part):
        return False
    last = document.tokens[part[head].last - 1]
    owned = any(u.kind in _NAMED for u in part)  # "the Quill government"
    return last.lower != "others" and (owned or last.tag == "NNS")


def _is_name(part: Sequence[Unit]) -> bool:
    head = _head(part)
    if head is None or part[head].kind not in _NAMED:
        return False
    place = part[head].place
    return place is None or place.form is not NameKind.ADJECTIVE


def _head(part: Sequence[Unit]) -> int | None:
    """What the phrase is about: the last of the units before a preposition or comma."""
    end = next(
        (i for i, u in enumerate(part) if i and u.kind in (UnitKind.LINK, UnitKind.COMMA, UnitKind.AND)), len(part)
    )
    heads = [i for i in range(end) if part[i].kind in _HEADS]
    if end < len(part) and part[end].kind is UnitKind.AND and part[-1].kind is UnitKind.NAME:
        # "the comedian and actor Ada Quill" is one person with two occupations.
        joined = part[end:]
        heads = [len(part) - 1] if not any(u.kind is UnitKind.LINK for u in joined) else heads
    return heads[-1] if heads else None


def _family(cast: Cast, part: Sequence[Unit], last: Sequence[Unit]) -> Voice | None:
    """The first of "Ada and Tom Quill", who share a surname."""
    if part is last or len(part) != 1 or part[0].kind is not UnitKind.NAME or part[0].last - part[0].first > 1:
        return None
    head = _head(last)
    if (
        head is None
        or last[head].kind is not UnitKind.NAME
        or last[head].last - last[head].first < len(("Tom", "Quill"))
    ):
        return None
    name = f"{cast.document.tokens[part[0].first].text} {cast.document.tokens[last[head].last - 1].text}"
    return Voice(cast.called(name) or Figure(name, ActorKind.PERSON), Resolution.EXPLICIT)


def _voice(discourse: Discourse, part: Sequence[Unit]) -> Voice:
    head = _head(part)
    if head is None:
        return Voice(None, Resolution.NOMINAL)
    unit = part[head]
    if unit.kind in _NAMED and (found := discourse.cast.at(unit.first, unit.last)):
        return Voice(found[1], Resolution.EXPLICIT)
    if unit.kind is UnitKind.NAME:
        return Voice(_anew(discourse.cast, unit), Resolution.EXPLICIT)
    if named := _apposed(discourse.cast, part, head):
        return Voice(named, Resolution.EXPLICIT)
    return _described(discourse, part, head)


def _anew(cast: Cast, unit: Unit) -> Figure:
    """The figure of a name that only a headline or caption holds: one named elsewhere so, else a new one."""
    for last in range(unit.last, unit.first, -1):
        if known := cast.called(cast.document.words(unit.first, last)):
            return known
    name = " ".join(cast.document.words(unit.first, unit.last).split())
    if mentions.is_organisation(cast.words, name):
        return Figure(name, ActorKind.ORGANISATION, rank="organisation", gender="n")
    return Figure(name, ActorKind.PERSON, gender=mentions.given_gender(cast.words, name, None))


def _apposed(cast: Cast, part: Sequence[Unit], head: int) -> Figure | None:
    """The name after a comma that a description introduces: "the harbour master, Ada Quill"."""
    comma = next((i for i in range(head + 1, len(part)) if part[i].kind is UnitKind.COMMA), None)
    if comma is None or comma + 1 >= len(part):
        return None
    rest = part[comma + 1 :]
    index = _head(rest)
    if index is None or rest[index].kind is not UnitKind.NAME:
        return None
    if rest[index].last - rest[index].first == 1 and any(u.kind is UnitKind.LINK for u in part[:comma]):
        return None
    found = cast.at(rest[index].first, rest[index].last)
    if found is None:
        return None
    figure = found[1]
    if figure.role is None:
        _take_role(cast, figure, part[:comma])
    return figure


def _take_role(cast: Cast, figure: Figure, told: Sequence[Unit]) -> None:
    described = _description(cast, told, _head(told) or 0)
    figure.role, figure.rank = described.role, described.rank
    figure.tie, figure.principal, figure.former = described.tie, described.principal, described.former


def _described(discourse: Discourse, part: Sequence[Unit], head: int) -> Voice:
    """A description: who it is known to be in this article, else an unnamed actor of its own."""
    cast, unit = discourse.cast, part[head]
    document = cast.document
    first = document.tokens[part[0].first].lower
    described = _description(cast, part, head)
    if unit.kind is UnitKind.OFFICE and not described.plural and first not in {"a", "an", "one", "another"}:
        office = document.words(unit.first, unit.last)
        holder = cast.holder(office, described.tie, unit.first) or _spoke_as(discourse, office)
        if holder and described.principal is None:
            return Voice(holder, Resolution.NOMINAL)
    if first in _POSSESSIVES and described.principal is None:
        owner = third_person(discourse, part[0].first, cast.words.pronouns.pronouns[first], None)
        if owned := _owned(owner, document.tokens[unit.last - 1].lower):
            return Voice(owned, Resolution.NOMINAL)
        described.principal = owner.name if owner else None
    if described.rank in {"national", "bodies"} and allegiance.needs_tie_for(described):
        described.tie = allegiance.tie_at(cast, unit.first, described.role or "")
    return Voice(described, Resolution.EXPLICIT if described.principal or described.tie else Resolution.NOMINAL)


def _owned(owner: Figure | None, noun: str) -> Figure | None:
    """The country of "his country", the government of "her government"."""
    place = (owner.tie or owner.place) if owner else None
    if place is None or noun not in _COUNTRY_WORDS | _GOVERNMENTS:
        return None
    if noun in _GOVERNMENTS:
        return _government(place)
    kind = ActorKind.COUNTRY if place.country else ActorKind.ORGANISATION
    return Figure(place.name, kind, place=replace(place, form=NameKind.NAME), gender="n")


def _human(cast: Cast, rank: str, noun: str) -> bool:
    offices = cast.words.offices
    return rank not in {"", "bodies"} or not offices.crowds.isdisjoint({noun, noun + "s"}) or noun in _PEOPLE


def _spoke_as(discourse: Discourse, office: str) -> Figure | None:
    """An unnamed actor who already spoke under this description."""
    wanted = office.casefold()
    for _, figure in reversed(discourse.trail):
        if figure.kind is ActorKind.ANONYMOUS and figure.role and wanted in figure.role.casefold():
            return figure
    return None


def _description(cast: Cast, part: Sequence[Unit], head: int) -> Figure:
    """A new figure for a phrase without a name."""
    document, unit = cast.document, part[head]
    words = document.words(part[0].first, part[-1].last)
    name = units.bare(" ".join(words.split()))
    last = document.tokens[unit.last - 1]
    offices = cast.words.offices
    tie = next((u.place for u in part if u.kind is UnitKind.PLACE and u.place), None)
    principal = next((document.words(u.first, u.last) for u in part if u.kind is UnitKind.NAME), None)
    rank = unit.rank if unit.kind is UnitKind.OFFICE else ""
    plural = last.lower in offices.crowds or last.tag in {"NNS", "NNPS"}
    plural = plural or document.tokens[part[0].first].lower in offices.crowds
    collective = rank == "bodies" or last.lower in offices.organisations
    kind = ActorKind.ORGANISATION if collective and not plural else ActorKind.GROUP if plural else ActorKind.ANONYMOUS
    return Figure(
        name,
        kind,
        role=None if kind is ActorKind.ORGANISATION else name,
        rank=rank,
        tie=tie,
        principal=principal,
        former=any(document.tokens[i].lower in offices.former for i in range(part[0].first, unit.last)),
        gender=mentions.given_gender(cast.words, "", last.lower) or ("" if _human(cast, rank, last.lower) else "n"),
        plural=plural,
    )
