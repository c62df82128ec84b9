"""Who appears in an article: every name that is one person's or organisation's, and where it stands.

A full name gathers the surnames, titles and offices used for it elsewhere in the article; two people of one
surname stay two, and a bare surname goes to the one named so before, else to the one named more often.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from archive.extract import mentions, units
from archive.extract.mentions import Mention
from archive.extract.places import NameKind, Place
from archive.extract.residue import ParagraphKind
from archive.extract.text import Document
from archive.extract.units import Gender, Unit, UnitKind, Words
from archive.model import ActorKind, fold

READ = frozenset({ParagraphKind.BODY, ParagraphKind.HEADING, ParagraphKind.CAPTION})
_SUBJECT_WITHIN = 5
_LINKED = re.compile(r" (?:of|for|to|in|at|from) ")
_HEADLINE = 0.7
_FEW = 64
_SEAT_WEIGHT = 3
_DOMINANT = 0.6
_HEADLINE_WORDS = 5
_STOPS = frozenset(".!?…")


@dataclass(slots=True)
class Figure:
    """One person, organisation or country of the article, as its mentions together describe it."""

    name: str
    kind: ActorKind
    role: str | None = None
    rank: str = ""
    place: Place | None = None
    tie: Place | None = None
    principal: str | None = None
    former: bool = False
    gender: Gender = ""
    plural: bool = False
    seen: list[int] = field(default_factory=list)

    def learn(self, mention: Mention) -> None:
        """Add what one more mention tells; what is known already stays."""
        self.seen.append(mention.first)
        self.gender = self.gender or mention.gender
        if len(mention.name) > len(self.name) and self.kind is ActorKind.PERSON:
            self.name = mention.name
        if mention.role and (self.role is None or (self.tie is None and mention.tie and not self.former)):
            self.role, self.rank, self.former = mention.role, mention.rank, mention.former
            self.tie, self.principal = mention.tie, mention.principal


@dataclass(frozen=True, slots=True)
class Appearance:
    """A figure at a token; ``subject`` where it opens a sentence or speaks."""

    token: int
    sentence: int
    figure: Figure
    subject: bool
    quoted: bool


@dataclass(slots=True)
class Roll:
    """The figures of an article by name, by each end of their name, and by the last word of their office.

    Under one word no more than ``_FEW`` figures are looked at, so that reading stays linear in any text.
    """

    by_name: dict[str, Figure] = field(default_factory=dict)
    by_part: dict[str, list[Figure]] = field(default_factory=dict)
    by_office: dict[str, list[Figure]] = field(default_factory=dict)

    def add(self, key: str, figure: Figure) -> None:
        """Enter a new figure under the name by which it is known."""
        self.by_name[key] = figure
        parts = _parts(figure.name)
        for part in {parts[0], parts[-1]} if parts else ():
            self.by_part.setdefault(part, []).append(figure)

    def named(self, parts: Sequence[str]) -> list[Figure]:
        """Those whose names begin or end with one of these words, at most a few, the first entered first."""
        ends = dict.fromkeys((parts[-1], parts[0])) if parts else {}
        return [figure for part in ends for figure in self.by_part.get(part, ())[:_FEW]]

    def in_office(self, office: str) -> list[Figure]:
        """Those whose office ends in the same word, at most a few, the first entered first."""
        return self.by_office.get(_folded(office).split(" ")[-1], [])[:_FEW]

    def install(self) -> None:
        """Enter all under the offices that their mentions have told, and put their mentions in order."""
        for figure in self.by_name.values():
            figure.seen.sort()
            if figure.role and figure.kind is ActorKind.PERSON:
                self.by_office.setdefault(_office_head(figure.role).split(" ")[-1], []).append(figure)


@dataclass(frozen=True, slots=True)
class Cast:
    """The figures of one article and their appearances, in the order of the text."""

    document: Document
    words: Words
    appearances: tuple[Appearance, ...]
    lines: dict[int, list[Unit]]
    by_token: dict[int, tuple[Mention, Figure]]
    roll: Roll
    starts: tuple[int, ...]
    names: frozenset[str]
    dominant: Place | None

    def sentence_of(self, token: int) -> int:
        """The number of the sentence that a token stands in."""
        return bisect_right(self.starts, token) - 1

    def before(self, token: int) -> Iterator[Appearance]:
        """The appearances before a token, the nearest first."""
        for index in range(bisect_left(self.appearances, token, key=lambda a: a.token) - 1, -1, -1):
            yield self.appearances[index]

    def at(self, first: int, last: int) -> tuple[Mention, Figure] | None:
        """The named figure whose name overlaps tokens ``first`` to before ``last``, the earliest."""
        return next((self.by_token[i] for i in range(first, last) if i in self.by_token), None)

    def called(self, name: str) -> Figure | None:
        """The figure whose name this is, or ends or begins with it."""
        wanted = _parts(name)
        return next((f for f in self.roll.named(wanted) if _agrees(_parts(f.name), wanted)), None)

    def holder(self, office: str, tie: Place | None, before: int) -> Figure | None:
        """Who holds an office in this article: the last one named so before a token, else the first after it."""
        fitting = [f for f in self.roll.in_office(office) if _fits(f, office, tie)]
        earlier = [f for f in fitting if f.seen[0] < before]
        if earlier:
            return max(earlier, key=lambda f: f.seen[bisect_left(f.seen, before) - 1])
        return min(fitting, key=lambda f: f.seen[0], default=None)


def _fits(figure: Figure, office: str, tie: Place | None) -> bool:
    if tie and figure.tie and tie.name != figure.tie.name:
        return False
    return f" {_office_head(figure.role or '')}".endswith(f" {_folded(office)}")


def _office_head(role: str) -> str:
    return _LINKED.split(_folded(role), maxsplit=1)[0]


def read(document: Document, words: Words, quoted: Sequence[tuple[int, int]]) -> Cast:
    """Gather the cast of a document; ``quoted`` are the code-point ranges inside quotation marks."""
    names = frozenset(t.text for t in document.tokens if t.tag == "NNP" and t.text[0].isupper())
    lines = {
        number: units.units(document, words, sentence.first, sentence.last, names)
        for number, sentence in enumerate(document.sentences)
        if document.paragraphs[sentence.paragraph].kind in READ
    }
    told = {number: line for number, line in lines.items() if not _headline(document, line)}
    found = [(number, m) for number, line in told.items() for m in mentions.named(document, words, line)]
    roll = Roll()
    by_token: dict[int, tuple[Mention, Figure]] = {}
    appearances: list[Appearance] = []
    for number, mention, figure in _gathered(found, roll):
        by_token.update(dict.fromkeys(range(mention.first, mention.last), (mention, figure)))
        subject = _opens(document, lines[number], mention)
        inside = _inside(document.tokens[mention.first].start, quoted)
        appearances.append(Appearance(mention.first, number, figure, subject, inside))
    roll.install()
    appearances.sort(key=lambda a: a.token)
    starts = tuple(s.first for s in document.sentences)
    return Cast(document, words, tuple(appearances), lines, by_token, roll, starts, names, _dominant(lines))


def _dominant(lines: dict[int, list[Unit]]) -> Place | None:
    """The country whose institutions, adjectives and name make up most of what the article names, if any is."""
    weight: Counter[str] = Counter()
    places: dict[str, Place] = {}
    for line in lines.values():
        for unit in line:
            if unit.kind is UnitKind.PLACE and unit.place and unit.place.country:
                weight[unit.place.name] += _SEAT_WEIGHT if unit.place.form is NameKind.SEAT else 1
                places.setdefault(unit.place.name, unit.place)
    if not weight:
        return None
    name, most = weight.most_common(1)[0]
    return places[name] if most >= _SEAT_WEIGHT and most >= _DOMINANT * weight.total() else None


def _headline(document: Document, line: Sequence[Unit]) -> bool:
    """Whether a line has capitals on nearly every longer word, and no full stop or many: there they tell no names."""
    tokens = (t for u in line for t in document.tokens[u.first : u.last])
    said = [t for t in tokens if len(t.text) > len("the") and t.text[0].isalpha()]
    capitals = sum(t.text[0].isupper() for t in said)
    stopped = not line or document.tokens[line[-1].last - 1].text[-1] in _STOPS
    return len(said) >= (_HEADLINE_WORDS + 3 if stopped else _HEADLINE_WORDS) and capitals >= _HEADLINE * len(said)


def _inside(offset: int, ranges: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(ranges, (offset, 1 << 60)) - 1
    return at >= 0 and ranges[at][0] <= offset < ranges[at][1]


def _opens(document: Document, line: Sequence[Unit], mention: Mention) -> bool:
    """Whether the mention is near enough to the sentence's beginning to be its subject, and nobody's possessor."""
    after = document.tokens[mention.last].lower if mention.last < len(document.tokens) else ""
    if after in {"'s", "’s"}:
        return False
    if mention.first - line[0].first > _SUBJECT_WITHIN:
        return False
    return not any(u.kind is UnitKind.LINK and u.first < mention.first for u in line[: _SUBJECT_WITHIN + 1])


def _gathered(found: Sequence[tuple[int, Mention]], roll: Roll) -> Iterable[tuple[int, Mention, Figure]]:
    """Every mention with its figure: full names first, so that a surname may precede its full name."""
    full = [(n, m) for n, m in found if " " in m.name or m.place]
    short = [(n, m) for n, m in found if not (" " in m.name or m.place)]
    for number, mention in full:
        figure = _known(roll, mention) or _new(mention, roll)
        figure.learn(mention)
        yield number, mention, figure
    frequency = Counter({id(f): len(f.seen) for f in roll.by_name.values()})
    for number, mention in short:
        figure = _by_surname(roll, mention, frequency) or _known(roll, mention) or _new(mention, roll)
        figure.learn(mention)
        yield number, mention, figure


def _key(mention: Mention) -> str:
    """The name under which a mention's figure is entered: a place's usual one, else its own."""
    place = mention.place
    return place.name if place and place.form is not NameKind.SEAT else _folded(mention.name)


def _known(roll: Roll, mention: Mention) -> Figure | None:
    key = _key(mention)
    if key in roll.by_name or mention.place or mention.rank == "organisation":
        return roll.by_name.get(key)
    parts = _parts(mention.name)
    people = (f for f in roll.named(parts) if f.kind is ActorKind.PERSON)
    return next((f for f in people if _same_person(_parts(f.name), parts)), None)


def _same_person(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two full names are one person's: equal first and last words ("Ada B. Quill", "Ada Quill")."""
    return len(a) > 1 and len(b) > 1 and a[0] == b[0] and a[-1] == b[-1]


