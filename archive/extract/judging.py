"""One place in a statement that is about a topic → the value that the words over it give.

Operators before the mention stand over it, the cue outermost; where they say nothing, the predicate after it
does ("a toll would be wrong"). Only the clause around the mention counts, and only what the speaker's own side
thinks, wants or will do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from archive.extract import predicates
from archive.extract.effects import ATTITUDES, FINITE, suffers
from archive.extract.indexed import Index, qualifies, undergone
from archive.extract.limits import REACH, conditional, momentary
from archive.extract.operators import (
    CONFIDENCE,
    EFFECTS,
    MODAL,
    OF_PERSONS,
    Kind,
    Lexicon,
    Operator,
    Value,
    operators,
    value,
)
from archive.extract.passages import Passage, first_person, foreign, of_others, performs, told_by_others
from archive.extract.topics import Hit
from archive.model import Span, Stance, fold

_FOLLOWED_WITHIN = 4
_CLAIMING = frozenset({"that", "claim", "notion", "idea", "argument", "suggestion", "assertion"})
_WHOSE = frozenset({"of", "for"})
_APART = frozenset({"from", "with", "among", "between"})
_PLACES = (("NNP",), ("NN",), ("NNS",), ("DT",), ("PRP",), ("PRP$",))
_COMMANDING = frozenset({Kind.SUPPORT, Kind.OPPOSE, Kind.MUST, Kind.INTEND})
_EXCLUDING = frozenset({"not", "no"})
_ASKABLE = frozenset({Stance.SUPPORT, Stance.OPPOSE, Stance.OPEN, Stance.NOT_NOW})
_ASIDE = frozenset({"following", "after", "amid", "before", "during"})
_WARNING = frozenset({"warn", "caution", "protest", "argue"})
_ANSWERING = 0.6
_SAID_OF_WITHIN = 5
_SAID_OF = frozenset({"be", "as", "becom", "remain"})
_FEARED = 0.6
_MANAGING = frozenset({"liv", "do", "go", "manag", "cop", "by", "surviv", "function"})
_ENDORSING = frozenset({"endors", "nominat"})
_PERSONS = frozenset({"i", "he", "she", "we", "they", "you", "who"})
_HOLDING = frozenset({"wrong", "right", "mistaken", "proud", "correct", "absolutely", "completely", "totally", "not"})
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
_WEIGHED = frozenset({Kind.UNDECIDED, Kind.OPEN, Kind.SILENT})
_JUDGMENTS = frozenset({Kind.GOOD, Kind.BAD})
_BEFORE_NAMES = frozenset({"NNP", "NNPS", "NN", "JJ", "DT", "PRP$", "IN", "TO", "-LRB-", "QUOTE", "RP"})
_BEFORE_JUDGEMENTS = frozenset(
    {"POS", "VBZ", "VBD", "VBP", "VB", "VBN", "MD", "RB", "DT", "JJ", "QUOTE", "TO", "IN", "PDT", "CD"}
)
_CALLED_WITHIN = 7
_EXCEPTING = frozenset({"but", "except", "than", "not", "instead"})
_FOREIGN = Value(Stance.NO_POSITION, 0.5)


class Judgement(NamedTuple):
    """A value in the direction of the proposition, and the words that limit it in condition, scope or time."""

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
    scope = _on_the_name(lexicon, passage, scope, hit) if hit.bare else _of_things(scope)
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


def _scope(lexicon: Lexicon, passage: Passage, sentence: tuple[int, int], hit: Hit) -> Scope:
    sentence = max(sentence[0], hit.first - REACH), min(sentence[1], hit.last + REACH)
    acting = frozenset(() if hit.action is None else (hit.action,))
    spans = list(passage.cue)
    if spans and spans[-1][1] == sentence[0]:
        sentence = (spans.pop()[0], sentence[1])
    first = next((b for a, b in passage.cue if a == sentence[0]), sentence[0])
    found = [o for o in operators(lexicon, passage.index, sentence, acting) if not _unafraid(lexicon, passage.index, o)]
    cue = [o for span in spans for o in operators(lexicon, passage.index, span, acting)]
    cue += [o for o in found if o.first < first]
    clause = _clause(lexicon, passage.index, (first, sentence[1]), hit, [*found, *_as_what(lexicon, passage, sentence)])
    within = tuple(o for o in found if clause[0] <= o.first < clause[1] and o.first >= first)
    return Scope((first, sentence[1]), clause, within, tuple(cue))


def _on_the_name(lexicon: Lexicon, passage: Passage, scope: Scope, hit: Hit) -> Scope:
    """A scope with only what is clearly over a bare name: attitudes right before it, judgements right after it.

    A name stands in many a sentence that takes a side on something else.
    """
    index = passage.index
    found, cue = _of_persons(index, scope.operators), _of_persons(index, scope.cue)
    after = tuple(o for o in found if o.kind in _JUDGMENTS and _called(index, o, hit))
    denied = tuple(o for o in found if o.last <= hit.first and o.kind is Kind.DENIED)
    left = [o for o in (*cue, *found) if o.last <= hit.first and o.kind is not Kind.DENIED]
    if left and left[-1].kind in ATTITUDES | _JUDGMENTS and _object_of(lexicon, index, left[-1], hit):
        return scope._replace(operators=(*(o for o in found if o.last <= hit.first), *after), cue=cue)
    return scope._replace(operators=(*denied, *after), cue=tuple(o for o in cue if o.kind is Kind.DENIED))


def _object_of(lexicon: Lexicon, index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether a name is what an attitude right before it is towards: nothing else is named, nor does it do anything."""
    if index.tags[hit.last : hit.last + 1] in (("VBZ",), ("VBD",), ("VBP",), ("MD",)):
        return False
    between = range(operator.last, hit.first)
    titles = (index.stems[i] in lexicon.words.titles for i in between if index.tags[i].startswith("NNP"))
    excepted = any(index.document.tokens[i].lower in _EXCEPTING for i in between)
    return all(index.tags[i] in _BEFORE_NAMES for i in between) and all(titles) and not excepted


