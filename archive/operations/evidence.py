"""Raw bytes that are kept: entries in quarantine, with their reasons, and the documents that feeds delivered."""

from __future__ import annotations

import hashlib
import html
import re
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from archive.model import iso, parse_iso
from archive.operations.tables import bodies, quarantine

_TAG = re.compile(r"<(?!!\[CDATA\[)[^<>]*>|<!\[CDATA\[|\]\]>")

LEVEL = 1
"""Of zlib: a document is packed at each change, and twice the time would save a tenth of the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """An entry in quarantine: why it could not be stored, and its raw form."""

    id: str
    feed: str
    key: str | None
    reason: str
    raw: bytes
    first_seen_at: datetime
    last_seen_at: datetime

    def as_row(self) -> dict[str, object]:
        """As a row for people: the raw bytes as text, unreadable ones escaped."""
        return {
            "id": self.id,
            "feed": self.feed,
            "key": self.key,
            "reason": self.reason,
            "first_seen_at": iso(self.first_seen_at),
            "last_seen_at": iso(self.last_seen_at),
            "raw": self.raw.decode(errors="backslashreplace"),
        }


def hold_back(
    connection: Connection, identity: str, *, feed: str, key: str | None, reason: str, raw: bytes, now: datetime
) -> None:
    """Put an entry that could not be stored into quarantine, once, with its raw bytes and the reason."""
    seen = quarantine.update().where(quarantine.c.id == identity).values(last_seen_at=iso(now), reason=reason)
    if connection.execute(seen).rowcount == 0:
        connection.execute(
            quarantine.insert().values(
                id=identity, feed=feed, key=key, reason=reason, raw=raw, first_seen_at=iso(now), last_seen_at=iso(now)
            )
        )


def held_back(connection: Connection) -> list[HeldBack]:
    """Everything in quarantine, oldest first."""
    rows = connection.execute(select(quarantine).order_by(quarantine.c.first_seen_at, quarantine.c.id))
    return [
        HeldBack(
            id=row.id,
            feed=row.feed,
            key=row.key,
            reason=row.reason,
            raw=bytes(row.raw),
            first_seen_at=parse_iso(row.first_seen_at),
            last_seen_at=parse_iso(row.last_seen_at),
        )
        for row in rows
    ]


def let_go(connection: Connection, identity: str) -> None:
    """Take an entry out of quarantine, once it is stored."""
    connection.execute(quarantine.delete().where(quarantine.c.id == identity))


@dataclass(frozen=True, slots=True)
class Document:
    """What a feed delivered, as it is kept: the SHA-256 of its bytes, their number, and they themselves, packed."""

    hash: str
    size: int
    packed: bytes

    @classmethod
    def of(cls, body: bytes) -> Document:
        """Pack a document."""
        return cls(hashlib.sha256(body).hexdigest(), len(body), zlib.compress(body, LEVEL))


def keep_body(connection: Connection, document: Document, feed: str, now: datetime) -> None:
    """Keep a document once, however often it is delivered, and know when it was last."""
    seen = bodies.update().where(bodies.c.hash == document.hash).values(last_seen_at=iso(now))
    if connection.execute(seen).rowcount == 0:
        values = {"hash": document.hash, "feed": feed, "size": document.size, "body": document.packed}
        connection.execute(bodies.insert().values(first_seen_at=iso(now), last_seen_at=iso(now), **values))


def kept_bodies(connection: Connection, feeds: Collection[str] = ()) -> list[dict[str, object]]:
    """What documents are kept, of these feeds or of all, the latest first."""
    query = select(bodies.c.hash, bodies.c.feed, bodies.c.size, bodies.c.first_seen_at, bodies.c.last_seen_at)
    chosen = query.where(bodies.c.feed.in_(feeds)) if feeds else query
    return [dict(row) for row in connection.execute(chosen.order_by(bodies.c.last_seen_at.desc())).mappings()]


def kept_body(connection: Connection, name: str) -> bytes | None:
    """The document whose digest begins so; None where there is none, or more than one."""
    found = connection.execute(select(bodies.c.body).where(bodies.c.hash.startswith(name, autoescape=True)).limit(2))
    matching = list(found.scalars())
    return zlib.decompress(matching[0]) if len(matching) == 1 else None


def forget(connection: Connection, words: Collection[str]) -> int:
    """Drop every raw form that holds one of these texts, whatever its markup; how many there were."""
    wanted = [plain for one in words if (plain := _plain(one))]
    dropped = 0
    for table, body, unpack in ((quarantine, quarantine.c.raw, bytes), (bodies, bodies.c.body, zlib.decompress)):
        key = next(iter(table.primary_key))
        for name in connection.execute(select(key)).scalars().all():
            raw = unpack(connection.execute(select(body).where(key == name)).scalar_one())
            text = _plain(raw.decode(errors="replace"))
            if any(one in text for one in wanted):
                dropped += connection.execute(table.delete().where(key == name)).rowcount
    return dropped


def _plain(text: str) -> str:
    """A text without markup; that of feeds is escaped once more."""
    for _ in range(2):
        text = html.unescape(_TAG.sub("", text))
    return " ".join(text.split())
