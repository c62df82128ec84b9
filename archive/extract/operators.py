"""What the words around a topic do to it: they support, oppose, keep open, put off … and negation turns them.

An :class:`Operator` is a phrase of the lexicon with its negation. :func:`value` folds those that stand over
the same words from the innermost outwards: "rejects (claims that) the ban (is illegal)" is opposition to
opposition, "did not rule out" negated opposition, which keeps open and endorses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from archive.extract.indexed import Index
from archive.extract.stems import Phrases
from archive.extract.vocabulary import SKIPPED, Vocabulary, vocabulary
from archive.model import Stance


class Kind(StrEnum):
    """What an operator does, by its list in ``stance.yaml``."""

    SUPPORT = "support"
    OPPOSE = "oppose"
    GOOD = "good"
    BAD = "bad"
    FAILING = "failing"
    OPEN = "open"
    UNDECIDED = "undecided"
    NOT_NOW = "not_now"
    SILENT = "silent"
    MUST = "must"
    WILL = "will"
    INTEND = "intend"
    MAY = "may"
    HELPING = "helping"
    HURTING = "hurting"
    SAME = "same"
    DENIED = "denied"
    ADMIRED = "admired"
    DESPISED = "despised"
    BEATING = "beating"
    ACTION = "action"


class Effect(StrEnum):
    """What a verb makes of its object, by its list in ``stance.yaml``."""

    BRINGS = "brings"
    ENDS = "ends"
    RUINS = "ruins"
    SPARES = "spares"


class Operator(NamedTuple):
    """Tokens ``first`` to before ``last``; ``negated`` by a word of its own; ``repeats`` what stands before it."""

    kind: Kind
    first: int
    last: int
    negated: bool = False
    repeats: bool = False


class Value(NamedTuple):
    """What a run of operators makes of a mention; None for a stance means it was only mentioned."""

    stance: Stance | None
    confidence: float
    operators: tuple[Operator, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The operators of a language."""

    words: Vocabulary
    phrases: Phrases[Kind]
    conditions: Phrases[bool]
    momentary: Phrases[bool]
    negators: frozenset[str]
    breaks: frozenset[str]
    own: frozenset[str]
    others: frozenset[str]
    anaphors: frozenset[str]
    objects: frozenset[str]
    positions: frozenset[str]
    sharing: frozenset[str]
    about: frozenset[str]
    classifying: frozenset[str]
    reporting: frozenset[str]
    saying: frozenset[str]
    opining: frozenset[str]
    agents: frozenset[str]
    fearing: frozenset[str]
    doubting: frozenset[str]
    reliability: tuple[tuple[float, float], ...]
    outcomes: frozenset[str]
    indifferent: frozenset[str]
    naming: frozenset[str]
    harming: frozenset[str]
    hypothetical: frozenset[str]
    performing: frozenset[str]
    effects: Mapping[str, Effect]
    goods: frozenset[str]
    better: frozenset[str]
    worse: frozenset[str]
    running: frozenset[str]


_NEGATION_REACH = 4
_NOT_ALONE = frozenset({"just", "only", "merely", "simply"})
_HELPING = frozenset({"do", "hav", "be", "really", "ever"})
_JOINING = frozenset({"CC", "RB", "QUOTE", ",", "DT"})
_HELD = frozenset({Kind.SUPPORT, Kind.OPPOSE, Kind.INTEND})
_DETERMINING = frozenset({"DT", "PRP$", "POS"})
_FOR = frozenset({"pro", "behind", "for"})
_JUDGING = frozenset({Kind.GOOD, Kind.BAD})
OF_PERSONS = {Kind.ADMIRED: Kind.GOOD, Kind.DESPISED: Kind.BAD, Kind.BEATING: Kind.OPPOSE}
"""What is said and done to persons only, each with what it is of a person."""

EFFECTS = frozenset({Kind.HELPING, Kind.HURTING})
MODAL = frozenset({Kind.MUST, Kind.WILL, Kind.MAY})

