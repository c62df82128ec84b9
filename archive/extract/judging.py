"""One place in a statement that is about a topic → the value that the words over it give.

Operators before the mention stand over it, the cue outermost; where they say nothing, the predicate after it
does ("a toll would be wrong"). Only the clause around the mention counts, and only what the speaker's own side
thinks, wants or will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from archive.extract import predicates
from archive.extract.effects import ATTITUDES, FINITE, suffers
from archive.extract.governing import excluded, governing
from archive.extract.indexed import Index
from archive.extract.limits import conditional, momentary
from archive.extract.operators import (
    CONFIDENCE,
    MODAL,
    Kind,
    Lexicon,
    Operator,
    Value,
    value,
)
from archive.extract.passages import Passage, first_person, foreign, of_others, performs, told_by_others
from archive.extract.scopes import Scope, of_things, on_the_name, scope_of
from archive.extract.topics import Hit
from archive.model import Span, Stance

_FOLLOWED_WITHIN = 4
_CLAIMING = frozenset({"that", "claim", "notion", "idea", "argument", "suggestion", "assertion"})
_COMMANDING = frozenset({Kind.SUPPORT, Kind.OPPOSE, Kind.MUST, Kind.INTEND})
_ASKABLE = frozenset({Stance.SUPPORT, Stance.OPPOSE, Stance.OPEN, Stance.NOT_NOW})
_ASIDE = frozenset({"following", "after", "amid", "before", "during"})
_WARNING = frozenset({"warn", "caution", "protest", "argue"})
_ANSWERING = 0.6
_SAID_OF_WITHIN = 5
_SAID_OF = frozenset({"be", "as", "becom", "remain"})
_FEARED = 0.6
_ENDORSING = frozenset({"endors", "nominat"})
_AIM_WITHIN = 10
_ASKING = frozenset(
    {
        "ask",
        "order",
        "instruct",
        "direct",
        "request",
        "press",
        "beg",
        "invit",
        "plead",
        "tell",
        "lobby",
        "urg",
        "appeal",
    }
    | {
        "vot",
        "offer",
        "agree",
        "decid",
        "persuad",
        "convinc",
        "recommend",
        "move",
        "mov",
        "threaten",
        "petition",
        "call",
    }
)
_LETTING = frozenset(
    {"order", "allow", "permit", "approv", "begin", "open", "hold", "launch", "support", "back", "ensur"}
)
_AIMS = frozenset(
    {"thing", "goal", "aim", "point", "way", "answer", "task", "job", "priority", "idea", "duty", "solution", "plan"}
    | {"purpos", "intention", "hop", "mission", "choic", "best", "need"}
)
_JUDGMENTS = frozenset({Kind.GOOD, Kind.BAD})
_FOREIGN = Value(Stance.NO_POSITION, 0.5)


class Judgement(NamedTuple):
    """A value in the direction of the proposition, and the words that limit it in condition, scope or time."""

    value: Value
    condition: Span | None = None


def judge(lexicon: Lexicon, passage: Passage, sentence: tuple[int, int], hit: Hit) -> Judgement:
    """What a statement says about the topic at one place in one of its sentences."""
    scope = scope_of(lexicon, passage, sentence, hit)
    scope = _of_the_whole(scope, hit) if hit.whole else scope
    scope = on_the_name(lexicon, passage, scope, hit) if hit.bare else of_things(scope)
    found = _folded(lexicon, passage, scope, hit) if hit.sided else _FOREIGN
    doubted = any(passage.index.stems[o.first] in lexicon.doubting for o in scope.cue)
    if found.stance in _ASKABLE and passage.asks(*sentence) and not doubted:
        return Judgement(Value(Stance.NO_POSITION, 0.5, found.operators))
    if hit.action is None and [o.kind for o in found.operators] == [Kind.MUST]:
        found = _FOREIGN  # What a thing should be or do is another matter: "half of the troops should be volunteers".
    if hit.matter and found.stance in (Stance.SUPPORT, Stance.OPPOSE):
        found = _FOREIGN
    found, passing = momentary(lexicon, passage.index, scope.clause, found)
    found = found if hit.direction == 1 else _turned(found)
    if hit.degree and hit.direction == -1 and found.stance is Stance.SUPPORT:
        found = Value(Stance.NO_POSITION, 0.5, found.operators)
    found, condition = conditional(lexicon, passage.index, sentence, hit, found)
    return Judgement(found._replace(confidence=round(found.confidence * hit.strength, 3)), condition or passing)


def _of_the_whole(scope: Scope, hit: Hit) -> Scope:
    """The scope of a proposition said again: of its own words only the modal tells, and the hit knows its negation."""
    outside = [o for o in scope.operators if not hit.first <= o.first < hit.last]
    modal = [o for o in scope.operators if o.kind in MODAL and hit.first <= o.first < (hit.action or hit.first)]
    return scope._replace(operators=tuple(sorted((*outside, *(o._replace(negated=False) for o in modal)))))


def _folded(lexicon: Lexicon, passage: Passage, scope: Scope, hit: Hit) -> Value:
    index, low = passage.index, scope.clause[0]
    first = passage.sentences[0][0]
    governed = low == scope.sentence[0] and index.sentence_number(low) == index.sentence_number(first)
    outer = [o for o in scope.cue if governed or o.kind is Kind.SILENT]
    reported = bool(outer) and (
        _finite(index, low, hit.first) or (hit.action != hit.first and _finite(index, hit.last, hit.last + 2))
    )
    before = [o for o in scope.operators if o.first < hit.first or (o.first < hit.last and index.tags[o.first] != "IN")]
    before = [o for o in before if o.first < hit.first or o.kind is not Kind.INTEND]
    due = max((o.first for o in before if o.kind is Kind.MUST and o.first > hit.first), default=0)
    before = [o for o in before if not (hit.first < o.first < due and o.kind not in MODAL)]
    left = [_warned(index, scope, o) for o in before if not _supposed(index, o, hit, scope.clause)]
    left = [o for o, after in zip_longest(left, left[1:]) if not _of_judgement(o, after)]
    right = [o for o in scope.operators if o.first >= hit.last]
    commanded = [o for o in left if _commanded(index, o, [*outer, *left])]
    others = of_others(lexicon, passage, low) or told_by_others(lexicon, passage, scope.clause, hit)
    theirs = (o for o in left if o not in commanded and not o.repeats)
    if others or any(foreign(lexicon, passage, o, low, hit) for o in theirs):
        return _answered(passage, scope, left, governed=governed)
    if left and not outer and _of_agents(lexicon, index, left):
        return _of_their_stance(index, left, right, hit)
    left = [suffers(lexicon, passage, o, hit, low) for o in left]
    over = [*governing(lexicon, passage, [*outer, *left], hit), *excluded(lexicon, index, hit, scope.clause, left)]
    if left and left[0].kind in ATTITUDES and index.tags[left[0].first] == "VBG" and left[0].first == low:
        judged = [o for o in right if o.kind in (Kind.GOOD, Kind.BAD) and predicates.predicated(index, hit.last, o)]
        over = [*outer, *judged[:1], *left] if judged else over
    found = _reported(lexicon, index, value(over), scope) if reported else value(over)
    if not found.stance or _claims(index, over, hit):
        predicate = list(predicates.predicate(lexicon, passage, scope.clause, right, hit))
        told = [] if _believed(lexicon, index, over) else over
        found = value([*told, *predicate]) if predicate else found
    return found if found.stance else _enacted(lexicon, passage, scope, left, hit)


def _of_agents(lexicon: Lexicon, index: Index, left: Sequence[Operator]) -> bool:
    """Whether a clause begins with those who are for or against, others than the speaker: "opponents of the bill"."""
    first = left[0].first
    agent = len(left) == 1 and index.stems[first] in lexicon.agents and index.tags[first].startswith("NN")
    before = [index.stems[i] for i in range(max(index.sentence(first)[0], first - _SAID_OF_WITHIN), first)]
    return agent and _SAID_OF.isdisjoint(before)


def _of_their_stance(index: Index, left: Sequence[Operator], right: Sequence[Operator], hit: Hit) -> Value:
    """What judging those who are for or against tells: "opponents of the bill are wrong" is for it."""
    judged = [o for o in right if o.kind in _JUDGMENTS and predicates.predicated(index, hit.last, o)]
    return value([judged[0], *left])._replace(confidence=_ANSWERING) if judged else _FOREIGN


def _of_judgement(operator: Operator, after: Operator | None) -> bool:
    """Whether a "would" only leads to a judgement: "Norland would be better off outside the union"."""
    return (
        operator.kind is Kind.WILL
        and after is not None
        and after.kind in (Kind.GOOD, Kind.BAD)
        and after.first - operator.last < _FOLLOWED_WITHIN
    )


def _warned(index: Index, scope: Scope, operator: Operator) -> Operator:
    """An "against" that only goes on with the cue: "warned Norland against a strike"."""
    goes_on = index.tags[operator.first] == "IN" and operator.kind is Kind.OPPOSE and bool(scope.cue)
    warned = goes_on and index.stems[scope.cue[-1].first] in _WARNING
    return operator._replace(repeats=True) if warned else operator


def _commanded(index: Index, operator: Operator, over: Sequence[Operator]) -> bool:
    """Whether what somebody should do is what the speaker asks for: "wants the Senate to reject the pact"."""
    if any(o.kind is Kind.MUST and o.last == operator.first for o in over):
        return True
    if operator.first == 0 or index.tags[operator.first - 1] != "TO":
        return False
    return any(o.kind in _COMMANDING and o.last <= operator.first for o in over)


def _answered(passage: Passage, scope: Scope, left: Sequence[Operator], *, governed: bool) -> Value:
    """What attacking or praising somebody else's stance tells of one's own: a little; reporting it tells nothing."""
    aside = bool(left) and any(
        passage.index.document.tokens[i].lower in _ASIDE for i in range(scope.clause[0], left[-1].first)
    )
    against = [] if aside else [o for o in scope.cue if o.kind in ATTITUDES]
    theirs = value(left)
    if not against or theirs.stance not in (Stance.SUPPORT, Stance.OPPOSE):
        return _FOREIGN
    found = value([*against, *left])
    return found._replace(confidence=_ANSWERING if governed else _ANSWERING - 0.05)


def _supposed(index: Index, operator: Operator, hit: Hit, clause: tuple[int, int]) -> bool:
    """Whether an operator stands in the same "if" as the mention, and so tells nothing."""
    before = [i for i in range(clause[0], hit.first) if index.stems[i] in {"if", "unless"}]
    if not before or any(index.document.tokens[i].text == "," for i in range(before[-1], hit.first)):
        return False
    return operator.first > before[-1]


def _believed(lexicon: Lexicon, index: Index, over: Sequence[Operator]) -> bool:
    """Whether who speaks holds what is feared: "warned that a toll would be wrong" opposes it once, not twice."""
    return len(over) == 1 and index.stems[over[0].first] in lexicon.fearing - lexicon.doubting


def _claims(index: Index, over: Sequence[Operator], hit: Hit) -> bool:
    """Whether what stands over a mention is about a claim, of which the mention is only the subject."""
    return bool(over) and any(index.stems[i] in _CLAIMING for i in range(over[-1].last, hit.first))


def _finite(index: Index, first: int, last: int) -> bool:
    return any(tag in FINITE for tag in index.tags[first:last])


def _reported(lexicon: Lexicon, index: Index, found: Value, scope: Scope) -> Value:
    """What a cue with a whole clause as its content tells: to hope *that* is no support of what the clause names."""
    if len(found.operators) != 1 or found.operators[0] not in scope.cue:
        return found
    stem = index.stems[found.operators[0].first]
    if stem in lexicon.reporting:
        return Value(None, 1.0)
    return found._replace(confidence=_FEARED) if stem in lexicon.fearing else found


def _enacted(lexicon: Lexicon, passage: Passage, scope: Scope, left: Sequence[Operator], hit: Hit) -> Value:
    """What the actor does rather than says: the action is the cue itself, or the speaker's side is doing it."""
    acts = [o for o in scope.cue if o.kind is Kind.ACTION and not o.negated]
    if acts:
        endorsing = any(passage.index.stems[o.first] in _ENDORSING for o in acts)
        return Value(Stance.SUPPORT, CONFIDENCE[Kind.ACTION] + (0.2 if endorsing else 0.1), scope.cue)
    tag = passage.index.tags[hit.action] if hit.action is not None else ""
    bidden = tag == "VB" and hit.action is not None and _bidden(passage, hit.action)
    if bidden or (tag[:2] in {"VB", "NN"} and hit.action is not None and _asked_of(passage, hit.action)):
        return Value(Stance.SUPPORT, CONFIDENCE[Kind.MUST], tuple(o for o in left if o.kind is Kind.ACTION))
    if tag.startswith("NN") and performs(lexicon, passage):
        return Value(Stance.SUPPORT, CONFIDENCE[Kind.ACTION] + 0.05, scope.cue)
    if hit.action is None or tag not in {"VBG", "VBZ", "VBP"}:
        return Value(Stance.NO_POSITION, 0.6)
    if first_person(passage.index, hit.action, scope.clause[0]):
        return Value(Stance.SUPPORT, CONFIDENCE[Kind.ACTION], tuple(o for o in left if o.kind is Kind.ACTION))
    return Value(Stance.NO_POSITION, 0.6)


