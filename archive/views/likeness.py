"""Who may be one and the same: suggestions for a person to decide on, never decisions. Pure.

Only actors that share a surname, or nearly, are compared, so that it stays linear in their number.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from archive.ledger.names import office_key

_MOST = 60
"""Actors of one surname that are compared with one another; of more, the most quoted."""

_ALIKE = 0.84
_ALIKE_BODIES = 0.9
_SPELLINGS = (
    (r"[^a-z ]", ""), (r"sch|sh|sz|š", "s"), (r"kh|ch", "h"), (r"ph", "f"), (r"tz|ts|cz", "z"), (r"ck|q|c", "k"),
    (r"w", "v"), (r"[aeiouyj]", ""), (r"(.)\1+", r"\1"),
)  # fmt: skip
"""What transliterations write differently, in the order in which it is taken out."""


@dataclass(frozen=True, slots=True)
class Met:
    """An actor that was quoted: its folded name, how often, the keys of its offices, and whom it spoke for."""

    actor: str
    name: str
    folded: str
    kind: str
    uses: int
    offices: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``actor`` may be ``into``, and why."""

    actor: Met
    into: Met
    why: str


def suggestions(met: Iterable[Met]) -> list[Suggestion]:
    """Pairs that may be one, each once, the less quoted first; the most quoted pairs first."""
    blocks: dict[tuple[str, str], list[Met]] = {}
    for one in met:
        for key in _blocks(one):
            blocks.setdefault((one.kind, key), []).append(one)
    found: dict[tuple[str, str], Suggestion] = {}
    for block in blocks.values():
        for a, b in combinations(sorted(block, key=_most_quoted)[:_MOST], 2):
            if why := _why(a, b):
                into, actor = sorted((a, b), key=_better_known)
                found.setdefault((actor.actor, into.actor), Suggestion(actor, into, why))
    return sorted(found.values(), key=lambda s: (-s.actor.uses - s.into.uses, s.actor.actor, s.into.actor))


def offices_of(role: str | None) -> frozenset[str]:
    """The key of a role's office, as a set."""
    return frozenset({office_key(role)}) if role else frozenset()


def _most_quoted(one: Met) -> tuple[int, str]:
    return -one.uses, one.actor


def _better_known(one: Met) -> tuple[bool, bool, bool, int, str]:
    """Registered actors before those the archive named itself, full names before bare ones, then the more quoted."""
    words = one.folded.split()
    return ":" in one.actor, len(words) < 2, any(len(word) == 1 for word in words), -one.uses, one.actor


def _blocks(one: Met) -> Iterator[str]:
    words = one.folded.split()
    if not words:
        return
    if one.kind == "person":
        yield from {words[-1], _skeleton(words[-1]) or words[-1]}
    else:
        yield from {words[0], "".join(word[0] for word in words) if len(words) > 1 else words[0]}


def _skeleton(word: str) -> str:
    for spelling, plain in _SPELLINGS:
        word = re.sub(spelling, plain, word)
    return word


def _why(a: Met, b: Met) -> str | None:
    """Why two actors of one kind may be one; None where they are not, as far as roles and countries tell."""
    if a.countries and b.countries and a.countries.isdisjoint(b.countries):
        return None
    if a.folded == b.folded:
        bare = " " not in a.folded and a.kind == "person"
        return None if bare and not _shares(a, b) else "the same name"
    return _person(a, b) if a.kind == "person" else _body(a.folded, b.folded)


def _shares(a: Met, b: Met) -> bool:
    return not (a.countries.isdisjoint(b.countries) and a.offices.isdisjoint(b.offices))


def _person(a: Met, b: Met) -> str | None:
    first, second = a.folded.split(), b.folded.split()
    if len(first) == 1 or len(second) == 1:
        same = first[-1] == second[-1]
        return "the same surname, and a role or country in common" if same and _shares(a, b) else None
    if first[-1] == second[-1] and _initials(first[:-1], second[:-1]):
        return "the same surname, and given names that agree"
    near = difflib.SequenceMatcher(None, a.folded, b.folded).ratio()
    alike = _skeleton(first[-1]) == _skeleton(second[-1]) and _skeleton(first[0])[:1] == _skeleton(second[0])[:1]
    return f"nearly the same spelling ({near:.2f})" if alike and near >= _ALIKE else None


def _initials(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether given names agree as far as both have them: "A B" and "Ann", but not "Ann" and "Ada"."""
    return all(a == b or (1 in (len(a), len(b)) and a[0] == b[0]) for a, b in zip(first, second, strict=False))


def _body(a: str, b: str) -> str | None:
    short, long_ = sorted((a, b), key=len)
    words = long_.split()
    if " " in short and f"{long_} ".startswith(f"{short} "):
        return "one name begins the other"
    if len(words) > 1 and short == "".join(word[0] for word in words):
        return "initials"
    near = difflib.SequenceMatcher(None, a, b).ratio()
    return f"nearly the same spelling ({near:.2f})" if near >= _ALIKE_BODIES else None
