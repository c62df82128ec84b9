"""Statements that take up what was just spoken of without naming it: "this possibility", "nothing can be ruled out"."""

from __future__ import annotations

from dataclasses import dataclass

from archive.extract.chains import complemented
from archive.extract.indexed import Index
from archive.extract.operators import Kind, Lexicon
from archive.extract.topics import Hit
from archive.extract.vocabulary import Direction
from archive.model import Assessment, Stance, fold

NEAR = 2
"""Sentences back within which a bare "this" or "nothing" still means the topic."""

NEAREST = 1
"""Sentences back within which "his proposal" does."""

FAR = 8
"""Sentences back within which "the proposal" does."""

NOUN, PRONOUN, POINTER, EXPLETIVE, NOTHING = 0.75, 0.72, 0.68, 0.63, 0.72
SAME = 0.07
"""How much surer it is where the topic was named in the same sentence or the one before."""

_INDEFINITE = frozenset({"a", "an", "any", "some", "another", "every", "each", "no"})
_OPENING = 3
_PAUSES = frozenset(",;:—–")
_VERB_WITHIN = 3
_OBJECTS = frozenset({"him", "her"})
_SUBJECTS = frozenset({"he", "she"})
_GENDER = {"he": "m", "him": "m", "she": "f", "her": "f"}
_JUDGING = frozenset({Kind.GOOD, Kind.BAD, Kind.ADMIRED, Kind.DESPISED})
_AGAINST = frozenset({Stance.OPPOSE, Stance.NOT_NOW})
_FAVOURING = frozenset({Kind.SUPPORT, Kind.OPPOSE, Kind.BEATING})
_EXCLUDING = frozenset({"rule", "exclud"})
_DOING = (("VB",), ("VBZ",), ("VBD",))
_EMPTY = frozenset({"be", "seem", "tak", "look", "appear", "turn", "happen", "depend", "remain", "hav", "mak"})
_DEED_WITHIN = 7
_NAMED_WITHIN = 60
_EXPLAINED_WITHIN = 12
_RAISING = frozenset({"likely", "unlikely", "bound", "set", "sure", "certain", "ready", "able", "due", "meant"})
_DEEDS = frozenset({"thing", "step", "move", "decision", "mistak", "victory", "gestur", "act", "day", "outcom"})
_BARE = frozenset({"nothing", "everything"})


@dataclass(frozen=True, slots=True)
class Antecedent:
    """What was said on the topic before.

    Its direction, how many sentences ago, how it was assessed, the names of those who had to do with it, whether
    its theme is itself a name, how what was last done about it was assessed, whoever did it, whether the article
    is chiefly about it, the direction of what its beginning tells to be done, and whether it was named in the plural.
    """

    direction: Direction
    distance: int
    assessment: Assessment | None
    names: frozenset[str]
    person: bool = False
    outcome: Assessment | None = None
    chief: bool = True
    news: Direction | None = None
    plural: bool = False


def take_up(
    lexicon: Lexicon,
    index: Index,
    sentence: tuple[int, int],
    earlier: Antecedent | None,
    named: frozenset[str],
    *,
    direct: bool,
    family: frozenset[str],
    speaker: frozenset[str],
) -> Hit | None:
    """The words of a sentence that stand for the topic spoken of before, if any do.

    ``direct`` tells that they are the speaker's own, so that a "he" is somebody else. ``named`` are the stems of the
    topic's own words: "the bill" takes up only what was called one. ``speaker`` are the words of the speaker's name,
    whom a third person in a quotation cannot mean.
    """
    if earlier is None or earlier.distance > (FAR if earlier.chief else 0):
        return None
    if not earlier.person and (done := _done_to(index, sentence, family, plural=earlier.plural)) is not None:
        return Hit(done, done + 1, earlier.direction, NOUN, None)
    nouns = lexicon.anaphors | (lexicon.objects & named)
    for i in range(*sentence):
        strength = 0.0
        if earlier.person:
            judged = direct and _judged(lexicon, index, i, sentence[1])
            strength = NOUN if judged else _favoured(lexicon, index, i)
            meant = strength and earlier.distance <= NEAR and _last_named(lexicon, index, i, named, speaker)
            strength = strength if meant else 0.0
        elif (
            index.stems[i] in nouns and index.tags[i] in {"NN", "NNS"} and _definite(index, i, sentence, earlier, named)
        ):
            strength = NOUN
        elif earlier.distance <= (FAR if earlier.chief and direct else NEAR):
            strength = 0.0 if direct and _over(index, i, named) else _bare(lexicon, index, i, sentence, earlier)
            if strength and earlier.news and earlier.distance > 0:
                return Hit(i, i + 1, earlier.news, strength, None)
        if strength and earlier.outcome and (index.stems[i] in lexicon.outcomes or _a_deed(index, i, sentence)):
            turned = earlier.outcome.stance in _AGAINST
            return Hit(i, i + 1, -1 if turned else 1, strength, None)
        if strength:
            return Hit(i, i + 1, earlier.direction, strength, None, bare=earlier.person)
    return None


