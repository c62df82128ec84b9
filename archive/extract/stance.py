"""Statements → stances: which side of a proposition an actor takes, how surely, and in which words.

For every place in a statement that is about a topic, the operators over it are folded (``operators``), from
the cue inwards; attitudes of somebody else ("she said that Quill supports the toll") do not count as the
speaker's. Statements that only take up what was just spoken of ("this possibility", "nothing can be ruled
out") inherit its topic at lower confidence. Below the threshold the label is ``unclear``, never a guess.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from archive.extract import indexed, operators
from archive.extract.camps import Camps
from archive.extract.chains import chained, takers
from archive.extract.ellipsis import FAR, NEAR, Antecedent, take_up
from archive.extract.english import SCENES
from archive.extract.indexed import Index
from archive.extract.judging import Judgement, judge
from archive.extract.matchers import matcher
from archive.extract.operators import Kind
from archive.extract.operators import operators as _operators
from archive.extract.passages import Passage
from archive.extract.text import Document, analyse
from archive.extract.topics import Hit, Matcher
from archive.extract.vocabulary import Direction, vocabulary
from archive.model import Assessment, Reading, Span, Stance, Statement, Topic

RULES = "stance-rules@5"
"""Name and version of these rules; it changes whenever the same statement may get another label."""

THRESHOLD, SIDED_THRESHOLD = 0.4, 0.5
"""Below this sureness, the rules' own weight, a positional label is given as ``unclear``: support and opposition, which
say most, below the second."""

AROUND = 10
"""Sentences around a place that is about an article's chief topic within which what is said is on the matter."""

BESIDE = 4
"""The same where the topic is a person, and only named: articles name many."""

_UNNAMED = 0.4
_SURE_IN_PASSING = 0.72
_CAMP = 0.55
_SEVERAL = 3
_LOOKED_BACK = 3
_BEGINNING = 4
_WORD = re.compile(r"[^\W_]+")
_SIDES = frozenset({Stance.SUPPORT, Stance.OPPOSE})
_CONTRADICTED = 0.6
_TAKEN_OVER = 0.8
_NEARLY = 0.2
_SIGNS = {Stance.SUPPORT: 1, Stance.CONDITIONAL: 1, Stance.OPEN: 1, Stance.OPPOSE: -1, Stance.NOT_NOW: -1}
_MONTHS = frozenset(
    {"january", "february", "march", "april", "may", "june", "july"}
    | {"august", "september", "october", "november", "december"}
)
_EARLIER = frozenset({"ago", "earlier", "previously", "once", "initially", "formerly", "last"})
_PLURAL = frozenset({"NNS", "NNPS"})
_QUALIFYING = (Stance.CONDITIONAL, Stance.NOT_NOW, Stance.OPEN)


@dataclass(slots=True)
class _Course:
    """What has been assessed on one topic so far in an article."""

    names: frozenset[str]
    person: bool
    chief: bool
    done: Direction | None
    last: Assessment | None = None
    taken: Hit | None = None
    by_actor: dict[str, tuple[int, Assessment]] = field(default_factory=dict)
    news: dict[str, Assessment] = field(default_factory=dict)


