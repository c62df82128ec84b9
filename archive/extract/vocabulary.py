"""The words of ``stance.yaml`` by stem: what is done with things, what is said of them, and what stands for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

import msgspec

from archive.extract import lexicon, places, units
from archive.extract.places import NameKind, Places
from archive.extract.stems import Phrases, Stemmer

Direction = Literal[1, -1]

SKIPPED = frozenset({"RB", "JJ", "DT", "PRP$", "RBR", "JJR"})
_HOSTILE = ("oppose", "bad", "hurting", "not_now")
_ENDINGS = ("ation", "ion", "ement", "ment", "al", "ure")
"""What makes a noun of a verb, by its stem: "renegotiation", "postponement", "removal"."""
_DEED_ENDINGS = ("tion", "sion", "ment", "al", "closur")
_NOT_DERIVED = frozenset({"nation", "station", "ration", "passion", "section", "motion", "portion", "position"})
ELECTING = "elect"
"""The verb for what is done to a person who is to hold an office."""
UNLISTED = -1
"""The family of a verb that is in none: only the same verb does the same."""


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that do the same with a thing; ``polarity`` 1: it comes about or stays, -1: it ends or is prevented.

    ``degree``: there is only more or less of it.
    """

    polarity: Direction
    words: tuple[str, ...]
    degree: bool = False


class StanceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``stance.yaml``; the file says what each list means."""

    actions: tuple[Family, ...]
    operators: Mapping[str, tuple[str, ...]]
    negators: frozenset[str]
    breaks: frozenset[str]
    conditions: tuple[str, ...]
    hypothetical: tuple[str, ...]
    performing: tuple[str, ...]
    momentary: tuple[str, ...]
    anaphors: tuple[str, ...]
    objects: tuple[str, ...]
    positions: tuple[str, ...]
    sharing: tuple[str, ...]
    about: tuple[str, ...]
    classifying: tuple[str, ...]
    reporting: tuple[str, ...]
    saying: tuple[str, ...]
    opining: tuple[str, ...]
    agents: tuple[str, ...]
    fearing: tuple[str, ...]
    doubting: tuple[str, ...]
    reliability: tuple[tuple[float, float], ...]
    outcomes: tuple[str, ...]
    indifferent: tuple[str, ...]
    naming: tuple[str, ...]
    harming: tuple[str, ...]
    kinds: tuple[tuple[str, ...], ...]
    stopping: tuple[str, ...]
    ills: tuple[str, ...]
    instruments: tuple[str, ...]
    effects: Mapping[str, tuple[str, ...]]
    contests: tuple[str, ...]
    goods: tuple[str, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    running: tuple[str, ...]
    camp: tuple[str, ...]
    foes: tuple[str, ...]
    deeds: tuple[str, ...]
    fit: tuple[str, ...]
    unfit: tuple[str, ...]
    pointers: frozenset[str]
    own: tuple[str, ...]
    others: tuple[str, ...]
    irregular: Mapping[str, str]


class Action(NamedTuple):
    """What a word does with a thing: the number of its family, what becomes of the thing, and whether by degrees."""

    family: int
    polarity: Direction
    degree: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of ``stance.yaml`` by stem.

    ``titles`` stand before names, ``given`` are given names, each with whose (m or f), ``impersonal`` words of names
    that are no person's, ``bodies`` those of institutions, ``hostile`` what is said or done against a thing,
    ``judging`` what calls it good (1) or bad (-1), ``doing`` what things do, good or harm,
    ``derived`` the nouns of what is done, ``deeds`` those by which it can be taken up ("the extension").
    """

    words: StanceWords
    stemmer: Stemmer
    actions: Phrases[Action]
    single: Mapping[str, Action]
    places: Places
    titles: frozenset[str]
    given: Mapping[str, str]
    impersonal: frozenset[str]
    bodies: frozenset[str]
    kinds: tuple[frozenset[str], ...]
    stopping: frozenset[str]
    ills: frozenset[str]
    instruments: frozenset[str]
    outcomes: frozenset[str]
    contests: frozenset[str]
    hostile: frozenset[str]
    judging: Phrases[Direction]
    doing: frozenset[str]
    derived: Mapping[str, Action]
    deeds: frozenset[str]

    @property
    def electing(self) -> Action:
        """What is done to a person who is to hold an office."""
        return self.single[ELECTING]

    def alternatives(self, word: str) -> frozenset[str]:
        """The stems that stand for a word: its own, and for a country those of its adjective and people."""
        own = self.stemmer.of(word.lower())
        place = self.places.find(word)
        if place is None:
            return frozenset({own})
        forms = (NameKind.NAME, NameKind.ADJECTIVE, NameKind.PEOPLE)
        names = (n for n, p in self.places.by_name.items() if p.name == place.name and p.form in forms)
        return frozenset({own, *(self.stemmer.of(n.lower()) for n in names if " " not in n)})


