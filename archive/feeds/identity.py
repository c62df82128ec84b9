"""Which article an entry is, over many polls: by guid, link and hash, as far as they keep their word. Pure.

Within one document :mod:`archive.feeds.parse` tells entries apart. What only shows over several polls is here:

- guids that **rotate**: not one guid of the document was seen before, but links and contents were. From then on the
  feed's entries go by link, then by hash, and known ones keep the article they have;
- a guid that is **the same for whatever is on top**: link, title and date are others than when it was seen last. It is
  a new article, and that guid tells nothing from then on.

So a feed that breaks its promises costs no flood of articles, and one that keeps them is taken at its word: a new guid
is a new article, an old one the old article, whatever else changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from archive.model import Entry

MOST_REMEMBERED = 2000
"""Entries of a feed; the ones not seen for longest are forgotten first."""

GUID, LINK, HASH = "guid:", "link:", "hash:"


class Remembered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An entry as it was seen last: digests of its names and of its date as delivered; empty where it had none."""

    guid: str = ""
    link: str = ""
    hash: str = ""
    date: str = ""


class Memory(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a feed: its entries by article key, those seen last at the end, and its broken promises.

    ``spoilt`` are digests of guids that several articles had.
    """

    entries: dict[str, Remembered] = {}
    rotating: bool = False
    spoilt: tuple[str, ...] = ()


def identify(memory: Memory, entries: Sequence[Entry]) -> tuple[list[str], Memory]:
    """The article key of each entry of a document, and what is remembered after it."""
    seen = [_remembered(entry) for entry in entries]
    index = _Index(memory)
    rotating = memory.rotating or _rotate(seen, index)
    spoilt = set(memory.spoilt)
    found: dict[int, str] = {}
    taken: set[str] = set()
    for n, one in enumerate(seen):
        known = None if rotating or one.guid in spoilt else index.by_guid(one)
        if known and _other(one, memory.entries[known]):
            spoilt.add(one.guid)
        elif known and known not in taken:
            found[n] = known
            taken.add(known)
    for n, (entry, one) in enumerate(zip(entries, seen, strict=True)):
        if n not in found:
            usable = bool(one.guid) and one.guid not in spoilt and not rotating
            known = None if usable else index.by_other_names(entry, one, taken)
            found[n] = known or _own(entry, usable, taken)
            taken.add(found[n])
    keys = [found[n] for n in range(len(entries))]
    latest = dict(zip(keys, seen, strict=True))
    kept = {key: one for key, one in memory.entries.items() if key not in latest} | latest
    newest = dict(list(kept.items())[-MOST_REMEMBERED:])
    return keys, Memory(newest, rotating, tuple(sorted(spoilt)[-MOST_REMEMBERED:]))


class _Index:
    """The keys of remembered entries by what they were called."""

    def __init__(self, memory: Memory) -> None:
        self.keys = memory.entries.keys()
        self.guids = {one.guid: key for key, one in memory.entries.items() if one.guid}
        self.links = {one.link: key for key, one in memory.entries.items() if one.link}
        self.hashes = {one.hash: key for key, one in memory.entries.items() if one.hash}

    def by_guid(self, one: Remembered) -> str | None:
        return self.guids.get(one.guid) if one.guid else None

    def by_other_names(self, entry: Entry, one: Remembered, taken: set[str]) -> str | None:
        """The key that one of its names is itself, else that of whatever had its link, else its hash."""
        own = (name for name in entry.names if name in self.keys and not name.startswith(GUID))
        known = (*own, self.links.get(one.link), self.hashes.get(one.hash))
        return next((key for key in known if key and key not in taken), None)


def _rotate(seen: Sequence[Remembered], index: _Index) -> bool:
    """Whether no guid was seen before, though most entries that have one were: by link and content, or either alone."""
    named = [one for one in seen if one.guid]
    if not named or any(one.guid in index.guids for one in named):
        return False
    again = [one for one in named if one.link in index.links or one.hash in index.hashes]
    surely = [one for one in again if one.hash in index.hashes]
    return bool(again) and 2 * len(surely) >= len(again)


def _other(now: Remembered, before: Remembered) -> bool:
    """Whether an entry with a known guid is another article all the same: link, title and date are all others."""
    pairs = ((now.link, before.link), (now.date, before.date))
    return now.hash != before.hash and all(one and other and one != other for one, other in pairs)


def _own(entry: Entry, usable: bool, taken: set[str]) -> str:
    """The key of a new article: the first name that tells it; in a feed whose guids tell nothing not the guid."""
    names = [name for name in entry.names if usable or not name.startswith(GUID)] or [entry.key]
    return next((name for name in (*names, entry.key) if name not in taken), None) or _unique(entry, taken)


def _unique(entry: Entry, taken: set[str]) -> str:
    """A key for what shares all its names: numbered in the order of the document, for want of anything better."""
    return next(key for n in range(2, len(taken) + 3) if (key := f"{entry.key}#{n}") not in taken)


def _remembered(entry: Entry) -> Remembered:
    """An entry's names as digests, by their kind."""
    found: dict[str, str] = {}
    for name in entry.names:
        found.setdefault(name.partition(":")[0], name)
    guid, link, hash_ = (_digest(found.get(kind[:-1], "")) for kind in (GUID, LINK, HASH))
    return Remembered(guid, link, hash_, _digest(entry.published_raw or ""))


def _digest(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() if name else ""