class Assessor:
    """Assesses statements on a set of topics, compiled once."""

    def __init__(self, topics_: Sequence[Topic], language: str = "en") -> None:
        self._lexicon = operators.load(language)
        self._language = language
        words = vocabulary(language)
        self._matchers = tuple(matcher(topic, words) for topic in topics_)
        self._takers = {matcher.topic.id: takers(words, matcher) for matcher in self._matchers}
        self._stem = words.stemmer.of
        self._camps = Camps.of(words)

    def assess(self, text: Document | str, statements: Sequence[Statement]) -> tuple[Statement, ...]:
        """The statements with an assessment for each topic they are about; what they held before is replaced."""
        found: list[list[Assessment]] = [[] for _ in statements]
        due = self._due(text) if statements else []
        if due:
            document = analyse(text, self._language) if isinstance(text, str) else text
            index = indexed.index(document, self._lexicon.words.stemmer)
            passages = [Passage.of(index, statement) for statement in statements]
            for matcher in due:
                for number, assessment in self._on(matcher, index, passages):
                    found[number].append(assessment)
        return tuple(replace(s, assessments=tuple(a)) for s, a in zip(statements, found, strict=True))

    def read(self, text: str, reading: Reading) -> Reading:
        """A reading with its statements assessed, those among them that are told in passing and take a side."""
        together = sorted((*reading.statements, *reading.in_passing), key=lambda s: s.content[0])
        told = set(map(id, reading.in_passing))
        assessed = zip(together, self.assess(text, together), strict=True)
        kept = tuple(after for before, after in assessed if id(before) not in told or _takes_side(after))
        return replace(reading, statements=kept, in_passing=())

    def _due(self, text: Document | str) -> Sequence[Matcher]:
        """The topics of which a text holds any word; cheap, for most texts are about none."""
        whole = text if isinstance(text, str) else text.text
        present = {self._stem(word.lower()) for word in set(_WORD.findall(whole))}
        return [m for m in self._matchers if not m.keys.isdisjoint(present)]

    def _on(self, matcher: Matcher, index: Index, passages: Sequence[Passage]) -> Iterator[tuple[int, Assessment]]:
        named = matcher.find(index)
        if not named:
            return
        hits = chained(self._takers[matcher.topic.id], matcher, index, named)
        said = [hit for hit in hits if not hit.bare]
        chief, about = _is_chief(index, said), bool(matcher.people) and _is_about(index, hits)
        course = _Course(_names_beside(index, hits), matcher.personal, chief, _news(index, hits))
        at = [index.sentence_number(hit.first) for hit in hits]
        for number, passage in enumerate(passages):
            if not _near(passage, at, course):
                continue
            assessment = self._one(matcher, passage, hits, course)
            if assessment is None or not assessment.stance.positional:
                assessment = self._standing(matcher, passage, hits) or assessment
            if assessment is None and (
                (chief and _beside_topic(passage, said, AROUND)) or (about and _beside_topic(passage, hits, BESIDE))
            ):
                yield number, _on_the_matter(matcher.topic, passage)
            if assessment and passage.statement.actor and _superseded(passage, assessment, course):
                assessment = replace(assessment, stance=Stance.UNCLEAR, condition=None)
            if assessment:
                course.last = assessment
                if passage.statement.actor:
                    course.by_actor[passage.statement.actor.name] = (passage.sentences[-1][1], assessment)
                yield number, assessment

    def _one(self, matcher: Matcher, passage: Passage, hits: Sequence[Hit], course: _Course) -> Assessment | None:
        index = passage.index
        judged: list[tuple[Judgement, Hit]] = []
        earlier = _antecedent(passage, hits, course)
        named = any(_within(hits, *sentence) for sentence in passage.sentences)
        for first, last in passage.sentences:
            here = [h for h in _within(hits, first, last) if not passage.spoken_by(h)]
            elliptic = not here
            open_ = first + passage.opens_with_itself(first), last
            if not here and (taken := self._taken_up(matcher, passage, open_, earlier)):
                here = [matcher.acted_on(index, taken)]
            found = [(judge(self._lexicon, passage, (first, last), hit), hit) for hit in here]
            if elliptic and _positional(found):
                course.taken = here[-1]
            if here and not elliptic and not _positional(found):
                before = first, here[0].first
                again = self._taken_up(matcher, passage, before, earlier)
                more = [(judge(self._lexicon, passage, (first, last), hit), hit) for hit in ([again] if again else [])]
                found.extend(more if _positional(more) else ())
            judged.extend(f for f in found if not elliptic or f[0].value.stance is not Stance.NO_POSITION)
            if here:
                said = earlier.assessment if earlier else None
                earlier = _said_before(index, course, here[-1], 0, said)
        if earlier and earlier.assessment and earlier.distance <= NEAR:
            beside = () if named or _positional(judged) else passage.sentences[:1]
            if _shares(self._lexicon, passage, (*passage.cue, *beside)):
                return _same(matcher.topic, earlier.assessment, passage)
        return _settled(self._lexicon, matcher.topic, index, judged)

    def _standing(self, matcher: Matcher, passage: Passage, hits: Sequence[Hit]) -> Assessment | None:
        """What an actor's place tells who says something on a candidacy: the candidate, or somebody of a camp."""
        side = self._camps.side(matcher.people, matcher.called, passage.statement.actor)
        if side is None:
            return None
        stems = {passage.index.stems[i] for sentence in passage.sentences for i in range(*sentence)}
        spoken = any(_within(hits, *sentence) for sentence in passage.sentences)
        if not spoken and stems.isdisjoint(self._lexicon.running):
            return None
        wanted = (matcher.proposition.action.polarity == 1) != matcher.proposition.negated
        stance = Stance.SUPPORT if (side == 1) == wanted else Stance.OPPOSE
        confidence = round(reliability(self._lexicon.reliability, _CAMP), 3)
        words = passage.statement.content
        return Assessment(topic=matcher.topic.id, stance=stance, confidence=confidence, evidence=words, rule=RULES)

    def _taken_up(
        self, matcher: Matcher, passage: Passage, part: tuple[int, int], earlier: Antecedent | None
    ) -> Hit | None:
        return take_up(
            self._lexicon,
            passage.index,
            part,
            earlier,
            matcher.named,
            direct=passage.direct,
            family=matcher.family,
            speaker=passage.names,
        )


