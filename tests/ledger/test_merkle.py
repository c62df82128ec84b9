"""The Merkle tree: the published constants, and a frontier equals the tree however it was fed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ledger import merkle

# RFC 6962 test vectors as published with the Certificate Transparency reference implementation.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]  # fmt: skip


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: the slow definition to measure against."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return merkle.leaf_hash(leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(tree_hash(leaves[:split]), tree_hash(leaves[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    frontier = merkle.extend((), 0, map(merkle.leaf_hash, LEAVES[:size]))
    assert merkle.root(frontier).hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root(()) == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=8), max_size=70), st.lists(st.integers(0, 70), max_size=4))
def test_a_frontier_fed_in_any_batches_has_the_root_of_the_whole_tree(leaves: list[bytes], cuts: list[int]) -> None:
    frontier: tuple[bytes, ...] = ()
    at = 0
    for cut in [*sorted(cut for cut in cuts if cut < len(leaves)), len(leaves)]:
        frontier = merkle.extend(frontier, at, map(merkle.leaf_hash, leaves[at:cut]))
        at = cut
    assert merkle.root(frontier) == tree_hash(leaves)
    assert merkle.unpack(merkle.pack(frontier)) == frontier


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="2 hashes, not 1"):
        merkle.extend((bytes(32),), 3, [])
    with pytest.raises(ValueError, match="whole number"):
        merkle.unpack(b"x")
