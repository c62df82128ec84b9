"""What a tagger trained on other text gets wrong in the news, put right where the sentence shows it.

Reports have verbs in the third person and past tense where letters have nouns and participles ("Norland rejects",
"the party also opposed"), and headlines capitalise them. A sentence without a finite verb is the sign of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from archive.extract.english import CAUSING, JOINED_PREFIXES, LINKING, NOT

NOMINAL = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP", "WP", "WDT"})
SUBJECT_ENDS = NOMINAL | {"CD", ",", "-RRB-"}
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
ADVERBS = frozenset({"RB", "RBR", "RBS"})
OPENS_OBJECT = frozenset(
    {"DT", "PRP", "PRP$", "NNP", "NNPS", "IN", "TO", "JJ", "NNS", "WP", "WRB", "QUOTE", "CD", "NN", "VBG", "$"}
)
PLANNING = frozenset({"plans", "hopes", "vows", "aims", "pledges", "moves"})
PAST = (["VBD"], ["VBN"])
LEADS_ON = (["IN"], ["TO"])
NEARLY = frozenset({"about", "around", "over", "under"})
NO_ADVERBS = frozenset({"ally", "rally", "family", "bully", "assembly", "monopoly", "supply", "anomaly", "homily"})
NO_NAMES = frozenset({"VBG", "RB", "VB", "VBN"})
MINIMAL = 3
OPENING_ADVERBS = frozenset(
    {
        "then",
        "now",
        "here",
        "there",
        "once",
        "soon",
        "never",
        "still",
        "also",
        "instead",
        "even",
        "ever",
        "just",
        "only",
    }
    | {"not", "so", "too", "yet", "again", "often", "seldom", "maybe", "perhaps", "thus", "hence", "meanwhile", "nor"}
    | {
        "today",
        "yesterday",
        "tomorrow",
        "nowhere",
        "rather",
        "up",
        "down",
        "out",
        "in",
        "back",
        "far",
        "long",
        "always",
    }
    | {
        "moreover",
        "nevertheless",
        "nonetheless",
        "however",
        "otherwise",
        "later",
        "earlier",
        "almost",
        "away",
        "neither",
    }
)
PASTS = frozenset(
    {"stood", "fought", "sought", "told", "led", "held", "met", "kept", "left", "won", "lost", "made", "took", "gave"}
    | {"went", "said", "drew", "broke", "spoke", "wrote", "chose", "built", "sent", "spent", "brought", "came", "fell"}
)
AFTER_HEADLINE_VERB = (["NNP"], ["DT"], ["PRP"], ["PRP$"])


def repair(words: Sequence[str], tags: list[str], verbs: Collection[str]) -> list[str]:
    """The tags with those verbs put right; ``words`` are in lower case, ``verbs`` are forms that verbs can have."""
    if tags:
        tags[0] = _opening(words, tags, verbs)
    for i in range(1, len(tags)):
        tag = tags[i]
        if tag in {"VBN", "VBD", "VB", "VBP"} and "-" in words[i] and not words[i].startswith(JOINED_PREFIXES):
            tags[i] = "JJ"
        elif tag in {"VBN", "VBZ", "VB"}:
            tags[i] = _verb(words, tags, i, verbs)
        elif words[i] in verbs and tag in {"NNS", "NN", "JJ"}:
            tags[i] = _noun(words, tags, i)
        elif tag == "XX" or (tag == "RB" and words[i] in NO_ADVERBS) or _is_chief(words, tags, i):
            tags[i] = "NN"
        elif _qualifies(words, tags, i):
            tags[i] = "RB"
        elif words[i] == "her" and tag == "PRP" and tags[i + 1 : i + 2] == ["NN"] and tags[i + 2 : i + 3] in LEADS_ON:
            tags[i] = "PRP$"
        if words[i] == "cannot":
            tags[i] = "MD"
            if tags[i + 1 : i + 2] in (["VBP"], ["NN"], ["VBD"]):
                tags[i + 1] = "VB"
        if tags[i] == "NN" and (tags[i - 1] == "MD" or _after_not(words, tags, i)):
            tags[i] = "VB"
    if len(tags) > 3 and FINITE.isdisjoint(tags):
        _make_finite(words, tags, verbs)
    return tags


def named(texts: Sequence[str], tags: list[str]) -> list[str]:
    """The tags with names that a capital shows put right: "Housing Minister", "Dale Hatherly", "Quill voted"."""
    for i in range(1, len(tags)):
        if tags[i] not in NO_NAMES or not texts[i].istitle() or len(texts[i]) < MINIMAL:
            continue
        after = i + 1 < len(tags) and tags[i + 1] == "NNP" and texts[i + 1][:1].isupper()
        before = tags[i - 1] == "NNP" and texts[i - 1][:1].isupper()
        if (after and texts[i - 1][-1].isalnum()) or (before and tags[i] == "RB"):
            tags[i] = "NNP"
    for i in range(1, len(tags)):
        ends = tags[i + 1 : i + 2][:1] not in (["NN"], ["NNS"], ["NNP"], ["NNPS"], ["CC"], ["HYPH"])
        if tags[i] == "JJ" and tags[i - 1] == "NNP" and texts[i].istitle() and texts[i - 1].istitle() and ends:
            tags[i] = "NNP"
        elif tags[i] == "RBR" and tags[i + 1 : i + 2] == ["NNP"]:
            tags[i] = "NN"
    opens = len(tags) > 1 and tags[0] == "RB" and tags[1] in {"VBD", "VBZ", "MD"} and texts[0].istitle()
    if opens and not texts[0].endswith("ly") and texts[0].lower() not in OPENING_ADVERBS:
        tags[0] = "NNP"
    return tags


def _is_chief(words: Sequence[str], tags: Sequence[str], i: int) -> bool:
    """Whether a "chief" is a person: "the police chief, Ada Quill", not "chief executive"."""
    return words[i] == "chief" and tags[i] == "JJ" and tags[i + 1 : i + 2][:1] not in (["NN"], ["NNS"], ["JJ"])


def _after_not(words: Sequence[str], tags: list[str], i: int) -> bool:
    """Whether what was taken for a noun is what is not done: "will not fund", "not to fund"."""
    if words[i - 1] in NOT and i > 1 and tags[i - 2] == "MD":
        return True
    return words[i - 1] == "to" and i > 1 and words[i - 2] in NOT


def _opening(words: Sequence[str], tags: Sequence[str], verbs: Collection[str]) -> str:
    """The tag of a sentence's first word: what a verb follows is its subject."""
    second = next((tag for tag in tags[1:3] if tag not in ADVERBS), "")
    verbal = second in {"VBD", "VBZ"} or (second == "VBN" and tags[0] == "VBZ")
    if len(tags) > 2 and tags[0][0] == "V" and verbal and words[0] not in LINKING | CAUSING:
        return "NNS" if words[0].endswith("s") else "NNP"
    if tags[0] == "VBZ" and words[0] not in LINKING and words[0] not in verbs:
        return "NNS"
    return "NNP" if tags[0] == "XX" else tags[0]