def _takes_side(statement: Statement) -> bool:
    """Whether what is told in passing takes a side so surely that it counts."""
    sure = any(one.stance in _SIGNS and one.confidence >= _SURE_IN_PASSING for one in statement.assessments)
    return statement.actor is not None and sure


def _superseded(passage: Passage, assessment: Assessment, course: _Course) -> bool:
    """Whether a statement told as past is contrary to what its actor says in the article's news.

    The news is what stands at its beginning: "Quill is endorsing Fenn … In May she had refused to".
    """
    actor = passage.statement.actor
    side = _SIGNS.get(assessment.stance, 0)
    if actor is None or not side:
        return False
    index, first = passage.index, passage.sentences[0][0]
    if index.sentence_number(first) < _BEGINNING:
        course.news.setdefault(actor.name, assessment)
        return False
    news = course.news.get(actor.name)
    return news is not None and _SIGNS[news.stance] == -side and _past(index, first)


def _past(index: Index, at: int) -> bool:
    """Whether a sentence tells of an earlier time: "had refused", "in May", "three days ago"."""
    tokens = range(*index.sentence(at))
    lower = [index.document.tokens[i].lower for i in tokens]
    if any(w in _EARLIER or (w in _MONTHS and index.tags[i] == "NNP") for i, w in zip(tokens, lower, strict=True)):
        return True
    return any(w == "had" and index.tags[i + 1 : i + 2] == ("VBN",) for i, w in zip(tokens, lower, strict=True))


def _near(passage: Passage, at: Sequence[int], course: _Course) -> bool:
    """Whether a statement can be about a topic at all: a cheap look at how far the next place is that is."""
    actor = passage.statement.actor
    if not passage.sentences or (actor and actor.name in course.by_actor):
        return bool(passage.sentences)
    low = passage.index.sentence_number(passage.sentences[0][0]) - FAR - AROUND
    high = passage.index.sentence_number(passage.sentences[-1][1] - 1) + AROUND
    found = bisect_left(at, low)
    return found < len(at) and at[found] <= high


def _is_chief(index: Index, hits: Sequence[Hit]) -> bool:
    """Whether an article is chiefly about a topic: named at its beginning, or in several of its sentences."""
    at = {index.sentence_number(hit.first) for hit in hits}
    return len(at) >= _SEVERAL or any(n < _BEGINNING for n in at)


