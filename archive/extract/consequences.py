"""What a thing is said to lead to: "it would drown three villages", "membership makes Norland richer".

A verb with a mention as its subject moves something: it brings or worsens it, ends or spares it, or ruins it. Whether
that speaks for the mention depends on what is moved, for an end to poverty is as good as a beginning of peace.
"""

from __future__ import annotations

from archive.extract.indexed import Index
from archive.extract.operators import Effect, Kind, Lexicon, Operator
from archive.extract.topics import Hit

_AUXILIARY = frozenset({"MD", "RB", "TO"})
_HELPERS = frozenset({"be", "hav", "do"})
_OBJECT_WITHIN = 6
_REACH = 9
_MAKING = frozenset({"mak", "leav", "keep", "render", "turn"})
_SUMS = frozenset({"million", "billion", "thousand", "crown", "dollar", "euro", "pound", "fortun", "dearly", "much"})
_INNER = ("DT", "JJ", "CD", "PRP$", "NN", "POS", "IN", "VBN", "PRP", "RB", "VBG")


def consequence(lexicon: Lexicon, index: Index, hit: Hit, high: int) -> Operator | None:
    """The verb by which a mention does good or harm, up to token ``high``; None where it does neither."""
    at, negated = _verb(lexicon, index, hit, high)
    if at is None:
        return None
    good = _made(lexicon, index, at, high) if index.stems[at] in _MAKING else None
    if good is None and (effect := lexicon.effects.get(index.stems[at])):
        good = _moves(lexicon, index, at, high, effect)
    return None if good is None else Operator(Kind.HELPING if good else Kind.HURTING, at, at + 1, negated)


def _verb(lexicon: Lexicon, index: Index, hit: Hit, high: int) -> tuple[int | None, bool]:
    """The main verb of which a mention is the subject, over what only says more of it, and whether it is denied."""
    i, negated, opened = hit.last, False, False
    while i < min(high, hit.last + _REACH):
        tag, stem = index.tags[i], index.stems[i]
        if stem in lexicon.negators:
            negated = True
        elif stem in _HELPERS or tag in _AUXILIARY:
            opened = True
        elif tag.startswith("VB") or (stem in lexicon.effects and (opened or i == hit.last)):
            return i, negated
        elif opened or not tag.startswith(("IN", "NN", "DT", "JJ", "CD")):
            return None, False
        i += 1
    return None, False


def _made(lexicon: Lexicon, index: Index, at: int, high: int) -> bool | None:
    """Whether a mention makes somebody better off, or worse: "would make everyone safer"."""
    for i in range(at + 1, min(high, at + _OBJECT_WITHIN + 1)):
        less = index.stems[i - 1] == "less"
        if index.stems[i] in lexicon.better:
            return not less
        if index.stems[i] in lexicon.worse:
            return less
    return None


def _moves(lexicon: Lexicon, index: Index, at: int, high: int, effect: Effect) -> bool | None:
    """Whether what a verb does with its object is good: by the first noun there that anybody wants or nobody does."""
    objects = []
    for i in range(at + 1, min(high, at + _OBJECT_WITHIN + 1)):
        if not index.tags[i].startswith(_INNER):
            break
        objects.append(index.stems[i])
    if index.stems[at] == "cost" and any(
        index.tags[i] == "CD" or index.stems[i] in _SUMS for i in range(at, min(high, at + _REACH))
    ):
        return False
    wanted = next((stem in lexicon.goods for stem in objects if stem in lexicon.goods | lexicon.words.ills), None)
    match effect:
        case Effect.BRINGS:
            return wanted
        case Effect.ENDS:
            return None if wanted is None else not wanted
        case Effect.RUINS:
            return wanted is False if objects else None
        case Effect.SPARES:
            return wanted is not False if objects else None
