"""A statement in tokens, and whose will and attitude its words tell: the speaker's side's, or somebody else's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.extract.indexed import Index
from archive.extract.operators import Kind, Lexicon, Operator
from archive.extract.phrases import tokens_of
from archive.extract.topics import Hit
from archive.model import ActorKind, Statement, StatementKind, fold

_SUBJECT_WITHIN = 10
_GOES_ON = 15
_ENDING = frozenset({",", ":", ".", "DASH", "QUOTE", "-LRB-", "-RRB-", "VBZ", "VBD", "VBP", "MD", "WP", "WDT", "WRB"})
_FIRST_PERSON = frozenset({"i", "we", "me", "us", "my", "our"})
_IMPERSONAL = frozenset({"it", "its", "there", "one"})
_GENDER = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}
_SOME = frozenset({"many", "some", "most", "few", "others", "all", "none", "both", "those", "several"})
_CONJUNCTIONS = frozenset(
    {
        "that",
        "because",
        "if",
        "while",
        "although",
        "though",
        "since",
        "as",
        "whether",
        "before",
        "after",
        "until",
        "than",
    }
    | {"unless", "when", "so", "for", "like", "unlike"}
)
_INQUIRING = frozenset({"ask", "wonder", "inquir"})
_JUDGMENTS = frozenset({Kind.GOOD, Kind.BAD})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_VERBAL = _FINITE | {"VB", "VBN", "VBG", "RB"}
_AND = frozenset({"and", "but", "or"})
_OWN_WILL = frozenset({Kind.WILL, Kind.INTEND, Kind.SUPPORT, Kind.OPPOSE, Kind.UNDECIDED, Kind.MAY})


@dataclass(frozen=True, slots=True)
class Passage:
    """A statement in tokens: its cue, the sentences of its content, and who its side is."""

    index: Index
    statement: Statement
    cue: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    names: frozenset[str]
    speaker: tuple[int, int]

    @classmethod
    def of(cls, index: Index, statement: Statement) -> Passage:
        """Lay a statement out over the tokens of its document."""
        document = index.document
        cue = tuple(tokens_of(document, span) for span in statement.cue)
        content = [tokens_of(document, span) for span in statement.content]
        if content and statement.kind is not StatementKind.DIRECT:
            content[-1] = content[-1][0], _extended(index, *content[-1])
        sentences = tuple(s for span in content for s in _cut(index, *span))
        actor = statement.actor
        named = (actor.name if actor else "", actor.country if actor else "", statement.speaks_for or "")
        names = frozenset(word for name in named for word in fold(name or "").split())
        return cls(index, statement, cue, sentences, names, tokens_of(document, statement.speaker))

    def spoken_by(self, hit: Hit) -> bool:
        """Whether a mention reaches into the speaker's own name: then it is about what the speaker does."""
        first, last = self.speaker
        return hit.first < last and hit.last > first

    @property
    def direct(self) -> bool:
        """Whether the content is the speaker's own words."""
        return self.statement.kind is StatementKind.DIRECT

    def opens_with_itself(self, first: int) -> bool:
        """Whether an "it" that a reported content begins with is the speaker: "the ministry said it was opposed"."""
        actor = self.statement.actor
        body = actor is not None and actor.kind in (ActorKind.ORGANISATION, ActorKind.COUNTRY)
        return body and not self.direct and self.index.document.tokens[first].lower == "it"

    def asks(self, first: int, last: int) -> bool:
        """Whether a sentence of the content only asks."""
        tokens = self.index.document.tokens
        told = self.index.tags[first] == "TO"  # "asked the council to act" asks nothing
        inquired = not told and any(self.index.stems[i] in _INQUIRING for a, b in self.cue for i in range(a, b))
        return (
            inquired or tokens[first].lower == "whether" or tokens[last - 1].text == "?" or _question_after(self, last)
        )


def _question_after(passage: Passage, last: int) -> bool:
    tokens = passage.index.document.tokens
    return last < len(tokens) and tokens[last].text == "?"


def _extended(index: Index, first: int, last: int) -> int:
    """The end of a reported content with the rest of its phrase: what follows without a pause or another verb."""
    _, end = index.sentence(max(first, last - 1))
    for i in range(last, min(end, last + _GOES_ON)):
        apposed = index.tags[i] == "," and index.tags[i - 1] == "NN" and index.tags[i + 1 : i + 2] == ("NNP",)
        if index.tags[i] in _ENDING and not apposed:
            return i
    return min(end, last + _GOES_ON)


