"""The cue lexicon: which words attribute, what they take as content, and how sure that is (``cues.yaml``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import msgspec

from archive.extract import lexicon
from archive.extract.english import DAYS
from archive.extract.tokens import Token

Frames = Mapping[str, float]


class Verbs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of verbs with the content they take. ``free`` verbs take inanimate sources too."""

    frames: dict[str, float]
    words: list[str]
    free: bool = False


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of nouns, adjectives or participles with the content they take."""

    frames: dict[str, float]
    words: list[str]
    copulas: list[str] = []


class Light(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Light verbs and the nouns they make statements with."""

    verbs: list[str]
    nouns: list[str]


class Acts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Verbs that take a side with what they are done to, where it is one of ``objects``.

    ``steps`` are what one tries to do to such a thing, and only who wants it does.
    """

    verbs: list[str]
    steps: list[str]
    objects: list[str]


class Gifts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Verbs of giving, with what is given to whom or what has somebody's support."""

    verbs: list[str]
    nouns: list[str]


class Makers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nouns of which "by" tells whose they are: what is ``made``, and the ``stands`` taken for or against.

    ``met`` are the verbs that tell what meets with such a stand ("drew criticism from").
    """

    made: list[str]
    stands: list[str]
    met: list[str]


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fixed words before a source."""

    phrases: list[str]


