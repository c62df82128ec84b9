"""The Merkle tree over the log's headers: RFC 6962 hashing, kept as a compact range.

A compact range of size n holds one hash for each set bit of n: the roots of the perfect subtrees that
the first n leaves split into, largest first (cf. Crosby and Wallach 2009; the Go and Sigstore logs call it so
too). It is all that is needed to append and to compute the root: log₂ n hashes, never the leaves.

Proofs are put together from the hashes of perfect subtrees, wherever those are kept (see tiles.py), and are checked
by the algorithms of RFC 9162, which know nothing of how they were made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(header: bytes) -> bytes:
    """SHA-256(0x00 ‖ header): RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x00" + header).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right): RFC 6962, section 2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def extend(frontier: Iterable[bytes], size: int, leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """The frontier of ``size`` leaves after more leaf hashes were appended; those of one call are held in memory."""
    subtrees, nodes, kept, sha256 = list(frontier), list(leaves), [], hashlib.sha256
    if len(subtrees) != size.bit_count():
        raise ValueError(f"a frontier of {size} leaves has {size.bit_count()} hashes, not {len(subtrees)}")
    while nodes or subtrees:
        # One height of the tree after the other: the subtree that waits there stands before the new ones
        if size & 1:
            nodes.insert(0, subtrees.pop())
        if len(nodes) & 1:
            kept.append(nodes.pop())
        # node_hash, written out: a million events have a million nodes
        nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
        size >>= 1
    return tuple(reversed(kept))


def root(frontier: Iterable[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 for a frontier; the hash of nothing for an empty one."""
    subtrees = list(frontier)
    if not subtrees:
        return EMPTY_ROOT
    current = subtrees.pop()
    while subtrees:
        current = node_hash(subtrees.pop(), current)
    return current


def pack(frontier: Iterable[bytes]) -> bytes:
    """A frontier as one byte string."""
    return b"".join(frontier)


def unpack(packed: bytes) -> tuple[bytes, ...]:
    """The inverse of :func:`pack`. ValueError where it is not a whole number of hashes."""
    if len(packed) % HASH_BYTES:
        raise ValueError(f"a frontier of {len(packed)} bytes is not a whole number of {HASH_BYTES}-byte hashes")
    return tuple(packed[i : i + HASH_BYTES] for i in range(0, len(packed), HASH_BYTES))


Subtree: TypeAlias = Callable[[int, int], bytes]
"""``(height, index)`` → the hash of the perfect subtree over the leaves [index·2^height, (index+1)·2^height)."""


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The audit path of leaf ``index`` (from 0) in the tree of the first ``size`` leaves, its sibling first.

    RFC 6962, section 2.1.1. ValueError where there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of ``size`` leaves continues that of the first ``old``: RFC 6962, section 2.1.2.

    Empty for ``old`` 0 or ``size``. ValueError where ``old`` is the larger.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} leaves cannot continue one of {old}")
    if old in {0, size}:
        return []
    path = []
    start, end = 0, size
    while end > old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_root(middle, end, subtree))
            end = middle
        else:
            path.append(range_root(start, middle, subtree))
            start = middle
    if start:  # the old tree ends in a subtree that the verifier cannot know; where it is all of it, they do
        path.append(range_root(start, end, subtree))
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether an audit path leads from a leaf hash to the root: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and current == root_hash


def continues(old: int, old_root: bytes, size: int, root_hash: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that a tree continues an older one: RFC 9162, section 2.1.4.2."""
    if old in {0, size}:
        return not proof and old_root == (EMPTY_ROOT if old == 0 else root_hash)
    if not 0 < old < size:
        return False
    hashes = list(proof) if old & (old - 1) else [old_root, *proof]
    if not hashes:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == root_hash


def range_root(start: int, end: int, subtree: Subtree) -> bytes:
    """MTH of the leaves [start, end), where ``start`` is a multiple of the largest power of two not above its length.

    Every node of an RFC 6962 tree is such a range; with ``start`` 0 it is the root of the first ``end`` leaves.
    """
    peaks = []
    while start < end:
        height = (end - start).bit_length() - 1
        peaks.append(subtree(height, start >> height))
        start += 1 << height
    return root(peaks)


def _split(width: int) -> int:
    """The largest power of two below a width: where RFC 6962 divides a tree."""
    return 1 << (width - 1).bit_length() - 1