CONFIDENCE = {
    Kind.SUPPORT: 0.85,
    Kind.OPPOSE: 0.85,
    Kind.GOOD: 0.68,
    Kind.BAD: 0.7,
    Kind.FAILING: 0.65,
    Kind.OPEN: 0.7,
    Kind.UNDECIDED: 0.75,
    Kind.NOT_NOW: 0.85,
    Kind.SILENT: 0.7,
    Kind.MUST: 0.8,
    Kind.WILL: 0.75,
    Kind.INTEND: 0.75,
    Kind.MAY: 0.6,
    Kind.HELPING: 0.6,
    Kind.HURTING: 0.6,
    Kind.ACTION: 0.55,
    Kind.SAME: 0.6,
    Kind.DENIED: 0.8,
}
"""How often the label that an operator alone gives is right; measured on the development cases."""

_REFUSED = 0.75
"""How sure it is that who does not do a thing is against it: surer than that who does it is for it."""

_ALONE = {
    Kind.SUPPORT: Stance.SUPPORT,
    Kind.OPPOSE: Stance.OPPOSE,
    Kind.GOOD: Stance.SUPPORT,
    Kind.BAD: Stance.OPPOSE,
    Kind.FAILING: Stance.SUPPORT,
    Kind.HELPING: Stance.SUPPORT,
    Kind.HURTING: Stance.OPPOSE,
    Kind.OPEN: Stance.OPEN,
    Kind.UNDECIDED: Stance.UNDECIDED,
    Kind.NOT_NOW: Stance.NOT_NOW,
    Kind.SILENT: Stance.NO_POSITION,
    Kind.MUST: Stance.SUPPORT,
    Kind.WILL: Stance.SUPPORT,
    Kind.INTEND: Stance.SUPPORT,
    Kind.MAY: Stance.OPEN,
}

_NEGATED_ALONE = dict.fromkeys(_ALONE, Stance.OPPOSE) | {
    Kind.OPPOSE: Stance.OPEN,
    Kind.BAD: Stance.OPEN,
    Kind.HURTING: Stance.OPEN,
    Kind.UNDECIDED: Stance.UNCLEAR,
    Kind.NOT_NOW: Stance.UNCLEAR,
    Kind.SILENT: Stance.UNCLEAR,
    Kind.ACTION: Stance.OPPOSE,
}

_SIGN = {Kind.SUPPORT: 1, Kind.GOOD: 1, Kind.OPPOSE: -1, Kind.BAD: -1}

_INVERSE = {
    Stance.SUPPORT: Stance.OPPOSE, Stance.OPPOSE: Stance.SUPPORT, Stance.OPEN: Stance.OPPOSE,
    Stance.CONDITIONAL: Stance.UNCLEAR, Stance.NOT_NOW: Stance.SUPPORT,
}  # fmt: skip

_UNTHOUGHT = {Stance.SUPPORT: Stance.OPPOSE, Stance.OPPOSE: Stance.OPEN, Stance.OPEN: Stance.OPPOSE}


@cache
def load(language: str) -> Lexicon:
    """The operators of a supported language, loaded at first use."""
    found = vocabulary(language)
    words, stem = found.words, found.stemmer
    negators = frozenset(stem.of(w) for w in words.negators)
    kinds = ((stem.phrase(p), Kind(name)) for name, phrases in words.operators.items() for p in phrases)
    return Lexicon(
        words=found,
        phrases=Phrases(kinds, SKIPPED, negators),
        conditions=Phrases(((stem.phrase(p), True) for p in words.conditions), frozenset()),
        momentary=Phrases(((stem.phrase(p), True) for p in words.momentary), frozenset()),
        negators=negators,
        breaks=words.breaks,
        own=frozenset(stem.of(w) for w in words.own),
        others=frozenset(stem.of(w) for w in words.others),
        anaphors=frozenset(stem.of(w) for w in words.anaphors),
        objects=frozenset(stem.of(w) for w in words.objects),
        positions=frozenset(stem.of(w) for w in words.positions),
        sharing=frozenset(stem.of(w) for w in words.sharing),
        about=frozenset(stem.of(w) for w in words.about),
        classifying=frozenset(stem.of(w) for w in words.classifying),
        reporting=frozenset(stem.of(w) for w in words.reporting),
        saying=frozenset(stem.of(w) for w in words.saying),
        opining=frozenset(stem.of(w) for w in words.opining),
        agents=frozenset(stem.of(w) for w in words.agents),
        fearing=frozenset(stem.of(w) for w in words.fearing),
        indifferent=frozenset(stem.of(w) for w in words.indifferent),
        outcomes=frozenset(stem.of(w) for w in words.outcomes),
        reliability=words.reliability,
        doubting=frozenset(stem.of(w) for w in words.doubting),
        naming=frozenset(stem.of(w) for w in words.naming),
        harming=frozenset(stem.of(w) for w in words.harming),
        hypothetical=frozenset(stem.of(w) for w in words.hypothetical),
        performing=frozenset(stem.of(w) for w in words.performing),
        effects={stem.of(w): Effect(name) for name, verbs in words.effects.items() for w in verbs},
        goods=frozenset(stem.of(w) for w in words.goods),
        better=frozenset(stem.of(w) for w in words.better),
        worse=frozenset(stem.of(w) for w in words.worse),
        running=frozenset(stem.of(w) for w in words.running),
    )


