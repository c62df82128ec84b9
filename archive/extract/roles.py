"""Nouns that tell whose a position is: for what somebody is ("a critic of the toll"), and for what is somebody's.

"Opponents of the dam, including Quill" tells of Quill and the dam, "an effort by Quill to end the toll" of Quill and
the end of the toll.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, nominals, reach, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.page import Candidate, Page

SURE_AGENT, SURE_MAKER = 0.8, 0.5
SINGLED_OUT = frozenset({"including", "like", "such", "led", "notably"})
"""Words after which some of a group are named."""
MAKES = frozenset({"by", "from"})
MET = 6
"""Chunks before an opposition within which stands the verb that tells what met with it."""
DESPITE = frozenset({"despite", "over", "amid", "amidst", "against", "after"})
BETWEEN_PEOPLE = frozenset({"of", "like"})


def of_agent(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A noun for one who is for or against: "is a critic of the toll", "Quill, the bill's chief supporter,"."""
    chunk = clause.chunks[i]
    if clause.tokens[chunk.head].lower not in page.lexicon.agents:
        return
    if clause.word(i + 1) == "of" and clause.kind(i + 2) == "NP":
        end = clauses.phrase_end(clause, i + 2)
        content, cue = Reach(clause.chunks[i + 2].first, clause.chunks[end - 1].last), chunk.first
        last = clause.chunks[i + 1].last
    else:
        owner = nominals.owner(clause, i)
        if owner is None or owner.last - owner.first < 2:
            return
        content, cue, last, end = Reach(owner.first, owner.last - 1), owner.last, chunk.last, i + 1
    found = _told_of(page, clause, i, end)
    if found:
        source, first = found
        words = Reach(min(first, cue) if content.first >= last else cue, last)
        yield Candidate("agent", SURE_AGENT, (content,), (words,), source, form="fin")


def _told_of(page: Page, clause: Clause, i: int, end: int) -> tuple[Reach, int] | None:
    """Of whom the noun at chunk ``i``, whose phrase ends before chunk ``end``, is said, and where its cue begins."""
    chunk = clause.chunks[i]
    if clause.kind(i - 1) == "VG" and clause.tokens[clause.chunks[i - 1].head].lower in page.lexicon.copulas:
        source = subjects.subject(clause, i - 1)
        return (source, clause.chunks[i - 1].first) if source else None
    other = clause.kind(i - 1) == "CC" and clause.word(i) == "other"
    if (clause.kind(i - 1) == "COMMA" or other) and clause.kind(i - 2) == "NP" and _names(clause, i - 2):
        start = clauses.phrase_start(clause, i - 2)
        return Reach(clause.chunks[start].first, clause.chunks[i - 2].last), chunk.first
    k = end + (clause.kind(end) == "COMMA")
    if clause.word(k) in SINGLED_OUT:
        k += 1 + (clause.word(k + 1) in {"as", "by"})
    elif k == end:
        return None
    if clause.kind(k) == "NP" and _names(clause, k):
        return Reach(clause.chunks[k].first, clause.chunks[_people_end(clause, k) - 1].last), chunk.first
    return None


def of_maker(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A noun with who is behind it: "an effort by Quill to end the toll", "the opposition of Quill"."""
    chunk, noun = clause.chunks[i], clause.tokens[clause.chunks[i].head].lower
    lexicon = page.lexicon
    against = noun in lexicon.stands
    by = clause.word(i + 1)
    if not (by in MAKES or (by == "of" and against)) or clause.kind(i + 2) != "NP":
        return
    if noun not in lexicon.nouns and noun not in lexicon.made and not against:
        return
    end = _people_end(clause, i + 2)
    source = Reach(clause.chunks[i + 2].first, clause.chunks[end - 1].last)
    found = nominals.matter(clause, i, end)
    if found and found[0] in {"that", "inf", "ing", "np"} and not (found[0] == "that" and clause.finite(end + 1)):
        frame, content, last = found
        if frame != "that":
            content = _to_the_verb(clause, content)
        words = [Reach(chunk.first, chunk.last), Reach(clause.chunks[end - 1].last, last)]
        cue = tuple(reach for reach in words if reach.first < reach.last)
        sure = lexicon.nouns.get(noun, {}).get(frame, SURE_MAKER)
        yield Candidate(f"maker.{frame}", sure, (content,), cue, source, form="noun")
    elif noun in lexicon.made:
        made: tuple[Reach, ...] = (Reach(chunk.first, chunk.last),)
        if clause.kind(end) in {"THAT", "WH"} and clause.finite(end + 1):
            made = (*made, reach.of_object(clause, end))
        preposition = (Reach(clause.chunks[i + 1].first, clause.chunks[i + 1].last),)
        yield Candidate("maker.of", SURE_MAKER, made, preposition, source, form="noun")
    elif against and clause.kind(i - 1) in {"IN", "RP", "NP"} and (met := _met(clause, i)):
        yield Candidate("maker.met", SURE_MAKER, (met,), (Reach(chunk.first, chunk.last),), source, form="noun")


def _to_the_verb(clause: Clause, content: Reach) -> Reach:
    """An object up to the finite verb whose subject it is a part of ("an effort by Quill to end the toll failed")."""
    for k in range(clause.at(content.first) + 1, clause.at(content.last - 1) + 1):
        if clause.kind(k) in {"THAT", "WH", "IN"} and clause.finite(k + 1):
            return content
        if clause.finite(k):
            return Reach(content.first, clause.chunks[k].first)
    return content


def _met(clause: Clause, i: int) -> Reach | None:
    """What meets with the opposition at chunk ``i``: the subject of the verb before it, or what was done despite it."""
    for k in range(i - 1, max(-1, i - MET), -1):
        if clause.kind(k) == "VG":
            subject = subjects.subject(clause, k)
            despite = subject and clause.word(i - 1) in DESPITE and clause.finite(k)
            return Reach(subject.first, clause.chunks[i - 1].first) if subject and despite else subject
    return None


def _people_end(clause: Clause, k: int) -> int:
    """The chunk after those who are named from chunk ``k`` on: several with commas and "and", and whose they are."""
    end = k + 1
    while True:
        listed = clause.kind(end) == "CC" or (clause.kind(end) == "COMMA" and _names(clause, end + 1))
        if listed and clause.kind(end + 1) == "CC":
            end += 1
        joined = listed or (clause.kind(end) == "IN" and clause.word(end) in BETWEEN_PEOPLE)
        if not joined or clause.kind(end + 1) != "NP" or (listed and clause.finite(end + 2)):
            return end
        end += 2


def _names(clause: Clause, k: int) -> bool:
    return clause.kind(k) == "NP" and clause.tokens[clause.chunks[k].head].tag.startswith("NNP")
