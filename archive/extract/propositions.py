"""A topic's proposition, taken apart: what should become of what.

"The harbour toll should be abolished" has the theme *harbour toll* and an action that ends it; "Norland should
not send troops to Veyland" the theme *troops*, an action that brings them about, negated, and a place around.
Whether somebody should hold an office, or is fit to, is whether they should be elected: "Ada Quill would make a good
governor" has the theme *Ada Quill* and the action of electing. What is judged ("the toll was a mistake") is to be or,
where the judgement is bad, not to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.extract.restating import Wording
from archive.extract.vocabulary import ELECTING, UNLISTED, Action, Vocabulary

STOP = frozenset(
    {"the", "a", "an", "of", "on", "to", "in", "at", "for", "from", "by", "with", "and", "or", "be", "it", "its"}
    | {"his", "her", "their", "our", "this", "that", "these", "those", "into", "as"}
)
_MODALS = frozenset({"should", "must", "ought", "shall", "will", "can", "may", "would", "need", "deserv"})
_NEGATIONS = frozenset({"not", "never", "n't", "no"})
_PREPOSITIONS = frozenset(
    {"of", "on", "to", "in", "at", "for", "from", "by", "with", "into", "against", "over", "along", "as", "about"}
    | {"between", "among", "under", "across", "around", "near", "within", "without", "during", "after", "before"}
)
_DIRECTED = frozenset({"on", "against", "over", "after"})
_DECIDING = frozenset({"vote", "hear", "referendum", "decision", "deal", "agreement", "treaty", "bill", "law"})
_BESIDE_VERB = frozenset({"be", "to", "hav", "also", "the", "a", "an"})
_PARTICLES = frozenset({"out", "up", "down", "off", "away", "back", "asid", "ahead", "forward", "through"})
_WITHIN = frozenset(
    {"stay", "remain", "join", "leav", "exit", "withdraw", "pull", "secede", "enter", "return", "belong"}
)
_LONGEST_NAME = 3
_BACKWARDS = frozenset({"back", "down", "off", "away", "out", "apart"})
_BECOMING = frozenset({"becom", "remain", "stay", "serv", "act"})
_CHOOSING = frozenset({"elect", "choos", "back", "support", "behind"})
_GIVING = frozenset({"giv", "grant", "offer"})
_ONWARD = frozenset({"of", "from", "as", "by"})
_IDLE = frozenset(
    {"another", "again", "more", "mor", "any", "all", "every", "further", "instead", "also", "own", "such"}
)
_PLANS = frozenset({"plan", "decision", "proposal", "vot", "bid", "mov", "attempt", "effort", "push", "idea", "order"})
_RIGHTLY = {"right": 1, "wrong": -1, "justify": 1, "correct": 1, "mistaken": -1, "smart": 1, "foolish": -1}
_THINGS = frozenset({"charg", "levy", "fund", "grant", "act", "control"})
_STATES = frozenset(
    {"forc", "plac", "office", "power", "post", "effect", "prison", "jail", "charg", "job", "open", "clos"}
)


@dataclass(frozen=True, slots=True)
class Proposition:
    """What should become of what: stems of the ``theme`` and its ``heads``, the action, and the places around it.

    ``complement`` is the part of the theme after its first preposition ("of the port's workers"), ``target`` that which
    it is directed at or an answer to ("on Norland", "over its harbour test").
    """

    theme: frozenset[str]
    heads: frozenset[str]
    action: Action
    verb: str
    negated: bool
    around: frozenset[str]
    complement: frozenset[str] = frozenset()
    target: frozenset[str] = frozenset()


def read(proposition: str, words: Vocabulary) -> Proposition:
    """Take a proposition apart. Where nothing should be done and nothing is judged, all of it is theme."""
    said, stems = _stemmed(proposition, words)
    modal = next((i for i, stem in enumerate(stems) if stem in _MODALS), None)
    if decided := _decided(said, stems, modal, words):
        return read(decided, words)
    if modal is None:
        return _judged(said, stems, words) or _unmodal(stems, words)
    at, negated, passive = _verb(stems, modal + 1)
    if at < len(stems) and (held := _held(said, stems, modal, at, words)):
        return _elected(held, words, negated=negated)
    subject, rest = stems[:modal], stems[at + 1 :]
    verb = stems[at] if at < len(stems) else ""
    if passive and verb not in words.single:
        verb = next((s for s in rest if s in words.single), verb)
    if verb == "becom" and "law" in rest:
        verb, rest, passive = "enact", [], True
    phrased = words.actions.at(stems, [""] * len(stems), at, len(stems)) if at < len(stems) else None
    acting = phrased[0] if phrased else words.single.get(verb) or _unlisted(verb, stems[at + 1 : at + 2], words)
    state = verb in _WITHIN and not _STATES.isdisjoint(rest)
    within = not passive and not state and verb in _WITHIN and _content(rest)
    given = passive and verb in _GIVING and _content(rest)
    onward = not passive and (acting.family == UNLISTED or _has_object(rest)) and _content(rest)
    moved = state or verb in _BECOMING or not _content(rest) or (not onward and rest[0] in _PREPOSITIONS | _PARTICLES)
    passive = not (within or given) and (passive or moved)
    theme, around = (subject, rest) if passive else (_object(rest), subject)
    named = {s for w, s in zip(said, stems, strict=True) if s in around and words.places.find(w)}
    forms = (words.alternatives(w) for w, s in zip(said, stems, strict=True) if s in named)
    return Proposition(
        theme=frozenset(_content(theme)),
        heads=frozenset(_heads(theme, words)),
        action=acting,
        verb=verb,
        negated=negated,
        around=frozenset(f for form in forms for f in form) if passive else frozenset(),
        complement=frozenset(_after(theme, _PREPOSITIONS)),
        target=frozenset(() if _DECIDING & {*theme} else _after(theme, _DIRECTED)),
    )


def _stemmed(proposition: str, words: Vocabulary) -> tuple[Sequence[str], Sequence[str]]:
    """The words of a proposition, without marks and the ending of a possessor, and their stems."""
    bare = (w.strip(".,;:!?\"'“”()").removesuffix("'s").removesuffix("’s") for w in proposition.split())
    said = [w for w in bare if w]
    return said, [words.stemmer.of(w.lower()) for w in said]


def wording(proposition: str, words: Vocabulary) -> Wording | None:
    """The words of a proposition in order, if it says that something should be done to, or by, something."""
    _, stems = _stemmed(proposition, words)
    modal = next((i for i, stem in enumerate(stems) if stem in _MODALS), None)
    if not modal:
        return None
    at, negated, _ = _verb(stems, modal + 1)
    if at >= len(stems):
        return None
    first = next((i for i in range(1, modal) if stems[i] in _PREPOSITIONS), modal)
    head, after = _content(stems[:first])[-1:], _all_but_small(stems[at + 1 :])
    who = head if after else _content(stems[:modal])
    return Wording(tuple(who), stems[at], after, negated) if who else None


def _all_but_small(stems: Sequence[str]) -> tuple[str, ...]:
    return tuple(s for s in stems if s in _PARTICLES or (s not in STOP and s not in _IDLE and len(s) > 1))


def _decided(said: Sequence[str], stems: Sequence[str], modal: int | None, words: Vocabulary) -> str:
    """What a proposition on a plan or decision comes to: "the plan to close the pier is wrong" says not to."""
    verb = modal if modal is not None else next((i for i, stem in enumerate(stems) if stem == "be"), None)
    plan = next((i for i in range(min(4, len(stems) - 2)) if stems[i] in _PLANS and stems[i + 1] == "to"), None)
    if verb is None or plan is None or not plan + 2 < verb < len(stems) - 1:
        return ""
    rest = range(verb + 1, len(stems))
    ended = any((action := words.single.get(stems[i])) and action.polarity == -1 for i in rest)
    judged = (words.judging.at(stems, [""] * len(stems), i, len(stems)) for i in rest)
    bad = next((found[0] == -1 for found in judged if found), ended)
    turned = bad != any(stems[i] in _NEGATIONS for i in rest)
    return " ".join(("It", "should", *(("not",) if turned else ()), *said[plan + 2 : verb]))


def _held(said: Sequence[str], stems: Sequence[str], modal: int, at: int, words: Vocabulary) -> Sequence[str]:
    """The name of whom a proposition wants in an office: who should become it, or whom others should support."""
    verb, rest = stems[at], range(at + 1, len(stems))
    office = any(stems[i] in words.titles and said[i][0].islower() for i in rest)
    if verb in _BECOMING and office:
        return _person(said[:modal], words)
    if stems[modal] == "would" and any(words.judging.at(stems, [""] * len(stems), i, len(stems)) for i in rest):
        return _person(said[:modal], words)
    if verb in _CHOOSING or any(stems[i] == "behind" for i in rest):
        return _person(_first_name(said[at + 1 :]), words)
    return ()


def _first_name(said: Sequence[str]) -> Sequence[str]:
    """The first run of capitalised words."""
    first = next((i for i, word in enumerate(said) if word[0].isupper()), len(said))
    last = next((i for i in range(first, len(said)) if not said[i][0].isupper()), len(said))
    return said[first:last]


def _person(said: Sequence[str], words: Vocabulary) -> Sequence[str]:
    """These words if they are the name of a person, without a title before it."""
    stems = [words.stemmer.of(w.lower()) for w in said]
    first = next((i for i, stem in enumerate(stems) if stem not in words.titles), len(said))
    name = said[first:]
    if not 0 < len(name) <= _LONGEST_NAME or not all(w[0].isupper() for w in name) or words.places.find(" ".join(name)):
        return ()
    several = stems[-1] != name[-1].lower() and len(name) == 1 and name[-1].endswith("s")
    return () if several or not words.impersonal.isdisjoint(stems) else name


def _elected(name: Sequence[str], words: Vocabulary, *, negated: bool) -> Proposition:
    stems = [words.stemmer.of(w.lower()) for w in name]
    return Proposition(frozenset(stems), frozenset(stems[-1:]), words.electing, ELECTING, negated, frozenset())


def _judged(said: Sequence[str], stems: Sequence[str], words: Vocabulary) -> Proposition | None:
    """What is said to be good or bad, to be fit or unfit: a person for an office, or a thing."""
    copula = next(
        (i for i, stem in enumerate(stems) if stem == "be" or (stem == "hav" and "be" in stems[i + 1 : i + 2])), None
    )
    if not copula:
        return None
    rightly = next(
        (i for i in range(copula + 1, len(stems) - 2) if stems[i] in _RIGHTLY and stems[i + 1] == "to"), None
    )
    if rightly is not None:  # "The council was wrong to close the pier": it should not have
        turned = (_RIGHTLY[stems[rightly]] == 1) == (not _NEGATIONS.isdisjoint(stems[copula:rightly]))
        return read(" ".join((*said[:copula], "should", *(("not",) if turned else ()), *said[rightly + 2 :])), words)
    after = range(copula + 1, len(stems))
    found = (words.judging.at(stems, [""] * len(stems), i, len(stems)) for i in after)
    polarity = next((f[0] for f in found if f), None)
    if polarity is None:
        return None
    negated = any(stems[i] in _NEGATIONS for i in after) == (polarity == 1)
    if name := _person(said[:copula], words):
        return _elected(name, words, negated=negated)
    subject = [stem for stem in stems[:copula] if stem not in {"the", "a", "an"}]
    action, of = Action(UNLISTED, 1), subject.index("of") if "of" in subject else len(subject)
    deed = {**words.derived, **words.single}.get(subject[of - 1]) if 0 < of < len(subject) - 1 else None
    if deed is not None:  # "The pardon of Quill was wrong"
        action, subject = deed, subject[of + 1 :]
    return Proposition(
        frozenset(_content(subject)),
        frozenset(_heads(subject, words)),
        action,
        "",
        negated,
        frozenset(),
        frozenset(_after(subject, _PREPOSITIONS)),
        frozenset(_after(subject, _DIRECTED)),
    )


def _object(rest: Sequence[str]) -> Sequence[str]:
    """What follows a verb, without its particle: "down on hate speech"."""
    first = 0
    while first < len(rest) - 1 and rest[first] in _PARTICLES | {"on", "in", "with"}:
        first += 1
    return rest[first:]


def _has_object(rest: Sequence[str]) -> bool:
    """Whether what follows a verb with a particle is its object: "step up the raids", not "drop out of the race"."""
    return len(rest) > 1 and rest[0] in _PARTICLES | {"in"} and rest[1] not in _ONWARD


def _unlisted(verb: str, after: Sequence[str], words: Vocabulary) -> Action:
    """What a verb of no family does: what opposes ("reject the pact") or takes back ("scale it back") ends things."""
    ends = verb in words.hostile or not _BACKWARDS.isdisjoint(after)
    return Action(UNLISTED, -1 if ends else 1)


def _unmodal(stems: Sequence[str], words: Vocabulary) -> Proposition:
    verb = next((s for s in stems if s in words.single), "")
    theme = [s for s in stems if s != verb]
    action = words.single.get(verb, Action(UNLISTED, 1))
    return Proposition(frozenset(_content(theme)), frozenset(_heads(theme, words)), action, verb, False, frozenset())


def _verb(stems: Sequence[str], i: int) -> tuple[int, bool, bool]:
    """Where the verb after a modal stands, whether it is negated, and whether the subject is what it acts on."""
    negated = passive = False
    while i < len(stems) - 1 and (stems[i] in _NEGATIONS | _BESIDE_VERB or stems[i].endswith("ly")):
        negated = negated or stems[i] in _NEGATIONS
        passive = passive or stems[i] == "be"
        i += 1
    return i, negated, passive


def _after(theme: Sequence[str], prepositions: frozenset[str]) -> list[str]:
    """The words of a theme after the first of these prepositions."""
    at = next((i for i, stem in enumerate(theme) if stem in prepositions and i > 0), len(theme))
    return _content(theme[at:])


def _content(stems: Sequence[str]) -> list[str]:
    return [s for s in stems if s not in STOP | _IDLE and len(s) > 1]


def _heads(theme: Sequence[str], words: Vocabulary) -> list[str]:
    """The last word before the first preposition, that is no action if there is one; else the next such word."""
    phrase: list[str] = []
    acting: list[str] = []
    for stem in (*theme, "of"):
        if stem not in _PREPOSITIONS:
            phrase.append(stem)
            continue
        if found := [s for s in _content(phrase) if s not in words.single or s in _THINGS]:
            return found[-1:]
        acting, phrase = acting or _content(phrase)[-1:], []
    return acting
