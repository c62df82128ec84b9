"""The gate: passes or refuses each candidate, by weights set by hand and open to argument.

Weights are log odds that add up: the lexicon's sureness, then what source, form and place tell.
"""

from __future__ import annotations

import math

from archive.extract.grammar import NOUNS
from archive.extract.page import Candidate, Page

THRESHOLD = 0.5
NESTED = -2.5
"""What stands in somebody's words is seldom a statement of its own,"""
QUOTED = -2.0
"""nor is what stands in a quotation, whoever's it is."""

FORMS = {"inf": -1.0, "ing": -0.3, "part": -0.3, "pass": 0.0, "fin": 0.3}
PRONOUNS = {"he": 0.5, "she": 0.5, "they": 0.3, "we": 0.0, "i": -0.3, "it": -0.5, "you": -1.5, "there": -4.0}


def score(page: Page, candidate: Candidate) -> float:
    """The log odds that a candidate is an attribution, by itself."""
    sure = min(max(candidate.sure, 0.01), 0.99)
    weight = math.log(sure / (1 - sure)) + _source(page, candidate) + FORMS.get(candidate.form, 0.0)
    if candidate.cue and page.quoted[candidate.cue[0].first]:
        weight += QUOTED
    return weight


def confidence(weight: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + math.exp(-weight))


def _source(page: Page, candidate: Candidate) -> float:
    source = candidate.source
    if source is None:
        return 0.0 if candidate.form == "pass" else -0.8
    tokens = page.document.tokens
    head = tokens[source.first]
    if source.last - source.first == 1 and head.lower in PRONOUNS:
        return PRONOUNS[head.lower]
    if any(tokens[k].tag in {"NNP", "NNPS"} for k in range(source.first, source.last)):
        return 0.4
    if head.tag in {"WP", "WDT"} or head.lower == "that":
        return 0.2 if head.lower == "who" else -0.8
    if not any(tokens[k].tag in NOUNS for k in range(source.first, source.last)) and head.tag in {"DT", "IN"}:
        return -1.0
    return 0.0
