"""Tiles: where they lie, that any way of writing them gives the same, and that no wrong proof comes out of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ProofError
from archive.ledger import merkle
from archive.ledger.checkpoint import Checkpoint
from archive.ledger.tiles import Leaf, Tiles, entries_path, pack_entries, tile_path, unpack_entries

LARGEST = 1100
HEADERS = [b"header %d" % n for n in range(LARGEST)]
LEAVES: list[Leaf] = [(merkle.leaf_hash(header), header) for header in HEADERS]


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint("log.example", size, merkle.root(merkle.extend((), 0, [leaf for leaf, _ in LEAVES[:size]])))


def extended(folder: Path, *sizes: int) -> Tiles:
    """Tiles written in steps."""
    tiles, old = Tiles(folder), 0
    for size in sizes:
        assert tiles.extend(old, LEAVES[old - old % 256 : size]) == size
        old = size
    return tiles


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(2, 0, 17) == "tile/2/000.p/17"
    assert entries_path(999) == "tile/entries/999"
    assert entries_path(1000, 1) == "tile/entries/x001/000.p/1"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sync", lambda: None)
    Tiles(tmp_path).extend(0, [(n.to_bytes(32), b"x") for n in range(70_000)])
    found = [path for path in files(tmp_path) if "entries" not in path]
    assert len([path for path in found if path.startswith("tile/0/") and ".p" not in path]) == 273
    assert {path for path in found if ".p" in path} == {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert [path for path in found if path.startswith("tile/1/") and ".p" not in path] == ["tile/1/000"]
    assert sum(path.startswith("tile/entries") for path in files(tmp_path)) == 274


def test_a_tree_of_256_is_a_full_tile_and_a_partial_one_above(tmp_path: Path) -> None:
    extended(tmp_path, 256)
    assert set(files(tmp_path)) == {"tile/0/000", "tile/1/000.p/1", "tile/entries/000"}
    assert unpack_entries((tmp_path / "tile/entries/000").read_bytes()) == HEADERS[:256]


SIZES = st.lists(st.integers(1, LARGEST), min_size=1, max_size=4, unique=True).map(sorted)


@settings(max_examples=10)
@given(SIZES, st.data())
def test_tiles_written_in_any_steps_are_the_same_and_prove_everything(sizes: list[int], data: st.DataObject) -> None:
    with TemporaryDirectory() as once, TemporaryDirectory() as steps:
        whole = files(extended(Path(once), sizes[-1]).folder)
        tiles = extended(Path(steps), *sizes)
        assert whole.items() <= files(tiles.folder).items()
        state = checkpoint(sizes[-1])
        assert tiles.root(state.size) == state.root
        index = data.draw(st.integers(0, state.size - 1))
        path = tiles.inclusion(index, state)
        assert merkle.includes(LEAVES[index][0], index, state.size, path, state.root)
        old = checkpoint(data.draw(st.integers(0, state.size)))
        assert merkle.continues(old.size, old.root, state.size, state.root, tiles.consistency(old, state))
        earlier = checkpoint(data.draw(st.sampled_from(sizes)))
        assert tiles.root(earlier.size) == earlier.root


def test_partial_tiles_go_when_the_full_one_is_there(tmp_path: Path) -> None:
    extended(tmp_path, 100, 200, 300)
    assert set(files(tmp_path)) == {
        "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44",
    }  # fmt: skip


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    tiles = extended(tmp_path, 700)
    before = files(tmp_path)
    tiles.extend(0, LEAVES[:700])
    tiles.extend(600, LEAVES[512:700])
    assert files(tmp_path) == before


def test_a_full_tile_is_never_overwritten_by_another(tmp_path: Path) -> None:
    tiles = extended(tmp_path, 300)
    before = files(tmp_path)
    with pytest.raises(ProofError, match="tile/0/000: a tile differs from the log"):
        tiles.extend(0, [(bytes(32), b"forged"), *LEAVES[1:300]])
    assert files(tmp_path) == before


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_no_proof_comes_from_a_tile_that_was_altered(tmp_path: Path, path: str) -> None:
    extended(tmp_path, 600)
    damaged = bytearray((tmp_path / path).read_bytes())
    damaged[40] ^= 1
    (tmp_path / path).write_bytes(damaged)
    tiles, state, refused = Tiles(tmp_path), checkpoint(600), 0
    for index in range(600):
        try:
            proof = tiles.inclusion(index, state)
        except ProofError as error:
            refused += "no proof is given" in str(error)
        else:
            assert merkle.includes(LEAVES[index][0], index, state.size, proof, state.root)
    assert refused >= 2


@pytest.mark.parametrize("content", [None, b"", b"short"])
def test_a_missing_or_torn_tile_is_named(tmp_path: Path, content: bytes | None) -> None:
    extended(tmp_path, 300)
    file = tmp_path / "tile/0/000"
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(ProofError, match=r"tile/0/000: a tile is .*written anew"):
        Tiles(tmp_path).inclusion(5, checkpoint(300))


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_are_read_back_as_written(entries: list[bytes]) -> None:
    bundle = pack_entries(entries)
    assert unpack_entries(bundle) == entries
    if entries:
        with pytest.raises(ValueError, match="within an entry"):
            unpack_entries(bundle[:-1])


def test_an_entry_that_is_too_long_is_refused() -> None:
    assert unpack_entries(pack_entries([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(OverflowError):
        pack_entries([bytes(65_536)])
