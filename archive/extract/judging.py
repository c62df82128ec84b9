"""One place in a statement that is about a topic → the value that the words over it give.

Operators before the mention stand over it, the cue outermost; where they say nothing, the predicate after it
does ("a toll would be wrong"). Only the clause around the mention counts, and only what the speaker's own side
thinks, wants or will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.extract.operators import CONFIDENCE, Kind, Lexicon, Operator, Value, operators, value
from archive.extract.phrases import tokens_of
from archive.extract.topics import Hit, Index
from archive.model import Span, Stance, Statement, StatementKind, fold

_FOLLOWED_WITHIN = 4
_SUBJECT_WITHIN = 10
_FIRST_PERSON = frozenset({"i", "we", "me", "us", "my", "our"})
_THIRD_PERSON = frozenset({"he", "she", "they", "it", "his", "her", "their", "its"})
_INQUIRING = frozenset({"ask", "wonder", "inquir"})
_CLAIMING = frozenset({"that", "claim", "notion", "idea", "argument", "suggestion", "assertion"})
_OWN_WILL = frozenset({Kind.WILL, Kind.SUPPORT, Kind.OPPOSE, Kind.UNDECIDED})
_JUDGED = frozenset({Kind.GOOD, Kind.BAD, Kind.NOT_NOW, Kind.UNDECIDED})
_EXCLUDING = frozenset({"not", "no", "without"})
_MODAL = frozenset({Kind.MUST, Kind.WILL, Kind.MAY})
_ASKABLE = frozenset({Stance.SUPPORT, Stance.OPPOSE, Stance.OPEN, Stance.NOT_NOW})
_ANSWERING = 0.6
_FOREIGN = Value(Stance.NO_POSITION, 0.5)


@dataclass(frozen=True, slots=True)
class Passage:
    """A statement in tokens: its cue, the sentences of its content, and who its side is."""

    index: Index
    statement: Statement
    cue: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    names: frozenset[str]

    @classmethod
    def of(cls, index: Index, statement: Statement) -> Passage:
        """Lay a statement out over the tokens of its document."""
        document = index.document
        cue = tuple(tokens_of(document, span) for span in statement.cue)
        sentences = tuple(s for span in statement.content for s in _cut(index, *tokens_of(document, span)))
        actor = statement.actor
        named = (actor.name if actor else "", actor.country if actor else "", statement.speaks_for or "")
        names = frozenset(word for name in named for word in fold(name or "").split())
        return cls(index, statement, cue, sentences, names)

    @property
    def direct(self) -> bool:
        """Whether the content is the speaker's own words."""
        return self.statement.kind is StatementKind.DIRECT

    def asks(self, first: int, last: int) -> bool:
        """Whether a sentence of the content only asks."""
        tokens = self.index.document.tokens
        inquired = any(self.index.stems[i] in _INQUIRING for a, b in self.cue for i in range(a, b))
        return (
            inquired or tokens[first].lower == "whether" or tokens[last - 1].text == "?" or _question_after(self, last)
        )


def _question_after(passage: Passage, last: int) -> bool:
    tokens = passage.index.document.tokens
    return last < len(tokens) and tokens[last].text == "?"


