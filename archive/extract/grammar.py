"""Sentences → chunks: noun phrases, verb groups and the small words between them. Shallow, and never wrong for long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archive.extract.english import (
    AFTER_DAYS,
    AUXILIARIES,
    BE,
    BEFORE_DAYS,
    CLAUSAL,
    DAYS,
    MONTHS,
    QUANTITIES,
    TIMES,
)  # fmt: skip
from archive.extract.tokens import Token

NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
VERBS = frozenset({"VB", "VBD", "VBZ", "VBP", "VBN", "VBG", "MD"})
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
MODIFIERS = frozenset({"JJ", "JJR", "JJS", "CD", "$", "POS", "FW", "ADD", "AFX"}) | NOUNS
OPENERS = frozenset({"DT", "PDT", "PRP$"}) | MODIFIERS
ADVERBS = frozenset({"RB", "RBR", "RBS"})
SAME = {
    ",": "COMMA", ":": "COLON", "DASH": "DASH", "-LRB-": "LRB", "-RRB-": "RRB", "QUOTE": "Q", "''": "Q", "POS": "Q",
    ".": "STOP", "CC": "CC", "IN": "IN", "TO": "IN", "RP": "RP", "WP": "WH", "WDT": "WH", "WRB": "WH", "WP$": "WH",
    "RB": "RB", "RBR": "RB", "RBS": "RB", "JJ": "JJ", "JJR": "JJ", "JJS": "JJ",
}  # fmt: skip
EDGES = frozenset({"COMMA", "COLON", "STOP", "THAT", "WH", "CC", "DASH", "LRB", "RRB"})
"""Kinds of chunks that end a clause."""


OPENING = CLAUSAL - {"of"}
"""Conjunctions that a clause with a verb of its own follows."""


class Chunk(NamedTuple):
    """Tokens ``first`` to before ``last``, the words of one phrase.

    ``kind`` is ``NP``, ``TIME`` (a noun phrase that says when), ``VG`` (a verb group with its auxiliaries and
    adverbs), ``WH``, ``IN``, ``THAT``, ``CC``, ``COMMA``, ``COLON``, ``DASH``, ``LRB``, ``RRB``, ``Q``, ``RB``, ``RP``,
    ``JJ``, ``STOP`` or ``X``. ``head`` is the token that carries it; ``form`` of a verb group is ``fin``,
    ``inf``, ``ing``, ``part`` or, with an auxiliary before a participle, ``pass``.
    """

    kind: str
    first: int
    last: int
    head: int
    form: str = ""
    finite: bool = False


def chunks(tokens: Sequence[Token], first: int, last: int) -> list[Chunk]:
    """The chunks of the sentence from token ``first`` to before ``last``; together they cover it."""
    found: list[Chunk] = []
    i = first
    while i < last:
        token = tokens[i]
        tag = token.tag
        if tag in OPENERS and (chunk := _noun_phrase(tokens, i, last)):
            found.append(chunk)
        elif tag in {"PRP", "EX"}:
            found.append(Chunk("NP", i, i + 1, i))
        elif (
            tag in VERBS
            or (tag == "TO" and _infinitive(tokens, i, last))
            or (tag in ADVERBS and _leads_verb(tokens, i, last))
        ):
            found.append(_verb_group(tokens, i, last))
        elif token.lower == "that" and tag in {"IN", "WDT", "DT"}:
            found.append(Chunk("THAT", i, i + 1, i))
        elif token.lower in {"both", "either", "neither"} and tag == "CC":
            found.append(Chunk("RB", i, i + 1, i))
        elif tag in {"DT", "PRP$"} or (token.lower in QUANTITIES and i + 1 < last and tokens[i + 1].tag in FINITE):
            found.append(Chunk("NP", i, i + 1, i))
        else:
            found.append(Chunk(SAME.get(tag, "X"), i, i + 1, i))
        i = found[-1].last
    return _with_past(tokens, found)


def _with_past(tokens: Sequence[Token], found: list[Chunk]) -> list[Chunk]:
    """The chunks, with those participles made finite which are the only verb that their clause can have."""
    finite_since = False
    for i, chunk in enumerate(found):
        if chunk.kind in EDGES or (chunk.kind == "IN" and tokens[chunk.first].lower == "as"):
            finite_since = False
        elif chunk.finite:
            finite_since = True
        elif chunk.form == "part" and not finite_since and _is_past(tokens, found, i):
            found[i] = chunk._replace(form="fin", finite=True)
            finite_since = True
    return found


def _is_past(tokens: Sequence[Token], found: Sequence[Chunk], i: int) -> bool:
    """Whether the participle at chunk ``i`` stands where a past tense would: after its subject, with no other verb."""
    after = found[i + 1].kind if i + 1 < len(found) else ""
    if i + 1 < len(found) and tokens[found[i + 1].first].lower == "by":
        return i + 2 < len(found) and found[i + 2].form == "ing" and not any(c.finite for c in found)
    k = i - 1
    while k > 0 and found[k].kind == "RB":
        k -= 1
    if k < 0 or (found[k].kind in {"COMMA", "DASH"} and after != "THAT"):
        return k > 0 and found[0].kind in {"NP", "IN", "CC"} and after in {"NP", "Q"} and _after_aside(found, k)
    if found[k].kind == "CC":
        return after in {"NP", "THAT", "Q"} and any(c.finite for c in found[:k])
    if found[k].kind == "NP" and k > 0 and found[k - 1].kind == "VG":
        return False
    behind = k > 0 and found[k - 1].kind == "IN" and tokens[found[k - 1].first].lower not in CLAUSAL
    behind &= after not in {"NP", "THAT"}  # a participle that describes a noun has no object
    behind &= after != "IN" or not _opens(tokens, found, k - 1) or any(chunk.finite for chunk in _clause(found, i))
    if (found[k].kind != "NP" or behind) and found[k].kind != "WH" and after != "THAT":
        return False
    for chunk in found[i + 1 :]:
        if chunk.kind in EDGES:
            return True
        if chunk.finite:
            return False
    return True


def _after_aside(found: Sequence[Chunk], k: int) -> bool:
    """Whether chunk ``k`` closes what stands beside a subject: "Ada Quill, a mayor, backed the bill"."""
    opened = any(chunk.kind == found[k].kind for chunk in found[:k])
    return opened and not any(chunk.finite for chunk in found[:k])


def _opens(tokens: Sequence[Token], found: Sequence[Chunk], i: int) -> bool:
    """Whether the noun phrases that end at chunk ``i`` open a clause, so that a verb of it must follow them."""
    while i > 0 and found[i].kind in {"NP", "IN"} and tokens[found[i].first].lower not in OPENING:
        i -= 1
    return (i == 0 and found[0].kind in {"NP", "CC"}) or tokens[found[i].first].lower in OPENING


def _clause(found: Sequence[Chunk], i: int) -> Sequence[Chunk]:
    """The chunks from ``i`` to the end of its clause."""
    return found[i : next((k for k in range(i, len(found)) if found[k].kind in EDGES), len(found))]


def _noun_phrase(tokens: Sequence[Token], i: int, last: int) -> Chunk | None:
    """The base noun phrase that begins at ``i``, or None where no noun, number or adjective can carry it."""
    head, j = -1, i
    while j < last and (part := _part(tokens, i, j, last, head)):
        head = {"head": j, "day": j, "owner": -1}.get(part, head)
        j += 1
        if part == "day":
            break
    carried = (
        tokens[i].tag in {"DT", "PRP$"} if head < 0 else tokens[head].tag == "CD" and tokens[i].tag in {"CD", "DT"}
    )
    if carried and j > max(i, head) + 1 and tokens[j - 1].tag in {"JJ", "JJS", "JJR"}:
        head = j - 1  # "the elderly", "one presidential hopeful"
    if head < 0:
        alone = j > i and tokens[i].tag in {"DT", "PDT"} and tokens[i].lower != "that"
        return Chunk("NP", i, j, j - 1) if alone else None
    return Chunk("TIME" if _is_time(tokens[head]) else "NP", i, head + 1, head)


def _part(tokens: Sequence[Token], i: int, j: int, last: int, head: int) -> str:
    """What the word at ``j`` is in the noun phrase that began at ``i`` and has its head so far at ``head`` (-1: none).

    ``head``, ``day`` (a head that ends the phrase), ``owner`` (a genitive), ``other``, or "" where it is outside.
    """
    tag, lower = tokens[j].tag, tokens[j].lower
    if tag in NOUNS or tag in {"CD", "ADD", "FW"}:
        if lower not in DAYS:
            return "head"
        if j > i and tokens[j - 1].lower not in BEFORE_DAYS:
            return ""
        owns = j + 2 < last and tokens[j + 1].tag == "POS" and tokens[j + 2].tag in MODIFIERS
        return "head" if owns or (j + 1 < last and tokens[j + 1].lower in AFTER_DAYS) else "day"
    if tag in {"JJ", "JJR", "JJS", "$", "AFX"}:
        if head < 0:
            return "other"
        when = lower in {"last", "next"} and j + 1 < last and tokens[j + 1].lower in TIMES
        return "other" if not when and (tokens[head].tag == "CD" or _noun_follows(tokens, j, last)) else ""
    if tag == "POS":
        return "owner" if head >= 0 and _noun_follows(tokens, j, last) else ""
    outside = head >= 0
    if tag in {"DT", "PDT", "PRP$"}:
        outside |= j > i and tokens[j - 1].tag not in {"PDT", "DT"}
        return "" if outside or (lower == "that" and not _noun_follows(tokens, j, last)) else "other"
    outside |= tag not in {"RB", "RBR", "RBS", "VBN", "VBG", ","} or j == i
    return "" if outside or not _modifies(tokens, j, last) else "other"


def _is_time(token: Token) -> bool:
    """Whether a noun phrase with this head says when; "Day" may be a name, "Monday" is none."""
    return token.lower in TIMES and (token.tag not in {"NNP", "NNPS"} or token.lower in DAYS | MONTHS)


def _noun_follows(tokens: Sequence[Token], j: int, last: int) -> bool:
    """Whether a noun comes after ``j`` with only modifiers between."""
    for k in range(j + 1, min(last, j + 6)):
        tag = tokens[k].tag
        if tag in NOUNS or tag == "CD":
            return True
        if tag not in {"JJ", "JJR", "JJS", "VBN", "VBG", "RB", "$", "RBS"}:
            return False
    return False


def _modifies(tokens: Sequence[Token], j: int, last: int) -> bool:
    """Whether an adverb, participle or comma at ``j`` stands within a noun phrase, before its noun."""
    if tokens[j].tag == ",":
        return (
            tokens[j - 1].tag in {"JJ", "JJS"}
            and j + 1 < last
            and tokens[j + 1].tag == "JJ"
            and not tokens[j + 1].text[0].isupper()
            and _noun_follows(tokens, j, last)
        )
    return _noun_follows(tokens, j, last)


def _infinitive(tokens: Sequence[Token], i: int, last: int) -> bool:
    for k in range(i + 1, min(last, i + 4)):
        if tokens[k].tag in {"VB", "VBP"}:
            return True
        if tokens[k].tag not in ADVERBS:
            return False
    return False


def _leads_verb(tokens: Sequence[Token], i: int, last: int) -> bool:
    """Whether the adverbs from ``i`` stand right before a finite verb or participle and so belong to its group."""
    for k in range(i + 1, min(last, i + 4)):
        tag = tokens[k].tag
        if tag in {"VBD", "VBZ", "VBP", "MD"}:
            return True
        if tag not in ADVERBS:
            return False
    return False


def _verb_group(tokens: Sequence[Token], i: int, last: int) -> Chunk:
    """The verb group that begins at ``i``: auxiliaries, adverbs, main verb."""
    head, finite = -1, False
    passive = False
    j = i
    while j < last:
        tag, lower = tokens[j].tag, tokens[j].lower
        if tag in VERBS:
            if head >= 0 and not _may_follow(tokens, head, j):
                break
            passive = head >= 0 and tag == "VBN" and tokens[head].lower in BE
            finite = finite or (head < 0 and tag in FINITE)
            head = j
        elif tag == "TO":
            if head >= 0:
                break
        elif tag == "," and head >= 0 and _parenthesis(tokens, j, last, head):
            j += 3
            continue
        elif tag in ADVERBS or lower in {"n't", "n’t"}:
            if head >= 0 and not _verb_after(tokens, j, last, head):
                break
        else:
            break
        j += 1
    form = _form(tokens, i, head, passive=passive, finite=finite)
    return Chunk("VG", i, head + 1, head, form, finite)


def _parenthesis(tokens: Sequence[Token], j: int, last: int, head: int) -> bool:
    """Whether ", however," or the like stands at ``j`` between an auxiliary and its verb."""
    if j + 3 >= last or tokens[j + 1].tag not in ADVERBS or tokens[j + 2].tag != ",":
        return False
    return tokens[j + 3].tag in VERBS and _may_follow(tokens, head, j + 3)


def _may_follow(tokens: Sequence[Token], head: int, j: int) -> bool:
    if tokens[head].tag == "MD":
        return tokens[j].tag in {"VB", "VBP", "VBD", "VBN"}
    return tokens[head].lower in AUXILIARIES and tokens[j].tag in {"VBN", "VBG", "VBD", "VB"}


def _verb_after(tokens: Sequence[Token], j: int, last: int, head: int) -> bool:
    for k in range(j + 1, min(last, j + 4)):
        if tokens[k].tag in VERBS:
            return _may_follow(tokens, head, k)
        if tokens[k].tag not in ADVERBS:
            return False
    return False


def _form(tokens: Sequence[Token], first: int, head: int, *, passive: bool, finite: bool) -> str:
    if passive:
        return "pass"
    if tokens[first].tag == "TO":
        return "inf"
    if finite:
        return "fin"
    leading = next(k for k in range(first, head + 1) if tokens[k].tag in VERBS)
    return {"VBG": "ing", "VBN": "part"}.get(tokens[leading].tag, "inf")