def operators(lexicon: Lexicon, text: Index, span: tuple[int, int], actions: frozenset[int]) -> list[Operator]:
    """The operators in tokens ``span``, in order, each with its negation.

    ``actions`` are the tokens that act on the topic.
    """
    found: list[Operator] = []
    denied: list[int] = []
    i, last = span
    while i < last:
        if i in actions:
            found.append(Operator(Kind.ACTION, i, i + 1))
            i += 1
        elif phrase := lexicon.phrases.at(text.stems, text.tags, i, min((a for a in actions if a > i), default=last)):
            taken_up = phrase[0] is Kind.OPPOSE and text.tags[i].startswith("NN") and text.stems[i] in lexicon.anaphors
            if not taken_up and not _otherwise(
                lexicon, text, phrase[0], i, phrase[1]
            ):  # "our question" questions nothing
                found.append(Operator(phrase[0], i, phrase[1], repeats=_repeats(text, found, i)))
            i = phrase[1]
        else:
            if text.stems[i] in lexicon.negators and text.document.tokens[i].lower != "non":
                opined = _not_thought(lexicon, text, i, last)
                if opined:
                    found.append(Operator(Kind.DENIED, i, opined))
                elif text.document.tokens[min(i + 1, last - 1)].lower not in _NOT_ALONE:
                    denied.append(i)
                    found.extend([Operator(Kind.MAY, i, i + 1)] if text.stems[i] == "cannot" else [])
            i += 1
    return list(_denied(text, found, denied))


def _not_thought(lexicon: Lexicon, text: Index, i: int, last: int) -> int | None:
    """The end of words that deny a thought, by which what is thought is denied: "do not think", "nobody believes"."""
    for k in range(i + 1, min(i + 1 + _NEGATION_REACH, last)):
        if text.stems[k] in lexicon.opining and text.tags[k].startswith(("VB", "JJ")):
            return k + 1
        if text.tags[k] not in {"RB", "MD", "IN", "DT", "NN"} and text.stems[k] not in _HELPING:
            return None
    return None


def _takes_sides(lexicon: Lexicon, text: Index, i: int) -> bool:
    """Whether a noun is itself an attitude: a "vote against", not an "emergency against Norland"."""
    found = lexicon.phrases.at(text.stems, text.tags, i, i + 1)
    return found is not None or text.stems[i] in lexicon.words.contests


def _otherwise(lexicon: Lexicon, text: Index, kind: Kind, first: int, last: int) -> bool:
    """Whether a word only looks like an operator: the "Great" of a name, the "back" of "fired back"."""
    if last - first > 1:
        return False
    if text.tags[first] == "IN" and kind is Kind.OPPOSE and first > text.sentence(first)[0]:
        return text.tags[first - 1].startswith("NN") and not _takes_sides(lexicon, text, first - 1)
    body = text.stems[first] == "opposition" and text.document.tokens[first - 1].lower == "the"
    if body and text.tags[last : last + 1] in (("MD",), ("VBZ",), ("VBD",), ("VBP",), ("NN",)):
        return True  # "the opposition would back it"
    tag, token = text.tags[first], text.document.tokens[first]
    after = text.document.tokens[last].text if last < len(text.tags) else ""
    if token.text[0].isupper() and after[:1].isupper() and first > text.sentence(first)[0]:
        return True
    if tag.startswith("NNP"):
        beside = (text.tags[i] for i in (first - 1, last) if 0 <= i < len(text.tags))
        return kind in _JUDGING or any(t.startswith("NNP") for t in beside)
    if kind in _HELD and tag == "VBN" and first > 0 and text.tags[first - 1] in _DETERMINING:
        return text.tags[last : last + 1] in (("NN",), ("NNS",), ("JJ",))  # "the proposed toll" tells no will
    return kind is Kind.SUPPORT and tag in {"RB", "RP", "IN"} and token.lower not in _FOR


