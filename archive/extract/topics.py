"""When words are about a topic: its terms with inflection and gaps, and what its proposition is made of.

Each :class:`Hit` knows its direction: +1 where the words stand for the proposition itself ("abolishing the
toll"), -1 where they stand for its contrary ("keeping the toll", or the toll alone). So a user writes a
proposition and a handful of terms, and nothing else is tuned to a topic.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.extract.indexed import Index, ends, governs, qualifies, undergone, windows
from archive.extract.propositions import Proposition
from archive.extract.restating import Wording, restated
from archive.extract.stems import Phrases
from archive.extract.terms import Naming, Term
from archive.extract.vocabulary import Action, Direction
from archive.model import Topic

_ACTION_BEFORE = 5
_ACTION_AFTER = 12
_PROPOSED = frozenset({"resolution", "motion", "petition", "proposal", "initiativ", "demand"})
_NAMING = frozenset({"NNP", "NNPS", "JJ"})
_STOPPING = 4
_PHRASE = 4
_NEAR = 4
_THINGS = frozenset({"station", "charg", "shelter", "host", "fund", "park", "release", "order"})
_OBJECTS = frozenset({"it", "them", "him", "her", "this", "that"})
_PERSONS = frozenset({"he", "she", "his", "her", "him"})
_TOGETHER = 8
_APART = frozenset({"NNP", "NNPS", "VBZ", "VBD", "VBP"})
_SAME_SUBJECT = (("VBZ",), ("VBD",), ("VBP",), ("MD",))
_LINKING = frozenset({"IN", "DT", "JJ", "PRP$", "POS", "TO"})
_OBJECTS_OPEN = (("DT",), ("JJ",), ("PRP$",), ("PRP",))
_SHORT = (("VBN",), ("VBD",), ("VBG",), ("RB",), ("DT",))
_COMPARING = frozenset({"JJR", "RBR"})
_CONTRASTING = frozenset({"than", "over", "against"})
_NEVER_BETWEEN = ",;:—–"

THEME, LOOSE = 0.75, 0.8
"""How sure it is that words are about a topic: its theme with its action, its action at its place."""


class Hit(NamedTuple):
    """Tokens ``first`` to before ``last`` are about a topic; ``action`` is the token that acts on the theme, if any.

    ``sided`` tells whether being for or against them is being for or against the proposition or its contrary: not so
    with what the topic only describes ("coal jobs"), nor with an evil that it is about ("gun violence").
    ``degree`` tells that there would only be more or less of the theme: who rejects that has not said whether it should
    be. ``matter`` tells that they name what the proposition answers to: who condemns it tells nothing. ``bare`` tells
    that they are only the name of whom it is about, as in any article about that person. ``whole`` tells that they are
    the proposition, said again.
    """

    first: int
    last: int
    direction: Direction
    strength: float
    action: int | None
    sided: bool = True
    degree: bool = False
    matter: bool = False
    bare: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Matcher:
    """A topic, ready to be looked for.

    ``needed`` are the stems without which a term is not in a text, ``keys`` stems without any of which a text is
    not about it, ``named`` all that its terms and theme are made of, ``names`` those written with a capital,
    ``titles`` what may stand before a person's name, ``personal`` tells that the theme is a person, so that "him"
    can take it up, ``people`` the surname of one who is wanted in an office, ``called`` all words of the name,
    ``bodies`` are words that make a name
    before them something else's, ``nouns`` the heads of terms and theme, by which the topic can be taken up ("the
    bill"), ``family`` what does the same as its action, ``doers`` the words that any of these begins with,
    ``stopping`` what puts an end to an action, ``ills`` what nobody wants, ``instruments`` what a topic can be made
    by ("the toll plan"), ``matters`` the heads of terms that only name what the topic answers to, ``outcomes`` what
    is done by deciding ("the ruling"), ``accusing`` the family of inquiries, ``doing`` verbs for what things do,
    good or harm, that look like nouns, ``electing`` what is done to persons, ``elective`` that the topic is about
    one or about that.
    """

    topic: Topic
    proposition: Proposition
    wording: Wording | None
    terms: tuple[Term, ...]
    needed: tuple[frozenset[str], ...]
    heads: frozenset[str]
    actions: Mapping[str, Action]
    phrases: Phrases[Action]
    context: tuple[tuple[frozenset[str], ...], ...]
    keys: frozenset[str]
    named: frozenset[str]
    names: frozenset[str]
    titles: frozenset[str]
    personal: bool
    people: frozenset[str]
    called: frozenset[str]
    bodies: frozenset[str]
    nouns: Mapping[str, Action | None]
    family: frozenset[str]
    doers: frozenset[str]
    stopping: frozenset[str]
    ills: frozenset[str]
    instruments: frozenset[str]
    matters: frozenset[str]
    outcomes: frozenset[str]
    accusing: int
    doing: frozenset[str]
    electing: Action
    elective: bool

    def find(self, text: Index) -> tuple[Hit, ...]:
        """Every place in a document that is about the topic, in order, the surer of two that overlap."""
        if self.keys.isdisjoint(text.places) or not self._in_context(text):
            return ()
        hits = [*self._terms(text), *((1, hit) for hit in self._themes(text)), *self._restated(text)]
        if hits:
            hits.extend((0, hit) for hit in self._loose(text))
        return tuple(self._sided(text, hit) for hit in _apart(hits))

    def _restated(self, text: Index) -> Iterator[tuple[int, Hit]]:
        for said in restated(self.wording, text) if self.wording else ():
            yield (
                said.last - said.first,
                Hit(said.first, said.last, -1 if said.denied else 1, 1.0, said.verb, whole=True),
            )

    def _sided(self, text: Index, hit: Hit) -> Hit:
        """The hit, told apart from one that only names the matter."""
        head = text.stems[hit.last - 1]
        evil = hit.action is None and head in self.ills
        after = text.tags[hit.last] if hit.last < len(text.tags) else ""
        noun = text.stems[hit.last] if hit.last < len(text.stems) else ""
        ends = not text.tags[hit.last + 1 : hit.last + 2] or not text.tags[hit.last + 1].startswith("NN")
        describes = after in {"NN", "NNS"} and ends and noun not in self.named and noun not in self.instruments
        describes = describes and not (noun in self.doing and text.tags[hit.last + 1 : hit.last + 2] in _OBJECTS_OPEN)
        person = self.personal and text.tags[hit.last - 1].startswith("NNP")
        short = text.tags[hit.last + 1 : hit.last + 2] in _SHORT  # "Quill's got to go", "Quill's a fraud"
        owns = person and after == "POS" and not short and not self._running(text, hit.last + 1)
        does = person and after == "TO" and hit.action is None
        own = "own" in text.stems[max(0, hit.first - 1) : hit.last]
        sided = hit.sided and not (evil or describes or owns or does or own)
        return hit._replace(sided=sided, degree=self._by_degrees(text, hit))

    def _by_degrees(self, text: Index, hit: Hit) -> bool:
        """Whether there would only be more or less of what the proposition wants to come or to go."""
        found = self._acts(text, hit.action) if hit.action is not None else None
        return found is not None and found.degree and not self.proposition.action.degree

    def _running(self, text: Index, i: int) -> bool:
        """Whether what is somebody's, from token ``i``, is that they run: "Quill's presidential campaign"."""
        return any(text.stems[k] in self.instruments for k in range(i, min(i + 3, len(text.stems))))

    def taken_up(self, text: Index, i: int, strength: float, action: Action | None) -> Hit:
        """The hit that a noun makes which takes the topic up: what is done to it is done to what it stands for.

        ``action`` is that of the term which it is short for ("the raids" for "deportation raids").
        """
        if action is None and self._acts(text, i) is None:
            hit = self._hit(text, i, i + 1, strength, None)
            return hit._replace(matter=text.stems[i] in self.matters)
        base = self._direction(action or self._acts(text, i) or self.proposition.action)
        return self._acted(text, Hit(i, i + 1, base, strength, None))

    def acted_on(self, text: Index, hit: Hit) -> Hit:
        """A pronoun with the verb that acts on what it stands for: "and now wants to end it"."""
        if text.tags[hit.first] not in {"PRP", "DT"}:
            return hit
        for at in range(hit.first - 1, max(-1, hit.first - 1 - _PHRASE), -1):
            found = self.phrases.at(text.stems, text.tags, at, hit.first) or None
            linked = found and all(text.tags[i] in {"IN", "RP"} for i in range(found[1], hit.first))
            if found and linked and text.tags[at].startswith("VB") and text.tags[hit.first] == "PRP":
                return Hit(at, hit.last, self._direction(found[0]), hit.strength, at)
        acting = self._acting(text, hit.first, hit.last)
        if acting and acting[0] > hit.last - 1 and text.tags[acting[0]].startswith("VB"):
            return Hit(hit.first, acting[0] + 1, self._direction(acting[1]), hit.strength, acting[0])
        return hit

    def _in_context(self, text: Index) -> bool:
        return not self.context or any(
            all(not forms.isdisjoint(text.places) for forms in phrase) for phrase in self.context
        )

    def _terms(self, text: Index) -> Iterator[tuple[int, Hit]]:
        """The places where a term stands, each with how many words it has."""
        present = text.places.keys()
        for term, needed in zip(self.terms, self.needed, strict=True):
            for first, last in windows(term.words, text) if needed <= present else ():
                alone = len(term.words) == 1 and term.action is not None and self._of_another(text, first)
                if term.words[0].isdisjoint(self.names) and len(term.words) == 1 and self._for_another(text, last):
                    continue
                if term.naming is Naming.PERSON:
                    if not self._namesake(text, first, last):
                        direction = self._signed(self.proposition.action.polarity)
                        yield 1, Hit(first, last, direction, term.strength, None, bare=True)
                    continue
                if not alone and self._together(text, term, first, last) and text.stems[first - 1] != "own":
                    hit = self._hit(text, first, last, term.strength, term.action)
                    yield len(term.words), hit if hit.action is not None else _as_named(hit, term.naming)

    def _namesake(self, text: Index, first: int, last: int) -> bool:
        """Whether a name alone is, or is a part of, somebody else's: "Norbert Quill" where the topic is Ada Quill."""
        if not text.tags[first].startswith("NNP") and not text.document.tokens[first].text[0].isupper():
            return True
        if self._titles(text, last):
            return True
        around = [i for i in (first - 1, last) if 0 <= i < len(text.tags) and text.tags[i].startswith("NNP")]
        strange = (text.stems[i] for i in around if len(text.document.tokens[i].text.rstrip(".")) > 1)
        return any(s not in self.proposition.theme and s not in self.titles for s in strange)

    def _for_another(self, text: Index, last: int) -> bool:
        """Whether what is done to a person, up to token ``last``, is done to somebody else: "will vote for Fenn"."""
        last += text.tags[last : last + 1] == ("IN",)
        if self._excepts(text, last):
            return True
        after = range(last, min(last + 5, len(text.tags)) if self.personal else last)
        passed = ("NNP", "DT", "JJ")
        name = [
            i
            for i in after
            if all(text.tags[k].startswith(passed) or text.stems[k] in self.titles for k in range(last, i + 1))
        ]
        meant = self.proposition.theme if self.personal else self.names
        return any(text.tags[i] == "NNP" for i in name) and all(text.stems[i] not in meant for i in name)

    def _excepts(self, text: Index, last: int) -> bool:
        """Whether what is done is done to all but somebody: "voting for anyone but Quill"."""
        words = [t.lower for t in text.document.tokens[last : last + 3]]
        return self.personal and ("but" in words or "except" in words or words[1:3] == ["other", "than"])

    def _of_another(self, text: Index, i: int) -> bool:
        """Whether a verb that is a term by itself is done to something else: "repeal" in "repeal the pay act"."""
        start, end = text.sentence(i)
        named = self.named - {text.stems[i]}
        bare = i + 1 >= end or text.tags[i + 1] in {"IN", ".", ",", "TO", "RB", "CC", "QUOTE"}
        pronoun = bare or text.document.tokens[i + 1].lower in _OBJECTS
        return text.tags[i].startswith("VB") and not pronoun and named.isdisjoint(text.stems[start:end])

    def _together(self, text: Index, term: Term, first: int, last: int) -> bool:
        """Whether the words of a term found near each other belong together: no other name or verb between them."""
        if self._other_name(text, first, last):
            return False
        inner = [i for i in range(first, last) if not any(text.stems[i] in forms for forms in term.words)]
        if any(self._parts(text, i) for i in inner):
            return False
        if term.action is None and text.stems[first] not in term.words[0]:
            return all(text.tags[i] in _LINKING for i in inner)
        acted_on = term.action is None or self._acts(text, first) is not None
        return acted_on or len(inner) <= 1 or any(text.stems[i] == "be" for i in inner[-2:])

    def _parts(self, text: Index, i: int) -> bool:
        """Whether a word between two others belongs to something else: another name, another verb, a contrast."""
        stem = text.stems[i]
        if stem in self.proposition.theme or stem in self.titles:
            return False
        return stem in _CONTRASTING or (text.tags[i] in _APART and stem not in self.named and stem not in self.actions)

    def _other_name(self, text: Index, first: int, last: int) -> bool:
        """Whether words stand in a name of something else ("Wall Street" for a wall, "Quill Institute" for Quill)."""
        if last < len(text.stems) and text.tags[last] == "NNP" and text.stems[last] in self.bodies:
            return True
        if self.personal and self._titles(text, last):
            return True
        named = any(text.stems[i] in self.names for i in range(first, last))
        if named or not text.document.tokens[first].text[0].isupper():
            return False
        return any(text.tags[i].startswith("NNP") for i in (first - 1, last) if 0 <= i < len(text.tags))

    def _titles(self, text: Index, last: int) -> bool:
        """Whether a name up to token ``last`` only says whose somebody is: "Quill rival Ed Crowe"."""
        after = text.document.tokens[last : last + 2]
        return (
            len(after) == 2 and after[0].tag[:2] in {"NN", "JJ"} and after[0].text.islower() and after[1].text.istitle()
        )

    def _themes(self, text: Index) -> Iterator[Hit]:
        """The theme's head with a word that acts on it."""
        doing = sorted(i for stem in self.doers.intersection(text.places) for i in text.places[stem])
        for head in self.heads if doing else ():
            for at in (
                i for i in text.places.get(head, ()) if _any_near(doing, i) and not self._other_name(text, i, i + 1)
            ):
                found = self._acting(text, at, at + 1)
                if found and found[1] == self.proposition.action:
                    yield self._hit(text, at, at + 1, THEME, None)

    def _loose(self, text: Index) -> Iterator[Hit]:
        """An action of the proposition's family beside the words around its theme ("a presence in Norland")."""
        beside = self.family if self.proposition.around or self.personal else ()
        for at in sorted(i for stem in beside for i in text.places.get(stem, ()) if text.stems[i] == stem):
            start, end = text.sentence(at)
            if self.personal and self._for_another(text, at + 1):
                continue
            if self.personal and any(t.lower in _PERSONS for t in text.document.tokens[max(start, at - _NEAR) : at]):
                yield Hit(at, at + 1, self._signed(1), LOOSE, at)
                continue
            near = range(max(start, at - _TOGETHER), min(end, at + _TOGETHER))
            if any(text.stems[i] in self.proposition.around and text.tags[i] in _NAMING for i in near):
                yield Hit(at, at + 1, self._signed(1), LOOSE, at)

    def _hit(self, text: Index, first: int, last: int, strength: float, action: Action | None) -> Hit:
        if action is not None:
            at = next((i for i in range(first, last) if self._acts(text, i) == action), first)
            return self._acted(text, Hit(first, last, self._direction(action), strength, at))
        inner = next((i for i in range(first + 1, last) if self._within(text, i)), None)
        if inner is not None and (within := self._acts(text, inner)):
            return self._acted(text, Hit(first, last, self._direction(within), strength, inner))
        acting = self._acting(text, first, last)
        if acting is None:
            done = first if last - first > 1 and text.tags[first] in {"VB", "VBG", "VBP"} else None
            return Hit(first, last, self._standing(text, first, last), strength, done)
        at, found = acting
        hit = Hit(min(first, at), max(last, at + 1), self._direction(found), strength, at)
        return self._acted(text, hit) if at < first else hit

    def _standing(self, text: Index, first: int, last: int) -> Direction:
        """Where words stand without any action: a thing for its being there, a ruling for what the proposition does.

        So does a plan or a resolution that is not called after the theme ("the captains' resolution").
        """
        head = text.stems[last - 1]
        called = not self.proposition.theme.isdisjoint(text.stems[first:last])
        done = head in self.outcomes or (head in _PROPOSED and not called)
        return self._signed(1 if done else self.proposition.action.polarity)

    def _within(self, text: Index, i: int) -> bool:
        """Whether a word inside a mention, none of the topic's own, acts: the cuts of "tax cuts for the rich"."""
        return text.stems[i] not in self.named and text.tags[i].startswith(("NN", "VB")) and bool(self._acts(text, i))

    def _acted(self, text: Index, hit: Hit) -> Hit:
        """The contrary where an action is itself stopped ("a halt to the deportations"), the same where it is kept."""
        start, _ = text.sentence(hit.first)
        for i in range(hit.first - 1, max(start, hit.first - 1 - _STOPPING) - 1, -1):
            found = None if undergone(text, i) else self._acts(text, i)
            if found == self.proposition.action:
                return Hit(i, hit.last, self._signed(1), hit.strength, i)
            if text.stems[i] in self.stopping and text.stems[i + 1] != "short":
                return Hit(i, hit.last, 1 if hit.direction == -1 else -1, hit.strength, i)
            if found and found.polarity == 1 and text.tags[i].startswith("VB"):
                return Hit(i, hit.last, hit.direction, hit.strength, i)
            if not text.tags[i].startswith(("DT", "PDT", "JJ", "IN", "TO", "VBG", "PRP$", "QUOTE")):
                break
        return hit

    def _acts(self, text: Index, i: int) -> Action | None:
        if text.stems[i] in self.proposition.theme or (text.tags[i] == "NNP" and text.tags[i + 1 : i + 2] == ("NNP",)):
            return None
        compound = i > 0 and text.tags[i] == "NN" and text.tags[i - 1][:2] in {"NN", "JJ"}
        if compound and text.stems[i] in _THINGS:
            return None
        phrase = self.phrases.at(text.stems, text.tags, i, len(text.stems))
        found = phrase[0] if phrase else self.actions.get(text.stems[i])
        return None if found == self.electing and not self.elective else found

    def _acts_until(self, text: Index, i: int) -> bool:
        """Whether a noun acts, or ends a phrase that does: "close its borders to"."""
        starts = (self.phrases.at(text.stems, text.tags, k, i + 1) for k in range(max(0, i - 2), i))
        return bool(self._acts(text, i)) or any(found and found[1] == i + 1 for found in starts)

    def _acting(self, text: Index, first: int, last: int) -> tuple[int, Action] | None:
        """The nearest action on the theme: a verb before it, or what it must do or must be done to it after it."""
        start, end = text.sentence(first)
        for i in range(first - 1, max(start, first - _ACTION_BEFORE) - 1, -1):
            claimed = text.tags[i] == "IN" and text.document.tokens[i].lower == "that"
            if text.document.tokens[i].text in _NEVER_BETWEEN or claimed or qualifies(text, i):
                break
            if self._parts(text, i) and not _one_name(text, i, first):
                break
            if text.tags[i].startswith("NN") and governs(text, i + 1) and not self._acts_until(text, i):
                break
            if text.tags[i] in _COMPARING and text.tags[i + 1] == "IN":
                break
            titled = text.stems[i] in self.titles and text.tags[i].startswith("NN")
            if (found := self._acts(text, i)) and not titled and not undergone(text, i):
                return i, found
        suffered = bound = False
        for i in range(last, min(end, last + _ACTION_AFTER)):
            if text.document.tokens[i].text in _NEVER_BETWEEN or self._joins(text, i):
                break
            if text.tags[i] == "CC" and _is_object(text, first):
                break
            suffered = text.stems[i] == "be" or (suffered and text.stems[i] != "of")
            bound = bound or text.tags[i] in {"MD", "TO"}
            if bound and text.tags[i] == "VB" and ends(text, i, end) and (found := self._acts(text, i)):
                return i, found
            done = (suffered or i == last) and text.tags[i] in {"VBN", "VBD", "NN", "NNS"}
            if (done or (i == last and text.tags[i] == "VBG")) and (found := self._acts(text, i)):
                return i, found
        return None

    def _joins(self, text: Index, i: int) -> bool:
        """Whether "and" joins something new, rather than another verb of the same subject ("pays and has to stay")."""
        return text.tags[i] == "CC" and text.tags[i + 1 : i + 2] not in _SAME_SUBJECT

    def _direction(self, action: Action) -> Direction:
        accused = action.family == self.accusing != self.proposition.action.family and not self.personal
        polarity = 1 if accused else action.polarity  # An inquiry ends nothing but who is its object.
        return self._signed(1 if polarity == self.proposition.action.polarity else -1)

    def _signed(self, direction: Direction) -> Direction:
        return direction if not self.proposition.negated else -1 if direction == 1 else 1


