"""Anchors outside the operator's reach: witnesses co-sign a checkpoint, a time-stamp authority says when it saw it.

Neither is needed for the archive to work: whoever does not answer is a problem to be told, and is asked again with
the next checkpoint. A witness that has seen more than the log has, or another history, is the one alarm that matters.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy import func, select

from archive.config import Settings, Witness
from archive.errors import ProofError, UsageError
from archive.ledger import merkle
from archive.ledger.checkpoint import Signed
from archive.ledger.engine import reading, writing
from archive.ledger.note import Note, Verifier, parse_signatures, parse_verifier
from archive.ledger.schema import anchors
from archive.ledger.signing import COSIGNATURE, Desk, latest, publish, sign
from archive.ledger.tiles import write_whole
from archive.ledger.witness import LONGEST_REQUEST, Request
from archive.model import iso

TIMESTAMP = "timestamp"
PATIENCE_SECONDS = 10
EVERY = timedelta(minutes=1)
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint with what others gave for it, and whatever went wrong with those who gave nothing."""

    signed: Signed
    problems: tuple[str, ...]


def sign_and_anchor(desk: Desk, settings: Settings, now: datetime, compare: Signed | None = None) -> Anchored:
    """Sign the log, then ask the witnesses and the time-stamp authority that are configured. See ``signing.sign``."""
    return anchor(desk, sign(desk, now, compare), settings, now)


def anchor(desk: Desk, signed: Signed, settings: Settings, now: datetime) -> Anchored:
    """Ask whoever has not given anything for this checkpoint yet, and publish it with all that was given."""
    problems = []
    for witness in settings.witnesses:
        try:
            _cosign(desk, signed, witness, now)
        except (ProofError, OSError) as error:
            problems.append(f"witness {witness.url}: {error}")
    if settings.timestamp:
        try:
            _stamp(desk, signed, settings.timestamp, now)
        except (ProofError, UsageError, OSError) as error:
            problems.append(f"timestamp {settings.timestamp}: {error}")
    with reading(desk.ledger.engine) as connection:
        complete = latest(connection, signed.size) or signed
    publish(desk.folder, complete)
    return Anchored(complete, tuple(problems))


class Checkpointer:
    """Signs by itself: once a minute if anything is new, at once where much is. For the daemon."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        """Sign nothing yet."""
        self._desk, self._settings = desk, settings
        self._signed: Anchored | None = None
        self._at: datetime | None = None

    def run(self, now: datetime) -> Anchored | None:
        """Sign if it is time, or ask again whoever gave nothing; None where it is not, or there is no key."""
        if not self._desk.key.exists():
            return None
        before = self._signed
        new = self._desk.ledger.size() - (before.signed.size if before else 0)
        waited = self._at is None or now - self._at >= EVERY
        if not (new >= AT_ONCE or (waited and (new or (before and before.problems)))):
            return None
        self._at = now
        self._signed = sign_and_anchor(self._desk, self._settings, now)
        return self._signed

    def finish(self, now: datetime) -> None:
        """Sign what is new without asking anybody else, if there is a key."""
        if self._desk.key.exists() and self._desk.ledger.size():
            sign(self._desk, now)


def _cosign(desk: Desk, signed: Signed, witness: Witness, now: datetime) -> None:
    """Have a witness co-sign, beginning from the checkpoint it co-signed last. ProofError where it refuses."""
    key = parse_verifier(witness.key)
    with reading(desk.ledger.engine) as connection:
        wanted = select(func.max(anchors.c.size)).where(anchors.c.kind == COSIGNATURE, anchors.c.name == key.name)
        old = connection.execute(wanted).scalar() or 0
    if old >= signed.size:
        return
    status, body = _ask(desk, signed, witness.url, old)
    if status == HTTPStatus.CONFLICT and body.strip().isdigit():
        seen = int(body)
        if seen > signed.size or seen == old:
            raise ProofError(
                f"it has co-signed {seen} events, which the log's {signed.size} do not continue",
                remedy="The log was rolled back or forked: run archive verify --checkpoint FILE",
            )
        status, body = _ask(desk, signed, witness.url, seen)
    if status != HTTPStatus.OK:
        raise ProofError(f"it answers {status}: {body.strip()[:200]}")
    _record(desk, signed, (COSIGNATURE, key.name), _cosignature(signed, key, body).encode(), now)


def _ask(desk: Desk, signed: Signed, url: str, old: int) -> tuple[int, str]:
    subtrees = desk.tiles.subtrees(signed.size)
    request = Request(old, tuple(merkle.consistency_proof(old, signed.size, subtrees)), signed)
    status, body = post(f"{url}/add-checkpoint", str(request).encode(), "text/plain")
    return status, body.decode(errors="replace")


def _cosignature(signed: Signed, key: Verifier, body: str) -> str:
    """The witness's valid lines of an answer. ProofError where there is none."""
    valid = key.signatures(Note(signed.note.text, parse_signatures(body)))
    if not valid:
        raise ProofError("its answer bears no signature of its key", remedy="Check the witness's key in feeds.yaml")
    return "".join(map(str, valid))


def _stamp(desk: Desk, signed: Signed, url: str, now: datetime) -> None:
    """Have an authority state when it saw the checkpoint's text (RFC 3161); the response is kept and published."""
    with reading(desk.ledger.engine) as connection:
        wanted = select(anchors.c.size).where(anchors.c.kind == TIMESTAMP, anchors.c.size == signed.size)
        if connection.execute(wanted).first():
            return
    try:
        from rfc3161_client import (  # noqa: PLC0415 - an extra, needed by those alone who have set an authority
            PKIStatus,
            TimestampRequestBuilder,
            decode_timestamp_response,
        )
    except ImportError as error:
        raise UsageError(
            "time stamps need a library more", remedy="Install it: pip install 'statement-archive[timestamp]'"
        ) from error
    request = TimestampRequestBuilder().data(signed.note.text.encode()).build()
    status, body = post(url, request.as_bytes(), "application/timestamp-query")
    if status != HTTPStatus.OK:
        raise ProofError(f"it answers {status}")
    try:
        response = decode_timestamp_response(body)
        granted = response.status in {PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS}
        fits = granted and (
            response.tst_info.message_imprint.message == request.message_imprint.message
            and response.tst_info.nonce == request.nonce
        )
    except ValueError as error:
        raise ProofError("its answer is no time stamp") from error
    if not fits:
        raise ProofError("its answer is not of this checkpoint" if granted else "it gives no time stamp")
    _record(desk, signed, (TIMESTAMP, url), body, now)
    write_whole(desk.folder / "checkpoint.tsr", body)


def _record(desk: Desk, signed: Signed, what: tuple[str, str], body: bytes, now: datetime) -> None:
    """Keep what somebody gave: ``what`` is its kind and their name."""
    kind, name = what
    row = {"size": signed.size, "kind": kind, "name": name, "received_at": iso(now), "body": body}
    with writing(desk.ledger.engine) as connection:
        connection.execute(anchors.insert().values(row))


def post(url: str, body: bytes, kind: str) -> tuple[int, bytes]:
    """Send a body; the status and body of the answer, whatever the status. OSError where there is no answer."""
    request = urllib.request.Request(url, body, {"Content-Type": kind})  # noqa: S310 - the configuration takes http(s) alone
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - as above
            return answer.status, answer.read(LONGEST_REQUEST)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LONGEST_REQUEST)
