"""Article text → statements: pure functions over the text, no input or output but the packs' data files.

The stages, in order: ``text`` cuts and tags, ``attribution`` finds who is said to say what, ``speakers`` tells
whom the source's words stand for; ``stance`` assesses statements on topics and is called separately.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from archive import model
from archive.extract import attribution, gate, lexicon, speakers
from archive.extract import text as texts

EXTRACTOR = "rules@4"
"""Name and version of what reads here; it changes whenever the same text may yield other statements."""

supported = lexicon.supported


class Extractor(Protocol):
    """The hook for another way to read (a parser, a language model): its name and version, and the reading itself."""

    @property
    def name(self) -> str:
        """``name@version``; part of every event that rests on its readings."""

    def read(self, text: str, *, published: date | None = None, language: str = "en") -> model.Reading:
        """The statements in ``text``, ordered by where their content begins."""


class Rules:
    """The extractor of this package: rules and lexicon over our own tokens."""

    name = EXTRACTOR

    def read(self, text: str, *, published: date | None = None, language: str = "en") -> model.Reading:
        """As :func:`read`."""
        return read(text, published=published, language=language)


def read(text: str, *, published: date | None = None, language: str = "en") -> model.Reading:
    """The statements in ``text``; none, if the language has no pack (ask :func:`supported` and say so aloud).

    ``published`` anchors what the text says about days ("on Monday evening").
    """
    if not lexicon.supported(language):
        return model.Reading(extractor=EXTRACTOR, statements=())
    document = texts.analyse(text, lexicon.base(language))
    found = speakers.resolve(document, attribution.find_more(document), published)
    sure = tuple(one for one in found if one.confidence >= gate.THRESHOLD)
    in_passing = tuple(one for one in found if one.confidence < gate.THRESHOLD)
    return model.Reading(extractor=EXTRACTOR, statements=sure, in_passing=in_passing)


def read_text(text: str) -> model.Reading:
    """The statements in an English text: :func:`read` in a form that worker processes can be handed."""
    return read(text)
