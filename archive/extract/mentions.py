"""Noun phrases → mentions: a name with the office and country beside it, a description, a place, a pronoun.

A phrase is first cut into units (a place, an office, a name, a word …), longest first, so that "Secretary of
State" is one office and "the Bank of Norland" one name. What the units before the first preposition end in
is what the phrase is about: "an adviser to President Ada Quill" is about an adviser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from archive.extract import lexicon, places
from archive.extract.text import Document, Token
from archive.model import Span, fold

Gender = Literal["m", "f", "n", ""]


class Offices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``offices.yaml``: words for what people are, in lower case; the file says what each list means."""

    national: frozenset[str]
    leading: frozenset[str]
    spokes: frozenset[str]
    staff: frozenset[str]
    other: frozenset[str]
    groups: frozenset[str]
    bodies: frozenset[str]
    former: frozenset[str]
    personal: tuple[str, ...]
    courtesy: Mapping[str, Gender]
    suffixes: frozenset[str]
    organisations: frozenset[str]
    crowds: frozenset[str]
    women: frozenset[str]
    men: frozenset[str]
    plain: frozenset[str]
    names_too: frozenset[str]
    particles: frozenset[str]


class Pronoun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of ``pronouns.yaml``: whom it can stand for."""

    person: Literal["1", "3", "r"]
    number: Literal["one", "many", ""] = ""
    gender: Gender = ""


class Pronouns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``pronouns.yaml``."""

    pronouns: Mapping[str, Pronoun]
    masculine: frozenset[str]
    feminine: frozenset[str]


class UnitKind(StrEnum):
    """What a unit of a noun phrase is."""

    PLACE = "place"
    OFFICE = "office"
    COURTESY = "courtesy"
    NAME = "name"
    WORD = "word"
    LINK = "link"
    POSSESSIVE = "possessive"
    COMMA = "comma"
    AND = "and"
    STOP = "stop"


