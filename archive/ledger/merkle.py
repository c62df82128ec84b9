"""The Merkle tree over the log's headers: RFC 6962 hashing, kept as a compact range.

A compact range of size n holds one hash for each set bit of n: the roots of the perfect subtrees that
the first n leaves split into, largest first (cf. Crosby and Wallach 2009; the Go and Sigstore logs call it so
too). It is all that is needed to append and to compute the root: log₂ n hashes, never the leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

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
    subtrees, nodes, kept = list(frontier), list(leaves), []
    if len(subtrees) != size.bit_count():
        raise ValueError(f"a frontier of {size} leaves has {size.bit_count()} hashes, not {len(subtrees)}")
    while nodes or subtrees:
        # One height of the tree after the other: the subtree that waits there stands before the new ones
        if size & 1:
            nodes.insert(0, subtrees.pop())
        if len(nodes) & 1:
            kept.append(nodes.pop())
        nodes = [node_hash(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
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