def _repeats(text: Index, found: Sequence[Operator], i: int) -> bool:
    """Whether a word only repeats the operator before it: "wrong and 'dangerous'", "protested against"."""
    if not found:
        return False
    between = range(found[-1].last, i)
    if not between:
        return text.tags[i] == "IN"
    return all(text.tags[j] in _JOINING or not text.document.tokens[j].text[0].isalnum() for j in between)


def _denied(text: Index, found: Sequence[Operator], denied: Sequence[int]) -> Iterator[Operator]:
    """The operators with each negation given to the one that it denies: past a modal, the verb it stands before."""
    targets: set[int] = set()
    for at in denied:
        reach = next((i for i in range(at + 1, at + _NEGATION_REACH) if text.tags[i : i + 1] == ("CC",)), at + 5)
        after = [n for n, o in enumerate(found) if at <= o.first < min(reach, at + _NEGATION_REACH + 1)]
        before = [n for n, o in enumerate(found) if o.last <= at <= o.last + 1 and o.kind in MODAL]
        plain = [n for n in after if found[n].kind not in MODAL]
        target = (plain or after[-1:] or before)[:1]
        targets ^= set(target)
    for number, operator in enumerate(found):
        if number in targets and _pending(text, operator):
            yield operator._replace(kind=Kind.SILENT)
        else:
            yield operator._replace(negated=True) if number in targets else operator


def _pending(text: Index, operator: Operator) -> bool:
    """Whether support is only not told yet: who "has not called for" a thing refuses nothing."""
    if operator.kind is not Kind.SUPPORT or text.tags[operator.first] != "VBN":
        return False
    before = [text.stems[i] for i in range(max(0, operator.first - _NEGATION_REACH), operator.first)]
    return "hav" in before and "never" not in before


def value(run: Sequence[Operator]) -> Value:
    """Fold a run of operators, outermost first, over a mention."""
    held = Value(None, 1.0)
    for operator in reversed(_merged(run)):
        held = _over(operator, held)
    return held


def _merged(run: Sequence[Operator]) -> list[Operator]:
    """The run with what only repeats one operator taken together: "wrong and dangerous", "protested against"."""
    kept: list[Operator] = []
    for operator in run:
        same = bool(kept) and _SIGN.get(kept[-1].kind) == _SIGN.get(operator.kind, 0)
        if same and operator.repeats:
            kept[-1] = kept[-1]._replace(last=operator.last)
        else:
            kept.append(operator)
    return kept


def _over(outer: Operator, inner: Value) -> Value:
    if inner.operators and {outer.kind, inner.operators[0].kind} <= _JUDGING:
        return inner
    if inner.operators and inner.operators[0].kind is Kind.FAILING and outer.kind in (Kind.OPPOSE, Kind.BAD):
        # Whoever attacks a failure to act wants the act.
        return inner
    stance = _alone(outer) if inner.stance is None else _composed(outer, inner.stance)
    if stance is inner.stance or stance is None:
        return inner
    sure = _REFUSED if outer.kind is Kind.ACTION and outer.negated else CONFIDENCE[outer.kind]
    confidence = min(sure, inner.confidence) - 0.05 * (inner.stance is not None)
    return Value(stance, confidence, (outer, *inner.operators))


def _alone(operator: Operator) -> Stance | None:
    return _NEGATED_ALONE.get(operator.kind) if operator.negated else _ALONE.get(operator.kind)


def _composed(outer: Operator, inner: Stance) -> Stance:
    """What an operator makes of what already has a stance."""
    match outer.kind:
        case Kind.SUPPORT | Kind.GOOD | Kind.MUST | Kind.WILL | Kind.INTEND:
            return _INVERSE.get(inner, inner) if outer.negated else inner
        case Kind.OPPOSE | Kind.BAD:
            return inner if outer.negated else _INVERSE.get(inner, inner)
        case Kind.DENIED:
            return _UNTHOUGHT.get(inner, inner)
        case Kind.MAY | Kind.OPEN if not outer.negated:
            return {Stance.SUPPORT: Stance.OPEN}.get(inner, inner)
        case Kind.UNDECIDED | Kind.SILENT | Kind.NOT_NOW if not outer.negated:
            return _ALONE[outer.kind]
    return inner
