"""A topic's terms, taken apart: which of their words act, and whether they name the proposition's thing or its matter.

Of the terms that a user writes some name the thing itself ("harbour toll"), some what it is an answer to, where it
happens or who has to do with it ("port strike", "Norland", "harbour council"). Who condemns a strike is neither for
nor against what should be done about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from archive.extract import propositions
from archive.extract.propositions import Proposition
from archive.extract.vocabulary import UNLISTED, Action, Vocabulary

TERM, PARTLY, NAME = 1.0, 0.85, 0.85
"""How sure it is that words are about a topic: a term of it, one of three words or more without one of them, and the
name of whom it is about alone."""

_NAMES = 3
_MARKS = ".,;:!?\"'“”()"
_DEMANDING = frozenset({"call", "demand", "push", "plea", "appeal", "pressur", "bid", "campaign", "petition"})
_FOR = frozenset({"for", "to"})


class Naming(Enum):
    """What a term names.

    The ``THING`` of the proposition, its ``MATTER`` (an event, people), a ``PARTY`` to it, or the ``PERSON`` whom it
    is about.
    """

    THING = "thing"
    MATTER = "matter"
    PARTY = "party"
    PERSON = "person"


class Term(NamedTuple):
    """A term's words, each with the stems that stand for it, the action among them, and what it names."""

    words: tuple[frozenset[str], ...]
    action: Action | None
    strength: float = TERM
    naming: Naming = Naming.THING


def term_of(term: str, words: Vocabulary, proposition: Proposition, actions: Mapping[str, Action]) -> Term:
    """Take a term apart."""
    said = [w for w in map(unowned, term.split()) if w.lower() not in propositions.STOP]
    forms = tuple(words.alternatives(w) for w in said or term.split())
    named = {words.stemmer.of(w.lower()) for pair in pairwise(said) if all(x[0].isupper() for x in pair) for w in pair}
    acting = [actions[s] for f in forms for s in f if s in actions and s not in proposition.theme | named]
    stems = [words.stemmer.of(w.lower()) for w in said]
    phrased = ((words.actions.at(stems, [""] * len(stems), i, len(stems)), i) for i in range(len(stems)))
    acting += [found[0] for found, i in phrased if found and found[1] > i + 1]
    if _is_name(said):
        acting = []
    elif not acting and len(said) > 1 and stems[0] in _DEMANDING and term.split()[1].lower() in _FOR:
        acting = [proposition.action]
    elif not acting and stems and stems[0] in words.hostile - proposition.theme and proposition.heads & {*stems[1:]}:
        acting = [Action(UNLISTED, -1)]
    elsewhere = proposition.action == words.electing and proposition.theme.isdisjoint(stems)
    action = acting[0] if acting and not elsewhere else None
    return Term(forms, action, naming=Naming.THING if action else _naming(term, forms, words, proposition))


def _is_name(said: Sequence[str]) -> bool:
    """Whether a term's words are the name of something, in which none acts: "Leave No Sailor Behind"."""
    return len(said) >= _NAMES and all(word[0].isupper() for word in said)


def _naming(term: str, forms: Sequence[frozenset[str]], words: Vocabulary, proposition: Proposition) -> Naming:
    """What a term without an action names."""
    stems = frozenset[str]().union(*forms)
    generic = {words.stemmer.of(w) for w in (*words.words.anaphors, *words.words.objects)} | words.instruments
    if proposition.action == words.electing and stems.isdisjoint(proposition.theme):
        return Naming.MATTER  # An office is wanted for one by those who are for one, and by the rest for another.
    if stems & proposition.heads or forms[-1] & generic:
        return Naming.THING
    if all(word[0].isupper() for word in term.split()):
        institution = not words.bodies.isdisjoint(forms[-1])
        where = words.places.find(term) is not None
        apart = stems.isdisjoint(proposition.theme)
        beside = len(forms) == 1 and stems <= proposition.complement | proposition.around
        return (
            Naming.PARTY
            if stems <= proposition.target or beside or ((institution or where) and apart)
            else Naming.THING
        )
    own = proposition.theme - proposition.complement
    ends = forms[-1] & own and len(forms) > 1
    return Naming.THING if stems & own and not ends and not forms[-1] & words.ills else Naming.MATTER


def variants(term: Term) -> Iterator[Term]:
    """A term, and if it is a compound of three words or more, what is left of it without one before the last."""
    yield term
    if len(term.words) > 2 and term.action is None:
        for left_out in range(len(term.words) - 1):
            rest = term.words[:left_out] + term.words[left_out + 1 :]
            yield term._replace(words=rest, strength=PARTLY)


def names_of(proposition: Proposition, words: Vocabulary) -> Iterator[Term]:
    """The names by which a person is called whom a proposition wants in an office: whoever is for them is for it."""
    if proposition.action in (words.electing, words.single["resign"], words.single["oust"]):
        yield from (Term((frozenset({stem}),), None, NAME, Naming.PERSON) for stem in sorted(proposition.theme))


def theme_of(said: str, words: Vocabulary, proposition: Proposition) -> Iterator[Term]:
    """The theme as a term, where it is of several words: what a proposition calls its thing is said of it too."""
    own = proposition.theme - proposition.complement
    stems = [words.stemmer.of(unowned(w.strip(_MARKS)).lower()) for w in said.split()]
    named = [stem for stem in dict.fromkeys(stems) if stem in own]
    if 1 < len(named) <= _NAMES and proposition.heads & {*named}:
        yield Term(tuple(frozenset({stem}) for stem in named), None, NAME)


def heads_of(term: Term, words: Vocabulary, proposition: Proposition, actions: Mapping[str, Action]) -> frozenset[str]:
    """The last word of a term that says what it is about, neither what is done with it nor where."""
    generic = {words.stemmer.of(a) for a in (*words.words.anaphors, *words.words.objects)}
    for forms in reversed(term.words):
        if forms.isdisjoint(actions) and forms.isdisjoint(proposition.around) and forms.isdisjoint(generic):
            return forms
    return frozenset()


def nouns_of(terms: Sequence[Term], proposition: Proposition) -> Iterator[tuple[str, Action | None]]:
    """The last words of terms, each with the action of its term, and the heads of the theme."""
    for term in terms:
        yield from ((stem, term.action) for stem in term.words[-1])
    yield from ((stem, None) for stem in proposition.heads)


def unowned(word: str) -> str:
    """A word without the ending of a possessor."""
    return word.removesuffix("'s").removesuffix("’s")
