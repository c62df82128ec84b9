"""Nouns, adjectives, light verbs, "according to" and colons as cues."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, reach, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.cues import Frames
from archive.extract.direct import start_of_said
from archive.extract.english import NOT
from archive.extract.page import Candidate, Page
from archive.extract.verbs import DEED, source_of

MATTERS = frozenset(
    {"about", "of", "for", "to", "on", "against", "over", "toward", "towards", "with", "at", "in", "from", "by"}
    | {"behind"}
)
MADE = "plan"
"""What somebody makes says as much of them as this does."""
FAVOUR = frozenset({"favor", "favour", "support", "agreement"})
LABELS = frozenset(
    {
        "note",
        "update",
        "photo",
        "video",
        "correction",
        "related",
        "pictured",
        "image",
        "credit",
        "source",
        "latest",
        "guide",
        "watch",
        "opinion",
        "analysis",
    }
)
LONGEST_NAME = 8
"""Words of a name before a colon that speaks."""


def after_verb(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A copula with an adjective ("is opposed to"), or a light verb with a noun ("made a promise to")."""
    chunk = clause.chunks[i]
    head = clause.tokens[chunk.head].lower
    if chunk.form == "pass" and (frames := page.lexicon.adjectives.get(head)):
        yield from _state(clause, i, i + 1, frames)
        return
    k = i + 1
    while clause.kind(k) in {"RB", "Q", "RP"}:
        k += 1
    if head in page.lexicon.copulas and clause.kind(k) in {"JJ", "VG"}:
        frames = page.lexicon.adjectives.get(clause.word(k))
        if frames:
            yield from _state(clause, i, k + 1, frames)
        return
    if head in page.lexicon.copulas and clause.word(k) == "in" and clause.word(k + 1) in FAVOUR:
        yield from _state(clause, i, k + 2, page.lexicon.adjectives["supportive"])
        return
    if head in page.lexicon.light_verbs and clause.kind(k) == "NP":
        noun = clause.tokens[clause.chunks[k].head].lower
        received = noun in page.lexicon.stands and (clause.word(k), clause.word(k + 1)) == ("the", "of")
        received |= noun in page.lexicon.stands and clause.word(k + 1) == "from"  # "drew criticism from Quill"
        if noun in page.lexicon.light_nouns and not _of_another(clause, k) and not received:
            yield from _light(clause, i, k + 1)


def _state(clause: Clause, i: int, k: int, frames: Frames) -> Iterator[Candidate]:
    while clause.kind(k) == "RB":
        k += 1
    found = matter(clause, i, k)
    if found:
        frame, content, cue_end = found
        cue = Reach(clause.chunks[i].first, cue_end)
        yield Candidate(
            f"adjective.{frame}", frames.get(frame, 0.1), (content,), (cue,), source_of_state(clause, i), form="fin"
        )


def source_of_state(clause: Clause, i: int) -> Reach | None:
    """The source of a verb group that says how somebody is disposed."""
    return subjects.subject(clause, i) if clause.finite(i) else subjects.main_subject(clause, i)


def _light(clause: Clause, i: int, k: int) -> Iterator[Candidate]:
    found = matter(clause, i, k)
    if clause.kind(k) == "VG" and clause.chunks[k].form == "ing" and _done(clause, k):  # "issued an order blocking"
        found = "ing", reach.of_object(clause, k), clause.chunks[k - 1].last
    if found and clause.word(k) != "by":
        frame, content, cue_end = found
        sure = {"that": 0.9, "inf": 0.6, "np": 0.6, "ing": 0.6, "wh": 0.6, "bare": 0.6}[frame]
        cue = Reach(clause.chunks[i].first, cue_end)
        yield Candidate(f"light.{frame}", sure, (content,), (cue,), source_of(clause, i), form=clause.chunks[i].form)


def _done(clause: Clause, k: int) -> bool:
    """Whether the gerund at chunk ``k`` tells what is done with something, and makes no statement by itself."""
    cue = clause.cues[k]
    return cue is None or cue.classes <= DEED


