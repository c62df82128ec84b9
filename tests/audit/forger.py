"""A signed archive, and somebody with all rights to its database who forges it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from archive.audit import Claim, Given, Report, verify
from archive.ledger import keys, merkle
from archive.ledger.checkpoint import Checkpoint, Signed
from archive.ledger.engine import connect, reading, writing
from archive.ledger.events import ActorRegistered, Event
from archive.ledger.header import Draft, Part, canonical, commitment
from archive.ledger.migrate import upgrade
from archive.ledger.note import Note, Signer
from archive.ledger.schema import anchors, checkpoints, events, log_head, parts
from archive.ledger.signing import Desk, latest_published, sign
from archive.ledger.store import Ledger
from archive.ledger.tiles import Tiles
from archive.model import iso
from archive.views.projections import catch_up
from tests.views.example import harbour_toll

NOW = datetime(2024, 4, 1, 12, tzinfo=UTC)
ORIGIN = "log.example/archive"
LOG_TABLES = (events, parts, log_head, checkpoints, anchors)
STRANGER = Signer(ORIGIN, 1, bytes(32))


def actors(first: int, count: int) -> list[Draft]:
    return [Draft(ActorRegistered(f"person:{n}", f"Person {n}", "person")) for n in range(first, first + count)]


def build(desk: Desk) -> Signed:
    """Fill and sign an archive: the example's history, then people; signed halfway and at the end."""
    harbour_toll(desk.ledger)
    desk.ledger.append(actors(0, 150), {}, NOW)
    pin = sign(desk, NOW)
    desk.ledger.append(actors(150, 150), {}, NOW)
    sign(desk, NOW)
    catch_up(desk.ledger.engine, desk.ledger)
    return pin


@dataclass(frozen=True, slots=True)
class Forger:
    """Whoever holds the database, and may hold the key and the published folder as well.

    ``pin`` is a checkpoint that somebody else kept, of the log when it was smaller.
    """

    desk: Desk
    pin: Signed

    @property
    def engine(self) -> Engine:
        return self.desk.ledger.engine

    @property
    def signer(self) -> Signer:
        return keys.load(self.desk.key)

    def audit(
        self, *pins: Signed, trusted: Signer | None = None, witness: Signer | None = None, projections: bool = False
    ) -> Report:
        """What an auditor says who has the log's public key, and looks at what is published."""
        published = latest_published(self.desk.folder)
        claims = [Claim(pin, "pinned") for pin in pins]
        if published:
            claims.append(Claim(published, "published"))
        size = published.size if published else 0
        signers = [trusted or self.signer, *([witness] if witness else [])]
        given = Given([signer.verifier for signer in signers], claims, Tiles(self.desk.folder), size)
        return verify(self.engine, given, projections=projections)

    @property
    def published(self) -> Signed:
        """The checkpoint published last."""
        found = latest_published(self.desk.folder)
        assert found
        return found

    def sign(self) -> None:
        """Sign what is new; the copy of an archive has to be compared first."""
        sign(self.desk, NOW, self.published)

    def run(self, *statements: str, **values: object) -> None:
        """Run SQL, the guards dropped before."""
        with writing(self.engine) as connection:
            if connection.dialect.name == "sqlite":
                found = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
                for name in found.scalars().all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            for statement in statements:
                connection.execute(text(statement), values)

    def rows(self) -> list[dict[str, Any]]:
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(events.select().order_by("position")).mappings()]

    def position(self, kind: str) -> int:
        """Of the first event of a type."""
        return next(int(row["position"]) for row in self.rows() if row["type"] == kind)

    def header(self, position: int) -> dict[str, Any]:
        header: dict[str, Any] = json.loads(bytes(self.rows()[position - 1]["header"]))
        return header

    def set_header(self, position: int, header: bytes) -> None:
        """Another header, and the columns that follow from it."""
        self.run(
            "UPDATE events SET header = :header, leaf_hash = :leaf WHERE position = :position",
            header=header,
            leaf=merkle.leaf_hash(header),
            position=position,
        )

    def change(self, position: int, change: Callable[[dict[str, Any]], Any]) -> None:
        """Change a header as one who knows how it is written: canonical, with its leaf hash and its columns."""
        header = self.header(position)
        change(header)
        self.set_header(position, canonical(header))
        with writing(self.engine) as connection:
            columns = {name: header[name] for name in ("id", "stream", "version", "type")} | {
                "recorded_at": header["at"]
            }
            connection.execute(events.update().where(events.c.position == position).values(columns))

    def change_text(self, body: bytes, *, salt: bytes = bytes(32)) -> int:
        """Another text in an article, with its commitment and leaf computed anew; its position."""
        position = self.position("article.captured.v1")
        part = Part("text", salt, body)
        self.run(
            "UPDATE parts SET body = :body, salt = :salt WHERE position = :position AND name = 'text'",
            body=body,
            salt=salt,
            position=position,
        )
        self.change(position, lambda header: header["parts"].update(text=commitment(part)))
        return position

    def rechain(self) -> None:
        """The head as it belongs to the events."""
        rows = self.rows()
        with writing(self.engine) as connection:
            for row in rows:
                leaf = merkle.leaf_hash(bytes(row["header"]))
                if leaf != bytes(row["leaf_hash"]):
                    one = events.c.position == row["position"]
                    connection.execute(events.update().where(one).values(leaf_hash=leaf))
            leaves = [merkle.leaf_hash(bytes(row["header"])) for row in rows]
            head = {"size": len(rows), "frontier": merkle.pack(merkle.extend((), 0, leaves))}
            connection.execute(log_head.update().values(head | {"recorded_at": rows[-1]["recorded_at"]}))

    def resign(self, signer: Signer) -> None:
        """All checkpoints, tiles and the published one anew, by a key."""
        self.run()
        self.rechain()
        rows = self.rows()
        leaves = [(bytes(row["leaf_hash"]), bytes(row["header"])) for row in rows]
        with writing(self.engine) as connection:
            sizes = [size for size in connection.execute(checkpoints.select()).scalars() if size <= len(rows)]
            connection.execute(checkpoints.delete())
            for size in sorted({*sizes, len(rows)}):
                state = Checkpoint(ORIGIN, size, merkle.root(merkle.extend((), 0, [leaf for leaf, _ in leaves[:size]])))
                note = Note(state.text(), (signer.sign(state.text()),))
                row = {"size": size, "origin": ORIGIN, "root": state.root, "key": str(signer.verifier)}
                row |= {"signed_at": iso(NOW), "note": str(note).encode()}
                connection.execute(checkpoints.insert().values(row))
        shutil.rmtree(self.desk.folder)
        Tiles(self.desk.folder).extend(0, leaves)
        (self.desk.folder / "checkpoint").write_text(str(note), "utf-8")

    def loosen(self) -> None:
        """On SQLite, a table of events that takes anything; elsewhere the copy has no constraints anyhow."""
        if self.engine.dialect.name == "sqlite":
            self.run()
            with sqlite3.connect(str(self.engine.url.database)) as connection:
                connection.executescript(
                    "CREATE TABLE loose AS SELECT * FROM events; PRAGMA legacy_alter_table = ON; DROP TABLE events;"
                    "ALTER TABLE loose RENAME TO events"
                )
            connection.close()

    def forge(self, event: Event, **changes: object) -> None:
        """Append an event by the archive's own means, then change its header."""
        self.desk.ledger.append([Draft(event)], self.desk.ledger.versions([event.stream]), NOW)
        if changes:
            self.change(self.desk.ledger.size(), lambda header: header.update(changes))


