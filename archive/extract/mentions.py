"""Units → mentions: a name with the office and country beside it, and what they tell of who it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.extract import places
from archive.extract.text import Document
from archive.extract.units import ARTICLES, Gender, Unit, UnitKind, Words
from archive.model import Span, fold

_OFFICE_WITHIN = 4
_STANDING = frozenset({places.NameKind.NAME, places.NameKind.CAPITAL, places.NameKind.SEAT})
"""Names that stand for a country or organisation; its adjective and its people do not."""
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_LONGEST_DESCRIPTION = 10
_LONGEST_NAME = 6
"""Words; a longer run of capitals is a title."""


class Mention(NamedTuple):
    """Whom tokens ``first`` to before ``last`` mention.

    ``name`` is empty for a bare description, which ``role`` then is. ``tie`` is the country or organisation
    beside the office; ``principal`` the name of the person an adviser or spokesperson is tied to.
    """

    first: int
    last: int
    name: str = ""
    rank: str = ""
    role: str | None = None
    place: places.Place | None = None
    tie: places.Place | None = None
    principal: str | None = None
    former: bool = False
    gender: Gender = ""

    def span(self, document: Document) -> Span:
        """The mention's place in the text."""
        return Span(document.tokens[self.first].start, document.tokens[self.last - 1].end)


def given_gender(words: Words, name: str, role: str | None, courtesy: str = "") -> Gender:
    """The gender that a title, a role or the given name tells; empty where nothing does."""
    if courtesy in ("m", "f"):
        return "m" if courtesy == "m" else "f"
    for word in fold(role or "").split():
        if word in words.offices.women:
            return "f"
        if word in words.offices.men:
            return "m"
    given = name.casefold().split(" ")[0] if " " in name else ""
    if given in words.pronouns.feminine:
        return "" if given in words.pronouns.masculine else "f"
    return "m" if given in words.pronouns.masculine else ""


def is_organisation(words: Words, name: str) -> bool:
    """Whether a capitalised name is an organisation's rather than a person's."""
    parts = name.split()
    if any(p.lower().strip(".") in words.offices.organisations for p in parts):
        return True
    bare = parts[0].replace(".", "")
    return len(parts) == 1 and len(bare) >= 2 and bare.isupper()


def named(document: Document, words: Words, line: Sequence[Unit]) -> Iterator[Mention]:
    """The names in a line of units, each with the office before it or beside it in apposition."""
    for at, unit in enumerate(line):
        if unit.kind is UnitKind.NAME and unit.last - unit.first <= _LONGEST_NAME:
            yield _named(document, words, line, at)
        elif unit.kind is UnitKind.PLACE and unit.place and unit.place.form in _STANDING:
            yield Mention(unit.first, unit.last, document.words(unit.first, unit.last), place=unit.place, gender="n")


def _named(document: Document, words: Words, line: Sequence[Unit], at: int) -> Mention:
    unit = line[at]
    name = _without_suffix(document, words, unit)
    start = _role_start(line, at)
    before = [u for u in line[start:at] if u.kind is not UnitKind.COURTESY]
    beside = _described(document, line, at) or _apposition(document, line, at)
    courtesy = next((u.rank for u in line[start:at] if u.kind is UnitKind.COURTESY), "")
    if is_organisation(words, name) and not any(u.kind is UnitKind.OFFICE for u in before):
        return Mention(unit.first, unit.last, name, rank="organisation", gender="n")
    told = before if any(u.kind is UnitKind.OFFICE for u in before) else beside
    role = _text(document, told)
    return Mention(
        line[start].first,
        unit.last,
        name,
        rank=_rank(told),
        role=role,
        tie=_tie(told),
        principal=_principal(document, told, unit),
        former=_former(document, words, told, line, start),
        gender=given_gender(words, name, role, courtesy),
    )