def _last_named(lexicon: Lexicon, index: Index, i: int, named: frozenset[str], speaker: frozenset[str]) -> bool:
    """Whether the person named last before a pronoun, the speaker apart, is the one that a topic is about."""
    for k in range(i - 1, max(0, i - _NAMED_WITHIN) - 1, -1):
        ends = index.tags[k].startswith("NNP") and not index.tags[k + 1].startswith("NNP")
        if not ends or index.stems[k] in lexicon.words.titles or fold(index.document.tokens[k].text) in speaker:
            continue
        given = lexicon.words.given.get(index.stems[k - 1]) if k else None
        if given is None or given == _GENDER[index.document.tokens[i].lower]:
            return index.stems[k] in named
    return False


def _done_to(index: Index, sentence: tuple[int, int], family: frozenset[str], *, plural: bool) -> int | None:
    """A pronoun to which is done what the topic is about: "we must recognise it", "only a law can stop them"."""
    pronoun = "them" if plural else "it"
    for i in range(sentence[0] + 1, sentence[1]):
        verb = index.stems[i - 1] in family and index.tags[i - 1].startswith("VB")
        if verb and index.document.tokens[i].lower == pronoun:
            return i
    return None


def _a_deed(index: Index, i: int, sentence: tuple[int, int]) -> bool:
    """Whether a pronoun is told to be something done: "it is the right thing to do", "this is a good decision"."""
    said = range(i + 1, min(i + _DEED_WITHIN, sentence[1]))
    return index.tags[i] in {"PRP", "DT"} and any(index.stems[k] in _DEEDS for k in said)


def _favoured(lexicon: Lexicon, index: Index, i: int) -> float:
    """How sure "him" is the person that a topic is about: after a verb that can be for or against one."""
    if index.document.tokens[i].lower not in _OBJECTS or index.tags[i] != "PRP":
        return 0.0
    return NOUN if _attitude_to(lexicon, index, i) else 0.0


def _bare(lexicon: Lexicon, index: Index, i: int, sentence: tuple[int, int], earlier: Antecedent) -> float:
    """How sure a "this" or "nothing" means the topic; 0 for other words."""
    lower = index.document.tokens[i].lower
    after = index.tags[i + 1] if i + 1 < sentence[1] else "."
    if lower in _BARE:
        excluded = i > 0 and index.stems[i - 1] in _EXCLUDING
        return NOTHING if excluded or after.startswith(("MD", "VB")) else 0.0
    pointing = lower in lexicon.words.words.pointers and not after.startswith(("NN", "JJ", "DT", "PRP", "CD"))
    complementizer = lower == "that" and index.tags[i] in {"IN", "WDT"}
    paused = index.document.tokens[i - 1].text in _PAUSES and lower != "that"
    opens = i - sentence[0] < _OPENING or paused or i + 1 >= sentence[1] - 1 or _attitude_to(lexicon, index, i)
    if not pointing or not opens or complementizer or (lower == "that" and index.tags[i + 1 : i + 2] != ("VBZ",)):
        return 0.0
    if lower == "it" and _expletive(lexicon, index, i, sentence[1]):
        return 0.0
    named = index.tags[i + 1 : i + 3] == ("VBZ", "DT") and earlier.chief
    if lower == "it" and earlier.chief and earlier.distance <= NEAREST and _is_thing(index, i, sentence):
        return PRONOUN
    return (EXPLETIVE if lower == "it" and not named else POINTER) + SAME * (earlier.distance <= NEAREST)


