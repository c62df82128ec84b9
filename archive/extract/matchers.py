"""A topic made ready to be looked for: its proposition and terms, compiled once."""

from __future__ import annotations

from collections.abc import Sequence

from archive.extract import propositions
from archive.extract.propositions import Proposition
from archive.extract.terms import Naming, Term, heads_of, names_of, nouns_of, term_of, theme_of, unowned, variants
from archive.extract.topics import Matcher
from archive.extract.vocabulary import Vocabulary
from archive.model import Topic, fold

_ACCUSING = "investigate"
_LONGEST_NAME = 3
_RUNNING = ("candidacy", "nomination", "campaign", "bid", "run", "presidency", "election", "ticket", "leadership")


def matcher(topic: Topic, words: Vocabulary) -> Matcher:
    """Make a topic ready to be looked for."""
    proposition = propositions.read(topic.proposition, words)
    done = {**words.derived, **words.single}
    actions = {proposition.verb: proposition.action, **done} if proposition.verb else done
    terms = tuple(t for term in topic.terms for t in variants(term_of(term, words, proposition, actions)))
    heads = proposition.heads.union(*(heads_of(term, words, proposition, actions) for term in terms))
    keys = heads.union(*(forms for term in terms for forms in term.words))
    said = (*topic.proposition.split()[1:], *(w for term in topic.terms for w in term.split()))
    plain = {words.stemmer.of(unowned(w)) for w in said if w[0].islower()}
    names = frozenset(words.stemmer.of(unowned(w).lower()) for w in said if w[0].isupper())
    articled = bool(said) and topic.proposition.split()[:1] in (["The"], ["A"], ["An"])
    personal = _is_person(proposition, names - plain, words, articled=articled)
    people = tuple(names_of(proposition, words)) if personal else ()
    terms += people or (() if personal else tuple(theme_of(topic.proposition, words, proposition)))
    context = tuple(tuple(words.alternatives(word) for word in phrase.split()) for phrase in topic.context)
    return Matcher(
        topic=topic,
        proposition=proposition,
        wording=propositions.wording(topic.proposition, words),
        terms=terms,
        needed=tuple(frozenset().union(*(forms for forms in term.words if len(forms) == 1)) for term in terms),
        heads=heads,
        actions=actions,
        phrases=words.actions,
        context=context,
        keys=keys,
        named=keys | proposition.theme,
        names=names,
        titles=words.titles,
        personal=personal,
        people=_called(topic.proposition, proposition.heads, words) if people else frozenset(),
        called=_called(topic.proposition, proposition.theme, words),
        bodies=words.impersonal - keys - proposition.theme,
        nouns={noun: action for noun, action in nouns_of(terms, proposition) if noun not in names - plain},
        family=frozenset(s for s, a in actions.items() if a == proposition.action) - proposition.theme,
        doers=words.actions.beginning(proposition.action) | {s for s, a in actions.items() if a == proposition.action},
        stopping=words.stopping - proposition.theme,
        ills=words.ills - proposition.theme,
        instruments=frozenset(map(words.stemmer.of, _RUNNING)) if personal else words.instruments,
        matters=frozenset(s for t in terms if t.naming is Naming.MATTER for s in t.words[-1]) - _things(terms),
        outcomes=words.outcomes - proposition.theme,
        accusing=words.single[words.stemmer.of(_ACCUSING)].family,
        doing=words.doing,
        electing=words.electing,
        elective=personal or proposition.action == words.electing,
    )


def _called(said: str, stems: frozenset[str], words: Vocabulary) -> frozenset[str]:
    """The words of a proposition with these stems, folded as names are compared."""
    bare = (unowned(word.strip(".,;:!?\"'“”()")) for word in said.split())
    return frozenset(fold(word) for word in bare if words.stemmer.of(word.lower()) in stems)


def _things(terms: Sequence[Term]) -> frozenset[str]:
    return frozenset(stem for term in terms if term.naming is Naming.THING for forms in term.words for stem in forms)


def _is_person(proposition: Proposition, names: frozenset[str], words: Vocabulary, *, articled: bool) -> bool:
    """Whether the theme is a name, and a person's: by its given name, or for nothing in it is an organisation's."""
    if not proposition.heads <= names or len(proposition.theme) > _LONGEST_NAME:
        return False
    full = not articled and len(proposition.theme) > 1 and len(proposition.theme - names) <= 1
    return not proposition.theme.isdisjoint(words.given) or (full and words.impersonal.isdisjoint(proposition.theme))
