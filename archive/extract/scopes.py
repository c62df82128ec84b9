"""The clause around a mention with what stands in it, and what of that can be over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.extract.effects import ATTITUDES
from archive.extract.indexed import Index
from archive.extract.limits import REACH
from archive.extract.operators import OF_PERSONS, Kind, Lexicon, Operator, operators
from archive.extract.passages import Passage
from archive.extract.topics import Hit

_WEIGHED = frozenset({Kind.UNDECIDED, Kind.OPEN, Kind.SILENT})
_JUDGMENTS = frozenset({Kind.GOOD, Kind.BAD})
_BEFORE_NAMES = frozenset({"NNP", "NNPS", "NN", "JJ", "DT", "PRP$", "IN", "TO", "-LRB-", "QUOTE", "RP"})
_BEFORE_JUDGEMENTS = frozenset(
    {"POS", "VBZ", "VBD", "VBP", "VB", "VBN", "MD", "RB", "DT", "JJ", "QUOTE", "TO", "IN", "PDT", "CD"}
)
_CALLED_WITHIN = 7
_EXCEPTING = frozenset({"but", "except", "than", "not", "instead"})


class Scope(NamedTuple):
    """The clause around a mention, in its sentence, and the operators there; ``cue`` are those of the cue."""

    sentence: tuple[int, int]
    clause: tuple[int, int]
    operators: tuple[Operator, ...]
    cue: tuple[Operator, ...]


def scope_of(lexicon: Lexicon, passage: Passage, sentence: tuple[int, int], hit: Hit) -> Scope:
    """The clause around a mention in a statement's sentence, with its operators and those of the cue."""
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


def on_the_name(lexicon: Lexicon, passage: Passage, scope: Scope, hit: Hit) -> Scope:
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


def of_things(scope: Scope) -> Scope:
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
