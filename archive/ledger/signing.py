"""Signing checkpoints: only of what is durably committed, and never one that does not continue those before.

What was signed is remembered in three places: the table ``checkpoints``, the published folder, and a note beside the
key that also says which database it was. Before a signature all three must lie in the tree that is to be signed.
Where the note does not know the database (a restored backup, a new machine), nothing is signed until somebody has
handed in the checkpoint that was published last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from archive.errors import ProofError, UsageError
from archive.ledger import keys, merkle
from archive.ledger.checkpoint import Checkpoint, Signed, decode_hashes, encode_hash, parse_checkpoint
from archive.ledger.engine import reading, writing
from archive.ledger.note import Note, Signer, parse_signatures
from archive.ledger.rotation import rotations
from archive.ledger.schema import anchors, checkpoints, events
from archive.ledger.store import Ledger
from archive.ledger.tiles import WIDTH, Leaf, Tiles, write_whole
from archive.model import iso

LATEST = "checkpoint"
"""The file in the published folder that holds the latest checkpoint: where c2sp.org/tlog-tiles says it is."""

COSIGNATURE = "cosignature"
READ_LEAVES = 40 * WIDTH


@dataclass(frozen=True, slots=True)
class Desk:
    """Where checkpoints are signed: the log, the file of its key, and the folder that is published."""

    ledger: Ledger
    key: Path
    folder: Path

    @property
    def tiles(self) -> Tiles:
        """The tiles in the folder."""
        return Tiles(self.folder)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered beside the key: the last checkpoint that it signed, and of which database."""

    checkpoint: Checkpoint
    database: str


def sign(desk: Desk, now: datetime, compare: Signed | None = None) -> Signed:
    """Sign the log as it is now, record it, write its tiles and publish it; the latest where nothing is new.

    ``compare`` is the checkpoint published last, as somebody else kept it: needed where the database is not the one
    that was signed before. ProofError where the log does not continue what was signed.
    """
    with keys.locked(desk.key):
        signer = keys.load(desk.key)
        with reading(desk.ledger.engine) as connection:
            before, here = latest(connection), _database(connection)
        memory, published = _remembered(desk.key), latest_published(desk.folder)
        signed = [one.checkpoint for one in (before, published) if one]
        _check_known(desk, signer, compare, known=memory.database == here if memory else not signed)
        state = _state(desk, signer.name, published)
        signed += [one.checkpoint for one in (memory, compare) if one]
        for one in signed:
            _check_continues(desk.tiles, one, state)
        _check_key(desk.ledger, signer, before)
        if before is None or before.size < state.size:
            before = _record(desk.ledger.engine, signer, state, now)
        _remember(desk.key, Memory(state, here))
        publish(desk.folder, before)
    return before


