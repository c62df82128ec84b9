"""Tokens → units of noun phrases: a place, an office, a name, a word …, the longest first.

So "Secretary of State" is one office and "the Bank of Norland" one name. A capital that only opens a sentence
makes no name; months and parties are none either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from archive.extract import lexicon, places
from archive.extract.text import Document, Token

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
    portfolios: frozenset[str]
    sole: frozenset[str]
    apart: frozenset[str]


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


_LONGEST_PLACE = 8
_LONGEST_PORTFOLIO = 4
_FULL_NAME = 2
_PLURAL_POSSESSIVE = frozenset({"'", "’"})
_FOR = frozenset({"of", "for"})
_NOUNS = frozenset({"NN", "NNS"})
_QUOTES = frozenset("\"“”„'‘’«»")
_OPENERS = frozenset(
    {"DT", "IN", "PRP", "PRP$", "CC", "WRB", "WP", "WDT", "RB", "EX", "MD", "TO", "UH", "VB", "VBG", "VBN", "VBD"}
    | {"VBZ", "VBP", "CD", "JJ", "JJR", "JJS", "RBR", "PDT"}
)
_FIXED = (
    {",": UnitKind.COMMA, "and": UnitKind.AND, "&": UnitKind.AND}
    | dict.fromkeys(("'s", "’s", "'", "’"), UnitKind.POSSESSIVE)
    | dict.fromkeys(LINKS, UnitKind.LINK)
    | dict.fromkeys(RELATIVES, UnitKind.STOP)
)


def units(document: Document, words: Words, first: int, last: int, names: frozenset[str] = frozenset()) -> list[Unit]:
    """Tokens ``first`` to before ``last``, of one sentence, as units in order; quotation marks are left out.

    ``names`` are words known to be part of names elsewhere in the text, so that they are names at a sentence's head.
    """
    sentence = document.sentences[bisect_right(document.sentences, first, key=lambda s: s.first) - 1]
    cutter = _Cutter(document.tokens, words, last, sentence.first, names)
    found: list[Unit] = []
    i = first
    while i < last:
        token = document.tokens[i]
        lower = token.lower
        if lower == token.text and lower.isalpha() and lower not in _FIXED and lower not in words.reach:
            found.append(Unit(UnitKind.WORD, i, i + 1))  # most words are plain ones: they cost the least
            i += 1
            continue
        unit = cutter.unit(i)
        if unit.kind is not UnitKind.STOP or document.tokens[i].lower not in _QUOTES:
            found.append(unit)
        i = unit.last
    return found


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Cuts the tokens before ``last``; ``opening`` is where their sentence begins."""

    tokens: Sequence[Token]
    words: Words
    last: int
    opening: int
    names: frozenset[str]

    def unit(self, i: int) -> Unit:
        """The unit that begins at a token."""
        lower = self.tokens[i].lower
        if kind := _FIXED.get(lower):
            return Unit(kind, i, i + 1)
        if lower == self.tokens[i].text and lower[0].isalpha():
            # Most words are plain lower-case ones: nothing but an office can begin there.
            return (lower in self.words.reach and self._office(i)) or Unit(UnitKind.WORD, i, i + 1)
        if not lower[0].isalnum():
            return Unit(UnitKind.STOP, i, i + 1)
        return self._known(i) or self._plain(i)

    def _known(self, i: int) -> Unit | None:
        """The office, courtesy title or place that begins at ``i``, the longest there is."""
        office = self._office(i)
        if not self.tokens[i].text[0].isupper():
            return office
        end = self._name_end(i)
        ahead = self.tokens[i : min(self.last, i + _LONGEST_PLACE)]
        found = self.words.places.starting(tuple(t.text for t in ahead))
        if found and (not office or i + found[1] > office.last) and not (end > i + found[1] and _heads_name(found[0])):
            return Unit(UnitKind.PLACE, i, i + found[1], place=found[0])
        bare = self.tokens[i].lower.rstrip(".")
        if bare in self.words.offices.courtesy and i + 1 < self.last and self.tokens[i + 1].text[0].isupper():
            return Unit(UnitKind.COURTESY, i, i + 1, rank=self.words.offices.courtesy[bare])
        names_organisation = self.tokens[end - 1].lower in self.words.offices.organisations
        return None if office and end > office.last and names_organisation else office

    def _office(self, i: int) -> Unit | None:
        reach = self.words.reach.get(self.tokens[i].lower.rstrip("."), 0)
        for length in range(min(reach, self.last - i), 0, -1):
            phrase = " ".join(t.lower.rstrip(".") for t in self.tokens[i : i + length])
            if rank := self.words.ranks.get(phrase):
                end = i + length
                holds = phrase.rsplit(" ", 1)[-1] in self.words.offices.portfolios
                return Unit(UnitKind.OFFICE, i, self._portfolio(end) if holds else end, rank=rank)
        return None

    def _portfolio(self, i: int) -> int:
        """Where an office ends that is for something: after the "of Ports" of "Minister of Ports Ann Reed".

        A given name, or else the last two words of a run of capitals, are the holder's name; one or two capitals
        alone are what the office is for ("the Minister of Ports"). Else the office ends where it did, at ``i``.
        """
        if i + 1 >= self.last or self.tokens[i].lower not in _FOR:
            return i
        end = i + 1
        while end < self.last and end <= i + _LONGEST_PORTFOLIO and self.tokens[end].tag in _NOUNS:
            end += 1
        while end < self.last and self._capital(end):
            end += 1
        capitals = end - i - 1
        while capitals and not self._capital(end - capitals):
            capitals -= 1
        if not capitals or self.tokens[end - 1].lower in self.words.offices.organisations:
            return i
        given = self._given_name(end - capitals, end)
        if given is None and end - i - 1 <= _FULL_NAME:
            return i if self.words.places.find(self.tokens[i + 1].text) else end
        holder = given or end - _FULL_NAME
        return holder if capitals >= _FULL_NAME and holder > i + 1 else i

    def _given_name(self, first: int, last: int) -> int | None:
        """The first of some tokens that is a given name with more of the name behind it."""
        pronouns = self.words.pronouns
        given = (
            i
            for i in range(first, last - 1)
            if self.tokens[i].lower in pronouns.masculine or self.tokens[i].lower in pronouns.feminine
        )
        return next(given, None)

    def _plain(self, i: int) -> Unit:
        if (end := self._name_end(i)) > i:
            return Unit(UnitKind.NAME, i, end)
        return Unit(UnitKind.WORD, i, i + 1)

    def _name_end(self, i: int) -> int:
        """Where the name that begins at ``i`` ends; ``i`` itself where none begins."""
        if self._opens_sentence(i) or self._is_month(i) or self.tokens[i].tag == "CD":
            return i
        if self.tokens[i].lower in self.words.offices.plain and self.tokens[i].text[0].isupper() and i + 1 < self.last:
            end = self._name_end(i + 1)
            return end if self.tokens[end - 1].lower in self.words.offices.organisations and end > i + 1 else i
        end = i
        while end < self.last:
            if end > i and self._titles(end):
                break
            if self._capital(end):
                end += 1
            elif end > i and self._goes_on(i, end):
                end += 2
            else:
                break
        return end

    def _titles(self, i: int) -> bool:
        """Whether an office begins at ``i`` whose holder's name follows: the "Gov." of "Westmark Gov. Ann Reed"."""
        office = self._office(i) if self.tokens[i].text[0].isupper() else None
        if office is None or office.rank == "bodies" or office.last >= self.last:
            return False
        bare = self.tokens[office.last].lower.rstrip(".")
        return self._capital(office.last) and bare not in self.words.offices.suffixes

    def _capital(self, i: int) -> bool:
        token = self.tokens[i]
        return (
            token.text[0].isupper()
            and token.lower.rstrip(".") not in self.words.offices.plain
            and token.lower not in self.words.pronouns.pronouns
            and token.lower not in ARTICLES
        )

    def _goes_on(self, first: int, i: int) -> bool:
        """Whether a name goes on over the small word at ``i``: "Ada van Quill", "Dockers' Union"."""
        if i + 1 >= self.last or not self._capital(i + 1):
            return False
        if self.tokens[i].text in _PLURAL_POSSESSIVE:
            return self.tokens[i + 1].lower in self.words.offices.organisations
        organisation = any(self.tokens[j].lower in self.words.offices.organisations for j in range(first, i))
        return (organisation and self.tokens[i].lower in {"of", "for", "on"}) or (
            self.tokens[i].lower in self.words.offices.particles
        )

    def _is_month(self, i: int) -> bool:
        """Whether a name that could be a month is one: unless another name follows ("May Quill"), or after "in"."""
        if self.tokens[i].lower not in self.words.offices.names_too:
            return False
        dated = i > 0 and (self.tokens[i - 1].tag in {"IN", "CD", "DT"} or self.tokens[i - 1].lower in {"last", "next"})
        return dated or i + 1 >= self.last or not self._capital(i + 1)

    def _opens_sentence(self, i: int) -> bool:
        """Whether the capital at ``i`` may be there only because a sentence or quotation begins."""
        begins = i == self.opening or (i > 0 and self.tokens[i - 1].text in '.!?:;"“„«»›')
        if not begins or self.tokens[i].tag.startswith("NNP") or self.tokens[i].text in self.names:
            return False
        named = i + 1 < self.last and self.tokens[i + 1].tag.startswith("NNP") and self._capital(i + 1)
        return self.tokens[i].tag in _OPENERS or not named


def _heads_name(place: places.Place) -> bool:
    """Whether a place at the head of a longer name is part of it: "Paris Hale", "Norland Institute"."""
    return place.form in (places.NameKind.NAME, places.NameKind.CAPITAL, places.NameKind.PEOPLE)


def bare(phrase: str) -> str:
    """A phrase without its article."""
    first, _, rest = phrase.partition(" ")
    return rest if rest and first.lower() in ARTICLES else phrase