def sealed_sqlite(folder: Path) -> Signed:
    """Make a signed archive in a folder, to be copied."""
    engine = _sqlite(folder)
    upgrade(engine)
    keys.create(folder / "archive.key", ORIGIN)
    pin = build(_desk(engine, folder))
    engine.dispose()
    return pin


@contextmanager
def copied_sqlite(sealed: Path, pin: Signed, folder: Path) -> Iterator[Forger]:
    """A copy of a signed archive."""
    shutil.copytree(sealed, folder, dirs_exist_ok=True)
    engine = _sqlite(folder)
    yield Forger(_desk(engine, folder), pin)
    engine.dispose()


@contextmanager
def copied_postgresql(sealed: Engine, pin: Signed, files: Path, folder: Path) -> Iterator[Forger]:
    """The tables of the log of a signed archive, copied to a schema of their own, without guards and projections."""
    schema = f"archive_test_{uuid.uuid4().hex[:12]}"
    with writing(sealed) as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        for table in LOG_TABLES:
            connection.execute(text(f"CREATE TABLE {schema}.{table.name} (LIKE {table.name})"))
            connection.execute(text(f"INSERT INTO {schema}.{table.name} SELECT * FROM {table.name}"))
    shutil.copytree(files, folder, dirs_exist_ok=True)
    url = make_url(sealed.url.render_as_string(hide_password=False))
    engine = connect(url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False))
    yield Forger(_desk(engine, folder), pin)
    engine.dispose()
    with writing(sealed) as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


def _sqlite(folder: Path) -> Engine:
    return connect(f"sqlite:///{folder / 'archive.db'}")


def _desk(engine: Engine, folder: Path) -> Desk:
    return Desk(Ledger(engine), folder / "archive.key", folder / "published")
