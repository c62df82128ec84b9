"""What the archive remembers between polls: due times, validators, attempts, leases, quarantine, raw documents.

This is operational state, not history: ordinary tables that are updated in place. Losing all of it loses no
event; feeds would only be asked once more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from archive.model import iso
from archive.operations.evidence import (
    Document,
    HeldBack,
    held_back,
    hold_back,
    keep_body,
    kept_bodies,
    kept_body,
    let_go,
)
from archive.operations.leases import (
    Process,
    acquire_lease,
    beat,
    is_dead,
    lease_process,
    release_lease,
    sign_off,
    signs_of_life,
    this_process,
)
from archive.operations.polls import Poll, claim, enrol, free_the_dead, release_claims, renew_claims, settle, states
from archive.operations.tables import bodies, daemons, feed_state, lease, polls, quarantine

POLLS_KEPT = timedelta(days=30)
DAEMONS_KEPT = timedelta(days=1)

__all__ = [
    "Document", "HeldBack", "Poll", "Process", "acquire_lease", "beat", "bodies", "claim", "daemons", "enrol",
    "feed_state", "free_the_dead", "held_back", "hold_back", "housekeeping", "is_dead", "keep_body", "kept_bodies",
    "kept_body", "lease", "lease_process", "let_go", "polls", "quarantine", "release_claims",
    "release_lease", "renew_claims", "settle", "sign_off", "signs_of_life", "states", "this_process",
]  # fmt: skip


def housekeeping(connection: Connection, now: datetime, bodies_kept: timedelta) -> None:
    """Drop attempts, signs of life and raw documents older than their retention."""
    connection.execute(polls.delete().where(polls.c.started_at < iso(now - POLLS_KEPT)))
    connection.execute(daemons.delete().where(daemons.c.beat_at < iso(now - DAEMONS_KEPT)))
    connection.execute(bodies.delete().where(bodies.c.last_seen_at < iso(now - bodies_kept)))