class Sources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nouns for who, and for what on paper, can be a source."""

    people: list[str]
    papers: list[str]


class Free(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of judgements and demands that go on with what somebody said."""

    judgements: frozenset[str]
    subjects: frozenset[str]
    demands: frozenset[str]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The schema of ``cues.yaml``; what each part means is said there."""

    verbs: dict[str, Verbs]
    light: Light
    nouns: Words
    adjectives: Words
    passives: Words
    seem: Words
    sources: Sources
    free: Free
    acts: Acts
    agents: list[str]
    gifts: Gifts
    makers: Makers
    sides: frozenset[str]
    according: Phrases
    irregular: dict[str, tuple[str, str]]


class Cue(NamedTuple):
    """One entry: the base form with what follows it, the content it takes, and the classes it is in."""

    lemma: str
    rest: tuple[str, ...]
    frames: Frames
    classes: frozenset[str]
    free: bool


@dataclass(frozen=True, slots=True)
class Cues:
    """The lexicon by word form. Entries of one form are ordered by length, the longest first."""

    verbs: Mapping[str, Sequence[Cue]]
    passives: Mapping[str, Frames]
    seem: Mapping[str, Frames]
    light_verbs: frozenset[str]
    light_nouns: frozenset[str]
    nouns: Mapping[str, Frames]
    adjectives: Mapping[str, Frames]
    copulas: frozenset[str]
    according: Mapping[str, Sequence[tuple[str, ...]]]
    people: frozenset[str]
    papers: frozenset[str]
    free: Free
    acts: frozenset[str]
    steps: frozenset[str]
    enacted: frozenset[str]
    agents: frozenset[str]
    giving: frozenset[str]
    gifts: frozenset[str]
    made: frozenset[str]
    stands: frozenset[str]
    met: frozenset[str]
    sides: frozenset[str]

    def verb(self, tokens: Sequence[Token], head: int, last: int) -> tuple[Cue, int] | None:
        """The longest entry that the verb at ``head`` and the words after it make up, and the token after these.

        An adverb or day may stand after the verb ("spoke favourably of", "called on Monday for").
        """
        for cue in self.verbs.get(tokens[head].lower, ()):
            if not cue.rest:
                return cue, head + 1
            start = head + 1
            if (
                start + 2 < last
                and tokens[start].lower == "on"
                and tokens[start + 1].lower in DAYS
                and cue.rest[0] != "to"
            ):
                start += 2
            while (
                start < last
                and tokens[start].lower != cue.rest[0]
                and start - head <= BETWEEN
                and _passes(tokens[start])
            ):
                start += 1
            end = start + len(cue.rest)
            if end < last and tokens[end].lower in DAYS:
                continue  # "agreed on Monday to" is no agreement on something
            if (
                end + 1 < last
                and cue.rest == ("for",)
                and tokens[end].lower in SPANS
                and tokens[end + 1].lower == "for"
            ):
                return cue, end + 2  # "campaigned for years for"
            if end <= last and all(tokens[start + k].lower == word for k, word in enumerate(cue.rest)):
                return cue, end
        return None


SPANS = frozenset({"years", "months", "weeks", "decades", "days", "long"})
BETWEEN = 2
"""So many adverbs may part a verb from its particle."""


def _passes(token: Token) -> bool:
    return token.tag in {"RB", "RBR"} or token.lower in DAYS


@cache
def load(language: str) -> Cues:
    """The cues of a supported language, loaded at first use."""
    file = lexicon.read(language, "cues.yaml", File)
    forms = _Forms(file.irregular)
    return Cues(
        verbs=_verbs(file, forms),
        passives={forms.participle(word): file.passives.frames for word in file.passives.words},
        seem={form: file.seem.frames for word in file.seem.words for form in forms.of(word)},
        light_verbs=frozenset(form for word in file.light.verbs for form in forms.of(word.split()[0])),
        light_nouns=frozenset(form for word in file.light.nouns for form in (word, plural(word))),
        nouns={form: file.nouns.frames for word in file.nouns.words for form in (word, plural(word))},
        adjectives=dict.fromkeys(file.adjectives.words, file.adjectives.frames),
        copulas=frozenset(form for word in file.adjectives.copulas for form in forms.of(word)),
        according=_by_first(tuple(phrase.split()) for phrase in file.according.phrases),
        people=_numbers(file.sources.people),
        free=file.free,
        acts=frozenset(form for word in file.acts.verbs for form in forms.of(word)),
        steps=frozenset((*file.acts.verbs, *file.acts.steps)),
        enacted=_numbers(file.acts.objects),
        agents=_numbers(file.agents),
        giving=frozenset(form for word in file.gifts.verbs for form in forms.of(word)),
        gifts=_numbers(file.gifts.nouns),
        made=_numbers(file.makers.made),
        stands=_numbers(file.makers.stands),
        met=frozenset(form for word in file.makers.met for form in forms.of(word)),
        sides=file.sides,
        papers=_numbers(file.sources.papers),
    )


def _verbs(file: File, forms: _Forms) -> dict[str, list[Cue]]:
    """Entries by word form; a word in several classes takes what any of them takes, with the greater sureness."""
    merged: dict[str, dict[str, float]] = defaultdict(dict)
    classes: dict[str, set[str]] = defaultdict(set)
    for name, group in file.verbs.items():
        for word in group.words:
            classes[word].add(name)
            for frame, sure in group.frames.items():
                merged[word][frame] = max(sure, merged[word].get(frame, 0.0))
    free = {word for group in file.verbs.values() if group.free for word in group.words}
    by_form: dict[str, list[Cue]] = defaultdict(list)
    for phrase, frames in merged.items():
        first, *rest = phrase.split()
        cue = Cue(first, tuple(rest), frames, frozenset(classes[phrase]), phrase in free)
        for form in forms.of(first):
            by_form[form].append(cue)
    return {form: sorted(found, key=lambda cue: -len(cue.rest)) for form, found in by_form.items()}


def _numbers(nouns: Iterable[str]) -> frozenset[str]:
    """Nouns in singular and plural."""
    return frozenset(form for word in nouns for form in (word, plural(word)))


def _by_first(phrases: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in phrases:
        found[phrase[0]].append(phrase)
    return dict(found)


class _Forms:
    """English inflection: regular, but for the listed verbs."""

    def __init__(self, irregular: Mapping[str, tuple[str, str]]) -> None:
        self._irregular = irregular

    def of(self, verb: str) -> Iterator[str]:
        """Base form, third person, past, participle and -ing form."""
        yield verb
        yield plural(verb)
        yield from {self._irregular[verb][0], self.participle(verb)} if verb in self._irregular else {_past(verb)}
        yield _ing(verb)
        if verb == "be":
            yield from ("is", "am", "are", "were", "'s", "’s", "'re", "’re", "'m", "’m")
        if verb == "have":
            yield "has"

    def participle(self, verb: str) -> str:
        """The past participle."""
        return self._irregular[verb][1] if verb in self._irregular else _past(verb)


STRESSED_LAST = frozenset(
    {"admit", "commit", "refer", "prefer", "infer", "rebut", "rebel", "abhor", "compel", "concur", "defer", "dispel"}
    | {
        "expel",
        "propel",
        "emit",
        "omit",
        "permit",
        "submit",
        "regret",
        "acquit",
        "control",
        "transfer",
        "incur",
        "occur",
    }
)
VOWELS = frozenset("aeiou")


def plural(word: str) -> str:
    """The regular plural of a noun, which is also the third person of a verb."""
    if word.endswith("y") and word[-2] not in VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh", "go", "do", "to")) else "s")


def _doubles(word: str) -> bool:
    """Whether the last consonant is doubled before an ending (plan, planned; refer, referred; but open, opened)."""
    if word[-1] in VOWELS or word[-1] in "wxyh" or len(word) < 3 or word[-2] not in VOWELS or word[-3] in VOWELS:
        return False
    one_syllable = sum(a in VOWELS and b not in VOWELS for a, b in zip(word, word[1:] + " ", strict=True)) == 1
    return one_syllable or word in STRESSED_LAST


def _past(word: str) -> str:
    if word.endswith("e"):
        return word + "d"
    if word.endswith("y") and word[-2] not in VOWELS:
        return word[:-1] + "ied"
    return word + (word[-1] if _doubles(word) else "") + "ed"


def _ing(word: str) -> str:
    if word.endswith("ie"):
        return word[:-2] + "ying"
    if word.endswith("e") and not word.endswith(("ee", "oe")) and word != "be":
        return word[:-1] + "ing"
    return word + (word[-1] if _doubles(word) else "") + "ing"
