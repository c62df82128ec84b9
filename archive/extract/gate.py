"""The gate: passes or refuses each candidate, by weights set by hand and open to argument."""

from __future__ import annotations

import math

from archive.extract.candidates import Candidate, Page
from archive.extract.grammar import NOUNS

THRESHOLD = 0.5


def score(page: Page, candidate: Candidate) -> float:
    """How sure it is that a candidate is an attribution, 0 to 1."""
    sure = min(max(candidate.sure, 0.01), 0.99)
    weight = math.log(sure / (1 - sure))
    weight += _source(page, candidate)
    return 1 / (1 + math.exp(-weight))


def _source(page: Page, candidate: Candidate) -> float:
    source = candidate.source
    if source is None:
        return -0.5
    tokens = page.document.tokens
    head = tokens[source.first]
    if head.tag == "PRP":
        return 0.5 if head.lower != "it" else -0.7
    if any(tokens[k].tag in {"NNP", "NNPS"} for k in range(source.first, source.last)):
        return 0.3
    if not any(tokens[k].tag in NOUNS for k in range(source.first, source.last)) and head.tag in {"DT", "IN"}:
        return -1.5
    return 0.0
