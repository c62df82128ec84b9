"""Who runs: one lease that several daemons compete for, and their signs of life."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, text

from archive.ledger.schema import Moment
from archive.model import iso
from archive.operations.tables import daemons, lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Who holds a lease or a claim: unique over restarts, with host and pid so that the dead can be told."""

    holder: str
    host: str
    pid: int


_ACQUIRE = text("""
INSERT INTO lease (name, holder, host, pid, acquired_at, expires_at)
VALUES (:name, :holder, :host, :pid, :now, :expires)
ON CONFLICT (name) DO UPDATE SET
  acquired_at = CASE WHEN lease.holder = excluded.holder THEN lease.acquired_at ELSE excluded.acquired_at END,
  holder = excluded.holder, host = excluded.host, pid = excluded.pid, expires_at = excluded.expires_at
WHERE lease.holder = excluded.holder OR lease.expires_at <= excluded.acquired_at
""").bindparams(bindparam("now", type_=Moment), bindparam("expires", type_=Moment))


def acquire_lease(connection: Connection, name: str, me: Process, now: datetime, lasts: timedelta) -> bool:
    """Take or renew a lease; False where another holds it still. One statement, so one of several wins."""
    terms = {"name": name, "holder": me.holder, "host": me.host, "pid": me.pid}
    moments = {"now": iso(now), "expires": iso(now + lasts)}
    return connection.execute(_ACQUIRE, terms | moments).rowcount == 1


def release_lease(connection: Connection, name: str, holder: str) -> None:
    """Give a lease back, so that the next need not wait for it to run out."""
    connection.execute(lease.delete().where(lease.c.name == name, lease.c.holder == holder))


def lease_process(connection: Connection, name: str) -> Process | None:
    """Who holds a lease, whether or not it has run out."""
    row = connection.execute(
        select(lease.c.holder, lease.c.host, lease.c.pid).where(lease.c.name == name)
    ).one_or_none()
    return Process(holder=row.holder, host=row.host, pid=row.pid) if row else None


def beat(connection: Connection, me: Process, version: str, leading: bool, now: datetime) -> None:
    """Leave a sign of life for ``archive status``."""
    values = {"beat_at": iso(now), "leading": int(leading)}
    if connection.execute(daemons.update().where(daemons.c.holder == me.holder).values(values)).rowcount == 0:
        identity = {"holder": me.holder, "host": me.host, "pid": me.pid, "version": version}
        connection.execute(daemons.insert().values(started_at=iso(now), **identity, **values))


def sign_off(connection: Connection, holder: str) -> None:
    """Take the sign of life away when a daemon stops in order."""
    connection.execute(daemons.delete().where(daemons.c.holder == holder))


def signs_of_life(connection: Connection) -> list[dict[str, object]]:
    """Every daemon that has not signed off, the latest heartbeat first."""
    return [dict(row) for row in connection.execute(select(daemons).order_by(daemons.c.beat_at.desc())).mappings()]


def this_process() -> Process:
    """Who we are, in a way that no restart and no reused process number repeats."""
    host, pid = socket.gethostname(), os.getpid()
    return Process(holder=f"{host}:{pid}:{secrets.token_hex(4)}", host=host, pid=pid)


def process_of(holder: str) -> Process | None:
    """The process that goes by this name; None where it is no such name."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    return Process(holder=holder, host=host, pid=int(pid)) if pid.isascii() and pid.isdigit() else None


def is_dead(process: Process) -> bool:
    """Whether a process of this machine is gone for certain; of other machines only the lease's end tells."""
    if process.host != socket.gethostname():
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False  # somebody else's, and alive
    return False