def matter(clause: Clause, i: int, k: int) -> tuple[str, Reach, int] | None:
    """What a noun or adjective before chunk ``k`` is about: the construction, its words, and where the cue ends."""
    here = clause.chunks[k - 1].last
    while clause.kind(k) == "TIME" or (clause.word(k) in NOT and clause.word(k + 1) == "to"):
        k += 1
    kind = clause.kind(k)
    if kind == "THAT" and k + 1 < len(clause.chunks):
        return "that", reach.of_clause(clause, k + 1, i), here
    if kind == "VG" and clause.chunks[k].form == "inf":
        return "inf", reach.with_denial(clause, reach.of_object(clause, k)), here
    if kind == "IN" and clause.word(k) in MATTERS and k + 1 < len(clause.chunks):
        cue_end = clause.chunks[k].last
        if clause.kind(k + 1) == "VG" and clause.chunks[k + 1].form == "ing":
            return "ing", reach.of_object(clause, k + 1), cue_end
        if clause.kind(k + 1) == "WH":
            return "wh", reach.of_clause(clause, k + 1, i), cue_end
        if clause.kind(k + 1) in {"NP", "Q"}:
            return "np", reach.of_object(clause, k + 1 + (clause.kind(k + 1) == "Q")), cue_end
    if kind == "NP" and clause.finite(clauses.phrase_end(clause, k)):
        return "bare", reach.of_clause(clause, k, i), here
    return None