def _any_near(places: Sequence[int], i: int) -> bool:
    """Whether any of the places, which are in order, is one from which something at ``i`` can be acted on."""
    after = bisect_left(places, i - _ACTION_BEFORE)
    return after < len(places) and places[after] <= i + _ACTION_AFTER + 1


def _as_named(hit: Hit, naming: Naming) -> Hit:
    return hit._replace(sided=naming is not Naming.PARTY, matter=naming is Naming.MATTER)


def _apart(hits: Sequence[tuple[int, Hit]]) -> list[Hit]:
    """The hits in order; of those that overlap, the one of the longest term, then the surest, then the closest."""
    kept: list[Hit] = []
    taken: set[int] = set()
    for _, hit in sorted(hits, key=lambda h: (-h[0], -h[1].strength, _breadth(h[1]), h[1].first)):
        if taken.isdisjoint(range(hit.first, hit.last)):
            taken.update(range(hit.first, hit.last))
            kept.append(hit)
    return sorted(kept)


def _is_object(text: Index, first: int) -> bool:
    """Whether a verb stands right before a mention, so that the next verb has another subject: "needs no toll and"."""
    i = first - 1
    while i > 0 and text.tags[i] in {"DT", "JJ", "PRP$", "NN", "POS"}:
        i -= 1
    return i >= 0 and text.tags[i].startswith(("VB", "IN"))


def _one_name(text: Index, first: int, last: int) -> bool:
    """Whether all words from one to another are of a name: "the Norish Ministry of Tolls"."""
    return all(text.tags[i].startswith("NNP") for i in range(first, last + 1))


def _breadth(hit: Hit) -> int:
    """How many words a mention spans, without any that act on it."""
    return 0 if hit.action is not None else hit.last - hit.first