def _new(mention: Mention, roll: Roll) -> Figure:
    place = mention.place
    if place and place.form is NameKind.SEAT:
        figure = Figure(units.bare(mention.name), ActorKind.ORGANISATION, place=place, gender="n")
    elif place:
        kind = ActorKind.COUNTRY if place.country else ActorKind.ORGANISATION
        figure = Figure(place.name, kind, place=place, gender="n")
    elif mention.rank == "organisation":
        figure = Figure(mention.name, ActorKind.ORGANISATION, rank=mention.rank, gender="n")
    else:
        figure = Figure(mention.name, ActorKind.PERSON)
    roll.add(_key(mention), figure)
    return figure


def _by_surname(roll: Roll, mention: Mention, frequency: Counter[int]) -> Figure | None:
    wanted = _parts(mention.name)
    fitting = [
        f
        for f in roll.named(wanted)
        if f.kind is ActorKind.PERSON
        and " " in f.name
        and (_parts(f.name)[-1] == wanted[-1] or (f.gender and _parts(f.name)[0] == wanted[0]))
        and not (f.gender and mention.gender and f.gender != mention.gender)
    ]
    surnamed = [f for f in fitting if _parts(f.name)[-1] == wanted[-1]]
    candidates = surnamed or fitting
    before = [f for f in candidates if f.seen[0] < mention.first]
    if len(candidates) > 1 and not mention.gender:
        return max(before or candidates, key=lambda f: frequency[id(f)])
    nearest = before or candidates
    return nearest[-1] if nearest else None


@lru_cache(maxsize=1 << 13)
def _folded(name: str) -> str:
    return fold(name)


def _parts(name: str) -> tuple[str, ...]:
    return tuple(_folded(name).split())


def _agrees(full: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted or not full:
        return False
    return list(full[-len(wanted) :]) == list(wanted) or list(full[: len(wanted)]) == list(wanted)