def _asked_of(passage: Passage, at: int) -> bool:
    """Whether a verb is what somebody is asked to do, or decides to: "asked the auditor to look into it"."""
    index = passage.index
    asked = any(index.stems[i] in _ASKING and index.tags[i] != "VBN" for a, b in passage.cue for i in range(a, b))
    low = index.sentence(at)[0]
    while index.tags[at].startswith("NN") and at > low + 2 and index.tags[at - 1] in {"DT", "JJ"}:
        at -= 1
    at -= index.tags[at] in {"DT", "JJ"} and index.stems[at - 1] in _LETTING
    return asked and at > low and index.tags[at] == "VB" and index.tags[at - 1] == "TO"


def _bidden(passage: Passage, at: int) -> bool:
    """Whether a verb is a command of the speaker's, or what is told to be the aim: "the first thing is to stop it"."""
    index = passage.index
    if passage.direct and any(at == first for first, _ in passage.sentences):
        return True
    if at < 2 or index.tags[at - 1] != "TO" or index.tags[at - 2] not in {"VBZ", "VBD"}:
        return False
    aims = range(max(index.sentence(at)[0], at - _AIM_WITHIN), at - 2)
    return index.stems[at - 2] == "be" and any(index.stems[i] in _AIMS for i in aims)


_TURNED = {
    Stance.SUPPORT: Stance.OPPOSE, Stance.OPPOSE: Stance.SUPPORT, Stance.OPEN: Stance.UNCLEAR,
    Stance.CONDITIONAL: Stance.UNCLEAR, Stance.NOT_NOW: Stance.UNCLEAR,
}  # fmt: skip


def _turned(found: Value) -> Value:
    """The same value where the words stand for the contrary of the proposition."""
    return found._replace(stance=_TURNED.get(found.stance, found.stance)) if found.stance else found