def _verb(words: Sequence[str], tags: Sequence[str], i: int, verbs: Collection[str]) -> str:
    """The tag of what was taken for a participle, an infinitive or a third person."""
    tag, word = tags[i], words[i]
    if tag == "VBZ":
        subject = tags[i + 1 : i + 2] in PAST and word not in LINKING and word not in verbs
        return "NNS" if subject else tag
    if tag == "VB":
        return "VBP" if _is_plural_present(words, tags, i) else tag
    if words[i - 1] in {"he", "she", "it", "they", "we", "i", "who"} and tags[i - 1] in {"PRP", "WP"}:
        return "VBD" if not any(w in LINKING for w in words[max(0, i - 3) : i - 1]) else "VBN"
    if word == "said" and tags[i - 1] in NOMINAL and words[i + 1 : i + 2] != ["to"]:
        return "VBD"
    follows = word in verbs and (_follows_adverb(words, tags, i) or _closes_quotation(words, tags, i))
    return "VBD" if follows else tag


def _noun(words: Sequence[str], tags: Sequence[str], i: int) -> str:
    """The tag of what was taken for a noun or adjective, and can be a verb."""
    tag, word = tags[i], words[i]
    if _follows_adverb(words, tags, i):
        return "VBD" if word.endswith("ed") else "VBZ"
    if tag == "JJ" and word.endswith("ed") and _follows_aside(tags, i):
        return "VBD"
    if tag != "JJ" and _closes_quotation(words, tags, i):
        return "VBZ"
    if tag != "NNS":
        return tag
    named, after = tags[i - 1] == "NNP", tags[i + 1 : i + 2]
    heads = named and (after in AFTER_HEADLINE_VERB or (word in PLANNING and tags[i + 1 : i + 3] == ["TO", "VB"]))
    that = words[i + 1 : i + 2] == ["that"] and tags[i - 1] in {"NNP", "NNPS", "PRP", ",", "-RRB-"}
    return "VBZ" if heads or that else tag


