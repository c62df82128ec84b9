"""Texts in which speaker, cue and content are marked, as attributions: ``⟨Ada Quill⟩ |said| {the toll is wrong}``.

Each attribution takes the next part of each kind; a ``{content}`` with no speaker continues the one before.
"""

from __future__ import annotations

import re

from archive.extract.attribution import Attribution
from archive.model import Span, StatementKind

_MARK = re.compile(r"⟨(?P<speaker>[^⟩]*)⟩|\|(?P<cue>[^|]*)\||\{(?P<content>[^}]*)\}")
_QUOTES = '"“„'


def read_marked(marked: str) -> tuple[str, tuple[Attribution, ...]]:
    """The text without marks, and its attributions."""
    parts: list[tuple[str, Span]] = []
    text, at = "", 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        words = match.group(match.lastgroup or 0)
        parts.append((match.lastgroup or "", Span(len(text), len(text) + len(words))))
        text += words
        at = match.end()
    return text + marked[at:], tuple(_attributions(text + marked[at:], parts))


def _attributions(text: str, parts: list[tuple[str, Span]]) -> list[Attribution]:
    groups: list[dict[str, Span]] = [{}]
    for role, span in parts:
        if role in groups[-1]:
            groups.append({})
        groups[-1][role] = span
    found: list[Attribution] = []
    for number, group in enumerate(groups):
        quoted = text[max(0, group["content"].start - 1)] in _QUOTES
        follows = number - 1 if "speaker" not in group and number else None
        found.append(
            Attribution(
                kind=StatementKind.DIRECT if quoted else StatementKind.INDIRECT,
                content=(group["content"],),
                cue=(group["cue"],) if "cue" in group else (),
                speaker=group.get("speaker"),
                continues=follows,
                pattern="marked",
            )
        )
    return found
