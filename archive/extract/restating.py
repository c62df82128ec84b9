"""A proposition said again: "Quill should drop out of the race" where the topic is that she should.

Whatever its words mean one by one, all of them together, in order and with a modal, mean the proposition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.extract.english import NOT
from archive.extract.indexed import Index

_WHO_WITHIN = 10
_BOUND_WITHIN = 4
_SHOULD = frozenset({"should", "must", "shall"})
_OBLIGED = frozenset({"hav", "ought", "need"})
_GAP = 2
_DENYING = NOT | {"no", "neither"}


class Wording(NamedTuple):
    """The stems of a proposition in order: who or what should, the verb, and what comes after it.

    Where nothing comes after it, all words of the subject are in ``who``, else only its noun, so that "we" may not
    stand for it but "Norland’s new government" may for "the government of Norland".
    """

    who: Sequence[str]
    verb: str
    after: Sequence[str]
    negated: bool


class Restated(NamedTuple):
    """Tokens ``first`` to before ``last`` say a proposition again, or its contrary; at ``verb`` is its verb."""

    first: int
    last: int
    verb: int
    denied: bool


def restated(wording: Wording, text: Index) -> Iterator[Restated]:
    """Every place that says a proposition, or its negation, again."""
    if any(stem not in text.places for stem in (*wording.who, wording.verb, *wording.after)):
        return
    for at in text.places[wording.verb]:
        start, end = text.sentence(at)
        low = max(start, at - _WHO_WITHIN)
        who = [next((i for i in reversed(range(low, at)) if text.stems[i] == stem), at) for stem in wording.who]
        last = _follow(wording.after, text, at, end)
        if last and max(who) < at and _bound(text, max(max(who) + 1, at - _BOUND_WITHIN), at):
            first = min(who)
            denied = (text.document.tokens[i].lower in _DENYING for i in range(max(start, first - 1), at))
            yield Restated(first, last, at, any(denied) != wording.negated)


def _bound(text: Index, low: int, at: int) -> bool:
    """Whether it is said before a verb that it should be done: "should", "has to"; not what will or may be."""
    return any(
        text.stems[i] in _SHOULD or (text.tags[i] == "TO" and text.stems[i - 1] in _OBLIGED) for i in range(low, at)
    )


def _follow(stems: Sequence[str], text: Index, at: int, end: int) -> int:
    """The token after the last of these stems, if all come after a verb, in order and close to each other; else 0."""
    for stem in stems:
        near = range(at + 1, min(end, at + 2 + _GAP))
        found = next((i for i in near if text.stems[i] == stem), None)
        if found is None:
            return 0
        at = found
    return at + 1