def _cut(index: Index, first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last:
        _, end = index.sentence(first)
        yield first, min(end, last)
        first = end


def foreign(lexicon: Lexicon, passage: Passage, operator: Operator, low: int, hit: Hit) -> bool:
    """Whether somebody else than the speaker's side supports, opposes or will do what an operator says."""
    index = passage.index
    if operator.kind in _JUDGMENTS:
        named = next((i for i in range(operator.first, low, -1) if index.stems[i] in lexicon.naming), None)
        at = subject(index, named, low) if named else None
        return at is not None and not hit.first <= at < hit.last and not _own(lexicon, passage, at, low)
    if operator.kind not in _OWN_WILL or performs(lexicon, passage):
        return False
    noun = index.tags[operator.first].startswith("NN") and operator.last - operator.first == 1
    at = (_possessor if noun else subject)(index, operator.first, low)
    if at is None:
        return noun and operator.kind is not Kind.UNDECIDED and operator.first > low + 1
    if operator.kind is Kind.MAY and (not index.tags[at].startswith("NNP") or index.stems[operator.first] == "cannot"):
        return False  # What cannot be is the speaker's judgement, whoever cannot.
    return not hit.first <= at < hit.last and not _own(lexicon, passage, at, low)


def of_others(lexicon: Lexicon, passage: Passage, low: int) -> bool:
    """Whether a clause that begins at ``low`` tells of somebody else: "some who would scrap the toll"."""
    index = passage.index
    if low >= len(index.tags) or index.document.tokens[low].lower != "who":
        return False
    at = subject(index, low, index.sentence(low)[0])
    return at is not None and not _own(lexicon, passage, at, index.sentence(low)[0])


def told_by_others(lexicon: Lexicon, passage: Passage, clause: tuple[int, int], hit: Hit) -> bool:
    """Whether the words before a mention say that somebody else says it: "a lot of people say the toll should go"."""
    index = passage.index
    for i in range(clause[0], min(hit.first, clause[1])):
        if index.stems[i] in lexicon.saying and index.tags[i] in _FINITE:
            at = subject(index, i, clause[0])
            nobody = at is not None and index.stems[at] in lexicon.negators
            if at is not None and not nobody and not _own(lexicon, passage, at, clause[0]):
                return True
    return False


def _own(lexicon: Lexicon, passage: Passage, at: int, low: int) -> bool:
    """Whether a subject is the speaker, or what the speaker speaks for."""
    tag, lower = passage.index.tags[at], passage.index.document.tokens[at].lower
    if tag in {"PRP", "PRP$", "EX"}:
        return _own_pronoun(passage, at, lower)
    if not tag.startswith("NNP"):
        return tag == "NN" and passage.index.stems[at] in lexicon.own
    first = at
    while first > low and passage.index.tags[first - 1].startswith("NNP"):
        first -= 1
    name = passage.index.document.words(first, at + 1)
    if passage.names.intersection(fold(name).split()):
        return True
    place = lexicon.words.places.find(name)
    return place is not None and place.name == passage.statement.speaks_for


def _own_pronoun(passage: Passage, at: int, lower: str) -> bool:
    """Whether a pronoun is the speaker: "we" always; "he" in reported speech, unless somebody else was named first."""
    if lower in _FIRST_PERSON or lower in _IMPERSONAL:
        return True
    actor = passage.statement.actor
    several = actor is not None and actor.kind in (ActorKind.GROUP, ActorKind.ORGANISATION, ActorKind.COUNTRY)
    mismatched = _other_gender(passage, lower) or (several and lower in _GENDER)
    if passage.direct or lower == "you" or mismatched:
        return False
    start = max(passage.sentences[0][0], passage.index.sentence(at)[0]) if passage.sentences else at
    tokens = passage.index.document.tokens
    named = (fold(tokens[i].text) for i in range(start, at) if passage.index.tags[i].startswith("NNP"))
    return all(name in passage.names for name in named)


def _other_gender(passage: Passage, lower: str) -> bool:
    """Whether the speaker was "she" and the pronoun is "he", or the other way round."""
    first, last = passage.speaker
    spoke = _GENDER.get(passage.index.document.tokens[first].lower) if last - first == 1 else None
    return spoke is not None and _GENDER.get(lower, spoke) != spoke


def performs(lexicon: Lexicon, passage: Passage) -> bool:
    """Whether the cue is itself an act ("announced", "ordered"): then what will be done is the speaker's will."""
    return any(passage.index.stems[i] in lexicon.performing for a, b in passage.cue for i in range(a, b))


def subject(index: Index, at: int, low: int) -> int | None:
    """The nearest noun, name or pronoun before a verb, back to its clause's beginning; that of a verb joined to it."""
    joined = _joined_to(index, at, low)
    if joined is not None:
        return subject(index, joined, low)
    for i in range(at - 1, max(low, at - _SUBJECT_WITHIN) - 1, -1):
        if index.tags[i] in {"WP", "WDT"}:
            return None
        some = index.document.tokens[i].lower in _SOME and not index.tags[i + 1].startswith("NN")
        if index.tags[i].startswith("NN") and _after_preposition(index, i, low):
            continue
        if some or index.tags[i] in {"PRP", "PRP$", "EX"} or index.tags[i].startswith("NN"):
            return i
    return None


def _joined_to(index: Index, at: int, low: int) -> int | None:
    """The finite verb before an "and" that a verb stands right after: "weighed both sides and had not decided"."""
    i = at
    while i > low and (index.tags[i - 1] in _VERBAL or index.stems[i - 1] == "be"):
        i -= 1
    if i <= low or index.document.tokens[i - 1].lower not in _AND or index.tags[i] not in _FINITE:
        return None
    return next((j for j in range(i - 2, low - 1, -1) if index.tags[j] in _FINITE), None)


def _after_preposition(index: Index, i: int, low: int) -> bool:
    """Whether a noun stands in a prepositional phrase, and so is no subject: "in good conscience"."""
    while i > low and index.tags[i - 1].startswith(("NN", "JJ", "DT", "PRP$", "CD")):
        i -= 1
    return i > low and index.tags[i - 1] == "IN" and index.document.tokens[i - 1].lower not in _CONJUNCTIONS


def _possessor(index: Index, at: int, low: int) -> int | None:
    """Whose support or criticism a noun is: "his support", "Quill's criticism"."""
    for i in range(at - 1, max(low, at - 3) - 1, -1):
        if index.tags[i] == "PRP$":
            return i
        if index.tags[i] == "POS":
            return subject(index, i, low)
    return None


def first_person(index: Index, at: int, low: int) -> bool:
    """Whether the subject of a verb is "I" or "we"."""
    found = subject(index, at, low)
    return found is not None and index.document.tokens[found].lower in _FIRST_PERSON