def of_noun(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A noun that attributes by itself: "his claim that", "the party's opposition to"."""
    chunk = clause.chunks[i]
    noun, whose = clause.tokens[chunk.head].lower, owner(clause, i)
    frames = page.lexicon.nouns.get(noun)
    if whose and noun in page.lexicon.enacted:
        frames = page.lexicon.nouns[MADE]
    light = clause.kind(i - 1) == "VG" and clause.tokens[clause.chunks[i - 1].head].lower in page.lexicon.light_verbs
    if not frames or (light and not _of_another(clause, i)):
        return
    k = i + 1
    if clause.word(k) in {"is", "was"} and clause.kind(k + 1) == "THAT":
        k += 1
    found = matter(clause, i, k)
    if found is None or (found[0] == "bare"):
        return
    frame, content, cue_end = found
    if whose and frame in {"np", "ing", "inf"}:
        content = reach.to_the_verb(clause, content)
    by = clause.word(k) == "by"
    if by or (frame == "np" and whose is None):
        return
    cue = Reach(whose.last if whose else chunk.first, cue_end)
    yield Candidate(f"noun.{frame}", frames.get(frame, 0.1), (content,), (cue,), whose, form="noun")


def _of_another(clause: Clause, i: int) -> bool:
    """Whether a noun phrase names whose it is: "rejected Quill's call" is no call of who rejects it."""
    chunk = clause.chunks[i]
    return any(clause.tokens[k].tag == "POS" for k in range(chunk.first, chunk.head))


def owner(clause: Clause, i: int) -> Reach | None:
    """The possessor within a noun phrase: "his", "the party's"."""
    chunk = clause.chunks[i]
    for k in range(chunk.head, chunk.first, -1):
        if clause.tokens[k].tag == "POS":
            return Reach(chunk.first, k + 1)
    return Reach(chunk.first, chunk.first + 1) if clause.tokens[chunk.first].tag == "PRP$" else None


def according(page: Page, number: int, i: int) -> Iterator[Candidate]:
    """The pattern of "according to" and its like: the source follows, and the rest of the sentence is the content."""
    clause = page.clauses[number]
    first = clause.chunks[i].first
    for phrase in page.lexicon.according.get(clause.tokens[first].lower, ()):
        last = first + len(phrase)
        if last < clause.last and tuple(t.lower for t in clause.tokens[first:last]) == phrase:
            found = _according(clause, i, first, last)
            if found:
                yield found
            return


def _according(clause: Clause, i: int, first: int, last: int) -> Candidate | None:
    k = clause.at(last)
    if clause.kind(k) != "NP":
        return None
    turned = subjects.inverted(clause, k)
    end = clauses.phrase_end(clause, k)
    source = Reach(clause.chunks[k].first, clause.chunks[end - 1].last)
    if first == clause.first or (first <= clause.first + 2 and clause.kind(0) in {"CC", "RB", "Q"}):
        comma = next((j for j in range(end, len(clause.chunks)) if clause.kind(j) == "COMMA"), None)
        if comma is None or comma + 1 >= len(clause.chunks):
            return None
        content = reach.of_clause(clause, comma + 1, i)
    else:
        if _source_named_before(clause, i):
            return None
        if turned:
            source = turned[0]
        edge = first - 1 if clause.tokens[first - 1].tag in {",", "DASH"} else first
        begin = start_of_said(clause)
        if edge <= begin:
            return None
        content = Reach(begin, edge)
        after = clause.at(source.last)
        in_the_middle = clause.kind(after) == "COMMA" and after + 1 < len(clause.chunks)
        if in_the_middle and not any(clause.finite(j) for j in range(i)):
            parts = (content, reach.of_clause(clause, after + 1, i))
            return Candidate("according", 0.9, parts, (Reach(first, last),), source, free=True)
    return Candidate("according", 0.9, (content,), (Reach(first, last),), source, free=True)


def _source_named_before(clause: Clause, i: int) -> bool:
    """Whether "he said" or "said X" stands right before, so that what follows only passed it on."""
    k = i - 1
    while clause.kind(k) in {"COMMA", "TIME", "IN"}:
        k -= 1
    return clause.says(k) or (clause.kind(k) == "NP" and clause.says(k - 1) and clause.kind(k - 2) in {"COMMA", "Q"})


def relayed(page: Page, clause: Clause, token: int) -> tuple[Reach, ...]:
    """The sources that "according to", after an attribution that ends before ``token``, says passed it on."""
    k = clause.at(token)
    while clause.kind(k) in {"COMMA", "TIME"}:
        k += 1
    first = clause.chunks[k].first if k < len(clause.chunks) else clause.last
    if first >= clause.last:
        return ()
    for phrase in page.lexicon.according.get(clause.tokens[first].lower, ()):
        last = first + len(phrase)
        if (
            tuple(t.lower for t in clause.tokens[first:last]) == phrase
            and clause.kind(start := clause.at(last)) == "NP"
        ):
            end = clauses.phrase_end(clause, start)
            by = next((j for j in range(start, end) if clause.word(j) in {"by", "from"}), start - 1)
            return (Reach(clause.chunks[by + 1].first, clause.chunks[end - 1].last),)
    return ()


def aside(clause: Clause, i: int) -> Iterator[Candidate]:
    """The pattern of "as X said, …": the rest of the sentence is the content."""
    cue = clause.cues[i]
    if cue is None or "that" not in cue.frames or not clause.finite(i):
        return
    source = subjects.subject(clause, i)
    if source is None:
        return
    k = clause.at(source.first) - 1
    comma = clause.at(clause.ends[i])
    if clause.word(k) != "as" or clause.kind(comma) != "COMMA" or comma + 1 >= len(clause.chunks):
        return
    if k > 0 and clause.kind(k - 1) not in {"CC", "COMMA", "X", "RB"}:
        return
    content = reach.of_clause(clause, comma + 1, i)
    yield Candidate(
        "aside", 0.8, (content,), (Reach(clause.chunks[i].first, clause.chunks[comma].first),), source, form="fin"
    )


def colon(page: Page, number: int) -> Iterator[Candidate]:
    """A name and a colon at a paragraph's beginning: a headline's or a transcript's way to attribute."""
    clause, place = page.clauses[number], page.document.sentences[number].paragraph
    if page.document.paragraphs[place].first != clause.first:
        return
    k = next((k for k in range(1, min(4, len(clause.chunks) - 1)) if clause.word(k) == ":"), None)
    if k is None or not _names(page, clause, k, place == 0):
        return
    quoted = clause.kind(k + 1) == "Q"
    spoken = page.opens.get(clause.chunks[k + 1].last) if quoted else None
    start = clause.chunks[min(k + 1 + quoted, len(clause.chunks) - 1)].first
    end = max(clause.last - (clause.chunks[-1].kind in {"STOP", "Q"}), spoken.last if spoken else 0)
    verbal = any(clause.finite(j) for j in range(k, len(clause.chunks)))
    if end - start > 2:
        mark = clause.chunks[k].first
        source, cue = Reach(clause.first, mark), Reach(mark, mark + 1)
        sure = 0.8 if place == 0 or verbal else 0.2
        yield Candidate("colon", sure, (Reach(start, end),), (cue,), source, direct=spoken is not None)


def _names(page: Page, clause: Clause, k: int, title: bool) -> bool:
    """Whether what stands before the colon at chunk ``k`` can be who speaks."""
    if clause.kind(0) != "NP" or clause.chunks[k].first - clause.first > LONGEST_NAME:
        return False
    if k > 1 and (clause.word(1) not in {"on", "at", "of", "to"} or not title):
        return False
    head = clause.tokens[clause.chunks[0].head]
    if head.lower in LABELS:
        return False
    speaks = head.lower in page.lexicon.people or head.lower in page.lexicon.papers
    return head.tag == "NNP" or speaks or (title and head.text[0].isupper())
