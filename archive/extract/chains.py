"""A topic taken up again by a noun that points back: "the bill", "this agreement", "such a ban", "Quill's measure".

Within some sentences of a place that is about the topic, a definite noun of the topic's own, or of the same kind as
one ("the legislation" after "the harbour bill"), stands for it, unless the same noun was used of something else
since. Each such place keeps the chain going.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from archive.extract.indexed import Index
from archive.extract.topics import Hit, Matcher
from archive.extract.vocabulary import Action, Direction, Vocabulary

WITHIN, KIND_WITHIN = 12, 5
"""Sentences after which nothing points back any longer, with the topic's own noun and with another of its kind."""

OWN, KIND = 0.8, 0.72
"""How sure it is that "the bill" is the topic's: where the topic says "bill", and where it says "deal"."""


class Taker(NamedTuple):
    """How surely a noun takes a topic up, and the action of what it stands for.

    ``doubtful``: it may stand for what is wanted and for what is there ("the measure": the new bill, or the old law).
    """

    strength: float
    action: Action | None
    doubtful: bool = False


Takers = Mapping[str, Taker]

_INTRODUCING = frozenset({"of", "about", "on", "for", "over", "that", "with", "against", "between"})
_POINTING = frozenset({"the", "this", "that", "these", "those", "both"})
_MODIFYING = ("JJ", "VBN", "RB", "CD")
_MODIFIERS = 3


def chained(takers: Takers, matcher: Matcher, index: Index, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits with those that take them up, in order and apart."""
    found_here = takers.keys() & index.places.keys()
    at = sorted(i for s in found_here for i in index.places[s] if index.stems[i] == s)
    covered = {i for hit in hits for i in range(hit.first, hit.last)}
    found = list(hits)
    known = iter(sorted(hits))
    ahead = next(known, None)
    latest: int | None = None
    direction: Direction = 1
    strange: dict[str, int] = {}
    for i in at:
        while ahead is not None and ahead.first <= i:
            latest, direction, ahead = ahead.last - 1, ahead.direction, next(known, None)
        if not covered.isdisjoint((i - 1, i, i + 1)) or latest is None:
            continue
        stem = index.stems[i]
        within = WITHIN if takers[stem].strength == OWN else KIND_WITHIN
        near = index.sentence_number(i) - index.sentence_number(latest) <= within
        bare = stem in matcher.proposition.heads and _in_general(index, i)
        if near and strange.get(stem, -1) < latest and (bare or points_back(index, i, matcher.named)):
            strength, action, doubtful = takers[stem]
            hit = matcher.taken_up(index, i, strength, action)
            found.append(hit._replace(direction=direction) if doubtful and hit.action is None else hit)
            latest, direction = i, found[-1].direction
        elif another(index, i, matcher.named):
            strange[stem] = i
    return tuple(_apart(found, hits))


def _apart(found: Sequence[Hit], first: Sequence[Hit]) -> Iterator[Hit]:
    """The hits in order; of two that overlap the one that names the topic."""
    kept = set(first)
    last = -1
    taken = {i for hit in kept for i in range(hit.first, hit.last)}
    for hit in sorted(found):
        alone = hit in kept or taken.isdisjoint(range(hit.first, hit.last))
        if alone and hit.first >= last:
            last = hit.last
            yield hit


def takers(words: Vocabulary, matcher: Matcher) -> Takers:
    """The nouns that can take a topic up, each with how surely, and the action of what it stands for.

    What is done does, by its name ("the extension", "his dismissal"). None else does for a person: whom "the nominee"
    means, no noun tells.
    """
    deeds = {
        s: Taker(KIND, a) for s, a in matcher.actions.items() if s in words.deeds and s not in matcher.proposition.theme
    }
    if matcher.personal:
        return {stem: deed for stem, deed in deeds.items() if deed.action == matcher.proposition.action}
    own = {stem: Taker(OWN, action) for stem, action in matcher.nouns.items()}
    alike: dict[str, Taker] = {}
    for kind in words.kinds:
        actions = {taker.action for stem, taker in own.items() if stem in kind}
        for action in sorted(actions, key=str, reverse=True):
            alike.update((other, Taker(KIND, action, len(actions) > 1)) for other in kind)
    return {**deeds, **alike, **own}


def points_back(index: Index, i: int, named: frozenset[str]) -> bool:
    """Whether a noun is definite and says nothing more: "the new bill"; not "a bill", nor "the bill on pay"."""
    if not _noun(index, i) or complemented(index, i, len(index.tags)):
        return False
    low = max(index.sentence(i)[0], i - 1 - _MODIFIERS)
    for j in range(i - 1, low - 1, -1):
        lower, tag = index.document.tokens[j].lower, index.tags[j]
        such = lower in {"a", "an"} and j > low and index.stems[j - 1] == "such"
        if such or tag in {"POS", "PRP$"} or (lower in _POINTING and tag in {"DT", "PDT"}):
            return True
        if not tag.startswith(_MODIFYING) and "-" not in lower and index.stems[j] not in named:
            return False
    return False


def _in_general(index: Index, i: int) -> bool:
    """Whether a noun stands for all of its kind, with nothing beside it: "called inversions unpatriotic"."""
    alone = index.tags[i] == "NNS" and not complemented(index, i, len(index.tags))
    return alone and (i == 0 or not index.tags[i - 1].startswith(("JJ", "NN", "CD", "POS", "PRP$", "HYPH")))


def _noun(index: Index, i: int) -> bool:
    """Whether a word is a noun; one that only ends a noun phrase is, whatever the tagger says ("such a ban would")."""
    if index.tags[i].startswith("NN"):
        return True
    ends = not index.tags[i + 1 : i + 2] or not index.tags[i + 1].startswith(("NN", "JJ", "VB"))
    return index.tags[i] in {"JJ", "VB"} and i > 0 and index.tags[i - 1] == "DT" and ends


def another(index: Index, i: int, named: frozenset[str]) -> bool:
    """Whether a noun brings something else up: "a bill", "the bill on pay", "the Quill bill"."""
    if complemented(index, i, len(index.tags)):
        return True
    first, _ = index.sentence(i)
    for j in range(i - 1, max(first, i - 1 - _MODIFIERS) - 1, -1):
        lower, tag = index.document.tokens[j].lower, index.tags[j]
        if lower in {"a", "an", "another"} or (tag.startswith("NNP") and index.stems[j] not in named):
            return index.stems[j - 1] != "such"
        if not tag.startswith((*_MODIFYING, "NN")):
            return False
    return False


def complemented(index: Index, i: int, last: int) -> bool:
    """Whether a noun says itself what it is about: "the question of pay", "his plan to move", "policy record"."""
    if i + 1 >= last:
        return False
    if index.tags[i + 1] == "RB" and index.tags[i + 2 : i + 3] == ("TO",):
        return True
    if index.tags[i + 1] == "VBG":
        return True
    return index.tags[i + 1] in {"TO", "NN", "NNS"} or index.document.tokens[i + 1].lower in _INTRODUCING
