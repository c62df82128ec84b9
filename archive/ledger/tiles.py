"""The tree as files (c2sp.org/tlog-tiles), written behind the log, from which every proof is made.

A tile holds up to 256 consecutive hashes: of leaves at level 0, of full tiles of the level below above that. Beside
them lie the entries, which are the headers. Full tiles never change; a partial one is replaced by the next wider.
What is read from them is a claim: a proof is checked against a root before it is given out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeAlias, TypeVar

from archive.errors import ProofError
from archive.ledger import merkle
from archive.ledger.checkpoint import Checkpoint

HEIGHT = 8
WIDTH = 1 << HEIGHT
SYNCED_SINGLY = 64
_CACHED = 256

_Item = TypeVar("_Item")

Leaf: TypeAlias = tuple[bytes, bytes]
"""A leaf hash, and the header it is of."""


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Where a tile is, relative to the folder: ``tile/<L>/<N>[.p/<W>]``."""
    return f"tile/{level}/{_numbered(index)}{_partial(width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """Where the entries of a tile of level 0 are."""
    return f"tile/entries/{_numbered(index)}{_partial(width)}"


def pack_entries(headers: Iterable[bytes]) -> bytes:
    """A bundle: each entry after its length in two big-endian bytes. OverflowError above 65,535 bytes."""
    return b"".join(part for header in headers for part in (len(header).to_bytes(2), header))


def unpack_entries(bundle: bytes) -> list[bytes]:
    """The inverse of :func:`pack_entries`. ValueError where the bundle ends within an entry."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2])
        if end > len(bundle) or at + 2 > len(bundle):
            raise ValueError("the bundle ends within an entry")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


