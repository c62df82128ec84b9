"""Attributions → statements: whom the source's words stand for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from archive.extract.attribution import Attribution
from archive.extract.text import Document
from archive.model import Statement


def resolve(document: Document, attributions: Sequence[Attribution], published: date | None) -> tuple[Statement, ...]:
    """One statement for each attribution and each of its coordinated speakers."""
    del document, published
    return tuple(
        Statement(
            kind=a.kind, content=a.content, cue=a.cue, speaker=a.speaker, confidence=a.confidence, pattern=a.pattern
        )
        for a in attributions
    )
