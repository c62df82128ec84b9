"""Which of the operators before a mention are over it, and which words deny the mention itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.extract.indexed import Index, qualifies, undergone
from archive.extract.operators import EFFECTS, MODAL, Kind, Lexicon, Operator
from archive.extract.passages import Passage
from archive.extract.topics import Hit
from archive.model import fold

_FOLLOWED_WITHIN = 4
_WHOSE = frozenset({"of", "for"})
_APART = frozenset({"from", "with", "among", "between"})
_PLACES = (("NNP",), ("NN",), ("NNS",), ("DT",), ("PRP",), ("PRP$",))
_EXCLUDING = frozenset({"not", "no"})
_SAID_OF_WITHIN = 5
_MANAGING = frozenset({"liv", "do", "go", "manag", "cop", "by", "surviv", "function"})
_PERSONS = frozenset({"i", "he", "she", "we", "they", "you", "who"})
_HOLDING = frozenset({"wrong", "right", "mistaken", "proud", "correct", "absolutely", "completely", "totally", "not"})
_JUDGMENTS = frozenset({Kind.GOOD, Kind.BAD})


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


def governing(lexicon: Lexicon, passage: Passage, over: Sequence[Operator], hit: Hit) -> Iterator[Operator]:
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


def excluded(
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
