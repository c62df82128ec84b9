"""Text → tokens, sentences and paragraphs, every offset into the text as it was given.

Nothing is normalised away: ``text[token.start:token.end] == token.text`` holds for every token, whatever
the text contains. Tags are the parts of speech of the Penn Treebank as the English Web Treebank uses them
(``NNP`` proper noun, ``VBD`` past tense, ``PRP`` pronoun …), with three simplifications: every quotation
mark is ``QUOTE``, every dash between words ``DASH``, and a hyphenated word is one token with its head's tag.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from archive.extract import cues, lexicon, residue, tagger, tokens
from archive.extract.repair import named, repair
from archive.extract.residue import ParagraphKind
from archive.extract.tokens import Token

__all__ = ["Document", "Paragraph", "ParagraphKind", "Sentence", "Token", "analyse"]


class Sentence(NamedTuple):
    """Tokens ``first`` to before ``last``, in the paragraph with that number."""

    first: int
    last: int
    paragraph: int


class Paragraph(NamedTuple):
    """Code points ``start`` to ``end``, tokens ``first`` to before ``last``, and what it is for."""

    start: int
    end: int
    first: int
    last: int
    kind: ParagraphKind


@dataclass(frozen=True, slots=True)
class Document:
    """A text as it is read. Sentences cover the tokens in order, paragraphs cover the sentences."""

    text: str
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]
    paragraphs: tuple[Paragraph, ...]
    language: str = "en"

    def words(self, first: int, last: int) -> str:
        """The text from token ``first`` to before token ``last``, as it stands."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if first < last else ""


@lru_cache(maxsize=1)
def analyse(text: str, language: str = "en", *, by: tagger.Tagger | None = None) -> Document:
    """Cut ``text`` into paragraphs, sentences and tokens, tagged ``by`` the language's own tagger or another.

    ``language`` must have a pack.
    """
    pack, verbs = lexicon.load(language), cues.load(language).verbs
    tag = (by or tagger.load(language)).tag
    found: list[Token] = []
    same = dict[str, str]().setdefault  # a word that comes again is the same object
    cut: list[Sentence] = []
    paragraphs: list[Paragraph] = []
    bounds = list(tokens.lines(text))
    for (start, end), kind in zip(bounds, residue.kinds([text[a:b] for a, b in bounds]), strict=True):
        first = len(found)
        words = tokens.words(text, start, end, pack.tokenizer)
        for a, b in tokens.sentences(words, pack.breaks):
            cut.append(Sentence(first + a, first + b, len(paragraphs)))
            lowers = [word.text.lower() for word in words[a:b]]
            texts = [word.text for word in words[a:b]]
            tags = repair(lowers, named(texts, tag(texts)), verbs)
            found.extend(
                Token(word.start, word.end, same(word.text, word.text), same(lower, lower), tag)
                for word, lower, tag in zip(words[a:b], lowers, tags, strict=True)
            )
        paragraphs.append(Paragraph(start, end, first, len(found), kind))
    return Document(text, tuple(found), tuple(cut), tuple(paragraphs), language)
