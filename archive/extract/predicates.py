"""What is said of a mention after it: "a toll would be wrong", "the ban, 'a sham'", "the dam would drown a village"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.extract.consequences import consequence
from archive.extract.effects import FINITE, done_by
from archive.extract.indexed import Index
from archive.extract.operators import MODAL, Kind, Lexicon, Operator
from archive.extract.passages import Passage, foreign
from archive.extract.topics import Hit

_JUDGED = frozenset({Kind.GOOD, Kind.BAD, Kind.NOT_NOW, Kind.UNDECIDED})
_PREDICATING = FINITE | {"VB", "VBN", "VBG"}
_NOUNS = (("NN",), ("NNS",))
_DESCRIBING = (("JJ", "NN"), ("JJ", "NNS"))
_LINKING = frozenset(
    {"be", "hav", "mak", "remain", "seem", "becom", "mean", "constitut", "represent", "do", "pos", "caus", "bring"}
    | {"present", "creat", "spell", "amount", "look", "sound", "feel", "prov"}
)
_SET_OFF = frozenset({"as", ":", "—", "–", "-", "'", "‘", "’", "“", '"', "”"})


def predicate(
    lexicon: Lexicon, passage: Passage, clause: tuple[int, int], right: Sequence[Operator], hit: Hit
) -> Iterator[Operator]:
    """What is said of a mention after it: judgements, and verbs that are not infinitives of purpose."""
    index = passage.index
    naming = any(index.stems[i] in lexicon.naming for a, b in passage.cue for i in range(a, b))
    plain = [
        o for o in right if o.kind not in MODAL | {Kind.INTEND} and _said_of(lexicon, index, o, hit, naming=naming)
    ]
    kept = [o for o in right if o in plain or (o.kind in MODAL and any(p.first > o.first for p in plain))]
    if not kept and (done := consequence(lexicon, index, hit, clause[1])):
        yield done
    for operator in kept:
        called = naming and operator.first > 0 and index.document.tokens[operator.first - 1].lower in {"a", "an"}
        if called or not foreign(lexicon, passage, operator, clause[0], hit):
            yield operator


def _said_of(lexicon: Lexicon, index: Index, operator: Operator, hit: Hit, *, naming: bool) -> bool:
    """Whether an operator after a mention is over it; what is denied to be put off is not: "without delay"."""
    if operator.negated and operator.kind in (Kind.NOT_NOW, Kind.UNDECIDED):
        return False
    purpose = operator.first > 0 and index.tags[operator.first - 1] == "TO" and operator.kind is not Kind.OPEN
    if (purpose and operator.kind not in _JUDGED) or (not naming and _of_object(index, operator, hit)):
        return False
    if index.stems[operator.first] in lexicon.classifying and index.tags[operator.last : operator.last + 1] in _NOUNS:
        return False
    return (naming or predicated(index, hit.last, operator)) and not done_by(index, operator, hit)


def _of_object(index: Index, operator: Operator, hit: Hit) -> bool:
    """Whether a word only describes what a mention does something with: "checks punish honest people"."""
    noun = index.tags[operator.first] in {"NN", "NNS"} and operator.kind in (Kind.GOOD, Kind.BAD)
    describes = index.tags[operator.first : operator.last + 1] in _DESCRIBING
    if operator.last - operator.first > 1 or not (noun or describes):
        return False
    verbs = [i for i in range(hit.last, operator.first) if index.tags[i].startswith("VB")]
    return bool(verbs) and index.stems[verbs[-1]] not in _LINKING


def predicated(index: Index, first: int, operator: Operator) -> bool:
    """Whether an operator after a mention is said of it: by a verb, or set off in quotation marks or by a pause."""
    if operator.first == first and index.tags[first] == "IN":
        return False
    if operator.kind is Kind.NOT_NOW or operator.first == first or index.tags[operator.first].startswith(("VB", "MD")):
        return True
    between = range(first, operator.first)
    said = (i for i in between if index.tags[i] in _PREDICATING or index.document.tokens[i].lower in _SET_OFF)
    shortened = (
        i for i in between if index.tags[i] == "POS" and index.tags[i + 1] in {"RB", "DT"}
    )  # "Quill's a fraud"
    return any(True for _ in (*said, *shortened))
