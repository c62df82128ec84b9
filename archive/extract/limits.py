"""What limits a label: conditions, scope, and words for a time ("only for training", "until the vote", "for now")."""

from __future__ import annotations

from archive.extract.indexed import Index
from archive.extract.operators import Lexicon, Value
from archive.extract.topics import Hit
from archive.model import Span, Stance

REACH = 60
"""Tokens on either side of a mention within which words can be over it, however long the sentence."""


def momentary(lexicon: Lexicon, index: Index, clause: tuple[int, int], found: Value) -> tuple[Value, Span | None]:
    """A refusal in the words "at the moment" is none in principle; with these words."""
    if found.stance is Stance.OPPOSE and any(o.negated for o in found.operators):
        for i in range(*clause):
            if match := lexicon.momentary.at(index.stems, index.tags, i, clause[1]):
                tokens = index.document.tokens
                return found._replace(stance=Stance.NOT_NOW), Span(tokens[i].start, tokens[match[1] - 1].end)
    return found, None


def conditional(
    lexicon: Lexicon, index: Index, sentence: tuple[int, int], hit: Hit, found: Value
) -> tuple[Value, Span | None]:
    """Support or possibility that is limited becomes conditional; so does a refusal "unless"."""
    for i in range(max(sentence[0], hit.first - REACH), min(sentence[1], hit.last + REACH)):
        match = lexicon.conditions.at(index.stems, index.tags, i, sentence[1])
        if match is None or hit.first <= i < hit.last:
            continue
        end = _condition_end(index, i, sentence[1])
        if i < hit.first < end or _hypothetical(lexicon, index, i, end):
            continue
        span = Span(index.document.tokens[i].start, index.document.tokens[end - 1].end)
        limited = _limited(found.stance, index.stems[i])
        if limited:
            loss = 0.05 * (limited is not found.stance)
            return found._replace(stance=limited, confidence=found.confidence - loss), span
    return found, None


def _limited(stance: Stance | None, by: str) -> Stance | None:
    """What a limit makes of a label: what lasts "until" is wholly wanted, and what must wait "until" is put off."""
    if stance is Stance.OPPOSE:
        return {"unless": Stance.CONDITIONAL, "until": Stance.NOT_NOW}.get(by)
    if stance in (Stance.SUPPORT, Stance.OPEN):
        return stance if by == "until" else Stance.CONDITIONAL
    return None


def _condition_end(index: Index, first: int, last: int) -> int:
    for i in range(first + 1, last):
        if index.document.tokens[i].text in {";", "—", "–"} or (
            index.document.tokens[i].text == "," and index.stems[i + 1 : i + 2] != ("not",)
        ):
            return i
    return last - 1 if last - 1 > first and not index.document.tokens[last - 1].text[0].isalnum() else last


def _hypothetical(lexicon: Lexicon, index: Index, first: int, last: int) -> bool:
    return index.stems[first] == "if" and any(index.stems[i] in lexicon.hypothetical for i in range(first, last))