def _news(index: Index, hits: Sequence[Hit]) -> Direction | None:
    """The direction of what an article's beginning says is done about the topic, if it does."""
    first = (h for h in hits if h.action is not None and index.sentence_number(h.first) < _BEGINNING)
    return next((hit.direction for hit in first if not _past(index, hit.first) and not _after(index, hit.first)), None)


def _after(index: Index, at: int) -> bool:
    """Whether a word stands in a clause that only tells when: "three years after the ferry left"."""
    return any(index.document.tokens[i].lower in SCENES for i in range(index.sentence(at)[0], at))


def _is_about(index: Index, hits: Sequence[Hit]) -> bool:
    """Whether an article is chiefly about a person: named at its beginning, and in several of its sentences."""
    at = {index.sentence_number(hit.first) for hit in hits}
    return len(at) >= _SEVERAL and any(n < _BEGINNING for n in at)


def _beside_topic(passage: Passage, hits: Sequence[Hit], around: int) -> bool:
    """Whether a statement stands within some sentences of a place that is about the topic."""
    index = passage.index
    if not passage.sentences or passage.statement.actor is None:
        return False
    first, last = passage.sentences[0][0], passage.sentences[-1][1] - 1
    low, high = index.sentence_number(first) - around, index.sentence_number(last) + around
    return any(low <= index.sentence_number(hit.first) <= high for hit in hits)


def _on_the_matter(topic: Topic, passage: Passage) -> Assessment:
    """What is said in the midst of a topic without a word for it: on the matter, as far as one can tell no side."""
    content = passage.statement.content
    return Assessment(topic=topic.id, stance=Stance.NO_POSITION, confidence=_UNNAMED, evidence=content, rule=RULES)


def _antecedent(passage: Passage, hits: Sequence[Hit], course: _Course) -> Antecedent | None:
    """What was said on the topic before a statement: by anybody just before, or by the same actor."""
    index = passage.index
    first = passage.sentences[0][0] if passage.sentences else 0
    known = bisect_right(hits, first, key=lambda h: h.last)
    before = [_centre(index, hits, known - 1)] if known else _beside(passage, hits)
    if course.taken and before and before[-1].last <= course.taken.first < first:
        before = [course.taken]
    actor = passage.statement.actor
    own = course.by_actor.get(actor.name) if actor else None
    assessment = own[1] if own else course.last
    if not before:
        return None
    distance = max(0, index.sentence_number(first) - index.sentence_number(before[-1].first))
    spoke = own is not None and index.sentence_number(first) - index.sentence_number(own[0] - 1) <= NEAR
    far = 0 if spoke else distance
    return _said_before(index, course, before[-1], far, assessment)


def _centre(index: Index, hits: Sequence[Hit], last: int) -> Hit:
    """What the sentence of a mention is about: the first there that names the thing, else the mention itself."""
    start, _ = index.sentence(hits[last].first)
    same = (hit for hit in hits[max(0, last - _LOOKED_BACK) : last + 1] if hit.first >= start)
    return next((hit for hit in same if hit.sided and not hit.matter), hits[last])


def _said_before(index: Index, course: _Course, hit: Hit, distance: int, said: Assessment | None) -> Antecedent:
    return Antecedent(
        direction=hit.direction,
        distance=distance,
        assessment=said,
        names=course.names,
        person=course.person,
        outcome=course.last,
        chief=course.chief,
        news=course.done,
        plural=any(tag in _PLURAL for tag in index.tags[hit.first : hit.last]),
    )


def _names_beside(index: Index, hits: Sequence[Hit]) -> frozenset[str]:
    """The stems of the names in and next to the sentences that are about the topic."""
    sentences = index.document.sentences
    at = {index.sentence_number(hit.first) for hit in hits}
    near = {n + step for n in at for step in (-1, 0, 1) if 0 <= n + step < len(sentences)}
    tokens = (i for n in near for i in range(sentences[n].first, sentences[n].last))
    return frozenset(index.stems[i] for i in tokens if index.tags[i].startswith("NNP"))