@cache
def vocabulary(language: str) -> Vocabulary:
    """The stance words of a supported language, loaded at first use."""
    words = lexicon.read(language, "stance.yaml", StanceWords)
    stemmer = Stemmer(words.irregular)
    pairs = [
        (stemmer.phrase(word), Action(number, family.polarity, family.degree))
        for number, family in enumerate(words.actions)
        for word in family.words
    ]
    single = {stems[0]: action for stems, action in reversed(pairs) if len(stems) == 1}
    derived = {stem + ending: action for stem, action in single.items() for ending in _ENDINGS if len(stem) > 3}
    derived = {noun: action for noun, action in derived.items() if noun not in _NOT_DERIVED and noun not in single}
    titles = _titles(language, stemmer)
    pronouns = units.load(language).pronouns
    given = {stemmer.of(n): "m" for n in pronouns.masculine} | {stemmer.of(n): "f" for n in pronouns.feminine}
    bodies = frozenset(map(stemmer.of, units.load(language).offices.organisations))
    impersonal = bodies | frozenset(map(stemmer.of, words.objects))
    kinds = tuple(frozenset(map(stemmer.of, kind)) for kind in words.kinds)
    acting = Phrases(pairs, SKIPPED)
    stopping = frozenset(map(stemmer.of, words.stopping))
    ills = frozenset(map(stemmer.of, words.ills))
    where = places.load(language)
    instruments = frozenset(map(stemmer.of, words.instruments))
    outcomes = frozenset(map(stemmer.of, words.outcomes))
    return Vocabulary(
        words,
        stemmer,
        acting,
        single,
        where,
        titles,
        given,
        impersonal,
        bodies,
        kinds,
        stopping,
        ills,
        instruments,
        outcomes,
        frozenset(map(stemmer.of, words.contests)),
        frozenset(stemmer.of(w) for kind in _HOSTILE for w in words.operators[kind] if " " not in w),
        Phrases(_judging(words, stemmer), SKIPPED),
        frozenset(stemmer.of(w) for verbs in words.effects.values() for w in verbs),
        derived,
        frozenset(s for s in (*single, *derived) if s.endswith(_DEED_ENDINGS))
        | frozenset(map(stemmer.of, words.deeds)),
    )


def _judging(words: StanceWords, stemmer: Stemmer) -> Iterator[tuple[tuple[str, ...], Direction]]:
    yield from ((stemmer.phrase(p), 1) for p in words.operators["good"])
    yield from ((stemmer.phrase(p), -1) for p in words.operators["bad"])
    yield from ((stemmer.phrase(w), 1) for w in words.fit)
    yield from ((stemmer.phrase(w), -1) for w in words.unfit)


def _titles(language: str, stemmer: Stemmer) -> frozenset[str]:
    known = units.load(language)
    words = (*known.offices.courtesy, *known.offices.plain, *(w for office in known.ranks for w in office.split()))
    return frozenset({"be", "have"} | {stemmer.of(form) for word in words for form in (word, word + ".")})
