"""What a tagger trained on other text gets wrong in the news, put right where the sentence shows it.

Reports have verbs in the third person and past tense where letters have nouns and participles ("Norland rejects",
"the party also opposed"), and headlines capitalise them. A sentence without a finite verb is the sign of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from archive.extract.english import CAUSING, JOINED_PREFIXES, LINKING

NOMINAL = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP", "WP", "WDT"})
SUBJECT_ENDS = NOMINAL | {"CD", ",", "-RRB-"}
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
ADVERBS = frozenset({"RB", "RBR", "RBS"})
OPENS_OBJECT = frozenset(
    {"DT", "PRP", "PRP$", "NNP", "NNPS", "IN", "TO", "JJ", "NNS", "WP", "WRB", "QUOTE", "CD", "NN", "VBG", "$"}
)
PLANNING = frozenset({"plans", "hopes", "vows", "aims", "pledges", "moves"})
NEARLY = frozenset({"about", "around", "over", "under"})
AFTER_HEADLINE_VERB = (["NNP"], ["DT"], ["PRP"], ["PRP$"])


def repair(words: Sequence[str], tags: list[str], verbs: Collection[str]) -> list[str]:
    """The tags with those verbs put right; ``words`` are in lower case, ``verbs`` are forms that verbs can have."""
    second = next((tag for tag in tags[1:3] if tag not in ADVERBS), "")
    verbal = second in {"VBD", "VBZ"} or (second == "VBN" and tags[0] == "VBZ")
    if len(tags) > 2 and tags[0][0] == "V" and verbal and words[0] not in LINKING | CAUSING:
        tags[0] = "NNS" if words[0].endswith("s") else "NNP"
    elif tags and tags[0] == "VBZ" and words[0] not in LINKING and words[0] not in verbs:
        tags[0] = "NNS"
    elif tags and tags[0] == "XX":
        tags[0] = "NNP"
    for i in range(1, len(tags)):
        tag = tags[i]
        if tag in {"VBN", "VBD", "VB", "VBP"} and "-" in words[i] and not words[i].startswith(JOINED_PREFIXES):
            tag = tags[i] = "JJ"
        if tag == "XX":
            tag = tags[i] = "NN"
        if tag == "IN" and words[i] in NEARLY and i + 1 < len(tags) and (tags[i + 1] == "CD" or words[i + 1] == "half"):
            tags[i] = "RB"
        elif (
            tag == "VBN"
            and words[i - 1] in {"he", "she", "it", "they", "we", "i", "who"}
            and tags[i - 1] in {"PRP", "WP"}
        ):
            tags[i] = "VBD" if not any(w in LINKING for w in words[max(0, i - 3) : i - 1]) else "VBN"
        elif words[i] in {"both", "all", "each"} and tags[i - 1][:2] in {"VB", "MD"} and _verbs_follow(tags, i + 1):
            tags[i] = "RB"
        elif tag == "VB" and _is_plural_present(words, tags, i):
            tags[i] = "VBP"
        elif tag in {"VBN", "NNS", "NN", "JJ"} and words[i] in verbs and _follows_adverb(words, tags, i):
            tags[i] = "VBD" if words[i].endswith("ed") or tag == "VBN" else "VBZ"
        elif tag in {"NNS", "NN", "VBN"} and words[i] in verbs and _closes_quotation(words, tags, i):
            tags[i] = "VBD" if tag == "VBN" else "VBZ"
        elif (
            (tag == "NNS" and words[i] in verbs and tags[i - 1] == "NNP" and tags[i + 1 : i + 2] in AFTER_HEADLINE_VERB)
            or (
                tag == "NNS"
                and words[i] in verbs
                and words[i + 1 : i + 2] == ["that"]
                and tags[i - 1] in {"NNP", "NNPS", "PRP", ",", "-RRB-"}
            )
            or (tag == "NNS" and words[i] in PLANNING and tags[i - 1] == "NNP" and tags[i + 1 : i + 3] == ["TO", "VB"])
        ):
            tags[i] = "VBZ"
    if len(tags) > 3 and FINITE.isdisjoint(tags):
        _make_finite(words, tags, verbs)
    return tags


def _verbs_follow(tags: Sequence[str], i: int) -> bool:
    return i < len(tags) and tags[i] in {"VB", "VBN", "VBD"}


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
    k = i - 1
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
        if tags[i] == "VBN" or (words[i].endswith("ed") and tags[i] in {"NNP", "NN"}):
            if tags[i + 1] != "IN" or i > len(tags) // 3:
                tags[i] = "VBD"
                return
        elif words[i].endswith("s") or tags[i] == "VB":
            tags[i] = "VBP" if tags[i] == "VB" else "VBZ"
            return