class Unit(NamedTuple):
    """Tokens ``first`` to before ``last``; ``rank`` is an office's list in ``offices.yaml``."""

    kind: UnitKind
    first: int
    last: int
    rank: str = ""
    place: places.Place | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The reviewed words of a language; ``reach`` is the most words an office beginning with this one has."""

    offices: Offices
    pronouns: Pronouns
    places: places.Places
    ranks: Mapping[str, str]
    reach: Mapping[str, int]


RANKS = ("other", "groups", "bodies", "staff", "leading", "national", "spokes")
LINKS = frozenset(
    {
        "of",
        "to",
        "for",
        "from",
        "in",
        "at",
        "with",
        "on",
        "by",
        "near",
        "like",
        "about",
        "among",
        "as",
        "under",
        "within",
        "inside",
    }
)
RELATIVES = frozenset({"who", "whom", "whose", "which", "that"})
ARTICLES = frozenset({"the", "a", "an"})


@cache
def load(language: str) -> Words:
    """The words of a supported language, loaded at first use."""
    offices = lexicon.read(language, "offices.yaml", Offices)
    ranks: dict[str, str] = {}
    for rank in RANKS:
        for office in getattr(offices, rank):
            ranks[office] = rank
            ranks.setdefault(_plural(office), rank)
    pronouns = lexicon.read(language, "pronouns.yaml", Pronouns)
    reach: dict[str, int] = {}
    for office in ranks:
        head, *rest = office.split()
        reach[head] = max(reach.get(head, 0), 1 + len(rest))
    return Words(offices, pronouns, places.load(language), ranks, reach)


def _plural(office: str) -> str:
    head, of, rest = office.partition(" of ")
    return (head[:-1] + "ies" if head.endswith("y") else head + "s") + of + rest


def units(document: Document, words: Words, first: int, last: int) -> list[Unit]:
    """Tokens ``first`` to before ``last`` as units, in order, quotation marks and brackets left out."""
    found: list[Unit] = []
    i = first
    opening = document.sentences[bisect_right(document.sentences, first, key=lambda s: s.first) - 1].first
    while i < last:
        unit = _unit(document.tokens, words, i, last, opening)
        if unit.kind is not UnitKind.STOP or unit.last > i + 1 or document.tokens[i].lower not in "\"“”„'‘’":
            found.append(unit)
        i = unit.last
    return found


def _unit(tokens: Sequence[Token], words: Words, i: int, last: int, opening: int) -> Unit:
    lower = tokens[i].lower
    if lower in {"'s", "’s", "'", "’"}:
        return Unit(UnitKind.POSSESSIVE, i, i + 1)
    if lower == ",":
        return Unit(UnitKind.COMMA, i, i + 1)
    if lower in {"and", "&"}:
        return Unit(UnitKind.AND, i, i + 1)
    if not (lower[0].isalnum()):
        return Unit(UnitKind.STOP, i, i + 1)
    return _known(tokens, words, i, last) or _plain(tokens, words, i, last)


def _known(tokens: Sequence[Token], words: Words, i: int, last: int) -> Unit | None:
    """The office, courtesy title or place that begins at ``i``, the longest there is."""
    office = _office(tokens, words, i, last)
    if not tokens[i].text[0].isupper():
        return office
    name_end = _name_end(tokens, words, i, last)
    found = words.places.starting(tuple(t.text for t in tokens[i : min(last, i + words.places.longest)]))
    if found and (not office or i + found[1] > office.last) and not (name_end > i + found[1] and _is_name(found[0])):
        return Unit(UnitKind.PLACE, i, i + found[1], place=found[0])
    bare = tokens[i].lower.rstrip(".")
    if bare in words.offices.courtesy and i + 1 < last and tokens[i + 1].text[0].isupper():
        return Unit(UnitKind.COURTESY, i, i + 1, rank=words.offices.courtesy[bare])
    if office and name_end > office.last and _names_organisation(tokens, words, i, name_end):
        return None
    return office


def _is_name(place: places.Place) -> bool:
    """A bare country or capital at the head of a longer name is part of it ("Paris Hale", "Norland Institute")."""
    return place.form in (places.NameKind.NAME, places.NameKind.CAPITAL, places.NameKind.PEOPLE)


def _names_organisation(tokens: Sequence[Token], words: Words, i: int, end: int) -> bool:
    return tokens[end - 1].lower in words.offices.organisations and tokens[i].text[0].isupper()


def _office(tokens: Sequence[Token], words: Words, i: int, last: int) -> Unit | None:
    reach = words.reach.get(tokens[i].lower.rstrip("."), 0)
    for length in range(min(reach, last - i), 0, -1):
        phrase = " ".join(t.lower.rstrip(".") for t in tokens[i : i + length])
        if rank := words.ranks.get(phrase):
            return Unit(UnitKind.OFFICE, i, i + length, rank=rank)
    return None


def _plain(tokens: Sequence[Token], words: Words, i: int, last: int) -> Unit:
    if (end := _name_end(tokens, words, i, last)) > i:
        return Unit(UnitKind.NAME, i, end)
    lower = tokens[i].lower
    if lower in LINKS:
        return Unit(UnitKind.LINK, i, i + 1)
    if lower in RELATIVES:
        return Unit(UnitKind.STOP, i, i + 1)
    return Unit(UnitKind.WORD, i, i + 1)


def _name_end(tokens: Sequence[Token], words: Words, i: int, last: int) -> int:
    """Where the name that begins at ``i`` ends; ``i`` itself where none begins."""
    end = i
    while end < last:
        token = tokens[end]
        if _capital(token, words) and (end > i or not (_opens_sentence(tokens, i) or _is_month(tokens, words, i))):
            end += 1
        elif end > i and _goes_on(tokens, words, end, last):
            end += 2
        else:
            break
    return end


def _capital(token: Token, words: Words) -> bool:
    return (
        token.text[0].isupper()
        and token.lower.rstrip(".") not in words.offices.plain
        and token.lower not in words.pronouns.pronouns
        and token.lower not in ARTICLES
    )


def _is_month(tokens: Sequence[Token], words: Words, i: int) -> bool:
    """Whether a name that could be a month is one: unless another name follows ("May Quill"), or after "in"."""
    if tokens[i].lower not in words.offices.names_too:
        return False
    dated = i > 0 and (tokens[i - 1].tag in {"IN", "CD", "DT"} or tokens[i - 1].lower in {"last", "next", "late"})
    return dated or not _capital_at(tokens, words, i + 1, len(tokens))


def _capital_at(tokens: Sequence[Token], words: Words, i: int, last: int) -> bool:
    return i < last and _capital(tokens[i], words)


def _goes_on(tokens: Sequence[Token], words: Words, i: int, last: int) -> bool:
    """Whether a name goes on over the small word at ``i``: "Ada van Quill", "Centre for Port Studies"."""
    if not _capital_at(tokens, words, i + 1, last):
        return False
    organisation = tokens[i - 1].lower in words.offices.organisations and tokens[i].lower in {"of", "for", "on"}
    return organisation or tokens[i].lower in words.offices.particles


_OPENERS = (
    "DT",
    "IN",
    "PRP",
    "PRP$",
    "CC",
    "WRB",
    "WP",
    "WDT",
    "RB",
    "EX",
    "MD",
    "TO",
    "UH",
    "VB",
    "VBG",
    "VBN",
    "VBD",
    "VBZ",
    "VBP",
    "CD",
    "JJR",
    "RBR",
    "PDT",
)


def _opens_sentence(tokens: Sequence[Token], i: int) -> bool:
    """Whether the capital at ``i`` may be there only because a sentence or quotation begins."""
    before = tokens[i - 1].tag if i else "."
    if before not in {".", "QUOTE", ":", "DASH"} and not (i and tokens[i - 1].text in '.!?:;"“„«»›'):
        return False
    return tokens[i].tag in _OPENERS


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
    plural: bool = False
    definite: bool = False

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
        if unit.kind is UnitKind.NAME:
            yield _named(document, words, line, at)
        elif unit.kind is UnitKind.PLACE and unit.place and unit.place.form is not places.NameKind.ADJECTIVE:
            yield Mention(unit.first, unit.last, document.words(unit.first, unit.last), place=unit.place, gender="n")


def _named(document: Document, words: Words, line: Sequence[Unit], at: int) -> Mention:
    unit = line[at]
    name = _without_suffix(document, words, unit)
    start = _role_start(line, at)
    before = [u for u in line[start:at] if u.kind is not UnitKind.COURTESY]
    after = _apposition(line, at)
    courtesy = next((u.rank for u in line[start:at] if u.kind is UnitKind.COURTESY), "")
    if is_organisation(words, name) and not any(u.kind is UnitKind.OFFICE for u in before):
        return Mention(unit.first, unit.last, name, rank="organisation", gender="n")
    told = before if any(u.kind is UnitKind.OFFICE for u in before) else after
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


def _apposition(line: Sequence[Unit], at: int) -> Sequence[Unit]:
    """The units between commas after a name, where they hold an office: ", the governor of Norland,"."""
    if at + 1 >= len(line) or line[at + 1].kind is not UnitKind.COMMA:
        return ()
    end = at + 2
    while end < len(line) and line[end].kind not in (UnitKind.COMMA, UnitKind.STOP) and end < at + 14:
        end += 1
    told = line[at + 2 : end]
    office = next((i for i, u in enumerate(told) if u.kind is UnitKind.OFFICE), None)
    if office is None or office > 4 or any(u.kind is UnitKind.LINK for u in told[:office]):
        return ()
    return told


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


def bare(phrase: str) -> str:
    """A phrase without its article."""
    first, _, rest = phrase.partition(" ")
    return rest if rest and first.lower() in ARTICLES else phrase