def _beside(passage: Passage, hits: Sequence[Hit]) -> list[Hit]:
    """The mentions in the sentence of the cue, outside the content: "…, she said when asked about the toll"."""
    return [h for a, _ in passage.cue for h in _within(hits, *passage.index.sentence(a))]


def _within(hits: Sequence[Hit], first: int, last: int) -> Sequence[Hit]:
    """The hits that reach into tokens ``first`` to before ``last``; hits are in order and apart."""
    low = bisect_right(hits, first, key=lambda h: h.last)
    return hits[low : bisect_left(hits, last, lo=low, key=lambda h: h.first)]


def _positional(judged: Sequence[tuple[Judgement, Hit]]) -> bool:
    return any(j.value.stance and j.value.stance.positional for j, _ in judged)


def _shares(lexicon: operators.Lexicon, passage: Passage, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether these words of a statement say that somebody holds the same position."""
    stems = {passage.index.stems[i] for span in spans for i in range(*span)}
    if stems & lexicon.sharing and stems & lexicon.positions:
        return True
    return any(o.kind is Kind.SAME for span in spans for o in _operators(lexicon, passage.index, span, frozenset()))


def _same(topic: Topic, earlier: Assessment, passage: Passage) -> Assessment:
    content = passage.statement.content
    confidence = earlier.confidence * _TAKEN_OVER
    return Assessment(
        topic=topic.id, stance=earlier.stance, confidence=round(confidence, 3), evidence=content, rule=RULES
    )


def reliability(knots: Sequence[tuple[float, float]], sureness: float) -> float:
    """How often a label is right that the rules give with a sureness: straight lines between measured ``knots``."""
    for (low, share), (high, next_share) in pairwise(knots):
        if sureness <= high:
            return share + (next_share - share) * (sureness - low) / (high - low)
    return knots[-1][1]


def _settled(
    lexicon: operators.Lexicon, topic: Topic, index: Index, judged: Sequence[tuple[Judgement, Hit]]
) -> Assessment | None:
    """One label for a statement from all the places where it is about the topic."""
    if not judged:
        return None
    positional = [(j, h) for j, h in judged if j.value.stance and j.value.stance.positional]
    judgement, hit = _decisive(positional or judged)
    stance = judgement.value.stance or Stance.NO_POSITION
    confidence = judgement.value.confidence * (_CONTRADICTED if _contradicts(positional, stance) else 1)
    if stance.positional and confidence < (SIDED_THRESHOLD if stance in _SIDES else THRESHOLD):
        stance = Stance.UNCLEAR
    if stance.positional:
        confidence = reliability(lexicon.reliability, confidence)
    return Assessment(
        topic=topic.id,
        stance=stance,
        confidence=round(max(0.0, min(1.0, confidence)), 3),
        evidence=_evidence(index, judgement, hit),
        condition=judgement.condition if stance.positional else None,
        rule=RULES,
    )


def _decisive(judged: Sequence[tuple[Judgement, Hit]]) -> tuple[Judgement, Hit]:
    """The surest; but what qualifies the rest comes first where it is nearly as sure."""
    surest = max(judged, key=lambda j: j[0].value.confidence)
    qualifying = [j for j in judged if j[0].value.stance in _QUALIFYING]
    if qualifying and surest[0].value.stance is Stance.SUPPORT:
        best = max(qualifying, key=lambda j: j[0].value.confidence)
        return best if best[0].value.confidence >= surest[0].value.confidence - _NEARLY else surest
    return surest


def _contradicts(positional: Sequence[tuple[Judgement, Hit]], stance: Stance) -> bool:
    said = {j.value.stance for j, _ in positional}
    return stance in _SIDES and said >= _SIDES


def _evidence(index: Index, judgement: Judgement, hit: Hit) -> tuple[Span, ...]:
    tokens = index.document.tokens
    places = {(hit.first, hit.last), *((o.first, o.last) for o in judgement.value.operators)}
    return tuple(Span(tokens[first].start, tokens[last - 1].end) for first, last in sorted(places))
