"""What an audit may find, under codes that never change, and the verdict that follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SHOWN = 100
"""Findings of one code that are told in full; the others are counted."""


class Verdict(StrEnum):
    """In the order of their weight: the worst finding decides."""

    PASS = "PASS"  # noqa: S105 - no password, a verdict
    PASS_REDACTED = "PASS_REDACTED"  # noqa: S105 - as above
    WARN = "WARN"
    FAIL = "FAIL"


EXIT_CODES: Mapping[Verdict, int] = {Verdict.PASS: 0, Verdict.PASS_REDACTED: 3, Verdict.WARN: 4, Verdict.FAIL: 1}

CODES: Mapping[str, str] = {
    "table.unreadable": "a table is missing, or the database cannot read it to its end",
    "row.type": "a value is of another type than its column's",
    "header.unreadable": "the header is no event: not JSON, not complete, or too long",
    "header.canonical": "the header is not in canonical form",
    "header.unknown": "the event's type is not known to this version",
    "row.differs": "a column does not say what the header says",
    "event.id": "the id is not the one that this fact has",
    "event.stream": "the event is in a stream it does not belong to",
    "event.duplicate": "a version of a stream is in the log twice",
    "stream.gap": "a version of a stream is missing",
    "stream.order": "the versions of a stream are not in the order of the log",
    "position.gap": "a position is missing",
    "position.repeated": "a position is in the log twice, or none it can have",
    "time.decreasing": "an event was recorded before the one it follows",
    "time.malformed": "the time of recording is none",
    "leaf.differs": "the stored leaf hash is not that of the header",
    "head.missing": "the log has not one head",
    "head.differs": "the log's head is not that of its events",
    "part.missing": "a text is gone, and no event says that it was erased",
    "part.erased": "a text was erased, as an event says",
    "part.kept": "a text is still there, though an event says that it was erased",
    "part.differs": "a text is not the one that was recorded",
    "part.unknown": "a text belongs to no event",
    "checkpoint.unreadable": "a recorded checkpoint is none, or differs from its columns",
    "checkpoint.signature": "a checkpoint's signature is not valid",
    "checkpoint.key": "a checkpoint is not signed by the log's key",
    "checkpoint.origin": "a checkpoint is of another log",
    "checkpoint.root": "the log is not the one that a checkpoint describes",
    "checkpoint.beyond": "a checkpoint describes more events than the log has",
    "checkpoint.uncosigned": "a witness has not co-signed the checkpoint that was published last",
    "checkpoint.time": "a checkpoint was signed before one that it continues",
    "key.rotation": "a change of keys is not signed by the key before",
    "tile.missing": "a published tile is missing or too short",
    "tile.differs": "a published tile is not that of the log",
    "entries.differ": "published entries are not those of the log",
    "index.differs": "the index of streams does not agree with its table",
    "projection.drift": "a projected table is not what the log says",
    "projection.stopped": "a projection cannot follow the log",
    "log.unanchored": "no valid checkpoint covers the log",
    "log.tail": "events at the end are not covered by a checkpoint yet",
    "key.unknown": "no key was given: signatures could not be checked",
}
"""Each code with what it means. A code is never given another meaning."""

_WEIGHTS: Mapping[str, Verdict] = {
    "part.erased": Verdict.PASS_REDACTED,
    "log.unanchored": Verdict.WARN,
    "checkpoint.uncosigned": Verdict.WARN,
    "log.tail": Verdict.WARN,
    "key.unknown": Verdict.WARN,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its code, the position of the event it concerns (None: the log as a whole), and details."""

    code: str
    position: int | None = None
    what: str = ""


@dataclass(slots=True)
class Findings:
    """Findings as they come, in constant memory: of each code the first :data:`SHOWN`, and how many there are."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, position: int | None = None, what: str = "") -> None:
        """Take down a finding."""
        assert code in CODES, code
        self.counts[code] += 1
        if self.counts[code] <= SHOWN:
            self.kept.append(Finding(code, position, " ".join(what.split())[:300]))

    @property
    def verdict(self) -> Verdict:
        """What follows from all of them."""
        order = list(Verdict)
        return max((_WEIGHTS.get(code, Verdict.FAIL) for code in self.counts), key=order.index, default=Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an audit: how many events there are, their root, up to where checkpoints cover them, findings."""

    verdict: Verdict
    events: int
    root: str
    covered: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
