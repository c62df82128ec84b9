"""Which actors are one and the same, by the merges decided so far."""

from __future__ import annotations

from collections.abc import Iterable


class Merges:
    """A forest of actors: each points to the one it was merged into, and the root of a tree is the canonical actor."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Start from the merges in force, each as (actor, into)."""
        self._into = dict(pairs)

    def canonical(self, actor: str) -> str:
        """The actor that stands for this one."""
        while actor in self._into:
            actor = self._into[actor]
        return actor

    def members(self, canonical: str) -> frozenset[str]:
        """All actors that this one stands for, itself among them."""
        return frozenset({canonical, *(actor for actor in self._into if self.canonical(actor) == canonical)})

    def merge(self, actor: str, into: str) -> bool:
        """Merge, in place of an earlier merge of the actor. False, without effect, where it would close a circle."""
        above = into
        while above != actor and above in self._into:
            above = self._into[above]
        if above == actor:
            return False
        self._into[actor] = into
        return True

    def undo(self, actor: str, into: str) -> bool:
        """Take a merge back. False, without effect, where it is not in force."""
        if self._into.get(actor) != into:
            return False
        del self._into[actor]
        return True
