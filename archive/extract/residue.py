"""What a paragraph is for: body, or the residue of the page it came from (captions, credits, bylines, buttons)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum


class ParagraphKind(StrEnum):
    """What a paragraph is for. Statements are read from ``body`` and, cautiously, from ``heading``."""

    BODY = "body"
    HEADING = "heading"
    CAPTION = "caption"
    CREDIT = "credit"
    BYLINE = "byline"
    BOILERPLATE = "boilerplate"


CREDIT = re.compile(
    r"(?:photos?|pictures?|images?|credits?|foto|source|video|illustration|graphic)(?: credits?| by)?\s*:|"
    r"(?:©|\(c\)\s|copyright\b)|"
    r".{0,80}(?:/|\||via )\s*(?:ap|afp|reuters|epa|dpa|getty|getty images|pa|shutterstock|imago|tass|anadolu)\W*$",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"(?:(?:[Rr]eport(?:ing|ed)|[Ee]dit(?:ing|ed)|[Ww]ritten|[Cc]ompiled) )?"
    r"[Bb]y(?:,? (?:and |in |of )?[A-Z][\w.'’-]*){1,8}$|"
    r"[a-z]{2,6}(?:/[A-Za-z]{2,10}){1,6}$|"
    r"\(?(?:AP|AFP|Reuters|dpa|PA|CNN|UPI)\)?$|"
    r"[\w.-]+@[\w.-]+$"
)
BOILERPLATE = re.compile(
    r"(?:enlarge|open|show|view|close)\s+(?:image|picture|gallery|full ?screen|larger|caption)|"
    r"(?:read|see|watch|learn|load|show|click|tap)\s+(?:more|also|on|next|here|comments|all)\b|"
    r"related(?: articles?| stor(?:y|ies)| topics?| content|:)|advertisement|sponsored|"
    r"share(?: this| on| via|$)|follow (?:us|\w+ on)|sign up|subscribe|log ?in|newsletter|comments?$|"
    r"most (?:read|popular|viewed)|(?:story|article) continues|continue reading|"
    r"(?:facebook|twitter|whatsapp|e-?mail|print|copy link|save|tags?|topics?|update[ds]?|published|last updated)"
    r"(?:\s*[:|•·].*)?$|"
    r"cookies?\b|all rights reserved|terms of (?:use|service)|privacy policy",
    re.IGNORECASE,
)
CAPTION_WORDS = re.compile(
    r"^(?:file ?(?:photo|image|picture)?|caption|pictured|above|left|right)\s*[:–—-]", re.IGNORECASE
)
ENDS_SENTENCE = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")

SHORT = 15
"""A line of more words than this that ends in no full stop is taken for body text all the same."""


def kinds(paragraphs: Sequence[str]) -> list[ParagraphKind]:
    """The kind of each paragraph of a text, in order."""
    found = [_kind(paragraph) for paragraph in paragraphs]
    for i, kind in enumerate(found[:-1]):
        if kind is ParagraphKind.HEADING and found[i + 1] is ParagraphKind.CREDIT:
            found[i] = ParagraphKind.CAPTION
    return found


def _kind(paragraph: str) -> ParagraphKind:
    if len(paragraph) < 200:
        if BOILERPLATE.match(paragraph) and not (ENDS_SENTENCE.search(paragraph) and paragraph.count(" ") > 6):
            return ParagraphKind.BOILERPLATE
        if CREDIT.match(paragraph):
            return ParagraphKind.CREDIT
        if BYLINE.match(paragraph):
            return ParagraphKind.BYLINE
        if CAPTION_WORDS.match(paragraph):
            return ParagraphKind.CAPTION
        if not ENDS_SENTENCE.search(paragraph) and paragraph.count(" ") < SHORT:
            return ParagraphKind.HEADING
    return ParagraphKind.BODY