def _called(index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether a judgement after a name is of it: "Quill is a disgrace", "called Quill “a disgrace”", "Quill lied"."""
    between = range(hit.last, operator.first)
    return len(between) <= _CALLED_WITHIN and all(index.tags[i] in _BEFORE_JUDGEMENTS for i in between)


def _of_persons(index: Index, operators_: Sequence[Operator]) -> tuple[Operator, ...]:
    """Operators with what is said and done to persons as what it is; what is done to them, by verbs only."""
    kept = (
        o for o in operators_ if o.kind is not Kind.BEATING or (index.tags[o.first].startswith("VB") and not o.negated)
    )
    return tuple(o._replace(kind=OF_PERSONS.get(o.kind, o.kind)) for o in kept)


def _of_things(scope: Scope) -> Scope:
    """A scope without what counts only of persons."""
    kept, cue = (tuple(o for o in some if o.kind not in OF_PERSONS) for some in (scope.operators, scope.cue))
    return scope._replace(operators=kept, cue=cue)


def _unafraid(lexicon: Lexicon, index: Index, operator: Operator) -> bool:
    """Whether a fear is denied, which favours nothing: "was not too worried about the resolution"."""
    return operator.negated and index.stems[operator.first] in lexicon.fearing


def _as_what(lexicon: Lexicon, passage: Passage, sentence: tuple[int, int]) -> Iterator[Operator]:
    """The "as" after which a verb of naming says what something is: "described the ban as overdue"."""
    index = passage.index
    if any(index.stems[i] in lexicon.naming for a, b in passage.cue for i in range(a, b)):
        yield from (Operator(Kind.SAME, i, i + 1) for i in range(*sentence) if index.document.tokens[i].lower == "as")


def _clause(
    lexicon: Lexicon, index: Index, sentence: tuple[int, int], hit: Hit, said: Sequence[Operator]
) -> tuple[int, int]:
    """The part of a sentence around a hit within which nothing else is said."""
    low, high = sentence
    covered = {i for o in said for i in range(o.first, o.last)}
    weighed = {o.last for o in said if o.kind in _WEIGHED}
    cuts = [i for i in range(low, high) if i not in covered | weighed and _breaks(lexicon, index, i, high)]
    after = (i for i in range(hit.last, high) if i in cuts or _relative(index, i))
    return max((i for i in cuts if i < hit.first), default=low), min(after, default=high)


def _relative(index: Index, i: int) -> bool:
    """Whether a "that" begins what is said of the noun before it: "the last thing that Norland needs"."""
    return index.document.tokens[i].lower == "that" and index.tags[i - 1] in {"NN", "NNS"}


def _breaks(lexicon: Lexicon, index: Index, i: int, high: int) -> bool:
    """Whether a new clause begins at a token: a conjunction, or a pause before a pronoun or another "that"."""
    token = index.document.tokens[i]
    if token.lower in lexicon.breaks:
        return True
    joins = (token.text == "," or token.tag == "CC") and i + 1 < high
    return joins and (index.tags[i + 1] in {"PRP", "EX"} or index.document.tokens[i + 1].lower == "that")


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
    over = [*_governing(lexicon, passage, [*outer, *left], hit), *_excluded(lexicon, index, hit, scope.clause, left)]
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


def _attributive(lexicon: Lexicon, index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether an adjective only describes a noun: a "possible toll", "illegal trade and the toll"."""
    if index.tags[operator.first] != "JJ" or operator.last - operator.first > 1:
        return False
    if operator.kind is Kind.OPEN:
        return operator.last >= hit.first - 1
    described = index.tags[operator.last : operator.last + 1]
    apart = operator.last < hit.first or index.stems[operator.first] in lexicon.classifying
    return operator.kind in (Kind.GOOD, Kind.BAD) and apart and described in (("NN",), ("NNS",))


def _elsewhere(passage: Passage, operator: Operator) -> bool:
    """Whether an intention is to do something else: "moving to Veyland", a cue "continued to tell"."""
    index = passage.index
    if operator.kind is not Kind.INTEND:
        return False
    if index.stems[operator.last - 1] == "to" and index.tags[operator.last : operator.last + 1] in _PLACES:
        return True
    ends = [b for a, b in passage.cue if a <= operator.first < b]
    return bool(ends) and any(index.tags[i] == "VB" for i in range(operator.last, ends[0]))


def _governing(lexicon: Lexicon, passage: Passage, over: Sequence[Operator], hit: Hit) -> Iterator[Operator]:
    """The operators before a mention that are over it.

    Not so the modals of some other verb ("we will stay calm about the toll"), nor what is about something that
    is about it ("supports her positions on the toll"); and a "possible toll" is only a toll.
    """
    index = passage.index
    for number, operator in enumerate(over):
        if operator.kind in EFFECTS or _attributive(lexicon, index, operator, hit) or _elsewhere(passage, operator):
            continue
        following = over[number + 1].first if number + 1 < len(over) else hit.first
        if operator.kind in MODAL:
            acts = number + 1 < len(over) or hit.action is not None or _goes_on(index, operator, hit)
            inside = operator.first >= hit.first
            if (abs(following - operator.last) >= _FOLLOWED_WITHIN and not inside) or not acts:
                continue
        if operator.kind is Kind.OPEN and hit.action is None and index.tags[operator.first] == "VBD":
            continue  # A court that "considered the case" has only heard it.
        if any(index.stems[i] in lexicon.about for i in range(operator.last, following - 1)):
            continue
        if operator.kind in _JUDGMENTS and _of_somebody(index, operator):
            continue
        if operator.kind is Kind.WILL and _foretold(passage, operator, hit):
            continue
        agent = index.stems[operator.first] in lexicon.agents and index.tags[operator.first].startswith("NN")
        if agent and index.stems[operator.first + 1] not in _WHOSE:
            continue
        over_else = operator.kind is not Kind.ACTION and undergone(index, operator.last - 1)
        if over_else or any(qualifies(index, i) for i in range(operator.last, hit.first)):
            continue
        lax = hit.first - 2 <= operator.first and index.tags[operator.first] == "JJ"
        failing = operator.kind is Kind.FAILING and hit.action is None and not lax
        if _within_another(lexicon, index, operator, hit) or failing:
            continue
        if number + 1 == len(over) and _doing_else(lexicon, index, operator, hit):
            continue
        yield operator


def _of_somebody(index: Index, operator: Operator) -> bool:
    """Whether a judgement is of a person rather than of what they do: "I am the best candidate to end the toll"."""
    low = max(index.sentence(operator.first)[0], operator.first - _SAID_OF_WITHIN)
    is_ = next((i for i in range(operator.first - 1, low, -1) if index.stems[i] in {"be", "m"}), None)
    persons = is_ is not None and index.document.tokens[is_ - 1].lower in _PERSONS
    return persons and index.stems[operator.first] not in _HOLDING


def _foretold(passage: Passage, operator: Operator, hit: Hit) -> bool:
    """Whether a "will" within a mention only says what somebody else will be or do: "Quill will be the nominee"."""
    name = passage.index.tags[hit.first].startswith("NNP") and operator.first > hit.first
    return name and fold(passage.index.document.tokens[hit.first].text) not in passage.names


def _goes_on(index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether a modal stands inside a mention that is a whole clause: "Norland should expand its fleet"."""
    return operator.first >= hit.first and any(index.tags[i] == "VB" for i in range(operator.last, hit.last))


def _doing_else(lexicon: Lexicon, index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether an operator is over some other doing with a mention: "no need to touch the toll"."""
    start = operator.last - 1 if index.tags[operator.last - 1] == "TO" else operator.last
    if hit.action is not None or index.tags[start : start + 1] != ("TO",):
        return False
    verbs = [i for i in range(start + 1, hit.first) if index.tags[i].startswith("VB")]
    return bool(verbs) and index.stems[verbs[-1]] in lexicon.indifferent


def _within_another(lexicon: Lexicon, index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether a mention only says more of what an operator is over: "rejected pressure from the port's owners"."""
    for i in range(operator.last, hit.first - 1):
        if index.tags[i] in {"NN", "NNS"} and index.document.tokens[i + 1].lower in _APART:
            return index.stems[i] not in lexicon.anaphors | lexicon.objects
    return index.stems[operator.first] == "consider" and index.tags[hit.last : hit.last + 1] == ("JJ",)


def _excluded(
    lexicon: Lexicon, index: Index, hit: Hit, clause: tuple[int, int], over: Sequence[Operator]
) -> Iterator[Operator]:
    """A negation of the mention itself: "bridges, not a wall", "no toll"."""
    low, high = clause
    if hit.action == hit.first or hit.bare:
        return
    i = hit.first - 1
    while i > low and index.tags[i] in {"DT", "PRP$", "JJ"} and index.stems[i] not in lexicon.negators:
        i -= 1
    if i >= low and index.stems[i] in _EXCLUDING:
        yield Operator(Kind.OPPOSE, i, i + 1)
    if i >= low and index.stems[i] == "without" and not any(o.first <= i < o.last for o in over):
        yield from _missed(lexicon, index, i, low, high)


def _missed(lexicon: Lexicon, index: Index, at: int, low: int, high: int) -> Iterator[Operator]:
    """A lack of the mention: who "cannot live without it" wants it; being "worse off without it" is told over this."""
    if any(index.stems[i] in lexicon.negators for i in range(low, at)):
        yield Operator(Kind.SUPPORT, at, at + 1)
    elif index.stems[at - 1] in _MANAGING or any(_is_judged(lexicon, index, i, at) for i in range(low, at)):
        yield Operator(Kind.OPPOSE, at, at + 1)
    elif any(index.stems[i] in lexicon.worse or _is_bad(lexicon, index, i, high) for i in range(at + 1, high)):
        yield Operator(Kind.SUPPORT, at, at + 1)


def _is_judged(lexicon: Lexicon, index: Index, i: int, high: int) -> bool:
    found = lexicon.phrases.at(index.stems, index.tags, i, high)
    return found is not None and found[0] in _JUDGMENTS


def _is_bad(lexicon: Lexicon, index: Index, i: int, high: int) -> bool:
    found = lexicon.phrases.at(index.stems, index.tags, i, high)
    return found is not None and found[0] in (Kind.BAD, Kind.HURTING)


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
