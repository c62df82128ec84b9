"""Countries and organisations by any of their names: CLDR's names, and the pack's adjectives, capitals and seats.

"Poland", "the Poles", "Polish", "Warsaw" lead to Poland; "the White House" and "Washington" to the United
States. Which kind of name it was is kept, for a capital stands for its government only where it speaks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated

import msgspec
from babel import Locale

from archive.extract import lexicon

Names = Annotated[str | tuple[str, ...], msgspec.Meta(description="one name or several")]


class NameKind(StrEnum):
    """How a name refers to its country or organisation."""

    NAME = "name"
    ADJECTIVE = "adjective"
    PEOPLE = "people"
    CAPITAL = "capital"
    SEAT = "seat"


@dataclass(frozen=True, slots=True)
class Place:
    """A country or organisation, under its usual English name, as one of its names refers to it."""

    name: str
    form: NameKind
    country: bool


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of ``places.yaml``; its key is the ISO 3166 code."""

    capital: Names
    adjective: Names
    name: str | None = None
    also: tuple[str, ...] = ()
    people: Names | None = None
    seats: tuple[str, ...] = ()


class Organisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of ``places.yaml``; its key is the usual name."""

    also: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()


class Gazetteer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``places.yaml``."""

    countries: Mapping[str, Country]
    organisations: Mapping[str, Organisation]
    unnamed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Places:
    """All names of a language, by their folded spelling; ``reach`` is the most words a name beginning so has."""

    by_name: Mapping[str, Place]
    reach: Mapping[str, int]

    def find(self, phrase: str) -> Place | None:
        """The country or organisation that exactly this phrase names, with or without an article."""
        return self.by_name.get(key(phrase))

    def starting(self, words: tuple[str, ...]) -> tuple[Place, int] | None:
        """The longest name that these words begin with, and how many of them it takes."""
        article = words[0] in ("the", "The")
        head = _folded(words[1] if article and len(words) > 1 else words[0])
        for length in range(min(len(words), self.reach.get(head, 0) + article), article, -1):
            ends_in_word = any(c.isalnum() for c in words[length - 1])
            if ends_in_word and (place := self.by_name.get(key(" ".join(words[:length])))):
                return place, length
        return None


_MARKS = str.maketrans("’‐‑", "'--")


def key(phrase: str) -> str:
    """A spelling in which names are compared: no accents, no periods, no article, but upper and lower case."""
    words = " ".join(_folded(word) for word in phrase.split()).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "The") else words)


@lru_cache(maxsize=1 << 14)
def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.translate(_MARKS))
    return "".join(c for c in decomposed if c != "." and not unicodedata.combining(c))


@cache
def load(language: str) -> Places:
    """The places of a supported language, loaded at first use."""
    gazetteer = lexicon.read(language, "places.yaml", Gazetteer)
    territories = Locale.parse(language).territories
    by_name: dict[str, Place] = {}
    for form in NameKind:
        for place, names in _named(gazetteer, territories, form):
            for name in names:
                if form is not NameKind.CAPITAL or name not in gazetteer.unnamed:
                    by_name.setdefault(key(name), place)
    reach: dict[str, int] = {}
    for spelling in by_name:
        head, *rest = spelling.replace("'", " '").split()
        reach[head] = max(reach.get(head, 0), 1 + len(rest))
    return Places(by_name, reach)


def _named(
    gazetteer: Gazetteer, territories: Mapping[str, str], form: NameKind
) -> Iterable[tuple[Place, Iterable[str]]]:
    for code, country in gazetteer.countries.items():
        name = country.name or territories[code]
        yield Place(name, form, country=True), _names(country, name, territories[code], form)
    for name, organisation in gazetteer.organisations.items():
        names = {NameKind.NAME: (name, *organisation.also), NameKind.SEAT: organisation.seats}.get(form, ())
        yield Place(name, form, country=False), names


def _names(country: Country, name: str, official: str, form: NameKind) -> tuple[str, ...]:
    adjectives = _several(country.adjective)
    match form:
        case NameKind.NAME:
            return (name, official, *country.also)
        case NameKind.ADJECTIVE:
            return adjectives
        case NameKind.PEOPLE:
            return tuple(a + "s" for a in adjectives) if country.people is None else _several(country.people)
        case NameKind.CAPITAL:
            return _several(country.capital)
        case NameKind.SEAT:
            return country.seats


def _several(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