def _without_suffix(document: Document, words: Words, unit: Unit) -> str:
    last = unit.last
    while last > unit.first + 1 and document.tokens[last - 1].lower.rstrip(".") in words.offices.suffixes:
        last -= 1
    return " ".join(document.words(unit.first, last).split())


def _role_start(line: Sequence[Unit], at: int) -> int:
    """Where the words before a name that say what the person is begin."""
    start = at
    office = False
    while start > 0:
        kind = line[start - 1].kind
        if kind in (UnitKind.OFFICE, UnitKind.COURTESY):
            office = office or kind is UnitKind.OFFICE
        elif not office or kind not in (UnitKind.PLACE, UnitKind.POSSESSIVE, UnitKind.NAME):
            break
        start -= 1
    return start if start == at or line[start].kind is not UnitKind.POSSESSIVE else start + 1


def _described(document: Document, line: Sequence[Unit], at: int) -> Sequence[Unit]:
    """The units before a name between commas, where they hold an office: "Norland's governor, Ann Reed, said"."""
    between = at >= 2 and line[at - 1].kind is UnitKind.COMMA and at + 1 < len(line)
    if not between or line[at + 1].kind is not UnitKind.COMMA:
        return ()
    start = at - 1
    while start > max(0, at - _LONGEST_DESCRIPTION) and not _ends_description(document, line[start - 1]):
        start -= 1
    told = line[start : at - 1]
    return told if any(u.kind is UnitKind.OFFICE for u in told) else ()


def _ends_description(document: Document, unit: Unit) -> bool:
    apart = unit.kind in (UnitKind.COMMA, UnitKind.STOP, UnitKind.AND)
    return apart or (unit.kind is UnitKind.WORD and document.tokens[unit.first].tag in _FINITE)


def _apposition(document: Document, line: Sequence[Unit], at: int) -> Sequence[Unit]:
    """The units between commas after a name, where they hold an office: ", the governor of Norland,"."""
    if at + 1 >= len(line) or line[at + 1].kind is not UnitKind.COMMA or (at and line[at - 1].kind is UnitKind.LINK):
        return ()
    end = at + 2
    while end < len(line) and line[end].kind not in (UnitKind.COMMA, UnitKind.STOP) and end < at + 14:
        end += 1
    told = line[at + 2 : end]
    office = next((i for i, u in enumerate(told) if u.kind is UnitKind.OFFICE), None)
    if office is None or office > _OFFICE_WITHIN or any(u.kind is UnitKind.LINK for u in told[:office]):
        return ()
    verbs = any(document.tokens[u.first].tag in _FINITE for u in told if u.kind is UnitKind.WORD)
    return () if verbs else told


def _text(document: Document, told: Sequence[Unit]) -> str | None:
    if not told:
        return None
    first = told[0].first
    while first + 1 < told[-1].last and document.tokens[first].lower in ARTICLES:
        first += 1
    return " ".join(document.words(first, told[-1].last).split())


def _rank(told: Sequence[Unit]) -> str:
    """The list of the office that the words are about: the last one before any preposition."""
    rank = ""
    for unit in told:
        if unit.kind is UnitKind.OFFICE:
            rank = unit.rank
        elif unit.kind in (UnitKind.LINK, UnitKind.AND) and rank:
            break
    return rank


def _tie(told: Sequence[Unit]) -> places.Place | None:
    return next((u.place for u in told if u.kind is UnitKind.PLACE), None)


def _principal(document: Document, told: Sequence[Unit], own: Unit) -> str | None:
    return next((document.words(u.first, u.last) for u in told if u.kind is UnitKind.NAME and u is not own), None)


def _former(document: Document, words: Words, told: Sequence[Unit], line: Sequence[Unit], start: int) -> bool:
    first = told[0].first if told else line[start].first
    window = range(max(0, first - 2), min(first + 3, told[-1].last if told else first))
    return any(_ends_office(document.tokens[i].lower, words) for i in window)


def _ends_office(lower: str, words: Words) -> bool:
    return lower in words.offices.former or lower.startswith(("ex-", "then-"))