class Tiles:
    """The tiles in one folder. Holds nothing but what it has read of files that never change."""

    def __init__(self, folder: Path) -> None:
        """Read and write nothing yet."""
        self.folder = folder
        self._written = 0
        self._ladder = lru_cache(maxsize=_CACHED)(self._read_ladder)

    def root(self, size: int, within: int | None = None) -> bytes:
        """The root of the first ``size`` leaves as the tiles (of ``within`` leaves) have it.

        ProofError where a tile is missing.
        """
        return merkle.range_root(0, size, self.subtrees(within or size))

    def inclusion(self, index: int, state: Checkpoint) -> list[bytes]:
        """The audit path of a leaf to a checkpoint's root. ProofError where the tiles do not lead there."""
        [leaf, *_] = self.hashes(0, index // WIDTH, state.size)[0][index % WIDTH :]
        path = merkle.inclusion_proof(index, state.size, self.subtrees(state.size))
        if not merkle.includes(leaf, index, state.size, path, state.root):
            raise self._damaged(state.size)
        return path

    def consistency(self, old: Checkpoint, new: Checkpoint) -> list[bytes]:
        """The proof that one checkpoint continues another. ProofError where the tiles do not show it."""
        path = merkle.consistency_proof(old.size, new.size, self.subtrees(new.size))
        if not merkle.continues(old.size, old.root, new.size, new.root, path):
            raise self._damaged(new.size)
        return path

    def subtrees(self, size: int) -> merkle.Subtree:
        """The hashes of the perfect subtrees of the first ``size`` leaves, read from the tiles as they are needed."""

        def subtree(height: int, index: int) -> bytes:
            level, within = divmod(height, HEIGHT)
            tile, at = divmod(index << within, WIDTH)
            return self.hashes(level, tile, size)[within][at >> within]

        return subtree

    def hashes(self, level: int, tile: int, size: int) -> list[list[bytes]]:
        """A tile of the tree of ``size`` leaves: its hashes, and above them those of each two, as far as there are."""
        width = min((size >> HEIGHT * level) - tile * WIDTH, WIDTH)
        return self._ladder(level, tile, width)

    def extend(self, old: int, leaves: Iterable[Leaf]) -> int:
        """Write what the tree has more than its first ``old`` leaves; the new size.

        ``leaves`` begin at the last multiple of 256 not above ``old``. Idempotent; a full tile that is there already
        and differs is a ProofError.
        """
        tile = old // WIDTH
        roots, size, self._written = [], tile * WIDTH, 0
        for batch in _batched(leaves):
            hashes = [leaf for leaf, _ in batch]
            self._write(tile_path(0, tile, len(batch)), b"".join(hashes))
            self._write(entries_path(tile, len(batch)), pack_entries(header for _, header in batch))
            size, tile = size + len(batch), tile + 1
            roots += _full_root(hashes)
        self._extend_above(old, size, roots)
        self._ladder.cache_clear()
        if self._written > SYNCED_SINGLY:
            os.sync()  # once for all: thousands of files, each waited for, would take minutes
        return size

    def _extend_above(self, old: int, size: int, roots: Sequence[bytes]) -> None:
        """Write the levels above the leaves; ``roots`` are of the tiles that became full at the level below."""
        for level in range(1, size.bit_length() // HEIGHT + 1):
            before = old >> HEIGHT * level
            tile = before // WIDTH
            kept = self._ladder(level, tile, before % WIDTH)[0] if before % WIDTH else []
            above: list[bytes] = []
            for hashes in _batched([*kept, *roots]):
                self._write(tile_path(level, tile, len(hashes)), b"".join(hashes))
                above += _full_root(hashes)
                tile += 1
            roots = above

    def _read_ladder(self, level: int, tile: int, width: int) -> list[list[bytes]]:
        path = tile_path(level, tile, width)
        packed = read_either(self.folder, path, tile_path(level, tile))
        if packed is None or len(packed) < width * merkle.HASH_BYTES:
            raise ProofError(
                "a tile is missing" if packed is None else "a tile is too short",
                where=path,
                remedy=f"Remove {self.folder}: it is written anew at the next checkpoint",
            )
        rungs = [list(merkle.unpack(packed[: width * merkle.HASH_BYTES]))]
        while len(rungs[-1]) > 1:
            below = rungs[-1]
            rungs.append([merkle.node_hash(a, b) for a, b in zip(below[::2], below[1::2], strict=False)])
        return rungs

    def _write(self, path: str, content: bytes) -> None:
        """Write a tile, once: what is there already must be the same."""
        file = self.folder / path
        found = read_either(self.folder, path)
        if found is not None and found != content:
            raise ProofError(
                "a tile differs from the log, and tiles never change: one of the two was altered",
                where=path,
                remedy=f"Run: archive verify. If the log is sound, remove {self.folder}: it is written anew",
            )
        whole, partial, _ = path.partition(".p/")
        if found is None and not (partial and (self.folder / whole).exists()):
            self._written += 1
            write_whole(file, content, synced=self._written <= SYNCED_SINGLY)
        if not partial:
            shutil.rmtree(file.with_name(f"{file.name}.p"), ignore_errors=True)

    def _damaged(self, size: int) -> ProofError:
        return ProofError(
            f"the tiles do not lead to the root of the checkpoint of size {size}: no proof is given",
            where=str(self.folder),
            remedy="Run: archive verify. If the log is sound, remove the folder: it is written anew",
        )


def write_whole(file: Path, content: bytes, *, synced: bool = True) -> None:
    """Write a file so that it is there as a whole or not at all, and (if ``synced``) stays after a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.{os.getpid()}.new")
    with aside.open("wb") as opened:
        opened.write(content)
        opened.flush()
        if synced:
            os.fsync(opened.fileno())
    aside.replace(file)


def read_either(folder: Path, *paths: str) -> bytes | None:
    """The content of the first of these files that there is."""
    for path in paths:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError:
            continue
    return None


def _full_root(hashes: Sequence[bytes]) -> list[bytes]:
    """The root of a tile, if it is full."""
    return [merkle.root(merkle.extend((), 0, hashes))] if len(hashes) == WIDTH else []


def _batched(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, WIDTH)):
        yield batch


def _numbered(index: int) -> str:
    """1234067 → ``x001/x234/067``."""
    last, rest = f"{index % 1000:03d}", index // 1000
    while rest:
        last, rest = f"x{rest % 1000:03d}/{last}", rest // 1000
    return last


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
