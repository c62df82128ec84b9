"""A witness (c2sp.org/tlog-witness): it co-signs a log's checkpoint only where that continues the last it signed.

It knows nothing of what a log holds, and needs nothing but its key, the logs' public keys, and a file in which it
keeps the last checkpoint of each. Whoever trusts it cannot be shown two histories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from archive.errors import ProofError
from archive.ledger import merkle
from archive.ledger.checkpoint import Checkpoint, Signed, decode_hashes, encode_hash, is_size, parse_checkpoint
from archive.ledger.note import Signer, Verifier
from archive.ledger.tiles import write_whole

MOST_PROOF_LINES = 63
LONGEST_REQUEST = 1 << 20
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Request:
    """What a log hands in: the size it believes the witness signed last, a proof of growth from there, a checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Signed

    def __str__(self) -> str:
        """The body of ``add-checkpoint``."""
        return "\n".join((f"old {self.old}", *map(encode_hash, self.proof), "", str(self.checkpoint.note)))


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and body of an HTTP response."""

    status: HTTPStatus
    body: str
    type: str = "text/plain"


class Witness:
    """One witness, over its file. The file is written before an answer is given; one process may use it at a time."""

    def __init__(self, signer: Signer, logs: Sequence[Verifier], file: Path) -> None:
        """``logs`` are the public keys of the logs it knows; ProofError where the file cannot be read."""
        self.signer, self._file = signer, file
        self._logs: dict[str, list[Verifier]] = {}
        for key in logs:
            self._logs.setdefault(key.name, []).append(key)
        self._seen = _load(file)

    def add_checkpoint(self, body: bytes, seconds: int) -> Answer:
        """Answer a request, at a time in seconds since 1970."""
        try:
            request = parse_request(body)
        except (ProofError, UnicodeDecodeError) as error:
            return Answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
        state = request.checkpoint.checkpoint
        refused = self._untrusted(request.checkpoint) or self._inconsistent(request)
        if refused:
            return refused
        self._seen[state.origin] = state
        _store(self._file, self._seen)
        return Answer(HTTPStatus.OK, str(self.signer.sign(state.text() + _extensions(request), seconds)))

    def _untrusted(self, signed: Signed) -> Answer | None:
        keys = self._logs.get(signed.checkpoint.origin)
        if keys is None:
            return Answer(HTTPStatus.NOT_FOUND, "the log is not known here\n")
        try:
            valid = any(signed.signed_by(key) for key in keys)
        except ProofError:
            valid = False
        return None if valid else Answer(HTTPStatus.FORBIDDEN, "no valid signature of the log's key\n")

    def _inconsistent(self, request: Request) -> Answer | None:
        state = request.checkpoint.checkpoint
        if request.old > state.size:
            return Answer(HTTPStatus.BAD_REQUEST, "the old size is above the checkpoint's\n")
        seen = self._seen.get(state.origin, Checkpoint(state.origin, 0, merkle.EMPTY_ROOT))
        same_size = request.old == seen.size == state.size
        if request.old != seen.size or (same_size and seen.root != state.root):
            return Answer(HTTPStatus.CONFLICT, f"{seen.size}\n", SIZE_TYPE)
        if not merkle.continues(seen.size, seen.root, state.size, state.root, request.proof):
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, "the proof does not show that the log only grew\n")
        return None


def parse_request(body: bytes) -> Request:
    """Read the body of ``add-checkpoint``. ProofError where it is none."""
    head, blank, note = body.decode().partition("\n\n")
    first, *lines = head.split("\n")
    old = first.removeprefix("old ")
    if not blank or not first.startswith("old ") or not is_size(old) or len(lines) > MOST_PROOF_LINES:
        raise ProofError("this is no request: an old size, proof lines, an empty line and a checkpoint are needed")
    return Request(int(old), tuple(decode_hashes(lines)), parse_checkpoint(note))


def _extensions(request: Request) -> str:
    return request.checkpoint.note.text.removeprefix(request.checkpoint.checkpoint.text())


def _load(file: Path) -> dict[str, Checkpoint]:
    try:
        kept = json.loads(file.read_text("utf-8"))
        return {
            str(origin): Checkpoint(str(origin), int(one["size"]), decode_hashes([one["root"]])[0])
            for origin, one in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, ProofError) as error:
        raise ProofError(
            "what was signed last cannot be read",
            where=str(file),
            remedy="Restore the file: a witness that forgets may sign two histories",
        ) from error


def _store(file: Path, seen: Mapping[str, Checkpoint]) -> None:
    kept = {origin: {"size": one.size, "root": encode_hash(one.root)} for origin, one in seen.items()}
    write_whole(file, f"{json.dumps(kept, indent=1)}\n".encode())
