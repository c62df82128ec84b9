"""The gate: passes or refuses each candidate, by weights set by hand and open to argument.

Weights are log odds that add up: the lexicon's sureness, then what source, form and place tell.
"""

from __future__ import annotations

import math

from archive.extract.clauses import Reach
from archive.extract.grammar import NOUNS
from archive.extract.page import Candidate, Page
from archive.extract.tokens import Token

THRESHOLD = 0.5
NESTED = -4.0
"""What stands in somebody's words is seldom a statement of its own,"""
QUOTED = -4.0
"""nor is what stands in a quotation, whoever's it is."""
UNNAMED = -4.0
"""A deed tells a position only where it is said, in a word for a person or a body, whose it is."""

LONG = 7
DENIALS = frozenset({"n't", "n’t", "not", "never", "no"})
FORMS = {"inf": -1.0, "ing": -0.9, "part": -0.3, "pass": 0.0, "fin": 0.3}
PERSON_ENDINGS = ("ers", "ors", "ist", "ists", "ian", "ians", "man", "men", "woman", "women", "person")
PRONOUNS = {"he": 0.5, "she": 0.5, "they": 0.0, "we": -0.2, "i": -0.8, "it": -0.5, "you": -1.5, "there": -4.0}
RELATIVES = {"who": 0.0, "which": -1.0, "that": -2.5}


def score(page: Page, candidate: Candidate) -> float:
    """The log odds that a candidate is an attribution, by itself."""
    sure = min(max(candidate.sure, 0.01), 0.99)
    weight = math.log(sure / (1 - sure)) + _source(page, candidate) + FORMS.get(candidate.form, 0.0)
    weight += _size(page, candidate)
    if candidate.pattern.startswith(("deed", "maker")) and not is_named(page, candidate.source):
        weight += UNNAMED
    if candidate.cue and candidate.cue[0].first in page.quoted:
        weight += QUOTED
    return weight


def _size(page: Page, candidate: Candidate) -> float:
    """What length and denial add: "did not rule out" is more often a position than an act."""
    words = sum(last - first for first, last in candidate.content)
    denied = any(page.document.tokens[k].lower in DENIALS for first, last in candidate.cue for k in range(first, last))
    return (0.3 if words >= LONG else 0.0) + (0.4 if denied else 0.0)


def confidence(weight: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + math.exp(-weight))


def _source(page: Page, candidate: Candidate) -> float:
    """What the kind of source adds: names, persons and bodies speak; things and empty places seldom do."""
    source = candidate.source
    if source is None:
        return {"pass": 0.0, "noun": -0.6}.get(candidate.form, -2.5)
    tokens = page.document.tokens
    first = tokens[source.first]
    if source.last - source.first == 1 and first.lower in PRONOUNS:
        return PRONOUNS[first.lower]
    if first.tag in {"WP", "WDT"} or first.lower == "that":
        return RELATIVES.get(first.lower, -1.0) if not _of_a_body(page, source.first) else 0.0
    head = _head(page, source)
    if _is_name(page, head):
        return 0.4
    if head.lower in page.lexicon.people or head.lower.endswith(PERSON_ENDINGS) or first.tag == "PRP$":
        return 0.3
    if head.lower in page.lexicon.papers:
        return 0.2 if candidate.free else -0.6
    return -0.8 if candidate.free else -1.3


def is_named(page: Page, source: Reach | None) -> bool:
    """Whether a source is a name, or a noun for people or a body."""
    if source is None:
        return False
    head = _head(page, source)
    tokens = page.document.tokens
    if any(tokens[k].tag in {"NNP", "NNPS"} for k in range(*source)) or _is_name(page, head):
        return True
    return head.lower in page.lexicon.people or head.lower.endswith(PERSON_ENDINGS)


def _is_name(page: Page, token: Token) -> bool:
    """Whether a noun is a name; a capital within a sentence makes it one, whatever its tag."""
    return token.tag in {"NNP", "NNPS"} or (
        token.tag == "NN" and token.text[0].isupper() and token.start > 0 and page.document.text[token.start - 1] == " "
    )


def _of_a_body(page: Page, token: int) -> bool:
    """Whether the relative pronoun "which" goes back to a name or a body: "the Ferry Union, which"."""
    tokens = page.document.tokens
    if tokens[token].lower != "which" or token < 2 or tokens[token - 1].lower != ",":
        return False
    return tokens[token - 2].tag in {"NNP", "NNPS"} or tokens[token - 2].lower in page.lexicon.people


def _head(page: Page, source: Reach) -> Token:
    """The noun that carries a source: the last of its first noun phrase."""
    tokens = page.document.tokens
    head = tokens[source.first]
    for k in range(source.first, source.last):
        if tokens[k].tag in NOUNS:
            head = tokens[k]
        elif head.tag in NOUNS and tokens[k].tag != "POS":
            break
    return head
