"""What a thing does and what is done to it, as words before and after a mention tell.

"A wall would stop them" is no attitude towards the wall; who complains that something "undermines the pact" wants
the pact kept.
"""

from __future__ import annotations

from archive.extract.indexed import Index, undergone
from archive.extract.operators import EFFECTS, Kind, Lexicon, Operator
from archive.extract.passages import Passage, first_person, subject
from archive.extract.topics import Hit

ATTITUDES = frozenset({Kind.SUPPORT, Kind.OPPOSE})
"""What somebody holds of a thing."""

FINITE = frozenset({"VBZ", "VBD", "VBP", "MD"})
"""Tags of verbs that make a sentence."""

_PRONOUNS = frozenset({"it", "them", "him", "her", "this", "that", "these", "those"})
_NEXT = 3
_BETWEEN = ("DT", "JJ", "PRP$", "POS", "NN", "CD", "QUOTE")


def suffers(lexicon: Lexicon, passage: Passage, operator: Operator, hit: Hit, low: int) -> Operator:
    """Harm that something else does to a mention speaks for it: "their talk is undermining the pact"."""
    index = passage.index
    if operator.kind is not Kind.BAD or index.stems[operator.first] not in lexicon.harming or hit.action is not None:
        return operator
    verb = index.tags[operator.first] in {"VB", "VBG", "VBZ", "VBP", "VBD"} and operator.last - operator.first == 1
    between = range(operator.last, hit.first)
    direct = len(between) <= _NEXT and all(index.tags[i].startswith(_BETWEEN) for i in between)
    own = subject(index, operator.first, low) is not None and first_person(index, operator.first, low)
    return operator._replace(kind=Kind.GOOD) if verb and direct and not own else operator


def done_by(index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether an attitude is the mention's own, not one towards it: "a wall would stop them"; and no effect of it."""
    verb = index.tags[operator.first] in FINITE | {"VB", "VBN"} and not undergone(index, operator.first)
    if operator.kind in ATTITUDES:
        if index.tags[operator.first] == "RB" and _subject_is(index, operator, hit):
            return True
        return verb and not _takes_up(index, operator.last)
    return operator.kind in EFFECTS and not (verb and _subject_is(index, operator, hit))


def _takes_up(index: Index, i: int) -> bool:
    """Whether a verb's object is a pronoun, or stands before it: "we will fight it", "a toll that I oppose"."""
    if i >= len(index.tags):
        return True
    token = index.document.tokens[i]
    return token.lower in _PRONOUNS or not token.text[0].isalnum()


def _subject_is(index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether nothing but auxiliaries and adverbs stands between a mention and a verb."""
    between = range(hit.last, operator.first)
    return all(index.tags[i] in {"MD", "RB", "VB", "VBZ", "VBP", "VBD", "VBN", "TO"} for i in between)
