"""Whether the published tiles and entries are those of the log."""

from __future__ import annotations

from archive.audit.findings import Findings
from archive.ledger import merkle
from archive.ledger.tiles import WIDTH, Tiles, entries_path, pack_entries, read_either, tile_path


class TileCheck:
    """Compares what is published for the first ``size`` events with the log, as it is walked."""

    def __init__(self, tiles: Tiles, size: int, findings: Findings) -> None:
        """Nothing is read yet."""
        self._folder, self._size, self._findings = tiles.folder, size, findings
        self._index = 0
        self._leaves: list[bytes] = []
        self._headers: list[bytes] = []
        self._above: list[list[bytes]] = []
        self._numbers: list[int] = []

    def take(self, leaf: bytes, header: bytes) -> None:
        """Take the next event of the log; those beyond the published size are passed over."""
        if self._index >= self._size:
            return
        self._index += 1
        self._leaves.append(leaf)
        self._headers.append(header)
        if len(self._leaves) == WIDTH:
            self._flush()

    def finish(self) -> None:
        """Compare the partial tiles at the end, of the leaves and above."""
        if self._leaves:
            self._flush()
        for level, hashes in enumerate(self._above, 1):
            if hashes:
                self._compare(level, self._numbers[level - 1], hashes)

    def _flush(self) -> None:
        tile = (self._index - 1) // WIDTH
        first = tile * WIDTH + 1
        self._compare(0, tile, self._leaves)
        found = read_either(self._folder, entries_path(tile, len(self._headers)), entries_path(tile))
        wanted = pack_entries(self._headers) if max(map(len, self._headers)) <= 0xFFFF else None
        if found is None:
            self._findings.add("tile.missing", first, entries_path(tile, len(self._headers)))
        elif wanted is None or found[: len(wanted)] != wanted:
            self._findings.add("entries.differ", first, entries_path(tile, len(self._headers)))
        if len(self._leaves) == WIDTH:
            self._raise(1, self._leaves)
        self._leaves, self._headers = [], []

    def _raise(self, level: int, full: list[bytes]) -> None:
        """Hand the root of a full tile to the level above."""
        if len(self._above) < level:
            self._above.append([])
            self._numbers.append(0)
        hashes = self._above[level - 1]
        hashes.append(merkle.root(merkle.extend((), 0, full)))
        if len(hashes) == WIDTH:
            self._compare(level, self._numbers[level - 1], hashes)
            self._numbers[level - 1] += 1
            self._above[level - 1] = []
            self._raise(level + 1, hashes)

    def _compare(self, level: int, tile: int, hashes: list[bytes]) -> None:
        path = tile_path(level, tile, len(hashes))
        found = read_either(self._folder, path, tile_path(level, tile))
        wanted = b"".join(hashes)
        span = WIDTH**level  # events under one hash
        if found is None or len(found) < len(wanted):
            self._findings.add("tile.missing", tile * WIDTH * span + 1, path)
        elif found[: len(wanted)] != wanted:
            at = next(n for n, one in enumerate(hashes) if found[32 * n : 32 * n + 32] != one)
            self._findings.add("tile.differs", (tile * WIDTH + at) * span + 1, path)
