"""The audit: everything that is stored is computed anew, and compared with what was signed.

    walk the log once                     rows.py, parts.py, published.py
    meet each checkpoint at its size      anchors.py
    check each stream's versions          rows.py
    rebuild the projections, compare      views/rebuild.py

It rests on nothing but stored bytes, holds in memory no more than a batch, and is total: whatever the database holds
becomes a finding (findings.py), never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Engine

from archive.audit.anchors import Anchors, Claim
from archive.audit.findings import EXIT_CODES, Finding, Findings, Report, Verdict
from archive.audit.parts import PartCheck, erased_parts
from archive.audit.published import TileCheck
from archive.audit.rows import EventCheck, Row, check_streams
from archive.audit.scan import Scan, scanning
from archive.errors import ProjectionError
from archive.ledger import merkle
from archive.ledger.events import KeyRotated
from archive.ledger.note import Verifier
from archive.ledger.store import Ledger
from archive.ledger.tiles import Tiles
from archive.views.rebuild import rebuild

__all__ = ["EXIT_CODES", "Claim", "Finding", "Given", "Report", "Verdict", "verify"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Given:
    """What the auditor brings: public keys, checkpoints from outside of the database, the published folder."""

    keys: Sequence[Verifier] = ()
    claims: Sequence[Claim] = ()
    tiles: Tiles | None = None
    published: int = 0


@dataclass(slots=True)
class _Walk:
    """The state of one walk through the log."""

    findings: Findings
    anchors: Anchors
    rows: EventCheck
    size: int = 0
    frontier: tuple[bytes, ...] = ()
    sum: int = 0
    waiting: list[Claim] = field(default_factory=list)
    heads: list[Row] = field(default_factory=list)


def verify(engine: Engine, given: Given, *, projections: bool = True, progress: Progress | None = None) -> Report:
    """Audit a database. Raises nothing for what it holds; only where it cannot be opened at all."""
    walk = _walked(engine, given, progress, tolerant=False)
    if "table.unreadable" in walk.findings.counts:
        walk = _walked(engine, given, progress, tolerant=True)
    if projections:
        _check_projections(engine, walk.findings, progress)
    kept = sorted(walk.findings.kept, key=lambda one: (one.position or 0, one.code))
    return Report(
        verdict=walk.findings.verdict,
        events=walk.size,
        root=merkle.root(walk.frontier).hex(),
        covered=walk.anchors.covered,
        findings=tuple(kept),
        counts=dict(walk.findings.counts),
    )


def _walked(engine: Engine, given: Given, progress: Progress | None, *, tolerant: bool) -> _Walk:
    findings = Findings()
    anchors = Anchors(given.keys, findings)
    walk = _Walk(findings, anchors, EventCheck(findings))
    walk.rows.watch[KeyRotated.type] = anchors.rotated
    stages: list[tuple[str, Callable[[Scan], None]]] = [
        ("log_head", lambda scan: walk.heads.extend(scan.heads())),
        ("events", lambda scan: _walk_events(scan, walk, given, progress)),
        ("events", lambda scan: _check_versions(scan, walk)),
    ]
    try:
        with scanning(engine, tolerant=tolerant) as scan:
            for table, stage in stages:
                _in_turn(partial(stage, scan), table, findings)
    except Exception as error:  # noqa: BLE001 - as in _in_turn: broken pages fail even the end of a snapshot
        findings.add("table.unreadable", None, _line(error))
    _check_head(walk)
    for claim in walk.waiting:
        anchors.beyond(claim)
    anchors.finish(walk.size)
    return walk


def _in_turn(stage: Callable[[], None], table: str, findings: Findings) -> None:
    """A stage of the walk; that it fails is a finding, and hinders no other."""
    try:
        stage()
    except Exception as error:  # noqa: BLE001 - an audit is total: whatever cannot be read is a finding
        findings.add("table.unreadable", None, f"{table}: {_line(error)}")


def _walk_events(scan: Scan, walk: _Walk, given: Given, progress: Progress | None) -> None:
    """Events, their parts and tiles side by side, and each checkpoint where its size is reached."""
    findings, rows = walk.findings, walk.rows
    parts = PartCheck(_readable(scan.parts(), "parts", findings), _erased(scan, findings), findings)
    tiles = TileCheck(given.tiles, given.published, findings) if given.tiles else None
    claims = _in_order(_recorded(scan, walk), given.claims)
    walk.waiting = [claim] if (claim := next(claims, None)) else []
    total = max((claim.size for claim in given.claims), default=0)
    for batch in scan.events():
        leaves = []
        for row in batch:
            leaf, commitments = rows.check(row)
            parts.check(rows.position, commitments)
            leaves.append(leaf)
            if tiles:
                tiles.take(leaf, row[6] if isinstance(row[6], bytes) else b"")
            walk.sum += hash(row[2:4] + row[:1])
        _extend(walk, leaves, claims)
        if progress:
            progress(walk.size, max(total, walk.size))
    parts.finish()
    if tiles:
        tiles.finish()
    walk.waiting += claims


def _extend(walk: _Walk, leaves: list[bytes], claims: Iterator[Claim]) -> None:
    """Extend the tree, stopping at the size of each claim to compare the root."""
    while walk.waiting and walk.waiting[0].size <= walk.size + len(leaves):
        taken = max(walk.waiting[0].size - walk.size, 0)
        walk.frontier = merkle.extend(walk.frontier, walk.size, leaves[:taken])
        walk.size += taken
        leaves = leaves[taken:]
        walk.anchors.meet(walk.waiting[0], merkle.root(walk.frontier))
        walk.waiting = [claim] if (claim := next(claims, None)) else []
    walk.frontier = merkle.extend(walk.frontier, walk.size, leaves)
    walk.size += len(leaves)


def _recorded(scan: Scan, walk: _Walk) -> Iterator[Claim]:
    for row in _readable(scan.checkpoints(), "checkpoints", walk.findings):
        claim = walk.anchors.read(row)
        if claim is not None:
            yield claim


def _in_order(recorded: Iterator[Claim], given: Sequence[Claim]) -> Iterator[Claim]:
    """Both in the order of sizes; recorded ones come in that order, and none is held back for long."""
    others = sorted(given, key=lambda claim: claim.size)
    for claim in recorded:
        while others and others[0].size <= claim.size:
            yield others.pop(0)
        yield claim
    yield from others


def _erased(scan: Scan, findings: Findings) -> frozenset[tuple[int, str]]:
    return erased_parts(_readable(scan.erasures(), "events", findings))


def _readable(rows: Iterator[Row], table: str, findings: Findings) -> Iterator[Row]:
    """The rows of a table, as far as it can be read; that it cannot be read further is a finding."""
    try:
        yield from rows
    except Exception as error:  # noqa: BLE001 - an audit is total: whatever cannot be read is a finding
        findings.add("table.unreadable", None, f"{table}: {_line(error)}")


def _check_head(walk: _Walk) -> None:
    if len(walk.heads) != 1:
        walk.findings.add("head.missing")
        return
    [(size, frontier, at)] = walk.heads
    wanted = {"size": walk.size, "frontier": merkle.pack(walk.frontier), "recorded_at": walk.rows.at or None}
    found = {"size": size, "frontier": frontier, "recorded_at": at}
    differing = [name for name, value in wanted.items() if found[name] != value]
    if differing:
        walk.findings.add("head.differs", None, ", ".join(differing))


def _check_versions(scan: Scan, walk: _Walk) -> None:
    last: Row | None = None
    total = 0
    for batch in scan.streams():
        last = check_streams(batch, last, walk.findings)
        total += sum(map(hash, batch))
    if total != walk.sum and "table.unreadable" not in walk.findings.counts:
        walk.findings.add("index.differs")


def _check_projections(engine: Engine, findings: Findings, progress: Progress | None) -> None:
    try:
        for drift in rebuild(engine, Ledger(engine), check=True, progress=progress):
            what = f"{drift.table}: {drift.missing} rows missing, {drift.unexpected} too many, first {drift.keys[:1]}"
            findings.add("projection.drift", None, what)
    except ProjectionError as error:
        findings.add("projection.stopped", None, str(error))
    except Exception as error:  # noqa: BLE001 - an audit is total: a log that cannot be derived from is a finding
        findings.add("projection.stopped", None, _line(error))


def _line(error: Exception) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"
