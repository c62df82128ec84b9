"""What kind of value each column of the views holds. Columns share their names, so one name has one kind."""

from __future__ import annotations

from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "integer", "position", "number", "boolean", "moment", "date"]

_MOMENTS = """captured_at due_at known_since known_until last_article_at last_polled_at last_success_at observed_at
published_at recorded_at removed_at undone_at valid_at valid_from valid_to"""
_POSITIONS = """assessment defined_position known_from known_to position retired_position withdrawn_position"""
_INTEGERS = """agreed articles captured_7d chars coders codings failures opposed polls_7d revision speaker_end
speaker_start speakers statements topics units uses"""
_NUMBERS = """alpha alpha_scale confidence from_score overridden_confidence score similarity statement_confidence"""
_BOOLEANS = "counts date_doubted divergent latest merged original retired withdrawn"

KINDS: dict[str, Kind] = {
    **dict.fromkeys(_MOMENTS.split(), "moment"),
    **dict.fromkeys(_POSITIONS.split(), "position"),
    **dict.fromkeys(_INTEGERS.split(), "integer"),
    **dict.fromkeys(_NUMBERS.split(), "number"),
    **dict.fromkeys(_BOOLEANS.split(), "boolean"),
    "said_on": "date",
}


def kind_of(column: str) -> Kind:
    """The kind of a column's values; what is not listed is text."""
    return KINDS.get(column, "text")
