"""Where words, sentences and paragraphs begin and end: one pass over the text, linear whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")

QUOTE_MARKS = frozenset("\"“”„‟«»‹›'‘’‚‛`") | {"''", "``"}
CLOSING_BRACKETS = frozenset(")]}")
TERMINALS = frozenset({".", "!", "?", "…", "...", "....", "?!", "!?", "!!", "??", "。", "！", "？"})
DASHES = frozenset({"-", "--", "---", "–", "—", "―"})

LONGEST = 64
"""No word is longer than this many code points: a run without a space is cut, so that lookahead stays bounded."""

LONGEST_SENTENCE = 120
"""Words after which a sentence is taken to end: what looks at a whole sentence may then cost its square."""

_WORD = r"[^\W_]"

PLAIN = r"(?<!\w)[A-Za-z][a-z]{0,30}(?![\w'’.+@:/&‐‑-])"
"""Most words, ahead of what is rarer: letters that nothing follows which could make more of them."""


class Word(NamedTuple):
    """One word or mark with its place in the text."""

    start: int
    end: int
    text: str


class Token(NamedTuple):
    """A word or mark: code points ``start`` to ``end`` of the text, its words, and its part of speech."""

    start: int
    end: int
    text: str
    lower: str
    tag: str


def pattern(abbreviations: Iterable[str]) -> re.Pattern[str]:
    """The tokenizer of a language: alternatives in order of precedence, each bounded in length."""
    known = "|".join(sorted((re.escape(a) for a in abbreviations), key=len, reverse=True))
    return re.compile(
        "|".join(
            (
                PLAIN,
                r"(?:https?://|www\.)[^\s<>\"“”]{1,200}(?<![.,;:!?)'’])",
                r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}",
                r"(?<!\w)[A-Z]-(?:[A-Z][a-z]{1,4}|[A-Z]\.[A-Z])\.(?=[),])",
                rf"(?<!\w)(?:{known})\.(?!\w)" if known else r"(?!)",
                r"(?<!\w)(?:[^\W\d_]\.){2,8}(?:[^\W\d_](?!\w))?",
                r"(?<!\w)[A-Z]\.(?=\s[A-Z])",
                rf"\d{{1,20}}(?:[-‐‑](?=[^\W\d_]){_WORD}{{1,{LONGEST}}}){{1,4}}",
                r"\d{1,20}(?:[.,:/]\d{1,20}){0,6}(?:st|nd|rd|th|s)?(?![^\W\d_])",
                rf"{_WORD}{{1,{LONGEST}}}?(?=[nN]['’][tT](?!\w))",
                r"[nN]['’][tT](?!\w)",
                r"(?<=\w)['’](?:s|re|ve|ll|d|m|S|RE|VE|LL|D|M)(?!\w)",
                rf"(?:['’](?=\d0s|em\b|til\b|cause\b))?{_WORD}(?:{_WORD}|[-‐‑&/](?={_WORD})|['’](?!(?:s|re|ve|ll|d|m|S|t)\b)(?={_WORD}{_WORD})){{0,{LONGEST}}}",
                r"\.{2,64}|[?!]{2,64}|-{2,3}|(?<=[\w.,!?])'(?=''(?!'))|''|``",
                r"[@#]\w{1,64}",
                r"[^\w\s]|_",
            )
        )
    )


def words(text: str, start: int, end: int, tokenizer: re.Pattern[str]) -> list[Word]:
    """The words and marks of ``text[start:end]``."""
    return [Word(m.start(), m.end(), m.group()) for m in tokenizer.finditer(text, start, end)]


def lines(text: str) -> Iterator[tuple[int, int]]:
    """The non-blank lines, without the white space around them; a wrapped line is joined to the one it continues.

    A line continues the previous one where only one line break separates them, the previous one does not end a
    sentence and this one begins in lower case.
    """
    held: tuple[int, int] | None = None
    for match in LINE.finditer(text):
        start, end = _trimmed(text, match.start(), match.end())
        if start >= end:
            continue
        if held and _continues(text, held[1], start):
            held = (held[0], end)
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _continues(text: str, before: int, start: int) -> bool:
    if not text[start].islower() or text[before - 1] in '.!?…:"”»':
        return False
    gap = text[before : min(start, before + 200)]
    return gap.replace("\r\n", "\n").count("\n") == 1


class Breaks(NamedTuple):
    """What a language says about sentence ends: abbreviations that never end one, and words that begin one."""

    titles: frozenset[str]
    abbreviations: frozenset[str]
    starters: frozenset[str]


def sentences(found: Sequence[Word], breaks: Breaks) -> list[tuple[int, int]]:
    """Half-open ranges of words, one a sentence; together they cover all of ``found``."""
    ranges: list[tuple[int, int]] = []
    first = i = 0
    while i < len(found):
        i += 1
        word = found[i - 1].text
        if i - first >= LONGEST_SENTENCE:
            ranges.append((first, i))
            first = i
            continue
        if word not in TERMINALS and not word.endswith("."):
            continue
        after = _after_closers(found, i)
        if after == len(found) or _begins(word, found[after], breaks):
            ranges.append((first, after))
            first = i = after
    if first < len(found):
        ranges.append((first, len(found)))
    return ranges


def _after_closers(found: Sequence[Word], i: int) -> int:
    """The first word after the marks that close what ends before ``i``: quotation marks and brackets set close."""
    while i < len(found) and found[i].start == found[i - 1].end:
        if found[i].text not in QUOTE_MARKS and found[i].text not in CLOSING_BRACKETS:
            break
        i += 1
    return i


def _begins(terminal: str, following: Word, breaks: Breaks) -> bool:
    """Whether a sentence may begin at ``following`` after a word or mark that may end one."""
    text = following.text
    if terminal in TERMINALS:
        return not text[0].islower() and text not in {",", ";", ":", ")", *DASHES}
    bare = terminal[:-1].lower()
    if bare in breaks.titles or (len(bare) == 1 and bare.isalpha()):
        return False
    return text[0].isupper() and text.lower() in breaks.starters