def _cut(index: Index, first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last:
        _, end = index.sentence(first)
        yield first, min(end, last)
        first = end


class Judgement(NamedTuple):
    """A value in the direction of the proposition, and the words that limit it."""

    value: Value
    condition: Span | None = None


class Scope(NamedTuple):
    """The clause around a mention, in its sentence, and the operators there; ``cue`` are those of the cue."""

    sentence: tuple[int, int]
    clause: tuple[int, int]
    operators: tuple[Operator, ...]
    cue: tuple[Operator, ...]


def judge(lexicon: Lexicon, passage: Passage, sentence: tuple[int, int], hit: Hit) -> Judgement:
    """What a statement says about the topic at one place in one of its sentences."""
    scope = _scope(lexicon, passage, sentence, hit)
    found = _folded(lexicon, passage, scope, hit)
    if found.stance in _ASKABLE and passage.asks(*sentence):
        return Judgement(Value(Stance.NO_POSITION, 0.5, found.operators))
    found = _momentary(lexicon, passage.index, scope.clause, found)
    found = found if hit.direction == 1 else _turned(found)
    found, condition = _conditional(lexicon, passage.index, sentence, hit, found)
    return Judgement(found._replace(confidence=round(found.confidence * hit.strength, 3)), condition)


def _scope(lexicon: Lexicon, passage: Passage, sentence: tuple[int, int], hit: Hit) -> Scope:
    acting = frozenset(() if hit.action is None else (hit.action,))
    spans = list(passage.cue)
    if spans and spans[-1][1] == sentence[0]:
        sentence = (spans.pop()[0], sentence[1])
    first = next((b for a, b in passage.cue if a == sentence[0]), sentence[0])
    found = operators(lexicon, passage.index, sentence, acting)
    cue = [o for span in spans for o in operators(lexicon, passage.index, span, acting)]
    cue += [o for o in found if o.first < first]
    clause = _clause(lexicon, passage.index, (first, sentence[1]), hit, found)
    within = tuple(o for o in found if clause[0] <= o.first < clause[1] and o.first >= first)
    return Scope((first, sentence[1]), clause, within, tuple(cue))


def _clause(
    lexicon: Lexicon, index: Index, sentence: tuple[int, int], hit: Hit, said: Sequence[Operator]
) -> tuple[int, int]:
    """The part of a sentence around a hit within which nothing else is said."""
    low, high = sentence
    covered = {i for o in said for i in range(o.first, o.last)}
    cuts = [i for i in range(low, high) if i not in covered and _breaks(lexicon, index, i, high)]
    return max((i for i in cuts if i < hit.first), default=low), min((i for i in cuts if i >= hit.last), default=high)


def _breaks(lexicon: Lexicon, index: Index, i: int, high: int) -> bool:
    """Whether a new clause begins at a token: a conjunction, or a pause before a pronoun or another "that"."""
    token = index.document.tokens[i]
    if token.lower in lexicon.breaks:
        return True
    joins = (token.text == "," or token.tag == "CC") and i + 1 < high
    return joins and (index.tags[i + 1] in {"PRP", "EX"} or index.document.tokens[i + 1].lower == "that")


def _folded(lexicon: Lexicon, passage: Passage, scope: Scope, hit: Hit) -> Value:
    index, low = passage.index, scope.clause[0]
    governed = low == scope.sentence[0] and scope.sentence == passage.sentences[0]
    outer = [o for o in scope.cue if governed or o.kind is Kind.SILENT]
    left = [o for o in scope.operators if o.first < hit.last]
    right = [o for o in scope.operators if o.first >= hit.last]
    if any(_foreign(lexicon, passage, o, low, hit) for o in left):
        return _answered(scope, left, governed=governed)
    over = [*outer, *_governing(index, left, hit), *_excluded(lexicon, index, hit, low)]
    found = value(over)
    if not found.stance or _claims(index, over, hit):
        found = value([*over, *_predicate(lexicon, passage, low, right, hit)])
    return found if found.stance else _enacted(passage, scope, left, hit)


def _answered(scope: Scope, left: Sequence[Operator], *, governed: bool) -> Value:
    """What attacking or praising somebody else's stance tells of one's own: a little; reporting it tells nothing."""
    against = [o for o in scope.cue if o.kind in (Kind.OPPOSE, Kind.SUPPORT)]
    theirs = value(left)
    if not against or theirs.stance not in (Stance.SUPPORT, Stance.OPPOSE):
        return _FOREIGN
    found = value([*against, *left])
    return found._replace(confidence=_ANSWERING if governed else _ANSWERING - 0.05)


def _governing(index: Index, left: Sequence[Operator], hit: Hit) -> Iterator[Operator]:
    """The operators before a mention that are over it.

    Not so the modals of some other verb ("we will stay calm about the toll"), and a "possible toll" is only a toll.
    """
    for number, operator in enumerate(left):
        if operator.kind is Kind.OPEN and index.tags[operator.first] == "JJ" and operator.last >= hit.first - 1:
            continue
        if operator.kind in _MODAL:
            following = left[number + 1].first if number + 1 < len(left) else hit.first
            acts = number + 1 < len(left) or hit.action is not None or operator.last - operator.first > 1
            if following - operator.last >= _FOLLOWED_WITHIN or not acts:
                continue
        yield operator


def _excluded(lexicon: Lexicon, index: Index, hit: Hit, low: int) -> Iterator[Operator]:
    """A negation of the mention itself: "bridges, not a wall", "no toll"."""
    i = hit.first - 1
    while i > low and index.tags[i] in {"DT", "PRP$", "JJ"} and index.stems[i] not in lexicon.negators:
        i -= 1
    if i >= low and index.stems[i] in _EXCLUDING:
        yield Operator(Kind.OPPOSE, i, i + 1)


def _claims(index: Index, over: Sequence[Operator], hit: Hit) -> bool:
    """Whether what stands over a mention is about a claim, of which the mention is only the subject."""
    return bool(over) and any(index.stems[i] in _CLAIMING for i in range(over[-1].last, hit.first))


def _predicate(lexicon: Lexicon, passage: Passage, low: int, right: Sequence[Operator], hit: Hit) -> Iterator[Operator]:
    """What is said of a mention after it: judgements, and verbs that are not infinitives of purpose."""
    tags = passage.index.tags
    for number, operator in enumerate(right):
        purpose = operator.first > 0 and tags[operator.first - 1] == "TO" and operator.kind is not Kind.OPEN
        modal = operator.kind in _MODAL and not any(o.kind not in _MODAL for o in right[number + 1 :])
        if modal or (purpose and operator.kind not in _JUDGED):
            continue
        if not _foreign(lexicon, passage, operator, low, hit):
            yield operator


def _enacted(passage: Passage, scope: Scope, left: Sequence[Operator], hit: Hit) -> Value:
    """What the actor does rather than says: the action is the cue itself, or the speaker's side is doing it."""
    if any(o.kind is Kind.ACTION and not o.negated for o in scope.cue):
        return Value(Stance.SUPPORT, CONFIDENCE[Kind.ACTION] + 0.1, scope.cue)
    if hit.action is None or passage.index.tags[hit.action] not in {"VBG", "VBZ", "VBP"}:
        return Value(Stance.NO_POSITION, 0.6)
    subject = _subject(passage.index, hit.action, scope.clause[0])
    if subject is not None and passage.index.document.tokens[subject].lower in _FIRST_PERSON:
        return Value(Stance.SUPPORT, CONFIDENCE[Kind.ACTION], tuple(o for o in left if o.kind is Kind.ACTION))
    return Value(Stance.NO_POSITION, 0.6)


def _foreign(lexicon: Lexicon, passage: Passage, operator: Operator, low: int, hit: Hit) -> bool:
    """Whether somebody else than the speaker's side supports, opposes or will do what an operator says."""
    index = passage.index
    infinitive = operator.first > low and index.tags[operator.first - 1] == "TO"
    if operator.kind not in _OWN_WILL or infinitive or _performs(lexicon, passage):
        return False
    noun = index.tags[operator.first].startswith("NN") and operator.last - operator.first == 1
    at = (_possessor if noun else _subject)(index, operator.first, low)
    if at is None:
        return noun and operator.kind is not Kind.UNDECIDED and operator.first > low + 1
    return not hit.first <= at < hit.last and not _own(lexicon, passage, at, low)


def _own(lexicon: Lexicon, passage: Passage, at: int, low: int) -> bool:
    """Whether a subject is the speaker, or what the speaker speaks for."""
    tag, lower = passage.index.tags[at], passage.index.document.tokens[at].lower
    if tag in {"PRP", "PRP$", "EX"}:
        return lower not in _THIRD_PERSON or not passage.direct or lower in {"it", "its"}
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


def _performs(lexicon: Lexicon, passage: Passage) -> bool:
    """Whether the cue is itself an act ("announced", "ordered"): then what will be done is the speaker's will."""
    return any(passage.index.stems[i] in lexicon.performing for a, b in passage.cue for i in range(a, b))


def _subject(index: Index, at: int, low: int) -> int | None:
    """The nearest noun, name or pronoun before a verb, back to its clause's beginning."""
    for i in range(at - 1, max(low, at - _SUBJECT_WITHIN) - 1, -1):
        if index.tags[i] in {"WP", "WDT"}:
            return None
        if index.tags[i] in {"PRP", "PRP$", "EX"} or index.tags[i].startswith("NN"):
            return i
    return None


def _possessor(index: Index, at: int, low: int) -> int | None:
    """Whose support or criticism a noun is: "his support", "Quill's criticism"."""
    for i in range(at - 1, max(low, at - 3) - 1, -1):
        if index.tags[i] == "PRP$":
            return i
        if index.tags[i] == "POS":
            return _subject(index, i, low)
    return None


def _momentary(lexicon: Lexicon, index: Index, clause: tuple[int, int], found: Value) -> Value:
    """A refusal in the words "at the moment" is none in principle."""
    refused = found.stance is Stance.OPPOSE and any(o.negated for o in found.operators)
    if refused and any(lexicon.momentary.at(index.stems, index.tags, i, clause[1]) for i in range(*clause)):
        return found._replace(stance=Stance.NOT_NOW)
    return found


_TURNED = {
    Stance.SUPPORT: Stance.OPPOSE, Stance.OPPOSE: Stance.SUPPORT, Stance.OPEN: Stance.UNCLEAR,
    Stance.CONDITIONAL: Stance.UNCLEAR, Stance.NOT_NOW: Stance.UNCLEAR,
}  # fmt: skip


def _turned(found: Value) -> Value:
    """The same value where the words stand for the contrary of the proposition."""
    return found._replace(stance=_TURNED.get(found.stance, found.stance)) if found.stance else found


def _conditional(
    lexicon: Lexicon, index: Index, sentence: tuple[int, int], hit: Hit, found: Value
) -> tuple[Value, Span | None]:
    """Support or possibility that is limited becomes conditional; so does a refusal "unless"."""
    for i in range(*sentence):
        match = lexicon.conditions.at(index.stems, index.tags, i, sentence[1])
        if match is None or hit.first <= i < hit.last:
            continue
        end = _condition_end(index, i, sentence[1])
        if i < hit.first < end or _hypothetical(lexicon, index, i, end):
            continue
        span = Span(index.document.tokens[i].start, index.document.tokens[end - 1].end)
        if found.stance in (Stance.SUPPORT, Stance.OPEN) or (
            found.stance is Stance.OPPOSE and index.stems[i] in {"unless", "until"}
        ):
            return found._replace(stance=Stance.CONDITIONAL, confidence=found.confidence - 0.05), span
    return found, None


def _condition_end(index: Index, first: int, last: int) -> int:
    for i in range(first + 1, last):
        if index.document.tokens[i].text in {";", "—", "–"} or (
            index.document.tokens[i].text == "," and index.stems[i + 1 : i + 2] != ("not",)
        ):
            return i
    return last - 1 if last - 1 > first and not index.document.tokens[last - 1].text[0].isalnum() else last


def _hypothetical(lexicon: Lexicon, index: Index, first: int, last: int) -> bool:
    return index.stems[first] == "if" and any(index.stems[i] in lexicon.hypothetical for i in range(first, last))
