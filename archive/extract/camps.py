"""Whose side somebody is on by who they are: a candidate, a candidate's campaign and its people, a candidate's foes.

Only for propositions that want a person in an office: "Quill's campaign manager" is for Quill, whatever she talks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.extract.vocabulary import Direction, Vocabulary
from archive.model import ActorKind, ActorMention, fold

_LINKING = frozenset(
    {"of", "for", "to", "on", "with", "the", "in", "by", "from", "mr", "mrs", "ms", "dr", "sen", "gov", "rep"}
)
_NAMED_WITHIN = 4
_AGAINST = "anti"


@dataclass(frozen=True, slots=True)
class Camps:
    """The words for those who are for somebody, and for those who are against, as they stand in roles and names."""

    camp: frozenset[str]
    foes: frozenset[str]

    @classmethod
    def of(cls, words: Vocabulary) -> Camps:
        """The words of a language, in the singular and in the plural."""
        return cls(_folded(words.words.camp), _folded(words.words.foes))

    def side(self, people: frozenset[str], called: frozenset[str], actor: ActorMention | None) -> Direction | None:
        """Which side an actor is on; ``people`` is the surname of whom a proposition wants in an office.

        ``called`` are all words of that name: who is called otherwise is somebody else, of one family or none.
        """
        if actor is None or not people or actor.former:
            return None
        name = fold(actor.name).split()
        if actor.kind is ActorKind.PERSON and not people.isdisjoint(name):
            return 1 if len(called) == 1 or name[0] in called else None
        if actor.kind is not ActorKind.PERSON and (found := self._told(people, name)):
            return found
        return self._told(people, fold(actor.role or "").split())

    def _told(self, people: frozenset[str], words: Sequence[str]) -> Direction | None:
        """What a description tells: "Quill campaign manager", "adviser to Mr. Quill", "anti-Quill forces"."""
        bare = [word.strip(".,'’").removesuffix("'s").removesuffix("’s") for word in words]
        for at, word in enumerate(bare):
            if word not in people:
                continue
            if at > 0 and bare[at - 1] == _AGAINST:
                return -1
            beside = [*bare[at + 1 : at + 1 + _NAMED_WITHIN], *_before(bare, at)]
            if not self.foes.isdisjoint(beside):
                return -1
            if not self.camp.isdisjoint(beside):
                return 1
        return None


def _before(words: Sequence[str], at: int) -> Sequence[str]:
    """The noun that a name is linked to: the "adviser" of "adviser to the campaign of Mr. Quill"."""
    i = at - 1
    while i > 0 and words[i] in _LINKING:
        i -= 1
    return words[i:at] if 0 <= i < at - 1 else ()


def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(form for word in words for form in (fold(word), fold(word) + "s"))