def _follows_aside(tags: Sequence[str], i: int) -> bool:
    """Whether this stands after "Ada Quill, a mayor," and before an object, with no verb so far."""
    if tags[i - 1] != "," or i + 1 >= len(tags) or tags[i + 1] not in OPENS_OBJECT - {"NNS", "NN", "JJ"}:
        return False
    return tags[0] == "NNP" and "," in tags[: i - 1] and FINITE.isdisjoint(tags[:i])


def _qualifies(words: Sequence[str], tags: Sequence[str], i: int) -> bool:
    """Whether a small word is an adverb: "about half of them", "they have both said so"."""
    after = tags[i + 1 : i + 2]
    if words[i] in NEARLY:
        return tags[i] == "IN" and (after == ["CD"] or words[i + 1 : i + 2] == ["half"])
    floats = words[i] in {"both", "all", "each"} and tags[i - 1][:2] in {"VB", "MD"}
    return floats and after in (["VB"], ["VBN"], ["VBD"])


def _is_plural_present(words: Sequence[str], tags: Sequence[str], i: int) -> bool:
    k = i - 1
    while k > 0 and (tags[k] in ADVERBS or words[k] in {"both", "all"}):
        k -= 1
    if tags[k] not in SUBJECT_ENDS or words[k] in {"it", "he", "she", "him", "her", "them", "us", "me"}:
        return False
    far = 12 if tags[k] in {",", "-RRB-"} else 6
    return not any(words[j] in CAUSING or tags[j] in {"MD", "TO"} for j in range(max(0, k - far), i))


def _closes_quotation(words: Sequence[str], tags: Sequence[str], i: int) -> bool:
    """Whether this is the verb of "…," X says: a name after a closing mark, and the sentence's end or a comma after."""
    if i + 1 < len(tags) and tags[i + 1] not in {".", ",", ":", "IN", "RB"}:
        return False
    k = i - 1
    while k > 0 and tags[k] in {"NNP", "NN", "PRP", "RB"} and i - k < 6:
        k -= 1
    return k < i - 1 and tags[k] == "QUOTE" and k > 0 and words[k - 1] in {",", "?", "!", "…"}


def _follows_adverb(words: Sequence[str], tags: Sequence[str], i: int) -> bool:
    """Whether an adverb stands between a noun and this word, and an object after it."""
    k = i - 2 if i > 3 and tags[i - 1] == tags[i - 3] == "," else i - 1  # "the mayors, meanwhile, backed it"
    if tags[k] not in ADVERBS or i + 1 >= len(tags) or tags[i + 1] not in OPENS_OBJECT:
        return False
    while k > 0 and tags[k] in ADVERBS:
        k -= 1
    if tags[k] == "," and k > 0:
        k -= 1
    if words[i] in {"based", "known", "called", "born"} or any(words[j] in LINKING for j in range(max(0, i - 4), i)):
        return False
    return tags[k] in NOMINAL and (tags[i] == "VBN" or words[i].endswith(("s", "ed")))


def _make_finite(words: Sequence[str], tags: list[str], verbs: Collection[str]) -> None:
    """Give a sentence that has none its finite verb, if a word that can be one stands where one would."""
    for i in range(1, len(tags) - 1):
        if tags[i] not in {"NNS", "NNP", "NNPS", "VBN", "NN", "VB"} or words[i] not in verbs:
            continue
        if (
            words[i - 1] not in {"particular", "general"}
            and tags[i - 1] not in NOMINAL | ADVERBS | {"CD", "-RRB-", ","}
        ) or tags[i + 1] not in OPENS_OBJECT | {"RB", ",", ":"}:
            continue
        if tags[i] == "VBN" or ((words[i].endswith("ed") or words[i] in PASTS) and tags[i] in {"NNP", "NN"}):
            if tags[i + 1] != "IN" or i > len(tags) // 3:
                tags[i] = "VBD"
                return
        elif words[i].endswith("s") or tags[i] == "VB":
            tags[i] = "VBP" if tags[i] == "VB" else "VBZ"
            return
