"""Whether checkpoints describe this log, and whether it was the log's key that signed them.

A key is trusted where the auditor gave it. So is the one it was rotated to, and the one it was rotated from, as long as
a checkpoint that a trusted key signed covers the rotation: else whoever holds no key could invent a predecessor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.audit.findings import Findings
from archive.audit.rows import Row
from archive.errors import ProofError
from archive.ledger.checkpoint import Signed, parse_checkpoint
from archive.ledger.events import KeyRotated
from archive.ledger.note import ED25519, Verifier, parse_verifier
from archive.ledger.rotation import Rotation, read_rotation


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkpoint that says what the log was, where it comes from, and the key it names, if it names one."""

    signed: Signed
    source: str
    key: Verifier | None = None

    @property
    def size(self) -> int:
        """How many events it covers."""
        return self.signed.size


@dataclass(slots=True)
class _Use:
    """The sizes that one key signed."""

    first: int
    last: int


@dataclass(slots=True)
class Anchors:
    """What checkpoints say, gathered as the log is walked; :meth:`finish` says which of it counts."""

    trusted: Sequence[Verifier]
    findings: Findings
    rotations: list[Rotation] = field(default_factory=list)
    covered: int = 0
    _uses: dict[Verifier, _Use] = field(default_factory=dict)
    _unsigned: list[Claim] = field(default_factory=list)
    _signed_at: str = ""

    def rotated(self, position: int, event: KeyRotated) -> None:
        """Take down a change of keys."""
        try:
            self.rotations.append(read_rotation(position, event))
        except ProofError as error:
            self.findings.add("key.rotation", position, error.what)

    def read(self, row: Row) -> Claim | None:
        """The claim of a recorded checkpoint; None where it is none."""
        size, origin, root, key, signed_at, note = row
        position = size if isinstance(size, int) else None
        try:
            signed, verifier = parse_checkpoint(note), parse_verifier(key)
            if (signed.size, signed.checkpoint.origin, signed.checkpoint.root) != (size, origin, root):
                raise ProofError("its columns differ from its note")
            if not isinstance(signed_at, str):
                raise ProofError("its time is none")
        except (ProofError, TypeError, AttributeError) as error:
            self.findings.add("checkpoint.unreadable", position, str(error))
            return None
        if signed_at < self._signed_at:
            self.findings.add("checkpoint.time", position, f"{signed_at} after {self._signed_at}")
        self._signed_at = signed_at
        return Claim(signed, "recorded", verifier)

    def meet(self, claim: Claim, root: bytes) -> None:
        """Compare a claim with the root that the log has at its size, and check its signature."""
        state = claim.signed.checkpoint
        if state.root != root:
            self.findings.add("checkpoint.root", claim.size, f"{claim.source}, size {claim.size}")
        elif any(state.origin != key.name for key in self._log_keys()):
            self.findings.add("checkpoint.origin", claim.size, f"{claim.source}: {state.origin}")
        else:
            self._check_signature(claim)

    def beyond(self, claim: Claim) -> None:
        """A claim about more events than there are."""
        self.findings.add("checkpoint.beyond", claim.size, f"{claim.source}, size {claim.size}")

    def finish(self, size: int) -> None:
        """Say which signatures count, and how far the log is covered."""
        self._extend_trust()
        trusted = self._log_keys()
        for claim in self._unsigned:
            self._check_pinned(claim, trusted)
        self._check_witnesses()
        for key, use in self._uses.items():
            if key in trusted:
                self._check_use(key, use)
            elif trusted:
                what = f"sizes {use.first} to {use.last} are signed by {key}"
                self.findings.add("checkpoint.key", use.first, what)
        if not trusted and (self._uses or self._unsigned):
            self.findings.add("key.unknown")
        if size and not self.covered:
            self.findings.add("log.unanchored")
        elif self.covered < size:
            self.findings.add("log.tail", self.covered + 1, f"{size - self.covered} events")

    def _check_signature(self, claim: Claim) -> None:
        if claim.key is None:
            self._unsigned.append(claim)
            return
        try:
            valid = claim.signed.signed_by(claim.key)
        except ProofError:
            valid = False
        if not valid:
            self.findings.add("checkpoint.signature", claim.size, f"{claim.source}, size {claim.size}")
            return
        use = self._uses.setdefault(claim.key, _Use(claim.size, claim.size))
        use.first, use.last = min(use.first, claim.size), max(use.last, claim.size)

    def _check_pinned(self, claim: Claim, trusted: Iterable[Verifier]) -> None:
        """A checkpoint from outside of the database: any key of the log's may have signed it."""
        try:
            signed = any(claim.signed.signed_by(key) for key in trusted)
        except ProofError:
            self.findings.add("checkpoint.signature", claim.size, f"{claim.source}, size {claim.size}")
            return
        if trusted and not signed:
            self.findings.add("checkpoint.key", claim.size, f"{claim.source}, size {claim.size}")
        elif signed:
            self.covered = max(self.covered, claim.size)

    def _check_witnesses(self) -> None:
        """Whether each witness whose key was given co-signed the largest checkpoint from outside of the database."""
        claim = max(self._unsigned, key=lambda one: one.size, default=None)
        size = claim.size if claim else None
        for witness in (key for key in self.trusted if key.kind != ED25519):
            try:
                if claim is None or not claim.signed.signed_by(witness):
                    self.findings.add("checkpoint.uncosigned", size, witness.name)
            except ProofError:
                self.findings.add("checkpoint.signature", size, witness.name)

    def _check_use(self, key: Verifier, use: _Use) -> None:
        """Whether a key signed nothing after it was rotated away from, nor before it was rotated to."""
        since = max((one.position for one in self.rotations if one.new == key), default=0)
        until = min((one.position for one in self.rotations if one.old == key), default=use.last + 1)
        if use.first < since or use.last >= until:
            self.findings.add("checkpoint.key", use.last, f"{key} was not the log's key then")
        else:
            self.covered = max(self.covered, use.last)

    def _extend_trust(self) -> None:
        """Take in the keys that rotations connect with trusted ones, until there are no more."""
        keys, todo = list(self.trusted), list(self.rotations)
        while found := next((one for one in todo if self._reaches(one, keys)), None):
            todo.remove(found)
            keys += [key for key in (found.old, found.new) if key not in keys]
        self.trusted = keys

    def _reaches(self, rotation: Rotation, keys: list[Verifier]) -> bool:
        if rotation.old in keys:
            return True
        covering = (self._uses[key].last >= rotation.position for key in keys if key in self._uses)
        return rotation.new in keys and any(covering)

    def _log_keys(self) -> list[Verifier]:
        return [key for key in self.trusted if key.kind == ED25519]
