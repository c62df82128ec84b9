"""What of an article's words counts when edits are told: all but what changes by itself. Pure.

Pages and feeds carry lines that differ at every visit though nobody has edited anything: when the page was last
updated, how often it was shared, how long it takes to read, a token against caching. They stay in the stored text;
only the comparison leaves them out. Words inside a sentence always count.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_LINE = 120
"""Characters up to which a line can be one of those that change by themselves."""

_MONTHS = (
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september"
    " october november december"
)
_DAYS = "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday"
_TELLING = frozenset((_MONTHS + " " + _DAYS + " updated modified published posted edited revised ago").split())
_FILLER = (
    "last first on at of the and gmt utc bst cet cest est edt pst pdt cst cdt mst mdt ist am pm a.m p.m local time"
    " second seconds minute minutes min mins hour hours hr hrs day days week weeks month months"
)
_FILLING = frozenset(_FILLER.split())
_NUMBER = re.compile(r"\d{1,4}(?:st|nd|rd|th|h)?|\d{1,2}(?:am|pm)")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:am|pm|z)?|\d{4}-\d{2}-\d{2}(?:t[\d:.]+(?:z|[+-]\d{2}:?\d{2})?)?")
_SLASHED = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")

_MANY = r"\d[\d.,]*\s?[km]?\+?"
_COUNTED = r"(?:shares?|likes?|views?|comments?|reactions?|retweets?|reposts?|tweets?|claps|reads)"
_COUNTER = re.compile(
    rf"(?:(?:{_MANY}\s*)?{_COUNTED}(?:\s*:)?(?:\s*{_MANY})?"
    rf"|share(?: this)?(?: article| story| post| page)?\s*:?\s*{_MANY}"
    rf"|{_MANY}\s*(?:people )?(?:have )?(?:shared|liked|read|viewed|reacted to)(?: this(?: article| story| post)?)?"
    rf"|(?:reading time:?\s*)?{_MANY}[\s-]*(?:min|mins|minute|minutes)(?: read)?|reading time:?\s*{_MANY}\s*min\w*)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[·|•]\s*|\s{2,}")
_NONCE = re.compile(
    r"\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16,})\b", re.IGNORECASE
)
_DATELINE = re.compile(
    r"\A(?P<place>[A-Z][^\n()\d—–]{1,60}?,?)\s+(?:\d{1,2}\s+)?(?:"
    + "|".join(name.title() for name in _MONTHS.split())
    + r")\.?(?:\s+\d{1,2})?(?:,?\s+\d{4})?(?P<rest>\s*(?:\([^()\n]{1,40}\)\s*)?[—–-])"
)


def substance(text: str) -> str:
    """The words that count, parted by single blanks: in NFC, without date lines, counters and random tokens.

    Where nothing would be left, all words count.
    """
    plain = unicodedata.normalize("NFC", text)
    dated = _DATELINE.sub(r"\g<place>\g<rest>", plain)
    lines = (line for line in dated.splitlines() if not _changes_by_itself(line))
    kept = " ".join(_NONCE.sub("", " ".join(lines)).split())
    return kept or " ".join(plain.split())


def _changes_by_itself(line: str) -> bool:
    """Whether a line is nothing but a date or counters."""
    tidy = line.strip()
    if not tidy or len(tidy) > LONGEST_LINE or not (tidy[0].isdigit() or tidy[0].isalpha()):
        return False
    return _is_date(tidy) or all(_COUNTER.fullmatch(piece) for piece in _BETWEEN.split(tidy) if piece)


def _is_date(line: str) -> bool:
    """Whether a line holds nothing but the words and numbers of dates and times, and at least one that tells so."""
    clocks = telling = numbers = False
    for spaced in line.lower().split():
        word = spaced.strip("|·•,;:()–—-.")
        if _CLOCK.fullmatch(word) or _SLASHED.fullmatch(word):
            clocks = True
        elif word in _TELLING:
            telling = True
        elif word and word not in _FILLING and not _NUMBER.fullmatch(word):
            return False
        numbers = numbers or word[:1].isdigit()
    return clocks or (telling and numbers)