def latest(connection: Connection, upto: int | None = None) -> Signed | None:
    """The last recorded checkpoint (of at most ``upto`` events) with its witnesses' lines; None where there is none."""
    query = select(checkpoints.c.size, checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
    row = connection.execute(query if upto is None else query.where(checkpoints.c.size <= upto)).one_or_none()
    if row is None:
        return None
    signed = parse_checkpoint(bytes(row.note))
    wanted = select(anchors.c.body).where(anchors.c.size == row.size, anchors.c.kind == COSIGNATURE)
    lines = connection.execute(wanted.order_by(anchors.c.name)).scalars()
    extra = [line for body in lines for line in parse_signatures(bytes(body).decode())]
    return Signed(signed.checkpoint, signed.note.and_lines(extra))


def size_signed_by(connection: Connection, moment: datetime) -> int | None:
    """How many events were known at a moment: the size of the largest checkpoint signed by then. None: none was."""
    query = select(func.max(checkpoints.c.size)).where(checkpoints.c.signed_at <= iso(moment))
    size: int | None = connection.execute(query).scalar()
    return size


def latest_published(folder: Path) -> Signed | None:
    """The checkpoint in the published folder; None where there is none. ProofError where the file holds none."""
    file = folder / LATEST
    try:
        return parse_checkpoint(file.read_bytes())
    except FileNotFoundError:
        return None
    except ProofError as error:
        raise ProofError(error.what, where=str(file), remedy="Replace it by the checkpoint published last") from error


def publish(folder: Path, signed: Signed) -> None:
    """Put a checkpoint, whose tiles are there, into the published folder."""
    note = str(signed.note).encode()
    file = folder / LATEST
    if not file.exists() or file.read_bytes() != note:
        write_whole(file, note)


def leaves(engine: Engine, after: int, upto: int) -> Iterator[Leaf]:
    """The leaf hashes and headers of these positions, in constant memory. ProofError where the two do not fit."""
    while after < upto:
        wanted = select(events.c.leaf_hash, events.c.header).where(
            events.c.position > after, events.c.position <= min(after + READ_LEAVES, upto)
        )
        with reading(engine) as connection:
            rows = connection.execute(wanted.order_by(events.c.position)).all()
        for position, (leaf, header) in enumerate(rows, after + 1):
            if merkle.leaf_hash(header) != bytes(leaf):
                raise ProofError(
                    "the event is not the one that was hashed",
                    where=f"position {position}",
                    remedy="Run: archive verify",
                )
            yield bytes(leaf), bytes(header)
        after += READ_LEAVES


def _state(desk: Desk, origin: str, published: Signed | None) -> Checkpoint:
    """The log as committed now, with its tiles written. ProofError where events, frontier and tiles disagree."""
    head = desk.ledger.head()
    if head.size == 0:
        raise UsageError("the log is empty: there is nothing to sign yet", remedy="Run: archive poll")
    old = published.size if published and published.size <= head.size else 0
    tiles = desk.tiles
    size = tiles.extend(old, leaves(desk.ledger.engine, old - old % WIDTH, head.size))
    state = Checkpoint(origin, head.size, merkle.root(head.frontier))
    if size != head.size or tiles.root(size) != state.root:
        raise _inconsistent("its events are not those that its head was made of")
    return state


def _check_continues(tiles: Tiles, known: Checkpoint, state: Checkpoint) -> None:
    if known.origin != state.origin:
        raise _inconsistent(f"it was signed as {known.origin} before, and the key signs as {state.origin}")
    if known.size > state.size:
        raise _inconsistent(f"it has {state.size} events, and {known.size} were signed")
    if tiles.root(known.size, state.size) != known.root:
        raise _inconsistent(f"its first {known.size} events are not those that were signed")
    tiles.consistency(known, state)


def _check_known(desk: Desk, signer: Signer, compare: Signed | None, *, known: bool) -> None:
    """Whether this is the database that was signed before; else a checkpoint of the key's must be handed in."""
    if compare is not None:
        before = [one.old for one in rotations(desk.ledger, signer.name)]
        if not any(compare.signed_by(key) for key in (signer.verifier, *before)):
            raise ProofError(
                "the checkpoint to compare with bears no signature of the log's key",
                where=compare.checkpoint.origin,
                remedy="Hand in the checkpoint that was published last, as a witness or a reader kept it",
            )
    elif not known:
        raise ProofError(
            "this is not the database that was signed last: it was restored or moved, or the key is new here",
            where=desk.ledger.engine.url.render_as_string(hide_password=True),
            remedy="Nothing is signed before it was compared with the checkpoint published last, as a witness or a "
            "reader kept it: archive checkpoint --compare FILE",
        )


def _check_key(ledger: Ledger, signer: Signer, before: Signed | None) -> None:
    """Whether the log's key is this one: what the last rotation says, else who signed before."""
    changes, mine = rotations(ledger, signer.name), signer.verifier
    last = changes[-1].new if changes else None
    if last == mine or (last is None and (before is None or before.signed_by(mine))):
        return
    raise ProofError(
        "the key is not the one that the log is signed with",
        where=str(mine),
        remedy=f"Use the key {last}; if changing it was broken off, run archive keys rotate again"
        if last
        else "Use the key that signed the checkpoints before",
    )


def _record(engine: Engine, signer: Signer, state: Checkpoint, now: datetime) -> Signed:
    """Sign and commit. The commit is durable whatever the server's settings, and with it everything before it."""
    signed = Signed(state, Note(state.text(), (signer.sign(state.text()),)))
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL synchronous_commit = on"))
        last = connection.execute(select(func.max(checkpoints.c.signed_at))).scalar()
        row = {"size": state.size, "origin": state.origin, "root": state.root, "key": str(signer.verifier)}
        row |= {"signed_at": max(iso(now), last or ""), "note": str(signed.note).encode()}
        connection.execute(checkpoints.insert().values(row))
    return signed


def _database(connection: Connection) -> str:
    """What tells a database from its copy: a file's inode; a server's id, its timeline, the id of the table."""
    if connection.dialect.name == "sqlite":
        file = connection.execute(text("SELECT file FROM pragma_database_list WHERE name = 'main'")).scalar()
        return f"sqlite:{Path(file).stat().st_ino}" if file else "sqlite:memory"
    query = (
        "SELECT system_identifier || ':' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) || ':'"
        " || 'events'::regclass::oid FROM pg_control_system()"
    )
    return f"postgresql:{connection.execute(text(query)).scalar()}"


def _memory_file(key: Path) -> Path:
    return key.with_name(f"{key.name}.last")


def _remembered(key: Path) -> Memory | None:
    file = _memory_file(key)
    try:
        kept = json.loads(file.read_text("utf-8"))
        state = Checkpoint(str(kept["origin"]), int(kept["size"]), decode_hashes([kept["root"]])[0])
        return Memory(state, str(kept["database"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, ProofError) as error:
        raise ProofError(
            "what was signed last cannot be read",
            where=str(file),
            remedy="Move the file away; then: archive checkpoint --compare FILE",
        ) from error


def _remember(key: Path, memory: Memory) -> None:
    kept = {"origin": memory.checkpoint.origin, "size": memory.checkpoint.size}
    kept |= {"root": encode_hash(memory.checkpoint.root), "database": memory.database}
    if _remembered_text(key) != (content := f"{json.dumps(kept)}\n".encode()):
        write_whole(_memory_file(key), content)


def _remembered_text(key: Path) -> bytes | None:
    file = _memory_file(key)
    return file.read_bytes() if file.exists() else None


def _inconsistent(why: str) -> ProofError:
    return ProofError(
        f"the log does not continue what was signed: {why}. Nothing was signed",
        remedy="Run archive verify. If a backup was restored, restore a newer one: a log has one history only",
    )
