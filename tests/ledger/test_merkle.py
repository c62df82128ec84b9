"""The Merkle tree: the published constants, and a frontier equals the tree however it was fed."""

from __future__ import annotations

import hashlib
from functools import cache

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


# Audit paths and consistency proofs over the same leaves, published with the same implementation.
INNER = {
    "12": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "48": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "56": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "1": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "4": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "45": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
}


def subtree_of(leaves: list[bytes]) -> merkle.Subtree:
    return lambda height, index: tree_hash(leaves[index << height : (index + 1) << height])


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [INNER["1"], INNER["12"], INNER["48"]]),
        (5, 8, [INNER["4"], INNER["56"], ROOTS[3]]),
        (2, 3, [ROOTS[1]]),
        (1, 5, [ROOTS[0], INNER["12"], INNER["4"]]),
    ],
)
def test_audit_paths_are_those_of_the_published_vectors(index: int, size: int, path: list[str]) -> None:
    proof = merkle.inclusion_proof(index, size, subtree_of(LEAVES))
    assert [one.hex() for one in proof] == path
    assert merkle.includes(merkle.leaf_hash(LEAVES[index]), index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [
        (1, 1, []),
        (1, 8, [INNER["1"], INNER["12"], INNER["48"]]),
        (6, 8, [INNER["45"], INNER["56"], ROOTS[3]]),
        (2, 5, [INNER["12"], INNER["4"]]),
    ],
)
def test_consistency_proofs_are_those_of_the_published_vectors(old: int, size: int, path: list[str]) -> None:
    proof = merkle.consistency_proof(old, size, subtree_of(LEAVES))
    assert [one.hex() for one in proof] == path
    roots = [bytes.fromhex(root) for root in ROOTS]
    assert merkle.continues(old, roots[old - 1], size, roots[size - 1], proof)


LARGEST = 300
MANY = [str(n).encode() for n in range(LARGEST)]
HASHES = [merkle.leaf_hash(leaf) for leaf in MANY]
ALL_ROOTS = [merkle.root(merkle.extend((), 0, HASHES[:size])) for size in range(LARGEST + 1)]


@cache
def perfect(height: int, index: int) -> bytes:
    if height == 0:
        return HASHES[index]
    return merkle.node_hash(perfect(height - 1, 2 * index), perfect(height - 1, 2 * index + 1))


def test_every_audit_path_of_every_size_up_to_300_leads_to_the_root() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, perfect)
            assert len(proof) <= (size - 1).bit_length()
            assert merkle.includes(HASHES[index], index, size, proof, ALL_ROOTS[size]), (index, size)


def test_every_consistency_proof_of_every_two_sizes_up_to_300_holds() -> None:
    for size in range(LARGEST + 1):
        for old in range(size + 1):
            proof = merkle.consistency_proof(old, size, perfect)
            assert merkle.continues(old, ALL_ROOTS[old], size, ALL_ROOTS[size], proof), (old, size)


@given(st.data())
def test_an_audit_path_shows_nothing_but_what_it_was_made_for(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, perfect)
    other = data.draw(st.integers(0, LARGEST - 1).filter(lambda n: n != index))
    assert not merkle.includes(HASHES[other], index, size, proof, ALL_ROOTS[size])
    assert not merkle.includes(HASHES[index], other, size, proof, ALL_ROOTS[size])
    assert not merkle.includes(HASHES[index], index, size, proof, ALL_ROOTS[size - 1])
    assert not merkle.includes(HASHES[index], index, size, [*proof, bytes(32)], ALL_ROOTS[size])
    for at in range(len(proof)):
        assert not merkle.includes(HASHES[index], index, size, proof[:at], ALL_ROOTS[size])
        assert not merkle.includes(
            HASHES[index], index, size, [*proof[:at], bytes(32), *proof[at + 1 :]], ALL_ROOTS[size]
        )


@given(st.data())
def test_a_consistency_proof_shows_nothing_but_what_it_was_made_for(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, size - 1))
    proof = merkle.consistency_proof(old, size, perfect)
    assert not merkle.continues(old, ALL_ROOTS[old - 1], size, ALL_ROOTS[size], proof)
    assert not merkle.continues(old, ALL_ROOTS[old], size, ALL_ROOTS[size - 1], proof)
    assert not merkle.continues(old, ALL_ROOTS[old], size, ALL_ROOTS[size], [*proof, bytes(32)])
    assert not merkle.continues(size, ALL_ROOTS[size], old, ALL_ROOTS[old], proof)
    for at in range(len(proof)):
        assert not merkle.continues(old, ALL_ROOTS[old], size, ALL_ROOTS[size], proof[:at])
        changed = [*proof[:at], bytes(32), *proof[at + 1 :]]
        assert not merkle.continues(old, ALL_ROOTS[old], size, ALL_ROOTS[size], changed)


def test_there_is_no_proof_of_what_is_not_there() -> None:
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="there is no leaf"):
            merkle.inclusion_proof(index, size, perfect)
        assert not merkle.includes(HASHES[0], index, size, [], ALL_ROOTS[1])
    with pytest.raises(ValueError, match="cannot continue"):
        merkle.consistency_proof(4, 3, perfect)
    assert not merkle.continues(0, ALL_ROOTS[1], 3, ALL_ROOTS[3], [])
    assert not merkle.continues(2, ALL_ROOTS[2], 3, ALL_ROOTS[3], [])


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="2 hashes, not 1"):
        merkle.extend((bytes(32),), 3, [])
    with pytest.raises(ValueError, match="whole number"):
        merkle.unpack(b"x")
