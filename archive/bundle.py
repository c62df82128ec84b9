"""Evidence bundles: what the archive knew of one actor on one topic, with all that is needed to check it elsewhere.

A bundle is a zip file with the same bytes whenever it is made from the same log and checkpoint. What shows that no
statement was left out are the headers themselves, all of them up to the position: hashes of headers would show that
nothing was changed, but not what the others are about. Headers hold no texts, so this gives away who spoke on what
and when, and not what others said. ``verify.py`` in it is ``ledger/offline.py``, which also told what is in it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

from sqlalchemy import Connection, bindparam, select, text

from archive.errors import ProjectionError, UsageError
from archive.ledger import merkle, offline
from archive.ledger.checkpoint import Checkpoint, Proof, Signed, encode_hash
from archive.ledger.engine import reading
from archive.ledger.schema import events, parts
from archive.ledger.signing import Desk, latest, leaves
from archive.ledger.texts import Place, hidden_places
from archive.model import iso

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a bundle, the earliest that a zip file can say."""


def bundle(desk: Desk, actor: str, topic: str, position: int | None = None) -> bytes:
    """The bundle of an actor (as canonical id) and a topic, as known at a position (None: the last signed).

    UsageError where it is not signed yet or tells of nothing; ProofError where the log is not the one that was
    signed; ProjectionError where the live tables do not say what follows from the log.
    """
    engine = desk.ledger.engine
    with reading(engine) as connection:
        signed = latest(connection)
    if signed is None or signed.size < (position or 1):
        raise UsageError(
            f"{signed.size if signed else 0} events are signed, and a bundle is evidence of what is signed only",
            remedy="Run: archive checkpoint",
        )
    size = position or signed.size
    headers: list[bytes] = []
    hashes: list[bytes] = []
    for leaf, header in leaves(engine, 0, size):
        hashes.append(leaf)
        headers.append(header)
    told = offline.tell(lambda: headers, actor, topic)
    if not told.statements:
        raise UsageError(
            f"no statement of {actor} on {topic} was known at position {size}", remedy="See: archive statements"
        )
    with reading(engine) as connection:
        _check_live(connection, told, topic, size)
        texts = dict(_texts(connection, told.events, hidden_places(desk.ledger)))
        later = _later(connection, told.events, size, signed.size)
    root = merkle.root(merkle.extend((), 0, hashes))
    path = desk.tiles.consistency(Checkpoint(signed.checkpoint.origin, size, root), signed.checkpoint)
    proven = {place: headers[place - 1] for place in told.events} | later
    shown = offline.projection(told, topic, size, {place: body for place, (_, body) in texts.items()})
    return _zipped({
        "README.txt": offline.readme(shown, signed.checkpoint.origin, signed.size).encode(),
        "report.html": offline.report(shown, str(signed.note)).encode(),
        "projection.json": _json(shown),
        "checkpoint": str(signed.note).encode(),
        "prefix.json": _json({"size": size, "consistency": [encode_hash(step) for step in path]}),
        "verify.py": (files("archive.ledger") / "offline.py").read_bytes(),
        "parts.jsonl": b"".join(_part(place, *part) for place, part in sorted(texts.items())),
        **dict(_proofs(desk, signed, proven)),
        "headers.jsonl": b"".join(header + b"\n" for header in headers),
    })  # fmt: skip


def _json(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True)}\n".encode()


def _part(place: tuple[int, str], salt: bytes, body: str) -> bytes:
    line = {"position": place[0], "name": place[1], "salt": salt.hex(), "body": body}
    return f"{json.dumps(line, ensure_ascii=True, sort_keys=True)}\n".encode()


def _texts(
    connection: Connection, among: Iterable[int], hidden: frozenset[Place]
) -> Iterator[tuple[tuple[int, str], tuple[bytes, str]]]:
    for row in connection.execute(select(parts).where(parts.c.position.in_(list(among)))):
        if Place(row.position, row.name) not in hidden:
            yield (row.position, row.name), (bytes(row.salt), bytes(row.body).decode("utf-8", "surrogateescape"))


def _later(connection: Connection, told: Iterable[int], size: int, signed: int) -> dict[int, bytes]:
    """What was decided on these texts after the position: why one of them is absent. UsageError where unsigned."""
    query = select(events.c.position, events.c.header, events.c.stream).where(
        events.c.position > size, events.c.stream > "part:", events.c.stream < "part;"
    )
    mine = {f"part:{position}:" for position in told}
    found = {
        row.position: bytes(row.header)
        for row in connection.execute(query)
        if row.stream.rpartition(":")[0] + ":" in mine
    }
    if any(position > signed for position in found):
        raise UsageError(
            "a text was erased or hidden since the last checkpoint, which cannot be shown yet",
            remedy="Run: archive checkpoint",
        )
    return found


def _check_live(connection: Connection, told: offline.Told, topic: str, size: int) -> None:
    """Whether the live tables say what was told from the log alone."""
    query = text(
        "SELECT valid_from, valid_to, stance, statement, assessment FROM stance_rows WHERE actor = :actor "
        "AND topic = :topic AND known_from <= :size AND (known_to IS NULL OR known_to > :size) ORDER BY valid_from"
    ).bindparams(bindparam("size", size))
    rows = connection.execute(query, {"actor": told.actor, "topic": topic}).all()
    live = [tuple(iso(value) if hasattr(value, "isoformat") else value for value in row) for row in rows]
    if live != [tuple(row.values()) for row in told.stances]:
        raise ProjectionError(
            "the live tables do not say what follows from the log",
            where=f"{told.actor}, {topic}",
            remedy="Run: archive rebuild --check",
        )


def _proofs(desk: Desk, signed: Signed, proven: Mapping[int, bytes]) -> Iterator[tuple[str, bytes]]:
    for position, header in sorted(proven.items()):
        path = desk.tiles.inclusion(position - 1, signed.checkpoint)
        proof = Proof(position - 1, tuple(path), signed, header)
        yield f"{offline.EVENTS}{position}{offline.PROOF}", str(proof).encode()


def _zipped(members: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same members, whenever and by whomever they are packed (with one version of zlib)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, FIRST_MOMENT)
            member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(member, data, compresslevel=6)
    return buffer.getvalue()
