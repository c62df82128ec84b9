"""What is remembered of each feed's entries, so that they keep their article: operational state.

Losing it costs at most one new article an entry of the feeds that break their promises.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select

from archive.feeds.identity import Memory
from archive.ledger.schema import metadata

feed_memory = Table(
    "feed_memory",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("memory", LargeBinary, nullable=False),
    sqlite_strict=True,
)

_decoder = msgspec.json.Decoder(Memory)


def recall(connection: Connection, feed: str) -> Memory:
    """What is remembered of a feed; nothing, for a new one."""
    found = connection.execute(select(feed_memory.c.memory).where(feed_memory.c.feed == feed)).scalar_one_or_none()
    return _decoder.decode(bytes(found)) if found is not None else Memory()


def remember(connection: Connection, feed: str, memory: Memory) -> None:
    """Keep what is remembered of a feed from now on."""
    body = msgspec.json.encode(memory)
    if connection.execute(feed_memory.update().where(feed_memory.c.feed == feed).values(memory=body)).rowcount == 0:
        connection.execute(feed_memory.insert().values(feed=feed, memory=body))