def _over(index: Index, i: int, named: frozenset[str]) -> bool:
    """Whether somebody's own words tell of what is over, which no proposition is: "it was a narrow victory".

    Not so what is called by a word of the topic: "this was a bad bill".
    """
    if not named.isdisjoint(index.stems[i + 2 : i + 5]):
        return False
    return index.tags[i] in {"PRP", "DT"} and index.document.tokens[min(i + 1, len(index.tags) - 1)].lower == "was"


def _expletive(lexicon: Lexicon, index: Index, i: int, high: int) -> bool:
    """Whether an "it" only stands for what follows: "it is short-sighted of them to wait", "it is sad that"."""
    said = [k for k in range(i + 1, min(i + _EXPLAINED_WITHIN, high)) if index.tags[k] not in {"MD", "RB", ","}]
    if len(said) < 2 or index.stems[said[0]] != "be" or index.tags[said[1]] != "JJ":
        return False
    if index.document.tokens[said[1]].lower in _RAISING:
        return False
    follows = next((k for k in said[2:] if index.tags[k] == "TO" or index.document.tokens[k].lower == "that"), None)
    if follows is None or index.tags[follows] != "TO":
        return follows is not None
    phrase = lexicon.phrases.at(index.stems, index.tags, follows + 1, high)
    return index.tags[follows + 1 : follows + 2] == ("VB",) and not (phrase and phrase[0] in _FAVOURING)


def _is_thing(index: Index, i: int, sentence: tuple[int, int]) -> bool:
    """Whether an "it" is no empty subject: it is an object, or does something ("it would drown the valley")."""
    if i > sentence[0] and index.tags[i - 1].startswith(("VB", "IN")):
        return True
    after = next((k for k in range(i + 1, sentence[1]) if index.tags[k] not in {"MD", "RB"}), sentence[1])
    return index.tags[after : after + 1] in _DOING and index.stems[after] not in _EMPTY


def _judged(lexicon: Lexicon, index: Index, i: int, high: int) -> bool:
    """Whether "he" or "she" is judged: "she would be a great senator"."""
    if index.document.tokens[i].lower not in _SUBJECTS:
        return False
    said = range(i + 1, min(i + _VERB_WITHIN * 2, high))
    is_ = next((k for k in said if index.stems[k] == "be"), high)
    found = (lexicon.phrases.at(index.stems, index.tags, k, high) for k in said if k > is_)
    return any(f and f[0] in _JUDGING for f in found)


def _attitude_to(lexicon: Lexicon, index: Index, i: int) -> bool:
    """Whether a word is the object of support or opposition."""
    starts = range(max(0, i - _VERB_WITHIN), i)
    found = (lexicon.phrases.at(index.stems, index.tags, j, i) for j in starts)
    return any(f and f[1] == i and f[0] in _FAVOURING for f in found)


def _definite(index: Index, i: int, sentence: tuple[int, int], earlier: Antecedent, named: frozenset[str]) -> bool:
    """Whether a noun points back: "this possibility", "Quill's plan"; not "a plan", nor "the plan to move"."""
    return not complemented(index, i, sentence[1]) and _determined(index, i, sentence[0], earlier, named)


def _determined(index: Index, i: int, low: int, earlier: Antecedent, named: frozenset[str]) -> bool:
    """Whether a determiner points back, or the possessor is one of those who had to do with the topic."""
    for j in range(i - 1, max(low, i - 4) - 1, -1):
        tag = index.tags[j]
        if tag == "POS":
            return j > low and index.stems[j - 1] in earlier.names
        if tag == "PRP$":
            return earlier.distance <= NEAREST
        if tag == "DT":
            return index.document.tokens[j].lower not in _INDEFINITE
        if not tag.startswith(("JJ", "VBN", "RB")) and index.stems[j] not in named:
            return False
    return False
